"""What a row of a file means for a commitment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.imports.base import (
    BATCH_SIZE,
    CHANGED,
    NEW,
    UNCHANGED,
    Cells,
    ImportResource,
    RowOutcome,
    expected_column,
    is_same_value,
    split_batches,
)
from commitments.admin.imports.export_columns import (
    COMMITMENT_EXPORT_COLUMNS,
    TRANSLATION_SOURCES,
    TranslationsByText,
)
from commitments.admin.imports.files import Sheet, SheetRow
from commitments.admin.imports.organisations import OrganisationLookup
from commitments.admin.imports.translations import check_translation_rights
from commitments.domain.choices import Level, Status
from commitments.exports.columns import SEPARATOR
from commitments.exports.datasets import DATASETS
from commitments.i18n.phrases import join_sentences
from commitments.ledger.append import lock_head
from commitments.ledger.contents import (
    PUBLIC_FIELDS,
    RELATIONS,
    Content,
    SlugResolver,
    format_decimal,
    publication_content,
    to_text,
)
from commitments.ledger.translations import NewTranslation, latest_translations, record_translations
from commitments.ledger.validation import check_public_fields
from commitments.models import (
    Commitment,
    Ownership,
    Partnership,
    State,
)
from commitments.workflow.actors import translator_for

PARTY_MODELS: dict[str, type[Any]] = {"owners": Ownership, "partners": Partnership}
# Columns of our export that say what the ledger reports. Whoever types into one of them expects something.
REPORTED_COLUMNS = ("status", "stop_reason", "status_on", "achieved", "note", "evidence_urls")
# What a file says of a draft. `note` is the last report's, as in the public export: its own has another name.
COMMITMENT_FIELDS = {*PUBLIC_FIELDS, "commitment_note", *TRANSLATION_SOURCES} - {"note"}
COLUMN_HINTS = {
    "reference": gettext_lazy("Two to four capital letters, a hyphen, digits: CU-06. Never used twice."),
    "owners": gettext_lazy("Who must deliver: slugs, full names or short names, joined by “; ”."),
    "partners": gettext_lazy("Who takes part: slugs, full names or short names, joined by “; ”."),
    "owner_inferred": gettext_lazy("Whether the owner is inferred: true or false."),
    "target_approximate": gettext_lazy("Whether it is “about” so many: true or false."),
    "deadline": gettext_lazy("2019, 2018-H1, 2018-Q3, 2018-11 or 2018-11-05."),
    "quote": gettext_lazy("The release’s words, at most 15."),
    "review_on": gettext_lazy("When to look again: 2018-11-05."),
}


@dataclass(slots=True)
class ExistingRow:
    """A commitment on record: as our export says it, and what no import may touch."""

    key: int
    public: bool
    cells: Cells
    reported: Cells


class CommitmentResource(ImportResource):
    """Drafts of commitments, by reference. One that is published may stand in the file as long as it says the same."""

    model = Commitment
    identity = "reference"
    expected = expected_column(
        [column for column in COMMITMENT_EXPORT_COLUMNS if column.name in COMMITMENT_FIELDS],
        ("reference", "title", "release", "paragraph", "quote", "kind", "force", "done_when"),
        told=COLUMN_HINTS,
    )
    computed = frozenset(column.name for column in DATASETS["commitments"].columns) - COMMITMENT_FIELDS

    def prepare(self, sheet: Sheet, *, lock: bool) -> None:
        """What is on record of the references, and of those that they are part of."""
        if lock:
            lock_head()
        self.resolver, self.bodies = SlugResolver(), OrganisationLookup()
        self.readers = dict.fromkeys(PARTY_MODELS, self.bodies.listed)
        references = {row.cells["reference"] for row in sheet.rows}
        self.known: dict[str, ExistingRow] = {}
        for batch in split_batches(sorted(references)):
            found = Commitment.objects.for_staff(timezone.localdate()).filter(reference__in=batch)
            found = found.select_related(*RELATIONS).prefetch_related(*PARTY_MODELS)
            commitments = list(found.select_for_update(of=("self",), no_key=True) if lock else found)
            latest = latest_translations(one.pk for one in commitments)
            self.known |= {one.reference: self._known(one, latest) for one in commitments}
        wholes = {whole for row in sheet.rows if (whole := row.cells.get("part_of"))}
        self.wholes: dict[str, int | None] = dict.fromkeys(references)
        for batch in split_batches(sorted(wholes)):
            self.wholes |= dict(Commitment.objects.filter(reference__in=batch).values_list("reference", "pk"))

    def _known(self, one: Commitment, latest: TranslationsByText) -> ExistingRow:
        state: State | None = getattr(one, "state", None)
        cells = self._cells(publication_content(one))
        for name, (column, language) in TRANSLATION_SOURCES.items():
            cells[name] = latest.get((one.pk, language, cells[column]), "")
        reported = dict.fromkeys(REPORTED_COLUMNS, "")
        if state:
            cells["deadline"] = to_text(state.deadline)  # as the export says it; the commitment keeps its first one
            reported |= {name: to_text(getattr(state, name)) for name in REPORTED_COLUMNS}
            reported["achieved"] = format_decimal(state.achieved)
            reported["evidence_urls"] = state.evidence_urls.replace("\n", SEPARATOR)
        return ExistingRow(one.pk, one.published_at is not None, cells, reported)

    def _cells(self, said: Content) -> Cells:
        """A content's fields as cells: by name where it has slugs, `note` as `commitment_note`."""
        cells = {
            name: str(value).lower() if isinstance(value, bool) else to_text(value) for name, value in said.items()
        }
        cells |= {name: self.bodies.join(said[name]) for name in PARTY_MODELS}
        cells["commitment_note"] = cells.pop("note")
        return cells

    def _content(self, cells: Cells) -> Content:
        """The same the other way round."""
        said: Content = {name: cells[name] for name in PUBLIC_FIELDS if name != "note"}
        said |= {name: cells[name] == "true" for name in ("owner_inferred", "target_approximate")}
        said |= {name: self._slugs(cells[name]) for name in PARTY_MODELS}
        said["paragraph"] = int(cells["paragraph"]) if cells["paragraph"] else None
        return said | {"note": cells["commitment_note"]}

    def _slugs(self, cell: str) -> list[str]:
        names = [cell] if cell in self.bodies.slugs else cell.split(SEPARATOR)
        return sorted(self.bodies.slug(name) for name in names if name)

    def blank(self) -> Cells:
        """A pledge of its own."""
        return super().blank() | {
            "level": Level.PRIMARY.value,
            "owner_inferred": "false",
            "target_approximate": "false",
        }

    def existing(self, row: SheetRow) -> Cells | None:
        """By reference."""
        reference = row.cells["reference"]
        if not reference:
            raise ValidationError(
                {"reference": _("Give the reference: two to four capital letters, a hyphen, digits.")}
            )
        self.refuse_repeated(row, reference)
        return self.known[reference].cells if reference in self.known else None

    def classify(self, row: SheetRow, outcome: RowOutcome, before: Cells | None) -> str:
        """What is published changes on its own page only; a draft must be one that a form would take."""
        known = self.known.get(outcome.name)
        self._refuse_reported(row, known)
        if before is not None and not outcome.changes:
            return UNCHANGED
        check_translation_rights(self.user, outcome, public=known is not None and known.public)
        if known and known.public:
            fixed = [name for name in outcome.changed if name not in TRANSLATION_SOURCES]
            if fixed:
                raise ValidationError({name: self._published(outcome.name, name) for name in fixed})
            return CHANGED
        try:
            check_public_fields(self._content(outcome.cells), self.resolver)
        except ValidationError as problem:
            if hasattr(problem, "error_dict") and "note" in problem.error_dict:
                problem.error_dict["commitment_note"] = problem.error_dict.pop("note")
            raise
        whole = outcome.cells["part_of"]
        if whole and (whole == outcome.name or whole not in self.wholes):
            message = _("“%(whole)s” is no other commitment, neither on record nor in this file.")
            raise ValidationError({"part_of": message % {"whole": whole[:20]}})
        return CHANGED if known else NEW

    def _published(self, reference: str, column: str) -> str:
        if column == "deadline":
            message = _("%(reference)s is published, and its deadline moves only by a report: record progress.")
        else:
            message = _("%(reference)s is published: correct it on its page, with a reason.")
        return message % {"reference": reference}

    def _refuse_reported(self, row: SheetRow, known: ExistingRow | None) -> None:
        """Nobody's typing is lost in silence: what is reported moves by a report alone."""
        problems = {}
        for name in REPORTED_COLUMNS:
            cell, kept = row.cells.get(name, ""), known.reported[name] if known else ""
            if (
                cell
                and not is_same_value(cell, kept)
                and not (name == "status" and cell == Status.NO_REPORT and not kept)
            ):
                message = _("This is never imported: record progress, or import a draft update. Here, put back “%s”.")
                empty = _("This is never imported: record progress once it is published. Here, empty the cell.")
                problems[name] = message % kept[:80] if kept else empty
        if "note" in problems:
            elsewhere = _("A commitment’s own note goes into the column “commitment_note”.")
            problems["note"] = join_sentences([problems["note"], elsewhere])
        if problems:
            raise ValidationError(problems)

    def write(self, new: list[RowOutcome], changed: list[RowOutcome]) -> None:
        """Commitments, then what they are part of, their owners and partners, and how they are said in Chinese."""
        said, public = [*new, *changed], [one for one in changed if self._is_public(one)]
        changed = [one for one in changed if not self._is_public(one)]
        made, moved = [self._row(outcome) for outcome in new], [self._row(outcome) for outcome in changed]
        Commitment.objects.bulk_create(made, batch_size=BATCH_SIZE)
        self.wholes |= {one.reference: one.pk for one in made} | {name: one.key for name, one in self.known.items()}
        for one, outcome in zip(made + moved, new + changed, strict=True):
            one.part_of_id = self.wholes[outcome.cells["part_of"]] if outcome.cells["part_of"] else None
        Commitment.objects.bulk_update([one for one in made if one.part_of_id], ["part_of"], batch_size=BATCH_SIZE)
        names = (
            {name for outcome in changed for name in outcome.changed} - PARTY_MODELS.keys() - TRANSLATION_SOURCES.keys()
        )
        if names:
            fields = {"note" if name == "commitment_note" else name for name in names}
            fields |= {"deadline_first", "deadline_last"} if "deadline" in names else set()
            Commitment.objects.bulk_update(moved, sorted(fields), batch_size=BATCH_SIZE)
        for name in PARTY_MODELS:
            self._join(name, [*zip(made, new, strict=True), *zip(moved, changed, strict=True)])
        self.log(made, [(one, outcome.changed) for one, outcome in zip(moved, changed, strict=True)])
        self.log([], [(Commitment(pk=self.known[one.name].key, reference=one.name), one.changed) for one in public])
        self._translate(said)

    def _is_public(self, outcome: RowOutcome) -> bool:
        return outcome.name in self.known and self.known[outcome.name].public

    def _translate(self, said: list[RowOutcome]) -> None:
        """What the columns of translations say, where the file has them."""
        new = [
            NewTranslation(
                Commitment(pk=self.wholes[one.name], reference=one.name), language, one.cells[column], one.cells[name]
            )
            for one in said
            for name, (column, language) in TRANSLATION_SOURCES.items()
            if name in self.columns and one.cells[column]
        ]
        record_translations(new, translator_for(self.user))

    def _row(self, outcome: RowOutcome) -> Commitment:
        known = self.known.get(outcome.name)
        columns = self.resolver.columns(self._content(outcome.cells), parents=False)
        return Commitment(pk=known.key if known else None, **columns)

    def _join(self, name: str, rows: list[tuple[Commitment, RowOutcome]]) -> None:
        """Owners or partners of the new ones, and of those where they changed."""
        touched = [(one, outcome) for one, outcome in rows if outcome.import_type == NEW or name in outcome.changed]
        for batch in split_batches(one.pk for one, outcome in touched if outcome.import_type == CHANGED):
            PARTY_MODELS[name].objects.filter(commitment__in=batch).delete()
        joined = [
            PARTY_MODELS[name](commitment=one, organisation_id=key)
            for one, outcome in touched
            for key in sorted(self.resolver.organisations(self._slugs(outcome.cells[name])))
        ]
        PARTY_MODELS[name].objects.bulk_create(joined, batch_size=BATCH_SIZE)
