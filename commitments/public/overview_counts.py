"""What the overview counts, in one query: pledges by release, by area and by what came of their dates."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Q

from commitments.domain.choices import Level, Schedule
from commitments.models.commitment import CommitmentQuerySet
from commitments.public.tallies import IS_CHECKED, Tally, tally_role
from commitments.query.overview_sentences import DatedCounts


@dataclass(frozen=True, slots=True)
class Group:
    """Commitments that are alike in all that is counted; `is_dated`: they name a date."""

    release_id: int
    area_id: int | None
    level: str
    kind: str
    status: str
    schedule: str
    is_dated: bool
    is_checked: bool
    number: int
    last_checked_on: date | None

    @property
    def is_counted(self) -> bool:
        """Whether they are pledges; aims and headings are listed beside them."""
        return self.level == Level.PRIMARY


@dataclass(frozen=True, slots=True)
class OverviewCounts:
    """All that is public on a day, in groups."""

    groups: tuple[Group, ...]

    @property
    def commitments(self) -> int:
        """How many there are, with aims and headings."""
        return sum(group.number for group in self.groups)

    @property
    def not_counted(self) -> int:
        """How many aims and headings."""
        return sum(group.number for group in self.groups if not group.is_counted)

    @property
    def last_checked_on(self) -> date | None:
        """When somebody last looked for reports of any of them."""
        return max((group.last_checked_on for group in self.groups if group.last_checked_on), default=None)

    @property
    def by_release(self) -> dict[int, Tally]:
        """A tally for each release."""
        return self._tallies(lambda group: group.release_id)

    @property
    def by_area(self) -> dict[int | None, Tally]:
        """A tally for each area, and for what stands in none."""
        return self._tallies(lambda group: group.area_id)

    @property
    def dated(self) -> DatedCounts:
        """How many pledges name a date, and what came of it."""
        dated: Counter[str] = Counter()
        undated: Counter[str] = Counter()
        for group in self.groups:
            if group.is_counted:
                (dated if group.is_dated else undated)[group.schedule] += group.number
        return DatedCounts(dated, undated.total(), undated[Schedule.ENDED])

    def _tallies(self, key: Callable[[Group], Any]) -> dict[Any, Tally]:
        pledges: defaultdict[Any, Counter[str]] = defaultdict(Counter)
        commitments: Counter[Any] = Counter()
        for group in self.groups:
            commitments[key(group)] += group.number
            if group.is_counted:
                role = tally_role(group.status, group.kind, is_checked=group.is_checked)
                pledges[key(group)][role] += group.number
        return {value: Tally(pledges[value], commitments[value]) for value in commitments}


def count_groups(commitments: CommitmentQuerySet) -> OverviewCounts:
    """Counts what stands after `as_of(day)`; the database groups it."""
    dated = ExpressionWrapper(Q(state__deadline_last__isnull=False), output_field=BooleanField())
    columns = ("release_id", "area_id", "level", "kind", "state__status", "schedule", "is_dated", "is_checked")
    rows = (
        commitments.order_by()
        .annotate(is_dated=dated, is_checked=IS_CHECKED)
        .values_list(*columns)
        .annotate(number=Count("pk"), last_checked_on=Max("state__last_checked_on"))
    )
    return OverviewCounts(tuple(Group(*row) for row in rows))
