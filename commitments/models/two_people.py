"""What takes two people: who had a hand in a draft, and what one publisher asks another to put on record."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import ProposalState, ProposedAct
from commitments.models.commitment import Commitment
from commitments.models.entity_change import Proposal
from commitments.models.fields import choice_field, staff_key, vocabulary_constraint
from commitments.models.ledger import LedgerEntry
from commitments.models.progress import DraftUpdate


class DraftEdit(models.Model):
    """That somebody wrote or changed a part of a draft: its fields, its evidence or how it is translated.

    Of a draft commitment or of the draft of an update. With four eyes none of them publishes it.
    """

    user = staff_key(_("user"))
    commitment = models.ForeignKey(
        Commitment, models.CASCADE, related_name="edits", null=True, verbose_name=_("commitment")
    )
    draft = models.ForeignKey(DraftUpdate, models.CASCADE, related_name="edits", null=True, verbose_name=_("draft"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("hand in a draft")
        verbose_name_plural = _("hands in drafts")
        constraints = [
            models.CheckConstraint(
                condition=Q(commitment=None, draft__isnull=False) | Q(commitment__isnull=False, draft=None),
                name="draft_edit_of_one_draft",
            ),
            models.UniqueConstraint(fields=["user", "commitment"], name="draft_edit_once_a_commitment"),
            models.UniqueConstraint(fields=["user", "draft"], name="draft_edit_once_a_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.draft or self.commitment}"


class EntryProposal(Proposal):
    """A correction, a retraction or translations that wait for a second publisher.

    `content`: that of the entry; of translations {"translations": [{"language", "source", "before", "text"}]}. Empty
    once words of the commitment were redacted. `published_as` is empty for translations, which are no entries.
    """

    act = choice_field(ProposedAct, _("what is to be done"))
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="+", verbose_name=_("commitment"))
    target = models.ForeignKey(
        LedgerEntry, models.PROTECT, related_name="+", null=True, verbose_name=_("entry to be retracted")
    )
    content = models.JSONField(_("content"), default=dict)
    author = staff_key(_("author"))

    class Meta(Proposal.Meta):
        verbose_name = _("proposed correction, retraction or translation")
        verbose_name_plural = _("proposed corrections, retractions and translations")
        constraints = [
            vocabulary_constraint("act", ProposedAct, "entry_proposal_act_known"),
            vocabulary_constraint("state", ProposalState, "entry_proposal_state_known"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.WAITING, decided_at=None, decided_by=None)
                | (~Q(state=ProposalState.WAITING) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="entry_proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.RECORDED) | ~Q(decided_by=models.F("author")),
                name="entry_proposal_takes_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}, {self.commitment.reference}"
