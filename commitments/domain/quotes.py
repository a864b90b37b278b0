"""How long a quote is: so many words of a release, or of a release in Chinese twice as many characters."""

import re
from math import ceil

MAX_WORDS = 15
CHARACTERS_PER_WORD = 2
# Chinese is written without spaces: each of its characters is counted, and what stands between them as words.
CHINESE_CHARACTER = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
WORD = re.compile(r"[^\W_]", re.UNICODE)


def quote_words(text: str) -> int:
    """The length of a quote in words; two characters of Chinese are one. Marks alone are no word beside Chinese."""
    characters = len(CHINESE_CHARACTER.findall(text))
    words = CHINESE_CHARACTER.sub(" ", text).split()
    if characters:
        words = [word for word in words if WORD.search(word)]
    return len(words) + ceil(characters / CHARACTERS_PER_WORD)
