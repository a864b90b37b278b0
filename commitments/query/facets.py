"""How many commitments each choice of each filter would find, and any page of the list, without counting in SQL.

Counting is what costs on a long list. So the public commitments of a day are kept as bit sets, one whole
number for each choice of each filter, in which bit n stands for the nth commitment by reference; what a
question finds is `&` and `|` of these, and a count is `.bit_count()`. Words and days are still looked for
in SQL, by the filterset's own methods, and the order of every sort is asked from SQL once.

Nothing kept can be stale: it is found only under the version of the record that it was made of. Commitments
are known by their references, which are never used again.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from itertools import compress
from operator import add, and_, itemgetter, or_
from threading import Lock
from typing import Any

from django.db.models import Case, Value, When
from django.db.models.expressions import Combinable

from commitments.models import Commitment
from commitments.models.commitment import CommitmentQuerySet
from commitments.models.ledger import record_version
from commitments.query.filters import CommitmentFilter, ConditionFilter, InFilter
from commitments.query.sorting import ordering, sort_column

MAX_INDEXES = 4  # days or versions; 100,000 commitments take about 15 MB each
MAX_SORTED_RESULTS = 8  # of each, whose answers are kept in order
BATCH_SIZE = 2000
ONE, FLAGS = ord("1"), bytes.maketrans(b"01", b"\0\1")
CHECKED_ON = "state__last_checked_on"
# What the filters that are methods of the filterset ask for, as columns; a test holds the two together.
PARTY_COLUMNS = {
    "owner": "ownership__organisation__slug",
    "partner": "partnership__organisation__slug",
    "side": "ownership__organisation__side",
}
# The column of each filter that takes any of some values.
FACET_COLUMNS: dict[str, str] = {
    name: PARTY_COLUMNS.get(name) or str(choice_filter.field_name)
    for name, choice_filter in CommitmentFilter.base_filters.items()
    if isinstance(choice_filter, InFilter) and not isinstance(choice_filter, ConditionFilter)
}
# Each condition of the filters that have some: filter, value, and what holds.
CONDITIONS = [
    (name, value, condition)
    for name, choice_filter in CommitmentFilter.base_filters.items()
    if isinstance(choice_filter, ConditionFilter)
    for value, condition in choice_filter.conditions.items()
]
CHOICE_FILTERS = [*FACET_COLUMNS, *dict.fromkeys(name for name, _value, _condition in CONDITIONS)]
SEARCH_FILTERS = [name for name in CommitmentFilter.base_filters if name not in CHOICE_FILTERS]
_INDEX_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class FacetResult:
    """What a question finds: how many, in which order, and how many with another choice in one of its filters.

    `column`: by which they are sorted, which of titles depends on the language.
    `counts[filter][value]`: how many have the value among those that all other filters leave.
    """

    index: FacetIndex
    bits: int
    column: str
    counts: dict[str, dict[str, int]]

    @property
    def total(self) -> int:
        """How many there are."""
        return self.bits.bit_count()

    def count(self, name: str, value: str) -> int:
        """How many of what it finds have a value."""
        return (self.bits & self.index.bits[name].get(value, 0)).bit_count()

    @property
    def last_checked_on(self) -> date | None:
        """The last day on which somebody looked for reports of any of them."""
        return self.index.last_checked_on(self.bits)

    def references(self, first: int, last: int) -> list[str]:
        """The references from place `first` up to but without `last`, counted from 0, in the order asked for."""
        return [self.index.references[place] for place in self.index.sorted(self.bits, self.column)[first:last]]


def count_choices(filterset: CommitmentFilter) -> FacetResult:
    """What a question finds, which must be valid. Takes one query, and one more where it has words or days.

    The first question of a version and day, and the first by each sort, take one more each. Call it in
    one snapshot with whatever reads the rows, so that both speak of the same moment.
    """
    version = record_version()
    with _INDEX_LOCK:
        index = index_for(version, filterset.day)
    index.fill()
    values = filterset.form.cleaned_data
    searched = index.searched(filterset)
    chosen = {name: index.any_of(name, values[name]) for name in CHOICE_FILTERS if values[name]}
    counts = {}
    for name in CHOICE_FILTERS:
        others = reduce(and_, (bits for other, bits in chosen.items() if other != name), searched)
        bits_by_value = index.bits[name]
        choices = filterset.filters[name].extra["choices"]
        counts[name] = {value: (others & bits_by_value.get(value, 0)).bit_count() for value, _label in choices}
    return FacetResult(index, reduce(and_, chosen.values(), searched), sort_column(values["sort"]), counts)


def conditions_met() -> Combinable:
    """Which of CONDITIONS a commitment meets, as one number of which each has a bit: one column is read for all."""
    flags = (
        Case(When(condition, then=Value(1 << number)), default=Value(0))
        for number, (_name, _value, condition) in enumerate(CONDITIONS)
    )
    return reduce(add, flags)


@lru_cache(maxsize=MAX_INDEXES)
def index_for(_version: str, day: date) -> FacetIndex:
    """The index of a version and day, still empty where it is new."""
    return FacetIndex(day)


class FacetIndex:
    """The public commitments as of a day as bit sets. Filled by one query, and by one more for each other sort.

    `references`: in order. `bits[filter][value]`: which of them have the value. Threads share it: nothing
    in it changes once it is there.
    """

    def __init__(self, day: date) -> None:
        self.day = day
        self.lock = Lock()
        self.references: list[str] = []
        self.places: dict[str, int] = {}
        self.bits: dict[str, dict[str, int]] = {}
        self.checked: list[tuple[date, Sequence[int]]] = []  # by the day on which somebody looked last, latest first
        self.orders: dict[str, Sequence[int]] = {}
        # Whoever turns the pages of a list asks for the same again; 400 KB each at 100,000 commitments.
        self.sorted = lru_cache(maxsize=MAX_SORTED_RESULTS)(self._sorted)

    def fill(self) -> None:
        """Read all that the bit sets need. Threads that come meanwhile wait, so that one does the work."""
        with self.lock:
            if not self.orders:
                self._read()

    def _read(self) -> None:
        # One statement sees one moment. A commitment takes a row for each pair of an owner and a partner.
        public = Commitment.objects.as_of(self.day).order_by(*ordering("reference_key"))
        columns: list[str | Combinable] = [*FACET_COLUMNS.values(), conditions_met(), CHECKED_ON]
        places: dict[str, int] = {}
        having: list[defaultdict[Any, list[int]]] = [defaultdict(list) for _column in columns]
        for reference, *values in public.values_list("reference", *columns).iterator(BATCH_SIZE):
            place = places.setdefault(reference, len(places))
            for value, places_by_value in zip(values, having, strict=True):
                places_by_value[value].append(place)
        self.places, self.references = places, list(places)
        *bits, met_bits = [
            {value: self.as_bits(value_places) for value, value_places in places_by_value.items()}
            for places_by_value in having[:-1]
        ]
        self.bits = dict(zip(FACET_COLUMNS, bits, strict=True))
        for number, (name, value, _condition) in enumerate(CONDITIONS):
            meeting = (places for met, places in met_bits.items() if met >> number & 1)
            self.bits.setdefault(name, {})[value] = reduce(or_, meeting, 0)
        self.checked = [
            (day, array("I", dict.fromkeys(day_places))) for day, day_places in having[-1].items() if day is not None
        ]
        self.checked.sort(reverse=True, key=itemgetter(0))
        self.orders = {"reference_key": range(len(places))}

    def as_bits(self, places: Iterable[int]) -> int:
        """The number in which the bits of these places are set."""
        digits = bytearray(b"0") * (len(self.references) + 1)
        for place in places:
            digits[-1 - place] = ONE
        return int(digits, 2)

    def as_flags(self, bits: int) -> bytes:
        """A byte for each place, 1 where its bit is set: asking one of them takes no arithmetic on a long number."""
        return f"{bits:0{len(self.references)}b}"[::-1].encode().translate(FLAGS)

    def any_of(self, name: str, values: Iterable[str]) -> int:
        """Those that have one of the values."""
        return reduce(or_, (self.bits[name].get(value, 0) for value in values))

    def searched(self, filterset: CommitmentFilter) -> int:
        """Those that the words and days find; all where none are asked for."""
        values = {name: filterset.form.cleaned_data[name] for name in SEARCH_FILTERS}
        if not any(values.values()):
            return (1 << len(self.references)) - 1
        commitments = Commitment.objects.as_of(self.day).order_by()
        for name, value in values.items():
            commitments = filterset.filters[name].filter(commitments, value)
        return self.as_bits(self._places(commitments))

    def last_checked_on(self, bits: int) -> date | None:
        """The last day on which somebody looked for reports of one of these."""
        flags = self.as_flags(bits)
        return next((day for day, places in self.checked if any(map(flags.__getitem__, places))), None)

    def order(self, column: str) -> Sequence[int]:
        """The places in the order of a column, asked once."""
        with self.lock:
            if column not in self.orders:
                commitments = Commitment.objects.as_of(self.day).order_by(*ordering(column))
                self.orders[column] = array("I", self._places(commitments))
            return self.orders[column]

    def _sorted(self, bits: int, column: str) -> Sequence[int]:
        order, flags = self.order(column), self.as_flags(bits)
        return array("I", compress(order, map(flags.__getitem__, order)))

    def _places(self, commitments: CommitmentQuerySet) -> Iterator[int]:
        """Where they stand here; one that was published since stands nowhere yet."""
        references = commitments.values_list("reference", flat=True).iterator(BATCH_SIZE)
        return (self.places[reference] for reference in references if reference in self.places)
