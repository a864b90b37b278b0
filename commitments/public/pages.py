"""What every public page has in common: the day it is asked for, its links, and its answer to a wrong question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate

from commitments.filters import DayForm, without_blanks
from commitments.public.links import Links
from commitments.reading import for_reading

P = ParamSpec("P")


def page(
    request: HttpRequest, template: str, day: date, *, as_of: date | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    """A page as of `day`. `as_of` is that day where the reader asked for one: then every link keeps it."""
    context |= {
        "day": day,
        "as_of": as_of,
        "links": Links(as_of),
        "publisher": settings.PUBLISHER,
        "contact": settings.CONTACT,
    }
    return render(request, f"commitments/{template}.html", context, status=status)


def as_of_a_day(
    view: Callable[Concatenate[HttpRequest, date, date | None, P], HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """Gives a view the day (asked for, or today) and whether it was asked for; answers 400 to an impossible day."""

    @for_reading
    @wraps(view)
    def with_day(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        form = DayForm(without_blanks(request.GET))
        form.today = localdate()
        if not form.is_valid():
            return page(request, "bad_day", form.today, status=400, form=form)
        as_of: date | None = form.cleaned_data["as_of"]
        return view(request, as_of or form.today, as_of, *args, **kwargs)

    return with_day
