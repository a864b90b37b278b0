"""The digest chain, recomputed here with nothing but the standard library, as anyone may."""

import hashlib
import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.core.exceptions import ValidationError

from commitments.domain.hash_chain import GENESIS, canonical_json, content_digest, entry_digest, utc_timestamp
from commitments.ledger.append import append_entries, new_correction, new_redaction, new_retraction
from commitments.ledger.contents import parse_decimal
from commitments.ledger.new_entries import Actor
from commitments.models import LedgerEntry, LedgerHead
from tests.factories import published, record


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def recomputed(entries):
    """The digest of each entry, by the words of the domain and not by the application's code."""
    digest = "0" * 64
    for entry in entries:
        metadata = {
            "sequence": entry.sequence,
            "kind": entry.kind,
            **({"entity": entry.entity} if entry.kind == "entity" else {}),
            "commitment": entry.commitment_id or "",
            "target": entry.target_id or 0,
            "recorded_at": entry.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "role": entry.role,
            "organisation": entry.organisation,
            "key": entry.key or "",
        }
        text = json.dumps(metadata, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        content = sha256(entry.salt + entry.content) if entry.content else entry.content_digest
        digest = sha256(digest + text + content)
        yield digest


def test_before_the_first_entry_stand_64_zeros():
    assert GENESIS == "0" * 64


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({}, "{}"),
        ({"b": 1, "a": "x"}, '{"a":"x","b":1}'),
        ({"a": {"d": [1, "2"], "c": None}, "B": True}, '{"B":true,"a":{"c":null,"d":[1,"2"]}}'),
        ({"a": "香港 “é”"}, '{"a":"香港 “é”"}'),
        ({"a": "e\u0301"}, '{"a":"\u00e9"}'),
        ({"a": 'x"\n\\'}, '{"a":"x\\"\\n\\\\"}'),
    ],
)
def test_canonical_json_has_one_spelling(data, text):
    assert canonical_json(data) == text


def readable(text):
    try:
        return str(parse_decimal(text))
    except ValidationError:
        return None


def test_a_figure_has_one_spelling_of_at_most_twelve_digits_and_two_decimals():
    wrong = ["many", "NaN", "Infinity", "1e3", "+1", " 1", "1 000", "1,5", ".5", "1.", "1.234", "9" * 13, "١٢", "1\n"]
    assert [text for text in wrong if readable(text)] == []
    right = ["0", "12.5", "-1", "9" * 12 + ".99"]
    assert [readable(text) for text in right] == right
    assert parse_decimal("") is None


def test_two_spellings_of_one_letter_have_one_digest():
    composed, decomposed = (unicodedata.normalize(form, "Café") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert canonical_json({"a": composed}) == canonical_json({"a": decomposed})


def test_a_time_is_written_as_utc_seconds():
    moment = datetime(2026, 11, 29, 16, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=8)))
    assert utc_timestamp(moment) == "2026-11-29T08:00:00Z"


def test_the_example_comes_out_as_written_down():
    content = content_digest("00ff", canonical_json({"note": "香港"}))
    digest = entry_digest(GENESIS, {"sequence": 1, "kind": "check"}, content)
    assert content == sha256('00ff{"note":"香港"}')
    assert digest == sha256("0" * 64 + '{"kind":"check","sequence":1}' + content)
    assert digest == "bb2da8e795d817c55ab1e2d34679fd38bda5d89d4287e948c3939cdbcce3494e"


@pytest.mark.parametrize(
    ("previous", "metadata", "content"),
    [("1" * 64, {"sequence": 1}, "c"), ("0" * 64, {"sequence": 2}, "c"), ("0" * 64, {"sequence": 1}, "d")],
)
def test_a_digest_depends_on_everything_it_covers(previous, metadata, content):
    assert entry_digest(previous, metadata, content) != entry_digest("0" * 64, {"sequence": 1}, "c")


def test_the_same_content_with_another_salt_has_another_digest():
    assert content_digest("a", "{}") != content_digest("b", "{}")


@pytest.mark.postgresql
@pytest.mark.usefixtures("release")
def test_the_first_release_recomputes_entry_by_entry_to_the_head():
    entries = list(LedgerEntry.objects.order_by("sequence"))
    assert list(recomputed(entries)) == [entry.digest for entry in entries]
    assert entries[-1].digest == LedgerHead.objects.get().digest


@pytest.mark.postgresql
@pytest.mark.django_db
def test_every_kind_of_entry_recomputes_a_redacted_one_included():
    commitment, by = published(), Actor("administrator", "hksarg")
    wrong, removed = record("report", commitment), record("context", commitment)
    record("check", commitment)
    append_entries([new_correction(commitment, {"title": "Another title"}, "Typing error.", by)])
    append_entries([new_retraction(wrong, "Wrong.", by), new_redaction(removed, None, "Court order.", by)])
    entries = list(LedgerEntry.objects.order_by("sequence"))
    assert len({entry.kind for entry in entries}) == 8
    assert list(recomputed(entries)) == [entry.digest for entry in entries]
