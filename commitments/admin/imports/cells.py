"""What a cell of an imported file says: as our exports write it, as spreadsheets change it, and as people type it.

A cell is read into the words of our own export, or refused with what to do; where spreadsheets may have changed what
is on record, `is_same_value` finds it again.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from commitments.admin.date_fields import DATE, DAY, DEADLINE, date_label, read_typed
from commitments.domain.choices import Vocabulary
from commitments.domain.references import A_MONTH, months_and_numbers
from commitments.domain.typed_dates import is_notation, possible_dates
from commitments.exports.columns import Column, ColumnType
from commitments.exports.csv import strip_defusing
from commitments.exports.xlsx import MAX_CELL_LENGTH
from commitments.i18n.phrases import in_quotes, join_list, join_parts, join_sentences
from commitments.ledger.contents import format_decimal, parse_decimal
from commitments.workflow.name_lookups import Named, NameLookup, did_you_mean

YES = {"true", "yes", "y", "1", "是", "真", "对", "對"}
NO = {"false", "no", "n", "0", "", "否", "假", "错", "錯"}
GROUPED = re.compile(r"-?\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?")
SHORTENED = re.compile(r"-?\d(?:\.\d+)?e\+?\d+")
# A text that spreadsheets may have made of a date in words: "Nov-18", 5/11/2018, 2018年11月.
SPREADSHEET_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?|(\d{4}年)?\d{1,2}月(\d{1,2}日)?|\d{1,2}月-\d\d|"
    r"(\d{1,2}-)?[A-Za-z]{3,4}-\d{2,4}|\d{1,2}-[A-Za-z]{3,4}"
)
FULL_YEAR = re.compile(r"\d{4}")
LONGEST_CUT_MARK = 200  # characters with which our workbooks say that a text is cut, in any language
EXACT_DIGITS = 15  # of a number, that spreadsheets keep


@dataclass(frozen=True, slots=True)
class ExpectedColumn:
    """A column that is imported: its name and meaning, how a cell is read, and the values of a short list."""

    name: str
    description: Any
    read: Callable[[str], str]
    type: ColumnType = ColumnType.TEXT
    members: tuple[Vocabulary, ...] = ()
    needed: bool = False

    @property
    def allowed(self) -> tuple[str, ...]:
        """The values of its short list."""
        return tuple(member.value for member in self.members)

    @property
    def takes(self) -> str:
        """Which sort of date it holds, as boxes of dates call it; empty where it holds none."""
        if self.type == ColumnType.DAY:
            return DAY
        if self.type == ColumnType.PARTIAL_DATE:
            return DEADLINE if self.name == DEADLINE else DATE
        return ""


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
        members = tuple((allowed or {}).get(column.name, list(column.choices or ())))
        expected.append(
            ExpectedColumn(
                column.name,
                (descriptions or {}).get(column.name, column.description),
                partial(read_choice, members) if members else READERS.get(column.type, str),
                column.type,
                members,
                column.name in needed,
            )
        )
    return tuple(expected)


def read_choice(members: tuple[Vocabulary, ...], cell: str) -> str:
    """A value of a vocabulary, or its label in any of the three languages, in any case."""
    if not cell:
        return ""
    lookup = _choice_lookup(members)
    if value := lookup.find(cell):
        return value
    allowed = _("Write one of: %(allowed)s.") % {"allowed": join_list(member.value for member in members)}
    unknown = _("“%(cell)s” is not known here.") % {"cell": cell[:60]}
    raise ValidationError(join_sentences([unknown, *did_you_mean(lookup.suggestions(cell)[:1]), allowed]))


@lru_cache(maxsize=64)
def _choice_lookup(members: tuple[Vocabulary, ...]) -> NameLookup:
    labels: dict[str, list[str]] = {member.value: [member.value.replace("_", " ")] for member in members}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for member in members:
                labels[member.value].append(str(member.label))
    return NameLookup((Named(value, value, tuple(others)) for value, others in labels.items()), "")


def read_yes_or_no(cell: str) -> str:
    """The words of YES and NO, in any case."""
    word = unicodedata.normalize("NFKC", cell).strip().lower()
    if word not in YES | NO:
        raise ValidationError(_("“%(cell)s” is neither yes nor no. Write true or false.") % {"cell": cell[:60]})
    return "true" if word in YES else "false"


def read_decimal(cell: str) -> str:
    """A number in its one spelling: 40.00 is 40, 1,200 is 1200, and 40 % is 40."""
    plain = " ".join(unicodedata.normalize("NFKC", cell).lower().split())
    plain = plain.removesuffix("%").strip()
    if SHORTENED.fullmatch(plain):
        message = _("“%(cell)s” is how a spreadsheet shortens a number. Write all its figures.")
        raise ValidationError(message % {"cell": cell[:60]})
    if GROUPED.fullmatch(plain):
        plain = re.sub("[, ]", "", plain)
    try:
        return format_decimal(parse_decimal(plain))
    except ValidationError as error:
        message = _("“%(cell)s” is not a number. Write it as 1200 or 12.5, without a unit.")
        raise ValidationError(message % {"cell": cell[:60]}) from error


def read_whole_number(cell: str) -> str:
    """A whole number."""
    number = read_decimal(cell)
    if number and not number.isdecimal():
        raise ValidationError(_("“%(cell)s” is not a whole number.") % {"cell": cell[:60]})
    return number


def read_typed_date(takes: str, cell: str) -> str:
    """A date as people and programs write it, in our notation; nothing for nothing."""
    return str(read_typed(cell, takes)) if cell else ""


# How a cell is read, by the type of its column; anything else is text.
READERS: dict[ColumnType, Callable[[str], str]] = {
    ColumnType.YES_NO: read_yes_or_no,
    ColumnType.WHOLE: read_whole_number,
    ColumnType.NUMBER: read_decimal,
    ColumnType.PARTIAL_DATE: partial(read_typed_date, DATE),
    ColumnType.DAY: partial(read_typed_date, DAY),
}


def remark_on(column: ExpectedColumn, typed: str, value: str) -> str:
    """How a cell was understood, where it says in other words what is stored; else nothing."""
    if not value or is_same_text(typed, value):
        return ""
    if column.takes and not is_notation(typed):
        label = date_label(read_typed(value, column.takes), column.takes)
        return _("read from %(cell)s") % {"cell": join_parts([in_quotes(typed[:60]), label])}
    return _("read from %(cell)s") % {"cell": in_quotes(typed[:60])}


def is_same_value(cell: str, stored: str, column_type: ColumnType = ColumnType.TEXT) -> bool:
    """Whether a cell says what is stored, as our export and a spreadsheet would put it."""
    if is_same_text(cell, stored):
        return True
    if len(stored) > MAX_CELL_LENGTH == len(cell):
        return stored.startswith(cell[:-LONGEST_CUT_MARK])  # a spreadsheet's cell holds no more
    if not cell or not stored:
        return False
    if column_type in (ColumnType.PARTIAL_DATE, ColumnType.DAY):
        return stored in map(str, possible_dates(cell))
    if column_type in (ColumnType.NUMBER, ColumnType.WHOLE):
        return _is_same_number(cell, stored)
    if column_type == ColumnType.YES_NO:
        return cell.lower() == stored
    return _is_changed_by_spreadsheets(cell, stored)


def is_same_text(cell: str, stored: str) -> bool:
    """Whether it is the same to the letter, but for ends of line and what defuses formulas."""
    stored = stored.replace("\r\n", "\n").strip()
    cell = cell.replace("\r\n", "\n")
    return stored in (cell, strip_defusing(cell).strip())


def _is_same_number(cell: str, stored: str) -> bool:
    try:
        return read_decimal(cell) == stored
    except ValidationError:
        return False


def _is_same_date(cell: str, stored: str) -> bool:
    """Whether a date in words is the one that a spreadsheet made of it; of a month it keeps the first day."""
    dates = possible_dates(stored)
    if not FULL_YEAR.search(stored):
        return bool(months_and_numbers(stored) & months_and_numbers(cell))
    days = {date.first for date in dates if date.last - date.first < A_MONTH}
    return not days.isdisjoint(date.first for date in possible_dates(cell))


def _is_changed_by_spreadsheets(cell: str, stored: str) -> bool:
    """Whether a spreadsheet that took a text for a date, a number or a truth would show it as this."""
    if stored.upper() in ("TRUE", "FALSE"):
        return cell.upper() == stored.upper()
    is_date = SPREADSHEET_DATE.fullmatch(cell) is not None and _is_same_date(cell, stored)
    return is_date or _is_same_figure(cell, stored)


def _is_same_figure(cell: str, stored: str) -> bool:
    """Whether a text of figures alone is the number that a spreadsheet made of it and shows."""
    try:
        before, after = Decimal(stored), Decimal(cell)
    except ArithmeticError:
        return False
    if "e" in cell.lower():  # shown with as many figures as the cell has room for
        places = len(after.as_tuple().digits) - 1
        return f"{before:.{places}e}" == f"{after:.{places}e}"
    return f"{float(before):.{EXACT_DIGITS}g}" == f"{float(after):.{EXACT_DIGITS}g}"
