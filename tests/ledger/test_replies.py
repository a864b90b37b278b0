"""An owner's reply: context on the record in the owner's words, marked as theirs."""

import json

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from commitments.ledger.append import append_entries, new_correction, new_publication
from commitments.ledger.verify import verify_ledger
from commitments.models import DraftUpdate, LedgerEntry, Organisation, Update
from commitments.workflow.release_file_errors import ReleaseFileError
from commitments.workflow.release_loader import load_release
from tests.factories import CommitmentFactory, OrganisationFactory, evidence, new, published, record
from tests.helpers.admin_forms import CONTEXT, RECORD, REPORT, Form, clerk, errors, fill
from tests.helpers.commitment_page import record as lines_of_record
from tests.helpers.commitment_page import verdict
from tests.helpers.html import find_all, main_element, visible_text
from tests.helpers.ledger_acts import BY, change_entry, correct, redact, refused, retract, verify
from tests.helpers.release_file import small

pytestmark = pytest.mark.django_db
WORDS = "We have asked for tenders."


@pytest.fixture
def commitment():
    """A pledge of the Harbour Office, in which the Ferry Company takes part."""
    owner = OrganisationFactory(slug="harbour", name="Harbour Office")
    partner = OrganisationFactory(slug="ferry", name="Ferry Company")
    OrganisationFactory(slug="stranger", name="Somebody Else")
    return published(reference="TT-01", owners=[owner], partners=[partner])


@pytest.fixture
def desk(client):
    client.force_login(User.objects.create_superuser("boss"))
    return client


# The ledger


@pytest.mark.postgresql
@pytest.mark.parametrize("slug", ["harbour", "ferry"])
def test_a_reply_of_an_owner_or_partner_is_recorded_and_projected(commitment, slug):
    entry = record("context", commitment, note=WORDS, reply_of=slug)
    assert entry.data["reply_of"] == slug
    assert Update.objects.get(pk=entry.pk).reply_of == Organisation.objects.get(slug=slug)
    assert verify()[0] == 0


@pytest.mark.postgresql
def test_context_that_is_no_reply_says_nothing_of_one(commitment):
    assert "reply_of" not in record("context", commitment).data
    assert "reply_of" not in record("context", commitment, reply_of="").data
    assert "reply_of" not in record("context", commitment, reply_of=None).data


@pytest.mark.postgresql
def test_nobody_else_can_reply(commitment):
    for slug in ("stranger", "nobody", "Harbour Office", "HARBOUR"):
        assert refused(new("context", commitment, reply_of=slug)) == {"reply_of"}


def test_a_reply_names_one_slug(commitment):
    entry = new("context", commitment)
    for value in ("", None, 1, ["harbour"], {"slug": "harbour"}):
        entry.content["reply_of"] = value
        assert refused(entry) == {"reply_of"}


def test_only_context_can_be_a_reply(commitment):
    for kind in ("report", "check"):
        assert refused(new(kind, commitment, reply_of="harbour")) == {"reply_of"}


def test_a_reply_needs_its_words(commitment):
    assert refused(new("context", commitment, note=" ", reply_of="harbour")) == {"note"}


@pytest.mark.postgresql
def test_the_same_words_without_the_name_are_another_entry(commitment):
    record("context", commitment, note=WORDS)
    record("context", commitment, note=WORDS, reply_of="harbour")
    assert refused(new("context", commitment, note=WORDS, reply_of="harbour")) == {"__all__"}


@pytest.mark.postgresql
def test_who_may_reply_is_known_from_a_correction_in_the_same_submission(commitment):
    correction = new_correction(
        commitment, {"partners": Organisation.objects.filter(slug="stranger")}, "Typing error.", BY
    )
    assert refused(correction, new("context", commitment, reply_of="ferry")) == {"reply_of"}
    assert append_entries([correction, new("context", commitment, reply_of="stranger")])


@pytest.mark.postgresql
def test_a_reply_can_be_recorded_with_the_publication():
    draft = CommitmentFactory(owners=[OrganisationFactory(slug="harbour")])
    assert append_entries([new_publication(draft, BY), new("context", draft, reply_of="harbour")])
    assert verify()[0] == 0


@pytest.mark.postgresql
def test_a_reply_moves_no_status(commitment):
    record("report", commitment, date="2020", status="in_progress")
    record("context", commitment, date="2021", note=WORDS, reply_of="harbour")
    assert commitment.states.last().status == "in_progress"


@pytest.mark.postgresql
def test_a_reply_stays_the_owner_s_when_the_owner_is_corrected(commitment):
    entry = record("context", commitment, reply_of="harbour")
    correct(commitment, owners=[OrganisationFactory(slug="new-owner")])
    assert Update.objects.get(pk=entry.pk).reply_of_id == "harbour"
    assert verify()[0] == 0


@pytest.mark.postgresql
def test_an_organisation_that_replied_cannot_be_deleted(commitment):
    record("context", commitment, reply_of="ferry")
    correct(commitment, partners=[])
    with pytest.raises(ProtectedError):
        Organisation.objects.get(slug="ferry").delete()


@pytest.mark.postgresql
def test_the_slug_of_an_organisation_that_replied_cannot_be_changed(commitment):
    record("context", commitment, reply_of="harbour")
    body = Organisation.objects.filter(slug="harbour")
    with pytest.raises(IntegrityError), transaction.atomic():  # PostgreSQL refuses when it checks, SQLite at once
        _updated = body.update(slug="port"), connection.check_constraints()


@pytest.mark.postgresql
def test_a_reply_can_be_retracted(commitment):
    entry = record("context", commitment, reply_of="harbour")
    retract(entry, "It did not come from them.")
    assert not Update.objects.get(pk=entry.pk).stands
    assert verify()[0] == 0


@pytest.mark.postgresql
def test_a_redaction_takes_out_the_words_and_not_whose_they_were(commitment):
    entry = record("context", commitment, note=WORDS, reply_of="harbour")
    for remaining in (entry.data | {"reply_of": "ferry"}, {k: v for k, v in entry.data.items() if k != "reply_of"}):
        with pytest.raises(ValidationError):
            redact(entry, remaining)
    redact(entry, entry.data | {"note": "[removed]"})
    update = Update.objects.get(pk=entry.pk)
    assert (update.note, update.reply_of_id) == ("[removed]", "harbour")
    assert verify()[0] == 0


@pytest.mark.postgresql
def test_a_reply_that_was_removed_whole_is_nobody_s(commitment):
    entry = record("context", commitment, note=WORDS, reply_of="harbour")
    redact(entry, None)
    assert Update.objects.get(pk=entry.pk).reply_of is None
    assert verify()[0] == 0


# Verification


@pytest.mark.postgresql
@pytest.mark.parametrize("slug", ["ferry", None])
def test_a_reply_put_into_another_mouth_is_named_and_mended(commitment, slug):
    entry = record("context", commitment, reply_of="harbour")
    Update.objects.filter(pk=entry.pk).update(reply_of=slug)
    code, _printed, complaints = verify()
    assert (code, complaints) == (1, f"TT-01: update: {entry.pk} differs in reply_of\n")
    verify("--rebuild")
    assert (verify()[0], Update.objects.get(pk=entry.pk).reply_of_id) == (0, "harbour")


@pytest.mark.postgresql
def test_a_note_made_a_reply_is_named(commitment):
    entry = record("context", commitment)
    Update.objects.filter(pk=entry.pk).update(reply_of="harbour")
    assert f"update: {entry.pk} differs in reply_of" in verify()[2]


@pytest.mark.postgresql
@pytest.mark.parametrize("slug", ["ferry", "nobody"])
def test_an_entry_that_names_somebody_else_now_is_named_and_never_spread(commitment, slug):
    entry = record("context", commitment, reply_of="harbour")
    change_entry(entry, content=entry.content.replace("harbour", slug))
    code, _printed, complaints = verify("--rebuild")
    assert (code, complaints.startswith(f"entry {entry.pk} (TT-01): its content was changed")) == (1, True)
    assert Update.objects.get(pk=entry.pk).reply_of_id == "harbour"


# A release's file


def load(tmp_path, data):
    path = tmp_path / "release.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return load_release(path)


def with_reply(kind="context", **fields):
    """A small release in which an owner of CU-06 replies, and that owner's slug."""
    data = small()
    pledge = next(row for row in data["commitments"] if row["reference"] == "CU-06")
    entry = {"key": "CU-06/90", "kind": kind, "recorded_at": "2026-11-29T08:00:00Z", "salt": "00" * 16}
    fields = {"date": "2026-11", "note": WORDS, "evidence": [], "reply_of": pledge["owners"][0]} | fields
    pledge["entries"].append(entry | fields)
    return data, pledge["owners"][0]


def test_a_reply_of_a_release_s_file_is_loaded(tmp_path):
    data, owner = with_reply()
    load(tmp_path, data)
    assert Update.objects.get(note=WORDS).reply_of.slug == owner
    assert list(verify_ledger()) == []


@pytest.mark.parametrize(
    "wrong", [{"reply_of": "nobody"}, {"kind": "check", "searched": "Here.", "date": "2026-11-29"}]
)
def test_a_reply_that_cannot_be_is_named_with_its_key_and_nothing_is_loaded(tmp_path, wrong):
    data, _owner = with_reply(**wrong)
    with pytest.raises(ReleaseFileError, match="CU-06/90: reply_of: "):
        load(tmp_path, data)
    assert not LedgerEntry.objects.exists()


# The desk


def test_a_reply_is_typed_published_and_shown_as_the_owner_s(commitment, desk, client):
    fill(desk, f"{RECORD}?commitment={commitment.pk}", "_publish", **CONTEXT | {"note": WORDS, "reply_of": "harbour"})
    assert Update.objects.get().reply_of_id == "harbour"
    answer = client.get("/commitments/TT-01/")
    [line] = [text for text in lines_of_record(answer) if WORDS in text]
    assert f"Reply of Harbour Office : {WORDS}" in line
    assert '/organisations/harbour/">Harbour Office</a>' in answer.text.partition(WORDS)[0]
    assert answer.text.count(WORDS) == 1  # nowhere as if the record itself said so


def test_the_front_page_names_whose_words_they_are(commitment, client):
    record("context", commitment, note=WORDS, reply_of="harbour")
    record("context", commitment, note=WORDS)
    [latest] = find_all(main_element(client.get("/")), "ul", _class="news")
    told, replied = map(visible_text, find_all(latest, "li"))
    assert "Reply of" not in told
    assert replied.endswith(f"Reply of Harbour Office : {WORDS}")


def test_a_verdict_tells_what_was_found_and_not_what_an_owner_replied(commitment, client):
    page = evidence(relation="related")
    record("context", commitment, date="2020", note="A crane was seen.", evidence=[page])
    record("context", commitment, date="2021", note=WORDS, reply_of="harbour", evidence=[page])
    assert "Background: A crane was seen." in verdict(client.get("/commitments/TT-01/"))
    assert verify()[0] == 0


def test_only_owners_and_partners_are_offered(commitment, desk):
    offered = [str(value) for value, _name in choices(desk.get(f"{RECORD}?commitment={commitment.pk}"))]
    assert offered == ["", "ferry", "harbour"]
    assert "stranger" in [str(value) for value, _name in choices(desk.get(RECORD))]


def choices(answer):
    return answer.context["adminform"].form.fields["reply_of"].choices


def test_a_commitment_that_is_none_is_no_error(commitment, desk):
    assert desk.get(f"{RECORD}?commitment=999999").status_code == 200


def test_somebody_else_s_reply_is_refused_and_nothing_typed_is_lost(commitment, desk):
    answer = fill(
        desk, f"{RECORD}?commitment={commitment.pk}", "_publish", **CONTEXT | {"note": WORDS, "reply_of": "stranger"}
    )
    assert errors(answer)["reply_of"] == "Choose an owner or partner of this commitment."
    assert Form(answer).fields["note"] == WORDS
    assert not DraftUpdate.objects.exists()


@pytest.mark.parametrize("typed", [REPORT, {"kind": "check", "date": "2026-11-20", "searched": "Everywhere."}])
def test_a_reply_typed_for_another_kind_is_refused_and_not_lost_in_silence(commitment, desk, typed):
    answer = fill(desk, f"{RECORD}?commitment={commitment.pk}", "_publish", **typed | {"reply_of": "harbour"})
    assert errors(answer)["reply_of"] == "A reply moves no status: record it as context."
    assert not Update.objects.exists()


def test_a_draft_keeps_whose_reply_it_is_until_somebody_publishes_it(commitment, desk):
    fill(desk, f"{RECORD}?commitment={commitment.pk}", **CONTEXT | {"note": WORDS, "reply_of": "ferry"})
    draft = DraftUpdate.objects.get()
    fill(desk, f"/admin/commitments/draftupdate/{draft.pk}/change/", "_publish")
    assert Update.objects.get().reply_of_id == "ferry"


def test_a_published_reply_can_be_looked_at(commitment, desk):
    fill(desk, f"{RECORD}?commitment={commitment.pk}", "_publish", **CONTEXT | {"note": WORDS, "reply_of": "harbour"})
    draft, update = DraftUpdate.objects.get(), Update.objects.get()
    assert "Harbour Office" in desk.get(f"/admin/commitments/draftupdate/{draft.pk}/change/").text
    assert "Harbour Office" in desk.get(f"/admin/commitments/update/{update.pk}/change/").text


def test_whoever_may_not_publish_can_draft_a_reply(commitment):
    client = clerk("add_draftupdate", "view_commitment", "work_for_all")
    fill(client, f"{RECORD}?commitment={commitment.pk}", **CONTEXT | {"note": WORDS, "reply_of": "harbour"})
    assert DraftUpdate.objects.get().reply_of_id == "harbour"


def test_a_retracted_reply_is_struck_through_with_its_name(commitment, client):
    retract(record("context", commitment, note=WORDS, reply_of="harbour"))
    page = client.get("/commitments/TT-01/").text
    struck = page[page.index("<del>") : page.index("</del>")]
    assert "Reply of" in struck
    assert WORDS in struck
