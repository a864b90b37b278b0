"""How texts are found and sorted: spellings and signs alike, both forms of Chinese alike, by strokes or by pinyin."""

import re
import unicodedata
from functools import cache, lru_cache

import icu

from commitments.domain.reading.source_text import simplified_characters
from commitments.i18n.languages import LANGUAGE_TAGS, RECORD_LANGUAGE

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")

SORT_KEY_LENGTH = 240  # of a sort key: some forty Chinese characters; the reference settles ties


def has_chinese(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return not text.isascii() and HAN.search(text) is not None


def fold(text: str) -> str:
    """A text as searches compare it, on both sides.

    Alike are: case; full and half width; the two forms of Chinese; apostrophes, and quotation marks; a hyphen or dash
    and none ("CU-06" and "CU06", "co-operation" and "cooperation"); invisible characters and none; blanks of any sort
    and number, and none beside Chinese ("2019 年"); and the spellings of `SPELLINGS`.

    A Chinese character stands twice, because PostgreSQL's index knows groups of three characters, and most Chinese
    words have two. Word by word: words come again, and their folded form is kept.
    """
    folded = " ".join(filter(None, map(_folded_words.__getitem__, text.split())))
    return folded if folded.isascii() else BESIDE_HAN.sub("", folded)


class _FoldedWords(dict[str, str]):
    """Words that were folded, by the word; not more of them than are good for memory."""

    def __missing__(self, word: str) -> str:
        if len(self) >= MOST_WORDS:
            self.clear()
        self[word] = folded = _fold_word(word)
        return folded


def _fold_word(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word.translate(SIGNS)).casefold().translate(SIGNS)
    if not plain.isascii():
        visible = "".join(" " if character.isspace() else character for character in plain if not _is_unseen(character))
        plain = "".join(
            2 * character if HAN.match(character) else character
            for character in visible.translate(simplified_characters())
        )
    return SPELLED.sub(lambda match: SPELLINGS[match[0]], plain)


def _is_unseen(character: str) -> bool:
    """Soft hyphens, zero-width blanks and joiners, byte-order marks, marks of direction."""
    return unicodedata.category(character) == "Cf"


MOST_WORDS = 16_384
# Apostrophes and quotation marks become one; hyphens, dashes and the middle dots of names go.
SIGNS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u2032\u0060\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201f\u2033", '"')
    | dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fb\u00b7\u2027", "")
)
BESIDE_HAN = re.compile(rf"(?<={HAN.pattern})\s+|\s+(?={HAN.pattern})")
# What is spelled in two ways, in English; the first half of each is looked for as the second.
SPELLINGS = {
    "programme": "program",
    "centre": "center",
    "theatre": "theater",
    "labour": "labor",
    "licence": "license",
    "catalogue": "catalog",
    "organis": "organiz",
    "isation": "ization",
    "defence": "defense",
    "trainee": "train",
}
SPELLED = re.compile("|".join(SPELLINGS))
_folded_words = _FoldedWords()


def build_search_text(*texts: str) -> str:
    """What a search looks through: some texts, folded, each on a line of its own, each once."""
    return "\n".join(dict.fromkeys(filter(None, map(fold, dict.fromkeys(texts)))))


@cache
def _collator(language: str) -> icu.Collator:
    collator = icu.Collator.createInstance(icu.Locale(LANGUAGE_TAGS[language]))
    collator.setStrength(icu.Collator.PRIMARY)
    return collator


@lru_cache(maxsize=4096)
def sort_key(text: str, language: str) -> str:
    """By which texts sort as readers expect: by strokes in Traditional, by pinyin in Simplified Chinese."""
    return str(_collator(language).getSortKey(text).hex())[:SORT_KEY_LENGTH]


def collation_key(text: str, language: str) -> str:
    """By which a text stands in its place among others: as it is written in English, by its sort key in Chinese."""
    return text if language == RECORD_LANGUAGE else f"{sort_key(text, language)} {text}"
