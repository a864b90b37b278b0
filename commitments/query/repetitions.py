"""What was promised again, and what was reported between the two days.

In between are the reports on the earlier pledge that count from a day after its release was issued and before the later
one was. That is the rule of `expressions.REPORTED_BETWEEN`, by which lists filter; a test holds the two together.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.domain.choices import EntryKind, Level
from commitments.models import Commitment, Repetition, Update
from commitments.query.expressions import PROMISED_AGAIN, PROMISED_AGAIN_UNREPORTED
from commitments.query.findings import Link


@dataclass(frozen=True, slots=True)
class PromisedTwice:
    """A pledge and the later one that promises it again; reports and background in between, the latest first."""

    repetition: Repetition
    reports: list[Update]
    background: list[Update]

    @property
    def earlier(self) -> Commitment:
        return self.repetition.repeated

    @property
    def later(self) -> Commitment:
        return self.repetition.commitment


def repetitions_by(day: date) -> QuerySet[Repetition]:
    """Those of which both pledges are public and were out by the day: the latest release first, then by reference."""
    out = Commitment.objects.public().filter(release__issued_on__lte=day)
    repetitions = Repetition.objects.filter(commitment__in=out, repeated__in=out)
    return repetitions.select_related("commitment__release", "repeated__release").order_by(
        "-commitment__release__issued_on", "repeated__reference_key", "commitment__reference_key"
    )


def with_updates_between(repetitions: Iterable[Repetition]) -> list[PromisedTwice]:
    """Each with what was recorded of the earlier pledge for the days in between; one query."""
    rows = list(repetitions)
    kinds = (EntryKind.REPORT, EntryKind.CONTEXT)
    recorded = Update.objects.filter(commitment__in={row.repeated_id for row in rows}, kind__in=kinds)
    counting = recorded.filter(retracted_by=None, date_last__isnull=False).order_by("-effective_on", "-entry")
    by_commitment: defaultdict[int, list[Update]] = defaultdict(list)
    for update in counting:
        by_commitment[update.commitment_id].append(update)
    return [_promised_twice(row, by_commitment[row.repeated_id]) for row in rows]


def _promised_twice(repetition: Repetition, updates: Iterable[Update]) -> PromisedTwice:
    first, again = repetition.repeated.release.issued_on, repetition.commitment.release.issued_on
    between = [update for update in updates if first < update.effective_on < again]
    return PromisedTwice(
        repetition,
        [update for update in between if update.kind == EntryKind.REPORT],
        [update for update in between if update.kind == EntryKind.CONTEXT],
    )


def repeated_sentence(day: date, link: Link) -> SafeString:
    """How many pledges were promised again by the day, and of how many nothing was reported in between."""
    pledges = Commitment.objects.as_of(day).counted()
    total, unreported = pledges.filter(PROMISED_AGAIN).count(), pledges.filter(PROMISED_AGAIN_UNREPORTED).count()
    values = {
        "total": total,
        "number": unreported,
        "all": link(level=Level.PRIMARY.value, repeated="yes"),
        "unreported": link(level=Level.PRIMARY.value, repeated="unreported"),
    }
    if not total:
        return escape(_("No pledge had been promised again by this day."))
    if not unreported:
        form = ngettext(
            '<a href="{all}">One pledge</a> was promised again, and something was reported in between.',
            '<a href="{all}">{total} pledges</a> were promised again, each with something reported in between.',
            total,
        )
    elif unreported == total:
        form = ngettext(
            '<a class="role-none" href="{unreported}">One pledge</a> was promised again with nothing reported in '
            "between.",
            '<a class="role-none" href="{unreported}">{total} pledges</a> were promised again, all of them with '
            "nothing reported in between.",
            total,
        )
    else:
        form = ngettext(
            'Of <a href="{all}">{total} pledges</a> that were promised again, <a class="role-none" '
            'href="{unreported}">{number} had nothing reported</a> in between.',
            'Of <a href="{all}">{total} pledges</a> that were promised again, <a class="role-none" '
            'href="{unreported}">{number} had nothing reported</a> in between.',
            unreported,
        )
    return format_html(form, **values)
