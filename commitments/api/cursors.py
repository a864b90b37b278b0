"""Pages of rows by where the last one ended, not by how many came before.

So nothing is skipped and nothing comes twice though rows are published between two pages, and the last
page costs no more than the first. DRF's CursorPagination cannot be used: it needs a column that is
never null, and gives up where more than a thousand rows have the same value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import OrderBy, Q, QuerySet

from commitments.exports.datasets import Dataset
from commitments.i18n.collation import sort_key
from commitments.i18n.languages import column_suffix, current_language
from commitments.models.commitment import reference_key
from commitments.query.sorting import NULLABLE_COLUMNS, SORT_COLUMNS, nulls_last, sort_column

REFERENCE_SOURCE = SORT_COLUMNS["reference"]
# The columns of the rows that hold what a list is sorted by, where they are not called like the sort.
COLUMN_OF_SORT = {"deadline": "deadline_last_day", "last_entry": "last_entry_on", "last_news": "last_news_on"}


class CursorError(ValueError):
    """The text is no cursor of this list in this order."""


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One part of an order. `source`: what SQL calls it. `column`: where a row has its value."""

    source: str
    column: str
    backwards: bool = False

    def value(self, row: Mapping[str, Any]) -> Any:
        """What a row is sorted by: of references, and of titles in Chinese, a key that is made of what the row says."""
        value = row[self.column]
        if self.source == REFERENCE_SOURCE:
            return reference_key(value)
        return sort_key(value, current_language()) if self.source.startswith("title_key") else value

    @property
    def ordering(self) -> OrderBy:
        """As SQL sorts by it; nulls come last."""
        return nulls_last(self.source, self.backwards)

    def equal(self, value: Any) -> Q:
        """Rows with the same value."""
        return Q(**{f"{self.source}__isnull": True}) if value is None else Q(**{self.source: value})

    def after(self, value: Any) -> Q | None:
        """Rows with a later one; None where there can be none, because nulls come last."""
        if value is None:
            return None
        later = Q(**{f"{self.source}__{'lt' if self.backwards else 'gt'}": value})
        return later | Q(**{f"{self.source}__isnull": True}) if self.source in NULLABLE_COLUMNS else later

    def onwards(self, value: Any) -> Q:
        """Rows with the same or a later one; all where some may have none."""
        way = "lte" if self.backwards else "gte"
        return Q() if self.source in NULLABLE_COLUMNS else Q(**{f"{self.source}__{way}": value})


class RowOrder:
    """How the rows of a table are sorted: by what was asked for, and by its key where that is the same."""

    def __init__(self, dataset: Dataset, sort: str = "") -> None:
        # `sort`: as in a query string, of commitments only.
        sources = {column.name: str(column.sources[0]) for column in dataset.columns}
        sources["reference"] = REFERENCE_SOURCE
        key = [OrderTerm(sources[name], name) for name in dataset.key]
        name = sort.removeprefix("-")
        if name and name != "reference":
            source = sort_column(name)
            key.insert(0, OrderTerm(source, COLUMN_OF_SORT.get(name, name), sort.startswith("-")))
        elif name:
            key = [OrderTerm(REFERENCE_SOURCE, "reference", sort.startswith("-"))]
        self.terms = key
        # Signed, so that a cursor is one that was given out here, for this table in this order and language.
        order = " ".join(term.source for term in key)
        self.signer = Signer(salt=f"{dataset.name} {sort}{column_suffix(current_language())} {order}")

    def sorted(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in this order."""
        return queryset.order_by(*(term.ordering for term in self.terms))

    def cursor(self, row: Mapping[str, Any]) -> str:
        """The place after a row: JSON of what it is sorted by, in base64, signed."""
        return self.signer.sign_object([term.value(row) for term in self.terms])

    def after(self, cursor: str) -> Q:
        """The rows after that place; CursorError where it is none."""
        try:
            values = self.signer.unsign_object(cursor)
        except (BadSignature, ValueError) as problem:
            raise CursorError(cursor) from problem
        rows_after, same_so_far = Q(pk__in=[]), Q()
        for term, value in zip(self.terms, values, strict=True):
            if (later := term.after(value)) is not None:
                rows_after |= same_so_far & later
            same_so_far &= term.equal(value)
        # Follows from the rest, which is an OR, and no index finds the beginning of that.
        return rows_after & self.terms[0].onwards(values[0])
