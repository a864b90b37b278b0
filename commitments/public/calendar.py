"""iCalendar: the deadlines of commitments, and the days on which somebody is to look at them again.

A deadline is an interval of days; its event lies on the last. The event's name is made from the
commitment's reference and the language, so that a revised deadline moves the event that a subscriber has already, and
whoever subscribes in two languages has both events beside each other.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText
from icalendar.enums import STATUS, TRANSP

from commitments.domain.assessment import SETTLED_STATUSES
from commitments.domain.choices import DeadlineBasis, EntryKind, Kind, Status
from commitments.domain.partial_dates import PartialDate
from commitments.i18n.languages import RECORD_LANGUAGE
from commitments.i18n.phrases import join_parts, with_ellipses, with_label
from commitments.i18n.site_name import site_name
from commitments.models import Commitment, LedgerEntry, Update
from commitments.public.subscriptions import (
    FeedQuery,
    commitment_query,
    feed_title,
    item_uuid,
    list_query_of,
    raise_query_errors,
    single_line,
    strip_control_chars,
    subscription,
)
from commitments.query.localized import display_title, localize, localize_record_text
from commitments.query.verdicts import done_when_sentence, verdict_of

MAX_EVENTS = 2000  # events in a calendar: above that, programs that people use for their days give up
REFRESH_AFTER = timedelta(days=1)  # when a subscriber should ask again
HAS_DEADLINE = Q(state__deadline_last__isnull=False)
# Entries that can move or stop a deadline; redactions, which belong to no commitment, are counted beside them.
CHANGING_KINDS = (EntryKind.REPORT, EntryKind.CORRECTION, EntryKind.RETRACTION)
LOOKING_KINDS = (EntryKind.CONTEXT, EntryKind.CHECK)  # these move a review, too: somebody has looked
HAS_REVIEW_DAY = ~Q(state__status__in=SETTLED_STATUSES)


@subscription
def deadlines_calendar(request: HttpRequest) -> HttpResponse:
    """Deadlines and reviews of the commitments that the list's filter finds."""
    return calendar_response(request, list_query_of(request))


@subscription
def commitment_calendar(request: HttpRequest, reference: str) -> HttpResponse:
    """Deadline and review of one commitment."""
    return calendar_response(request, commitment_query(request, reference))


def calendar_response(request: HttpRequest, query: FeedQuery) -> HttpResponse:
    """The calendar, its events by reference. Raises FeedQueryError where there are too many of them."""
    count = query.commitments.aggregate(number=Count("pk", filter=HAS_DEADLINE) + Count("pk", filter=HAS_REVIEW_DAY))[
        "number"
    ]
    if count > MAX_EVENTS:
        message = _("The calendar would have %(count)s events, more than %(most)s. Ask for fewer, as by area or owner.")
        raise_query_errors([message % {"count": count, "most": MAX_EVENTS}])
    calendar = Calendar.new(
        prodid="-//Commitment tracker//Deadlines//EN",
        uid=str(query.uuid(request.path)),
        url=request.build_absolute_uri(query.page),
    )
    # The library writes the name without escapes and the interval without its type, which RFC 7986 asks for.
    for name in ("NAME", "X-WR-CALNAME"):
        calendar.add(name, vText(feed_title(query, _("%(site)s: deadlines") % {"site": site_name()})))
    calendar.add("REFRESH-INTERVAL", REFRESH_AFTER, parameters={"VALUE": "DURATION"})
    for event in calendar_events(request, query):
        calendar.add_component(event)
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")


def calendar_events(request: HttpRequest, query: FeedQuery) -> Iterator[Event]:
    """The deadline and the review of each commitment that has them."""
    commitments = list(
        query.commitments.filter(HAS_DEADLINE | HAS_REVIEW_DAY).select_related("release").order_by("reference_key")
    )
    records = calendar_records(commitments, query.day)
    for commitment in commitments:
        record = records[commitment.reference]
        address = request.build_absolute_uri(query.links.page("commitment", commitment.reference))
        common = {
            "description": strip_control_chars("\n".join([*event_description(commitment, record), address])),
            "url": address,
            "status": STATUS.CANCELLED if commitment.state.status == Status.STOPPED else STATUS.CONFIRMED,
            "stamp": record.recorded_at,
            "last_modified": record.recorded_at,
        }
        if deadline := commitment.state.deadline:
            words = deadline_words(commitment, deadline)
            yield calendar_event(
                commitment, "deadline", deadline.last, summary=words, sequence=record.deadline_version, **common
            )
        if day := commitment.review_due_on:
            words = _("next review")
            yield calendar_event(commitment, "review", day, summary=words, sequence=record.review_version, **common)


def calendar_event(commitment: Commitment, what: str, day: date, *, summary: str, **properties: Any) -> Event:
    """An event of one whole day. `what`: "deadline" or "review". Its name never changes."""
    return Event.new(
        uid=str(item_uuid(f"{commitment.reference} {what}")),
        start=day,
        end=day + timedelta(days=1),
        transparency=TRANSP.TRANSPARENT,
        summary=single_line(with_label(display_title(commitment), summary)),
        **properties,
    )


@dataclass(frozen=True, slots=True)
class CalendarRecord:
    """What the ledger says of one commitment by the day asked for.

    `deadline_version`, `review_version`: how many entries may have moved the event by then. They never go down,
    because calendars pass over an event of a lower sequence: taking a revision back is one more version.
    `revisions`: the reports that moved the deadline and stand, in the order in which they count.
    """

    recorded_at: datetime
    deadline_version: int
    review_version: int
    revisions: list[Update]


def calendar_records(commitments: list[Commitment], day: date) -> dict[str, CalendarRecord]:
    """The record of each commitment, by reference, in two queries."""
    revisions = defaultdict(list)
    revised_updates = Update.objects.filter(commitment__in=commitments, deadline_last__isnull=False)
    for update in revised_updates.filter(effective_on__lte=day).order_by("effective_on", "entry"):
        if update.stands:
            revisions[update.commitment_id].append(update)
    known_by_day = Q(update__effective_on__lte=day) | Q(update=None)
    entries = LedgerEntry.objects.filter(
        known_by_day, commitment__in=[commitment.reference for commitment in commitments]
    ).order_by()
    rows = entries.values_list("commitment_id", "commitment__pk").annotate(
        own=Max("recorded_at"),
        later=Max("targeted_by__recorded_at"),
        moves=Count("pk", filter=Q(kind__in=CHANGING_KINDS), distinct=True),
        looks=Count("pk", filter=Q(kind__in=LOOKING_KINDS), distinct=True),
        redactions=Count("targeted_by", filter=Q(targeted_by__kind=EntryKind.REDACTION), distinct=True),
    )
    return {
        str(reference): CalendarRecord(
            max(own, later or own), moves + redactions, moves + looks + redactions, revisions[key]
        )
        for reference, key, own, later, moves, looks, redactions in rows
    }


def deadline_words(commitment: Commitment, deadline: PartialDate) -> str:
    """The deadline in the event's title; a stopped pledge's says so, for calendars that show what is cancelled."""
    if commitment.deadline_basis == DeadlineBasis.EVENT:
        words = _("date of the event (%(date)s)") % {"date": deadline.label}
    else:
        words = _("deadline (%(date)s)") % {"date": deadline.label}
    return join_parts([words, str(Status.STOPPED.label)]) if commitment.state.status == Status.STOPPED else words


def event_description(commitment: Commitment, record: CalendarRecord) -> Iterator[str]:
    """The event's description, line by line."""
    release = {"title": localize(commitment.release, "title").text, "day": date_format(commitment.release.issued_on)}
    yield _("“%(quote)s” (%(title)s, %(day)s)") % {"quote": with_ellipses(commitment.quote), **release}
    if (quote := localize(commitment, "quote")).language != RECORD_LANGUAGE:
        yield with_label(_("Our translation"), with_ellipses(quote.text, commitment.quote))
    if deadline := commitment.state.deadline:
        yield _("Deadline: %(date)s") % {"date": deadline.label}
        yield from deadline_sentences(commitment, deadline)
    if record.revisions and (first := commitment.state.original_deadline):
        yield _("First deadline: %(date)s") % {"date": first.label}
    for update in record.revisions:
        yield revision_line(commitment, update)
    yield verdict_of(commitment, timeless=True).text
    done_when = done_when_sentence(commitment).text
    if commitment.kind == Kind.CONTINUING:
        done_when = _("Reports show %(what)s; open-ended.") % {"what": done_when}
    yield with_label(_("Counts as done when"), done_when)


def deadline_sentences(commitment: Commitment, deadline: PartialDate) -> Iterator[str]:
    """What sort of deadline it is, when it ends, and how the release put it."""
    if commitment.deadline_basis == DeadlineBasis.EVENT:
        yield _("This is the date of the event, not a day on which the pledge falls due.")
    if deadline.first != deadline.last:
        values = {"date": deadline.label, "day": date_format(deadline.last)}
        yield _("The deadline is an interval: %(date)s ends on %(day)s.") % values
    if commitment.deadline_as_stated:
        yield _("In the release’s words: “%(words)s”") % {"words": localize(commitment, "deadline_as_stated").text}


def revision_line(commitment: Commitment, update: Update) -> str:
    """When the deadline was moved, to when, and why."""
    date_of, deadline = (partial_date.label if partial_date else "" for partial_date in (update.date, update.deadline))
    values = {
        "date": date_of,
        "deadline": deadline,
        "reason": localize_record_text(commitment, update.deadline_reason).text,
    }
    return _("%(date)s: new deadline %(deadline)s. %(reason)s") % values
