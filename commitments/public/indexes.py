"""The indexes of areas, organisations and releases: what each has, in numbers that are links."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate

from commitments.domain.choices import Level, Side
from commitments.i18n.collation import collation_key
from commitments.i18n.languages import RECORD_LANGUAGE, current_language
from commitments.models import Area, Commitment, Organisation
from commitments.models.commitment import CommitmentQuerySet
from commitments.public.overview import list_sources
from commitments.public.overview_counts import count_groups
from commitments.public.tallies import ROLES, Tally, bar_parts, legend, tally_by
from commitments.query.findings import count_by_release
from commitments.query.localized import localize
from commitments.web.links import DayLinks
from commitments.web.pages import Page, day_page

MAX_CELLS = 60  # pledges of one area that are drawn as cells: more are a bar


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area: its pledges as cells or as a bar, how many stand how, and the list of them."""

    area: Area
    tally: Tally
    legend: list[dict[str, Any]]
    address: str

    @property
    def cells(self) -> SafeString:
        """A cell for each pledge; nothing where there are too many."""
        if self.tally.total > MAX_CELLS:
            return SafeString("")
        cells = (f'<i class="role-{role}"></i>' * self.tally.pledges[role] for role in ROLES)
        return mark_safe("".join(cells))  # noqa: S308  (our roles)

    @property
    def bar(self) -> list[dict[str, Any]]:
        """A part for each role, as wide as its share."""
        return bar_parts(self.tally.pledges)


@day_page
def area_index(page: Page) -> HttpResponse:
    """Every area in the order that staff gave them, with how its pledges stand."""
    tallies, links = tally_by(Commitment.objects.as_of(page.day), "area_id"), page.links
    lines = [
        area_line(area, tallies[area.pk], links) for area in Area.objects.public(localdate()) if area.pk in tallies
    ]
    return page.render("areas", lines=lines)


def area_line(area: Area, tally: Tally, links: DayLinks) -> AreaLine:
    """One of them; what none of its pledges is, is left out."""
    shown = [part for part in legend(tally, links, area=area.slug) if part["count"]]
    return AreaLine(area, tally, shown, links.commitments(area=area.slug, level=Level.PRIMARY))


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """One organisation: how many commitments it must deliver, how many it takes part in, and the lists of them."""

    organisation: Organisation
    owned: int
    joined: int
    owned_address: str
    joined_address: str


@day_page
def organisation_index(page: Page) -> HttpResponse:
    """Every organisation that has part in something public, side by side and by name."""
    commitments, links = Commitment.objects.as_of(page.day), page.links
    owned, joined = count_by(commitments, "ownership__organisation"), count_by(commitments, "partnership__organisation")
    lines = [
        OrganisationLine(
            one,
            owned.get(one.pk, 0),
            joined.get(one.pk, 0),
            links.commitments(owner=one.slug),
            links.commitments(partner=one.slug),
        )
        for one in sorted_by_name(Organisation.objects.public(localdate()))
    ]
    lines.sort(key=side_place)  # stable: by name within a side
    sides = [(Side.values[place], list(group)) for place, group in groupby(lines, key=side_place)]
    return page.render("organisations", sides=sides)


def side_place(line: OrganisationLine) -> int:
    """Where the side of an organisation stands among all sides."""
    return Side.values.index(line.organisation.side)


def sorted_by_name(organisations: Iterable[Organisation]) -> list[Organisation]:
    """As readers of the language of the moment look names up."""
    language = current_language()
    if language == RECORD_LANGUAGE:
        return list(organisations)
    return sorted(organisations, key=lambda one: collation_key(localize(one, "name").text, language))


def count_by(commitments: CommitmentQuerySet, column: str) -> dict[int, int]:
    """How many commitments each organisation has, by its key; one query."""
    rows = commitments.filter(**{f"{column}__isnull": False}).order_by().values_list(column)
    return dict(rows.annotate(number=Count("pk", distinct=True)))


@day_page
def release_index(page: Page) -> HttpResponse:
    """Every release that was out on the day, the newest first, each with its finding; and what is not read yet."""
    commitments = Commitment.objects.as_of(page.day)
    tallies, counts = count_groups(commitments).by_release, count_by_release(commitments)
    sources = list_sources(page.day, tallies, counts, page.links)
    return page.render("releases", sources=sources[::-1])
