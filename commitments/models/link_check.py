"""Whether the pages of evidence still answer. Beside the ledger: what the network said last, for staff."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import LinkOutcome
from commitments.models.fields import choice_field, vocabulary_constraint
from commitments.models.progress import Evidence

FAILED = (LinkOutcome.GONE, LinkOutcome.UNREACHABLE)


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    """Pages by what came of asking for them."""

    def of_standing_evidence(self) -> LinkCheckQuerySet:
        """Pages that standing evidence rests on."""
        return self.filter(Exists(Evidence.objects.standing().filter(url=OuterRef("url"))))

    def failed(self) -> LinkCheckQuerySet:
        """Those that answer no more."""
        return self.of_standing_evidence().filter(outcome__in=FAILED)


class LinkCheck(models.Model):
    """What came of asking for a page the last time."""

    url = models.URLField(_("address"), max_length=1000, unique=True)
    checked_at = models.DateTimeField(_("asked at"))
    outcome = choice_field(LinkOutcome, _("outcome"))
    http_status = models.PositiveSmallIntegerField(_("status of the answer"), null=True)
    detail = models.CharField(_("in the words of the network"), max_length=200, blank=True)
    final_url = models.TextField(_("led to"), blank=True)
    failing_since = models.DateTimeField(_("since"), null=True)  # the first of the checks that failed one after another

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        ordering = ["failing_since", "url"]
        verbose_name = _("link check")
        verbose_name_plural = _("link checks")
        constraints = [vocabulary_constraint("outcome", LinkOutcome, "link_check_outcome_known")]

    def __str__(self) -> str:
        return self.url
