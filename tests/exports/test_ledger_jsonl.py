"""The ledger for everybody: the whole of it as a file, and a page with the lines that check it."""

import io
import json
from contextlib import redirect_stdout
from datetime import UTC, datetime
from hashlib import sha256
from unittest.mock import patch

import pytest
from django.http import StreamingHttpResponse

from commitments.domain.hash_chain import GENESIS, canonical_json, content_digest
from commitments.exports import ledger_jsonl
from commitments.ledger.append import append_entries, entry_metadata, new_correction, new_redaction, new_retraction
from commitments.ledger.entity_contents import entity_fields, make_entity_content
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.models import LedgerEntry, LedgerHead
from commitments.public.ledger_page import CHECK_SCRIPT
from commitments.web import page_cache
from tests import factories
from tests.helpers.crowds import crowd, queries
from tests.helpers.html import find_all, link_texts, main_element, visible_text
from tests.helpers.ledger_check import check_of, run

FILE, PAGE = "/ledger.jsonl", "/ledger/"
BY = Actor()
KINDS = ("report", "context", "check")
TEXTS = ["公開網頁：滬港", "🚢 of 👩‍👩‍👧", "Cafe\u0301", "a\u2028b\x85c", 'one\ntwo\r\n\t"three" \\', "\u0338x"]

here = pytest.mark.usefixtures("db", "the_day_is_fixed")


def lines(client):
    """The file's lines, without the ends."""
    answer = client.get(FILE)
    assert answer.status_code == 200, answer.content
    *rows, end = b"".join(answer).split(b"\n")
    assert end == b""
    return rows


def entries(client):
    return [json.loads(line) for line in lines(client)]


def redact(entry, remaining=None, reason="Personal data."):
    return append_entries([new_redaction(LedgerEntry.objects.get(pk=entry.pk), remaining, reason, BY)])[0]


# The file


@here
@pytest.mark.postgresql
def test_each_entry_is_a_line_in_the_order_of_the_ledger(client):
    recorded = [factories.record(kind, factories.published()) for kind in KINDS]
    records = entries(client)
    assert [entry["sequence"] for entry in records] == list(range(1, LedgerEntry.objects.count() + 1))
    assert [entry["digest"] for entry in records if entry["kind"] in KINDS] == [entry.digest for entry in recorded]


@here
def test_an_empty_ledger_is_an_empty_file(client):
    answer = client.get(FILE)
    assert (b"".join(answer), answer.headers["X-Row-Count"]) == (b"", "0")
    assert answer.headers["X-Ledger-Head"] == GENESIS


@here
def test_a_line_is_canonical_json(release, client):
    for line in lines(client):
        assert canonical_json(json.loads(line)).encode() == line


@here
@pytest.mark.postgresql
def test_a_line_has_the_metadata_of_its_entry_its_content_salt_and_digests(release, client):
    for entry, record in zip(LedgerEntry.objects.all(), entries(client), strict=True):
        rest = {name: record.pop(name) for name in ("content", "salt", "content_digest", "digest")}
        assert record == entry_metadata(entry)
        assert rest == {
            "content": entry.data,
            "salt": entry.salt,
            "content_digest": entry.content_digest,
            "digest": entry.digest,
        }


@here
@pytest.mark.postgresql
def test_any_text_comes_back_as_recorded_and_its_digest_can_be_recomputed(client):
    commitment = factories.published()
    recorded = [factories.record("report", commitment, note=text) for text in TEXTS]
    for line, entry in zip(lines(client)[-len(TEXTS) :], recorded, strict=True):
        record, note = json.loads(line), entry.data["note"]
        assert content_digest(record["salt"], canonical_json(record["content"])) == record["content_digest"]
        assert record["content"]["note"] == LedgerEntry.objects.get(pk=entry.pk).data["note"] == note
        assert f'"note":{json.dumps(note, ensure_ascii=False)}'.encode() in line


@here
@pytest.mark.postgresql
def test_what_was_redacted_has_neither_content_nor_salt(client):
    entry = factories.record("report", factories.published(), note="Said Mr Ho.")
    redact(entry, entry.data | {"note": "Said an official."})
    before, redaction = entries(client)[-2:]
    assert (before["content"], before["salt"], before["digest"]) == (None, "", entry.digest)
    assert redaction["content"]["remaining"]["note"] == "Said an official."
    assert "Mr Ho" not in b"".join(lines(client)).decode()


@here
def test_the_headers_tell_name_kind_count_and_head(release, client):
    answer = client.get(FILE)
    assert b"".join(answer).count(b"\n") == int(answer.headers["X-Row-Count"]) == LedgerEntry.objects.count()
    assert answer.headers["X-Ledger-Head"] == LedgerHead.objects.get().digest
    assert answer.headers["Content-Type"] == "application/x-ndjson; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ledger-2026-11-29.jsonl"'


@here
@pytest.mark.postgresql
def test_the_file_comes_in_pieces_of_a_batch(client, monkeypatch):
    monkeypatch.setattr(ledger_jsonl, "BATCH_SIZE", 5)
    monkeypatch.setattr(page_cache, "MAX_CACHED_BYTES", 1)
    crowd(range(1, 11), parties_as_stated="everyone")
    answer = client.get(FILE)
    assert isinstance(answer, StreamingHttpResponse)
    assert [piece.count(b"\n") for piece in answer.streaming_content] == [5, 5, 2]


@here
@pytest.mark.postgresql
def test_the_file_takes_four_queries_however_long_it_is(client, monkeypatch):
    """Version of the record, count, head and rows."""
    monkeypatch.setattr(ledger_jsonl, "BATCH_SIZE", 5)
    for numbers in (range(1, 3), range(3, 33)):
        for commitment in crowd(numbers, parties_as_stated="everyone")[:2]:
            redact(factories.record("report", commitment))
        assert queries(client, FILE) == 4


@here
def test_the_ledger_is_given_whole_and_any_name_is_refused(client):
    message = "is not a name known here. The ledger is given whole, so there are no names."
    for query in ("as_of=2021-08-30", "q=x&page=2", "from", "=x"):
        answer = client.get(f"{FILE}?{query}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
        names = [pair.partition("=")[0] for pair in query.split("&")]
        assert answer.text.splitlines() == [f"“{name}” {message}" for name in names]


@here
def test_the_ledger_can_only_be_read(client):
    requests = [*((method, FILE) for method in ("post", "put", "patch", "delete")), ("post", PAGE)]
    assert [pair for pair in requests if getattr(client, pair[0])(pair[1]).status_code != 405] == []


@here
def test_the_head_of_the_file_can_be_asked_for_alone(release, client):
    answer = client.head(FILE)
    assert (answer.status_code, b"".join(answer)) == (200, b"")
    assert answer.headers["X-Ledger-Head"] == LedgerHead.objects.get().digest


# Before a release is out


@pytest.fixture
def embargoed(db, the_day_is_fixed):
    """Every kind of entry on a commitment whose release is issued tomorrow, and one of a commitment of today's."""
    tomorrow = factories.ReleaseFactory(slug="tomorrow", issued_on="2026-11-30")
    commitment = factories.published(reference="TT-01", title="Secret title", release=tomorrow)
    report, context = (factories.record(kind, commitment, note="Secret note") for kind in ("report", "context"))
    factories.record("check", commitment, searched="Secret places")
    append_entries([new_correction(commitment, {"title": "Secret wording"}, "Secret slip.", BY)])
    append_entries([new_retraction(context, "Secret mistake.", BY)])
    first = redact(report, report.data | {"note": "Secret rest"}, "Secret reason.")
    redact(first, first.data | {"reason": "Secret again."}, "Secret names.")
    factories.published(reference="TT-02", title="Open title", release=factories.ReleaseFactory(issued_on="2026-11-29"))


@pytest.mark.postgresql
def test_until_its_release_is_out_no_entry_about_a_commitment_says_anything(embargoed, client):
    records = entries(client)
    hidden = [entry for entry in records if entry["content"] is None]
    assert [entry["kind"] for entry in hidden] == [
        *["entity"] * 3,
        "published", "report", "context", "check", "correction", "retraction", "redaction", "redaction",
    ]  # fmt: skip
    assert {entry["salt"] for entry in hidden} == {""}
    [*_named, shown] = [entry for entry in records if entry["content"] is not None]
    assert b"ecret" not in b"".join(lines(client))
    assert shown["content"]["title"] == "Open title"


@pytest.mark.postgresql
def test_what_is_withheld_leaves_reference_digests_and_chain(embargoed, client):
    recorded = LedgerEntry.objects.values_list("content_digest", "digest")
    assert [(entry["content_digest"], entry["digest"]) for entry in entries(client)] == list(recorded)
    about = [entry["commitment"] for entry in entries(client) if entry["kind"] != "entity"]
    assert about == ["TT-01"] * 6 + ["", "", "TT-02"]


@pytest.mark.postgresql
def test_from_the_day_of_its_release_its_entries_are_given(embargoed, client, time_machine):
    time_machine.move_to(datetime(2026, 11, 29, 16, tzinfo=UTC))  # midnight in Hong Kong
    records = entries(client)
    assert [entry["kind"] for entry in records if entry["content"] is None] == ["report", "redaction"]  # the redacted
    said = [entry["content"] or {} for entry in records]
    assert "Secret title" in [content.get("title") for content in said]
    assert "Secret names." in [content.get("reason") for content in said]


@here
@pytest.mark.postgresql
def test_a_commitment_that_was_retracted_stays_in_the_ledger(client):
    commitment = factories.published(title="Said by mistake")
    append_entries([new_retraction(commitment.entries.get(kind="published"), "Nobody promised it.", BY)])
    assert b"Said by mistake" in b"".join(lines(client))


@pytest.mark.postgresql
def test_a_redaction_about_something_public_is_given_beside_one_that_is_withheld(embargoed, client):
    entry = factories.record("report", factories.published())
    redact(entry, reason="Open reason.")
    assert entries(client)[-1]["content"] == {"reason": "Open reason.", "remaining": None}


# The page


@here
def test_the_page_shows_at_most_ten_lines_for_this_very_address(client):
    shown = check_of(client.get(PAGE, headers={"host": "localhost"}).text)
    assert len(shown.strip().splitlines()) <= 10
    assert 'urlopen("http://localhost/ledger.jsonl")' in shown
    assert shown.strip() == CHECK_SCRIPT.replace("ADDRESS", "http://localhost/ledger.jsonl").strip()


def test_the_lines_take_nothing_but_the_standard_library():
    assert CHECK_SCRIPT.startswith("import hashlib, json, urllib.request\n")
    assert CHECK_SCRIPT.count("import") == 1


@here
@pytest.mark.parametrize("query", ["", "?as_of=2021-08-30"])
def test_the_page_says_where_the_ledger_ends_today_whatever_day_is_asked_for(client, query):
    entry = factories.record("report", factories.published())
    text = visible_text(main_element(client.get(PAGE + query)))
    assert f"ends with entry {entry.sequence}, whose digest is {entry.digest}." in text
    assert "today’s, whatever day this page is asked for" in text


@here
def test_the_page_names_each_part_of_a_line(client):
    factories.published()
    [table] = find_all(main_element(client.get(PAGE)), "dl", _class="facts")
    named = [name for part in find_all(table, "code") for name in visible_text(part).split(", ")]
    assert sorted(named) == sorted(entries(client)[0])  # an entity entry, which has a part more than others


@here
def test_the_page_keeps_the_day_in_its_links_but_not_in_that_of_the_file(client):
    addresses = link_texts(main_element(client.get(f"{PAGE}?as_of=2021-08-30")))
    assert {FILE, "/about/?as_of=2021-08-30#words"} <= set(addresses)


@here
@pytest.mark.parametrize(("address", "leads_to"), [("/about/", {PAGE, FILE}), ("/updates/", {PAGE})])
def test_readers_are_led_to_the_ledger(client, address, leads_to):
    assert leads_to <= set(link_texts(main_element(client.get(address))))


@here
def test_whoever_cannot_use_a_mouse_can_scroll_the_lines(client):
    [block] = find_all(main_element(client.get(PAGE)), "pre")
    given = dict(block.attributes)
    assert (given["tabindex"], given["role"], given["aria-label"]) == ("0", "region", "The lines to copy")


# The lines are run, as the page shows them


def checked(file_lines):
    """What `run` gives for lines that somebody kept, by running those of the page in this process."""
    output, code, complaint = io.StringIO(), 0, ""
    with redirect_stdout(output), patch("urllib.request.urlopen", return_value=file_lines):
        try:
            exec(CHECK_SCRIPT, {})
        except SystemExit as stopped:
            code, complaint = 1, f"{stopped}\n"
    return code, output.getvalue(), complaint


@here
def test_the_lines_check_a_file_that_was_kept(release, client, tmp_path):
    copy = tmp_path / "ledger.jsonl"
    copy.write_bytes(b"".join(line + b"\n" for line in lines(client)))
    shown = check_of(client.get(PAGE).text).replace("http://testserver/ledger.jsonl", copy.as_uri())
    assert run(shown) == checked(lines(client)) == (0, f"{LedgerHead.objects.get()}\n", "")


@here
@pytest.mark.postgresql
def test_the_lines_check_any_text(client):
    for text in TEXTS:
        factories.record("context", factories.published(), note=text)
    assert checked(lines(client)) == (0, f"{LedgerHead.objects.get()}\n", "")


@pytest.mark.postgresql
def test_the_lines_check_what_is_withheld(embargoed, client):
    assert checked(lines(client)) == (0, f"{LedgerHead.objects.get()}\n", "")


def test_the_lines_check_what_was_redacted(embargoed, client, time_machine):
    time_machine.move_to(datetime(2026, 11, 29, 16, tzinfo=UTC))  # midnight in Hong Kong: nothing else is withheld
    assert [entry["content"] for entry in entries(client)].count(None) == 2
    assert checked(lines(client)) == (0, f"{LedgerHead.objects.get()}\n", "")


@here
@pytest.mark.postgresql
def test_the_lines_check_names_that_changed_and_one_that_was_redacted(client):
    owner = factories.published().owners.get()
    renamed = entity_fields(owner) | {"name": "Office of Mr Ho"}
    change = NewEntry("entity", make_entity_content(renamed, "Renamed."), by=BY, entity=owner.entity)
    [entry] = append_entries([change])
    redact(entry, make_entity_content(renamed | {"name": "Office"}, "Renamed."))
    assert b"Mr Ho" not in b"".join(lines(client))
    assert checked(lines(client)) == (0, f"{LedgerHead.objects.get()}\n", "")


@here
def test_the_lines_check_a_download_of_the_time_before_names_were_on_record(release, client):
    old, digest = [], "0" * 64
    for entry in entries(client):
        if entry["kind"] != "entity":
            parts = {name: entry[name] for name in ("content", "salt", "content_digest")}
            metadata = {name: entry[name] for name in entry if name not in (*parts, "digest")}
            metadata["sequence"] = len(old) + 1
            digest = sha256((digest + canonical_json(metadata) + entry["content_digest"]).encode()).hexdigest()
            old.append(canonical_json(metadata | parts | {"digest": digest}).encode())
    assert checked(old) == (0, f"251 {digest}\n", "")


@here
def test_an_empty_ledger_checks_and_ends_with_the_zeros(client):
    assert checked(lines(client)) == (0, f"0 {GENESIS}\n", "")


# What somebody might do to the file: each to entry 100, or from there on.
TAMPERED = {
    "content": lambda entry: entry["content"].update(note="Something else."),
    "content gone": lambda entry: entry.update(content={}),
    "salt": lambda entry: entry.update(salt="00"),
    "digest of the content": lambda entry: entry.update(content_digest="f" * 64),
    "digest": lambda entry: entry.update(digest="f" * 64),
    "sequence": lambda entry: entry.update(sequence=101),
    "commitment": lambda entry: entry.update(commitment="CU-99"),
    "time": lambda entry: entry.update(recorded_at="2018-08-24T08:00:00Z"),
    "a part more": lambda entry: entry.update(more=1),
    "content with its digest": lambda entry: entry.update(
        content={}, content_digest=content_digest(entry["salt"], "{}")
    ),
}


@here
def test_an_entry_that_was_changed_is_named(release, client):
    file_lines, results = lines(client), {}
    for how, change in TAMPERED.items():
        entry = json.loads(file_lines[99])
        change(entry)
        results[how] = checked([*file_lines[:99], canonical_json(entry).encode(), *file_lines[100:]])
    assert results == dict.fromkeys(TAMPERED, (1, "", "Entry 100 does not fit.\n"))


@here
def test_the_place_is_named_where_an_entry_was_taken_out_moved_or_put_in(release, client):
    file_lines = lines(client)
    taken_out = file_lines[:99] + file_lines[100:]
    swapped = [*file_lines[:99], file_lines[100], file_lines[99], *file_lines[101:]]
    twice = [*file_lines[:99], file_lines[98], *file_lines[99:]]
    assert [checked(moved) for moved in (taken_out, swapped, twice)] == [(1, "", "Entry 100 does not fit.\n")] * 3


@here
def test_a_file_whose_last_lines_were_cut_ends_with_another_head(release, client):
    """The chain of what is left fits: only whoever knows the head sees it."""
    file_lines = lines(client)
    cut = json.loads(file_lines[-3])
    assert checked(file_lines[:-2]) == (0, f"{cut['sequence']} {cut['digest']}\n", "")
    assert cut["digest"] != LedgerHead.objects.get().digest


@here
@pytest.mark.postgresql
def test_the_head_of_an_earlier_day_is_the_digest_of_its_entry_in_today_s_file(client):
    commitment = factories.published()
    head = LedgerHead.objects.get()
    redact(factories.record("report", commitment))
    digests = {entry["sequence"]: entry["digest"] for entry in entries(client)}
    assert digests[head.sequence] == head.digest
