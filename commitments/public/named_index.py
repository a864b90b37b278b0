"""Every pledge by its name, area by area: its mark, the years with news, its short title.

Above some number of names each area has its counts instead, so that the page stays light with any number on record.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from commitments.domain.choices import Level
from commitments.i18n.phrases import with_label
from commitments.models import Area, Commitment, Release
from commitments.models.commitment import CommitmentQuerySet
from commitments.models.repetition import Repetition
from commitments.public.tallies import Tally, legend
from commitments.query.localized import display_title, localize_short_title
from commitments.query.standing import ANNOUNCED, DONE, LATE, MOVING, SILENT, STANDINGS, standing
from commitments.query.years import axis_of, news_by_year, strip
from commitments.web.links import DayLinks

MAX_NAMES = 600
MAX_TITLES = 150  # names of which each has its full title, too, for who points at it: nothing depends on that
# What was already done stands first: in the text it does, too.
ROLES = [ANNOUNCED, *(role for role in STANDINGS if role != ANNOUNCED)]


@dataclass(frozen=True, slots=True)
class AreaNames:
    """One area, or what stands in none: its pledges by name, or how many of them stand how."""

    area: Area | None
    pledges: int
    names: list[SafeString]
    legend: list[dict[str, Any]]


def index_areas(
    commitments: CommitmentQuerySet,
    tallies: Mapping[int | None, Tally],
    releases: list[Release],
    day: date,
    links: DayLinks,
) -> list[AreaNames]:
    """The areas in the order that staff gave them; what stands in none comes last. At most four queries.

    `releases`: those that have commitments; where there are several, a name says the years of the later ones.
    """
    names: defaultdict[int | None, list[SafeString]] = defaultdict(list)
    if 0 < sum(tally.commitments for tally in tallies.values()) <= MAX_NAMES:
        rows = {commitment.pk: commitment for commitment in commitments}
        axis, news = axis_of(releases, day), news_by_year(rows, day)
        tags = year_tags(rows.values(), releases, day)
        for commitment in sorted(rows.values(), key=place):
            years = strip(news.get(commitment.pk, {}), axis)
            title = display_title(commitment) if len(rows) <= MAX_TITLES else ""
            name = name_link(commitment, title, years, tags.get(commitment.pk, []), links)
            names[commitment.area_id].append(name)
    areas: list[Area | None] = [area for area in Area.objects.all() if area.pk in tallies] if tallies else []
    areas += [None] if None in tallies else []
    return [area_names(area, tallies[area.pk if area else None], names, links) for area in areas]


def area_names(
    area: Area | None, tally: Tally, names: Mapping[int | None, list[SafeString]], links: DayLinks
) -> AreaNames:
    """One area: with names where there are any, else with counts that lead to their lists.

    What stands in no area has no filter of its own, so its counts lead nowhere.
    """
    if names:
        return AreaNames(area, tally.total, names[area.pk if area else None], [])
    counts = legend(tally, links, area=area.slug if area else "")
    shown = [item | {"address": item["address"] if area else ""} for item in counts if item["count"]]
    return AreaNames(area, tally.total, [], shown)


def place(commitment: Commitment) -> tuple[bool, int, str, int]:
    """Where it stands among its neighbours: pledges first, by how they stand, then as people count: 99 before 100."""
    series, _hyphen, number = commitment.reference.partition("-")
    role = standing(commitment).role
    return commitment.level != Level.PRIMARY, ROLES.index(role), series, int(number)


def year_tags(commitments: Iterable[Commitment], releases: Iterable[Release], day: date) -> dict[int, list[str]]:
    """Where there are several releases, by commitment: the year of a later one, and when it was promised again."""
    issued = {release.pk: release.issued_on for release in releases}
    if len(issued) < 2:  # noqa: PLR2004  (several)
        return {}
    first, form = min(issued.values()), pgettext("a year", "%(year)s")
    tags = {
        commitment.pk: [form % {"year": issued[commitment.release_id].year}]
        for commitment in commitments
        if issued.get(commitment.release_id, first) != first
    }
    public = {"commitment__published_at__isnull": False, "commitment__retracted_at": None}
    repetitions = Repetition.objects.filter(**public, commitment__release__issued_on__lte=day)
    days = repetitions.order_by("commitment__release__issued_on").values_list(
        "repeated_id", "commitment__release__issued_on"
    )
    for repeated, year in dict.fromkeys((repeated, issued_on.year) for repeated, issued_on in days):
        tags.setdefault(repeated, []).append(_("again %(year)s") % {"year": year})
    return tags


def name_link(
    commitment: Commitment, title: str, years: SafeString, tags: Iterable[str], links: DayLinks
) -> SafeString:
    """One entry of the index: mark, strip, name; in words how it stands.

    Made here and not by a template, because a page has hundreds.
    """
    is_minor = commitment.level != Level.PRIMARY
    words = [*([Level(commitment.level).label] if is_minor else []), *tags]
    return format_html(
        '<a href="{}"{}><i class="mark role-{}{}" aria-hidden="true"></i>'
        '{}<span class="name{}">{}{}</span><span class="visually-hidden">{}</span></a>',
        links.page("commitment", commitment.reference),
        format_html(' title="{}"', title) if title else "",
        standing(commitment).role,
        " minor" if is_minor else "",
        years,
        " minor-name" if is_minor else "",
        localize_short_title(commitment).marked,
        format_html_join("", ' <span class="tag">{}</span>', ((word,) for word in words)),
        with_label("", standing_words(commitment)),
    )


def standing_words(commitment: Commitment) -> str:
    """How it stands, and since when: "delivered, 5 November 2018", "in progress, latest news November 2025"."""
    role, label, state = standing(commitment).role, standing(commitment).label, commitment.state
    if role in (DONE, LATE) and state.completed_on:
        return _("%(status)s, %(date)s") % {"status": label, "date": state.completed_on.label}
    if role in (MOVING, SILENT) and state.last_news_on:
        month = date_format(state.last_news_on, "YEAR_MONTH_FORMAT")
        return _("%(status)s, latest news %(date)s") % {"status": label, "date": month}
    return str(label)
