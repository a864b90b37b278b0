"""A commitment's record as its page shows it: the updates newest first, and their pages by who is speaking."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import ANNOUNCED, Copy, EntryKind, Relation, Source, Status
from commitments.i18n.phrases import join_clauses, join_parts, list_separator
from commitments.models import Commitment, Evidence, LedgerEntry, Repetition, Update
from commitments.query.entries import with_status_changes
from commitments.query.localized import localize_record_text

SOURCES: dict[str, str | Promise] = {
    Source.PARTY: _("From the parties"),
    Source.STATE_MEDIA: _("State media"),
    Source.INDEPENDENT: pgettext_lazy("sources of evidence", "Independent"),
}
# The closest first: a page that two updates rest on is told with the closer relation.
RELATIONS: dict[str, str | Promise] = {
    Relation.DIRECT: _("about the pledge itself"),
    Relation.RELATED: _("about something close to it"),
    Relation.CONTEXT: pgettext_lazy("relation of evidence", "background"),
}


@dataclass(frozen=True, slots=True)
class RecordItem:
    """One line of the record: an update, the release that announced it, or one that promised it before or again.

    `before` is the status that an update changed, `is_late` whether it reports as done what certainly was late.
    """

    day: date
    update: Update | None = None
    before: str = ""
    is_late: bool = False
    announcement: bool = False
    other: Commitment | None = None
    repetition: Repetition | None = None
    is_again: bool = False


def record_items(
    commitment: Commitment, updates: Sequence[Update], repeats: Iterable[Repetition], repeated_by: Iterable[Repetition]
) -> list[RecordItem]:
    """The record, newest first; `updates` are so already. What was announced stands below what came on its day."""
    late = late_completions(commitment, updates)
    items = [
        RecordItem(update.effective_on, update=update, before=before, is_late=update.pk in late)
        for update, before in with_status_changes(updates)
    ]
    items += [
        RecordItem(again.commitment.release.issued_on, other=again.commitment, repetition=again, is_again=True)
        for again in repeated_by
    ]
    items.append(RecordItem(commitment.release.issued_on, announcement=True))
    items += [
        RecordItem(earlier.repeated.release.issued_on, other=earlier.repeated, repetition=earlier)
        for earlier in repeats
    ]
    return sorted(items, key=lambda item: item.day, reverse=True)  # stable: of one day, updates first


def late_completions(commitment: Commitment, updates: Sequence[Update]) -> set[int]:
    """The entries that report as done what was certainly late by the time that was named until then."""
    late: set[int] = set()
    if commitment.kind in ANNOUNCED:
        return late
    deadline, completed_on = commitment.deadline, None
    for update in reversed(updates):
        if update.kind != EntryKind.REPORT or not update.stands:
            continue
        deadline = update.deadline or deadline
        completed_on = (completed_on or update.date) if update.status == Status.COMPLETED else None
        if completed_on and deadline and completed_on.first > deadline.last:
            late.add(update.pk)
    return late


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page, and whose it is, of when, what it has to do with the pledge, and whether it is a copy."""

    evidence: Evidence
    meta: SafeString


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """What one sort of source says: its pages, the newest first."""

    title: str | Promise
    pages: list[SourcePage]


def evidence_by_source(commitment: Commitment, updates: Iterable[Update]) -> list[SourceGroup]:
    """The pages that the updates which count rest on, each once, by who is speaking; empty groups too."""
    closest: dict[str, Evidence] = {}
    for piece in _evidence(updates):
        known = closest.get(piece.url)
        if known is None or list(RELATIONS).index(piece.relation) < list(RELATIONS).index(known.relation):
            closest[piece.url] = piece
    newest_first = sorted(closest.values(), key=_newness, reverse=True)
    return [
        SourceGroup(
            title, [SourcePage(piece, _meta(commitment, piece)) for piece in newest_first if piece.source == source]
        )
        for source, title in SOURCES.items()
    ]


def _meta(commitment: Commitment, piece: Evidence) -> SafeString:
    publisher = localize_record_text(commitment, piece.publisher).marked
    dated = piece.date.label if piece.date else gettext("undated")
    facts = [RELATIONS[piece.relation], *([Copy(piece.copy).label] if piece.copy else [])]
    if piece.archived_url:
        link = '<a href="{}" rel="noopener external">{}</a>'
        facts.append(format_html(link, piece.archived_url, gettext("archived copy")))
    said = join_clauses([join_parts(["{}", "{}"]), *("{}" for _fact in facts)])
    return format_html(said, publisher, dated, *facts)


def _evidence(updates: Iterable[Update]) -> Iterator[Evidence]:
    return (piece for update in updates if update.stands for piece in update.evidence_rows)


def _newness(piece: Evidence) -> date:
    """Of pages without a date nobody knows: they stand last."""
    return piece.date.last if piece.date else date.min


@dataclass(frozen=True, slots=True)
class EntryDay:
    """The entries of a commitment that were recorded on a day: how many, and their numbers as links."""

    day: date
    count: int
    numbers: SafeString


def entry_days(updates: Iterable[Update], entries: Sequence[LedgerEntry]) -> list[EntryDay]:
    """The entries of a commitment by the day on which they were recorded, the earliest first.

    All of these stand on its page: a retraction does not where what it takes back came after the day that is shown.
    """
    rows = [(update.pk, localdate(update.recorded_at)) for update in updates]
    shown = {None, *(number for number, _day in rows), *(entry.sequence for entry in entries)}
    rows += [(entry.sequence, localdate(entry.recorded_at)) for entry in entries if entry.target_id in shown]
    days: dict[date, list[int]] = {}
    for number, day in sorted(rows):
        days.setdefault(day, []).append(number)
    link, between = '<a href="#entry-{}">{}</a>', list_separator()
    return [
        EntryDay(day, len(numbers), format_html_join(between, link, ((number, number) for number in numbers)))
        for day, numbers in days.items()
    ]
