"""What became of a release's pledges, in one sentence whose numbers lead to lists with exactly so many rows.

Counted are primary commitments. What was already done when it was announced stands beside the sentence, not in it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from commitments.domain.choices import ANNOUNCED, Freshness, Level, Schedule, Status
from commitments.i18n.phrases import join_sentences
from commitments.models import Release
from commitments.models.commitment import CommitmentQuerySet
from commitments.query.expressions import PROMISES_AGAIN

NO_REPORT, IN_PROGRESS = Q(state__status=Status.NO_REPORT), Q(state__status=Status.IN_PROGRESS)
COMPLETED = Q(state__status=Status.COMPLETED)
Link = Callable[..., str]  # the list's address with filters


@dataclass(frozen=True, slots=True)
class ReleaseCounts:
    """How many pledges of a release there are, and of these how many stand how; each counted one is a set of rows.

    `late` are of the delivered, `silent` of those in progress, `unsearched` of nothing else; `repeating` are of all,
    `long_silent` of all that are still open.
    """

    announced: int = 0
    delivered: int = 0
    late: int = 0
    in_progress: int = 0
    silent: int = 0
    not_started: int = 0
    stopped: int = 0
    nothing_found: int = 0
    unsearched: int = 0
    repeating: int = 0
    long_silent: int = 0

    @property
    def to_be_kept(self) -> int:
        """All that were not done already when they were announced."""
        counts = (self.delivered, self.in_progress, self.not_started, self.stopped, self.nothing_found)
        return sum(counts) + self.unsearched


def count_by_release(commitments: CommitmentQuerySet) -> dict[int, ReleaseCounts]:
    """The counts of each release by its key, of commitments as of a day; one query."""
    announced = COMPLETED & Q(kind__in=ANNOUNCED)
    since = COMPLETED & ~Q(kind__in=ANNOUNCED)
    conditions = {
        "announced": announced,
        "delivered": since,
        "late": since & Q(schedule=Schedule.MET_LATE),
        "in_progress": IN_PROGRESS,
        "silent": IN_PROGRESS & Q(freshness=Freshness.STALE),
        "not_started": Q(state__status=Status.NOT_STARTED),
        "stopped": Q(state__status=Status.STOPPED),
        "nothing_found": NO_REPORT & Q(state__last_checked_on__isnull=False),
        "unsearched": NO_REPORT & Q(state__last_checked_on=None),
        "long_silent": Q(long_silent=True),
    }
    counts: dict[str, Any] = {f"n_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
    rows: Any = commitments.counted().order_by().values("release_id").annotate(**counts)
    repeating = dict(
        commitments.counted().filter(PROMISES_AGAIN).order_by().values_list("release_id").annotate(number=Count("pk"))
    )
    return {
        row["release_id"]: ReleaseCounts(
            **{name: row[f"n_{name}"] for name in conditions}, repeating=repeating.get(row["release_id"], 0)
        )
        for row in rows
    }


def find(release: Release, counts: ReleaseCounts, link: Link, repeated_page: str) -> SafeString:
    """The finding of a release, in the language of the moment. `link(**filters)`: the list's address.

    `repeated_page`: the address of the page of what was promised again.
    """

    def of_release(**filters: str) -> str:
        return link(level=Level.PRIMARY.value, release=release.slug, **filters)

    total = counts.to_be_kept
    if not total:
        return _nothing_to_keep(counts.announced, of_release)
    opening = _one_pledge if total == 1 else _several_pledges
    sentences = [opening(release, counts, of_release)]
    if counts.repeating:
        form = ngettext(
            '<a href="{href}">{number} of all repeats an earlier pledge</a> '
            '(<a href="{page}">what was reported in between</a>).',
            '<a href="{href}">{number} of all repeat an earlier pledge</a> '
            '(<a href="{page}">what was reported in between</a>).',
            counts.repeating,
        )
        values = {"href": of_release(repeated="earlier"), "number": counts.repeating, "page": repeated_page}
        sentences.append(format_html(form, **values))
    return _join(join_sentences(["", ""]), sentences)


def _nothing_to_keep(announced: int, link: Link) -> SafeString:
    if not announced:
        return escape(_("No pledge that is counted stands in it."))
    form = ngettext(
        'The <a href="{href}">one pledge</a> was already done when it was announced.',
        'All <a href="{href}">{number} pledges</a> were already done when they were announced.',
        announced,
    )
    return format_html(form, href=link(delivered="announced"), number=announced)


def _month(release: Release) -> str:
    return str(date_format(release.issued_on, "YEAR_MONTH_FORMAT"))


def _one_pledge(release: Release, counts: ReleaseCounts, link: Link) -> SafeString:
    values = {"month": _month(release), "href": link(delivered="not_announced")}
    for number, form in (
        (counts.late, _('The <a href="{href}">one pledge</a> still to be kept in {month} is delivered, late.')),
        (counts.delivered, _('The <a href="{href}">one pledge</a> still to be kept in {month} is delivered.')),
        (
            counts.silent,
            _(
                'Of the <a href="{href}">one pledge</a> still to be kept in {month}, some progress is reported, '
                "with no news for over a year."
            ),
        ),
        (
            counts.in_progress,
            _('Of the <a href="{href}">one pledge</a> still to be kept in {month}, some progress is reported.'),
        ),
        (
            counts.not_started,
            _('The <a href="{href}">one pledge</a> still to be kept in {month} is reported as not started.'),
        ),
        (counts.stopped, _('The <a href="{href}">one pledge</a> still to be kept in {month} was stopped.')),
        (
            counts.nothing_found,
            _('Of the <a href="{href}">one pledge</a> still to be kept in {month}, no evidence was found.'),
        ),
    ):
        if number:
            return format_html(form, **values)
    message = _('The <a href="{href}">one pledge</a> still to be kept in {month} has not been searched for yet.')
    return format_html(message, **values)


def _several_pledges(release: Release, counts: ReleaseCounts, link: Link) -> SafeString:
    total = counts.to_be_kept
    form = (
        _('Of <a href="{href}">{total} pledges</a> still to be kept in {month}, {clauses}.')
        if counts.announced
        else _('Of <a href="{href}">{total} pledges</a>, {clauses}.')
    )
    clauses = _join(pgettext("between the clauses of a finding", ". "), list(_clauses(counts, link)))
    href = link(delivered="not_announced")
    return format_html(form, href=href, total=total, month=_month(release), clauses=clauses)


def _clauses(counts: ReleaseCounts, link: Link) -> Iterator[SafeString]:
    """What is said of those that stand in one way; the first goes on from "Of 41 pledges", the others stand alone."""
    if counts.unsearched == counts.to_be_kept:
        yield format_html(
            _('<a class="role-none" href="{href}">none has been searched for yet</a>'),
            href=link(status=Status.NO_REPORT.value, checked="no"),
        )
        return
    yield _delivered(counts, link)
    if counts.in_progress:
        yield _in_progress(counts, link)
    if number := counts.not_started:
        form = ngettext(
            '<a class="role-waiting" href="{href}">{number} is reported as not started</a>',
            '<a class="role-waiting" href="{href}">{number} are reported as not started</a>',
            number,
        )
        yield format_html(form, href=link(status=Status.NOT_STARTED.value), number=number)
    if number := counts.stopped:
        form = ngettext(
            '<a class="role-ended" href="{href}">{number} was stopped</a>',
            '<a class="role-ended" href="{href}">{number} were stopped</a>',
            number,
        )
        yield format_html(form, href=link(status=Status.STOPPED.value), number=number)
    if number := counts.nothing_found:
        message = _('For <a class="role-none" href="{href}">{number}, no evidence</a> was found')
        yield format_html(message, href=link(status=Status.NO_REPORT.value, checked="yes"), number=number)
    if number := counts.unsearched:
        form = ngettext(
            '<a class="role-none" href="{href}">{number} has not been searched for yet</a>',
            '<a class="role-none" href="{href}">{number} have not been searched for yet</a>',
            number,
        )
        yield format_html(form, href=link(status=Status.NO_REPORT.value, checked="no"), number=number)


def _delivered(counts: ReleaseCounts, link: Link) -> SafeString:
    number = counts.delivered
    if not number:
        return escape(_("none is delivered"))
    if number == counts.to_be_kept:
        form = _('<a class="role-done" href="{href}">all are delivered</a>{late}')
    else:
        form = ngettext(
            '<a class="role-done" href="{href}">{number} is delivered</a>{late}',
            '<a class="role-done" href="{href}">{number} are delivered</a>{late}',
            number,
        )
    return format_html(form, href=link(delivered="since"), number=number, late=_late(counts, link))


def _late(counts: ReleaseCounts, link: Link) -> SafeString:
    href = link(delivered="since", late="yes")
    if not counts.late:
        return SafeString("")
    if counts.delivered == 1:
        form = _(', <a class="role-late" href="{href}">late</a>')
    elif counts.late == counts.delivered:
        form = _(', <a class="role-late" href="{href}">all of them late</a>')
    else:
        form = ngettext(
            ', <a class="role-late" href="{href}">one of them late</a>',
            ', <a class="role-late" href="{href}">{number} of them late</a>',
            counts.late,
        )
    return format_html(form, href=href, number=counts.late)


def _in_progress(counts: ReleaseCounts, link: Link) -> SafeString:
    form = ngettext(
        '<a class="role-moving" href="{href}">{number} has some progress reported</a>{silent}',
        '<a class="role-moving" href="{href}">{number} have some progress reported</a>{silent}',
        counts.in_progress,
    )
    href = link(status=Status.IN_PROGRESS.value)
    return format_html(form, href=href, number=counts.in_progress, silent=_silent(counts, link))


def _silent(counts: ReleaseCounts, link: Link) -> SafeString:
    href = link(status=Status.IN_PROGRESS.value, freshness=Freshness.STALE.value)
    if not counts.silent:
        return SafeString("")
    if counts.in_progress == 1:
        form = _(', with <a href="{href}">no news for over a year</a>')
    elif counts.silent == counts.in_progress:
        form = _(', <a href="{href}">all of them with no news for over a year</a>')
    else:
        form = ngettext(
            ', <a href="{href}">one of them with no news for over a year</a>',
            ', <a href="{href}">{number} of them with no news for over a year</a>',
            counts.silent,
        )
    return format_html(form, href=href, number=counts.silent)


def _join(between: str, parts: list[SafeString]) -> SafeString:
    return mark_safe(between.join(parts))  # noqa: S308  (each part is escaped, and what stands between them is ours)
