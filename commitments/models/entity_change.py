"""What entries said of organisations, areas, releases, occasions and news sources; and what staff propose to change."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import EntityKind, ProposalState
from commitments.models.fields import choice_field, staff_key, vocabulary_constraint
from commitments.models.ledger import LedgerEntry


class EntityChange(models.Model):
    """What one entity entry changed: the projection of that entry.

    `changes`: each public field that it changed, as {"field", "before", "after"}, in the order of the fields; empty for
    the first entry about something. `release`: the slug of the release with which it became public, if it did so.
    """

    entry = models.OneToOneField(
        LedgerEntry,
        models.PROTECT,
        primary_key=True,
        db_column="sequence",
        related_name="entity_change",
        verbose_name=_("entry"),
    )
    kind = choice_field(EntityKind, _("kind"))
    slug = models.CharField(_("slug"), max_length=50)
    release = models.CharField(_("release"), max_length=50, blank=True)
    is_first = models.BooleanField(_("first"), default=False)
    changes = models.JSONField(_("changes"), default=list, blank=True)

    class Meta:
        ordering = ["-entry"]
        verbose_name = _("change of a name or description")
        verbose_name_plural = _("changes of names and descriptions")
        indexes = [models.Index(fields=["kind", "slug", "entry"], name="entity_change_of")]
        constraints = [vocabulary_constraint("kind", EntityKind, "entity_change_kind_known")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.slug}"


class Proposal(models.Model):
    """What waits for a publisher, who puts it on record or declines it."""

    state = choice_field(ProposalState, _("state"), default=ProposalState.WAITING)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    decided_by = staff_key(_("decided by"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    declined_because = models.TextField(_("why it was declined"), blank=True)
    published_as = models.OneToOneField(
        LedgerEntry, models.PROTECT, null=True, related_name="+", verbose_name=_("published as")
    )

    class Meta:
        abstract = True
        ordering = [models.F("decided_at").desc(nulls_first=True), "created_at"]

    def decide(self, state: str, user: Any) -> None:
        """Note who decided what. Does not save."""
        self.state, self.decided_by, self.decided_at = state, user, timezone.now()


class EntityProposal(Proposal):
    """A change of what is public of an entity, which waits for a publisher.

    `changes`: {field: {"before": …, "after": …}}, as contents of the ledger say them. Kept once it is decided.
    """

    kind = choice_field(EntityKind, _("kind"))
    slug = models.CharField(_("slug"), max_length=50)
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.TextField(_("reason"), help_text=_("Public, and kept for good."))
    author = staff_key(_("author"), null=True)

    class Meta(Proposal.Meta):
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        constraints = [
            vocabulary_constraint("kind", EntityKind, "entity_proposal_kind_known"),
            vocabulary_constraint("state", ProposalState, "entity_proposal_state_known"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.RECORDED, published_as__isnull=False)
                | (~Q(state=ProposalState.RECORDED) & Q(published_as=None)),
                name="entity_proposal_recorded_as_an_entry",
            ),
        ]

    def __str__(self) -> str:
        return self.entity

    @property
    def entity(self) -> str:
        """What entries of the ledger call it: `organisation/hksarg`."""
        return f"{self.kind}/{self.slug}"
