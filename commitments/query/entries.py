"""Reading the ledger for the public: which entries count by a day, what a report moved, what a correction changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commitments.domain.choices import EntryKind, Status
from commitments.i18n.phrases import join_list
from commitments.ledger.contents import FREE_TEXT_FIELDS
from commitments.models import Commitment, LedgerEntry, Organisation, Release, Update
from commitments.query.localized import localize, localize_record_text

LATEST_FIRST = ("-recorded_at", F("update__effective_on").desc(nulls_last=True), "-sequence")


def entries_known_by(day: date) -> QuerySet[LedgerEntry]:
    """What is known today to have been recorded of the time until `day`, the latest recorded first.

    An update counts from its `effective_on`, every other entry from the day on which it was recorded.
    """
    of_the_day = Q(update__effective_on__lte=day) | Q(update=None, recorded_at__date__lte=day)
    return LedgerEntry.objects.filter(of_the_day).order_by(*LATEST_FIRST)


def public_entries(day: date) -> QuerySet[LedgerEntry]:
    """The same of all commitments whose release was out by the day. Takes a query to see whether any was not."""
    if not Release.objects.filter(issued_on__gt=day).exists():
        return entries_known_by(day)
    return (
        entries_known_by(day)
        .filter(Q(commitment=None) | Q(commitment__release__issued_on__lte=day))
        # A redaction belongs to no commitment itself: it is out with that of its target, or of its target's target.
        .exclude(target__commitment__release__issued_on__gt=day)
        .exclude(target__target__commitment__release__issued_on__gt=day)
    )


def with_details(sequences: Iterable[int]) -> QuerySet[LedgerEntry]:
    """The entries of these numbers, the latest recorded first, with all that a line about each says.

    Find the numbers first: the database, asked for all at once, joins what is told of every entry that it passes over.
    """
    entries = LedgerEntry.objects.filter(pk__in=list(sequences)).order_by(*LATEST_FIRST)
    return entries.select_related(
        "commitment", "target", "target__commitment", "update", "update__retracted_by", "update__reply_of"
    )


def with_status_changes(updates: Iterable[Update]) -> list[tuple[Update, str]]:
    """Each update of one commitment, latest first, with the status before it where it changed the status."""
    changes: list[tuple[Update, str]] = []
    before: str = Status.NO_REPORT
    for update in reversed(list(updates)):
        moves = update.kind == EntryKind.REPORT and update.stands and update.status != before
        changes.append((update, before if moves else ""))
        if moves:
            before = update.status
    return changes[::-1]


def describe_corrections(entries: Iterable[LedgerEntry]) -> list[dict[str, Any]]:
    """Each correction among the entries: itself, its changes in words, and its retraction where that is among them."""
    retractions = {entry.target_id: entry for entry in entries if entry.kind == EntryKind.RETRACTION}
    corrections = [entry for entry in entries if entry.kind == EntryKind.CORRECTION]
    organisations = (
        {organisation.slug: organisation for organisation in Organisation.objects.all()} if corrections else {}
    )
    return [
        {
            "entry": entry,
            "retraction": retractions.get(entry.sequence),
            "changes": [
                describe_change(change, entry, organisations) for change in (entry.data or {}).get("changes", ())
            ],
        }
        for entry in corrections
    ]


def describe_change(
    change: dict[str, Any], entry: LedgerEntry, organisations: Mapping[str, Organisation]
) -> dict[str, Any]:
    """What the field is called, and what stood and stands in it."""

    def display(value: Any) -> SafeString:
        if isinstance(value, list):
            return escape(
                join_list(
                    localize(organisations[slug], "name").text if slug in organisations else slug for slug in value
                )
            )
        if isinstance(value, bool):
            return escape(_("True") if value else _("False"))
        return (
            localize_record_text(entry.commitment, value).marked
            if change["field"] in FREE_TEXT_FIELDS
            else escape(value)
        )

    return {
        "field": Commitment._meta.get_field(change["field"]).verbose_name,  # type: ignore[union-attr]  # public fields are no reverse relations
        "before": display(change["before"]),
        "after": display(change["after"]),
    }
