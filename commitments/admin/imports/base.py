"""How the rows of an imported file are judged and written; the modules beside this say what a row means for each model.

A row is compared with what is on record in the words of our own export, so that importing an export
changes nothing. Everything is read and written in batches: a row at a time takes some ten queries a row. The rules are
not here: they are in `ledger.validation` and `workflow.drafts`.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import astuple, dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import Any, TypeVar

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from commitments.admin.imports.cells import ExpectedColumn, is_same_value, remark_on
from commitments.admin.imports.files import Deadline, Sheet, SheetRow
from commitments.domain.text_lengths import length_problem
from commitments.exports.csv import strip_defusing
from commitments.i18n.phrases import join_list, join_sentences
from commitments.query.expressions import BATCH_SIZE

NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"
MAX_NAME_LENGTH = 100  # characters of a column's name that are compared with those that are known
Cells = dict[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CellChange:
    """A column that would say something else."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong and what to do: in a column or, where that is empty, with the row."""

    column: str
    message: str


@dataclass(slots=True)
class RowOutcome:
    """What one row would do. `kind` is one of the four above; `cells` is what it would leave on record."""

    number: int
    name: str
    kind: str = UNCHANGED
    cells: Cells = field(default_factory=dict)
    changes: list[CellChange] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    remarks: dict[str, str] = field(default_factory=dict)  # by column, how a cell that says it otherwise was read
    note: str = ""  # what becomes of it, where it is not simply stored
    warnings: list[str] = field(default_factory=list)  # what whoever confirms the import must see

    @property
    def changed(self) -> list[str]:
        """The columns that would say something else."""
        return [change.column for change in self.changes]

    @property
    def remarked_changes(self) -> list[tuple[CellChange, str]]:
        """Each change, and how it was read."""
        return [(change, self.remarks.get(change.column, "")) for change in self.changes]

    @property
    def filled_cells(self) -> list[tuple[str, str, str]]:
        """Each column that says something, what it says and how that was read: all of a new one."""
        return [(name, cell, self.remarks.get(name, "")) for name, cell in self.cells.items() if cell]


def of_kind(outcomes: Iterable[RowOutcome], kind: str) -> list[RowOutcome]:
    """Those of one of the four kinds."""
    return [outcome for outcome in outcomes if outcome.kind == kind]


def outcomes_fingerprint(outcomes: Iterable[RowOutcome]) -> str:
    """The same for two imports only if every row does the same in both."""
    rows = [(row.number, row.kind, row.note, [astuple(change) for change in row.changes]) for row in outcomes]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def split_batches(items: Iterable[T]) -> Iterator[list[T]]:
    """As many at a time as a query takes."""
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH_SIZE)):
        yield batch


class ImportResource:
    """One kind of thing that can be imported. Subclasses say what a row means; everything is all or nothing."""

    model: type[Model]
    identity: str  # the column that names what a row is about
    expected: tuple[ExpectedColumn, ...]
    computed: Collection[str] = ()  # columns of our export that are never imported

    def judge(self, sheet: Sheet, user: User, *, lock: bool = False) -> list[RowOutcome]:
        """What each row would do. `lock`: for whoever writes it in the same transaction; a preview takes no lock."""
        self.columns = set(sheet.columns)
        self._check_columns(sheet.columns)
        self.user = user
        self.readers: dict[str, Callable[[str], str]] = {}  # of columns that name what is on record
        self.row_numbers: dict[Any, int] = {}
        self.prepare(sheet, lock=lock)
        outcomes, deadline = [], Deadline()
        for row in sheet.rows:
            deadline.check()
            outcomes.append(self._judge_row(row))
        return outcomes

    def prepare(self, sheet: Sheet, *, lock: bool) -> None:
        """Read, in batches, what the rows are about and what they name; hold it where something is to be written."""
        raise NotImplementedError

    def existing(self, row: SheetRow) -> Cells | None:
        """What is on record of what the row is about; None where it would be new."""
        raise NotImplementedError

    def blank(self) -> Cells:
        """What a new one says where its row says nothing."""
        return {column.name: "" for column in self.expected}

    def fill_in(self, cells: Cells) -> None:
        """Fill in what a row may leave to what is on record."""

    def classify(self, row: SheetRow, outcome: RowOutcome, before: Cells | None) -> str:
        """Whether it is new, changed or unchanged; ValidationError, by column, where it is wrong."""
        raise NotImplementedError

    def write(self, new: list[RowOutcome], changed: list[RowOutcome]) -> None:
        """Store what rows would do, and log it."""
        raise NotImplementedError

    def _check_columns(self, columns: list[str]) -> None:
        known = [column.name for column in self.expected]
        unknown = [name for name in columns if name not in {*known, *self.computed}]
        if unknown:
            near = [match for name in unknown for match in get_close_matches(name[:MAX_NAME_LENGTH], known, n=1)]
            hint = _("Did you mean: %s?") % join_list(near) if near else _("Remove or rename them.")
            values = {"strange": join_list(unknown)[:300], "known": join_list(known), "hint": hint}
            message = _("These columns are not known: %(strange)s. %(hint)s Known are: %(known)s.")
            raise ValidationError(message % values)
        if self.identity not in columns and self.identity_needed:
            raise ValidationError(
                _("The column “%(name)s” is missing. It says what a row is about.") % {"name": self.identity}
            )

    def allowed_values(self) -> dict[str, list[tuple[str, str]]]:
        """By column what it may hold, each value with what it is called; for the lists of a workbook."""
        return {
            column.name: [(str(member.value), str(member.label)) for member in column.members]
            for column in self.expected
            if column.members
        }

    @property
    def identity_needed(self) -> bool:
        """Whether a file must name what its rows are about."""
        return any(column.needed for column in self.expected if column.name == self.identity)

    def _judge_row(self, row: SheetRow) -> RowOutcome:
        outcome = RowOutcome(row.number, row.cells.get(self.identity, ""))
        try:
            before = self.existing(row)
            outcome.cells = (self.blank() if before is None else before) | self._read_cells(row, before, outcome)
            self.fill_in(outcome.cells)
            if before is not None:
                after = outcome.cells
                outcome.changes = [
                    CellChange(name, before[name], after[name]) for name in before if before[name] != after[name]
                ]
            outcome.kind = self.classify(row, outcome, before)
        except ValidationError as problem:
            outcome.kind = WRONG
            outcome.problems = [
                RowProblem(name, self._advice(name, message)) for name, message in problems_by_column(problem).items()
            ]
        return outcome

    def _read_cells(self, row: SheetRow, before: Cells | None, outcome: RowOutcome) -> Cells:
        """The cells that say something else than what is on record, as they would be stored."""
        cells: Cells = {}
        problems = dict(row.problems)
        for column in self.expected:
            cell = row.cells.get(column.name)
            if cell is None or column.name in problems or (before is None and not cell):
                continue
            if before and is_same_value(cell, before[column.name], column.type):
                continue
            try:
                read, typed = self.readers.get(column.name, column.read), strip_defusing(cell).strip()
                cells[column.name] = read(typed)
                if remark := remark_on(column, typed, cells[column.name]):
                    outcome.remarks[column.name] = remark
                if problem := length_problem(cells[column.name]):
                    problems[column.name] = problem
            except ValidationError as error:
                problems[column.name] = join_sentences(error.messages)
        if problems:
            raise ValidationError(problems)
        return cells

    def _advice(self, column: str, message: str) -> str:
        missing = column and column not in self.columns and any(column == known.name for known in self.expected)
        return join_sentences([message, _("The file has no such column: add it.")]) if missing else message

    def refuse_repeated(self, row: SheetRow, key: Any) -> None:
        """Raise ValidationError where an earlier row is about the same thing; it names both."""
        if key in self.row_numbers:
            message = _("Rows %(first)s and %(second)s are about the same: %(what)s. Keep one of them.")
            values = {
                "first": self.row_numbers[key],
                "second": row.number,
                "what": row.cells.get(self.identity) or _("draft"),
            }
            raise ValidationError({self.identity: message % values})
        self.row_numbers[key] = row.number

    def log(self, new: Iterable[Model], changed: Iterable[tuple[Model, list[str]]]) -> None:
        """Who made or changed what, where the admin looks for it."""
        changes: list[tuple[Model, int, Any]] = [(instance, ADDITION, {"added": {}}) for instance in new]
        changes += [(instance, CHANGE, {"changed": {"fields": fields}}) for instance, fields in changed]
        content_type = ContentType.objects.get_for_model(self.model)
        LogEntry.objects.bulk_create(
            (
                LogEntry(
                    user=self.user, content_type=content_type, object_id=str(instance.pk),
                    object_repr=str(instance)[:200], action_flag=flag, change_message=json.dumps([message]),
                )
                for instance, flag, message in changes
            ),
            batch_size=BATCH_SIZE,
        )  # fmt: skip


def problems_by_column(problem: ValidationError) -> dict[str, str]:
    """What is wrong, by column; with the whole row under an empty name."""
    if hasattr(problem, "error_dict"):
        return {
            "" if name == "__all__" else name: join_sentences(texts) for name, texts in problem.message_dict.items()
        }
    return {"": join_sentences(problem.messages)}
