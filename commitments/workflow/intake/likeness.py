"""Which pledges of earlier releases some words are like: a proposal, on which people decide, of what they repeat."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import log, sqrt

from commitments.domain.reading.areas import stems
from commitments.models import Commitment

MOST_PROPOSED = 3
SAME_AREA = 1.5
LIKE = 0.25  # cosine of the weighted words, from 0 to 1; docs/intake.md says what was measured
TEXTS = ("title", "short_title", "quote")


@dataclass(frozen=True, slots=True)
class EarlierPledge:
    """A commitment on record, when it was promised, and how like the words are, from 0 to 1."""

    reference: str
    title: str
    issued_on: date
    likeness: float


class LikenessIndex:
    """Public commitments of the releases before a day by their words; a rare word says more than a common one."""

    def __init__(self, before: date) -> None:
        rows = Commitment.objects.public().filter(release__issued_on__lt=before)
        self.pledges: list[tuple[EarlierPledge, str, set[str]]] = []
        columns = ("reference", "release__issued_on", "area__slug", *TEXTS)
        for reference, issued_on, area, *texts in rows.values_list(*columns):
            pledge = EarlierPledge(reference, texts[0], issued_on, 0)
            self.pledges.append((pledge, area or "", stems(" ".join(texts))))
        self.counts = Counter(stem for _pledge, _area, known in self.pledges for stem in known)

    def nearest(self, words: str, area: str) -> list[EarlierPledge]:
        """The few that are like, the likest first; those of the same area, by its slug, count for more."""
        own = stems(words)
        scored = [
            EarlierPledge(pledge.reference, pledge.title, pledge.issued_on, round(likeness, 3))
            for pledge, of_area, known in self.pledges
            if (likeness := self._likeness(own, known) * (SAME_AREA if area == of_area else 1)) >= LIKE
        ]
        return sorted(scored, key=lambda pledge: (-pledge.likeness, pledge.reference))[:MOST_PROPOSED]

    def _likeness(self, first: set[str], second: set[str]) -> float:
        shared = self._length(first & second)
        return shared**2 / (self._length(first) * self._length(second)) if shared else 0.0

    def _length(self, words: Iterable[str]) -> float:
        total = len(self.pledges) + 1
        return sqrt(sum(log(total / (self.counts[word] or 1)) ** 2 for word in words))
