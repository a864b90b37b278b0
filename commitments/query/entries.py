"""Reading the ledger for the public: which entries count by a day, what a report moved, what a correction changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import F, Max, Prefetch, Q, QuerySet
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commitments.domain.choices import EntityKind, EntryKind, Status
from commitments.domain.partial_dates import parse_partial_date
from commitments.i18n.phrases import join_clauses, join_list, with_label
from commitments.ledger.contents import FREE_TEXT_FIELDS
from commitments.models import Commitment, Evidence, LedgerEntry, Organisation, Release, Repetition, Update
from commitments.query.entity_field_changes import DescribedField
from commitments.query.localized import localize, localize_record_text

LATEST_FIRST = ("-recorded_at", F("update__effective_on").desc(nulls_last=True), "-sequence")


def entries_known_by(day: date) -> QuerySet[LedgerEntry]:
    """What is known today to have been recorded of the time until `day`, the latest recorded first.

    An update counts from its `effective_on`, every other entry from the day on which it was recorded.
    """
    of_the_day = Q(update__effective_on__lte=day) | Q(update=None, recorded_at__date__lte=day)
    return LedgerEntry.objects.filter(of_the_day).order_by(*LATEST_FIRST)


def with_retractions(entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Each with `retracted_as`, the number of the entry that retracted it; None where it stands."""
    retraction = Q(targeted_by__kind=EntryKind.RETRACTION)
    return entries.annotate(retracted_as=Max("targeted_by__sequence", filter=retraction))


def public_entries(day: date) -> QuerySet[LedgerEntry]:
    """The same of all that was out by the day. Takes a query to see whether any release was not.

    A redaction belongs to nothing itself: it is out with its target.
    """
    to_come = Release.objects.on_record().filter(issued_on__gt=day)
    hidden_releases = list(to_come.values_list("slug", flat=True))
    if not hidden_releases:
        return entries_known_by(day)
    hidden = (
        Q(entity__in=[f"{EntityKind.RELEASE}/{slug}" for slug in hidden_releases])
        | Q(entity_change__release__in=hidden_releases)
        | Q(commitment__release__issued_on__gt=day)
    )
    of_these = LedgerEntry.objects.filter(hidden)
    redactions = _redactions_of(
        set(of_these.filter(targeted_by__kind=EntryKind.REDACTION).values_list("pk", flat=True))
    )
    return entries_known_by(day).exclude(pk__in=of_these.values("pk")).exclude(pk__in=redactions)


def _redactions_of(numbers: set[int]) -> set[int]:
    """The redactions of these entries, and of those redactions, over however many steps."""
    redactions: set[int] = set()
    while numbers:
        of_these = LedgerEntry.objects.filter(kind=EntryKind.REDACTION, target__in=numbers)
        numbers = set(of_these.values_list("pk", flat=True))
        redactions |= numbers
    return redactions


def news_entries(day: date) -> QuerySet[LedgerEntry]:
    """What of these is news to those who follow the record.

    Nothing of a commitment that was retracted but that it was; and of names their changes, not how they came on record.
    """
    retracted_publication = Q(kind=EntryKind.RETRACTION, target__kind=EntryKind.PUBLISHED)
    entries = public_entries(day).exclude(entity_change__is_first=True).exclude(entity_change__changes=[])
    entries = entries.exclude(Q(commitment__retracted_at__isnull=False) & ~retracted_publication)
    about_retracted = Q(target__commitment__retracted_at__isnull=False) & Q(kind=EntryKind.REDACTION)
    return entries.exclude(about_retracted)


def retraction_of_publication(reference: str, today: date) -> LedgerEntry | None:
    """The entry that says that a commitment was put on record by mistake; None where none is public."""
    retractions = LedgerEntry.objects.filter(
        kind=EntryKind.RETRACTION, target__kind=EntryKind.PUBLISHED, commitment__release__public_from__lte=today
    )
    return (
        retractions.select_related("commitment__release", "commitment__area", "target")
        .filter(commitment__reference=reference)
        .first()
    )


def with_details(sequences: Iterable[int]) -> QuerySet[LedgerEntry]:
    """The entries of these numbers, the latest recorded first, with all that a line about each says.

    Find the numbers first: the database, asked for all at once, joins what is told of every entry that it passes over.
    """
    entries = LedgerEntry.objects.filter(pk__in=list(sequences)).order_by(*LATEST_FIRST)
    return entries.select_related(
        "commitment",
        "target",
        "target__commitment",
        "update",
        "update__retracted_by",
        "update__reply_of",
        "entity_change",
        "target__entity_change",
    )


def prefetch_evidence() -> Prefetch[str]:
    """Each update's evidence in order, as `evidence_rows`: what stood at an entry is in no table to be asked later."""
    return Prefetch("evidence", queryset=Evidence.objects.order_by("position"), to_attr="evidence_rows")


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


def describe_corrections(
    entries: Iterable[LedgerEntry], organisations: Mapping[str, Organisation] | None = None
) -> list[dict[str, Any]]:
    """Each correction among the entries: itself, its changes in words, and its retraction where that is among them.

    `organisations`: what those that are named are called, by slug; else as they are called today.
    """
    retractions = {entry.target_id: entry for entry in entries if entry.kind == EntryKind.RETRACTION}
    corrections = [entry for entry in entries if entry.kind == EntryKind.CORRECTION]
    if organisations is None:
        organisations = {row.slug: row for row in Organisation.objects.all()} if corrections else {}
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
) -> DescribedField:
    """What the field is called, and what stood and stands in it."""
    name = change["field"]

    def display(value: Any) -> SafeString:
        if name == "deadline":
            return escape(parse_partial_date(value).label if value else "")
        if name == "repeats":
            return format_html_join(join_clauses(["", ""]), "{}", ((_repeated(row, entry),) for row in value))
        if isinstance(value, list):
            return escape(
                join_list(
                    localize(organisations[slug], "name").text if slug in organisations else slug for slug in value
                )
            )
        if isinstance(value, bool):
            return escape(_("True") if value else _("False"))
        return localize_record_text(entry.commitment, value).marked if name in FREE_TEXT_FIELDS else escape(value)

    return DescribedField(commitment_field_label(name), display(change["before"]), display(change["after"]))


def commitment_field_label(name: str) -> str:
    """What a public field is called. What is promised again has a table of its own."""
    if name == "repeats":
        return str(Repetition._meta.get_field("repeated").verbose_name)
    return str(Commitment._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # public fields are no reverse relations


def _repeated(row: Mapping[str, str], entry: LedgerEntry) -> SafeString:
    """A commitment that is promised again, and why it is said to be."""
    return format_html(
        with_label("{}", "{}"), row["reference"], localize_record_text(entry.commitment, row["why"]).marked
    )
