"""What the ledger said at one of its entries: commitments, and what they name, as they stood then.

Made from the entries up to that one, not from the projections, which say what holds now. What was removed later is left
out here, too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import cast

from django.utils.timezone import localdate

from commitments.domain.assessment import assess_freshness, assess_schedule
from commitments.domain.choices import EntityKind, EntryKind
from commitments.i18n.languages import CHINESE
from commitments.ledger.contents import PARTIES, Content, SlugResolver
from commitments.ledger.entity_contents import (
    ENTITY_MODELS,
    SECTION_TEXTS,
    entity_columns,
    rows_for_entities,
    split_entity,
)
from commitments.ledger.projection import Projection, RedactionIndex, Translations, fold_entries, public_fields
from commitments.models import (
    Area,
    Commitment,
    Evidence,
    LedgerEntry,
    Organisation,
    Release,
    Repetition,
    Section,
    Translation,
    Update,
)
from commitments.models.entity import Entity

# Entries that say what a commitment is called and what it hangs on.
WORDING_KINDS = (EntryKind.PUBLISHED, EntryKind.CORRECTION)


@dataclass(frozen=True, slots=True)
class CommitmentHistory:
    """A commitment as its entries told of it by then, and these entries. Its rows are in no table."""

    commitment: Commitment
    fields: Content
    entries: list[LedgerEntry]
    projection: Projection

    @property
    def updates(self) -> list[Update]:
        """The latest first, each with its `evidence_rows`."""
        return sorted(self.projection.updates, key=lambda update: (update.effective_on, update.pk), reverse=True)


@dataclass(frozen=True, slots=True)
class LaterRedaction:
    """What was removed of an entry after the one that is asked for: the redaction, and why."""

    redaction: LedgerEntry
    reason: str


class RecordAtEntry:
    """The record up to one entry, as far as it may be shown today.

    Names are those that the entity entries said by then. Where the first of them is later, which an upgrade recorded
    for what was public before there were such entries, that one stands in for what nobody wrote down.
    """

    def __init__(self, entry: LedgerEntry, today: date) -> None:
        # Read what there is little of; commitments and names are read as they are asked for.
        self.entry = entry
        self.redactions, self.resolver = RedactionIndex(), SlugResolver()
        self.released = set(Release.objects.public(today).values_list("slug", flat=True))
        self._entities: dict[str, tuple[Entity, Content]] = {}
        self._entries_read: dict[int, LedgerEntry] = {}

    # Commitments

    def histories(self, references: Iterable[str]) -> dict[str, CommitmentHistory]:
        """By reference, those that were on record by then and whose release is out, then as today."""
        wanted = set(references)
        present = Commitment.objects.on_record().filter(reference__in=wanted, release__slug__in=self.released)
        ids = dict(present.values_list("reference", "pk")) if wanted else {}
        entries: dict[str, list[LedgerEntry]] = defaultdict(list)
        recorded = LedgerEntry.objects.filter(commitment__reference__in=ids, sequence__lte=self.entry.sequence)
        for entry in recorded.order_by("sequence") if ids else ():
            entries[str(entry.commitment_id)].append(entry)
        translations = self._translations(ids)
        histories = {
            reference: self._history(Commitment(pk=ids[reference]), rows, translations[reference])
            for reference, rows in entries.items()
        }
        return {name: history for name, history in histories.items() if history.fields["release"] in self.released}

    def _translations(self, ids: dict[str, int]) -> dict[str, Translations]:
        """By reference: the latest translation of each text, of those recorded by then. They have no sequence."""
        translations: dict[str, Translations] = defaultdict(lambda: {language: {} for language in CHINESE})
        rows = Translation.objects.filter(commitment__in=ids.values(), recorded_at__lte=self.entry.recorded_at)
        columns = ("commitment__reference", "language", "source", "text")
        for reference, language, source, text in rows.order_by("pk").values_list(*columns):
            translations[reference][language][source] = text
        return translations

    def _history(
        self, commitment: Commitment, entries: list[LedgerEntry], translations: Translations
    ) -> CommitmentHistory:
        contents = {entry.sequence: self.redactions.remaining(entry) for entry in entries}
        retracted = {entry.target_id or 0 for entry in entries if entry.kind == EntryKind.RETRACTION}
        fields = public_fields(entries, contents, retracted)
        projection = fold_entries(commitment, entries, self.resolver, self.redactions, translations)
        columns = {"published_at": projection.published_at, "retracted_at": projection.retracted_at}
        for name, value in (projection.columns | columns).items():
            setattr(commitment, name, value)
        evidence: dict[int, list[Evidence]] = defaultdict(list)
        for row in projection.evidence:
            evidence[row.update_id].append(row)
        for update in projection.updates:
            update.evidence_rows = evidence[update.pk]
        for entry in entries:
            entry.commitment = commitment
        return CommitmentHistory(commitment, fields, entries, projection)

    def name_all(self, histories: Iterable[CommitmentHistory]) -> None:
        """Give each commitment its release and area, and each reply its organisation, as they were called then."""
        histories = list(histories)
        self._read_entities({name for history in histories for name in _named_entities(history)})
        for history in histories:
            commitment, fields = history.commitment, history.fields
            commitment.release = self.release(fields["release"])
            commitment.area = cast("Area", self._entity(EntityKind.AREA, fields["area"])) if fields["area"] else None
            for update in history.updates:
                if update.reply_of_id:
                    [update.reply_of] = self.organisations([update.reply_of_id])

    def assess(self, history: CommitmentHistory, day: date) -> None:
        """Set how a commitment stands on a day by what was recorded by then, as `as_of` does."""
        commitment, states = history.commitment, history.projection.states
        state = next(state for state in states if state.from_day <= day < state.until_day)
        commitment.state, commitment.day = state, day
        commitment.schedule = assess_schedule(state.status, state.deadline, state.completed_on, day)
        commitment.freshness = assess_freshness(state.status, state.last_news_on, day)

    def day_of(self, history: CommitmentHistory) -> date:
        """The day on which the entry was recorded, but not before the release was issued: then nothing stands yet."""
        return max(localdate(self.entry.recorded_at), history.commitment.release.issued_on)

    def hanging_on(self, history: CommitmentHistory) -> set[str]:
        """The references of all that may have been its part, repeated it or stood in its section by then.

        Those are what does today, and what a correction that names it is about; also one that was redacted. What was
        moved into its section or away since is not looked for.
        """
        reference, fields = history.commitment.reference, history.fields
        on_record = Commitment.objects.on_record().order_by().values_list("reference", flat=True)
        beside = on_record.filter(release__slug=fields["release"], area__slug=fields["area"] or None)
        today = {
            *on_record.filter(part_of__reference=reference).union(beside),
            *Repetition.objects.filter(repeated__reference=reference).values_list("commitment__reference", flat=True),
        }
        naming = LedgerEntry.objects.filter(content__contains=f'"{reference}"')
        corrected = naming.filter(kind=EntryKind.CORRECTION).values_list("commitment_id", flat=True)
        redacted = naming.filter(kind=EntryKind.REDACTION)
        targets = redacted.values_list("target__commitment_id", "target__target__commitment_id")
        return {str(other) for other in {*today, *corrected, *chain.from_iterable(targets)} if other} - {reference}

    # Names

    def release(self, slug: str) -> Release:
        """A release as it was called by then; it must have been read (`name_all`)."""
        return cast("Release", self._entity(EntityKind.RELEASE, slug))

    def organisations(self, slugs: Iterable[str]) -> list[Organisation]:
        """Organisations as they were called by then, by name; they must have been read (`name_all`)."""
        rows = [cast("Organisation", self._entity(EntityKind.ORGANISATION, slug)) for slug in slugs]
        return sorted(rows, key=lambda organisation: organisation.name)

    def organisations_read(self) -> dict[str, Organisation]:
        """All that were read, by slug."""
        rows = (entity for entity, _fields in self._entities.values())
        return {row.slug: row for row in rows if isinstance(row, Organisation)}

    def section(self, history: CommitmentHistory) -> Section | None:
        """The section of the release in which a commitment stands, as the release's entry put it by then."""
        commitment, area = history.commitment, history.fields["area"]
        _release, fields = self._entities[f"{EntityKind.RELEASE}/{history.fields['release']}"]
        for row in fields.get("sections", ()):
            if row["area"] == area:
                texts = {name: row[name] for name in SECTION_TEXTS}
                return Section(release=commitment.release, area=commitment.area, position=row["position"], **texts)
        return None

    def _entity(self, kind: str, slug: str) -> Entity:
        return self._entities[f"{kind}/{slug}"][0]

    def _read_entities(self, entities: set[str]) -> None:
        """Those that were not read yet: by then as they were recorded last; else as they were recorded first."""
        unread = entities - self._entities.keys()
        rows, latest = rows_for_entities(unread), self._latest_entries(unread)
        for entity in unread:
            kind, slug = split_entity(entity)
            model, row = ENTITY_MODELS[kind], rows.get(entity)
            fields: Content = {}
            # What no entry was ever about, because nothing named it any more at the upgrade, is known by its slug.
            columns: Content = {model.title_field: slug}
            if entry := latest.get(entity):
                fields = (self.redactions.remaining(entry) or {})["fields"]
                columns = entity_columns(kind, fields)
                self._entries_read[entry.sequence] = entry
            columns |= {"id": row.pk if row else None, "slug": slug}
            self._entities[entity] = model(**columns), fields

    def _latest_entries(self, entities: set[str]) -> dict[str, LedgerEntry]:
        entries = LedgerEntry.objects.filter(entity__in=entities)
        by_then = entries.filter(sequence__lte=self.entry.sequence).order_by("sequence")
        latest = {entry.entity: entry for entry in by_then}
        if missing := entities - latest.keys():
            latest |= {entry.entity: entry for entry in entries.filter(entity__in=missing).order_by("-sequence")}
        return latest

    # What was removed since

    def later_redactions(self, shown: CommitmentHistory, named: Iterable[CommitmentHistory]) -> list[LaterRedaction]:
        """What was removed later of the entries that a commitment's page rests on, in the order of removal.

        Of the other commitments that it names, it rests on what they are called only.
        """
        wording = (entry for history in named for entry in history.entries if entry.kind in WORDING_KINDS)
        read = [*shown.entries, *wording, *self._entries_read.values()]
        found = {redaction.sequence: redaction for entry in read if (redaction := self._later_redaction(entry))}
        return [
            LaterRedaction(redaction, (self.redactions.remaining(redaction) or {}).get("reason", ""))
            for _sequence, redaction in sorted(found.items())
        ]

    def _later_redaction(self, entry: LedgerEntry) -> LedgerEntry | None:
        """The first redaction after then, of the entry or of what was left of it before."""
        redaction = self.redactions.by_target.get(entry.sequence)
        while redaction and redaction.sequence <= self.entry.sequence:
            redaction = self.redactions.by_target.get(redaction.sequence)
        return redaction


def _named_entities(history: CommitmentHistory) -> Iterator[str]:
    """Whatever a commitment's page names: of its fields, of its replies, and of its corrections."""
    fields = history.fields
    yield f"{EntityKind.RELEASE}/{fields['release']}"
    if fields["area"]:
        yield f"{EntityKind.AREA}/{fields['area']}"
    slugs = [slug for name in PARTIES for slug in fields[name]]
    slugs += [update.reply_of_id for update in history.projection.updates if update.reply_of_id]
    slugs += [
        slug
        for entry in history.entries
        if entry.kind == EntryKind.CORRECTION
        for change in (entry.data or {}).get("changes", ())
        if change["field"] in PARTIES
        for slug in (*change["before"], *change["after"])
    ]
    yield from (f"{EntityKind.ORGANISATION}/{slug}" for slug in slugs)


def repetitions(
    shown: CommitmentHistory, others: dict[str, CommitmentHistory]
) -> tuple[list[Repetition], list[Repetition]]:
    """What a commitment promised again by then, and where it was promised again, the earliest release first."""
    reference = shown.commitment.reference
    repeats = [
        Repetition(commitment=shown.commitment, repeated=others[row["reference"]].commitment, why=row["why"])
        for row in shown.fields["repeats"]
        if row["reference"] in others
    ]
    repeated_by = [
        Repetition(commitment=other.commitment, repeated=shown.commitment, why=row["why"])
        for other in others.values()
        if other.commitment.retracted_at is None
        for row in other.fields["repeats"]
        if row["reference"] == reference
    ]
    return (
        sorted(repeats, key=lambda row: (row.repeated.release.issued_on, row.repeated.reference)),
        sorted(repeated_by, key=lambda row: (row.commitment.release.issued_on, row.commitment.reference)),
    )


def parts(reference: str, others: Iterable[CommitmentHistory]) -> Sequence[Commitment]:
    """What was part of a commitment by then, by reference."""
    found = [
        other.commitment
        for other in others
        if other.fields["part_of"] == reference and other.commitment.retracted_at is None
    ]
    return sorted(found, key=lambda commitment: commitment.reference)
