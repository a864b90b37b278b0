"""Importing: what a file would do is shown, row by row, and then done whole or not at all."""

import io
import os
import re
from datetime import date, datetime

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.admin.imports import base, commitments, draft_updates, organisations, views
from commitments.ledger.append import append_entries, new_publication
from commitments.ledger.new_entries import Actor
from commitments.models import Affiliation, Commitment, DraftUpdate, Organisation, Update
from commitments.workflow.drafts import publish_drafts, return_drafts
from tests import factories
from tests.helpers.imports import (
    as_csv,
    as_xlsx,
    body,
    changes,
    confirm,
    counts,
    exported,
    imported,
    member,
    place,
    pledge,
    queries_of_importing,
    refusals,
    report,
    rows_of,
    stored,
    upload,
    wrong,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_stands_still", "uploads")]
PLACES = ("commitment", "organisation", "draftupdate")


# Who may


@pytest.mark.parametrize(("role", "offered"), [("Editor", True), ("Contributor", False)])
def test_the_link_is_offered_to_those_who_may(role, offered):
    client = member(role)
    pages = {model: client.get(f"/admin/commitments/{model}/") for model in PLACES}
    statuses = {model: 403 if role == "Contributor" and model == "organisation" else 200 for model in PLACES}
    assert {model: page.status_code for model, page in pages.items()} == statuses
    links = {model: f'href="{place(model)}"' in page.text for model, page in pages.items()}
    assert links == dict.fromkeys(PLACES, offered)


# Commitments


@pytest.mark.postgresql
def test_an_imported_commitment_is_a_draft_with_all_that_its_row_says(editor, culture):
    factories.published(reference="AA-01")
    row = pledge(
        partners="上海市文化和旅游局; LCSD", level="aim", part_of="AA-01", owner_inferred="Yes", owner_note="It does.",
        deadline="2018-h1", deadline_as_stated="in spring", deadline_basis="stated in the release", target="40.00",
        unit="weeks", measure="weeks held", target_approximate="1", review_on="2027-01-31", commitment_note="’Tis so.",
        parties_as_stated="enterprises",
    )  # fmt: skip
    imported(editor, "commitment", as_csv(row))
    commitment = Commitment.objects.get(reference="TT-01")
    values = [
        commitment.published_at,
        commitment.part_of.reference,
        str(commitment.deadline),
        commitment.deadline_last,
        commitment.deadline_basis,
        commitment.level,
    ]
    assert values == [None, "AA-01", "2018-H1", date(2018, 6, 30), "stated", "aim"]
    assert [commitment.target, commitment.target_approximate, commitment.owner_inferred, commitment.review_on] == [
        40,
        True,
        True,
        date(2027, 1, 31),
    ]
    assert [body.slug for body in commitment.owners.all()] == ["lcsd"]
    assert sorted(body.slug for body in commitment.partners.all()) == ["lcsd", "whs"]
    assert LogEntry.objects.get().object_repr == "TT-01 Hold a week"


@pytest.mark.postgresql
def test_rows_may_be_part_of_later_rows(editor, culture):
    imported(editor, "commitment", as_csv(pledge(part_of="TT-02"), pledge(reference="TT-02", part_of="")))
    assert Commitment.objects.get(reference="TT-01").part_of.reference == "TT-02"


@pytest.mark.postgresql
def test_one_cell_changed_is_one_field_changed(editor, culture):
    imported(editor, "commitment", as_csv(pledge(), pledge(reference="TT-02")))
    [first, second] = rows_of(exported(editor, "commitment"))
    preview = upload(editor, "commitment", as_csv(first | {"done_when": "It was held."}, second))
    assert counts(preview) == (0, 1, 1, 0)
    assert changes(preview) == [("TT-01", "done_when", "A week is held.", "It was held.")]
    confirm(editor, "commitment", preview)
    assert list(Commitment.objects.values_list("done_when", flat=True)) == ["It was held.", "A week is held."]
    assert LogEntry.objects.latest("pk").get_change_message() == "Changed done_when."


@pytest.mark.postgresql
def test_owners_are_exchanged_whole(editor, culture):
    imported(editor, "commitment", as_csv(pledge()))
    for cells, after in (
        ({"owners": "whs"}, "上海市文化和旅游局"),
        ({"owners": "LCSD; whs"}, "Leisure and Cultural Services Department; 上海市文化和旅游局"),
        ({"owners": "", "parties_as_stated": "enterprises"}, ""),
    ):
        imported(editor, "commitment", as_csv({"reference": "TT-01"} | cells))
        assert rows_of(exported(editor, "commitment"))[0]["owners"] == after


def test_a_column_that_is_left_out_is_left_alone_and_an_empty_cell_empties(editor, culture):
    imported(editor, "commitment", as_csv(pledge(owner_note="Why.", commitment_note="A note.")))
    imported(editor, "commitment", as_csv({"reference": "TT-01", "commitment_note": ""}))
    commitment = Commitment.objects.get(reference="TT-01")
    assert (commitment.owner_note, commitment.note, commitment.owners.count()) == ("Why.", "", 1)


WRONG_PLEDGES = [
    ({"reference": "tt1"}, "reference", "capital letters"),
    ({"reference": ""}, "reference", "Give the reference"),
    ({"title": ""}, "title", "cannot be blank"),
    ({"title": "x" * 201}, "title", "at most 200"),
    ({"release": "second"}, "release", "There is no release “second”"),
    ({"area": "sport"}, "area", "There is no area “sport”"),
    ({"paragraph": "two"}, "paragraph", "not a number"),
    ({"paragraph": "2.5"}, "paragraph", "not a whole number"),
    ({"paragraph": "0"}, "paragraph", "greater than or equal to 1"),
    ({"kind": "deed"}, "kind", "Write one of: agreement, action"),
    ({"owners": "Nobody"}, "owners", "is no organisation here"),
    ({"owners": ""}, "owners", "at least one owner"),
    ({"owner_inferred": "perhaps"}, "owner_inferred", "Write true or false"),
    ({"owner_inferred": "true"}, "owner_note", "Say why"),
    ({"quote": "word " * 16}, "quote", "at most 15 words"),
    ({"deadline": "05/11/2018"}, "deadline", "Write what is meant: 2018-11-05"),
    ({"deadline": "2019"}, "deadline_basis", "go together"),
    ({"target": "12,00", "unit": "people"}, "target", "without a unit"),
    ({"target": "40"}, "unit", "what the target counts"),
    ({"reference": "TT-09", "part_of": "TT-09"}, "part_of", "no other commitment"),
    ({"part_of": "ZZ-99"}, "part_of", "neither on record nor in this file"),
    ({"review_on": "2027-01"}, "review_on", "Write one as 2018-11-05"),
    ({"title": "=A1"}, "title", "Paste its value"),
    ({"status": "completed"}, "status", "record progress once it is published"),
    ({"note": "Mine."}, "note", "goes into the column “commitment_note”"),
]


def mismatches(preview, cases):
    """Of cases in rows 3 and on: those that are told otherwise than in one message with these words by that column."""
    problems = wrong(preview)
    expected = [(number, column) for number, (_cells, column, _words) in enumerate(cases, 3)]
    assert [(number, column) for number, column, _message in problems] == expected
    return [case for case, (_row, _column, message) in zip(cases, problems, strict=True) if case[2] not in message]


@pytest.mark.postgresql
def test_a_wrong_cell_is_named_and_nothing_is_written(editor, culture):
    before = stored()
    rows = [pledge(reference=f"TT-{n}") | cells for n, (cells, *_rest) in enumerate(WRONG_PLEDGES, 11)]
    preview = upload(editor, "commitment", as_csv(pledge(reference="TT-10"), *rows))
    assert mismatches(preview, WRONG_PLEDGES) == []
    assert "import" not in preview.context
    assert stored() == before


def test_a_column_that_a_new_row_needs_is_asked_for(editor, culture):
    [(_row, column, message)] = wrong(
        upload(editor, "commitment", as_csv({k: v for k, v in pledge().items() if k != "quote"}))
    )
    assert column == "quote"
    assert "The file has no such column: add it." in message


def test_a_short_name_of_two_bodies_names_neither(editor, culture):
    factories.OrganisationFactory(short_name="LCSD")
    assert wrong(upload(editor, "commitment", as_csv(pledge(owners="LCSD"))))


def test_an_owner_may_be_given_by_another_name_of_theirs(editor, culture):
    factories.OrganisationFactory(name="The Council", short_name="Council", aliases="Urban Council\nUC")
    assert wrong(upload(editor, "commitment", as_csv(pledge(owners="UC; Council")))) == []


def test_a_reference_twice_is_told_with_both_rows(editor, culture):
    [(number, column, message)] = wrong(upload(editor, "commitment", as_csv(pledge(), pledge(title="Another"))))
    assert (number, column) == (3, "reference")
    assert "Rows 2 and 3 are about the same: TT-01." in message


# Published ones, and our own exports


@pytest.mark.postgresql
@pytest.mark.parametrize("name", ["commitments.csv", "commitments.xlsx", "data/commitments.csv"])
def test_our_own_public_export_changes_nothing(editor, client, release, name):
    data = b"".join(client.get(f"/{name}"))
    before = stored()
    preview = upload(editor, "commitment", data, name.rpartition("/")[2])
    assert counts(preview) == (0, 0, 57, 0), wrong(preview)
    assert "on record already" in preview.text
    assert stored() == before


def test_the_staff_export_with_drafts_changes_nothing(editor, release):
    draft = pledge(
        release="4th-plenary-2018", part_of="CU-06", deadline="2030", deadline_basis="event", title="+1 “week”"
    )
    imported(editor, "commitment", as_csv(draft))
    preview = upload(editor, "commitment", exported(editor, "commitment"))
    assert counts(preview) == (0, 0, 58, 0), wrong(preview)


TEXTS = ("=1+1", "'=1+1", "\tindented", "＠home", "two\r\nlines", " padded ", "'quoted'", "a; b")


def test_whatever_a_text_holds_its_export_changes_nothing(editor):
    for n, text in enumerate(TEXTS):
        factories.published(reference=f"AA-1{n}", note=text, parties_as_stated=text.replace("\r\n", " "))
        owner = factories.OrganisationFactory(name=text)
        factories.CommitmentFactory(reference=f"AA-2{n}", note=text, owners=[owner])
    preview = upload(editor, "commitment", exported(editor, "commitment"))
    assert counts(preview) == (0, 0, 2 * len(TEXTS), 0), wrong(preview) + changes(preview)


ON_RECORD = [
    ({"title": "Another"}, "title", "is published: correct it on its page, with a reason."),
    ({"deadline": "2031"}, "deadline", "moves only by a report"),
    ({"deadline": "2020"}, "deadline", "moves only by a report"),
    ({"status": "completed"}, "status", "put back “in_progress”"),
    ({"note": "Something else."}, "note", "put back “More time was needed.”"),
]


@pytest.mark.postgresql
def test_what_is_published_is_changed_by_no_file(editor):
    revised = {"deadline": "2021", "deadline_reason": "More time.", "note": "More time was needed."}
    for n in range(len(ON_RECORD) + 1):
        factories.record("report", factories.published(reference=f"AA-1{n}", deadline="2020"), **revised)
    first, *rows = sorted(rows_of(exported(editor, "commitment")), key=lambda row: row["reference"])
    assert counts(upload(editor, "commitment", as_csv(first, *rows))) == (0, 0, len(ON_RECORD) + 1, 0)
    typed = [row | cells for row, (cells, *_rest) in zip(rows, ON_RECORD, strict=True)]
    assert mismatches(upload(editor, "commitment", as_csv(first, *typed)), ON_RECORD) == []


def test_what_depends_on_the_day_of_an_export_is_no_error(editor):
    factories.published(reference="AA-01", deadline="2020")
    [row] = rows_of(exported(editor, "commitment"))
    assert counts(upload(editor, "commitment", as_csv(row | {"schedule": "upcoming", "freshness": "stale"}))) == (
        0,
        0,
        1,
        0,
    )


# Organisations


@pytest.mark.postgresql
def test_organisations_are_added_and_improved(editor, culture):
    imported(editor, "organisation", as_csv(body(), body(slug="lcsd", name="Leisure Department", side="Hong Kong")))
    assert Organisation.objects.get(slug="new-body").side == "shanghai"
    assert Organisation.objects.get(slug="lcsd").name == "Leisure Department"
    assert LogEntry.objects.count() == 2


def test_the_export_of_organisations_changes_nothing(editor, release):
    preview = upload(editor, "organisation", exported(editor, "organisation"))
    assert counts(preview) == (0, 0, Organisation.objects.count(), 0)


WRONG_BODIES = [
    ({"slug": "New Body"}, "slug", "slug"),
    ({"slug": ""}, "slug", "Give the slug"),
    ({"name": "上海市文化和旅游局"}, "name", "“whs” has this name"),
    ({"side": "north"}, "side", "Write one of: hong_kong"),
    ({"site": "example"}, "site", "URL"),
]


@pytest.mark.postgresql
def test_a_wrong_organisation_is_told(editor, culture):
    rows = [body(slug=f"new-{n}", name=f"New {n}") | cells for n, (cells, *_rest) in enumerate(WRONG_BODIES)]
    assert mismatches(upload(editor, "organisation", as_csv(body(), *rows)), WRONG_BODIES) == []


# Draft updates


@pytest.fixture
def public(db):
    return factories.published(reference="AA-01", unit="weeks")


def check(**cells):
    """A row that could be a draft of a check."""
    nothing = {name: "" for name in report() if name.startswith("evidence")}
    values = {"kind": "check", "date": "2026-11-01", "status": "", "note": "", "searched": "The gazette"}
    return report(**(values | nothing | cells))


@pytest.mark.postgresql
def test_imported_updates_wait_for_publishing_and_can_be_published(editor, public):
    imported(editor, "draftupdate", as_csv(report(), check()))
    drafts = DraftUpdate.objects.order_by("pk")
    assert [(d.kind, d.state, d.author.username, d.changed_by.username) for d in drafts] == [
        ("report", "waiting", "editor", "editor"),
        ("check", "waiting", "editor", "editor"),
    ]
    assert drafts[0].evidence.get().date_last == date(2019, 11, 5)
    publish_drafts(list(drafts), User.objects.create_superuser("boss"))
    assert Update.objects.count() == 2


@pytest.mark.postgresql
def test_the_same_file_twice_drafts_nothing_twice_not_even_once_it_is_published(editor, public):
    imported(editor, "draftupdate", as_csv(report()))
    assert counts(upload(editor, "draftupdate", as_csv(report()))) == (0, 0, 1, 0)
    publish_drafts(list(DraftUpdate.objects.all()), User.objects.create_superuser("boss"))
    assert counts(upload(editor, "draftupdate", as_csv(report()))) == (0, 0, 1, 0)


@pytest.mark.postgresql
def test_a_draft_is_changed_by_its_number_and_waits_again(editor, public):
    imported(editor, "draftupdate", as_csv(report()))
    draft = DraftUpdate.objects.get()
    return_drafts([draft], "Say more.", draft.author)
    [row] = rows_of(exported(editor, "draftupdate"))
    preview = upload(editor, "draftupdate", as_csv(row | {"note": "All doors.", "evidence_1_date": "2019"}))
    assert changes(preview) == [
        (str(draft.pk), "note", "The doors were opened.", "All doors."),
        (str(draft.pk), "evidence_1_date", "2019-11-05", "2019"),
    ]
    confirm(editor, "draftupdate", preview)
    draft.refresh_from_db()
    assert (draft.note, draft.state, draft.returned_because, str(draft.evidence.get().date)) == (
        "All doors.",
        "waiting",
        "",
        "2019",
    )


def test_the_export_of_drafts_changes_nothing(editor, public):
    imported(editor, "draftupdate", as_csv(report(note="'=opened"), report(note="'-1", date="2020")))
    publish_drafts([DraftUpdate.objects.first()], User.objects.create_superuser("boss"))
    assert counts(upload(editor, "draftupdate", exported(editor, "draftupdate"))) == (0, 0, 2, 0)


WRONG_REPORTS = [
    ({"reference": "ZZ-99"}, "reference", "no published commitment"),
    ({"reference": "AA-02"}, "reference", "Publish it first"),
    ({"draft": "999"}, "draft", "There is no draft 999"),
    ({"draft": "soon"}, "draft", "There is no draft soon"),
    ({"draft": "9" * 5000}, "draft", "There is no draft 999"),
    ({"date": ""}, "date", "Say when"),
    ({"date": "2030"}, "date", "lies in the future"),
    ({"status": ""}, "status", "which status"),
    ({"status": "no_report"}, "status", "Write one of: not_started"),
    ({"status": "stopped"}, "stop_reason", "reason for stopping"),
    ({"evidence_1_relation": "context"}, "evidence", "needs direct evidence"),
    ({"evidence_1_url": "nowhere"}, "evidence", "Evidence 1, url"),
    ({"evidence_1_url": "http://[::1/"}, "evidence", "Evidence 1, url"),
    ({"evidence_1_relation": "close"}, "evidence_1_relation", "Write one of: direct"),
    ({"kind": "context"}, "status", "does not hold this"),
    ({"achieved": "-1"}, "achieved", "greater than or equal to 0"),
    ({"deadline": "2031"}, "deadline_reason", "go together"),
    ({"reply_of": "nobody"}, "reply_of", "no organisation here"),
    ({"note": "=1"}, "note", "Paste its value"),
]


@pytest.mark.postgresql
def test_what_the_ledger_would_refuse_shows_in_the_preview(editor, public):
    factories.CommitmentFactory(reference="AA-02")
    before = stored()
    rows = [report(note=f"Note {n}.") | cells for n, (cells, *_rest) in enumerate(WRONG_REPORTS)]
    assert mismatches(upload(editor, "draftupdate", as_csv(report(note="Fine."), *rows)), WRONG_REPORTS) == []
    assert stored() == before


def test_a_published_draft_is_history(editor, public):
    imported(editor, "draftupdate", as_csv(report()))
    publish_drafts(list(DraftUpdate.objects.all()), User.objects.create_superuser("boss"))
    [row] = rows_of(exported(editor, "draftupdate"))
    [(_number, column, message)] = wrong(upload(editor, "draftupdate", as_csv(row | {"note": "Otherwise."})))
    assert column == "note"
    assert "Leave its number empty" in message


def test_a_draft_with_more_evidence_than_a_file_holds_is_changed_on_its_page(editor, public):
    imported(editor, "draftupdate", as_csv(report()))
    draft = DraftUpdate.objects.get()
    for number in range(3):
        draft.evidence.create(
            title=f"More {number}", publisher="P", url="https://e.org/", relation="direct", source="party"
        )
    [row] = rows_of(exported(editor, "draftupdate"))
    assert counts(upload(editor, "draftupdate", as_csv(row))) == (0, 0, 1, 0)
    [(_number, column, message)] = wrong(upload(editor, "draftupdate", as_csv(row | {"note": "Otherwise."})))
    assert (column, "Change it on its page" in message) == ("draft", True)


def test_an_address_of_evidence_says_where_a_page_is_and_nothing_else(editor, public):
    cells = {"evidence_1_url": "https://me:secret@example.org/a", "evidence_1_archived_url": "https://example.org/a。"}
    [(_number, column, message)] = wrong(upload(editor, "draftupdate", as_csv(report(**cells))))
    assert column == "evidence"
    assert "user name or password" in message
    assert "“。” at its end" in message


def test_a_host_of_mixed_scripts_is_shown_in_the_preview_and_imported_by_whoever_goes_on(editor, public):
    preview = upload(editor, "draftupdate", as_csv(report(evidence_1_url="https://ехample.org/a")))
    assert "letters of several scripts (Cyrillic + Latin)" in preview.text
    confirm(editor, "draftupdate", preview)
    assert DraftUpdate.objects.get().evidence.get().url == "https://ехample.org/a"


def test_two_rows_that_draft_the_same_are_one_too_many(editor, public):
    assert "Rows 2 and 3" in wrong(upload(editor, "draftupdate", as_csv(report(), report())))[0][2]


# Two steps


@pytest.mark.postgresql
def test_the_preview_writes_nothing(editor, culture):
    before = stored()
    with CaptureQueriesContext(connection) as captured:
        preview = upload(editor, "commitment", as_csv(pledge()))
    assert counts(preview) == (1, 0, 0, 0)
    assert stored() == before
    assert not [query for query in captured if re.match("INSERT|UPDATE|DELETE|SAVEPOINT", query["sql"])]


def test_whoever_cancels_leaves_nothing_behind(editor, culture, uploads):
    before = stored()
    preview = upload(editor, "commitment", as_csv(pledge()))
    [path] = uploads.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert "Nothing was imported." in confirm(editor, "commitment", preview, _cancel="1").text
    assert stored() == before
    assert list(uploads.iterdir()) == []


@pytest.mark.postgresql
def test_a_confirmation_counts_once(editor, culture, uploads):
    preview = upload(editor, "commitment", as_csv(pledge()))
    assert "Imported: 1 new, 0 changed, 0 unchanged." in confirm(editor, "commitment", preview).text
    assert "Upload it again." in confirm(editor, "commitment", preview).text
    assert list(uploads.iterdir()) == []
    assert Commitment.objects.count() == 1


def test_nobody_confirms_for_somebody_else_for_another_list_or_another_file(editor, culture):
    preview = upload(editor, "commitment", as_csv(pledge()))
    token = preview.context["import"]
    for client, model, value in (
        (member("Publisher", "other"), "commitment", token),
        (editor, "draftupdate", token),
        (editor, "commitment", token[:-1] + ("a" if token[-1] != "a" else "b")),
        (editor, "commitment", "/etc/passwd"),
        (editor, "commitment", ""),
    ):
        answer = client.post(place(model, "process_import"), {"import": value}, follow=True)
        assert "Upload it again." in answer.text
    assert Commitment.objects.count() == 0


@pytest.fixture
def secret(tmp_path):
    """A file that the server can read, and the record must not."""
    path = tmp_path / "secret.csv"
    path.write_bytes(as_csv(pledge(title="Out of the secret file")))
    return path


FORGED_KEYS = [
    "{secret}",
    "../../secret.csv",
    "../{name}",
    "{name}",
    "{key}/../../../secret.csv",
    "{key}\0",
    "{key}\n",
    "",
    None,
    7,
    ["{key}"],
]


@pytest.mark.parametrize("forged", FORGED_KEYS)
def test_no_token_names_a_file_whoever_signed_it(editor, culture, uploads, secret, forged):
    """The key is known, as where somebody read it off a server: nothing is read by it, and nothing deleted."""
    upload(editor, "commitment", as_csv(pledge()))
    [kept] = uploads.iterdir()
    if isinstance(forged, str):
        forged = forged.format(secret=secret, name=kept.name, key=kept.name.rpartition("-")[2])
    user = User.objects.get(username="editor")
    token = signing.dumps({"key": forged, "file": forged, "name": "x", "fingerprint": "x"}, salt=salt(user))
    answer = editor.post(place("commitment", "process_import"), {"import": token}, follow=True)
    assert "Upload it again." in answer.text
    assert "secret" not in answer.text
    assert secret.exists()
    assert kept.exists()


def salt(user, model="commitment"):
    return f"import/commitments.{model}/{user.pk}"


@pytest.mark.parametrize("content", [None, "text", [], {}, {"key": "0" * 32}, {"name": "x", "fingerprint": "x"}])
def test_a_token_that_says_something_else_is_no_failure(editor, uploads, content):
    token = signing.dumps(content, salt=salt(User.objects.get(username="editor")))
    answer = editor.post(place("commitment", "process_import"), {"import": token}, follow=True)
    assert "Upload it again." in answer.text


def test_a_token_for_somebody_elses_upload_finds_nothing_whoever_signed_it(editor, culture, uploads):
    upload(editor, "commitment", as_csv(pledge()))
    [kept] = uploads.iterdir()
    content = {"key": kept.name.rpartition("-")[2], "name": "x", "fingerprint": "x"}
    other = member("Publisher", "other")
    for client, user, model in (
        (other, User.objects.get(username="other"), "commitment"),
        (editor, User.objects.get(username="editor"), "organisation"),
    ):
        token = signing.dumps(content, salt=salt(user, model))
        answer = client.post(place(model, "process_import"), {"import": token}, follow=True)
        assert "Upload it again." in answer.text
    assert kept.exists()


def test_what_somebody_else_left_in_the_common_temporary_folder_is_of_no_interest(
    editor, culture, uploads, monkeypatch, tmp_path
):
    (tmp_path / "tracker-import-old").mkdir()  # which cannot be removed as a file is
    os.utime(tmp_path / "tracker-import-old", (0, 0))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert "Imported: 1 new" in imported(editor, "commitment", as_csv(pledge())).text


def test_uploads_wait_in_a_folder_that_nobody_else_may_enter(editor, culture, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "new" / "var"
    upload(editor, "commitment", as_csv(pledge()))
    [kept] = (settings.VAR_DIR / "uploads").iterdir()
    assert [path.stat().st_mode & 0o777 for path in (kept.parent, kept)] == [0o700, 0o600]


def test_an_upload_that_was_left_lying_goes(editor, culture, uploads):
    upload(editor, "commitment", as_csv(pledge()))
    [left] = uploads.iterdir()
    os.utime(left, (0, 0))
    upload(editor, "commitment", as_csv(pledge()))
    assert len(list(uploads.iterdir())) == 1
    assert not left.exists()


@pytest.mark.postgresql
def test_whoever_confirms_after_somebody_changed_a_draft_is_shown_anew(editor, culture):
    imported(editor, "commitment", as_csv(pledge()))
    preview = upload(editor, "commitment", as_csv(pledge(title="Hold two weeks")))
    Commitment.objects.update(title="Hold three weeks")
    again = confirm(editor, "commitment", preview)
    assert "Nothing was imported: the record has changed since you looked." in again.text
    assert changes(again) == [("TT-01", "title", "Hold three weeks", "Hold two weeks")]
    assert Commitment.objects.get().title == "Hold three weeks"
    confirm(editor, "commitment", again)
    assert Commitment.objects.get().title == "Hold two weeks"


def test_whoever_confirms_after_it_was_published_changes_nothing(editor, culture):
    imported(editor, "commitment", as_csv(pledge()))
    preview = upload(editor, "commitment", as_csv(pledge(title="Hold two weeks")))
    append_entries([new_publication(Commitment.objects.get(), Actor())])
    again = confirm(editor, "commitment", preview)
    assert wrong(again)[0][2] == "TT-01 is published: correct it on its page, with a reason."
    assert Commitment.objects.get().title == "Hold a week"


# Templates


@pytest.mark.parametrize(("model", "suffix"), [("commitment", "csv"), ("organisation", "xlsx"), ("draftupdate", "csv")])
def test_a_template_as_it_is_holds_no_rows_and_imports_nothing(editor, model, suffix):
    answer = editor.get(place(model) + f"template.{suffix}")
    assert answer["Content-Disposition"].endswith(f'template.{suffix}"')
    assert "no rows" in refusals(upload(editor, model, answer.content, f"template.{suffix}"))


def test_the_workbook_explains_its_columns(editor):
    content = editor.get(place("commitment") + "template.xlsx").content
    rows, columns, _allowed = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    names = [cell.value for cell in rows[1]]
    assert names == [row[0].value for row in columns.iter_rows(min_row=2)]
    assert next(row[3].value for row in columns.iter_rows() if row[0].value == "level") == "primary, aim, umbrella"


def test_a_filled_workbook_is_read_as_a_person_means_it(editor, culture):
    row = pledge() | {"paragraph": 2.0, "deadline": 2019, "deadline_basis": "stated", "target": 40.0, "unit": "weeks"}
    row |= {"review_on": datetime(2027, 1, 31), "target_approximate": True}
    imported(editor, "commitment", as_xlsx(list(row), list(row.values())), "file.xlsx")
    commitment = Commitment.objects.get()
    assert (commitment.paragraph, str(commitment.deadline), commitment.target, commitment.review_on) == (
        2,
        "2019",
        40,
        date(2027, 1, 31),
    )


def test_an_unknown_column_is_named_with_those_that_are_known(editor):
    text = refusals(upload(editor, "commitment", as_csv(dict.fromkeys(["reference", "titel", "Title"], "x"))))
    strange, _known, known = text.partition("Known are")
    assert [name for name in ("reference", "titel", "Title") if name in strange] == ["titel", "Title"]
    assert "parties_as_stated" in known


def test_a_file_that_names_nothing_is_refused(editor):
    assert "“reference” is missing" in refusals(upload(editor, "commitment", as_csv({"title": "x"})))


# Exports


@pytest.mark.postgresql
def test_an_export_is_exactly_the_filtered_list(editor, release):
    for query, number in (
        ("?q=week", 3),
        ("?kind__exact=agreement", 9),
        ("?kind__exact=agreement&p=9&all=", 9),
        ("", 57),
    ):
        listed = editor.get(place("commitment", "")[:-1] + query.replace("&p=9&all=", "")).context["cl"].result_count
        assert len(rows_of(exported(editor, "commitment", query))) == listed, (query, number)


def test_the_list_links_to_its_own_export(editor, release):
    assert f'href="{place("commitment", "export")}?q=week"' in editor.get("/admin/commitments/commitment/?q=week").text


def test_an_impossible_filter_exports_nothing(editor):
    assert editor.get(place("commitment", "export") + "?nothing=1").status_code == 302


def test_contributors_export_what_they_see(release):
    client = member("Contributor", "clerk")
    Affiliation.objects.create(
        user=User.objects.get(username="clerk"), organisation=Organisation.objects.get(slug="lcsd")
    )
    listed = client.get("/admin/commitments/commitment/").context["cl"].result_count
    assert len(rows_of(exported(client, "commitment"))) == listed
    assert client.get(place("organisation", "export")).status_code == 403


# Sizes


@pytest.mark.postgresql
@pytest.mark.parametrize("model", ["commitment", "draftupdate"])
def test_queries_grow_with_batches_and_not_with_rows(editor, culture, public, monkeypatch, model):
    for module in (base, commitments, draft_updates, organisations):
        monkeypatch.setattr(module, "BATCH_SIZE", 30)
    [few, more] = [queries_of_importing(editor, model, size) for size in (30, 120)]
    # 90 rows more are three batches.
    assert more[0] - few[0] <= 3 * 8
    assert more[1] - few[1] <= 3 * 16


def test_a_long_preview_lists_some_and_counts_all(editor, culture, monkeypatch):
    monkeypatch.setattr(views, "MAX_LISTED", 2)
    preview = upload(editor, "commitment", as_csv(*(pledge(reference=f"TT-{n}") for n in range(10, 15))))
    new = preview.text.partition("<h2>New</h2>")[2]
    assert "And 3 more rows." in new
    assert new.count("Hold a week") == 2
