"""In which years there was news of a commitment: the strip beside its name.

A report of the commitment itself fills its year, in the colour of the status last reported in it; background stands
low in a year that has none. Each colour is drawn as one path, so that hundreds of strips stay light.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from commitments.domain.choices import UPDATE_KINDS, EntryKind
from commitments.models import Commitment, Update
from commitments.models.commitment import status_role
from commitments.models.release import Release

AROUND = "around"  # the class of background
NEWS_KINDS = tuple(kind for kind in UPDATE_KINDS if kind != EntryKind.CHECK)
STEP, HEIGHT = 5, 11  # of a year, in units of the drawing: four to fill and one to keep apart
LEAST_YEARS = 9  # of which a strip has room: with fewer the rest stays empty, with more they grow narrower
STRETCHED = SafeString(' preserveAspectRatio="none"')
FULL, LOW = "M{x} 0h4v11h-4z", "M{x} 7h4v4h-4z"


@dataclass(frozen=True, slots=True)
class YearAxis:
    """The years that every strip of a page shows, both included: from the first release's to the day's."""

    first: int
    last: int

    @property
    def number(self) -> int:
        """How many there are."""
        return max(0, self.last - self.first + 1)

    @property
    def view_box(self) -> str:
        """The size of a strip's drawing."""
        return f"0 0 {STEP * max(self.number, LEAST_YEARS) - 1} {HEIGHT}"

    @property
    def is_long(self) -> bool:
        """Whether the years are more than a strip has room for, so that it is drawn narrower."""
        return self.number > LEAST_YEARS

    @property
    def background(self) -> str:
        """The path of all years, on which the others are drawn."""
        return self.path(range(self.first, self.last + 1))

    @property
    def sample_full(self) -> str:
        """A year with a report, for the key."""
        return self.path([min(self.first + 1, self.last)])

    @property
    def sample_low(self) -> str:
        """A year with background only, for the key."""
        return self.path([min(self.first + 5, self.last)], LOW)

    def path(self, years: Iterable[int], form: str = FULL) -> str:
        """The path of some years; those that the axis has not are left out."""
        return "".join(
            form.format(x=STEP * (year - self.first)) for year in sorted(years) if self.first <= year <= self.last
        )


def axis_of(releases: Iterable[Release], day: date) -> YearAxis:
    """From the year of the first of the releases to the year of the day; of one year where there is none."""
    return YearAxis(min((release.issued_on.year for release in releases), default=day.year), day.year)


def news_by_year(commitments: Mapping[int, Commitment], day: date) -> dict[int, dict[int, str]]:
    """By commitment and year the role of the status last reported in it, or `around`; one query.

    `commitments` by their keys. What counts is what counts on the day: not retracted, not removed, nothing later.
    """
    news: defaultdict[int, dict[int, str]] = defaultdict(dict)
    updates = Update.objects.filter(
        commitment__in=list(commitments),
        kind__in=NEWS_KINDS,
        effective_on__lte=day,
        retracted_by=None,
        date_first__isnull=False,
    )
    rows = updates.order_by("effective_on", "entry_id").values_list("commitment_id", "kind", "status", "date_first")
    for key, kind, status, first_day in rows:
        if kind == EntryKind.REPORT and status:
            news[key][first_day.year] = status_role(status, commitments[key].kind)
        else:
            news[key].setdefault(first_day.year, AROUND)
    return dict(news)


def strip(news: Mapping[int, str], axis: YearAxis) -> SafeString:
    """One commitment's strip, on the years that the key of the page defines (`#nine`)."""
    years_by_role: defaultdict[str, list[int]] = defaultdict(list)
    for year, role in news.items():
        years_by_role[role].append(year)
    around = axis.path(years_by_role.pop(AROUND, ()), LOW)
    paths = [(f"role-{role}", axis.path(years)) for role, years in sorted(years_by_role.items())]
    drawn = [(name, path) for name, path in [*paths, (AROUND, around)] if path]
    return format_html(
        '<svg class="years" viewBox="{}"{} aria-hidden="true"><use href="#nine"/>{}</svg>',
        axis.view_box,
        STRETCHED if axis.is_long else "",
        format_html_join("", '<path class="{}" d="{}"/>', drawn),
    )
