"""A release's finding as a bar: a part for each way in which its pledges stand, a cell for each pledge.

The numbers are those of `findings`, and each leads to the same list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from commitments.domain.choices import Freshness, Level, Status
from commitments.models import Release
from commitments.query.findings import Link, ReleaseCounts
from commitments.query.standing import ANNOUNCED, DONE, LATE, MOVING, NONE, SILENT, UNREAD

MAX_CELLS = 300  # of a release: above that every release of the page is drawn as one bar
NOTHING = SafeString("")
WAITING, ENDED = Status.NOT_STARTED.role, Status.STOPPED.role


@dataclass(frozen=True, slots=True)
class TallyPart:
    """Some pledges that stand alike: how many of them are drawn in which role, the words under them, and a detail.

    `words` and `detail` have their numbers as links; `remark` says more where there is room.
    """

    role: str
    drawn: tuple[tuple[str, int], ...]
    words: SafeString
    detail: SafeString = NOTHING
    remark: str = ""

    @property
    def number(self) -> int:
        return sum(number for _role, number in self.drawn)

    @property
    def cells(self) -> SafeString:
        """A cell for each."""
        return mark_safe("".join(f'<i class="role-{role}"></i>' * number for role, number in self.drawn))  # noqa: S308


@dataclass(frozen=True, slots=True)
class TallyFigure:
    """A release's bar. `longest`: the pledges of the longest bar on the page, so that the lengths of all compare."""

    parts: tuple[TallyPart, ...]
    longest: int

    @property
    def total(self) -> int:
        return sum(part.number for part in self.parts)

    @property
    def is_folded(self) -> bool:
        """Whether there are too many for cells."""
        return self.longest > MAX_CELLS

    @property
    def bar(self) -> Iterator[dict[str, str]]:
        """Where each role begins and how wide it is, as attributes of an SVG."""
        start = 0
        for part in self.parts:
            for role, number in part.drawn:
                if number:
                    yield {"role": role, "x": self._share(start), "width": self._share(number)}
                start += number

    def _share(self, number: int) -> str:
        return f"{100 * number / self.longest:.2f}%"


def tally_figure(release: Release, counts: ReleaseCounts, link: Link, longest: int) -> TallyFigure:
    """The bar of a release, in the language of the moment. `link(**filters)`: the list's address."""
    of_release = partial(link, level=Level.PRIMARY.value, release=release.slug)
    return TallyFigure(tuple(_parts(counts, of_release)), longest)


def _parts(counts: ReleaseCounts, link: Link) -> Iterator[TallyPart]:
    if counts.delivered:
        yield _delivered(counts, link)
    if counts.in_progress:
        yield _in_progress(counts, link)
    if number := counts.not_started:
        words = _words(_("<b>{number}</b> not started"), number, link(status=Status.NOT_STARTED.value))
        yield TallyPart(WAITING, ((WAITING, number),), words)
    if number := counts.stopped:
        words = _words(_("<b>{number}</b> stopped"), number, link(status=Status.STOPPED.value))
        yield TallyPart(ENDED, ((ENDED, number),), words)
    if number := counts.nothing_found:
        words = _words(
            _("<b>{number}</b> no evidence found"), number, link(status=Status.NO_REPORT.value, checked="yes")
        )
        remark = _("no verdict: it may have been done unreported")
        yield TallyPart(NONE, ((NONE, number),), words, remark=remark)
    if number := counts.unsearched:
        words = _words(
            _("<b>{number}</b> not searched for yet"), number, link(status=Status.NO_REPORT.value, checked="no")
        )
        yield TallyPart(UNREAD, ((UNREAD, number),), words)
    if counts.announced:
        yield _announced(counts, link)


def _delivered(counts: ReleaseCounts, link: Link) -> TallyPart:
    number, late = counts.delivered, counts.late
    if number == 1:
        form = pgettext("the one that is delivered", "late")
    elif late == number:
        form = _("all of them late")
    else:
        form = _("{number} of them late")
    detail = _words(form, late, link(delivered="since", late="yes")) if late else NOTHING
    words = _words(_("<b>{number}</b> delivered"), number, link(delivered="since"))
    return TallyPart(DONE, ((DONE, number - late), (LATE, late)), words, detail)


def _in_progress(counts: ReleaseCounts, link: Link) -> TallyPart:
    number, silent = counts.in_progress, counts.silent
    if number == 1:
        form = _("with no news for over a year")
    elif silent == number:
        form = _("all with no news for over a year")
    else:
        form = _("{number} with no news for over a year")
    href = link(status=Status.IN_PROGRESS.value, freshness=Freshness.STALE.value)
    detail = _words(form, silent, href) if silent else NOTHING
    words = _words(_("<b>{number}</b> in progress"), number, link(status=Status.IN_PROGRESS.value))
    return TallyPart(MOVING, ((MOVING, number - silent), (SILENT, silent)), words, detail)


def _announced(counts: ReleaseCounts, link: Link) -> TallyPart:
    number = counts.announced
    if counts.to_be_kept:
        form = ngettext(
            "<b>{number}</b> more was already done when announced",
            "<b>{number}</b> more were already done when announced",
            number,
        )
    else:
        form = _("<b>{number}</b> already done when announced")
    words = _words(form, number, link(delivered="announced"))
    return TallyPart(ANNOUNCED, ((ANNOUNCED, number),), words, remark=_("signed or in place by that day"))


def _words(form: str, number: int, href: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', href, format_html(form, number=number))
