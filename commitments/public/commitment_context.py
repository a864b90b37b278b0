"""What the page of a commitment shows, today, on a past day and at an entry alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.domain.choices import EntryKind, Kind, Schedule
from commitments.i18n.phrases import duration, join_clauses, join_sentences, quote_html, with_detail
from commitments.models import Commitment, LedgerEntry, Repetition, Section, Update
from commitments.public.commitment_record import entry_days, evidence_by_source, record_items
from commitments.public.passage import Passage, passage_of
from commitments.public.story import story_of
from commitments.query.localized import localize
from commitments.query.standing import MOVING, SILENT, lateness, standing
from commitments.query.verdicts import done_when_sentence, verdict_of
from commitments.web.links import DayLinks


@dataclass(frozen=True, slots=True)
class OtherPromise:
    """A promise of the same in another release: when, which commitment, why it is the same, and how long after news."""

    day: date
    commitment: Commitment
    repetition: Repetition
    after: str = ""
    is_first: bool = False


def page_context(
    commitment: Commitment,
    updates: Sequence[Update],
    *,
    links: DayLinks,
    section: Section | None,
    mates: Iterable[Commitment],
    repeats: Iterable[Repetition],
    repeated_by: Iterable[Repetition],
    entries: Sequence[LedgerEntry],
) -> dict[str, Any]:
    """The context that all three pages share.

    `updates`: the latest first, with their evidence. `mates`: the commitments of its section. `entries`: those that are
    no updates, with the publication.
    """
    repeats, repeated_by = list(repeats), list(repeated_by)
    passage = passage_of(commitment, mates, links)
    again = [row.commitment.release.issued_on for row in repeated_by]
    return {
        "commitment": commitment,
        "standing": standing(commitment),
        "verdict": verdict_of(commitment),
        "promised_before": promised_before(repeats),
        "promised_again": promised_again(commitment, repeated_by),
        "passage": passage,
        "caption": caption(commitment, section, passage, links),
        "story": story_of(commitment, updates, again, day=commitment.day, today=localdate()),
        **facts(commitment),
        "revisions": [update for update in updates if update.deadline and update.stands],
        "sources": evidence_by_source(commitment, updates),
        "record": record_items(commitment, updates, repeats, repeated_by),
        "publication": next((entry for entry in entries if entry.kind == EntryKind.PUBLISHED), None),
        "entry_days": entry_days(updates, entries),
    }


def caption(commitment: Commitment, section: Section | None, passage: Passage, links: DayLinks) -> SafeString:
    """Where the passage stands, and what is to be known of how it is shown."""
    release, address = commitment.release, links.page("release", commitment.release.slug)
    sentences: list[str] = [
        _place(commitment, section),
        format_html(
            _('<a href="{address}">{title}</a>, {day}.'),
            address=f"{address}#{commitment.reference}",
            title=localize(release, "title").marked,
            day=date_format(release.issued_on),
        ),
    ]
    if release.known_through:
        sentences.append(_("The words are those of the report through which it is known."))
    if passage.original:
        sentences.append(_translated(commitment))
    if passage.others:
        sentences.append(_("The paler phrases are the other pledges of this paragraph."))
    return format_html_join(join_sentences(["", ""]), "{}", ((sentence,) for sentence in sentences))


def _translated(commitment: Commitment) -> str:
    """That the words are translated, and from which language where that is English, as nearly always."""
    if commitment.release.language.partition("-")[0] == "en":
        return _("Our translation; the original is in English.")
    return _("Our translation.")


def _place(commitment: Commitment, section: Section | None) -> SafeString:
    """Section and paragraph; what stands under no heading of its own is said to stand under none."""
    message, label = _("Paragraph {number}."), SafeString("")
    if section and section.heading:
        message, label = _("{label}, paragraph {number}."), quote_html(localize(section, "heading").marked)
    elif section:
        message = _("{label} (no heading in the text), paragraph {number}.")
        label = localize(section, "label").marked
    elif commitment.area:
        message, label = _("{label}, paragraph {number}."), localize(commitment.area, "name").marked
    return format_html(message, label=label, number=commitment.paragraph)


def facts(commitment: Commitment) -> dict[str, Any]:
    """What `_facts.html` needs beside the commitment, its `owners` and `partners`."""
    return {
        "done_when": done_when_sentence(commitment),
        "is_continuing": commitment.kind == Kind.CONTINUING,
        "due": due_words(commitment),
        "late_by": late_by_words(commitment),
        "slip": slip_words(commitment),
    }


def promised_before(repeats: Iterable[Repetition]) -> list[OtherPromise]:
    """What it promises again, the earliest release first; several may be of that one."""
    rows = list(repeats)
    first = min((row.repeated.release.issued_on for row in rows), default=None)
    return [
        OtherPromise(day, row.repeated, row, is_first=day == first)
        for row in rows
        for day in [row.repeated.release.issued_on]
    ]


def promised_again(commitment: Commitment, repeated_by: Iterable[Repetition]) -> list[OtherPromise]:
    """Where it was promised again; of what goes on, how long after the last report."""
    reported = commitment.state.status_on if standing(commitment).role in (MOVING, SILENT) else None
    return [
        OtherPromise(day, row.commitment, row, duration(reported.last, day) if reported and reported.last < day else "")
        for row in repeated_by
        for day in [row.commitment.release.issued_on]
    ]


def late_by_words(commitment: Commitment) -> str:
    """How late it certainly was or is; nothing unless it certainly is."""
    length = lateness(commitment)
    form = _("%(length)s so far") if commitment.schedule == Schedule.OVERDUE else _("at least %(length)s")
    return form % {"length": length} if length else ""


def due_words(commitment: Commitment) -> str:
    """The time that was named, and the release's own words for it where these are others and no later one stands."""
    deadline = commitment.state.deadline
    if deadline is None:
        return _("none named")
    as_stated = localize(commitment, "deadline_as_stated")
    if not as_stated.text or as_stated.text == deadline.label or commitment.slip_days:
        return deadline.label
    return with_detail(deadline.label, quote_html(as_stated.marked))


def slip_words(commitment: Commitment) -> SafeString:
    """The first deadline, as the release put it, and by how many days it was moved; nothing where it was not."""
    first, days = commitment.state.original_deadline, commitment.slip_days
    if not first or not days:
        return SafeString("")
    named = escape(_("First %(first)s") % {"first": first.label})
    if commitment.deadline_as_stated and first == commitment.deadline:
        named = with_detail(named, quote_html(localize(commitment, "deadline_as_stated").marked))
    if days > 0:
        moved = ngettext("moved back by %(shown)s day.", "moved back by %(shown)s days.", days)
    else:
        moved = ngettext("brought forward by %(shown)s day.", "brought forward by %(shown)s days.", -days)
    shown = {"shown": number_format(abs(days), force_grouping=True)}
    return format_html("{}{}{}", named, join_clauses(["", ""]), moved % shown)
