"""Counts of pledges by how they stand, each with the list that it counts."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from commitments.domain.choices import Level, Status
from commitments.models.commitment import CommitmentQuerySet, status_role
from commitments.query.standing import NONE, STANDINGS, UNREAD
from commitments.web.links import DayLinks

# The legend of every chart, in its order: colour role, words, and the list's filters.
# What a release reports as done is told apart from what was delivered since.
LEGEND: tuple[tuple[str, str | Promise, dict[str, str]], ...] = (
    ("announced", _("done when announced"), {"delivered": "announced"}),
    (Status.COMPLETED.role, _("delivered since"), {"delivered": "since"}),
    *(
        (status.role, status.label, {"status": status.value})
        for status in (Status.IN_PROGRESS, Status.NOT_STARTED, Status.STOPPED)
    ),
    (NONE, STANDINGS[NONE].label, {"status": Status.NO_REPORT.value, "checked": "yes"}),
    (UNREAD, STANDINGS[UNREAD].label, {"status": Status.NO_REPORT.value, "checked": "no"}),
)
IS_CHECKED = ExpressionWrapper(Q(state__last_checked_on__isnull=False), output_field=BooleanField())
ROLES = tuple(role for role, _label, _filters in LEGEND)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many commitments there are: pledges by colour role, and all, with aims and umbrellas."""

    pledges: Counter[str]
    commitments: int

    @property
    def total(self) -> int:
        return self.pledges.total()

    @property
    def not_counted(self) -> int:
        return self.commitments - self.total


def tally_role(status: str, kind: str, *, is_checked: bool) -> str:
    """The colour role in which a pledge is counted: that nothing was found is said only where somebody looked."""
    return UNREAD if status == Status.NO_REPORT and not is_checked else status_role(status, kind)


def tally_by(queryset: CommitmentQuerySet, column: str) -> dict[Any, Tally]:
    """A tally for each value of a column; one query, which counts in the database."""
    pledges: dict[Any, Counter[str]] = {}
    commitments: Counter[Any] = Counter()
    columns = (column, "level", "kind", "state__status", "is_checked")
    groups = queryset.order_by().annotate(is_checked=IS_CHECKED).values_list(*columns).annotate(number=Count("pk"))
    for value, level, kind, status, is_checked, number in groups:
        commitments[value] += number
        counter = pledges.setdefault(value, Counter())
        if level == Level.PRIMARY:
            counter[tally_role(status, kind, is_checked=is_checked)] += number
    return {value: Tally(pledges[value], commitments[value]) for value in commitments}


def sum_tallies(tallies: dict[Any, Tally]) -> Tally:
    """The tallies of parts that share nothing, as one."""
    pledges: Counter[str] = Counter()
    for tally in tallies.values():
        pledges += tally.pledges
    return Tally(pledges, sum(tally.commitments for tally in tallies.values()))


def legend(tally: Tally, links: DayLinks, **filters: str) -> list[dict[str, Any]]:
    """The legend of a chart: shape, words, count, and the list with exactly that many rows.

    What nobody has searched for stands in it only where there is any.
    """
    return [
        {
            "role": role,
            "label": label,
            "count": tally.pledges[role],
            "address": links.commitments(level=Level.PRIMARY, **filters, **of_role),
        }
        for role, label, of_role in LEGEND
        if role != UNREAD or tally.pledges[role]
    ]


def level_links(numbers: Mapping[str, int], address: Callable[[Level], str]) -> list[SafeString]:
    """How many pledges, aims and headings there are, as far as there are any: "52 pledges", each with its list."""
    forms = {
        Level.PRIMARY: ngettext(
            '<a href="{href}">{number} pledge</a>', '<a href="{href}">{number} pledges</a>', numbers[Level.PRIMARY]
        ),
        Level.AIM: ngettext(
            '<a href="{href}">{number} aim</a>', '<a href="{href}">{number} aims</a>', numbers[Level.AIM]
        ),
        Level.UMBRELLA: ngettext(
            '<a href="{href}">{number} heading</a>', '<a href="{href}">{number} headings</a>', numbers[Level.UMBRELLA]
        ),
    }
    return [linked_count(form, numbers[level], address(level)) for level, form in forms.items() if numbers[level]]


def linked_count(form: str, number: int, href: str) -> SafeString:
    """A number in its sentence, with the list that it counts."""
    return format_html(form, number=number_format(number, force_grouping=True), href=href)


def bar_parts(pledges: Counter[str]) -> list[dict[str, Any]]:
    """Where each role's part begins and how wide it is, in hundredths of the bar."""
    parts, start = [], 0.0
    for role in ROLES:
        width = 100 * pledges[role] / (pledges.total() or 1)
        if width:
            parts.append({"role": role, "start": f"{start:.2f}%", "width": f"{width:.2f}%"})
        start += width
    return parts
