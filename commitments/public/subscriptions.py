"""What feeds and calendars have in common: the question, their texts, and an answer that is not sent twice."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import wraps
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid5

from django.db.models import Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import set_response_etag
from django.utils.formats import date_format
from django.utils.http import http_date
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from commitments.i18n.languages import RECORD_LANGUAGE, current_language
from commitments.i18n.phrases import join_clauses
from commitments.models import Commitment, LedgerEntry, Organisation, Ownership, Partnership, Translation
from commitments.query.filters import CommitmentFilter, query_errors
from commitments.query.localized import display_title, localize
from commitments.web.links import DayLinks, replace_params
from commitments.web.page_cache import cache_public
from commitments.web.pages import day_form
from commitments.web.rate_limits import limit_search

# Names in feeds and calendars are made from this and from what is on record, so that they are the same
# on every installation and stay the same when it moves.
NAMESPACE = UUID("f60bec72-fe90-46eb-889e-de1636f0a610")
DISPLAY_PARAMS = ("sort", "page", "per_page")  # how a list is shown: allowed, and nothing to a subscriber
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# Control characters, and two code points that are none: XML 1.0 has no way to write them, iCalendar forbids most.
CONTROL_CHARS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


class FeedQueryError(ValueError):
    """What is wrong with a question, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class FeedQuery:
    """What a subscriber asks for: these commitments as of this day. `title` says in words which they are.

    `as_of` is the day where one was asked for. `page` is the page that shows the same, `query` what
    of the query string matters, with its question mark.
    """

    day: date
    as_of: date | None
    commitments: QuerySet[Commitment]
    title: str
    page: str
    query: str
    entity: str = ""  # whose own changes belong to it, as "organisation/hksarg"

    @property
    def links(self) -> DayLinks:
        """Addresses that keep the day."""
        return DayLinks(self.as_of)

    def uuid(self, path: str) -> UUID:
        """The name of the answer at this path, in whatever order the question was put."""
        return uuid5(NAMESPACE, f"{path}?{urlencode(sorted(parse_qsl(self.query.removeprefix('?'))))}")


def item_uuid(subject: str) -> UUID:
    """The name of an entry or an event, which is made of what it is about.

    Another one in each language: what is said there are other words, at another address. A reader who follows two
    languages has both side by side. Under one name, programs would take one for the other's newer form, or drop it.
    """
    return uuid5(NAMESPACE, subject if current_language() == RECORD_LANGUAGE else f"{subject} {current_language()}")


def subscription(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Answers a wrong question with 400 in plain text, and says when the answer last changed.

    The ETag is made from the content, so that a new day alone is nothing new: verdicts stand there without ages.
    Last-Modified is the time of the last entry, but not earlier than this midnight: with the day, releases come out and
    schedules change without an entry.
    """

    @cache_public
    @wraps(view)
    def answered(request: HttpRequest, /, *args: str, **kwargs: str) -> HttpResponseBase:
        modified = max(last_changed(), make_aware(datetime.combine(localdate(), time.min)))
        try:
            response = view(request, *args, **kwargs)
        except FeedQueryError as error:
            return HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")
        response["Last-Modified"] = http_date(int(modified.timestamp()))
        set_response_etag(response)
        return response

    return answered


def last_recorded() -> datetime:
    """When the last entry of the ledger was recorded; 1970 where there is none."""
    last_entry = LedgerEntry.objects.order_by("sequence").last()
    return last_entry.recorded_at if last_entry else NEVER


def last_changed() -> datetime:
    """When anything was last recorded of what an answer tells: in Chinese, a translation too."""
    if current_language() == RECORD_LANGUAGE:
        return last_recorded()
    translated = Translation.objects.order_by("-pk").values("recorded_at")[:1]
    last_entry = LedgerEntry.objects.annotate(translated_at=Subquery(translated)).order_by("sequence").last()
    return max(last_entry.recorded_at, last_entry.translated_at or NEVER) if last_entry else NEVER


def list_query_of(request: HttpRequest) -> FeedQuery:
    """What the list's filter finds."""
    filterset = CommitmentFilter(request.GET, localdate())
    raise_query_errors(query_errors(request.GET, filterset.form))
    limit_search(request)
    query = replace_params(filterset.data, **dict.fromkeys(DISPLAY_PARAMS)).removeprefix(".")
    title = join_clauses(filterset.description)
    as_of = filterset.form.cleaned_data["as_of"]
    return FeedQuery(filterset.day, as_of, filterset.qs, title, reverse("commitments") + query, query)


def commitment_query(request: HttpRequest, reference: str) -> FeedQuery:
    """One commitment, if it is public."""
    day, as_of, query = requested_day(request)
    commitments = Commitment.objects.as_of(day).filter(reference=reference)
    commitment = get_object_or_404(commitments)
    return FeedQuery(
        day, as_of, commitments, display_title(commitment), DayLinks(as_of).page("commitment", reference), query
    )


def organisation_query(request: HttpRequest, slug: str) -> FeedQuery:
    """What an organisation owns or takes part in."""
    day, as_of, query = requested_day(request)
    organisation = get_object_or_404(Organisation.objects.public(localdate()), slug=slug)
    parties = [
        model.objects.filter(organisation=organisation).values("commitment") for model in (Ownership, Partnership)
    ]
    commitments = Commitment.objects.as_of(day).filter(Q(pk__in=parties[0]) | Q(pk__in=parties[1]))
    return FeedQuery(
        day,
        as_of,
        commitments,
        localize(organisation, "name").text,
        DayLinks(as_of).page("organisation", slug),
        query,
        organisation.entity,
    )


def requested_day(request: HttpRequest) -> tuple[date, date | None, str]:
    """The day, the same where it was asked for, and the query string that asks for it."""
    form = day_form(request)
    raise_query_errors(query_errors(request.GET, form, list(form.fields)))
    as_of = form.cleaned_data["as_of"]
    return as_of or form.today, as_of, f"?as_of={as_of.isoformat()}" if as_of else ""


def raise_query_errors(problems: list[str]) -> None:
    """Raise FeedQueryError where there is a problem."""
    if problems:
        raise FeedQueryError(problems)


def feed_title(query: FeedQuery, title: str) -> str:
    """A feed's or a calendar's title: what it is, of which commitments, as of which day."""
    day = _("as of %(day)s") % {"day": date_format(query.as_of)} if query.as_of else ""
    parts = [title, query.title, day]
    return single_line(pgettext("between the parts of a title", " – ").join(part for part in parts if part))


def strip_control_chars(text: str) -> str:
    """The text with its lines ended in one way, and without what no feed or calendar may hold."""
    return CONTROL_CHARS.sub("", "\n".join(text.splitlines()))


def single_line(text: str) -> str:
    """The same in one line."""
    return strip_control_chars(text).replace("\n", " ")
