"""The overview: every commitment a square, by area, and what needs a reader's attention."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from commitments.domain.choices import PAST_DEADLINE, EntryKind
from commitments.models import Area, Commitment, Release, Update
from commitments.models.commitment import CommitmentQuerySet
from commitments.public.seo import dataset_json_ld
from commitments.public.tallies import Tally, bar_parts, legend, status_order, sum_tallies, tally_by
from commitments.web.links import DayLinks
from commitments.web.pages import day_page, render_page

MAX_SHOWN = 6  # of each sort of news
MAX_SQUARES = 400  # of one area: more are drawn as a bar
MAX_SQUARES_IN_ALL = 800  # on one page: it must stay light


@day_page
def overview(request: HttpRequest, day: date, as_of: date | None) -> HttpResponse:
    """What was promised, and what came of it."""
    commitments = Commitment.objects.as_of(day)
    tallies = tally_by(commitments, "area_id")
    tally = sum_tallies(tallies)
    past = commitments.past_deadline()
    return render_page(
        request,
        "overview",
        day,
        as_of=as_of,
        releases=Release.objects.public(day),
        total=tally.total,
        not_counted=tally.commitments - tally.total,
        legend=legend(tally, DayLinks(as_of)),
        lines=area_lines(commitments, tallies, DayLinks(as_of)),
        past=past[:MAX_SHOWN],
        latest=latest_updates(day)[:MAX_SHOWN],
        review=commitments.due_for_review(day)[:MAX_SHOWN],
        data=dataset_json_ld(request.build_absolute_uri),
        more_past={"address": DayLinks(as_of).commitments(schedule=",".join(PAST_DEADLINE)), "total": past.count()},
    )


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area of the unit chart: its squares, or a bar where there are too many."""

    area: Area | None
    pledges: int
    squares: list[Commitment]
    legend: list[dict[str, Any]]
    bar: list[dict[str, Any]]


def area_lines(commitments: CommitmentQuerySet, tallies: dict[int | None, Tally], links: DayLinks) -> list[AreaLine]:
    """The unit chart, area by area in the order that staff gave them; what stands in no area comes last."""
    square_areas = [] if sum_tallies(tallies).commitments > MAX_SQUARES_IN_ALL else areas_with_squares(tallies)
    squares: defaultdict[int | None, list[Commitment]] = defaultdict(list)
    of_areas, of_none = (
        Q(area__in=[pk for pk in square_areas if pk]),
        Q(area=None) if None in square_areas else Q(pk=None),
    )
    for commitment in commitments.filter(of_areas | of_none) if square_areas else ():
        squares[commitment.area_id].append(commitment)
    areas: list[Area | None] = [area for area in Area.objects.all() if area.pk in tallies]
    areas += [None] if None in tallies else []
    return [area_line(area, tallies[area.pk if area else None], squares, links) for area in areas]


def areas_with_squares(tallies: dict[int | None, Tally]) -> list[int | None]:
    """The areas whose commitments can be told apart as squares."""
    return [area for area, tally in tallies.items() if tally.commitments <= MAX_SQUARES]


def area_line(
    area: Area | None, tally: Tally, squares: dict[int | None, list[Commitment]], links: DayLinks
) -> AreaLine:
    """One area. A bar has a part for each role, as wide as its share; its legend counts and leads to the lists."""
    pk = area.pk if area else None
    if pk in squares:
        return AreaLine(area, tally.total, sorted(squares[pk], key=status_order), [], [])
    counts = [item for item in legend(tally, links, area=area.slug if area else "") if item["count"]]
    return AreaLine(area, tally.total, [], counts if area else [], bar_parts(tally.pledges))


def latest_updates(day: date) -> QuerySet[Update]:
    """What came in last and what is latest in it: reports and context that count by the day."""
    return (
        Update.objects.filter(effective_on__lte=day, retracted_by=None, date_last__isnull=False)
        .filter(kind__in=(EntryKind.REPORT, EntryKind.CONTEXT), commitment__release__issued_on__lte=day)
        .filter(commitment__retracted_at=None)
        .select_related("commitment")
        .order_by("-recorded_at", "-effective_on", "-entry")
    )
