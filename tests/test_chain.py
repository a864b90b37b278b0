"""The digest chain, recomputed here with nothing but the standard library, as anyone may."""

import hashlib
import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.core.exceptions import ValidationError

from commitments import chain, content, ledger
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
    assert chain.GENESIS == "0" * 64


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
    assert chain.canonical(data) == text


def readable(text):
    try:
        return str(content.read_number(text))
    except ValidationError:
        return None


def test_a_figure_has_one_spelling_of_at_most_twelve_digits_and_two_decimals():
    wrong = ["many", "NaN", "Infinity", "1e3", "+1", " 1", "1 000", "1,5", ".5", "1.", "1.234", "9" * 13, "١٢", "1\n"]
    assert [text for text in wrong if readable(text)] == []
    right = ["0", "12.5", "-1", "9" * 12 + ".99"]
    assert [readable(text) for text in right] == right
    assert content.read_number("") is None


def test_two_spellings_of_one_letter_have_one_digest():
    composed, decomposed = (unicodedata.normalize(form, "Café") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert chain.canonical({"a": composed}) == chain.canonical({"a": decomposed})


def test_a_time_is_written_as_utc_seconds():
    moment = datetime(2026, 11, 22, 16, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=8)))
    assert chain.utc_text(moment) == "2026-11-22T08:00:00Z"


def test_the_example_comes_out_as_written_down():
    content = chain.content_digest("00ff", chain.canonical({"note": "香港"}))
    digest = chain.entry_digest(chain.GENESIS, {"sequence": 1, "kind": "check"}, content)
    assert content == sha256('00ff{"note":"香港"}')
    assert digest == sha256("0" * 64 + '{"kind":"check","sequence":1}' + content)
    assert digest == "bb2da8e795d817c55ab1e2d34679fd38bda5d89d4287e948c3939cdbcce3494e"


@pytest.mark.parametrize(
    ("previous", "metadata", "content"),
    [("1" * 64, {"sequence": 1}, "c"), ("0" * 64, {"sequence": 2}, "c"), ("0" * 64, {"sequence": 1}, "d")],
)
def test_a_digest_depends_on_everything_it_covers(previous, metadata, content):
    assert chain.entry_digest(previous, metadata, content) != chain.entry_digest("0" * 64, {"sequence": 1}, "c")


def test_the_same_content_with_another_salt_has_another_digest():
    assert chain.content_digest("a", "{}") != chain.content_digest("b", "{}")


@pytest.mark.postgresql
@pytest.mark.usefixtures("release")
def test_the_first_release_recomputes_entry_by_entry_to_the_head():
    entries = list(LedgerEntry.objects.order_by("sequence"))
    assert list(recomputed(entries)) == [entry.digest for entry in entries]
    assert entries[-1].digest == LedgerHead.objects.get().digest


@pytest.mark.postgresql
@pytest.mark.django_db
def test_every_kind_of_entry_recomputes_a_redacted_one_included():
    commitment, by = published(), ledger.Recorder("administrator", "hksarg")
    wrong, removed = record("report", commitment), record("context", commitment)
    record("check", commitment)
    ledger.append([ledger.correct(commitment, {"title": "Another title"}, "Typing error.", by)])
    ledger.append([ledger.retract(wrong, "Wrong.", by), ledger.redact(removed, None, "Court order.", by)])
    entries = list(LedgerEntry.objects.order_by("sequence"))
    assert len({entry.kind for entry in entries}) == 7
    assert list(recomputed(entries)) == [entry.digest for entry in entries]
