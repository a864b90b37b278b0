"""What changed between two days, as a file: its columns, read from the lines of a report."""

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import Change
from commitments.exports.columns import Column, RowContext, texts
from commitments.exports.list_columns import LIST_COLUMNS
from commitments.exports.rows import row_context
from commitments.i18n.languages import current_language
from commitments.models.commitment import CommitmentQuerySet
from commitments.query.expressions import BATCH_SIZE
from commitments.query.period import PeriodLine, iter_lines

LIST_COLUMNS_BY_NAME = {column.name: column for column in LIST_COLUMNS}


def list_column(column_name: str, *sources: str, **changes: Any) -> Column:
    """A column as the list's exports have it, read from a line; `sources` where the line calls it otherwise."""
    return replace(LIST_COLUMNS_BY_NAME[column_name], sources=sources or (column_name,), **changes)


def on_day(column_name: str, name: str, label: str | Promise, description: str | Promise, **changes: Any) -> Column:
    """The same as it was on the first day or the last, under a name of its own, which is that of the line's field."""
    return list_column(column_name, name, name=name, label=label, description=description, **changes)


# Columns of the file, read from a line by the names of its fields.
PERIOD_COLUMNS = (
    *(list_column(name) for name in ("reference", "title", "release", "area", "kind", "level", "owners")),
    list_column("sides", "owners"),
    texts("changes", _("Changes"), _("What changed between the two days."), choices=Change),
    on_day(
        "status",
        "status_start",
        _("Status at the start"),
        _("Its status on the first day; “not_yet_promised” where it was announced later."),
        choices=None,
    ),
    on_day("status", "status_end", _("Status at the end"), _("Its status on the last day.")),
    list_column("status_on", description=_("The date of the status at the end.")),
    list_column("stop_reason"),
    on_day(
        "deadline",
        "deadline_start",
        _("Deadline at the start"),
        _("Its deadline on the first day; its first one where it was announced later."),
    ),
    on_day("deadline", "deadline_end", _("Deadline at the end"), _("Its deadline on the last day.")),
    list_column(
        "slip_days",
        "deadline_start",
        "deadline_end",
        description=_("Days from the one deadline’s end to the other’s; negative where it was brought forward."),
    ),
    texts("slip_reasons", _("Reasons for slipping"), _("Why the deadline moved between the two days.")),
    list_column("days_late", "status_end", "deadline_end", "completed_on"),
    on_day("achieved", "achieved_start", _("Achieved by the start"), _("The quantity last reported by the first day.")),
    on_day("achieved", "achieved_end", _("Achieved by the end"), _("The quantity last reported by the last day.")),
    *(list_column(name) for name in ("target", "unit", "note", "evidence_urls")),
    list_column("url", "reference"),
)


def iter_period_batches(
    commitments: CommitmentQuerySet, first: date, last: date, address: Callable[[str, str], str]
) -> Generator[list[list[Any]]]:
    """The file's rows in batches, a cell for each of PERIOD_COLUMNS."""
    context, lines = row_context(last, address, current_language()), iter_lines(commitments, first, last)
    while batch := list(islice(lines, BATCH_SIZE)):
        yield [[read_cell(context, column, line) for column in PERIOD_COLUMNS] for line in batch]


def read_cell(context: RowContext, column: Column, line: PeriodLine) -> Any:
    """What a column says of a line."""
    values = [getattr(line, source) for source in column.sources]  # type: ignore[arg-type]  # names, in these columns
    return column.read(context, *values) if column.read else values[0]
