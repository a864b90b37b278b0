"""The quotes of a paragraph in their order, laid together where they overlap: one's own among the others."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from commitments.i18n.collation import has_chinese
from commitments.i18n.languages import LANGUAGE_TAGS, RECORD_LANGUAGE
from commitments.i18n.phrases import with_ellipses
from commitments.models import Commitment
from commitments.models.commitment import reference_key
from commitments.query.localized import display_title, localize
from commitments.web.links import DayLinks

# So many characters that end one quote and begin another are the same place in the text, not the same word twice.
SAME_PLACE, SAME_PLACE_IN_CHINESE = 12, 4
JOINT = re.compile(r"[\s,;:.、，；：。]*")  # what stands between two phrases, and belongs to neither


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of the passage, and the other commitment whose words they are, if any."""

    text: str
    commitment: Commitment | None = None


@dataclass(slots=True)
class Stretch:
    """Words without a gap, and where in them each quote stands."""

    text: str
    places: list[tuple[Commitment, int, int]]
    lang: str
    before: list[Phrase] = field(default_factory=list)
    marked: list[Phrase] = field(default_factory=list)
    after: list[Phrase] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Passage:
    """What a page shows: stretches with something left out between them; at the ends, too, where a sentence is cut.

    `lang` is the language of the page's own quote; `original` is that quote on record where the page shows a
    translation. `others` says whether other commitments stand in it, `place` which of so many paragraphs it is.
    """

    html: SafeString
    lang: str
    original: str
    others: bool
    place: list[bool]


def passage_of(commitment: Commitment, mates: Iterable[Commitment], links: DayLinks) -> Passage:
    """The passage around a commitment's quote. `mates`: all of the section, itself among them or not."""
    section = sorted({mate.pk: mate for mate in (*mates, commitment)}.values(), key=text_order)
    rows = [row for row in section if row.paragraph == commitment.paragraph]
    stretches = _stretches(rows, commitment)
    for stretch in stretches:
        _split(stretch, commitment)
    quote, lang = localize(commitment, "quote").text, _tag(commitment)
    return Passage(
        html=_passage_html(stretches, lang, links),
        lang=lang,
        original=with_ellipses(commitment.quote) if quote != commitment.quote else "",
        others=len(rows) > 1,
        place=[number == commitment.paragraph for number in range(1, section[-1].paragraph + 1)],
    )


def _passage_html(stretches: list[Stretch], lang: str, links: DayLinks) -> SafeString:
    """The stretches with what stands for the rest; at an end only where a sentence is cut there."""
    first, last = stretches[0], stretches[-1]
    before = with_ellipses(first.text, _verbatim(first, 0)).partition(first.text)[0]
    after = with_ellipses(last.text, _verbatim(last, len(last.text))).rpartition(last.text)[2]
    skipped = '<span class="skipped">{}</span>'
    between = format_html(f" {skipped} ", "……" if lang.startswith("zh") else "…")
    parts = (_stretch_html(stretch, lang, links) for stretch in stretches)
    return format_html(
        "{}{}{}",
        format_html(f"{skipped} ", before.strip()) if before else "",
        format_html_join(between, "{}", ((part,) for part in parts)),
        format_html(f" {skipped}", after.strip()) if after else "",
    )


def _stretch_html(stretch: Stretch, lang: str, links: DayLinks) -> SafeString:
    """A stretch with the page's own quote marked, in its own language where that is another one."""
    before, marked, after = (
        format_html_join("", "{}", ((_phrase_html(phrase, links),) for phrase in phrases))
        for phrases in (stretch.before, stretch.marked, stretch.after)
    )
    html = format_html("{}{}{}", before, format_html("<mark>{}</mark>", marked) if marked else "", after)
    return html if stretch.lang == lang else format_html('<span lang="{}">{}</span>', stretch.lang, html)


def _phrase_html(phrase: Phrase, links: DayLinks) -> str:
    if phrase.commitment is None:
        return phrase.text
    address = links.page("commitment", phrase.commitment.reference)
    return format_html('<a href="{}" title="{}">{}</a>', address, display_title(phrase.commitment), phrase.text)


def text_order(commitment: Commitment) -> tuple[int, str]:
    """Their order in the release as far as the record has it: by paragraph, then as the references were given."""
    return commitment.paragraph, reference_key(commitment.reference)


def _tag(commitment: Commitment) -> str:
    """The language of a quote as `lang` says it: that of its translation, or of its release."""
    language = localize(commitment, "quote").language
    return commitment.release.language if language == RECORD_LANGUAGE else LANGUAGE_TAGS[language]


def _stretches(rows: list[Commitment], own: Commitment) -> list[Stretch]:
    """The quotes in order, each laid over the one that it overlaps."""
    stretches: list[Stretch] = []
    for row in rows:
        row.release = own.release
        text, lang = localize(row, "quote").text, _tag(row)
        if not any(_lay(stretch, row, text) for stretch in reversed(stretches) if stretch.lang == lang):
            stretches.append(Stretch(text, [(row, 0, len(text))], lang))
    return stretches


def _lay(stretch: Stretch, row: Commitment, text: str) -> bool:
    """Lay a quote over a stretch where it stands in it, holds it, goes on from it, or leads up to it."""
    old = stretch.text
    if (start := _find(old, text)) >= 0:
        stretch.places.append((row, start, start + len(text)))
        return True
    if (start := _find(text, old)) >= 0:
        _shift(stretch, start)
        stretch.text = text
        stretch.places.append((row, 0, len(text)))
        return True
    if overlap := _overlap(old, text):
        stretch.text = old + text[overlap:]
        stretch.places.append((row, len(old) - overlap, len(stretch.text)))
        return True
    if overlap := _overlap(text, old):
        _shift(stretch, len(text) - overlap)
        stretch.text = text + old[overlap:]
        stretch.places.append((row, 0, len(text)))
        return True
    return False


def _shift(stretch: Stretch, by: int) -> None:
    stretch.places = [(row, start + by, end + by) for row, start, end in stretch.places]


def _find(text: str, part: str) -> int:
    """Where a part stands in a text as whole words; -1 if nowhere."""
    start = text.find(part)
    whole = start >= 0 and not _cuts_word(text, start) and not _cuts_word(text, start + len(part))
    return start if whole else -1


def _overlap(first: str, second: str) -> int:
    """How many characters end the first and begin the second, if they are enough to be the same place."""
    least = SAME_PLACE_IN_CHINESE if has_chinese(second) else SAME_PLACE
    for length in range(min(len(first), len(second)) - 1, least - 1, -1):
        same = first.endswith(second[:length])
        if same and not _cuts_word(second, length) and not _cuts_word(first, len(first) - length):
            return length
    return 0


def _cuts_word(text: str, at: int) -> bool:
    """Whether a word of letters or digits goes on over this place; Chinese has no such."""
    pair = text[at - 1 : at + 1] if at else ""
    return len(pair) == 2 and all(character.isalnum() for character in pair) and not has_chinese(pair)  # noqa: PLR2004


def _verbatim(stretch: Stretch, at: int) -> str:
    """The quote on record that begins or ends there."""
    return next((row.quote for row, start, end in stretch.places if at in (start, end)), stretch.text)


def _split(stretch: Stretch, own: Commitment) -> None:
    """Fill the stretch's phrases: before, in and after the page's own quote."""
    [start, end] = next(([first, last] for row, first, last in stretch.places if row.pk == own.pk), [0, 0])
    owners = _owners(stretch, own, start, end)
    stretch.before = list(_phrases(stretch.text, owners, 0, start))
    stretch.marked = list(_phrases(stretch.text, owners, start, end))
    stretch.after = list(_phrases(stretch.text, owners, end, len(stretch.text)))


def _owners(stretch: Stretch, own: Commitment, start: int, end: int) -> list[Commitment | None]:
    """Whose words each character is, for links: a phrase that several quotes share is the first one's.

    A quote that would have no words of its own gets those that it has, however shared. In the page's own quote only
    those have words that have none outside it.
    """
    owners: list[Commitment | None] = [None] * len(stretch.text)
    others = [place for place in stretch.places if place[0].pk != own.pk]
    for row, first, last in others:
        free = [at for at in range(first, last) if owners[at] is None]
        if not JOINT.fullmatch("".join(stretch.text[at] for at in free)):
            for at in free:
                owners[at] = row
    for row, first, last in sorted(others, key=lambda place: place[1] - place[2]):
        if row not in owners and any(a <= first and last <= b and last - first < b - a for _row, a, b in others):
            owners[first:last] = [row] * (last - first)
    outside = {row.pk for row in (*owners[:start], *owners[end:]) if row}
    owners[start:end] = [None if row and row.pk in outside else row for row in owners[start:end]]
    return owners


def _phrases(text: str, owners: list[Commitment | None], start: int, end: int) -> Iterator[Phrase]:
    """The phrases of a part, what joins them by itself."""
    for owner, places in groupby(range(start, end), key=lambda at: owners[at]):
        [first, *_more, last] = [*places] * 2
        phrase = text[first : last + 1]
        joint = JOINT.match(phrase)
        if owner and joint and joint.end():
            yield Phrase(joint[0])
            phrase = phrase[joint.end() :]
        if phrase:
            yield Phrase(phrase, owner)
