"""What every public page has in common: the day it is asked for, its links, and its answer to a wrong question."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.i18n.languages import language_links
from commitments.i18n.phrases import join_list
from commitments.models import Occasion, Release
from commitments.query.filters import list_params, period_params
from commitments.query.forms import DayForm
from commitments.query.localized import localize
from commitments.web.links import DayLinks, replace_params
from commitments.web.page_cache import cache_public

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Page:
    """A public page as of `day`. `as_of` is that day where the reader asked for one: then every link keeps it."""

    request: HttpRequest
    day: date
    as_of: date | None = None

    @property
    def links(self) -> DayLinks:
        """Addresses that keep the day."""
        return DayLinks(self.as_of)

    def render(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """The answer, by a template that has all that every page shows."""
        request = self.request
        used_params = {*list_params(), *period_params()} & set(request.GET)
        context = {
            "day": self.day,
            "as_of": self.as_of,
            "links": self.links,
            "control": day_control(request, localdate()),
            # What search engines should keep: the page itself, not every filter and day of it.
            "canonical": None if used_params or status != HTTPStatus.OK else request.build_absolute_uri(request.path),
            "languages": language_links(request),
            "address": request.build_absolute_uri(),
            "share": request.build_absolute_uri(static("commitments/share.png")),
            "publisher": settings.PUBLISHER,
            "contact": settings.CONTACT,
        } | context
        return render(request, f"commitments/{template}.html", context, status=status)

    def refuse(self, field: BoundField, *, title: str, again: str) -> HttpResponse:
        """The answer to an impossible value of a field, with a link to the page that has none: `again`."""
        return self.render("bad_question", status=HTTPStatus.BAD_REQUEST, field=field, title=title, again=again)


def day_control(request: HttpRequest, today: date) -> dict[str, Any]:
    """What the date control offers: days worth asking for, and the rest of the question, which it keeps."""
    occasions = Occasion.objects.on_record().filter(day__lte=today)
    # A session that was not read is known by its name alone, if it has one.
    named = {occasion.day for occasion in occasions}
    releases = [row for row in Release.objects.public(today) if not (row.not_read and row.issued_on in named)]
    several = len(releases) > 1
    days = [
        (release.issued_on, release_day_label(localize(release, "title").text if several else ""))
        for release in releases
    ]
    days += [(occasion.day, _("at the %(name)s") % {"name": localize(occasion, "name").text}) for occasion in occasions]
    names_by_day: dict[date, list[str]] = {}
    for day, name in sorted(days):
        names_by_day.setdefault(day, []).append(name)
    path = escape_leading_slashes(escape_uri_path(request.path))
    other_params = [(name, values) for name, values in request.GET.lists() if name not in ("as_of", "entry", "page")]
    return {
        "kept": [(name, value) for name, values in other_params for value in values],
        "presets": [
            {
                "day": day,
                "name": join_list(dict.fromkeys(names)),
                "address": path + replace_params(request.GET, as_of=day.isoformat(), entry=None, page=None),
            }
            for day, names in names_by_day.items()
        ],
        "today": path + replace_params(request.GET, as_of=None, entry=None, page=None).removeprefix("."),
        "latest": today,
    }


def release_day_label(title: str = "") -> str:
    """The day of a release, in words: with its title where there are several."""
    if title:
        return _("when “%(title)s” was issued") % {"title": title}
    return _("when the release was issued")


def day_form(request: HttpRequest) -> DayForm:
    """The form that reads the day a page is asked for."""
    return DayForm.from_query(request.GET, localdate())


def page_of_day(request: HttpRequest) -> Page:
    """The page as of the day that is asked for; of today where none is asked for, or an impossible one."""
    form = day_form(request)
    as_of: date | None = form.cleaned_data["as_of"] if form.is_valid() else None
    return Page(request, as_of or form.today, as_of)


def day_page(view: Callable[Concatenate[Page, P], HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Gives a view its page as of the day that is asked for, or of today; answers 400 to an impossible day."""

    @cache_public
    @wraps(view)
    def with_day(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        form = day_form(request)
        if not form.is_valid():
            title = _("That day cannot be shown")
            return Page(request, form.today).refuse(form["as_of"], title=title, again=_("Show today"))
        return view(page_of_day(request), *args, **kwargs)

    return with_day
