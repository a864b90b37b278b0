"""How a list may be sorted, and by which columns."""

from typing import Any

from django.db.models import F, OrderBy
from django.utils.translation import gettext_lazy

from commitments.i18n.languages import RECORD_LANGUAGE, column_suffix, current_language

# How a list may be sorted, and by which columns; the reference settles ties. Empty cells come last.
SORT_COLUMNS: dict[str, str] = {
    "reference": "reference_key",
    "title": "title",
    "deadline": "state__deadline_last",
    "status": "state__status",
    "schedule": "schedule",
    "last_entry": "state__last_entry_on",
    "last_news": "state__last_news_on",
}

NULLABLE_COLUMNS = ("state__deadline_last", "state__last_entry_on", "state__last_news_on")

SORT_LABELS = {
    "reference": gettext_lazy("Reference (A–Z)"),
    "-reference": gettext_lazy("Reference (Z–A)"),
    "title": gettext_lazy("Title (A–Z)"),
    "-title": gettext_lazy("Title (Z–A)"),
    "deadline": gettext_lazy("Due date, earliest first"),
    "-deadline": gettext_lazy("Due date, latest first"),
    "status": gettext_lazy("Status"),
    "-status": gettext_lazy("Status, reversed"),
    "schedule": gettext_lazy("Named date: outcome"),
    "-schedule": gettext_lazy("Named date: outcome, reversed"),
    "last_entry": gettext_lazy("Latest entry, oldest first"),
    "-last_entry": gettext_lazy("Latest entry, newest first"),
    "last_news": gettext_lazy("Latest news, oldest first"),
    "-last_news": gettext_lazy("Latest news, newest first"),
}


def sort_column(sort: str) -> str:
    """The column of a sort, in the language of the moment, "-" before it for backwards: by reference if none is asked.

    Titles in Chinese sort by strokes or by pinyin, which their keys say.
    """
    sign, name = "-" * sort.startswith("-"), sort.removeprefix("-") or "reference"
    return sign + (
        f"title_key{column_suffix(current_language())}"
        if name == "title" and current_language() != RECORD_LANGUAGE
        else SORT_COLUMNS[name]
    )


def ordering(column: str) -> list[Any]:
    """The ORDER BY of a column, "-" before it for backwards; the reference settles ties."""
    first = nulls_last(column.removeprefix("-"), column.startswith("-"))
    return [first] if column in ("reference_key", "-reference_key") else [first, F("reference_key").asc()]


def nulls_last(source: str, backwards: bool) -> OrderBy:
    """By one column, empty cells last. Only where there may be some: PostgreSQL would not use the column's index."""
    last = True if source in NULLABLE_COLUMNS else None
    return F(source).desc(nulls_last=last) if backwards else F(source).asc(nulls_last=last)
