"""Progress: drafts of updates, and what the ledger's updates project into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commitments.domain.choices import (
    UPDATE_KINDS,
    Copy,
    EntryKind,
    Relation,
    ReportBasis,
    Role,
    Source,
    Status,
    StopReason,
)
from commitments.models.commitment import Commitment
from commitments.models.drafting import Draft, draft_constraints
from commitments.models.fields import (
    PartialDateField,
    choice_field,
    interval_constraint,
    interval_days,
    validate_public_url,
    vocabulary_constraint,
)
from commitments.models.ledger import LedgerEntry
from commitments.models.organisation import Organisation

REPORTED = [(choice.value, choice.label) for choice in Status if choice != Status.NO_REPORT]
UPDATES = [(choice.value, choice.label) for choice in UPDATE_KINDS]


class UpdateFields(models.Model):
    """What an update says, drafted or published."""

    kind = models.CharField(_("kind"), max_length=20, choices=UPDATES, default=EntryKind.REPORT)
    date_first, date_last = interval_days(_("first day"), _("last day"))
    date = PartialDateField(_("date"), blank=True, help_text=_("When it happened: 2019, 2018-H1, 2018-11, 2018-11-05."))
    status = models.CharField(_("status"), max_length=20, choices=REPORTED, blank=True)
    stop_reason = choice_field(StopReason, _("reason for stopping"), blank=True)
    basis = choice_field(ReportBasis, _("rests on"), default=ReportBasis.EVIDENCE, blank=True)
    achieved = models.DecimalField(
        _("achieved"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    deadline_first, deadline_last = interval_days(_("first day of the deadline"), _("last day of the deadline"))
    deadline = PartialDateField(_("revised deadline"), blank=True, help_text=_("Only where a new one was announced."))
    deadline_reason = models.CharField(_("reason for the new deadline"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("What happened, in our words."))
    searched = models.CharField(
        pgettext_lazy("where somebody looked", "searched"),
        max_length=300,
        blank=True,
        help_text=_("For a check: where you looked."),
    )
    # The slug itself is stored, as the ledger says it, and the database holds the two together.
    reply_of = models.ForeignKey(
        Organisation,
        models.PROTECT,
        to_field="slug",
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("reply of"),
        help_text=_("The owner or partner whose words the note gives, once you know that they come from there."),
    )

    class Meta:
        abstract = True


class EvidenceFields(models.Model):
    """A public page that says so."""

    position = models.PositiveSmallIntegerField(_("position"), default=0, editable=False)
    title = models.CharField(_("title"), max_length=200)
    publisher = models.CharField(_("publisher"), max_length=120)
    url = models.URLField(_("address"), max_length=1000, validators=[validate_public_url])
    date_first, date_last = interval_days(_("first day"), _("last day"))
    date = PartialDateField(_("date"), blank=True, help_text=_("Of the page; empty where it is undated."))
    archived_url = models.URLField(_("archived copy"), max_length=1000, blank=True, validators=[validate_public_url])
    relation = choice_field(Relation, _("relation"))
    source = choice_field(Source, _("source"))
    copy = choice_field(Copy, _("copy"), blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher})"


def update_constraints(prefix: str) -> list[models.BaseConstraint]:
    """What the database holds of an update, drafted or published."""
    return [
        vocabulary_constraint("status", Status, f"{prefix}_status_known", blank=True),
        vocabulary_constraint("stop_reason", StopReason, f"{prefix}_stop_reason_known", blank=True),
        vocabulary_constraint("basis", ReportBasis, f"{prefix}_basis_known", blank=True),
        models.CheckConstraint(condition=Q(kind__in=UPDATE_KINDS), name=f"{prefix}_kind_known"),
        interval_constraint("date", f"{prefix}_date_interval"),
        interval_constraint("deadline", f"{prefix}_deadline_interval"),
    ]


def evidence_constraints(prefix: str) -> list[models.BaseConstraint]:
    """What the database holds of evidence, drafted or published."""
    return [
        vocabulary_constraint("relation", Relation, f"{prefix}_relation_known"),
        vocabulary_constraint("source", Source, f"{prefix}_source_known"),
        vocabulary_constraint("copy", Copy, f"{prefix}_copy_known", blank=True),
        interval_constraint("date", f"{prefix}_interval"),
    ]


class DraftUpdate(UpdateFields, Draft):
    """An update that is not public."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="drafts", verbose_name=_("commitment"))

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("draft update")
        verbose_name_plural = _("draft updates")
        indexes = [models.Index(fields=["state", "-created_at"], name="draft_state")]
        constraints = [
            *draft_constraints("draft"),
            *update_constraints("draft"),
            models.CheckConstraint(
                condition=Q(achieved=None) | Q(achieved__gte=0),
                name="draft_achieved_not_negative",
                violation_error_message=_("What was achieved cannot be less than nothing."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.reference} {self.get_kind_display()} {self.date or ''}".strip()


class DraftEvidence(EvidenceFields):
    """Evidence of a draft."""

    draft = models.ForeignKey(DraftUpdate, models.CASCADE, related_name="evidence", verbose_name=_("draft"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = evidence_constraints("draft_evidence")


class Update(UpdateFields):
    """A published update: the projection of one entry of the ledger."""

    entry = models.OneToOneField(
        LedgerEntry, models.PROTECT, primary_key=True, db_column="sequence", verbose_name=_("entry")
    )
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="updates", verbose_name=_("commitment"))
    effective_on = models.DateField(_("counts from"))
    recorded_at = models.DateTimeField(_("recorded at"))
    role = choice_field(Role, _("role"))
    organisation = models.CharField(_("organisation"), max_length=50, blank=True)
    retracted_by = models.ForeignKey(
        LedgerEntry, models.PROTECT, null=True, related_name="+", verbose_name=_("retracted by")
    )
    redacted_by = models.ForeignKey(
        LedgerEntry, models.PROTECT, null=True, related_name="+", verbose_name=_("redacted by")
    )
    search_text = models.TextField(blank=True, editable=False, default="")  # its note and the titles of its evidence

    # Set by those who read updates for a page (`query.entries.prefetch_evidence`).
    if TYPE_CHECKING:
        evidence_rows: list[Evidence]

    class Meta:
        ordering = ["-effective_on", "-entry"]
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        indexes = [
            models.Index(fields=["commitment", "effective_on", "entry"], name="update_of_commitment"),
            models.Index(fields=["-recorded_at", "-entry"], name="update_recorded_at"),
        ]
        constraints = [
            *update_constraints("update"),
            models.CheckConstraint(
                condition=Q(achieved=None) | Q(achieved__gte=0), name="update_achieved_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.date or ''}".strip()

    def translation(self, name: str, language: str) -> str:
        """One of its texts in another language; empty where there is no translation."""
        return self.commitment.translation_of(str(getattr(self, name)), language)

    @property
    def stands(self) -> bool:
        """Whether it counts: not retracted, and not removed whole (then not even its date is left)."""
        return self.retracted_by_id is None and self.date is not None


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence by whether it counts."""

    def standing(self) -> EvidenceQuerySet:
        """Of what was not retracted: neither the update nor the commitment."""
        return self.filter(update__retracted_by=None, update__commitment__retracted_at=None)


class Evidence(EvidenceFields):
    """Evidence of a published update."""

    update = models.ForeignKey(Update, models.PROTECT, related_name="evidence", verbose_name=_("update"))

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["update", "position"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(fields=["update", "position"], name="evidence_position_unique"),
            *evidence_constraints("evidence"),
        ]

    def translation(self, name: str, language: str) -> str:
        """Its title or publisher in another language; empty where there is no translation."""
        return self.update.commitment.translation_of(str(getattr(self, name)), language)
