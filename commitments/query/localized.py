"""A text in the language of the page: its translation where there is one, else as it is on record."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import pgettext

from commitments.i18n.collation import has_chinese
from commitments.i18n.languages import CHINESE, LANGUAGE_TAGS, RECORD_LANGUAGE, current_language
from commitments.ledger.contents import format_decimal
from commitments.models import Commitment


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """A text, and the language that it is in: the one asked for, or that of the record where there is no other."""

    text: str
    language: str

    @property
    def is_foreign(self) -> bool:
        """Whether it is in another language than the page, and must be marked so."""
        return bool(self.text) and self.language != current_language()

    @property
    def marked(self) -> SafeString:
        """For a page: with its language where that is not the page's."""
        if self.is_foreign:
            return format_html('<span lang="{}">{}</span>', LANGUAGE_TAGS[self.language], self.text)
        return escape(self.text)


def localize(instance: Any, name: str) -> LocalizedText:
    """A text of a commitment, update or piece of evidence, or of what staff name, in the language of the moment."""
    text, language = str(getattr(instance, name)), current_language()
    if language == RECORD_LANGUAGE or not text:
        return LocalizedText(text, RECORD_LANGUAGE)
    translation = instance.translation(name, language)
    return LocalizedText(translation or text, language if translation else RECORD_LANGUAGE)


def localize_record_text(commitment: Commitment | None, text: str) -> LocalizedText:
    """Any text of a commitment's record in the language of the moment."""
    language = current_language()
    translation = commitment.translation_of(text, language) if commitment and language != RECORD_LANGUAGE else ""
    return LocalizedText(translation or text, language if translation else RECORD_LANGUAGE)


def display_title(commitment: Commitment) -> str:
    """A commitment by its reference and title, in the language of the moment."""
    return f"{commitment.reference} {localize(commitment, 'title').text}"


def localize_short_title(commitment: Commitment) -> LocalizedText:
    """Its short title, else its title, in the language of the moment.

    A title in the reader's language comes before a short one that nobody has translated.
    """
    if not commitment.short_title:
        return localize(commitment, "title")
    short_title = localize(commitment, "short_title")
    title = localize(commitment, "title") if short_title.is_foreign else short_title
    return short_title if title.is_foreign else title


def guess_language(text: str) -> LocalizedText:
    """A text whose language nobody says: on a page in Chinese it is Chinese if it has a Chinese character."""
    return LocalizedText(text, current_language() if has_chinese(text) else RECORD_LANGUAGE)


def shorten(localized_text: LocalizedText, words: int) -> LocalizedText:
    """The first words of a text; of Chinese, which stands without spaces, twice as many characters."""
    truncator = Truncator(localized_text.text)
    return replace(
        localized_text,
        text=truncator.chars(2 * words, truncate="…")
        if localized_text.language in CHINESE
        else truncator.words(words, truncate=" …"),
    )


def quantity(value: Decimal | None, commitment: Commitment) -> SafeString:
    """How much of what the commitment counts: "40 employees", 「40名員工」."""
    unit = localize(commitment, "unit")
    # A word of another script keeps its distance.
    pattern = "{} {}" if unit.is_foreign else pgettext("a number and what is counted", "{} {}")
    return format_html(pattern, format_decimal(value), unit.marked)
