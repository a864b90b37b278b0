"""How the rows of an imported file are judged and written; the modules beside this say what a row means for each model.

A row is compared with what is on record in the words of our own export, so that importing an export
changes nothing. Everything is read and written in batches: a row at a time takes some ten queries a row. The rules are
not here: they are in `ledger.validation` and `workflow.drafts`.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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

from commitments.admin.imports.files import Deadline, Sheet, SheetRow
from commitments.domain.choices import Vocabulary
from commitments.domain.text_lengths import length_problem
from commitments.exports.columns import Column, ColumnType
from commitments.exports.csv import strip_defusing
from commitments.i18n.phrases import join_list, join_sentences
from commitments.ledger.contents import format_decimal, parse_day, parse_decimal, to_text
from commitments.models.fields import to_partial_date
from commitments.query.expressions import BATCH_SIZE

NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"
MAX_NAME_LENGTH = 100  # characters of a column's name that are compared with those that are known
YES, NO = ("true", "yes", "1"), ("false", "no", "0", "")
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
    note: str = ""  # what becomes of it, where it is not simply stored
    warnings: list[str] = field(default_factory=list)  # what whoever confirms the import must see

    @property
    def changed(self) -> list[str]:
        """The columns that would say something else."""
        return [change.column for change in self.changes]

    @property
    def summary(self) -> str:
        """Enough to know a new one again."""
        texts = [self.cells.get(name, "") for name in ("reference", "name", "title", "kind", "status", "date", "note")]
        return " · ".join(cell[:120] for cell in texts if cell and cell != self.name)


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


@dataclass(frozen=True, slots=True)
class ExpectedColumn:
    """A column that is imported: its name and meaning, how a cell is read, and the values of a short list."""

    name: str
    description: Any
    read: Callable[[str], str]
    allowed: tuple[str, ...] = ()
    needed: bool = False


def expected_column(
    columns: Iterable[Column],
    needed: Collection[str],
    allowed: Mapping[str, Sequence[Vocabulary]] | None = None,
    descriptions: Mapping[str, Any] | None = None,
) -> tuple[ExpectedColumn, ...]:
    """Columns of the export as those of the import, read by their types.

    `allowed`: the members that a column may have, where it is not the whole vocabulary. `descriptions`: what to
    say of a column, where whoever fills it in needs to know more than whoever reads it.
    """
    expected = []
    for column in columns:
        members = (allowed or {}).get(column.name, list(column.choices or ()))
        expected.append(
            ExpectedColumn(
                column.name,
                (descriptions or {}).get(column.name, column.description),
                read_choice(members) if members else READERS.get(column.type, str),
                tuple(member.value for member in members),
                column.name in needed,
            )
        )
    return tuple(expected)


def read_choice(members: Sequence[Vocabulary]) -> Callable[[str], str]:
    """Reads a value of a vocabulary, or its label."""

    def read(cell: str) -> str:
        for member in members:
            if cell.lower() in ("", member.value, str(member.label).lower()):
                return str(member.value) if cell else ""
        allowed = join_list(member.value for member in members)
        raise ValidationError(
            _("“%(cell)s” is not known here. Write one of: %(allowed)s.") % {"cell": cell[:60], "allowed": allowed}
        )

    return read


def read_yes_or_no(cell: str) -> str:
    """The words of YES and NO, in any case."""
    if cell.lower() not in (*YES, *NO):
        raise ValidationError(_("“%(cell)s” is neither yes nor no. Write true or false.") % {"cell": cell[:60]})
    return "true" if cell.lower() in YES else "false"


def read_decimal(cell: str) -> str:
    """A number in its one spelling: 40.00 is 40."""
    try:
        return format_decimal(parse_decimal(cell))
    except ValidationError as error:
        message = _("“%(cell)s” is not a number. Write it as 1200 or 12.5, without spaces or commas.")
        raise ValidationError(message % {"cell": cell[:60]}) from error


def read_whole_number(cell: str) -> str:
    """A whole number."""
    number = read_decimal(cell)
    if number and not number.isdecimal():
        raise ValidationError(_("“%(cell)s” is not a whole number.") % {"cell": cell[:60]})
    return number


def read_partial_date(cell: str) -> str:
    """A partial date in our notation."""
    return to_text(to_partial_date(cell))


def read_day(cell: str) -> str:
    """A day."""
    try:
        return to_text(parse_day(cell))
    except ValidationError as error:
        raise ValidationError(_("“%(cell)s” is not a day. Write it as 2018-11-05.") % {"cell": cell[:60]}) from error


# How a cell is read, by the type of its column; anything else is text.
READERS: dict[ColumnType, Callable[[str], str]] = {
    ColumnType.YES_NO: read_yes_or_no,
    ColumnType.WHOLE: read_whole_number,
    ColumnType.NUMBER: read_decimal,
    ColumnType.PARTIAL_DATE: read_partial_date,
    ColumnType.DAY: read_day,
}


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

    @property
    def identity_needed(self) -> bool:
        """Whether a file must name what its rows are about."""
        return any(column.needed for column in self.expected if column.name == self.identity)

    def _judge_row(self, row: SheetRow) -> RowOutcome:
        outcome = RowOutcome(row.number, row.cells.get(self.identity, ""))
        try:
            before = self.existing(row)
            outcome.cells = (self.blank() if before is None else before) | self._read_cells(row, before)
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

    def _read_cells(self, row: SheetRow, before: Cells | None) -> Cells:
        """The cells that say something else than what is on record, as they would be stored."""
        cells: Cells = {}
        problems = dict(row.problems)
        for column in self.expected:
            cell = row.cells.get(column.name)
            if cell is None or column.name in problems or (before is None and not cell):
                continue
            if before and is_same_value(cell, before[column.name]):
                continue
            try:
                read = self.readers.get(column.name, column.read)
                cells[column.name] = read(strip_defusing(cell).strip())
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


def is_same_value(cell: str, stored: str) -> bool:
    """Whether a cell says what is stored, as our export and a spreadsheet would put it."""
    stored = stored.replace("\r\n", "\n").strip()
    cell = cell.replace("\r\n", "\n")
    return stored in (cell, strip_defusing(cell).strip())


def problems_by_column(problem: ValidationError) -> dict[str, str]:
    """What is wrong, by column; with the whole row under an empty name."""
    if hasattr(problem, "error_dict"):
        return {
            "" if name == "__all__" else name: join_sentences(texts) for name, texts in problem.message_dict.items()
        }
    return {"": join_sentences(problem.messages)}
