"""References in imported files: in any spelling, and found again where a spreadsheet made a date of one."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from commitments.admin.imports.files import SheetRow
from commitments.domain.references import dated_reference_message, months_and_numbers, spelled_reference
from commitments.domain.stated_dates import MONTH_NUMBERS
from commitments.i18n.phrases import join_sentences
from commitments.models import Commitment
from commitments.workflow.name_lookups import did_you_mean

MAX_LENGTH = 20  # characters of a reference that are compared and shown


def settle_references(rows: Collection[SheetRow], columns: Iterable[str]) -> None:
    """Put the references that are meant into the cells of these columns; what cannot be known is a row's problem."""
    for column in columns:
        cells = {row.cells.get(column, "") for row in rows}
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


def with_suggestion(message: str, reference: str, references: Iterable[str]) -> str:
    """What is said of a reference that names nothing, and the one that may be meant."""
    near = get_close_matches(reference[:MAX_LENGTH], list(references), n=1)
    return join_sentences([message, *did_you_mean(near)])
