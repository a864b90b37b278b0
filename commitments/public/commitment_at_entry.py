"""A commitment's page as the ledger stood at one of its entries: what was known then, not what is known of then."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import localdate

from commitments.domain.choices import UPDATE_KINDS, EntryKind
from commitments.models import LedgerEntry
from commitments.public.retracted import retracted_page
from commitments.query.at_entry import CommitmentHistory, RecordAtEntry, parts, repetitions
from commitments.query.entries import describe_corrections, split_record
from commitments.web.pages import render_page


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
        return retracted_page(request, shown.commitment, _retraction(shown), shown.updates, at_entry=entry)
    day = record.day_of(shown)
    for history in (shown, *others.values()):
        record.assess(history, day)
    shown.commitment.part_of = others[part_of].commitment if (part_of := shown.fields["part_of"]) in others else None
    return render_page(request, "commitment", day, **_context(request, record, shown, others))


def _named_commitments(record: RecordAtEntry, shown: CommitmentHistory) -> dict[str, CommitmentHistory]:
    """Those that the page names, or may: what it is part of and repeats, and what hung on it by then."""
    fields, reference = shown.fields, shown.commitment.reference
    named = {fields["part_of"], *(row["reference"] for row in fields["repeats"])} - {""}
    others = record.histories(named | record.hanging_on(reference))
    return {
        name: other
        for name, other in others.items()
        if name in named
        or other.fields["part_of"] == reference
        or reference in {row["reference"] for row in other.fields["repeats"]}
    }


def _context(
    request: HttpRequest, record: RecordAtEntry, shown: CommitmentHistory, others: dict[str, CommitmentHistory]
) -> dict[str, Any]:
    """What the template shows. There is no way on to neighbours: which these were, nobody asked."""
    commitment, entry = shown.commitment, record.entry
    entries = [row for row in reversed(shown.entries) if row.kind not in UPDATE_KINDS]
    repeats, repeated_by = repetitions(shown, others)
    return split_record(shown.updates, commitment.release.issued_on) | {
        "at_entry": entry,
        "noindex": True,
        "later_redactions": record.later_redactions(shown, others.values()),
        "later_retraction": _later_retraction(shown),
        "commitment": commitment,
        "owners": record.organisations(shown.fields["owners"]),
        "partners": record.organisations(shown.fields["partners"]),
        "section": record.section(shown),
        "publication": shown.entries[0],
        "corrections": describe_corrections(entries, record.organisations_read()),
        "parts": parts(commitment.reference, others.values()),
        "repeats": repeats,
        "repeated_by": repeated_by,
        "head": entry,
        "cited": request.build_absolute_uri(f"{request.path}?entry={entry.sequence}"),
    }


def _retraction(shown: CommitmentHistory) -> LedgerEntry:
    """The retraction of its publication, which is on record by then."""
    return next(entry for entry in shown.entries if entry.target_id == shown.entries[0].sequence)


def _later_retraction(shown: CommitmentHistory) -> LedgerEntry | None:
    """The retraction of its publication, which is not on record by then."""
    return LedgerEntry.objects.filter(kind=EntryKind.RETRACTION, target=shown.entries[0]).first()
