"""What readers write back: a report that something is wrong, and what becomes of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import CLOSED_STATES, ErrorReportState
from commitments.i18n.languages import RECORD_LANGUAGE, language_names
from commitments.models.commitment import Commitment
from commitments.models.fields import choice_field, vocabulary_constraint
from commitments.models.organisation import Organisation

MAX_SUMMARY = 80  # characters of a line in a list
SENDER_COUNTS_FOR = timedelta(hours=1)  # after that a sender is forgotten
CLOCKS_APART = timedelta(minutes=1)  # of two servers, at most; what lies further ahead is from a clock that was wrong


class ErrorReportQuerySet(models.QuerySet["ErrorReport"]):
    """Reports by when they came."""

    def counted(self, now: datetime) -> ErrorReportQuerySet:
        """Those that count against the limit: of the last hour, and none from a clock that ran ahead."""
        return self.filter(received_at__gt=now - SENDER_COUNTS_FOR, received_at__lte=now + CLOCKS_APART)

    def forget_senders(self, now: datetime) -> int:
        """Delete the digests that count no more; how many."""
        counted = self.counted(now).values("pk")
        return self.exclude(pk__in=counted).exclude(sender="").update(sender="")


class ErrorReport(models.Model):
    """One report of a reader. Whoever has the token sees what was sent, its state and the answer.

    The e-mail address is kept until the report is closed; then it is written to, once, where `wants_mail`, in the
    `language` of the page that the report was sent from. `sender` is a keyed digest of the network
    address and the day; it is kept while it counts against the limit of an hour.
    """

    token = models.CharField(_("token"), max_length=32, unique=True, editable=False)
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    commitment = models.ForeignKey(
        Commitment,
        models.PROTECT,
        related_name="error_reports",
        null=True,
        editable=False,
        verbose_name=_("commitment"),
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, editable=False, verbose_name=_("writes for")
    )
    what = models.TextField(_("what is wrong"), editable=False)
    source = models.URLField(_("where it can be read"), max_length=1000, blank=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=320, blank=True, editable=False)
    wants_mail = models.BooleanField(_("wants to be told by mail"), default=False, editable=False)
    language = models.CharField(
        _("language"), max_length=10, choices=list(language_names().items()), default=RECORD_LANGUAGE, editable=False
    )
    sender = models.CharField(_("sender"), max_length=64, blank=True, editable=False)
    state = choice_field(ErrorReportState, _("state"), default=ErrorReportState.NEW)
    answer = models.TextField(_("answer"), blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    objects = ErrorReportQuerySet.as_manager()

    class Meta:
        ordering = [models.F("closed_at").desc(nulls_first=True), "received_at"]
        verbose_name = _("error report")
        verbose_name_plural = _("error reports")
        indexes = [models.Index(fields=["received_at"], name="error_report_received_at")]
        constraints = [
            vocabulary_constraint("state", ErrorReportState, "error_report_state_known"),
            models.CheckConstraint(
                condition=(~Q(state__in=CLOSED_STATES) & Q(closed_at=None))
                | (Q(state__in=CLOSED_STATES, closed_at__isnull=False, email="") & ~Q(answer="")),
                name="error_report_closed_with_answer",
            ),
        ]

    def __str__(self) -> str:
        subject = self.commitment.reference if self.commitment else _("the site")
        return f"{subject}, {timezone.localtime(self.received_at):%Y-%m-%d %H:%M}"

    @property
    def first_words(self) -> str:
        """Enough to know it again in a list."""
        return self.what if len(self.what) <= MAX_SUMMARY else f"{self.what[:MAX_SUMMARY]}…"

    def settle(self, state: str, answer: str, now: datetime) -> None:
        """Set state and answer; once closed, the e-mail address goes. Does not save."""
        self.state, self.answer = state, answer
        if state not in CLOSED_STATES:
            self.closed_at = None
        else:
            self.closed_at, self.email = self.closed_at or now, ""
