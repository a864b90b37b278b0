"""How long a quote is, in words of English or characters of Chinese."""

import pytest

from commitments.domain.quotes import CHARACTERS_PER_WORD, MAX_WORDS, quote_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("will meet once a year", 5),
        ("will – subject to funds – meet", 7),
        ("雙方", 1),
        ("雙方會", 2),
        ("雙方同意每年舉行一次會議。", 6),
        ("雙方，同意", 2),
        ("設立 Hong Kong 辦事處", 5),
        ("𠀀𠀁", 1),
        ("雙方 。 ， 同意", 2),
    ],
)
def test_two_characters_of_chinese_are_a_word(text, words):
    assert quote_words(text) == words


def test_two_hundred_characters_of_chinese_are_no_single_word():
    assert quote_words("字" * 200) == 100
    assert quote_words("字" * (MAX_WORDS * CHARACTERS_PER_WORD)) == MAX_WORDS
