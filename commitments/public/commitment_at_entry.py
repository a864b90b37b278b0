"""A commitment's page as the ledger stood at one of its entries: what was known then, not what is known of then."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import localdate

from commitments.domain.choices import UPDATE_KINDS, EntryKind
from commitments.models import LedgerEntry
from commitments.public.commitment_context import page_context
from commitments.query.at_entry import CommitmentHistory, RecordAtEntry, parts, repetitions
from commitments.query.entries import describe_corrections
from commitments.web.links import DayLinks
from commitments.web.pages import Page


def commitment_at_entry(request: HttpRequest, reference: str, sequence: int) -> HttpResponse:
    """The page by the entries up to `sequence`, which is on record. Http404 where it was not published by then."""
    entry = LedgerEntry.objects.get(pk=sequence)
    record = RecordAtEntry(entry, localdate())
    shown = record.histories([reference]).get(reference)
    if shown is None:
        raise Http404
    others = _named_commitments(record, shown)
    record.name_all([shown, *others.values()])
    if shown.commitment.retracted_at:
        return Page(request, localdate()).render(
            "retracted",
            at_entry=entry,
            noindex=True,
            commitment=shown.commitment,
            retraction=next(later for later in shown.entries if later.target_id == shown.entries[0].sequence),
            updates=shown.updates,
        )
    day = record.day_of(shown)
    for history in (shown, *others.values()):
        record.assess(history, day)
    shown.commitment.part_of = others[part_of].commitment if (part_of := shown.fields["part_of"]) in others else None
    return Page(request, day).render("commitment", **_context(request, record, shown, others))


def _named_commitments(record: RecordAtEntry, shown: CommitmentHistory) -> dict[str, CommitmentHistory]:
    """Those that the page names, or may: what it was part of and repeated, what hung on it and what stood beside it."""
    fields, reference = shown.fields, shown.commitment.reference
    named = {fields["part_of"], *(row["reference"] for row in fields["repeats"])} - {""}
    others = record.histories(named | record.hanging_on(shown))
    return {
        name: other
        for name, other in others.items()
        if name in named
        or other.fields["part_of"] == reference
        or reference in {row["reference"] for row in other.fields["repeats"]}
        or _stands_beside(other, shown)
    }


def _stands_beside(other: CommitmentHistory, shown: CommitmentHistory) -> bool:
    """Whether another one stood in its section then, and counted."""
    same = all(other.fields[name] == shown.fields[name] for name in ("release", "area"))
    return same and other.commitment.retracted_at is None


def _context(
    request: HttpRequest, record: RecordAtEntry, shown: CommitmentHistory, others: dict[str, CommitmentHistory]
) -> dict[str, Any]:
    """What the template shows. There is no way on to neighbours: which these were, nobody asked."""
    commitment, entry, section = shown.commitment, record.entry, record.section(shown)
    entries = [row for row in reversed(shown.entries) if row.kind not in UPDATE_KINDS]
    repeats, repeated_by = repetitions(shown, others)
    return page_context(
        commitment,
        shown.updates,
        links=DayLinks(),
        section=section,
        mates=[other.commitment for other in others.values() if _stands_beside(other, shown)],
        repeats=repeats,
        repeated_by=repeated_by,
        entries=entries,
    ) | {
        "at_entry": entry,
        "noindex": True,
        "later_redactions": record.later_redactions(shown, _shown_others(shown, others)),
        "later_retraction": LedgerEntry.objects.filter(kind=EntryKind.RETRACTION, target=shown.entries[0]).first(),
        "owners": record.organisations(shown.fields["owners"]),
        "partners": record.organisations(shown.fields["partners"]),
        "section": section,
        "corrections": describe_corrections(entries, record.organisations_read()),
        "parts": parts(commitment.reference, others.values()),
        "head": entry,
        "cited": request.build_absolute_uri(f"{request.path}?entry={entry.sequence}"),
    }


def _shown_others(shown: CommitmentHistory, others: dict[str, CommitmentHistory]) -> list[CommitmentHistory]:
    """Those whose words stand on the page: of what merely stood in its section, what was in its paragraph."""
    paragraph = shown.fields["paragraph"]
    return [
        other
        for other in others.values()
        if not _stands_beside(other, shown) or other.fields["paragraph"] == paragraph or _hangs_on(other, shown)
    ]


def _hangs_on(other: CommitmentHistory, shown: CommitmentHistory) -> bool:
    """Whether one was part of the other then."""
    pairs = ((shown, other), (other, shown))
    return any(one.commitment.reference == part.fields["part_of"] for one, part in pairs)
