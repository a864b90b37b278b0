"""Translating what is on record: what there is to translate, and the one way to record a translation.

The chain knows nothing of translations. Each is a row of a table that is only added to, and what it comes to is
projected beside the record, in the same transaction.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.domain.choices import UPDATE_KINDS, EntryKind
from commitments.domain.text_lengths import MAX_TEXT_LENGTH
from commitments.i18n.languages import CHINESE
from commitments.ledger.append import lock_head
from commitments.ledger.contents import EVIDENCE_TEXT_FIELDS, UPDATE_TEXT_FIELDS, iter_named_texts, publication_content
from commitments.ledger.new_entries import Actor
from commitments.ledger.projection import RedactionIndex, texts_with_places
from commitments.ledger.reconciliation import BATCH_SIZE, reconcile_projections
from commitments.models import Commitment, DraftUpdate, LedgerEntry, Translation


@dataclass(frozen=True, slots=True)
class NewTranslation:
    """How a text of a commitment is said in another language; an empty `text` takes back what was said before."""

    commitment: Commitment
    language: str
    source: str
    text: str


def record_translations(
    new_translations: Sequence[NewTranslation], by: Actor, recorded_at: datetime | None = None
) -> int:
    """Record translations, all or none; give how many said something new. Raises ValidationError.

    `recorded_at`: of those that come with entries whose times a file brings; else now. The head of the ledger is held
    meanwhile, and left as it is: publishing and translating wait for each other.
    """
    with transaction.atomic():
        lock_head()
        latest = latest_translations(new_translation.commitment.pk for new_translation in new_translations)
        rows = []
        for new_translation in new_translations:
            check_translation(new_translation)
            place = (new_translation.commitment.pk, new_translation.language, new_translation.source)
            if latest.get(place, "") != new_translation.text:
                latest[place] = new_translation.text
                rows.append(
                    Translation(
                        commitment=new_translation.commitment,
                        language=new_translation.language,
                        source=new_translation.source,
                        text=new_translation.text,
                        recorded_at=(recorded_at or timezone.now()).replace(microsecond=0),
                        **asdict(by),
                    )
                )
        Translation.objects.bulk_create(rows, batch_size=BATCH_SIZE)
        reconcile_projections(sorted({row.commitment.reference for row in rows}))
    return len(rows)


def check_translation(new_translation: NewTranslation) -> None:
    """Raise ValidationError where a translation cannot be kept."""
    if new_translation.language not in CHINESE:
        raise ValidationError(f"There is no language {new_translation.language!r}: write one of {', '.join(CHINESE)}.")
    if not new_translation.source:
        raise ValidationError(_("Only a text can be translated."))
    if len(new_translation.text) > MAX_TEXT_LENGTH:
        raise ValidationError(_("A translation has at most %(most)s characters.") % {"most": MAX_TEXT_LENGTH})
    if "\0" in new_translation.text:
        raise ValidationError(_("It holds a character that is no text. Type the cell again."))


def latest_translations(commitment_ids: Iterable[int]) -> dict[tuple[int, str, str], str]:
    """By commitment, language and text on record: its translation, or an empty text where it was taken back."""
    rows = Translation.objects.filter(commitment__in=set(commitment_ids)).order_by("pk")
    return {
        (commitment_id, language, source): text
        for commitment_id, language, source, text in rows.values_list("commitment_id", "language", "source", "text")
    }


@dataclass(frozen=True, slots=True)
class TextPlace:
    """Where a text stands: in a field of an entry, of the draft of an update, or of a draft commitment."""

    name: str
    entry: LedgerEntry | None = None
    draft: DraftUpdate | None = None


def text_places(commitment: Commitment) -> dict[str, TextPlace]:
    """Every text of a commitment that can be translated, each with the place where it stands first.

    That is of its record, or of the draft; then of drafts of updates.
    """
    return {text: places[0] for text, places in places_of_texts(commitment).items()}


def places_of_texts(commitment: Commitment) -> dict[str, list[TextPlace]]:
    """The same, each with every place where it stands: of the record first, then of drafts."""
    places: dict[str, list[TextPlace]] = {}
    for place, text in [*_texts_on_record(commitment), *_texts_of_drafts(commitment)]:
        if text:
            places.setdefault(text, []).append(place)
    return places


def _texts_on_record(commitment: Commitment) -> Iterator[tuple[TextPlace, str]]:
    entries = list(LedgerEntry.objects.filter(commitment=commitment).order_by("sequence"))
    if not entries:
        content = publication_content(commitment)
        yield from ((TextPlace(name), text) for name, text in iter_named_texts(EntryKind.PUBLISHED, content))
        return
    redactions = RedactionIndex()
    remaining = {entry.sequence: redactions.remaining(entry) for entry in entries}
    for entry, name, text in texts_with_places(entries, remaining, redactions):
        yield TextPlace(name, entry), text


def _texts_of_drafts(commitment: Commitment) -> Iterator[tuple[TextPlace, str]]:
    drafts = DraftUpdate.objects.filter(commitment=commitment, published_as=None).order_by("pk")
    for draft in drafts.prefetch_related("evidence"):
        content: dict[str, Any] = {name: getattr(draft, name) for name in UPDATE_TEXT_FIELDS}
        content["evidence"] = [
            {name: getattr(row, name) for name in EVIDENCE_TEXT_FIELDS} for row in draft.evidence.all()
        ]
        kind = str(draft.kind) if draft.kind in UPDATE_KINDS else EntryKind.REPORT
        yield from ((TextPlace(name, draft=draft), text) for name, text in iter_named_texts(kind, content))
