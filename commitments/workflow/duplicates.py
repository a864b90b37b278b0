"""Draft commitments that look like one that is there: the same words of the same release, or nearly the same title.

It is pointed out and refused to nobody: releases do promise the same again, which `repeats` says.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from django.utils.translation import gettext as _

from commitments.i18n.collation import fold
from commitments.models import Commitment, Repetition

NEARLY_THE_SAME = 0.85  # of difflib's ratio, from nothing in common to the same
SHORTEST_TELLING = 4  # letters of a word that makes it another pledge
MOST_IN_COMMON = 200  # titles that share a word; more, and the word tells nothing
WORDS = re.compile(r"[㐀-鿿]|[^\W㐀-鿿]+")  # a Chinese character is a word
Digits = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pledge:
    """What two commitments are compared by. `release`: its slug."""

    reference: str
    release: str
    title: str
    quote: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """What a pledge looks like, and whether by its quote or else by its title."""

    pledge: Pledge
    by_quote: bool

    def __str__(self) -> str:
        message = (
            _("%(reference)s, “%(title)s”, quotes the same words of this release.")
            if self.by_quote
            else _("%(reference)s has nearly the same title: “%(title)s”.")
        )
        return message % {"reference": self.pledge.reference, "title": self.pledge.title}


class DuplicateFinder:
    """Finds what a pledge looks like among all that were not retracted, drafts included, and those that are added."""

    def __init__(self) -> None:
        self.by_quote: dict[tuple[str, str], list[Pledge]] = defaultdict(list)
        self.by_title: dict[str, list[Pledge]] = defaultdict(list)
        # By a word and all figures of a title: "12 schools" is not nearly "40 schools".
        self.by_word: dict[tuple[str, Digits], set[str]] = defaultdict(set)
        rows = Commitment.objects.filter(retracted_at=None).order_by("reference_key")
        for row in rows.values_list("reference", "release__slug", "title", "quote"):
            self.add(Pledge(*row))

    def add(self, pledge: Pledge) -> None:
        """Compare with this one from now on, too."""
        title, words = _key(pledge.title), _words(pledge.title)
        self.by_quote[pledge.release, _key(pledge.quote)].append(pledge)
        self.by_title[title].append(pledge)
        for word in words:
            self.by_word[word, _digits(words)].add(title)

    def find(self, pledge: Pledge, expected: Collection[str] = ()) -> Duplicate | None:
        """The first other one that it looks like. `expected`: references of which nobody need be told."""
        known = {pledge.reference, *expected}
        for other in self.by_quote.get((pledge.release, _key(pledge.quote)), ()):
            if other.reference not in known:
                return Duplicate(other, by_quote=True)
        for title in self._titles_near(pledge.title):
            for other in self.by_title[title]:
                if other.reference not in known:
                    return Duplicate(other, by_quote=False)
        return None

    def find_for(self, commitments: Sequence[Commitment]) -> dict[int, Duplicate]:
        """The same of stored commitments, by key; what one repeats by its own word is no duplicate."""
        repeated: dict[int, list[str]] = defaultdict(list)
        repetitions = Repetition.objects.filter(commitment__in=commitments)
        for key, reference in repetitions.values_list("commitment", "repeated__reference"):
            repeated[key].append(reference)
        found = {commitment.pk: self.find(pledge_of(commitment), repeated[commitment.pk]) for commitment in commitments}
        return {key: duplicate for key, duplicate in found.items() if duplicate}

    def _titles_near(self, title: str) -> Iterable[str]:
        """The title itself where it is there, then those that are nearly the same, as they are kept."""
        key, words = _key(title), _words(title)
        if key in self.by_title:
            yield key
        telling = (self.by_word.get((word, _digits(words)), set()) for word in words)
        near = {other for titles in telling if len(titles) <= MOST_IN_COMMON for other in titles} - {key}
        yield from (other for other in sorted(near) if _is_near(key, other))


def pledge_of(commitment: Commitment) -> Pledge:
    """What a commitment is compared by."""
    return Pledge(commitment.reference, commitment.release.slug, commitment.title, commitment.quote)


def _words(text: str) -> list[str]:
    return WORDS.findall(fold(text))


def _key(text: str) -> str:
    """A text without what tells nothing: capitals, punctuation, the form of Chinese characters."""
    return " ".join(_words(text))


def _digits(words: Iterable[str]) -> Digits:
    return tuple(sorted(word for word in words if any(character.isdecimal() for character in word)))


def _is_near(first: str, second: str) -> bool:
    """Whether two keys say nearly the same, in the same order: a week there is not a week here.

    Series of pledges differ in one word ("Open the school", "Open the bridge"), so each word that only one of them has
    must be a short one, or spelled nearly like one that only the other has.
    """
    if SequenceMatcher(None, first, second).ratio() < NEARLY_THE_SAME:
        return False
    here, there = Counter(first.split()), Counter(second.split())
    only_here, only_there = list(here - there), list(there - here)
    pairs = [(word, only_there) for word in only_here] + [(word, only_here) for word in only_there]
    return all(len(word) < SHORTEST_TELLING or get_close_matches(word, others, n=1) for word, others in pairs)
