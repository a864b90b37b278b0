"""What a row of a file means for a draft of an update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.admin.imports.base import (
    BATCH_SIZE,
    CHANGED,
    NEW,
    UNCHANGED,
    Cells,
    ImportResource,
    RowOutcome,
    expected_column,
    split_batches,
)
from commitments.admin.imports.export_columns import (
    DRAFT_EXPORT_COLUMNS,
    DRAFT_FIELDS,
    EVIDENCE_PLACES,
    NOTE_COLUMNS,
    draft_export_cells,
)
from commitments.admin.imports.files import Sheet, SheetRow
from commitments.admin.imports.organisations import OrganisationLookup
from commitments.admin.imports.translations import check_translation_rights
from commitments.domain.choices import UPDATE_KINDS, DraftState, ReportBasis, Status, Vocabulary
from commitments.domain.hash_chain import canonical_json
from commitments.ledger.append import lock_head
from commitments.ledger.contents import (
    EVIDENCE_FIELDS,
    Content,
    parse_decimal,
    update_content,
)
from commitments.ledger.translations import NewTranslation, latest_translations, record_translations
from commitments.ledger.validation import EntryValidator, check_update
from commitments.models import (
    DraftEvidence,
    DraftUpdate,
)
from commitments.workflow.actors import translator_for
from commitments.workflow.drafts import refuse_unsupported_fields

MAX_KEY_DIGITS = 18  # digits that every database takes for a key


# A draft has fewer of some values than the record.
DRAFT_VOCABULARIES: dict[str, Sequence[Vocabulary]] = {
    "kind": list(UPDATE_KINDS),
    "status": [status for status in Status if status != Status.NO_REPORT],
}


@dataclass(slots=True)
class ExistingDraft:
    """A draft on record."""

    cells: Cells
    entry: int | None
    pieces: int


class DraftResource(ImportResource):
    """Drafts of updates, by number; a row without one is new unless the same is there already, drafted or on record.

    What is imported waits for publishing, so it must be complete: each row is held against what the ledger
    would refuse.
    """

    model = DraftUpdate
    identity = "draft"
    expected = expected_column(DRAFT_EXPORT_COLUMNS, ("reference", "kind", "date"), allowed=DRAFT_VOCABULARIES)

    def prepare(self, sheet: Sheet, *, lock: bool) -> None:
        """The drafts that are named, those that stand unpublished, and what the ledger holds against the rows."""
        if lock:
            lock_head()
        self.bodies = OrganisationLookup()
        self.readers = {"reply_of": self.bodies.slug}
        references = {row.cells.get("reference", "") for row in sheet.rows}
        cells = {row.cells.get("draft", "") for row in sheet.rows}
        numbers = {int(cell) for cell in cells if cell.isdecimal() and len(cell) <= MAX_KEY_DIGITS}
        self.known: dict[str, ExistingDraft] = {}
        for batch in split_batches(sorted(numbers)):
            found = _with_evidence(DraftUpdate.objects.filter(pk__in=batch))
            drafts = list(found.select_for_update(of=("self",), no_key=True) if lock else found)
            latest = latest_translations(draft.commitment_id for draft in drafts)
            for draft in drafts:
                known = ExistingDraft(
                    draft_export_cells(draft, latest), draft.published_as_id, len(draft.evidence.all())
                )
                self.known[str(draft.pk)] = known
                references.add(known.cells["reference"])
        self.standing: set[tuple[str, ...]] = set()
        for some in split_batches(sorted(references)):
            standing = _with_evidence(DraftUpdate.objects.filter(commitment__reference__in=some, published_as=None))
            self.standing |= {_draft_identity(draft_export_cells(draft, {})) for draft in standing}
        self.rulebook = EntryValidator(references, set(), set(), set())

    def blank(self) -> Cells:
        """A report that rests on evidence."""
        return super().blank() | {"kind": DraftUpdate().kind, "basis": ReportBasis.EVIDENCE.value}

    def existing(self, row: SheetRow) -> Cells | None:
        """By number; a draft stays with its commitment."""
        number = row.cells.get("draft", "")
        if not number:
            return None
        self.refuse_repeated(row, number)
        if number not in self.known:
            message = _("There is no draft %(number)s. Leave the cell empty to draft a new one.")
            raise ValidationError({"draft": message % {"number": number[:20]}})
        cells = self.known[number].cells
        if row.cells.get("reference", cells["reference"]) != cells["reference"]:
            message = _("Draft %(number)s is about %(reference)s. Leave its number empty to draft a new one.")
            raise ValidationError({"reference": message % {"number": number, "reference": cells["reference"]}})
        return cells

    def classify(self, row: SheetRow, outcome: RowOutcome, before: Cells | None) -> str:
        """Complete, and said neither in another row nor before."""
        cells = outcome.cells
        cells["basis"] = cells["basis"] or ReportBasis.EVIDENCE.value
        if before is not None:
            if not outcome.changes:
                return UNCHANGED
            self._refuse_fixed(outcome)
        check_translation_rights(self.user, outcome, public=True)
        content = update_content(cells["kind"] or DraftUpdate().kind, cells, _evidence_cells(cells))
        if before is None:
            if (
                _draft_identity(cells) in self.standing
                or (cells["reference"], canonical_json(content)) in self.rulebook.recorded_contents
            ):
                self._refuse_unsaid(cells)
                return UNCHANGED
            self.refuse_repeated(row, _draft_identity(cells))
        self._check(cells, content)
        return NEW if before is None else CHANGED

    def _refuse_unsaid(self, cells: Cells) -> None:
        """Nobody's typing is lost in silence: a row that drafts nothing translates nothing either."""
        message = _("This update is there already. Translate its note on the commitment’s page of translations.")
        if problems := {name: message for name in NOTE_COLUMNS if cells[name]}:
            raise ValidationError(problems)

    def _refuse_fixed(self, outcome: RowOutcome) -> None:
        known = self.known[outcome.name]
        if known.entry:
            message = _(
                "Draft %(number)s is on record as entry %(entry)s. Leave its number empty to draft another update."
            )
            values = {"number": outcome.name, "entry": known.entry}
            raise ValidationError(dict.fromkeys(outcome.changed, message % values))
        if known.pieces > len(EVIDENCE_PLACES):
            message = _("It has %(pieces)s pieces of evidence, more than a file holds. Change it on its page.")
            raise ValidationError({"draft": message % {"pieces": known.pieces}})

    def _check(self, cells: Cells, content: Content) -> None:
        """What would be refused when it is published."""
        commitment = self.rulebook.public.get(cells["reference"])
        if commitment is None:
            message = _("There is no published commitment “%(reference)s”. Publish it first, or correct the reference.")
            raise ValidationError({"reference": message % {"reference": cells["reference"][:20]}})
        kind = cells["kind"]
        if not kind:
            raise ValidationError({"kind": _("Say which kind of update it is.")})
        refuse_unsupported_fields(self._row(cells), [DraftEvidence(**row) for row in _evidence_cells(cells)])
        self.rulebook.check_reply(kind, content, commitment.reference)
        check_update(kind, content, commitment, timezone.localdate())

    def _row(self, cells: Cells) -> DraftUpdate:
        said: dict[str, Any] = {name: cells[name] for name in DRAFT_FIELDS if name != "reply_of"}
        said |= {"achieved": parse_decimal(cells["achieved"]), "reply_of_id": cells["reply_of"] or None}
        key = int(cells["draft"]) if cells["draft"] else None
        waiting = {"state": DraftState.WAITING, "changed_by": self.user, "changed_at": timezone.now()}
        return DraftUpdate(pk=key, commitment=self.rulebook.public[cells["reference"]], **said, **waiting)

    def write(self, new: list[RowOutcome], changed: list[RowOutcome]) -> None:
        """Store them, waiting for publishing, with their evidence and how their notes are said in Chinese."""
        said, changed = [*new, *changed], [one for one in changed if set(one.changed) - NOTE_COLUMNS.keys()]
        made, moved = ([self._row(outcome.cells) for outcome in some] for some in (new, changed))
        for one in made:
            one.author = self.user
        DraftUpdate.objects.bulk_create(made, batch_size=BATCH_SIZE)
        dates = [f"{name}_{end}" for name in ("date", "deadline") for end in ("first", "last")]
        fields = [*DRAFT_FIELDS, *dates, "state", "returned_because", "changed_by", "changed_at"]
        DraftUpdate.objects.bulk_update(moved, fields, batch_size=BATCH_SIZE)
        for batch in split_batches(one.pk for one in moved):
            DraftEvidence.objects.filter(draft__in=batch).delete()
        pairs = zip(made + moved, new + changed, strict=True)
        evidence = [DraftEvidence(draft=one, **row) for one, outcome in pairs for row in _evidence_cells(outcome.cells)]
        DraftEvidence.objects.bulk_create(evidence, batch_size=BATCH_SIZE)
        self.log(made, [(one, outcome.changed) for one, outcome in zip(moved, changed, strict=True)])
        about = self.rulebook.public
        notes = [
            NewTranslation(about[one.cells["reference"]], language, one.cells["note"], one.cells[name])
            for one in said
            for name, language in NOTE_COLUMNS.items()
            if name in self.columns and one.cells["note"]
        ]
        record_translations(notes, translator_for(self.user))


def _with_evidence(found: QuerySet[DraftUpdate]) -> QuerySet[DraftUpdate]:
    return found.select_related("commitment").prefetch_related("evidence")


def _draft_identity(cells: Cells) -> tuple[str, ...]:
    """What a draft says, without its number and its translations."""
    return tuple(cells[column.name] for column in DRAFT_EXPORT_COLUMNS[1:] if column.name not in NOTE_COLUMNS)


def _evidence_cells(cells: Cells) -> list[Cells]:
    """The rows of evidence: those of which anything is filled in."""
    rows = [{name: cells[f"evidence_{place}_{name}"] for name in EVIDENCE_FIELDS} for place in EVIDENCE_PLACES]
    return [row for row in rows if any(row.values())]
