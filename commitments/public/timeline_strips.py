"""The timeline of more than can be read line by line: for each area one strip, counted by the database."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import product
from typing import Any, TypeVar

from django.db.models import Count, FilteredRelation
from django.db.models.functions import Substr
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from commitments.domain.choices import ANNOUNCED as ANNOUNCED_KINDS
from commitments.domain.choices import EntryKind, Status
from commitments.models import Area
from commitments.public.charts import Axis, bar_height, percent
from commitments.public.timeline_lines import counting_updates
from commitments.query.filters import CommitmentFilter
from commitments.query.standing import ANNOUNCED, DONE, Standing, standing_of
from commitments.web.links import replace_params

STRIP_HEIGHT, FOOT = 28, 46  # pixels: the highest bar, and where all of them stand
# The kinds of news, and how they are drawn.
NEWS = {EntryKind.REPORT.value: "own", EntryKind.CONTEXT.value: "around"}

Link = Callable[..., str]
Key = TypeVar("Key")
Counts = defaultdict[int | None, Counter[Key]]  # by area, None for those under no area


@dataclass(frozen=True, slots=True)
class NewsBar:
    """How much news of one kind there was in one year: an upright bar with its number over it."""

    kind: str
    number: int
    x: str
    width: str
    middle: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many commitments stand so, and the list that has exactly these; none for those under no area."""

    standing: Standing
    number: int
    address: str


@dataclass(frozen=True, slots=True)
class YearStrip:
    """An area with too many commitments for a line each: its counts, its years with news, and these in sentences.

    `lines_address`: where each has a line, if they are few enough; `list_address`: where all are listed. No filter
    finds those under no area, so these lead nowhere.
    """

    area: Area | None
    total: int
    counts: list[StatusCount]
    bars: list[NewsBar]
    words: list[str]
    lines_address: str
    list_address: str


def year_strips(filterset: CommitmentFilter, axis: Axis, link: Link, max_lines: int) -> list[YearStrip]:
    """Counts by area and year, made by the database. `link(**filters)`: the list's address with these filters, too."""
    statuses = status_counts(filterset)
    news: Counts[tuple[int, str]] = defaultdict(Counter)
    for area_key, year, kind, number in news_by_year(filterset):
        news[area_key][int(year), NEWS[kind]] += number
    highest = max((number for counts in news.values() for number in counts.values()), default=1)
    areas: list[Area | None] = [area for area in Area.objects.all() if area.pk in statuses]
    strips = []
    for area in (*areas, *([None] if None in statuses else [])):
        key = area.pk if area else None
        total = statuses[key].total()
        strip = YearStrip(
            area=area,
            total=total,
            counts=listed_counts(statuses[key], partial(link, area=area.slug) if area else None),
            bars=news_bars(news[key], axis, highest),
            words=[year_words(year, news[key]) for year in sorted({year for year, _kind in news[key]})],
            lines_address=lines_address(filterset, area) if area and total <= max_lines else "",
            list_address=link(area=area.slug) if area else "",
        )
        strips.append(strip)
    return strips


def lines_address(filterset: CommitmentFilter, area: Area) -> str:
    """The timeline of one area, with the rest of the question."""
    return replace_params(filterset.data, page=None, per_page=None, sort=None, area=area.slug)


def status_counts(filterset: CommitmentFilter) -> Counts[tuple[str, bool]]:
    """Of each area, how many commitments have each status; those done when announced apart."""
    statuses: Counts[tuple[str, bool]] = defaultdict(Counter)
    rows = filterset.qs.order_by().values_list("area", "state__status", "kind").annotate(number=Count("pk"))
    for area, status, kind, number in rows:
        statuses[area][status, status == Status.COMPLETED and kind in ANNOUNCED_KINDS] += number
    return statuses


def listed_counts(statuses: Counter[tuple[str, bool]], link: Link | None = None) -> list[StatusCount]:
    """The counts of an area, in the order of the statuses, each with the list that finds them."""
    counts = []
    for status, announced in product(Status, (False, True)):
        number = statuses[status, announced]
        if number:
            shown = standing_of(status, ANNOUNCED_KINDS[0] if announced else "")
            delivered = {ANNOUNCED: "announced", DONE: "since"}.get(shown.role)
            filters = {"delivered": delivered} if delivered else {"status": status.value}
            counts.append(StatusCount(shown, number, link(**filters) if link else ""))
    return counts


def news_by_year(filterset: CommitmentFilter) -> Iterable[tuple[int | None, str, str, int]]:
    """Area, year, kind and number of the reports and the background that count on the day.

    By a join from the commitments: an IN over them took PostgreSQL minutes wherever it had no statistics yet.
    """
    news = FilteredRelation("updates", condition=counting_updates(filterset.day, "updates__"))
    rows = filterset.qs.order_by().annotate(news=news).filter(news__kind__in=NEWS)
    year = Substr("news__date", 1, 4)  # every form of a partial date begins with its year and lies within it
    groups = rows.values_list("area", year, "news__kind").annotate(number=Count("news"))
    return ((area, year, kind, number) for area, year, kind, number in groups)


def year_words(year: int, news: Counter[tuple[int, str]]) -> str:
    """A year's counts as a sentence."""
    return _("%(year)s: reports %(reports)s, background %(background)s.") % {
        "year": year,
        "reports": number_format(news[year, "own"], force_grouping=True),
        "background": number_format(news[year, "around"], force_grouping=True),
    }


def news_bars(news: Counter[tuple[int, str]], axis: Axis, highest: int) -> list[NewsBar]:
    """Two bars in each year, side by side."""
    bars = []
    for year in range(axis.first_year, axis.last_year + 1):
        left, right = axis.at(date(year, 1, 1)), axis.at(date(year, 12, 31), share=1)
        for number_of_bar, kind in enumerate(NEWS.values()):
            number, width = news[year, kind], (right - left) * 0.4
            if number:
                x = left + (right - left) * (0.08 + 0.44 * number_of_bar)
                height = bar_height(number, highest, STRIP_HEIGHT)
                places: dict[str, Any] = {"x": percent(x), "width": percent(width), "middle": percent(x + width / 2)}
                bars.append(NewsBar(kind, number, y=FOOT - height, height=height, **places))
    return bars
