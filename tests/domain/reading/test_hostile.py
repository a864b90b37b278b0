"""Texts that are none, or without end: each ends in a clear message, and soon; a long one is read in little."""

import re
import resource
import time

import pytest

from commitments.domain.reading.reader import read_text
from commitments.domain.reading.source_text import ReadingError

REFUSED = {
    "empty": (" \n\t", "is empty"),
    "no words": ("." * 1000, "has no words"),
    "too long": ("a" * 1_000_000, "1,000,000 characters"),
    "no full stop": ("we will build homes and " * 5000, "without the end of a sentence"),
    "no full stop, Chinese": ("建立制度，" * 9000, "without the end of a sentence"),
    "a control character": ("We will\x00 act.", "control character U+0000"),
    "a control character's line": ("One.\nTwo.\nWe will\x1b act.", "Line 3"),
    "another script": ("Мы построим дома. " * 20, "English and Chinese are read"),
    "open tags": ("<p " * 50_000, "without the end of a sentence"),
    "brackets": ("(" * 100_000 + "will", "without the end of a sentence"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_refused_with_what_to_do(kind):
    text, message = REFUSED[kind]
    started = time.process_time()
    with pytest.raises(ReadingError, match=re.escape(message)):
        read_text(text)
    assert time.process_time() - started < 3


SLOW = {
    "quotes": '"We will act." ' * 12_000,
    "lists": "- Build it\n" * 15_000,
    "dates": "We will act by 2020 or by 2021. " * 6000,
    "tags": "<li>We will act.</li>" * 9000,
    "commas": ("We will act, " * 1000 + "now. ") * 12,
    "Chinese commas": ("政府会建立制度，" * 1000 + "完善政策。") * 20,
}


@pytest.mark.parametrize("kind", SLOW)
def test_nothing_takes_time_out_of_measure(kind):
    started = time.process_time()
    read_text(SLOW[kind][:190_000])
    assert time.process_time() - started < 20


PARAGRAPHS = [
    "We will build ten homes by 2020. It rained for days in the north.\n\n",
    "一、任务\n（一）健全制度。加强农田建设，提高产量。完善政策，实施行动。\n",
]


@pytest.mark.parametrize("paragraph", PARAGRAPHS)
def test_a_text_of_200_000_characters_is_read_in_ten_seconds_and_200_megabytes(paragraph):
    text = (paragraph * (200_000 // len(paragraph) + 1))[:200_000]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    reading = read_text(text)
    assert time.process_time() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024
    assert len(reading.proposals) > 1000
