"""Under which area a block stands: by its heading or, where it has none, by what it speaks of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.domain.reading.outline import Block, heading_words
from commitments.domain.reading.source_text import normal, simplified_characters
from commitments.domain.reading.spans import DOUBTFUL, LIKELY, SURE
from commitments.domain.reading.word_lists import words

STEM = 6  # letters by which words are compared: finance, financial
COMMON = words(
    "operation and the of in for to other areas area services service co-operation cooperation development relation "
    "measures people"
)
SOME, OFTEN = 0.3, 1  # how often each of an area's words must be said, where its heading does not name it
ALIKE = 0.34  # share of an area's words that a heading has


@dataclass(frozen=True, slots=True)
class AreaGuess:
    """`slug` of an area on record, or None where `heading` is none of them."""

    slug: str | None
    heading: str
    reason: str | Promise
    sure: float


def stems(words: str) -> set[str]:
    """What words are compared by."""
    text = normal(words).translate(simplified_characters())
    english = {word[:STEM] for word in re.findall(r"[a-z]{3,}", text) if word not in COMMON}
    han = "".join(re.findall(r"[\u4e00-\u9fff]", text))
    return english | {han[at : at + 2] for at in range(len(han) - 1)}


def guess_area(copy: str, block: Block, areas: Mapping[str, str]) -> AreaGuess:
    """The area of a block. `areas`: slugs with all names of each, in all languages, in one string."""
    for heading in reversed(block.path):
        words = heading_words(copy, heading)
        if found := _by_heading(words, areas):
            return found
    nearest = heading_words(copy, block.path[-1]) if block.path and block.path[-1].marker != "#1" else ""
    spoken = _by_words(copy[block.start : block.end], areas, SOME if nearest else OFTEN)
    if spoken and not (block.path and len(block.path) > 1):
        return AreaGuess(spoken, "", _("No heading names an area; the paragraph speaks of this one most."), DOUBTFUL)
    return AreaGuess(
        None,
        nearest,
        _("The heading is no area that is on record.") if nearest else _("The text gives no heading."),
        DOUBTFUL,
    )


def _by_heading(words: str, areas: Mapping[str, str]) -> AreaGuess | None:
    said = stems(words)
    scores: list[tuple[float, int, str]] = []
    for slug, names in areas.items():
        best = max(
            (len(said & stems(name)) / max(1, len(said | stems(name))) for name in names.split("\n") if stems(name)),
            default=0.0,
        )
        scores.append((best, len(scores), slug))
    if not said and "other" in normal(words):
        return next(
            (
                AreaGuess(slug, words, _("The heading names it."), LIKELY)
                for slug, names in areas.items()
                if "other" in normal(names)
            ),
            None,
        )
    if not scores:
        return None
    best, _place, slug = max(scores, key=lambda score: (score[0], -score[1]))
    if best < ALIKE:
        return None
    return AreaGuess(slug, words, _("The heading names it."), SURE if best > 2 * ALIKE else LIKELY)


def _by_words(words: str, areas: Mapping[str, str], least: float) -> str | None:
    """The area whose words are said most, each at `least` so often; none where two are said alike."""
    text = normal(words).translate(simplified_characters())
    counts = []
    for slug, names in areas.items():
        known = set().union(*(stems(name) for name in names.split("\n")))
        counts.append((sum(text.count(stem) for stem in known) / max(1, len(known)), slug))
    counts.sort(reverse=True)
    return (
        counts[0][1] if counts and counts[0][0] >= least and (len(counts) == 1 or counts[0][0] > counts[1][0]) else None
    )
