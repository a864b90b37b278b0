"""Addresses that are given as evidence: what may not stand in one, and which host looks like another.

An address on record is opened by readers for years, so it names a page and nothing else: nobody's password, no
character that nobody sees, no full stop of the sentence that it was copied from. The scripts of a host are held
together by the rule of Unicode's UTS 39, "highly restrictive", here for the whole host and not for each label: Latin
may stand beside Chinese, Japanese or Korean, and any other script stands alone.
"""

import re
import unicodedata
from collections import Counter
from urllib.parse import quote, unquote, urlsplit

from django.utils.translation import gettext as _

# A user's name and password before the host, up to the last @: so do browsers read it.
CREDENTIALS = re.compile(r"^([a-z][a-z0-9+.-]*:[/\\]{2})[^/\\?#]*@", re.IGNORECASE)
# Letters, marks and symbols by their category that show nothing, or next to nothing: fillers of Hangul, joiners,
# variation selectors, the empty pattern of Braille.
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
INVISIBLE_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp")
# What ends a sentence or a quotation in Chinese, in full and in half width, and what in other languages is typed so.
SENTENCE_MARKS = "，。、；：！？…—·～﹐﹑﹒﹔﹕﹖﹗｡､︰．‧•“‘«"
# A closing mark belongs to the address where its opening mark does: a page's name may end in brackets.
CLOSING_MARKS = {
    "）": "（", "」": "「", "』": "『", "》": "《", "〉": "〈", "】": "【", "〕": "〔", "〗": "〖", "〙": "〘",
    "｝": "｛", "］": "［", "｣": "｢", "”": "“", "’": "‘", "»": "«", "＞": "＜", "﹚": "﹙", "〞": "〝",
}  # fmt: skip
OPENING_MARKS = frozenset(CLOSING_MARKS.values())
ENCODED_TAIL = re.compile(r"(?:%[0-9a-f]{2})+$", re.IGNORECASE)
ENCODED_LABEL = "xn--"
# Scripts that are used together. Latin also stands alone with any of these.
SCRIPTS_TOGETHER = ({"LATIN", "CJK", "BOPOMOFO"}, {"LATIN", "CJK", "HIRAGANA", "KATAKANA"}, {"LATIN", "CJK", "HANGUL"})
# Latin letters of phonetic notation, of which many look like another, such as its g and a.
PHONETIC = ((0x0250, 0x02AF), (0x1D00, 0x1DBF), (0xA720, 0xA7FF), (0xAB30, 0xAB6F))


class AddressError(ValueError):
    """An address cannot be evidence. The message says what is wrong, and what to write instead."""


def check_address(address: str) -> None:
    """Raise AddressError for a user's name, a character that nobody sees, or a sentence's punctuation at the end."""
    visible = "".join(character for character in address if not is_invisible(character))
    if visible != address:
        message = _("It holds a blank, or a character that nobody sees. Write: %(address)s")
        raise AddressError(message % {"address": visible})
    if CREDENTIALS.match(address):
        message = _("It holds somebody’s user name or password, which would be public. Write: %(address)s")
        raise AddressError(message % {"address": CREDENTIALS.sub(r"\1", address)})
    if (cut := without_sentence_marks(address)) != address:
        message = _("“%(end)s” at its end belongs to the sentence that it was copied from. Write: %(address)s")
        end = readable(address)[len(readable(cut)) :]
        seen = address[len(cut) :] if any(map(is_invisible, end)) else end
        raise AddressError(message % {"end": seen, "address": cut})
    _check_host(address)


def _check_host(address: str) -> None:
    """Of letters, digits, hyphens and dots alone, as narrow as they are typed in a browser."""
    host = host_of(address)
    narrow = unicodedata.normalize("NFKC", host.translate(str.maketrans("。．｡", "...")))
    if narrow != unicodedata.normalize("NFC", host):
        message = _("Its host is written in letters of another width or form. Write: %(host)s")
        raise AddressError(message % {"host": narrow})
    if any(
        unicodedata.category(character)[0] not in "LMN" and character not in "-.:_" for character in readable_host(host)
    ):
        raise AddressError(_("“%(host)s” is the name of no host.") % {"host": host})


def is_invisible(character: str) -> bool:
    """Whether a character is blank, changes the direction of others, or shows nothing."""
    return unicodedata.category(character) in INVISIBLE_CATEGORIES or bool(INVISIBLE.match(character))


def without_sentence_marks(address: str) -> str:
    """The address without Chinese punctuation at its end that is not its own, percent-encoded or not."""
    text = readable(address)
    marks = Counter(unquote(address))
    end = len(text)
    while end and _is_of_sentence(text[end - 1], marks):
        marks[text[end - 1]] -= 1
        end -= 1
    cut = text[end:]
    if not cut:
        return address
    for mark in reversed(cut):
        encoded = quote(mark)
        if address.endswith(mark):
            address = address[: -len(mark)]
        elif address.lower().endswith(encoded.lower()):
            address = address[: -len(encoded)]
    return address


def _is_of_sentence(mark: str, marks: Counter[str]) -> bool:
    """Whether the last character of an address is none of its own; `marks`: how often each stands in it."""
    alone = mark in CLOSING_MARKS and marks[CLOSING_MARKS[mark]] < marks[mark]
    return alone or mark in SENTENCE_MARKS or mark in OPENING_MARKS or is_invisible(mark)


def readable(address: str) -> str:
    """The address with what is percent-encoded at its end as people read it."""
    if tail := ENCODED_TAIL.search(address):
        try:
            return address[: tail.start()] + unquote(tail.group(), errors="strict")
        except UnicodeDecodeError:
            return address
    return address


def host_of(address: str) -> str:
    """The host, as it is written; empty where there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # brackets that hold no network address: https://[::1/
        return ""


def readable_host(host: str) -> str:
    """The host with its encoded labels (`xn--…`) as readers may see them; AddressError where one says nothing."""
    try:
        return ".".join(
            _decoded(label) if label.lower().startswith(ENCODED_LABEL) else label for label in host.split(".")
        )
    except (ValueError, OverflowError) as error:
        raise AddressError(_("“%(host)s” is the name of no host.") % {"host": host}) from error


def _decoded(label: str) -> str:
    """An encoded label; ValueError where it says nothing."""
    text = label[len(ENCODED_LABEL) :].encode("ascii").decode("punycode")
    if not text:
        raise ValueError(label)
    return text


def mixed_scripts(address: str) -> tuple[str, ...]:
    """The scripts of a host that are not used together, by their names in Unicode; none where it looks like itself."""
    try:
        host = readable_host(host_of(address))
    except AddressError:
        return ()
    scripts = {script for character in host if (script := script_of(character))}
    if len(scripts) <= 1 or any(scripts <= together for together in SCRIPTS_TOGETHER):
        return ()
    return tuple(sorted(scripts))


def script_of(character: str) -> str:
    """The script of a letter, by the first word of its name; nothing for digits, hyphens and marks."""
    if not character.isalpha():
        return ""
    name = re.split("[ -]", unicodedata.name(character, "UNKNOWN"))[0]
    if name == "LATIN" and any(first <= ord(character) <= last for first, last in PHONETIC):
        return "PHONETIC"
    return "CJK" if name == "IDEOGRAPHIC" else name


def mixed_scripts_warning(address: str) -> str:
    """What staff are told of a host of mixed scripts, and may confirm; nothing where it has one."""
    scripts = mixed_scripts(address)
    if not scripts:
        return ""
    message = _("The host “%(host)s” is written in letters of several scripts (%(scripts)s) and may pass for another.")
    names = " + ".join(script.capitalize() for script in scripts)
    return message % {"host": readable_host(host_of(address)), "scripts": names}
