"""The columns of a commitment's states."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commitments.domain.choices import EvidenceLevel, Status, StopReason
from commitments.models.fields import (
    PartialDateField,
    choice_field,
    interval_constraint,
    interval_days,
    vocabulary_constraint,
)


class StateFields(models.Model):
    """How something stands from one day until another."""

    from_day = models.DateField(_("from"))
    until_day = models.DateField(_("until (not included)"))
    status = choice_field(Status, _("status"))
    stop_reason = choice_field(StopReason, _("reason for stopping"), blank=True)
    status_on_first, status_on_last = interval_days(_("first day of the status"), _("last day of the status"))
    status_on = PartialDateField(_("status on"), blank=True)
    completed_on_first, completed_on_last = interval_days(_("first day of completion"), _("last day of completion"))
    completed_on = PartialDateField(_("completed on"), blank=True)
    achieved = models.DecimalField(_("achieved"), max_digits=14, decimal_places=2, null=True)
    deadline_first, deadline_last = interval_days(_("first day of the deadline"), _("last day of the deadline"))
    deadline = PartialDateField(_("deadline"), blank=True)
    original_deadline_first, original_deadline_last = interval_days(
        _("first day of the first deadline"), _("last day of the first deadline")
    )
    original_deadline = PartialDateField(_("first deadline"), blank=True)
    evidence = choice_field(EvidenceLevel, _("evidence"))
    last_entry_on = models.DateField(_("last entry on"), null=True)
    last_news_on = models.DateField(_("last news on"), null=True)
    last_checked_on = models.DateField(_("last checked on"), null=True)
    note = models.TextField(_("note"), blank=True)
    background_note = models.TextField(_("note of the latest background"), blank=True, default="")
    evidence_urls = models.TextField(_("addresses of the evidence"), blank=True)

    class Meta:
        abstract = True
        ordering = ["commitment", "from_day"]
        verbose_name = pgettext_lazy("how a commitment stood", "state")
        verbose_name_plural = pgettext_lazy("how a commitment stood", "states")
        indexes = [
            models.Index(fields=["status", "until_day"], name="state_status"),
            models.Index(fields=["evidence", "until_day"], name="state_evidence"),
            models.Index(fields=["deadline_last", "until_day"], name="state_deadline"),
            models.Index(fields=["last_entry_on", "until_day"], name="state_last_entry"),
            models.Index(fields=["last_news_on", "until_day"], name="state_last_news"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "from_day"], name="state_from_day_unique"),
            models.CheckConstraint(condition=Q(from_day__lt=models.F("until_day")), name="state_days_in_order"),
            vocabulary_constraint("status", Status, "state_status_known"),
            vocabulary_constraint("stop_reason", StopReason, "state_stop_reason_known", blank=True),
            vocabulary_constraint("evidence", EvidenceLevel, "state_evidence_known"),
            models.CheckConstraint(condition=Q(achieved=None) | Q(achieved__gte=0), name="state_achieved_not_negative"),
            interval_constraint("status_on", "state_status_on_interval"),
            interval_constraint("completed_on", "state_completed_on_interval"),
            interval_constraint("deadline", "state_deadline_interval"),
            interval_constraint("original_deadline", "state_original_deadline_interval"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} ({self.from_day})"
