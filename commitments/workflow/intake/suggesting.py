"""What a text of an accepted span may be called in Chinese, each suggestion with where it comes from."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models.functions import Lower, Substr, Trim
from django.utils.translation import gettext as _
from django.utils.translation import override

from commitments.domain.reading.phrasing import chinese_done_when
from commitments.domain.reading.source_text import normal
from commitments.i18n.languages import CHINESE, RECORD_LANGUAGE, column_suffix
from commitments.models import Intake, IntakeSpan, Translation
from commitments.workflow.intake.aligning import TRADITIONAL, AlignedWords, aligned_words, form_of

OPENING = 8  # characters by which the database finds texts that may be the same
BATCH_SIZE = 200
FIXED_WORDING = ("owner_note", "parties_as_stated")  # columns that the reader fills with sentences of its own


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text in Chinese, and a sentence that says where it comes from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class EarlierTranslation:
    """How a text was translated before, and of which commitment."""

    text: str
    reference: str


class Suggestions:
    """For the texts of some spans. `aligned`: by the key of a span what the Chinese text says there."""

    def __init__(self, intake: Intake, spans: Iterable[IntakeSpan], texts: Collection[str]) -> None:
        self.earlier = earlier_translations(texts)
        self.aligned = aligned_words(intake, spans)
        self.form = form_of(intake.chinese_text)

    def suggest(self, span: IntakeSpan, column: str, language: str) -> Suggestion | None:
        """For the text in one of a span's columns: as it was translated before, else from the Chinese text."""
        text = span.cells.get(column, "")
        if earlier := self.earlier.get((normal(text), language)):
            message = _("Suggested, not saved yet: so it was translated for %(reference)s.")
            return Suggestion(earlier.text, message % {"reference": earlier.reference})
        if column in FIXED_WORDING:
            return _fixed_wording(span, column, language)
        if column == "done_when":
            return self._done_when(span, language)
        found = self.aligned.get(span.pk)
        words = {"title": found.title, "deadline_as_stated": found.deadline_as_stated}.get(column) if found else ""
        if not (found and words and language == self.form and found.is_likely):
            return None
        if text != span.reading.get({"deadline_as_stated": "deadline_words"}.get(column, column)):
            return None  # somebody wrote other words than the text's
        return Suggestion(words, _("Suggested, not saved yet: from the Chinese text of the release."))

    def _done_when(self, span: IntakeSpan, language: str) -> Suggestion | None:
        """By the reader's rule, where the English is the reader's draft, too, and the Chinese title is known."""
        if span.cells.get("done_when") != span.reading.get("done_when"):
            return None
        title = span.cells.get(f"title{column_suffix(language)}", "")
        if not title and (suggested := self.suggest(span, "title", language)):
            title = suggested.text
        if not title:
            return None
        text = chinese_done_when(title, span.cells.get("kind", ""), traditional=language == TRADITIONAL)
        return Suggestion(text, _("Suggested, not saved yet: drafted from the Chinese title, as the English was."))

    def chinese_of(self, span: IntakeSpan) -> AlignedWords | None:
        """What the Chinese text says where a span stands."""
        return self.aligned.get(span.pk)


def _fixed_wording(span: IntakeSpan, column: str, language: str) -> Suggestion | None:
    """A sentence of the reader's own, as our catalogue has it."""
    with override(RECORD_LANGUAGE):
        own = {span.reading.get("owner_note"), _("not named in the text")} - {None, ""}
    text = span.cells.get(column, "")
    with override(language):
        translated = _(text) if text in own else text
    if translated == text:
        return None
    return Suggestion(translated, _("Suggested, not saved yet: this note has a fixed wording."))


def earlier_translations(texts: Collection[str]) -> Mapping[tuple[str, str], EarlierTranslation]:
    """By text, case and spaces folded, and language: the latest translation on record. Not where it was taken back."""
    folded = set(map(normal, texts)) - {""}
    openings = sorted({text[:OPENING] for text in folded})
    found: dict[tuple[int, str, str], EarlierTranslation] = {}
    for start in range(0, len(openings), BATCH_SIZE):
        rows = Translation.objects.filter(language__in=CHINESE).annotate(
            opening=Lower(Substr(Trim("source"), 1, OPENING))
        )
        rows = rows.filter(opening__in=openings[start : start + BATCH_SIZE])
        for pk, source, language, text, reference in rows.values_list(
            "pk", "source", "language", "text", "commitment__reference"
        ):
            if (key := normal(source)) in folded:
                found[pk, key, language] = EarlierTranslation(text, reference)
    latest = {(source, language): found[pk, source, language] for pk, source, language in sorted(found)}
    return {key: earlier for key, earlier in latest.items() if earlier.text}
