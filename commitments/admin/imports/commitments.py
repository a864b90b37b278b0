"""What a row of a file means for a commitment."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.imports.base import (
    CHANGED,
    NEW,
    UNCHANGED,
    Cells,
    ImportResource,
    RowOutcome,
    split_batches,
)
from commitments.admin.imports.cells import expected_column, is_same_value
from commitments.admin.imports.export_columns import (
    COMMITMENT_EXPORT_COLUMNS,
    REPEATS_COLUMN,
    TRANSLATION_SOURCES,
    TranslationsByText,
)
from commitments.admin.imports.files import Sheet, SheetRow
from commitments.admin.imports.references import ReferenceSuggestions, settle_references
from commitments.admin.imports.translations import check_translation_rights
from commitments.admin.repeats_field import format_repeats, parse_repeats, unknown_message
from commitments.domain.choices import Level, Status
from commitments.domain.references import dated_reference_message, is_taken_for_date
from commitments.exports.columns import SEPARATOR
from commitments.exports.csv import strip_defusing
from commitments.exports.datasets import DATASETS
from commitments.exports.list_columns import LIST_COLUMNS
from commitments.i18n.phrases import join_sentences
from commitments.ledger.append import lock_head
from commitments.ledger.contents import (
    PUBLIC_FIELDS,
    RELATIONS,
    Content,
    SlugResolver,
    all_public_fields,
    format_decimal,
    publication_content,
    to_text,
)
from commitments.ledger.reconciliation import PARTY_TABLES
from commitments.ledger.translations import NewTranslation, latest_translations
from commitments.ledger.validation import check_public_fields
from commitments.models import Commitment, Repetition, State
from commitments.query.expressions import BATCH_SIZE
from commitments.workflow.draft_edits import note_edits
from commitments.workflow.duplicates import DuplicateFinder, Pledge
from commitments.workflow.entry_proposals import bring_translations
from commitments.workflow.name_lookups import AreaLookup, OrganisationLookup, ReleaseLookup

# Columns of our export that say what the ledger reports. Whoever types into one of them expects something.
REPORTED_NAMES = ("status", "stop_reason", "status_on", "achieved", "note", "evidence_urls")
REPORTED_COLUMNS = {column.name: column.type for column in LIST_COLUMNS if column.name in REPORTED_NAMES}
# What a file says of a draft. `note` is the last report's, as in the public export: its own has another name.
COMMITMENT_FIELDS = {*PUBLIC_FIELDS, "commitment_note", REPEATS_COLUMN, *TRANSLATION_SOURCES} - {"note", "repeats"}
COLUMN_HINTS = {
    "reference": gettext_lazy("Two to four capital letters, a hyphen, digits: CU-06. Never used twice."),
    "release": gettext_lazy("The release in which it was made: its slug, or its title in any of the three languages."),
    "area": gettext_lazy(
        "Its area: the slug, or the name in any of the three languages. Empty where it stands in none."
    ),
    "owners": gettext_lazy(
        "Who must deliver: full, short, other or former names in any language, or slugs, joined by “; ”."
    ),
    "partners": gettext_lazy("Who takes part: named as the owners are, joined by “; ”."),
    "owner_inferred": gettext_lazy("Whether the owner is inferred: true or false."),
    "target_approximate": gettext_lazy("Whether it is “about” so many: true or false."),
    "deadline": gettext_lazy("2019, 2018-H1, 2018-Q3, 2018-11 or 2018-11-05, or as you would write it: 5 Nov 2018."),
    "quote": gettext_lazy("The release’s words, at most 15."),
    "review_on": gettext_lazy("When to look again: 2018-11-05."),
}


@dataclass(slots=True)
class ExistingRow:
    """A commitment on record: as our export says it, and what no import may touch."""

    key: int
    public: bool
    retracted: bool
    cells: Cells
    reported: Cells


class CommitmentResource(ImportResource):
    """Drafts of commitments, by reference. One that is published may stand in the file as long as it says the same."""

    model = Commitment
    identity = "reference"
    expected = expected_column(
        [column for column in COMMITMENT_EXPORT_COLUMNS if column.name in COMMITMENT_FIELDS],
        ("reference", "title", "release", "paragraph", "quote", "kind", "force", "done_when"),
        descriptions=COLUMN_HINTS,
    )
    computed = frozenset(column.name for column in DATASETS["commitments"].columns) - COMMITMENT_FIELDS

    def allowed_values(self) -> dict[str, list[tuple[str, str]]]:
        """With the areas, releases and organisations that there are."""
        lists = {"release": ReleaseLookup(), "area": AreaLookup(), **dict.fromkeys(PARTY_TABLES, OrganisationLookup())}
        named = {name: sorted(lookup.titles.items()) for name, lookup in lists.items()}
        parties = {name: sorted((title, slug) for slug, title in named[name]) for name in PARTY_TABLES}
        return super().allowed_values() | named | parties

    def prepare(self, sheet: Sheet, *, lock: bool) -> None:
        """What is on record of the references, and of those that they are part of."""
        if lock:
            lock_head()
        self.resolver, self.organisations = SlugResolver(), OrganisationLookup()
        self.readers = {
            **dict.fromkeys(PARTY_TABLES, self._read_parties),
            "area": AreaLookup().slug,
            "release": ReleaseLookup().slug,
            REPEATS_COLUMN: self._read_repeats,
        }
        self.suggestions = ReferenceSuggestions(lambda: Commitment.objects.values_list("reference", flat=True))
        settle_references(sheet.rows, ("reference", "part_of"))
        references = {row.cells["reference"] for row in sheet.rows}
        self.existing_rows: dict[str, ExistingRow] = {}
        for batch in split_batches(sorted(references)):
            queryset = Commitment.objects.for_staff(timezone.localdate()).filter(reference__in=batch)
            queryset = queryset.select_related(*RELATIONS).prefetch_related(*PARTY_TABLES, "repetitions__repeated")
            commitments = list(queryset.select_for_update(of=("self",), no_key=True) if lock else queryset)
            latest = latest_translations(commitment.pk for commitment in commitments)
            self.existing_rows |= {
                commitment.reference: self._existing_row(commitment, latest) for commitment in commitments
            }
        named = {parent for row in sheet.rows if (parent := row.cells.get("part_of"))}
        named |= {reference for row in sheet.rows for reference in _repeated(row.cells.get(REPEATS_COLUMN, ""))}
        self.duplicates = DuplicateFinder()
        self.parent_keys: dict[str, int | None] = dict.fromkeys(references)
        for batch in split_batches(sorted(named)):
            self.parent_keys |= dict(Commitment.objects.filter(reference__in=batch).values_list("reference", "pk"))

    def _existing_row(self, commitment: Commitment, latest: TranslationsByText) -> ExistingRow:
        state: State | None = getattr(commitment, "state", None)
        cells = self._cells(all_public_fields(publication_content(commitment)))
        for name, (column, language) in TRANSLATION_SOURCES.items():
            cells[name] = latest.get((commitment.pk, language, cells[column]), "")
        reported = dict.fromkeys(REPORTED_COLUMNS, "")
        if state:
            cells["deadline"] = to_text(state.deadline)  # as the export says it; the commitment keeps its first one
            reported |= {name: to_text(getattr(state, name)) for name in REPORTED_COLUMNS}
            reported["achieved"] = format_decimal(state.achieved)
            reported["evidence_urls"] = state.evidence_urls.replace("\n", SEPARATOR)
        public, retracted = commitment.published_at is not None, commitment.retracted_at is not None
        return ExistingRow(commitment.pk, public, retracted, cells, reported)

    def _cells(self, content: Content) -> Cells:
        """A content's fields as cells: by name where it has slugs, `note` as `commitment_note`, repeats as lines."""
        cells = {
            name: str(value).lower() if isinstance(value, bool) else to_text(value)
            for name, value in content.items()
            if name != "repeats"
        }
        cells[REPEATS_COLUMN] = format_repeats(content["repeats"])
        cells |= {name: self._join_parties(content[name]) for name in PARTY_TABLES}
        cells["commitment_note"] = cells.pop("note")
        return cells

    def _content(self, cells: Cells) -> Content:
        """The same the other way round."""
        content: Content = {name: cells[name] for name in PUBLIC_FIELDS if name not in ("note", "repeats")}
        content["repeats"] = parse_repeats(cells[REPEATS_COLUMN])
        content |= {name: cells[name] == "true" for name in ("owner_inferred", "target_approximate")}
        content |= {name: self._slugs(cells[name]) for name in PARTY_TABLES}
        content["paragraph"] = int(cells["paragraph"]) if cells["paragraph"] else None
        return content | {"note": cells["commitment_note"]}

    def _slugs(self, cell: str) -> list[str]:
        names = [cell] if cell in self.organisations.exact else cell.split(SEPARATOR)
        return sorted(self.organisations.slug(name) for name in names if name)

    def _read_parties(self, cell: str) -> str:
        return self._join_parties(self.organisations.slugs(cell))

    def _join_parties(self, slugs: Iterable[str]) -> str:
        """Their full names, in the order of the export."""
        return SEPARATOR.join(sorted(self.organisations.titles[slug] for slug in slugs))

    def _read_repeats(self, cell: str) -> str:
        """Lines that can be read, each naming a commitment that there is or that stands in the file."""
        rows = parse_repeats(cell)
        if unknown := [row["reference"] for row in rows if row["reference"] not in self.parent_keys]:
            raise ValidationError([unknown_message(reference) for reference in unknown])
        return format_repeats(rows)

    def blank(self) -> Cells:
        """A pledge of its own."""
        return super().blank() | {
            "level": Level.PRIMARY.value,
            "owner_inferred": "false",
            "target_approximate": "false",
        }

    def existing(self, row: SheetRow) -> Cells | None:
        reference = row.cells["reference"]
        if not reference:
            raise ValidationError(
                {"reference": _("Give the reference: two to four capital letters, a hyphen, digits.")}
            )
        self.refuse_repeated(row, reference)
        return self.existing_rows[reference].cells if reference in self.existing_rows else None

    def classify(self, row: SheetRow, outcome: RowOutcome, before: Cells | None) -> str:
        """What is published changes on its own page only; a draft must be one that a form would take."""
        existing_row = self.existing_rows.get(outcome.name)
        self._refuse_reported(row, existing_row)
        if before is not None and not outcome.changes:
            return UNCHANGED
        check_translation_rights(self.user, outcome, public=existing_row is not None and existing_row.public)
        if existing_row and existing_row.public:
            fixed_columns = [name for name in outcome.changed if name not in TRANSLATION_SOURCES]
            if fixed_columns:
                raise ValidationError({name: self._published_message(outcome.name, name) for name in fixed_columns})
            outcome.note = _("It is public: the translation waits for another publisher.") if settings.FOUR_EYES else ""
            return CHANGED
        if before is None and is_taken_for_date(outcome.name):
            raise ValidationError({"reference": dated_reference_message(outcome.name)})
        try:
            check_public_fields(self._content(outcome.cells), self.resolver)
        except ValidationError as problem:
            if hasattr(problem, "error_dict") and "note" in problem.error_dict:
                problem.error_dict["commitment_note"] = problem.error_dict.pop("note")
            raise
        parent = outcome.cells["part_of"]
        if parent and (parent == outcome.name or parent not in self.parent_keys):
            message = _("“%(whole)s” is no other commitment, neither on record nor in this file.")
            message = self.suggestions.with_suggestion(message % {"whole": parent[:20]}, parent)
            raise ValidationError({"part_of": message})
        self._point_out_duplicate(outcome, before)
        return CHANGED if existing_row else NEW

    def _point_out_duplicate(self, outcome: RowOutcome, before: Cells | None) -> None:
        """Where a draft comes to look like another one, on record or in an earlier row."""
        cells = outcome.cells
        if before and all(cells[name] == before[name] for name in ("release", "title", "quote")):
            return
        pledge = Pledge(outcome.name, cells["release"], cells["title"], cells["quote"])
        if duplicate := self.duplicates.find(pledge, _repeated(cells[REPEATS_COLUMN])):
            outcome.warnings.append(_("Is it a duplicate? %(what)s") % {"what": duplicate})
        self.duplicates.add(pledge)

    def _published_message(self, reference: str, column: str) -> str:
        if self.existing_rows[reference].retracted:
            message = _("%(reference)s was retracted, and that is final.")
        elif column == "deadline":
            message = _("%(reference)s is published, and its deadline moves only by a report: record progress.")
        else:
            message = _("%(reference)s is published: correct it on its page, with a reason.")
        return message % {"reference": reference}

    def _refuse_reported(self, row: SheetRow, existing_row: ExistingRow | None) -> None:
        """Nobody's typing is lost in silence: what is reported moves by a report alone."""
        problems = {}
        for name, column_type in REPORTED_COLUMNS.items():
            cell, reported = row.cells.get(name, ""), existing_row.reported[name] if existing_row else ""
            if (
                cell
                and not is_same_value(cell, reported, column_type)
                and not (name == "status" and cell == Status.NO_REPORT and not reported)
            ):
                message = _("This is never imported: record progress, or import a draft update. Here, put back “%s”.")
                empty = _("This is never imported: record progress once it is published. Here, empty the cell.")
                problems[name] = message % reported[:80] if reported else empty
        if "note" in problems:
            elsewhere = _("A commitment’s own note goes into the column “commitment_note”.")
            problems["note"] = join_sentences([problems["note"], elsewhere])
        if problems:
            raise ValidationError(problems)

    def write(self, new: list[RowOutcome], changed: list[RowOutcome]) -> None:
        """Commitments, then what they are part of, their owners and partners, and how they are said in Chinese."""
        public_changes = [
            (Commitment(pk=self.existing_rows[outcome.name].key, reference=outcome.name), outcome)
            for outcome in changed
            if self._is_public(outcome)
        ]
        new_drafts = [(self._build_commitment(outcome), outcome) for outcome in new]
        changed_drafts = [
            (self._build_commitment(outcome), outcome) for outcome in changed if not self._is_public(outcome)
        ]
        added = [commitment for commitment, _outcome in new_drafts]
        Commitment.objects.bulk_create(added, batch_size=BATCH_SIZE)
        self.parent_keys |= {commitment.reference: commitment.pk for commitment in added}
        self.parent_keys |= {name: row.key for name, row in self.existing_rows.items()}
        drafts = [*new_drafts, *changed_drafts]
        for commitment, outcome in drafts:
            commitment.part_of_id = self.parent_keys[outcome.cells["part_of"]] if outcome.cells["part_of"] else None
        parts = [commitment for commitment in added if commitment.part_of_id]
        Commitment.objects.bulk_update(parts, ["part_of"], batch_size=BATCH_SIZE)
        names = {name for _commitment, outcome in changed_drafts for name in outcome.changed}
        names -= {*PARTY_TABLES, *TRANSLATION_SOURCES, REPEATS_COLUMN}
        if names:
            fields = {"note" if name == "commitment_note" else name for name in names}
            fields |= {"deadline_first", "deadline_last"} if "deadline" in names else set()
            changed_commitments = [commitment for commitment, _outcome in changed_drafts]
            Commitment.objects.bulk_update(changed_commitments, sorted(fields), batch_size=BATCH_SIZE)
        for name in PARTY_TABLES:
            self._write_parties(name, drafts)
        self._write_repeats(drafts)
        note_edits(self.user, commitments=[commitment.pk for commitment, _outcome in drafts])
        changes = [*changed_drafts, *public_changes]
        self.log(added, [(commitment, outcome.changed) for commitment, outcome in changes])
        self._translate([*new, *changed])

    def _is_public(self, outcome: RowOutcome) -> bool:
        return outcome.name in self.existing_rows and self.existing_rows[outcome.name].public

    def _translate(self, outcomes: list[RowOutcome]) -> None:
        """What the columns of translations say, where the file has them."""
        translations = [
            NewTranslation(
                Commitment(pk=self.parent_keys[outcome.name], reference=outcome.name),
                language,
                outcome.cells[column],
                outcome.cells[name],
            )
            for outcome in outcomes
            for name, (column, language) in TRANSLATION_SOURCES.items()
            if name in self.columns and outcome.cells[column]
        ]
        bring_translations(translations, self.user)

    def _build_commitment(self, outcome: RowOutcome) -> Commitment:
        existing_row = self.existing_rows.get(outcome.name)
        columns = self.resolver.columns(self._content(outcome.cells), parents=False)
        return Commitment(pk=existing_row.key if existing_row else None, **columns)

    def _write_parties(self, name: str, rows: list[tuple[Commitment, RowOutcome]]) -> None:
        """Owners or partners of the new ones, and of those where they changed."""
        changed_rows = [
            (commitment, outcome) for commitment, outcome in rows if outcome.kind == NEW or name in outcome.changed
        ]
        for batch in split_batches(commitment.pk for commitment, outcome in changed_rows if outcome.kind == CHANGED):
            PARTY_TABLES[name].objects.filter(commitment__in=batch).delete()
        parties: list[Any] = [
            PARTY_TABLES[name](commitment=commitment, organisation_id=key)
            for commitment, outcome in changed_rows
            for key in sorted(self.resolver.organisations(self._slugs(outcome.cells[name])))
        ]
        PARTY_TABLES[name].objects.bulk_create(parties, batch_size=BATCH_SIZE)

    def _write_repeats(self, rows: list[tuple[Commitment, RowOutcome]]) -> None:
        """What the new ones repeat, and those where that changed."""
        changed_rows = [
            (commitment, outcome)
            for commitment, outcome in rows
            if (outcome.kind == NEW and outcome.cells[REPEATS_COLUMN]) or REPEATS_COLUMN in outcome.changed
        ]
        for batch in split_batches(commitment.pk for commitment, _outcome in changed_rows):
            Repetition.objects.filter(commitment__in=batch).delete()
        repetitions = [
            Repetition(commitment=commitment, repeated_id=key, why=row["why"])
            for commitment, outcome in changed_rows
            for row in parse_repeats(outcome.cells[REPEATS_COLUMN])
            if (key := self.parent_keys[row["reference"]])
        ]
        Repetition.objects.bulk_create(repetitions, batch_size=BATCH_SIZE)


def _repeated(cell: str) -> list[str]:
    """The references that a cell names; none where it cannot be read, which its reader says."""
    try:
        return [row["reference"] for row in parse_repeats(strip_defusing(cell))]
    except ValidationError:
        return []
