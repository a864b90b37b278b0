"""What a row of a file means: for commitments, for organisations, for drafts of updates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.imports.base import (
    BATCH_SIZE,
    CHANGED,
    NEW,
    UNCHANGED,
    CellChange,
    Cells,
    ImportResource,
    RowOutcome,
    expected_column,
    is_same_value,
    split_batches,
)
from commitments.admin.imports.export_columns import (
    COMMITMENT_EXPORT_COLUMNS,
    DRAFT_EXPORT_COLUMNS,
    DRAFT_FIELDS,
    EVIDENCE_PLACES,
    NOTE_COLUMNS,
    ORGANISATION_EXPORT_COLUMNS,
    TRANSLATION_SOURCES,
    TranslationsByText,
    draft_export_cells,
)
from commitments.admin.imports.files import Sheet, SheetRow
from commitments.domain.choices import UPDATE_KINDS, DraftState, Level, ReportBasis, Status, Vocabulary
from commitments.domain.hash_chain import canonical_json
from commitments.exports.columns import SEPARATOR
from commitments.exports.datasets import DATASETS
from commitments.i18n.phrases import join_sentences
from commitments.ledger.append import lock_head
from commitments.ledger.contents import (
    EVIDENCE_FIELDS,
    PUBLIC_FIELDS,
    RELATIONS,
    Content,
    SlugResolver,
    format_decimal,
    parse_decimal,
    publication_content,
    to_text,
    update_content,
)
from commitments.ledger.translations import NewTranslation, check_translation, latest_translations, record_translations
from commitments.ledger.validation import EntryValidator, check_public_fields, check_update
from commitments.models import (
    Commitment,
    DraftEvidence,
    DraftUpdate,
    Organisation,
    Ownership,
    Partnership,
    State,
)
from commitments.workflow.actors import translator_for
from commitments.workflow.drafts import refuse_unsupported_fields

PARTY_MODELS: dict[str, type[Any]] = {"owners": Ownership, "partners": Partnership}
# Columns of our export that say what the ledger reports. Whoever types into one of them expects something.
REPORTED_COLUMNS = ("status", "stop_reason", "status_on", "achieved", "note", "evidence_urls")
MAX_KEY_DIGITS = 18  # digits that every database takes for a key
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
# Each column of a translation, of whatever file, with that of its text.
TRANSLATED_COLUMNS = TRANSLATION_SOURCES | {name: ("note", language) for name, language in NOTE_COLUMNS.items()}
# A draft has fewer of some values than the record.
DRAFT_VOCABULARIES: dict[str, Sequence[Vocabulary]] = {
    "kind": list(UPDATE_KINDS),
    "status": [status for status in Status if status != Status.NO_REPORT],
}


class OrganisationLookup:
    """Organisations by what people call them, read once."""

    def __init__(self) -> None:
        rows = list(Organisation.objects.values_list("slug", "name", "short_name"))
        uses = Counter(short for _slug, _name, short in rows)
        self.names = {slug: name for slug, name, _short in rows}
        self.slugs = {short: slug for slug, _name, short in rows if short and uses[short] == 1}
        self.slugs |= {slug: slug for slug in self.names} | {name: slug for slug, name in self.names.items()}

    def slug(self, called: str) -> str:
        """By full name, slug, or a short name that only one has; the export says full names, so they go first."""
        if called and called not in self.slugs:
            message = _("“%(called)s” is no organisation here. Write its slug or full name, or add it first.")
            raise ValidationError(message % {"called": called[:60]})
        return self.slugs[called] if called else ""

    def listed(self, cell: str) -> str:
        """Several, joined as in the export."""
        several = [cell] if cell in self.slugs else [called.strip() for called in cell.split(SEPARATOR.strip())]
        return self.join({self.slug(called) for called in several if called})

    def join(self, slugs: Iterable[str]) -> str:
        """Their full names, in the order of the export."""
        return SEPARATOR.join(sorted(self.names[slug] for slug in slugs))


def check_translation_rights(user: User, outcome: RowOutcome, *, public: bool) -> None:
    """Raise ValidationError, by column, where translations that change may not, or cannot be kept."""
    problems = {}
    for change in outcome.changes or [CellChange(name, "", cell) for name, cell in outcome.cells.items() if cell]:
        if change.column not in TRANSLATED_COLUMNS:
            continue
        column, language = TRANSLATED_COLUMNS[change.column]
        source = outcome.cells.get(column, "")
        if public and not user.has_perm("commitments.publish"):
            problems[change.column] = _("This is public at once, so a publisher must import it. Ask one of them.")
        elif change.after and not source:
            message = _("There is nothing to translate: fill in “%(column)s”, or empty this cell.")
            problems[change.column] = message % {"column": column}
        elif source:
            try:
                check_translation(NewTranslation(Commitment(), language, source, change.after))
            except ValidationError as problem:
                problems[change.column] = join_sentences(problem.messages)
    if problems:
        raise ValidationError(problems)


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


class OrganisationResource(ImportResource):
    """Organisations, by slug, which never changes."""

    model = Organisation
    identity = "slug"
    expected = expected_column(ORGANISATION_EXPORT_COLUMNS, ("slug", "name", "kind", "side"))

    def prepare(self, sheet: Sheet, *, lock: bool) -> None:
        """All of them: there are few, and a name may be anybody's."""
        found = Organisation.objects.select_for_update(no_key=True) if lock else Organisation.objects.all()
        names = [column.name for column in self.expected]
        self.known = {row["slug"]: row for row in found.values(*names)}
        self.keys = dict(Organisation.objects.values_list("slug", "pk"))
        self.names = {row["name"]: slug for slug, row in self.known.items()}

    def existing(self, row: SheetRow) -> Cells | None:
        """By slug."""
        slug = row.cells["slug"]
        if not slug:
            raise ValidationError({"slug": _("Give the slug: lower-case letters, digits and hyphens.")})
        self.refuse_repeated(row, slug)
        return self.known.get(slug)

    def classify(self, row: SheetRow, outcome: RowOutcome, before: Cells | None) -> str:
        """One that the form would take."""
        if before is not None and not outcome.changes:
            return UNCHANGED
        Organisation(**outcome.cells).clean_fields()
        holder = self.names.setdefault(outcome.cells["name"], outcome.name)
        if holder != outcome.name:
            message = _("“%(slug)s” has this name. Write its slug here, or give this one another name.")
            raise ValidationError({"name": message % {"slug": holder}})
        return NEW if before is None else CHANGED

    def write(self, new: list[RowOutcome], changed: list[RowOutcome]) -> None:
        """Store and log them."""
        made = [Organisation(**outcome.cells) for outcome in new]
        moved = [Organisation(pk=self.keys[outcome.name], **outcome.cells) for outcome in changed]
        for one in (*made, *moved):
            one.fill()
        Organisation.objects.bulk_create(made, batch_size=BATCH_SIZE)
        if moved:
            fields = sorted({name for outcome in changed for name in outcome.changed})
            Organisation.objects.bulk_update(moved, [*fields, "search_text_zh"], batch_size=BATCH_SIZE)
        self.log(made, [(one, outcome.changed) for one, outcome in zip(moved, changed, strict=True)])


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
