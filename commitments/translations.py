"""Translating what is on record: what there is to translate, and the one way to record a translation.

The chain knows nothing of translations. Each is a row of a table that is only added to, and what it comes to is
projected beside the record, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from commitments import content, ledger
from commitments.choices import UPDATE_KINDS, EntryKind
from commitments.languages import CHINESE, RECORD, TAGS, current, has_han
from commitments.models import Commitment, DraftUpdate, LedgerEntry, Translation
from commitments.projection import Redactions, places_on_record, project

LONGEST = 10_000  # characters


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and the language that it is in: the one asked for, or that of the record where there is no other."""

    text: str
    language: str

    @property
    def is_foreign(self) -> bool:
        """Whether it is in another language than the page, and must be marked so."""
        return bool(self.text) and self.language != current()

    @property
    def marked(self) -> SafeString:
        """For a page: with its language where that is not the page's."""
        if self.is_foreign:
            return format_html('<span lang="{}">{}</span>', TAGS[self.language], self.text)
        return escape(self.text)


def said(thing: Any, name: str) -> Said:
    """A text of a commitment, update or piece of evidence, or of what staff name, in the language of the moment."""
    text, language = str(getattr(thing, name)), current()
    if language == RECORD or not text:
        return Said(text, RECORD)
    found = thing.translation(name, language)
    return Said(found or text, language if found else RECORD)


def said_of(commitment: Commitment | None, text: str) -> Said:
    """Any text of a commitment's record in the language of the moment."""
    language = current()
    found = commitment.translation_of(text, language) if commitment and language != RECORD else ""
    return Said(found or text, language if found else RECORD)


def named(commitment: Commitment) -> str:
    """A commitment by its reference and title, in the language of the moment."""
    return f"{commitment.reference} {said(commitment, 'title').text}"


def guessed(text: str) -> Said:
    """A text whose language nobody says: on a page in Chinese it is Chinese if it has a Chinese character."""
    return Said(text, current() if has_han(text) else RECORD)


def shortened(one: Said, words: int) -> Said:
    """The first words of a text; of Chinese, which stands without spaces, twice as many characters."""
    cut = Truncator(one.text)
    return replace(
        one, text=cut.chars(2 * words, truncate="…") if one.language in CHINESE else cut.words(words, truncate=" …")
    )


@dataclass(frozen=True, slots=True)
class NewTranslation:
    """How a text of a commitment is said in another language; an empty `text` takes back what was said before."""

    commitment: Commitment
    language: str
    source: str
    text: str


def record(new: Sequence[NewTranslation], by: ledger.Recorder) -> int:
    """Record translations, all or none, and how many said something new. Raises ValidationError.

    The head of the ledger is held meanwhile, and left as it is: publishing and translating wait for each other.
    """
    with transaction.atomic():
        ledger.hold()
        known = latest(one.commitment.pk for one in new)
        rows = []
        for one in new:
            check(one)
            place = (one.commitment.pk, one.language, one.source)
            if known.get(place, "") != one.text:
                known[place] = one.text
                rows.append(_row(one, by))
        Translation.objects.bulk_create(rows, batch_size=500)
        project(sorted({row.commitment.reference for row in rows}))
    return len(rows)


def check(new: NewTranslation) -> None:
    """Raise ValidationError where a translation cannot be kept."""
    if new.language not in CHINESE:
        raise ValidationError(f"There is no language {new.language!r}: write one of {', '.join(CHINESE)}.")
    if not new.source:
        raise ValidationError(_("Only a text can be translated."))
    if len(new.text) > LONGEST:
        raise ValidationError(_("A translation has at most %(most)s characters.") % {"most": LONGEST})
    if "\0" in new.text:
        raise ValidationError(_("It holds a character that is no text. Type the cell again."))


def _row(new: NewTranslation, by: ledger.Recorder) -> Translation:
    return Translation(
        commitment=new.commitment,
        language=new.language,
        source=new.source,
        text=new.text,
        recorded_at=timezone.now().replace(microsecond=0),
        role=by.role,
        organisation=by.organisation,
    )


def latest(commitments: Iterable[int]) -> dict[tuple[int, str, str], str]:
    """By commitment, language and text on record: its translation, or an empty text where it was taken back."""
    rows = Translation.objects.filter(commitment__in=set(commitments)).order_by("pk")
    return {
        (commitment, language, source): text
        for commitment, language, source, text in rows.values_list("commitment_id", "language", "source", "text")
    }


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: in a field of an entry, of the draft of an update, or of a draft commitment."""

    name: str
    entry: LedgerEntry | None = None
    draft: DraftUpdate | None = None


def texts_of(commitment: Commitment) -> list[str]:
    """Every text of a commitment that can be translated: of its record, or of the draft; then of drafts of updates."""
    return list(places_of(commitment))


def places_of(commitment: Commitment) -> dict[str, Place]:
    """The same, each with the place where it stands first."""
    places: dict[str, Place] = {}
    for place, text in [*_on_record(commitment), *_drafted(commitment)]:
        if text:
            places.setdefault(text, place)
    return places


def _on_record(commitment: Commitment) -> Iterator[tuple[Place, str]]:
    entries = list(LedgerEntry.objects.filter(commitment=commitment).order_by("sequence"))
    if not entries:
        said = content.publication(commitment)
        yield from ((Place(name), text) for name, text in content.named_texts(EntryKind.PUBLISHED, said))
        return
    redactions = Redactions()
    remaining = {entry.sequence: redactions.remaining(entry) for entry in entries}
    for entry, name, text in places_on_record(entries, remaining, redactions):
        yield Place(name, entry), text


def _drafted(commitment: Commitment) -> Iterator[tuple[Place, str]]:
    drafts = DraftUpdate.objects.filter(commitment=commitment, published_as=None).order_by("pk")
    for draft in drafts.prefetch_related("evidence"):
        told: dict[str, Any] = {name: getattr(draft, name) for name in content.TOLD}
        told["evidence"] = [{name: getattr(row, name) for name in content.SHOWN} for row in draft.evidence.all()]
        kind = str(draft.kind) if draft.kind in UPDATE_KINDS else EntryKind.REPORT
        yield from ((Place(name, draft=draft), text) for name, text in content.named_texts(kind, told))
