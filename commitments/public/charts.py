"""Where days lie on a line of years. Pure: days in, percentages of the line's width out.

Widths are percentages so that a chart fits any screen without being scaled: marks keep their size.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

MAX_YEARS_AHEAD = 10  # years; what is due later than that would leave no room for what has been
MAX_LABELS = 9  # "2018" nine times fits on the narrowest phone
A_MONTH = timedelta(days=31)  # a mark is wider than that, so it covers what is no longer than a month


@dataclass(frozen=True, slots=True)
class Mark:
    """One shape on the line. Without a width it keeps its own size, with its middle at `x`; both are SVG lengths."""

    shape: str
    x: str
    width: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """Whole years, both included."""

    first_year: int
    last_year: int

    @property
    def first(self) -> date:
        return date(self.first_year, 1, 1)

    @property
    def last(self) -> date:
        return date(self.last_year, 12, 31)

    @property
    def years(self) -> list[tuple[str, int]]:
        """Where each year begins, and the year."""
        return [(percent(self.at(date(year, 1, 1))), year) for year in range(self.first_year, self.last_year + 1)]

    @property
    def labels(self) -> list[tuple[str, int]]:
        """The years that are written, few enough to be read on a phone; the last of many has no room of its own."""
        every = ceil(len(self.years) / MAX_LABELS)
        return [label for label in self.years[::every] if every == 1 or label[1] < self.last_year]

    def at(self, day: date, share: float = 0) -> float:
        """Percentage at which a day begins, or which a share (0 to 1) of it has passed; 0 and 100 at the ends."""
        days = (self.last - self.first).days + 1
        return min(100.0, max(0.0, 100 * ((day - self.first).days + share) / days))

    def middle(self, first: date, last: date) -> float:
        """Percentage in the middle of some days."""
        return (self.at(first) + self.at(last, share=1)) / 2

    def point(self, shape: str, first: date, last: date) -> Mark:
        """A mark at the middle of some days; at the edge, as an arrow that points out, where all of them lie beyond."""
        if first > self.last or last < self.first:
            return Mark("later" if first > self.last else "earlier", "100%" if first > self.last else "0%")
        return Mark(shape, percent(self.middle(first, last)))

    def span(self, shape: str, first: date, last: date) -> Mark:
        """A bar from the first day's beginning to the last one's end, cut at the ends of the line."""
        if first > self.last or last < self.first:
            return self.point(shape, first, last)
        left, right = self.at(first), self.at(last, share=1)
        return Mark(shape, percent(left), percent(right - left))


def axis_for(issued_on: date, day: date, last: date | None) -> Axis:
    """The years that matter: from the first release to the day or to the last deadline, if that is not too far."""
    ahead = min(last.year, day.year + MAX_YEARS_AHEAD) if last else day.year
    return Axis(issued_on.year, max(day.year, ahead))


def percent(value: float) -> str:
    """As in `x="43.2%"`, to a hundredth: on the widest screen that is less than a pixel."""
    return f"{round(value, 2):g}%"


def bar_height(number: int, highest: int, pixels: int) -> int:
    """How high a bar stands, in pixels; `highest`: the number of the highest. One of something can be seen."""
    return max(2, round(pixels * number / highest)) if number else 0
