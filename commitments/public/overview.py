"""The overview: every commitment a square, by area, and what needs a reader's attention."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from commitments.choices import PAST_DEADLINE, EntryKind
from commitments.models import Area, Commitment, Release, Update
from commitments.public.counts import Tally, by_standing, key, parts_of_a_bar, tallies, together
from commitments.public.finding import of_all
from commitments.public.links import Links
from commitments.public.pages import as_of_a_day, page
from commitments.querysets import CommitmentQuerySet

SHOWN = 6  # of each sort of news
MOST_SQUARES = 400  # of one area: more are drawn as a bar
MOST_IN_ALL = 800  # on one page: it must stay light


@as_of_a_day
def overview(request: HttpRequest, day: date, as_of: date | None) -> HttpResponse:
    """What was promised, and what came of it."""
    found = Commitment.objects.as_of(day)
    tallied = tallies(found, "area_id")
    whole = together(tallied)
    past = found.past_deadline()
    return page(
        request,
        "overview",
        day,
        as_of=as_of,
        releases=Release.objects.filter(issued_on__lte=day),
        total=whole.total,
        not_counted=whole.commitments - whole.total,
        key=key(whole, Links(as_of)),
        lines=lines(found, tallied, Links(as_of)),
        past=past[:SHOWN],
        latest=latest_updates(day)[:SHOWN],
        review=found.due_for_review(day)[:SHOWN],
        data=of_all(request.build_absolute_uri),
        more_past={"address": Links(as_of).commitments(schedule=",".join(PAST_DEADLINE)), "total": past.count()},
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One area of the unit chart: its squares, or a bar where there are too many."""

    area: Area | None
    pledges: int
    squares: list[Commitment]
    key: list[dict[str, Any]]
    bar: list[dict[str, Any]]


def lines(found: CommitmentQuerySet, tallied: dict[int | None, Tally], links: Links) -> list[Line]:
    """The unit chart, area by area in the order that staff gave them; what stands in no area comes last."""
    drawn = [] if together(tallied).commitments > MOST_IN_ALL else few_enough(tallied)
    squares: defaultdict[int | None, list[Commitment]] = defaultdict(list)
    of_areas, of_none = Q(area__in=[pk for pk in drawn if pk]), Q(area=None) if None in drawn else Q(pk=None)
    for commitment in found.filter(of_areas | of_none) if drawn else ():
        squares[commitment.area_id].append(commitment)
    areas: list[Area | None] = [area for area in Area.objects.all() if area.pk in tallied]
    areas += [None] if None in tallied else []
    return [line(area, tallied[area.pk if area else None], squares, links) for area in areas]


def few_enough(tallied: dict[int | None, Tally]) -> list[int | None]:
    """The areas whose commitments can be told apart as squares."""
    return [area for area, tally in tallied.items() if tally.commitments <= MOST_SQUARES]


def line(area: Area | None, tally: Tally, squares: dict[int | None, list[Commitment]], links: Links) -> Line:
    """One area. A bar has a part for each role, as wide as its share; its key counts and leads to the lists."""
    pk = area.pk if area else None
    if pk in squares:
        return Line(area, tally.total, sorted(squares[pk], key=by_standing), [], [])
    counts = [one for one in key(tally, links, area=area.slug if area else "") if one["count"]]
    return Line(area, tally.total, [], counts if area else [], parts_of_a_bar(tally.pledges))


def latest_updates(day: date) -> QuerySet[Update]:
    """What came in last and what is latest in it: reports and context that count by the day."""
    return (
        Update.objects.filter(effective_on__lte=day, retracted_by=None, date_last__isnull=False)
        .filter(kind__in=(EntryKind.REPORT, EntryKind.CONTEXT), commitment__release__issued_on__lte=day)
        .select_related("commitment")
        .order_by("-recorded_at", "-effective_on", "-entry")
    )
