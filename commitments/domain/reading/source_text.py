"""A copy of a text in which signs are of one kind and markup is blank, character by character as long as the text.

Offsets into the copy are offsets into the text. What cannot be read is refused with what to do.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

import icu
from django.utils.translation import gettext as _

from commitments.domain.reading.word_lists import words

MAX_CHARACTERS = 500_000
MAX_BLOCK = 20_000  # characters without a line's end or the end of a sentence
SHARE_READ = 0.5  # of the letters that must be Latin or Chinese
SMALL_ENGLISH = words(
    "the of and to in for will with by be is are that this it from at as or its their has have not was were been shall "
    "which between both all other must should"
)
FEWEST_WORDS, SMALL_SHARE, MOST_LOOKED_AT = 40, 0.12, 20_000  # words, share of them, and characters that are looked at
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
SENTENCE_END = re.compile(r"[.!?;:。！？；：\n]")
# What stands for one character and is written with another of the same length.
SIGNS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u2032\u00b4\u02bc", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
    | dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad\f\v", " ")
    | {"\u2028": "\n", "\u2029": "\n", "\x85": "\n", "／": "/", "％": "%", "＋": "+", "－": "-", "＂": '"'}
    | {chr(0xFF10 + digit): str(digit) for digit in range(10)}
)
HTML = re.compile(r"<(?:html|body|p|div|br|li|ul|ol|h[1-6]|span|table|strong|em|a)\b[^<>]{0,2000}>", re.IGNORECASE)
HIDDEN = re.compile(r"<(script|style|head)\b[^<>]{0,2000}>|<!--", re.IGNORECASE)
HIDDEN_END = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "head")}
COMMENT_END = re.compile("-->")
BLOCK_TAG = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|section|article|header|footer|dt|dd|td|th)\b", re.I)
CELL_TAG = re.compile(r"</?t[dh]\b", re.IGNORECASE)
HEADING_TAG = re.compile(r"<h[1-6]\b", re.IGNORECASE)
LIST_TAG = re.compile(r"<li\b", re.IGNORECASE)
TAG = re.compile(r"<[/!]?[a-zA-Z][^<>]{0,2000}>")  # and what kind of document it is
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")
FRONT_MATTER = re.compile(r"\A---[ \t]*\n.{0,5000}?\n---[ \t]*\n", re.DOTALL)
LINK_TARGET = re.compile(r"(?<=\])\([^()\s]{1,500}(?:\s\"[^\"\n]{0,200}\")?\)")
EMPHASIS = re.compile(r"\*\*+|__+|(?<=\s)_(?=\w)|(?<=\w)_(?=[\s.,;:])|`+")
MARKDOWN = re.compile(r"^(?:#{1,6} |\*\*|---$)|\]\(", re.MULTILINE)


class ReadingError(ValueError):
    """The text cannot be read. The message says why and what to do."""


def readable_copy(text: str) -> str:
    """The copy; raise ReadingError where the text is empty, too long, no text, or in no script that is read."""
    _refuse_unreadable(text)
    copy = text.translate(SIGNS).replace("\r", " ")
    copy = "".join(character if character < "\U00010000" else "\u25a1" for character in copy)  # ICU counts in UTF-16
    if HTML.search(copy):
        copy = _without_tags(copy)
    if MARKDOWN.search(copy):
        copy = _without_markdown(copy)
    _refuse_endless(copy)
    if _is_other_language(text):
        raise ReadingError(_("The text is neither in English nor in Chinese. Those two are read."))
    return copy.translate(simplified_characters())


def _refuse_unreadable(text: str) -> None:
    if not text.strip():
        raise ReadingError(_("The text is empty. Paste or name the text of a release."))
    if len(text) > MAX_CHARACTERS:
        message = _("The text has %(found)s characters, and at most %(most)s are read at once. Split it.")
        raise ReadingError(message % {"found": f"{len(text):,}", "most": f"{MAX_CHARACTERS:,}"})
    if match := CONTROL.search(text):
        line = text.count("\n", 0, match.start()) + 1
        message = _(
            "Line %(line)s holds the control character U+%(code)s. This may be no text: save it as plain text in UTF-8."
        )
        raise ReadingError(message % {"line": f"{line:,}", "code": f"{ord(match[0]):04X}"})
    letters = [character for character in text if character.isalpha()]
    if not letters:
        raise ReadingError(_("The text has no words. Paste or name the text of a release."))
    known = sum(map(_is_known_letter, letters))
    if known < SHARE_READ * len(letters):
        raise ReadingError(_("Most of the text is in a script that is not read here. English and Chinese are read."))


def _is_other_language(text: str) -> bool:
    """Whether so few of many Latin words are the small ones of English that it must be another language."""
    shown = TAG.sub(" ", HIDDEN.sub(" ", text))[:MOST_LOOKED_AT].lower()
    found = re.findall(r"[^\W\d_]+", shown)
    latin = [word for word in found if not HAN.search(word)]
    if len(latin) < FEWEST_WORDS or len(latin) < len(found) / 2:
        return False
    return sum(word in SMALL_ENGLISH for word in latin) < SMALL_SHARE * len(latin)


def _is_known_letter(character: str) -> bool:
    return character < "\u0250" or "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"


def _refuse_endless(copy: str) -> None:
    """Raise ReadingError where so much stands without an end that no clause can be told from another."""
    start = 0
    for match in SENTENCE_END.finditer(copy):
        if match.start() - start > MAX_BLOCK:
            break
        start = match.end()
    else:
        if len(copy) - start <= MAX_BLOCK:
            return
    line = copy.count("\n", 0, start) + 1
    message = _(
        "From line %(line)s on, more than %(most)s characters stand without the end of a sentence or of a line. "
        "Break the text into lines, as the release has them."
    )
    raise ReadingError(message % {"line": f"{line:,}", "most": f"{MAX_BLOCK:,}"})


def plain_text(text: str) -> str:
    """HTML as the words that a browser shows, a block on a line, headings by #, items by -; other text as it is."""
    if not HTML.search(text):
        return text
    shown = " ".join(_without_hidden(text, lambda _words: " ").split())
    shown = TAG.sub(lambda match: _line_of(match[0]), shown)
    lines = (" ".join(line.split()).strip("| ") for line in html.unescape(shown).replace("\0", "").split("\n"))
    return "\n\n".join(line for line in lines if line.strip("#- ")) + "\n"


def _line_of(tag: str) -> str:
    """What stands for a tag: a new line for a block, with its sign; nothing for an inline one."""
    if not BLOCK_TAG.match(tag):
        return ""
    if CELL_TAG.match(tag):
        return " | " if tag.startswith("<t") else ""
    return "\n# " if HEADING_TAG.match(tag) else "\n- " if LIST_TAG.match(tag) else "\n"


def _without_hidden(text: str, instead: Callable[[str], str]) -> str:
    """The text with something else for what a browser does not show.

    An end that is nowhere is looked for once: else a text of nothing but beginnings takes hours.
    """
    pieces: list[str] = []
    shown_from = place = 0
    endless: set[str] = set()
    while begin := HIDDEN.search(text, place):
        place, name = begin.end(), (begin[1] or "").lower()
        end = None if name in endless else HIDDEN_END.get(name, COMMENT_END).search(text, place)
        if end is None:
            endless.add(name)
            continue
        pieces += [text[shown_from : begin.start()], instead(text[begin.start() : end.end()])]
        shown_from = place = end.end()
    return "".join([*pieces, text[shown_from:]])


def _blanks(words: str) -> str:
    return "".join("\n" if character == "\n" else " " for character in words)


def _blank(match: re.Match[str]) -> str:
    return _blanks(match[0])


def _without_tags(copy: str) -> str:
    """Tags, and what a browser does not show, as blanks. A block begins a line, an item with a dash, a heading by #."""

    def replace(match: re.Match[str]) -> str:
        tag, length = match[0], len(match[0])
        if not BLOCK_TAG.match(tag):
            return " " * length
        sign = "# " if HEADING_TAG.match(tag) else "- " if LIST_TAG.match(tag) else ""
        return ("\n\n"[: length - len(sign)] + sign).ljust(length) if sign else "\n\n".ljust(length)

    copy = _without_hidden(copy, _blanks).replace("\n", " ")
    copy = TAG.sub(replace, copy)
    return ENTITY.sub(_blank, copy)


def _without_markdown(copy: str) -> str:
    for pattern in (FRONT_MATTER, LINK_TARGET, EMPHASIS):
        copy = pattern.sub(_blank, copy)
    return copy


@cache
def simplified_characters() -> dict[int, str]:
    """From each traditional character to its simplified one, as ICU has them. One by one: a word has no context."""
    simplify = icu.Transliterator.createInstance("Traditional-Simplified").transliterate
    return {
        ord(character): simplified
        for character in _han_characters()
        if (simplified := simplify(character)) != character and len(simplified) == 1
    }


def _han_characters() -> Iterator[str]:
    return (chr(code) for first, end in ((0x3400, 0x4DC0), (0x4E00, 0xA000)) for code in range(first, end))


def is_chinese(words: str) -> bool:
    """Whether more of its letters are Chinese characters than words are Latin."""
    han = len(HAN.findall(words))
    return han > 0 and han >= len(re.findall(r"[A-Za-z]{2,}", words))


def trim(copy: str, start: int, end: int, signs: str = " \t\n,，、;；.。:：") -> tuple[int, int]:
    """The span without white space and stops at its ends."""
    while end > start and copy[end - 1] in signs:
        end -= 1
    while start < end and copy[start] in signs:
        start += 1
    return start, end


def normal(words: str) -> str:
    """Words as they are compared: in one width, with single blanks, in small letters."""
    return " ".join(unicodedata.normalize("NFKC", words).lower().split())
