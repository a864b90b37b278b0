"""From entries of the ledger to rows: what each projection must hold.

Appending, verifying and rebuilding all use the same fold, and nothing else ever writes the projections: so they equal
what the ledger says (R3). `ledger.reconciliation` puts the rows into the tables.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, cast

from django.utils.timezone import localdate

from commitments.domain.assessment import Assessment, CountedUpdate, EvidenceRef, assess_in_turn, effective_on
from commitments.domain.choices import UPDATE_KINDS, EntryKind
from commitments.domain.partial_dates import PartialDate
from commitments.i18n.collation import build_search_text, sort_key
from commitments.i18n.languages import column_suffix
from commitments.ledger.contents import (
    PARTIES,
    UPDATE_FIELDS,
    Content,
    SlugResolver,
    all_public_fields,
    iter_named_texts,
    parse_decimal,
)
from commitments.ledger.stored_rows import read_entries, require_readable
from commitments.models import Commitment, Evidence, LedgerEntry, State, Update

LAST_DAY = date.max  # a state is kept for every day, from the first that there is
SEARCHED_FIELDS = ("reference", "title", "short_title", "quote", "parties_as_stated", "note")  # of a commitment

Translations = dict[str, dict[str, str]]  # by language: from a text on record to its translation


@dataclass(slots=True)
class Projection:
    """What the entries of one commitment come to."""

    columns: dict[str, Any]
    parties: dict[str, set[int]]
    repetitions: dict[int, str]
    published_at: datetime
    retracted_at: datetime | None
    updates: list[Update]
    evidence: list[Evidence]
    states: list[State]


class RedactionIndex:
    """The redaction of each entry that was redacted, and what remains of the entry."""

    def __init__(self) -> None:
        entries = read_entries(LedgerEntry.objects.filter(kind=EntryKind.REDACTION))
        self.by_target: dict[int, LedgerEntry] = {int(entry.target_id or 0): entry for entry in entries}

    def remaining(self, entry: LedgerEntry) -> Content | None:
        """The entry's content, or what its redaction left of it; None where nothing is left."""
        if entry.content:
            return entry.data
        redaction = self.by_target.get(entry.sequence)
        redaction_content = self.remaining(redaction) if redaction else None
        return redaction_content.get("remaining") if redaction_content else None


def fold_entries(
    commitment: Commitment,
    entries: Sequence[LedgerEntry],
    resolver: SlugResolver,
    redactions: RedactionIndex,
    translations: Translations,
) -> Projection:
    """All projections of one commitment, from its entries in order. The first is its publication.

    `translations`: the translations of its texts, also of some that are not on record.
    """
    require_readable(entries)
    retracted = {int(entry.target_id or 0): entry for entry in entries if entry.kind == EntryKind.RETRACTION}
    contents = {entry.sequence: redactions.remaining(entry) for entry in entries}
    fields = public_fields(entries, contents, retracted)
    places = texts_with_places(entries, contents, redactions)
    texts = list(dict.fromkeys(text for _entry, _name, text in places if text))
    translated = {
        language: {text: by_text[text] for text in texts if by_text.get(text)}
        for language, by_text in translations.items()
    }
    columns = resolver.columns(fields) | translation_columns(fields, texts, translated)
    updates = [update_rows(entry, contents[entry.sequence] or {}) for entry in entries if entry.kind in UPDATE_KINDS]
    for update, evidence in updates:
        update.commitment = commitment
        update.search_text = search_text_of([update.note, *(row.title for row in evidence)], translated)
        if update.reply_of_id:
            resolver.organisations([update.reply_of_id])  # KeyError where its slug is gone
        update.retracted_by = retracted.get(update.pk)
        update.redacted_by = redactions.by_target.get(update.pk)
    facts = [to_counted_update(update, evidence) for update, evidence in updates if update.stands]
    return Projection(
        columns=columns,
        parties={name: resolver.organisations(fields[name]) for name in PARTIES},
        repetitions=resolver.repetitions(fields["repeats"]),
        published_at=entries[0].recorded_at,
        retracted_at=retraction.recorded_at if (retraction := retracted.get(entries[0].sequence)) else None,
        updates=[update for update, _evidence in updates],
        evidence=[row for _update, evidence in updates for row in evidence],
        states=[state_row(commitment, *span) for span in state_spans(columns["deadline"], facts)],
    )


def texts_with_places(
    entries: Iterable[LedgerEntry], contents: dict[int, Content | None], redactions: RedactionIndex
) -> Iterator[tuple[LedgerEntry, str, str]]:
    """Each text that the entries say, after its entry and its field; a text may be empty."""
    for entry in entries:
        for name, text in iter_named_texts(entry.kind, contents[entry.sequence] or {}):
            yield entry, name, text
        redaction = redactions.by_target.get(entry.sequence)
        while redaction:
            for name, text in iter_named_texts(redaction.kind, redaction.data or {}):
                yield redaction, name, text
            redaction = redactions.by_target.get(redaction.sequence)


def translation_columns(fields: Content, texts: Sequence[str], translated: Translations) -> dict[str, Any]:
    """The columns of a commitment that come from its translations; texts without one stand for themselves."""
    columns: dict[str, Any] = {
        "translated": {language: translations for language, translations in translated.items() if translations},
        "search_text": search_text_of([fields[name] for name in SEARCHED_FIELDS], translated),
    }
    for language, translations in translated.items():
        title = translations.get(fields["title"], fields["title"])
        columns[f"title_key{column_suffix(language)}"] = sort_key(title, language)
        columns[f"untranslated{column_suffix(language)}"] = len(texts) - len(translations)
    return columns


def search_text_of(texts: Iterable[str], translated: Translations) -> str:
    """What searches look through: the texts, each with its translations."""
    versions: list[str] = []
    for text in texts:
        versions += [text, *(translations[text] for translations in translated.values() if text in translations)]
    return build_search_text(*versions)


def public_fields(
    entries: Sequence[LedgerEntry], contents: dict[int, Content | None], retracted: Container[int]
) -> Content:
    """The public fields of a commitment: as they were published, with every correction that stands."""
    fields = all_public_fields(contents[entries[0].sequence] or {})
    for entry in entries:
        correction = contents[entry.sequence]
        if entry.kind == EntryKind.CORRECTION and correction and entry.sequence not in retracted:
            fields |= {change["field"]: change["after"] for change in correction["changes"]}
    return fields


def update_rows(entry: LedgerEntry, content: Content) -> tuple[Update, list[Evidence]]:
    """The update and evidence rows of a report, context or check; all but empty where it was removed."""
    values = {name: content[name] for name in UPDATE_FIELDS[entry.kind] if name in content}
    values["achieved"] = parse_decimal(values.get("achieved", ""))
    recorded_on = localdate(entry.recorded_at)
    update = Update(
        entry=entry,
        **{name: getattr(entry, name) for name in ("kind", "recorded_at", "role", "organisation")},
        reply_of_id=content.get("reply_of"),
        **({"basis": ""} | values),
    )
    update.effective_on = effective_on(update.date, recorded_on) if update.date else recorded_on
    evidence = [
        Evidence(update=update, position=position, **row) for position, row in enumerate(content.get("evidence", ()), 1)
    ]
    return update, evidence


def to_counted_update(update: Update, evidence: Sequence[Evidence]) -> CountedUpdate:
    """An update that counts, as the rules see it."""
    return CountedUpdate(
        sequence=update.pk,
        dated=cast("PartialDate", update.date),  # an update that stands has one
        recorded_on=localdate(update.recorded_at),
        **{name: getattr(update, name) for name in COUNTED},
        is_reply=bool(update.reply_of_id),
        supports=tuple(EvidenceRef(row.url, row.relation, row.source, row.copy) for row in evidence),
    )


def state_row(commitment: Commitment, first: date, until: date, assessment: Assessment) -> State:
    """How a commitment stands in a span of days in which nothing changes."""
    said = {name: getattr(assessment, name) for name in STATED}
    return State(
        commitment=commitment, from_day=first, until_day=until, evidence_urls=evidence_urls(assessment), **said
    )


def state_spans(
    stated_deadline: PartialDate | None, facts: Iterable[CountedUpdate]
) -> Iterator[tuple[date, date, Assessment]]:
    """The spans of days in which nothing changes, covering every day; the last day of each is not included."""
    days, assessments = zip(*assess_in_turn(stated_deadline, facts), strict=True)
    for (first, until), assessment in zip(pairwise((*days, LAST_DAY)), assessments, strict=True):
        yield first, until, assessment


COUNTED = ("kind", "effective_on", "status", "stop_reason", "achieved", "deadline", "note")  # as an update has it
STATED = (  # as an assessment has it
    *("status", "stop_reason", "status_on", "completed_on", "achieved", "deadline", "original_deadline", "evidence"),
    *("last_entry_on", "last_news_on", "last_checked_on", "note", "background_note"),
)


def evidence_urls(assessment: Assessment) -> str:
    """The addresses of what a status rests on, once each, a line for each."""
    return "\n".join(dict.fromkeys([support.url for support in assessment.supports]))
