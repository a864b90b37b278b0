"""How Chinese is found and sorted: both forms of its characters alike, by strokes or by pinyin."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import icu

from commitments.i18n.languages import LANGUAGE_TAGS, RECORD_LANGUAGE

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")

SORT_KEY_LENGTH = 240  # of a sort key: some forty Chinese characters; the reference settles ties


def has_chinese(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return not text.isascii() and HAN.search(text) is not None


def fold(text: str) -> str:
    """A text as searches compare it: both forms of Chinese alike, each character twice.

    Twice, because PostgreSQL's index knows groups of three characters, and most Chinese words have two. Word by word:
    no rule of Unicode joins a space to what stands beside it, and words come again.
    """
    return "  ".join(map(_folded_words.__getitem__, text.split(" ")))


class _FoldedWords(dict[str, str]):
    """Words that were folded, by the word; not more of them than are good for memory."""

    def __missing__(self, word: str) -> str:
        if len(self) >= MOST_WORDS:
            self.clear()
        plain = unicodedata.normalize("NFKC", word).casefold().translate(_simplified())
        self[word] = folded = "".join([character * 2 for character in plain])
        return folded


MOST_WORDS = 16_384
_folded_words = _FoldedWords()


def build_search_text(*texts: str) -> str:
    """What of some texts a search in Chinese looks through: those that have a Chinese character."""
    return "\n".join(fold(text) for text in dict.fromkeys(texts) if has_chinese(text))


@cache
def _simplified() -> dict[int, str]:
    """From each traditional character to its simplified one, as ICU has them. One by one: a word has no context."""
    simplify = icu.Transliterator.createInstance("Traditional-Simplified").transliterate
    characters = (chr(code) for first, end in ((0x3400, 0x4DC0), (0x4E00, 0xA000)) for code in range(first, end))
    return {
        ord(character): simplified
        for character in characters
        if (simplified := simplify(character)) != character and len(simplified) == 1
    }


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
