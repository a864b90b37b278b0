"""Loading a release's file: the same ledger everywhere, again without harm, and not at all where it is broken."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from commitments.ledger.append import append_entries, new_correction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.ledger.verify import verify_ledger
from commitments.models import (
    Agreement,
    Area,
    Commitment,
    LedgerEntry,
    LedgerHead,
    LoadedItem,
    Organisation,
    Release,
    Section,
)
from commitments.workflow.release_file_errors import ReleaseFileError
from commitments.workflow.release_loader import FROM_NEWER_FILE, load_release
from tests import factories
from tests.helpers.installation import SECOND_FIXTURE
from tests.helpers.release_file import HEAD, SOURCE, small

pytestmark = pytest.mark.django_db

# The head after a fresh load, as `verify_ledger` prints it. It changes with any change of the file's entries.
ENTRIES = 351
BY = Actor()
STORED = (Area, Organisation, Release, Section, Agreement, Commitment, LedgerEntry, LoadedItem)


def load(tmp_path, data):
    """Load what is given, as the command does; what it prints."""
    path = tmp_path / "release.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    printed = StringIO()
    call_command("load_release", str(path), stdout=printed)
    return printed.getvalue()


def counts():
    return {model.__name__: model.objects.count() for model in STORED}


@pytest.mark.postgresql
@pytest.mark.usefixtures("release")
def test_a_fresh_load_has_the_known_head():
    head = LedgerHead.objects.get()
    assert (head.sequence, head.digest) == (ENTRIES, HEAD)


@pytest.mark.postgresql
@pytest.mark.usefixtures("release")
def test_after_loading_everything_verifies():
    assert list(verify_ledger()) == []


@pytest.mark.postgresql
def test_in_another_database_a_load_has_the_same_head_and_says_how_much_was_new(tmp_path):
    assert "351 ledger entries are new" in load(tmp_path, SOURCE)
    assert LedgerHead.objects.get().digest == HEAD


@pytest.mark.postgresql
@pytest.mark.usefixtures("release")
def test_loading_again_changes_nothing(tmp_path):
    before = [list(model.objects.order_by("pk").values()) for model in STORED]
    assert "0 items and 0 ledger entries are new" in load(tmp_path, SOURCE)
    assert [list(model.objects.order_by("pk").values()) for model in STORED] == before
    assert LedgerHead.objects.get().digest == HEAD


@pytest.mark.postgresql
@pytest.mark.usefixtures("release")
def test_what_staff_changed_stays_changed(tmp_path):
    changed = {Area: "name", Organisation: "note", Release: "title", Section: "note", Agreement: "title"}
    keys = {model: model.objects.first().pk for model in changed}
    for model, column in changed.items():
        model.objects.filter(pk=keys[model]).update(**{column: "Another"})
    load(tmp_path, SOURCE)
    assert [model.objects.filter(pk=keys[model], **{changed[model]: "Another"}).count() for model in changed] == [1] * 5


@pytest.mark.postgresql
@pytest.mark.usefixtures("release")
def test_what_staff_corrected_stays_corrected(tmp_path):
    commitment = Commitment.objects.get(reference="CU-06")
    append_entries([new_correction(commitment, {"title": "Another title"}, "Typing error.", BY)])
    load(tmp_path, SOURCE)
    assert Commitment.objects.get(reference="CU-06").title == "Another title"


@pytest.mark.postgresql
@pytest.mark.usefixtures("release")
def test_what_staff_retracted_is_not_said_again(tmp_path):
    entry = LedgerEntry.objects.get(key="CU-06/3")
    append_entries([new_retraction(entry, "It was wrong.", BY)])
    load(tmp_path, SOURCE)
    assert LedgerEntry.objects.count() == ENTRIES + 1


@pytest.mark.postgresql
@pytest.mark.usefixtures("release")
def test_what_staff_deleted_stays_deleted(tmp_path):
    number = (Agreement.objects.count(), Section.objects.count())
    Agreement.objects.first().delete()
    Section.objects.first().delete()
    load(tmp_path, SOURCE)
    assert (Agreement.objects.count() + 1, Section.objects.count() + 1) == number


def test_a_body_and_an_area_that_staff_deleted_stay_deleted(tmp_path):
    load(tmp_path, small())
    Organisation.objects.get(slug="hksia").delete()
    Area.objects.get(slug="health").delete()
    load(tmp_path, small())
    assert not Organisation.objects.filter(slug="hksia").exists()
    assert not Area.objects.filter(slug="health").exists()


def test_a_newer_file_brings_only_what_is_new(tmp_path):
    older = small()
    left_out = older["commitments"][1]["entries"].pop()
    load(tmp_path, older)
    assert "0 items and 1 ledger entries are new" in load(tmp_path, small())
    assert LedgerEntry.objects.last().key == left_out["key"]


@pytest.mark.postgresql
@pytest.mark.usefixtures("release")
def test_the_second_release_goes_into_a_ledger_that_is_ahead_and_leaves_what_staff_did(time_machine):
    time_machine.move_to(datetime(2026, 12, 2, 8, tzinfo=UTC))
    stock_connect = Commitment.objects.get(reference="FI-02")
    staff_s = factories.record("report", stock_connect, date="2026-12-01", recorded_at=None)
    append_entries([new_correction(stock_connect, {"title": "Staff's title"}, "Better words.", BY)])
    Organisation.objects.create(slug="fstb", name="Staff's office", kind="department", side="hong_kong")
    printed = StringIO()
    call_command("load_release", SECOND_FIXTURE, stdout=printed)
    assert "organisation/fstb was there before this file named it, and stays as it is." in printed.getvalue()
    assert Organisation.objects.get(slug="fstb").name == "Staff's office"
    assert Commitment.objects.get(reference="FI-02").title == "Staff's title"
    assert LedgerEntry.objects.get(key="FW-01/1").recorded_at >= staff_s.recorded_at
    assert list(verify_ledger()) == []


@pytest.mark.postgresql
def test_a_newer_file_may_bring_a_commitment(tmp_path):
    older = small()
    del older["commitments"][1]
    load(tmp_path, older)
    assert "1 items and 4 ledger entries are new" in load(tmp_path, small())
    assert Commitment.objects.public().filter(reference="CU-06").exists()


@pytest.mark.postgresql
def test_what_others_are_part_of_is_published_before_its_parts(tmp_path):
    load(tmp_path, small())
    order = list(LedgerEntry.objects.filter(kind="published").values_list("commitment_id", flat=True))
    assert order == ["CU-06", "SC-01", "CU-01"]
    assert Commitment.objects.get(reference="CU-01").part_of.reference == "SC-01"


# Broken files. Each: what is broken, and what the message must say.


def without(*path):
    def broken(data):
        *way, last = path
        for step in way:
            data = data[step]
        del data[last]

    return broken


def having(value, *path):
    def broken(data):
        *way, last = path
        for step in way:
            data = data[step]
        data[last] = value

    return broken


CU_06, FIRST_REPORT = ("commitments", 1), ("commitments", 1, "entries", 1)
BROKEN = {
    "no format": (without("format"), ["format", "None"]),
    "another format": (having(2, "format"), ["format", "2"]),
    "no release": (without("release"), ["release"]),
    "an area without a slug": (without("areas", 0, "slug"), ["slug"]),
    "a release without sections": (without("release", "sections"), ["sections"]),
    "a commitment without a title": (without(*CU_06, "title"), ["title"]),
    "a commitment without owners": (without(*CU_06, "owners"), ["owners"]),
    "an entry without a key": (without(*FIRST_REPORT, "key"), ["key"]),
    "an entry without a salt": (without(*FIRST_REPORT, "salt"), ["salt"]),
    "an unknown area": (having("nowhere", *CU_06, "area"), ["nowhere"]),
    "an unknown owner": (having(["nobody"], *CU_06, "owners"), ["nobody"]),
    "an unknown whole": (having("ZZ-99", *CU_06, "part_of"), ["ZZ-99"]),
    "a section of an unknown area": (having("nowhere", "release", "sections", 0, "area"), ["nowhere"]),
    "an agreement of an unknown body": (having(["nobody"], "release", "agreements", 0, "parties"), ["nobody"]),
    "an agreement on an unknown commitment": (
        having(["ZZ-99"], "release", "agreements", 0, "commitments"),
        ["ZZ-99"],
    ),
    "a deadline that is no date": (having("2018-13", *CU_06, "deadline"), ["2018-13", "CU-06"]),
    "a day that is none": (having("2019-02-30", *CU_06, "review_on"), ["2019-02-30", "CU-06"]),
    "a day of issue that is none": (having("2018-08-32", "release", "issued_on"), ["2018-08-32"]),
    "a report from the future": (having("2031", *FIRST_REPORT, "date"), ["2031", "CU-06/2"]),
    "a time that is none": (having("yesterday", *FIRST_REPORT, "recorded_at"), ["yesterday", "CU-06/2"]),
    "a time without its zone": (having("2026-11-29T08:00:00", *FIRST_REPORT, "recorded_at"), ["CU-06/2"]),
    "a target that is no number": (having("many", *CU_06, "target"), ["many", "CU-06"]),
    "an unknown kind of entry": (having("gossip", *FIRST_REPORT, "kind"), ["gossip", "CU-06/2"]),
    "a report without evidence": (having([], *FIRST_REPORT, "evidence"), ["evidence", "CU-06/2"]),
    "a quote of too many words": (having("word " * 16, *CU_06, "quote"), ["quote", "CU-06"]),
    "a title that is too long": (having("x" * 201, *CU_06, "title"), ["title", "CU-06"]),
    "a column that areas do not have": (having("red", "areas", 0, "colour"), ["colour"]),
    "a key that is there twice": (having("CU-01/1", *FIRST_REPORT, "key"), ["CU-01/1"]),
    "entries that are no list": (having(None, *CU_06, "entries"), ["CU-06"]),
}


def refusal(tmp_path, data):
    """The message of the command, and that nothing was stored."""
    with pytest.raises(CommandError) as refused:
        load(tmp_path, data)
    assert not any(counts().values())
    assert LedgerHead.objects.get().sequence == 0
    return str(refused.value)


@pytest.mark.parametrize(("broken", "named"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_stores_nothing_and_names_the_problem(broken, named, tmp_path):
    data = small()
    broken(data)
    message = refusal(tmp_path, data)
    assert "release.json" in message
    assert [part for part in named if part not in message] == []


@pytest.mark.postgresql
def test_a_commitment_that_is_there_twice_is_refused(tmp_path):
    data = small()
    data["commitments"].append(deepcopy(data["commitments"][1]))
    assert "CU-06" in refusal(tmp_path, data)


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "null"])
def test_what_is_no_release_file_is_refused(text, tmp_path):
    assert "release.json" in refusal(tmp_path, text)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    (tmp_path / "release.json").write_bytes(b'{"format": "\xff"}')
    with pytest.raises(ReleaseFileError, match=r"release\.json"):
        load_release(tmp_path / "release.json")


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_a_file_that_cannot_be_read_is_named(name, tmp_path):
    with pytest.raises(CommandError, match=str(tmp_path)):
        call_command("load_release", str(tmp_path / name))


@pytest.mark.postgresql
def test_a_file_that_breaks_on_its_second_load_leaves_the_first_as_it_was(tmp_path):
    load(tmp_path, small())
    before = counts()
    data = small()
    data["areas"].append({"slug": "new", "name": "New", "position": 20})
    data["commitments"][1]["entries"].append({"key": "CU-06/9", "kind": "check"})
    with pytest.raises(CommandError):
        load(tmp_path, data)
    assert counts() == before


def in_chinese(**translations):
    """The small file with translations, which say what is given."""
    title = next(row["title"] for row in SOURCE["commitments"] if row["reference"] == "CU-01")
    texts = [{"en": title, "zh-hant": "簽署合作協議", "zh-hans": "签署合作协议"}]
    areas = [{"slug": "culture", "name": {"zh-hant": "文化", "zh-hans": "文化"}}]
    return small() | {
        "translations": {"areas": areas, "commitments": [{"reference": "CU-01", "texts": texts}]} | translations
    }


@pytest.mark.postgresql
def test_translations_are_loaded_beside_the_chain_and_once(tmp_path):
    load(tmp_path, small())
    entries = LedgerEntry.objects.exclude(kind="entity").count()
    assert "2 translations" in load(tmp_path, in_chinese())
    assert LedgerEntry.objects.exclude(kind="entity").count() == entries
    assert LedgerEntry.objects.filter(entity="area/culture").last().data["reason"] == FROM_NEWER_FILE
    head = LedgerHead.objects.get().digest
    commitment = Commitment.objects.get(reference="CU-01")
    assert (commitment.translation("title", "zh-hant"), Area.objects.get(slug="culture").name_zh_hans) == (
        "簽署合作協議",
        "文化",
    )
    assert "0 translations" in load(tmp_path, in_chinese())
    assert LedgerHead.objects.get().digest == head


@pytest.mark.postgresql
def test_what_staff_translated_meanwhile_stays(tmp_path):
    load(tmp_path, small())
    commitment = Commitment.objects.get(reference="CU-01")
    Area.objects.filter(slug="culture").update(name_zh_hant="文化創意")
    record_translations([NewTranslation(commitment, "zh-hant", commitment.title, "簽約")], Actor())
    assert "1 translations" in load(tmp_path, in_chinese())
    commitment.refresh_from_db()
    assert (commitment.translation("title", "zh-hant"), commitment.translation("title", "zh-hans")) == (
        "簽約",
        "签署合作协议",
    )
    assert Area.objects.get(slug="culture").name_zh_hant == "文化創意"


def test_a_translation_that_staff_took_back_does_not_come_again(tmp_path):
    load(tmp_path, in_chinese())
    commitment = Commitment.objects.get(reference="CU-01")
    record_translations([NewTranslation(commitment, "zh-hant", commitment.title, "")], Actor())
    Area.objects.filter(slug="culture").update(name_zh_hant="")
    load(tmp_path, in_chinese())
    commitment.refresh_from_db()
    assert (commitment.translation("title", "zh-hant"), Area.objects.get(slug="culture").name_zh_hant) == ("", "")


def test_a_translation_of_what_is_not_in_the_file_is_named(tmp_path):
    texts = [{"en": "Anything", "zh-hant": "甚麼"}]
    with pytest.raises(CommandError, match="translation of CU-99"):
        load(tmp_path, in_chinese(commitments=[{"reference": "CU-99", "texts": texts}]))
    assert not Commitment.objects.exists()


# A ledger that is ahead of the file, or says something else


@pytest.mark.postgresql
def test_a_file_into_a_ledger_that_is_ahead_is_recorded_at_the_time_of_its_last_entry(tmp_path):
    factories.published(recorded_at=datetime(2026, 11, 29, 9, tzinfo=UTC))
    last = LedgerEntry.objects.last().recorded_at
    load(tmp_path, small())
    assert set(LedgerEntry.objects.filter(key__startswith="CU-").values_list("recorded_at", flat=True)) == {last}
    assert list(verify_ledger()) == []


def test_a_key_on_record_with_other_content_is_named_and_left(tmp_path):
    load(tmp_path, small())
    newer = small()
    newer["commitments"][1]["entries"][1]["note"] = "Something else."
    newer["commitments"][1]["title"] = "Another title"
    newer["organisations"][0]["name"] = "Another name"
    head = LedgerHead.objects.get().digest
    told = load(tmp_path, newer)
    named = [line.partition(" is on record with other content")[0] for line in told.splitlines()[1:]]
    assert named == ["organisation/hksarg/1", "CU-06/1", "CU-06/2"]
    assert LedgerHead.objects.get().digest == head


def again(**row):
    """The file of a later release, with one pledge that repeats an earlier one."""
    data = small()
    del data["commitments"][0], data["commitments"][1]
    pledge = data["commitments"][0] | {"reference": "CU-96", "part_of": None, "deadline": "", "deadline_basis": ""}
    pledge |= {"repeats": [{"reference": "CU-06", "why": "The same week."} | row], "entries": pledge["entries"][:1]}
    pledge["entries"] = [pledge["entries"][0] | {"key": "CU-96/1"}]
    data["release"] |= {"slug": "later", "issued_on": "2021-08-30", "agreements": []}
    return data | {"commitments": [pledge], "occasions": []}


@pytest.mark.postgresql
def test_a_later_release_may_repeat_what_is_on_record(tmp_path):
    load(tmp_path, small())
    load(tmp_path, again())
    assert Commitment.objects.get(reference="CU-96").repetitions.get().repeated.reference == "CU-06"
    assert list(verify_ledger()) == []


def test_what_is_repeated_and_not_on_record_is_refused_by_name(tmp_path):
    load(tmp_path, small())
    before = counts()
    with pytest.raises(CommandError, match=r"CU-96.*repeats XX-99, which is not on record"):
        load(tmp_path, again(reference="XX-99"))
    assert counts() == before


@pytest.mark.postgresql
def test_a_newer_file_may_bring_an_agreement_which_the_release_s_entry_then_says(tmp_path):
    load(tmp_path, small())
    newer = small()
    agreement = {"number": 99, "title": "Accord", "parties": ["hksarg"], "basis": "named", "commitments": ["CU-06"]}
    newer["release"]["agreements"].append(agreement)
    load(tmp_path, newer)
    latest = LedgerEntry.objects.filter(entity="release/4th-plenary-2018").last()
    assert latest.data["fields"]["agreements"][-1]["title"] == "Accord"
    assert list(verify_ledger()) == []


def test_entries_about_a_retracted_commitment_are_left_out_and_named(tmp_path):
    load(tmp_path, small())
    publication = LedgerEntry.objects.get(key="CU-06/1")
    append_entries([new_retraction(publication, "Nobody promised it.", BY)])
    newer = small()
    newer["commitments"][1]["entries"].append(newer["commitments"][1]["entries"][-1] | {"key": "CU-06/77"})
    assert "CU-06/77 is left out" in load(tmp_path, newer)
    assert not LedgerEntry.objects.filter(key="CU-06/77").exists()


# Addresses of evidence, lengths of texts and files that are too much


def with_evidence(url):
    """A small file with another address in the first evidence that it has."""
    data = small()
    rows = [row for one in data["commitments"] for entry in one["entries"] for row in entry.get("evidence", ())]
    rows[0]["url"] = url
    return data


@pytest.mark.parametrize(
    "url", ["https://me:secret@example.org/", "https://example.org/a）", "https://example.org/\u202ea"]
)
def test_an_address_that_says_more_than_where_a_page_is_stops_the_load_and_is_named(tmp_path, url):
    with pytest.raises(CommandError, match=r"evidence: Evidence 1, url: .*Write: https://example\.org/"):
        load(tmp_path, with_evidence(url))


def test_a_host_of_mixed_scripts_is_loaded_and_pointed_out(tmp_path):
    assert "letters of several scripts (Cyrillic + Latin)" in load(tmp_path, with_evidence("https://ехample.org/a"))


def test_a_text_that_is_too_long_stops_the_load(tmp_path):
    data = small()
    data["commitments"][0]["note"] = "x" * 10_001
    with pytest.raises(CommandError, match=r"note: .*at most 10,000"):
        load(tmp_path, data)


@pytest.mark.parametrize(
    ("text", "message"), [("[" * 200_000, "recursion"), (" " * (50 * 2**20 + 1), "larger than 50 MB. Split it")]
)
def test_a_file_that_is_too_deep_or_too_large_is_refused_in_words(tmp_path, text, message):
    with pytest.raises(CommandError, match=message):
        load(tmp_path, text)
