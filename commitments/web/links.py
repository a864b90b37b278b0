"""Addresses that keep the day a page was asked for: whoever looks at 2021 stays in 2021."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class DayLinks:
    """Makes links. `as_of` is None on a page of today."""

    as_of: date | None = None

    def page(self, name: str, *args: str, **params: str) -> str:
        """A public page's address by its name in `urls.py`; several values of one parameter are joined by commas."""
        pairs = [(param, value) for param, values in params.items() for value in values.split(",")]
        if self.as_of:
            pairs.append(("as_of", self.as_of.isoformat()))
        return reverse(name, args=args) + (f"?{urlencode(pairs)}" if pairs else "")

    def commitments(self, **filters: str) -> str:
        """The list's address with filters."""
        return self.page("commitments", **filters)


def keep_params(query: QueryDict, names: Iterable[str]) -> QueryDict:
    """The query string with nothing but some of its names."""
    params = QueryDict(mutable=True)
    for name in names:
        if name in query:
            params.setlist(name, query.getlist(name))
    return params


def replace_params(query: QueryDict, /, **values: str | int | list[str] | None) -> str:
    """The query string with some values set, several of one name as a list, or taken out where None."""
    params = query.copy()
    for name, value in values.items():
        params.pop(name, None)
        if value is not None:
            params.setlist(name, value if isinstance(value, list) else [str(value)])
    return f"?{params.urlencode()}" if params else "."
