"""Which commitments have rows that are not, beyond doubt, what the ledger says: those are then looked at closely.

Verifying a large ledger spends nearly all its time on what is right. So here rows are read as they are stored, some
hundred commitments at a time, and compared with what their entries say as plain values, without a model for each. What
this cannot tell to be right, or does not know (a redaction, a retraction, a correction, a text that is no JSON), is a
suspect, no more: `ledger.reconciliation` alone says what differs. Every column of every projection is compared
(`tests/ledger/test_verify_columns.py`).
"""

import json
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from commitments.domain.assessment import Assessment, CountedUpdate, EvidenceRef
from commitments.domain.choices import EntryKind
from commitments.domain.partial_dates import parse_partial_date
from commitments.i18n.collation import sort_key
from commitments.i18n.languages import CHINESE, column_suffix
from commitments.ledger.chain_verification import Progress
from commitments.ledger.contents import (
    ADDED_FIELDS,
    EVIDENCE_FIELDS,
    FREE_TEXT_FIELDS,
    Content,
    parse_day,
    parse_decimal,
)
from commitments.ledger.projection import SEARCHED_FIELDS, Translations, evidence_urls, search_text_of, state_spans
from commitments.ledger.stored_rows import read_time, stored_column, stored_decimal, stored_rows, stored_sql
from commitments.models import (
    Commitment,
    Evidence,
    LedgerEntry,
    Ownership,
    Partnership,
    Repetition,
    State,
    Translation,
    Update,
)

BATCH_SIZE = 500  # commitments that are looked at together
BELOW_EVERY_NUMBER = -(2**63) + 1  # somebody may have put in a row with any
# What a content that is not what it should be runs into.
NOT_UNDERSTOOD = (AttributeError, KeyError, StopIteration, TypeError, ValueError, ValidationError)
Interval = tuple[str, str | None, str | None]  # a partial date and its days, as they are stored
Row = tuple[Any, ...]

NO_DATE: Interval = ("", None, None)

# Columns in the order in which they are compared.
COMMITMENT_TEXTS = (
    *("reference", "title", "quote", "kind", "force", "level", "parties_as_stated", "owner_note"),
    *("deadline_as_stated", "deadline_basis", "unit", "measure", "done_when", "note"),
    *("paragraph", "owner_inferred", "target_approximate"),
)
COMMITMENT_COLUMNS = (
    *("id", "published_at", "retracted_at", "translated", "search_text", "short_title"),
    *("deadline", "deadline_first", "deadline_last", "target", "review_on"),
    *(f"{name}{column_suffix(language)}" for language in CHINESE for name in ("title_key", "untranslated")),
    *COMMITMENT_TEXTS,
)
REPORT_TEXTS = ("date", "status", "stop_reason", "basis", "deadline", "deadline_reason", "note")
UPDATE_COLUMNS = (
    *("commitment_id", "sequence", "kind", "recorded_at", "role", "organisation"),
    *(*REPORT_TEXTS, "searched", "achieved", "reply_of_id"),
    *("date_first", "date_last", "deadline_first", "deadline_last", "effective_on"),
    *("retracted_by_id", "redacted_by_id", "search_text"),
)
EVIDENCE_COLUMNS = ("update_id", "position", *EVIDENCE_FIELDS, "copy", "date_first", "date_last")
STATE_DATES = ("status_on", "completed_on", "deadline", "original_deadline")
STATE_COLUMNS = (
    *("commitment_id", "from_day", "until_day", "status", "stop_reason", "achieved", "evidence"),
    *("last_entry_on", "last_news_on", "last_checked_on", "note", "background_note", "evidence_urls"),
    *(f"{name}{part}" for name in STATE_DATES for part in ("", "_first", "_last")),
)
ENTRY_COLUMNS = ("reference", "sequence", "kind", "recorded_at", "role", "organisation", "content")

_texts_of_commitment = itemgetter(*COMMITMENT_TEXTS)
_texts_of_report = itemgetter(*REPORT_TEXTS)
_texts_of_evidence = itemgetter(*EVIDENCE_FIELDS)
_free_texts = itemgetter(*(name for name in FREE_TEXT_FIELDS if name not in ADDED_FIELDS))
_searched_texts = itemgetter(*SEARCHED_FIELDS)
_decoder = json.JSONDecoder()


def suspect_batches(progress: Progress | None = None) -> Iterator[list[str]]:
    """References of commitments whose rows must be looked at closely, some at a time, so that memory stays flat."""
    published = LedgerEntry.objects.filter(kind=EntryKind.PUBLISHED)
    orphans = published.exclude(commitment__in=Commitment.objects.values("reference")).order_by("sequence")
    if without_row := [str(reference) for reference in orphans.values_list("commitment_id", flat=True)]:
        yield without_row
    redacted = {row[0] for row in stored_rows(LedgerEntry.objects.filter(kind=EntryKind.REDACTION), ("target_id",))}
    total, done, last = Commitment.objects.count(), 0, BELOW_EVERY_NUMBER
    while batch := Batch(last, redacted):
        if suspects := batch.suspects():
            yield suspects
        done, last = done + len(batch.commitments), batch.last
        if progress:
            progress("commitments", done, total)


@dataclass(slots=True)
class Record:
    """The rows of one commitment, as they are stored."""

    entries: list[Row] = field(default_factory=list)
    updates: dict[Any, Row] = field(default_factory=dict)
    evidence: dict[Any, list[Row]] = field(default_factory=dict)
    states: list[Row] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    repeats: list[Content] = field(default_factory=list)
    # The latest row of each text counts; an empty one takes back what was said before.
    translations: Translations = field(default_factory=lambda: {language: {} for language in CHINESE})


class Batch:
    """Some commitments in the order of their numbers, with all that hangs on them."""

    def __init__(self, after: int, redacted: Container[Any]) -> None:
        self.redacted = redacted
        columns = f"{_columns(Commitment, COMMITMENT_COLUMNS)}, {SLUGS}"
        self.commitments = _read(columns, f"{COMMITMENTS} WHERE t.id > %s ORDER BY t.id LIMIT {BATCH_SIZE}", after)
        self.last = self.commitments[-1][0] if self.commitments else after
        self.between = (self.commitments[0][0], self.last) if self.commitments else (0, 0)
        self.records: dict[Any, Record] = defaultdict(Record)

    def __bool__(self) -> bool:
        return bool(self.commitments)

    def suspects(self) -> list[str]:
        """The references of those that are not right beyond doubt."""
        self._read_rows()
        return [row[REFERENCE] for row in self.commitments if not self._is_right(row)]

    def _read_rows(self) -> None:
        records = self.records
        by_reference = {row[REFERENCE]: records[row[0]] for row in self.commitments}
        for row in self._read_of_commitments(LedgerEntry, ENTRY_COLUMNS, "c.id", "t.sequence"):
            by_reference[row[0]].entries.append(row)
        for row in self._read_of_commitments(Update, UPDATE_COLUMNS, "t.commitment_id"):
            records[row[0]].updates[row[1]] = row
        for row in self._read_of_commitments(Evidence, EVIDENCE_COLUMNS, "u.commitment_id", "t.position"):
            records[row[0]].evidence.setdefault(row[1], []).append(row[2:])
        for row in self._read_of_commitments(State, STATE_COLUMNS, "t.commitment_id", "t.from_day"):
            records[row[0]].states.append(row[1:])
        for row in self._read_of_commitments(Translation, TRANSLATION_COLUMNS, "t.commitment_id", "t.id"):
            if row[1] in CHINESE:
                records[row[0]].translations[row[1]][row[2]] = row[3]
        for commitment, slug in self._read_of_commitments(Ownership, (), "t.commitment_id"):
            records[commitment].owners.append(slug)
        for commitment, slug in self._read_of_commitments(Partnership, (), "t.commitment_id"):
            records[commitment].partners.append(slug)
        for commitment, reference, why in self._read_of_commitments(Repetition, ("why",), "t.commitment_id"):
            records[commitment].repeats.append({"reference": reference, "why": why})

    def _read_of_commitments(self, model: Any, columns: Sequence[str], number: str, order: str = "") -> list[Row]:
        extra, join = JOINS.get(model, ("", ""))
        select = ", ".join(filter(None, (extra, _columns(model, columns))))
        order = f" ORDER BY {order}" if order else ""
        tables = f"{model._meta.db_table} t {join}"
        return _read(select, f"{tables} WHERE {number} BETWEEN %s AND %s{order}", *self.between)

    def _is_right(self, row: Row) -> bool:
        record = self.records[row[0]]
        if not record.entries:
            return row[1] is None and row[2] is None and not record.updates and not record.states
        try:
            return _is_right(row, record, self.redacted)
        except NOT_UNDERSTOOD:
            return False


REFERENCE = COMMITMENT_COLUMNS.index("reference")
TRANSLATION_COLUMNS = ("commitment_id", "language", "source", "text")
# No text where it is none, and null where there is no such row.
SLUGS = (
    "r.slug, CASE WHEN t.area_id IS NULL THEN '' ELSE a.slug END, "
    "CASE WHEN t.part_of_id IS NULL THEN '' ELSE p.reference END"
)
COMMITMENTS = (
    "commitments_commitment t LEFT JOIN commitments_release r ON r.id = t.release_id "
    "LEFT JOIN commitments_area a ON a.id = t.area_id LEFT JOIN commitments_commitment p ON p.id = t.part_of_id"
)
PARTY_JOIN = "LEFT JOIN commitments_organisation o ON o.id = t.organisation_id"
JOINS: dict[Any, tuple[str, str]] = {
    LedgerEntry: ("", "JOIN commitments_commitment c ON c.reference = t.reference"),
    Evidence: ("u.commitment_id", "JOIN commitments_update u ON u.sequence = t.update_id"),
    Ownership: ("t.commitment_id, o.slug", PARTY_JOIN),
    Partnership: ("t.commitment_id, o.slug", PARTY_JOIN),
    Repetition: ("t.commitment_id, o.reference", "LEFT JOIN commitments_commitment o ON o.id = t.repeated_id"),
}


def _columns(model: Any, names: Sequence[str]) -> str:
    """The SQL that reads these columns as they are stored."""
    by_name = {column.column: column for column in model._meta.concrete_fields}
    return ", ".join(stored_column(by_name[name], f't."{name}"') for name in names)


def _read(columns: str, tables: str, *parameters: Any) -> list[Row]:
    return stored_sql(f"SELECT {columns} FROM {tables}", parameters)  # noqa: S608  (our names)


def _is_right(row: Row, record: Record, redacted: Container[Any]) -> bool:
    """Whether every row of a commitment is what its entries say, as far as this module understands them."""
    published, *others = record.entries
    if published[2] != EntryKind.PUBLISHED or any(entry[1] in redacted for entry in record.entries):
        return False
    content = _decode(published[6])
    texts = [*_free_texts(content), content.get("short_title", "")]
    texts += [repeated["why"] for repeated in content.get("repeats", ())]
    contents = [_decode(entry[6]) for entry in others]
    for one in contents:
        texts += (one.get("deadline_reason", ""), one["note"], one.get("searched", ""))
        texts += [text for item in one.get("evidence", ()) for text in (item["title"], item["publisher"])]
    on_record = {*texts, ""}
    translated = {
        language: {source: text for source, text in by_text.items() if text and source and source in on_record}
        for language, by_text in record.translations.items()
    }
    facts: list[CountedUpdate] = []
    return (
        len(record.updates) == len(others)
        and _is_commitment_right(row, record, content, translated, len(on_record) - 1)
        and all(
            _is_update_right((row[0], *entry[1:6]), one, record, translated, facts)
            for entry, one in zip(others, contents, strict=True)
        )
        and not record.evidence
        and record.states == _expected_states(content["deadline"], facts)
    )


def _is_commitment_right(row: Row, record: Record, content: Content, translated: Translations, texts: int) -> bool:
    published_at = record.entries[0][3]
    _recording_day(published_at)  # raises where it is no time
    expected: list[Any] = [
        *(published_at, None, search_text_of(_searched_texts(ADDED_FIELDS | content), translated)),
        content.get("short_title", ""),
        *_interval(content["deadline"]),
        *(_decimal(content["target"]), _day(content["review_on"])),
    ]
    for language, by_text in translated.items():
        title = content["title"]
        expected += (sort_key(by_text.get(title, title), language), texts - len(by_text))
    expected += (*_texts_of_commitment(content), content["release"], content["area"], content["part_of"])
    _number, *stored = row
    said = json.loads(stored.pop(2))
    return bool(
        stored == expected
        and said == {language: by_text for language, by_text in translated.items() if by_text}
        and sorted(record.owners) == content["owners"]
        and sorted(record.partners) == content["partners"]
        and sorted(record.repeats, key=itemgetter("reference")) == content.get("repeats", [])
    )


def _is_update_right(
    metadata: Row, content: Content, record: Record, translated: Translations, facts: list[CountedUpdate]
) -> bool:
    """Whether an update and its evidence are what an entry says. Takes the evidence out, and adds to the facts."""
    _commitment, sequence, kind, recorded_at, _role, _organisation = metadata
    if kind == EntryKind.REPORT:
        texts, searched, achieved = _texts_of_report(content), "", content["achieved"]
    elif kind in (EntryKind.CONTEXT, EntryKind.CHECK):
        texts, achieved = (content["date"], "", "", "", "", "", content["note"]), ""
        searched = content["searched"] if kind == EntryKind.CHECK else ""
    else:
        return False
    dated, recorded_on = parse_partial_date(content["date"]), _recording_day(recorded_at)
    effective_on = min(dated.last, recorded_on)
    _date, first, last = _interval(texts[0])
    _deadline, deadline_first, deadline_last = _interval(texts[4])
    evidence = content.get("evidence", ())
    expected = (
        *(*metadata, *texts, searched),
        *(_decimal(achieved), content.get("reply_of")),
        *(first, last, deadline_first, deadline_last, effective_on.isoformat()),
        *(None, None, search_text_of((texts[6], *(row["title"] for row in evidence)), translated)),
    )
    if record.updates[sequence] != expected or not _is_evidence_right(record.evidence.pop(sequence, ()), evidence):
        return False
    fact = CountedUpdate(
        sequence=sequence,
        kind=kind,
        dated=dated,
        effective_on=effective_on,
        recorded_on=recorded_on,
        status=texts[1],
        stop_reason=texts[2],
        achieved=parse_decimal(achieved),
        deadline=parse_partial_date(texts[4]) if texts[4] else None,
        note=texts[6],
        is_reply=bool(content.get("reply_of")),
        supports=tuple(
            [EvidenceRef(row["url"], row["relation"], row["source"], row.get("copy", "")) for row in evidence]
        ),
    )
    facts.append(fact)
    return True


def _is_evidence_right(stored: Sequence[Row], evidence: Sequence[Content]) -> bool:
    if len(stored) != len(evidence):
        return False
    for position, (row, said) in enumerate(zip(stored, evidence, strict=True), 1):
        copy = said["copy"] if len(said) > len(EVIDENCE_FIELDS) else ""
        expected = (position, *_texts_of_evidence(said), copy, *_interval(said["date"])[1:])
        if len(said) > len(EVIDENCE_FIELDS) + 1 or row != expected:
            return False
    return True


def _expected_states(deadline: str, facts: list[CountedUpdate]) -> list[Row]:
    return [
        (first.isoformat(), until.isoformat(), *_expected_state(assessment))
        for first, until, assessment in state_spans(parse_partial_date(deadline) if deadline else None, facts)
    ]


def _expected_state(assessment: Assessment) -> Row:
    achieved = assessment.achieved
    return (
        assessment.status,
        assessment.stop_reason,
        None if achieved is None else stored_decimal(achieved),
        assessment.evidence,
        _stored_day(assessment.last_entry_on),
        _stored_day(assessment.last_news_on),
        _stored_day(assessment.last_checked_on),
        assessment.note,
        assessment.background_note,
        evidence_urls(assessment),
        *chain.from_iterable(_interval(str(getattr(assessment, name) or "")) for name in STATE_DATES),
    )


def _decode(text: Any) -> Any:
    """What a JSON text says; without the search for blanks of the library's own function."""
    value, end = _decoder.raw_decode(text)
    if end != len(text):
        raise ValueError(text)
    return value


@lru_cache(maxsize=4096)
def _interval(text: str) -> Interval:
    """A partial date as it is stored; an error where it is none, or in another spelling."""
    if not text:
        return NO_DATE
    partial_date = parse_partial_date(text)
    if partial_date.text != text:
        raise ValueError(text)
    return text, partial_date.first.isoformat(), partial_date.last.isoformat()


@lru_cache(maxsize=4096)
def _decimal(text: str) -> Any:
    value: Decimal | None = parse_decimal(text)
    return None if value is None else stored_decimal(value)


def _stored_day(day: date | None) -> str | None:
    return day.isoformat() if day else None


@lru_cache(maxsize=4096)
def _day(text: str) -> str | None:
    day = parse_day(text)
    return day.isoformat() if day else None


def _recording_day(time: str) -> date:
    """The day, in Hong Kong, of a time as it is stored."""
    return _day_of_hour(time[:13]) or _day_of_time(time)


@lru_cache(maxsize=4096)
def _day_of_hour(hour: str) -> date | None:
    """The day of every time in an hour; None where it changes within it."""
    first, last = _day_of_time(f"{hour}:00:00"), _day_of_time(f"{hour}:59:59")
    return first if first == last else None


def _day_of_time(time: str) -> date:
    return localdate(read_time(time))
