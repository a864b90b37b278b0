"""References in imported files: in any spelling, and found again where a spreadsheet made a date of one."""

import re
from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches

from commitments.admin.imports.files import SheetRow
from commitments.domain.references import (
    dated_reference_message,
    is_taken_for_date,
    months_and_numbers,
    spelled_reference,
)
from commitments.domain.stated_dates import MONTH_NUMBERS
from commitments.i18n.phrases import join_sentences
from commitments.models import Commitment
from commitments.models.commitment import REFERENCE
from commitments.workflow.name_lookups import did_you_mean

MAX_SUGGESTED = 200  # references that are compared with all others, for one file
MAX_LENGTH = 20  # characters of a reference that are compared and shown


def settle_references(rows: Collection[SheetRow], columns: Iterable[str]) -> None:
    """Put the references that are meant into the cells of these columns; what cannot be known is a row's problem."""
    for column in columns:
        cells = {row.cells.get(column, "") for row in rows}
        cells = {cell for cell in cells if is_taken_for_date(cell) or not re.fullmatch(REFERENCE, cell)}
        dates = {cell: parts for cell in cells if (parts := months_and_numbers(cell))}
        known = _known(set().union(*dates.values()))
        for row in rows:
            cell = row.cells.get(column, "")
            if not cell:
                continue
            row.cells[column] = reference = spelled_reference(cell)
            if cell not in dates:
                continue
            matches = {match for parts in dates[cell] for match in known.get(parts, ())}
            if len(matches) == 1:
                [row.cells[column]] = matches
            elif reference not in matches:
                row.problems.setdefault(column, dated_reference_message(cell))


def _known(dates: Iterable[tuple[int, int]]) -> dict[tuple[int, int], list[str]]:
    """By month and number, the references on record of which a spreadsheet makes that date. At most one query."""
    spellings = {
        f"{name.upper()}-{number:0{digits}}": (month, number)
        for month, number in dates
        for name, of_month in MONTH_NUMBERS.items()
        if of_month == month
        for digits in (1, 2, 3)
    }
    known: dict[tuple[int, int], list[str]] = {}
    if spellings:
        references = Commitment.objects.filter(reference__in=spellings).order_by("reference")
        for reference in references.values_list("reference", flat=True):
            known.setdefault(spellings[reference], []).append(reference)
    return known


class ReferenceSuggestions:
    """Of references that name nothing, those that may be meant: of so many as a preview lists, because each costs."""

    def __init__(self, references: Callable[[], Iterable[str]], most: int = MAX_SUGGESTED) -> None:
        # `references`: reads those that there are, once, and only where one is asked about.
        self.read, self.left = references, most
        self.references: list[str] = []

    def with_suggestion(self, message: str, reference: str) -> str:
        """What is said of it, and the nearest one."""
        if not self.left:
            return message
        self.left -= 1
        self.references = self.references or list(self.read())
        others = (other for other in self.references if other != reference)
        return join_sentences([message, *did_you_mean(get_close_matches(reference[:MAX_LENGTH], others, n=1))])
