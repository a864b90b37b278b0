"""Work that a publisher decides on: what every draft has in common, and how far a draft commitment has come."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import DraftState
from commitments.models.commitment import Commitment
from commitments.models.fields import choice_field, staff_key, vocabulary_constraint
from commitments.models.ledger import LedgerEntry


class Draft(models.Model):
    """Who wrote it, how far it has come, and what it became.

    Everybody who had a hand in it is in `DraftEdit`. It is kept after publication, so that staff know who wrote it.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, verbose_name=_("author")
    )
    changed_by = staff_key(_("changed by"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    state = choice_field(DraftState, _("state"), default=DraftState.DRAFT, editable=False)
    returned_because = models.TextField(_("why it was returned"), blank=True, editable=False)
    published_as = models.OneToOneField(
        LedgerEntry, models.PROTECT, null=True, editable=False, verbose_name=_("published as")
    )

    class Meta:
        abstract = True


def draft_constraints(prefix: str) -> list[models.BaseConstraint]:
    """What the database holds of a draft: a known state, and an entry once it is published."""
    return [
        vocabulary_constraint("state", DraftState, f"{prefix}_state_known"),
        models.CheckConstraint(
            condition=Q(state=DraftState.PUBLISHED, published_as__isnull=False)
            | (~Q(state=DraftState.PUBLISHED) & Q(published_as=None)),
            name=f"{prefix}_published_as_an_entry",
        ),
    ]


class DraftCommitment(Draft):
    """How far a draft commitment has come: beside the table of commitments, which holds what is public.

    A commitment that came by no form and no file has none, and counts as being drafted.
    """

    commitment = models.OneToOneField(
        Commitment, models.CASCADE, primary_key=True, related_name="drafting", verbose_name=_("commitment")
    )

    class Meta:
        ordering = ["commitment"]
        verbose_name = _("state of a draft commitment")
        verbose_name_plural = _("states of draft commitments")
        indexes = [models.Index(fields=["state"], name="draft_commitment_state")]
        constraints = draft_constraints("draft_commitment")

    def __str__(self) -> str:
        return str(self.commitment)
