"""What a row of a file means for a draft of an update."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.admin.base import KEY_DIGITS, STAFF_EVIDENCE_FIELDS
from commitments.admin.imports.base import (
    CHANGED,
    NEW,
    UNCHANGED,
    Cells,
    ImportResource,
    RowOutcome,
    split_batches,
)
from commitments.admin.imports.cells import expected_column
from commitments.admin.imports.export_columns import (
    DRAFT_EXPORT_COLUMNS,
    DRAFT_FIELDS,
    EVIDENCE_PLACES,
    NOTE_COLUMNS,
    draft_export_cells,
)
from commitments.admin.imports.files import Sheet, SheetRow
from commitments.admin.imports.references import ReferenceSuggestions, settle_references
from commitments.admin.imports.translations import check_translation_rights
from commitments.domain.choices import UPDATE_KINDS, DraftState, ReportBasis, Status, Vocabulary
from commitments.domain.evidence_addresses import mixed_scripts_warning
from commitments.domain.hash_chain import canonical_json
from commitments.ledger.append import lock_head
from commitments.ledger.contents import Content, parse_decimal, update_content
from commitments.ledger.entity_validation import EntityValidator
from commitments.ledger.translations import NewTranslation, latest_translations
from commitments.ledger.update_rules import check_update
from commitments.ledger.validation import EntryValidator
from commitments.models import Commitment, DraftEvidence, DraftUpdate
from commitments.query.expressions import BATCH_SIZE
from commitments.workflow.draft_edits import note_edits
from commitments.workflow.drafts import refuse_unsupported_fields
from commitments.workflow.entry_proposals import bring_translations
from commitments.workflow.name_lookups import OrganisationLookup
from commitments.workflow.news_sources import NewsSourceLookup
from commitments.workflow.notices import tell_of_waiting

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

    def allowed_values(self) -> dict[str, list[tuple[str, str]]]:
        """With the organisations that may reply."""
        return super().allowed_values() | {"reply_of": sorted(OrganisationLookup().titles.items())}

    def prepare(self, sheet: Sheet, *, lock: bool) -> None:
        """The drafts that are named, those that stand unpublished, and what the ledger holds against the rows."""
        if lock:
            lock_head()
        self.organisations = OrganisationLookup()
        self.readers = {"reply_of": self.organisations.slug}
        self.news_sources = NewsSourceLookup()
        public = Commitment.objects.public()
        self.suggestions = ReferenceSuggestions(lambda: public.values_list("reference", flat=True))
        settle_references(sheet.rows, ("reference",))
        references = {row.cells.get("reference", "") for row in sheet.rows}
        cells = {row.cells.get("draft", "") for row in sheet.rows}
        numbers = {int(cell) for cell in cells if cell.isdecimal() and len(cell) <= KEY_DIGITS}
        self.existing_drafts: dict[str, ExistingDraft] = {}
        for batch in split_batches(sorted(numbers)):
            queryset = _with_evidence(DraftUpdate.objects.filter(pk__in=batch))
            drafts = list(queryset.select_for_update(of=("self",), no_key=True) if lock else queryset)
            latest = latest_translations(draft.commitment_id for draft in drafts)
            for draft in drafts:
                existing_draft = ExistingDraft(
                    draft_export_cells(draft, latest), draft.published_as_id, len(draft.evidence.all())
                )
                self.existing_drafts[str(draft.pk)] = existing_draft
                references.add(existing_draft.cells["reference"])
        self.unpublished_identities: set[tuple[str, ...]] = set()
        for reference_batch in split_batches(sorted(references)):
            unpublished = _with_evidence(
                DraftUpdate.objects.filter(commitment__reference__in=reference_batch, published_as=None)
            )
            self.unpublished_identities |= {_draft_identity(draft_export_cells(draft, {})) for draft in unpublished}
        self.validator = EntryValidator(references, set(), set(), set(), EntityValidator(set(), set()))

    def blank(self) -> Cells:
        """A report that rests on evidence."""
        return super().blank() | {"kind": DraftUpdate().kind, "basis": ReportBasis.EVIDENCE.value}

    def existing(self, row: SheetRow) -> Cells | None:
        """By number; a draft stays with its commitment."""
        number = row.cells.get("draft", "")
        if not number:
            return None
        self.refuse_repeated(row, number)
        if number not in self.existing_drafts:
            message = _("There is no draft %(number)s. Leave the cell empty to draft a new one.")
            raise ValidationError({"draft": message % {"number": number[:20]}})
        cells = self.existing_drafts[number].cells
        if row.cells.get("reference", cells["reference"]) != cells["reference"]:
            message = _("Draft %(number)s is about %(reference)s. Leave its number empty to draft a new one.")
            raise ValidationError({"reference": message % {"number": number, "reference": cells["reference"]}})
        return cells

    def fill_in(self, cells: Cells) -> None:
        """The class of each publisher that is on the list of news sources, where the file has none."""
        for place in EVIDENCE_PLACES:
            publisher, source = cells[f"evidence_{place}_publisher"], f"evidence_{place}_source"
            if publisher and not cells[source] and (listed := self.news_sources.find(publisher)):
                cells[source] = listed.source

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
                _draft_identity(cells) in self.unpublished_identities
                or (cells["reference"], canonical_json(content)) in self.validator.recorded_contents
            ):
                self._refuse_lost_translations(cells)
                return UNCHANGED
            self.refuse_repeated(row, _draft_identity(cells))
        self._check_publishable(cells, content)
        addresses = [row[name] for row in _evidence_cells(cells) for name in ("url", "archived_url")]
        outcome.warnings = [warning for address in addresses if (warning := mixed_scripts_warning(address))]
        return NEW if before is None else CHANGED

    def _refuse_lost_translations(self, cells: Cells) -> None:
        """Nobody's typing is lost in silence: a row that drafts nothing translates nothing either."""
        message = _("This update is there already. Translate its note on the commitment’s page of translations.")
        if problems := {name: message for name in NOTE_COLUMNS if cells[name]}:
            raise ValidationError(problems)

    def _refuse_fixed(self, outcome: RowOutcome) -> None:
        existing_draft = self.existing_drafts[outcome.name]
        if existing_draft.entry:
            message = _(
                "Draft %(number)s is on record as entry %(entry)s. Leave its number empty to draft another update."
            )
            values = {"number": outcome.name, "entry": existing_draft.entry}
            raise ValidationError(dict.fromkeys(outcome.changed, message % values))
        if existing_draft.pieces > len(EVIDENCE_PLACES):
            message = _("It has %(pieces)s pieces of evidence, more than a file holds. Change it on its page.")
            raise ValidationError({"draft": message % {"pieces": existing_draft.pieces}})

    def _check_publishable(self, cells: Cells, content: Content) -> None:
        """What would be refused when it is published."""
        if cells["reference"] in self.validator.retracted:
            message = _("%(reference)s was retracted, and that is final.")
            raise ValidationError({"reference": message % {"reference": cells["reference"]}})
        commitment = self.validator.public.get(cells["reference"])
        if commitment is None:
            message = _("There is no published commitment “%(reference)s”. Publish it first, or correct the reference.")
            message %= {"reference": cells["reference"][:20]}
            raise ValidationError({"reference": self.suggestions.with_suggestion(message, cells["reference"])})
        kind = cells["kind"]
        if not kind:
            raise ValidationError({"kind": _("Say which kind of update it is.")})
        refuse_unsupported_fields(self._build_draft(cells), [DraftEvidence(**row) for row in _evidence_cells(cells)])
        self.validator.check_reply(kind, content, commitment.reference)
        check_update(kind, content, commitment, timezone.localdate())

    def _build_draft(self, cells: Cells) -> DraftUpdate:
        values: dict[str, Any] = {name: cells[name] for name in DRAFT_FIELDS if name != "reply_of"}
        values |= {"achieved": parse_decimal(cells["achieved"]), "reply_of_id": cells["reply_of"] or None}
        key = int(cells["draft"]) if cells["draft"] else None
        waiting = {"state": DraftState.WAITING, "changed_by": self.user, "changed_at": timezone.now()}
        return DraftUpdate(pk=key, commitment=self.validator.public[cells["reference"]], **values, **waiting)

    def write(self, new: list[RowOutcome], changed: list[RowOutcome]) -> None:
        """Store them, waiting for publishing, with their evidence and how their notes are said in Chinese."""
        outcomes = [*new, *changed]
        new_drafts = [(self._build_draft(outcome.cells), outcome) for outcome in new]
        changed_drafts = [
            (self._build_draft(outcome.cells), outcome)
            for outcome in changed
            if set(outcome.changed) - NOTE_COLUMNS.keys()
        ]
        for draft, _outcome in new_drafts:
            draft.author = self.user
        added, rewritten = ([draft for draft, _outcome in pairs] for pairs in (new_drafts, changed_drafts))
        DraftUpdate.objects.bulk_create(added, batch_size=BATCH_SIZE)
        dates = [f"{name}_{end}" for name in ("date", "deadline") for end in ("first", "last")]
        fields = [*DRAFT_FIELDS, *dates, "state", "returned_because", "changed_by", "changed_at"]
        DraftUpdate.objects.bulk_update(rewritten, fields, batch_size=BATCH_SIZE)
        for batch in split_batches(draft.pk for draft in rewritten):
            DraftEvidence.objects.filter(draft__in=batch).delete()
        evidence = [
            DraftEvidence(draft=draft, **row)
            for draft, outcome in [*new_drafts, *changed_drafts]
            for row in _evidence_cells(outcome.cells)
        ]
        DraftEvidence.objects.bulk_create(evidence, batch_size=BATCH_SIZE)
        self.log(added, [(draft, outcome.changed) for draft, outcome in changed_drafts])
        if added or rewritten:
            tell_of_waiting(self.user)
        commitments = self.validator.public
        notes = [
            NewTranslation(
                commitments[outcome.cells["reference"]], language, outcome.cells["note"], outcome.cells[name]
            )
            for outcome in outcomes
            for name, language in NOTE_COLUMNS.items()
            if name in self.columns and outcome.cells["note"]
        ]
        bring_translations(notes, self.user)
        note_edits(self.user, [*(draft.pk for draft in added), *(int(outcome.name) for outcome in changed)])


def _with_evidence(drafts: QuerySet[DraftUpdate]) -> QuerySet[DraftUpdate]:
    return drafts.select_related("commitment").prefetch_related("evidence")


def _draft_identity(cells: Cells) -> tuple[str, ...]:
    """What a draft says, without its number and its translations."""
    return tuple(cells[column.name] for column in DRAFT_EXPORT_COLUMNS[1:] if column.name not in NOTE_COLUMNS)


def _evidence_cells(cells: Cells) -> list[Cells]:
    """The rows of evidence: those of which anything is filled in."""
    rows = [{name: cells[f"evidence_{place}_{name}"] for name in STAFF_EVIDENCE_FIELDS} for place in EVIDENCE_PLACES]
    return [row for row in rows if any(row.values())]
