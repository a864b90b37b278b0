"""Two people are two people: with four eyes nobody appends alone, by any way, nor with a colleague's account."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from commitments.ledger.append import new_correction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation
from commitments.models import (
    AccountChange,
    Commitment,
    DraftEdit,
    DraftUpdate,
    EntityProposal,
    EntryProposal,
    LedgerEntry,
    NewsSource,
    Translation,
)
from commitments.workflow.draft_edits import note_edits
from commitments.workflow.drafts import publish_drafts
from commitments.workflow.entity_proposals import propose_change, put_on_record, record_proposals
from commitments.workflow.entry_proposals import bring_translations, record_or_propose, record_proposal
from commitments.workflow.publications import publish_commitments
from commitments.workflow.redactions import decide_redaction, request_redaction
from tests import factories
from tests.helpers.admin_forms import REPORT, Form, add, change, fill, record_address
from tests.helpers.drafts import waiting
from tests.helpers.imports import as_csv, confirm, exported, imported, rows_of, upload
from tests.helpers.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed", "uploads")]
CODE = Path(__file__).parent.parent.parent / "commitments"
RELEASE_LOADER = "release_loader.py"  # a command on the server


@pytest.fixture(autouse=True)
def four_eyes(settings):
    settings.FOUR_EYES = True


@pytest.fixture
def public(db):
    return factories.published(reference="TT-01", title="Build a bridge")


def superuser(name):
    """May do everything, as far as it takes one."""
    return User.objects.create_superuser(name, f"{name}@example.org")


@pytest.fixture
def one(db):
    return superuser("one")


@pytest.fixture
def other(db):
    return superuser("other")


def on_record():
    return LedgerEntry.objects.count(), Translation.objects.count()


# Every way


def published_alone(client, draft):
    page = client.get(f"{reverse('admin:commitments_commitment_publish')}?commitment={draft.pk}")
    client.post(reverse("admin:commitments_commitment_publish"), {"chosen": page.context["chosen"]})


def draft_commitment(client, public):
    parts = {"release": str(public.release_id), "area": str(public.area_id), "owners": [str(public.owners.get().pk)]}
    typed = {"reference": "TT-02", "title": "Build two", "quote": "will build", "done_when": "Two stand."} | parts
    typed |= {"paragraph": "3", "kind": "action", "force": "promise", "level": "primary"}
    fill(client, add(Commitment), **typed)
    published_alone(client, Commitment.objects.get(reference="TT-02"))


def imported_commitment(client, public):
    [row] = rows_of(exported(client, "commitment"))
    cells = {name: row[name] for name in ("release", "area", "owners", "kind", "force", "quote")}
    cells |= {"reference": "TT-02", "title": "Build two", "paragraph": "3", "done_when": "Two stand."}
    imported(client, "commitment", as_csv(cells))
    published_alone(client, Commitment.objects.get(reference="TT-02"))


def bulk(client, public):
    chosen = {"action": "record_selected", "_selected_action": [public.pk], "select_across": 0}
    page = client.post(reverse("admin:commitments_commitment_changelist"), chosen)
    address = reverse("admin:commitments_commitment_record")
    page = Form(page).send(client, address, "go", kind="check", date="2026-11-20", searched="Web pages.")
    for name in ("publish", "send"):
        Form(page).send(client, reverse(f"admin:commitments_draftupdate_{name}"), "go")
    review(client, DraftUpdate.objects.get())


def review(client, draft):
    page = client.get(f"{reverse('admin:commitments_draftupdate_publish')}?draft={draft.pk}")
    if page.context:  # not on record yet
        client.post(reverse("admin:commitments_draftupdate_publish"), {"chosen": page.context["chosen"]})


def update(client, public, button="_publish", **typed):
    fill(client, record_address(public), button, **(REPORT | typed if button == "_publish" else typed))
    fill(client, record_address(public), "_send", **REPORT)
    review(client, DraftUpdate.objects.latest("pk"))


def imported_update(client, public):
    row = {"draft": "", "reference": "TT-01", "kind": "check", "date": "2026-11-20", "searched": "Web pages."}
    imported(client, "draftupdate", as_csv(row))
    review(client, DraftUpdate.objects.get())


def correction(client, public):
    looked = fill(client, change(public), "_preview", title="Mend a bridge", reason="It stood already.")
    Form(looked).send(client, change(public), "_save")
    decide(client)


def retraction(client, public, kind="published"):
    entry = LedgerEntry.objects.filter(kind=kind).latest("sequence")
    client.post(reverse("admin:commitments_ledgerentry_retract", args=[entry.pk]), {"reason": "Wrong."})
    decide(client)


def decide(client):
    """Record what was proposed, as whoever proposed it."""
    for proposal in EntryProposal.objects.all():
        client.post(reverse("admin:commitments_entryproposal_decide", args=[proposal.pk]), {"_record": "1"})


def translation(client, public):
    address = f"/admin/commitments/commitment/{public.pk}/translations/"
    page = client.get(address)
    name = next(box.name for row in page.context["rows"] for box in row.boxes if row.text == "Build a bridge")
    Form(page).send(client, address, "_save", **{name: "建橋"})
    decide(client)


def imported_translation(client, public):
    row = {"reference": "TT-01", "title_zh_hant": "建橋"}
    imported(client, "commitment", as_csv(row))
    decide(client)


def entity_change(client, public):
    fill(client, change(public.area), name="Harbours", reason="Renamed.")
    client.post(
        reverse("admin:commitments_entityproposal_record"),
        {"proposal": list(EntityProposal.objects.values_list("pk", flat=True))},
    )


def record_waiting_changes(client):
    keys = list(EntityProposal.objects.values_list("pk", flat=True))
    client.post(reverse("admin:commitments_entityproposal_record"), {"proposal": keys})


def imported_entity_change(client, public):
    body = public.owners.get()
    imported(client, "organisation", as_csv({"slug": body.slug, "name": "Renamed", "reason": "Renamed."}))
    client.post(
        reverse("admin:commitments_entityproposal_record"),
        {"proposal": list(EntityProposal.objects.values_list("pk", flat=True))},
    )


def first_entry(client, public):
    fill(client, add(NewsSource), slug="gazette", name="Gazette", source="party", why="The government prints it.")
    address = reverse("admin:commitments_newssource_put_on_record", args=[NewsSource.objects.get().pk])
    client.post(address, {"shown": client.get(address).context["shown"]})


def redaction(client, public):
    entry = LedgerEntry.objects.get(kind="published")
    address = reverse("admin:commitments_redactionrequest_ask", args=[entry.pk])
    Form(client.get(address)).send(client, address, "_write", **{"text-0": "[removed]", "reason": "A name."})
    [key] = public.entries.get(kind="published").redaction_requests.values_list("pk", flat=True)
    client.post(reverse("admin:commitments_redactionrequest_decide", args=[key]), {"_grant": "1"})


WAYS = {
    "an update, and the same sent and reviewed": update,
    "a reply": lambda client, public: update(client, public, kind="context", status="", reply_of=owner_of(public)),
    "a check by one press": lambda client, public: update(client, public, "_check"),
    "a new deadline": lambda client, public: update(client, public, deadline="2027", deadline_reason="Rain."),
    "many at once": bulk,
    "an imported update": imported_update,
    "a commitment": draft_commitment,
    "an imported commitment": imported_commitment,
    "a correction": correction,
    "a retraction of a publication": retraction,
    "a translation": translation,
    "an imported translation": imported_translation,
    "a change of a name": entity_change,
    "an imported change of a name": imported_entity_change,
    "a first entry of its own": first_entry,
    "a redaction": redaction,
}


def owner_of(public):
    return public.owners.get().pk


@pytest.mark.postgresql
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_nobody_appends_alone_by_any_way(way, public, one):
    before = on_record()
    way(signed_in(one), public)
    assert on_record() == before


@pytest.mark.parametrize("way", [way for way in WAYS.values() if way is not redaction])
def test_each_of_them_is_an_append_where_one_pair_of_eyes_is_enough(way, public, one, settings):
    settings.FOUR_EYES = False
    before = on_record()
    way(signed_in(one), public)
    assert sum(on_record()) > sum(before)


def test_nor_is_a_report_retracted_alone(public, one):
    factories.record("report", public)
    before = on_record()
    retraction(signed_in(one), public, "report")
    assert on_record() == before


def callers(name):
    """Which functions of which modules call a function of that name, but for the ledger's own."""
    found = set()
    for path in CODE.rglob("*.py"):
        if "ledger" in path.parts or "migrations" in path.parts or path.name == RELEASE_LOADER:
            continue
        for function in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)):
            names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}  # called, or handed on
            found |= {f"{path.parent.name}.{path.stem}.{function.name}"} if name in names else set()
    return found


def test_there_is_no_other_way():
    assert callers("record_translations") == {
        "workflow.entry_proposals.bring_translations",
        "workflow.entry_proposals.record_proposal",
    }
    assert {caller for caller in callers("append_entries") if not caller.startswith("ops.")} == {
        # Looks, of which nothing stays.
        "workflow.release_reports.attempt_with_reports",
        "workflow.release_reports.look_with_reports",
        "workflow.drafts.publish_drafts",
        "workflow.entity_proposals._append_proposals",
        "workflow.entity_proposals.put_on_record",
        "workflow.entity_proposals.record_change",
        "workflow.entry_proposals.record_or_propose",
        "workflow.entry_proposals.record_proposal",
        "workflow.publications.publish_commitments",
        "workflow.redactions.decide_redaction",
    }


# A second one


@pytest.mark.postgresql
@pytest.mark.parametrize("way", [correction, retraction, translation, imported_translation])
def test_what_one_proposed_another_puts_on_record(way, public, one, other):
    way(signed_in(one), public)
    before = on_record()
    decide(signed_in(other))
    assert sum(on_record()) == sum(before) + 1
    assert EntryProposal.objects.get().decided_by == other
    public.refresh_from_db()
    assert public.title == "Mend a bridge" or public.retracted_at or public.translated["zh-hant"]


def test_a_proposal_says_what_it_would_change_and_is_declined_with_a_reason(public, one, other):
    correction(signed_in(one), public)
    proposal = EntryProposal.objects.get()
    assert "_record" not in Form(signed_in(one).get(change(proposal))).buttons
    page = signed_in(other).get(change(proposal))
    assert "Mend a bridge" in page.text
    assert "_record" in Form(page).buttons
    address = reverse("admin:commitments_entryproposal_decide", args=[proposal.pk])
    assert "Say why." in signed_in(other).post(address, {"_decline": "1", "reason": " "}, follow=True).text
    too_long = signed_in(other).post(address, {"_decline": "1", "reason": "long " * 2001}, follow=True)
    assert "a text has at most 10,000" in too_long.text
    signed_in(other).post(address, {"_decline": "1", "reason": "It is new."})
    assert "It is new." in signed_in(one).get(reverse("admin:commitments_entryproposal_changelist")).text


def test_a_translation_that_cannot_be_kept_does_not_wait(public, one):
    with pytest.raises(ValidationError, match="at most 10000"):
        bring_translations([NewTranslation(public, "zh-hant", public.title, "長" * 10_001)], one)
    assert not EntryProposal.objects.exists()


def test_what_changed_since_it_was_proposed_is_not_recorded(public, one, other, settings):
    translation(signed_in(one), public)
    settings.FOUR_EYES = False
    bring_translations([NewTranslation(public, "zh-hant", "Build a bridge", "造橋")], other)
    with pytest.raises(ValidationError, match="This has changed since"):
        record_proposal(EntryProposal.objects.get(), other)


def test_the_same_is_proposed_once_and_the_preview_says_that_it_waits(public, one):
    imported_translation(signed_in(one), public)
    preview = upload(signed_in(one), "commitment", as_csv({"reference": "TT-01", "title_zh_hant": "建橋"}))
    assert "It is public: the translation waits for another publisher." in preview.text
    confirm(signed_in(one), "commitment", preview)
    assert EntryProposal.objects.count() == 1


def test_the_desk_counts_what_waits_for_a_second_publisher(public, one, other):
    correction(signed_in(one), public)
    page = signed_in(other).get("/admin/").text
    assert "<strong>1</strong> corrections, retractions and translations wait for a second publisher" in page


def test_words_that_are_redacted_stand_in_no_proposal(public, one, other):
    correction(signed_in(one), public)
    entry = public.entries.get(kind="published")
    request = request_redaction(entry, entry.data | {"title": "[removed]"}, "A name.", one)
    decide_redaction(request, other, granted=True)
    proposal = EntryProposal.objects.get()
    assert (proposal.content, proposal.state) == ({}, "declined")


@pytest.mark.postgresql
def test_the_database_holds_that_it_takes_two(public, one):
    proposal = EntryProposal.objects.create(act="retraction", commitment=public, author=one)
    decided = {"state": "recorded", "decided_by": one, "decided_at": timezone.now()}
    with pytest.raises(IntegrityError, match="entry_proposal_takes_two"), transaction.atomic():
        EntryProposal.objects.filter(pk=proposal.pk).update(**decided)


# Everyone who had a hand in a draft


def refused_to_publish(draft, user):
    with pytest.raises(ValidationError, match="somebody else must publish it"):
        publish_drafts([draft], user)


def test_whoever_changed_a_draft_before_the_last_is_an_author_too(public, one, other):
    draft = waiting(public)
    for user, note in ((one, "In my words."), (other, "In other words.")):
        fill(signed_in(user), change(draft), note=note)
    refused_to_publish(draft, one)


def test_whoever_changed_a_row_of_evidence_alone_is_an_author_too(public, one, other):
    draft = waiting(public)
    fill(signed_in(one), change(draft), **{"evidence-0-title": "Another title"})
    fill(signed_in(other), change(draft), note="In other words.")
    refused_to_publish(draft, one)


def test_whoever_imported_a_change_of_a_draft_is_an_author_too(public, one, other):
    draft = waiting(public)
    imported(signed_in(one), "draftupdate", as_csv({"draft": str(draft.pk), "note": "In my words."}))
    DraftUpdate.objects.update(changed_by=other)
    refused_to_publish(draft, one)


def translate_note(user, draft):
    address = f"/admin/commitments/commitment/{draft.commitment_id}/translations/"
    page = signed_in(user).get(address)
    name = next(box.name for row in page.context["rows"] for box in row.boxes if row.text == draft.note)
    Form(page).send(signed_in(user), address, "_save", **{name: "一句話"})


def test_whoever_translated_a_draft_is_an_author_too(public, one):
    draft = waiting(public)
    translate_note(one, draft)
    assert Translation.objects.count() == 1
    refused_to_publish(draft, one)


def test_whoever_translated_a_draft_commitment_is_an_author_too(one, other):
    draft = factories.CommitmentFactory(title="Build a bridge")
    address = f"/admin/commitments/commitment/{draft.pk}/translations/"
    page = signed_in(one).get(address)
    name = page.context["rows"][0].boxes[0].name
    Form(page).send(signed_in(one), address, "_save", **{name: "建橋"})
    with pytest.raises(ValidationError, match="You wrote, changed or translated a part of it"):
        publish_commitments([draft], one)
    assert publish_commitments([draft], other)


def test_to_look_at_a_draft_and_save_it_as_it_was_makes_nobody_an_author(public, one):
    draft, commitment = waiting(public), factories.CommitmentFactory(reference="TT-03")
    for row in (draft, commitment):
        fill(signed_in(one), change(row))
    assert not DraftEdit.objects.exists()
    assert publish_drafts([draft], one)


def test_to_return_a_draft_makes_nobody_an_author(public, one):
    draft = waiting(public)
    page = signed_in(one).get(f"{reverse('admin:commitments_draftupdate_return')}?draft={draft.pk}")
    sent = {"chosen": page.context["chosen"], "reason": "Which bridge?"}
    signed_in(one).post(reverse("admin:commitments_draftupdate_return"), sent)
    assert publish_drafts([draft], one)


def test_the_review_says_at_each_row_why_it_is_not_this_person_s(public, one):
    first, second = waiting(public), waiting(public, note="Another.")
    note_edits(one, [first.pk, second.pk])
    chosen = {"action": "publish_selected", "_selected_action": [first.pk, second.pk]}
    page = signed_in(one).post(reverse("admin:commitments_draftupdate_changelist"), chosen)
    assert page.text.count("You drafted or changed it, and here somebody else must publish it.") == 2


# Whoever changed another's account


def changed_account(account, by, hours=23, part="password"):
    made_at = timezone.now() - timedelta(hours=hours)
    return AccountChange.objects.create(account=account, part=part, changed_by=by, made_at=made_at)


def own_draft(public, writer):
    draft = waiting(public)
    note_edits(writer, [draft.pk])
    return lambda user: publish_drafts([draft], user)


def own_commitment(public, writer):
    draft = factories.CommitmentFactory(
        reference="TT-02", release=public.release, area=public.area, owners=[public.owners.get()]
    )
    note_edits(writer, commitments=[draft.pk])
    return lambda user: publish_commitments([draft], user)


def own_entity(public, writer):
    row = NewsSource.objects.create(slug="gazette", name="Gazette", source="party", why="The government prints it.")
    content_type = ContentType.objects.get_for_model(row)
    LogEntry.objects.create(user=writer, content_type=content_type, object_id=row.pk, action_flag=ADDITION)
    return lambda user: put_on_record(row, user)


def own_entity_change(public, writer):
    changes = {"name": {"before": public.area.name, "after": "Harbours"}}
    proposal = propose_change(public.area, changes, "Renamed.", writer)
    return lambda user: record_proposals([proposal], user)


def own_correction(public, writer):
    proposal = record_or_propose(new_correction(public, {"title": "Mend a bridge"}, "It stood.", Actor()), writer)
    return lambda user: record_proposal(proposal, user)


def own_retraction(public, writer):
    entry = public.entries.get(kind="published")
    proposal = record_or_propose(new_retraction(entry, "By mistake.", Actor()), writer)
    return lambda user: record_proposal(proposal, user)


def own_translation(public, writer):
    bring_translations([NewTranslation(public, "zh-hant", "Build a bridge", "建橋")], writer)
    return lambda user: record_proposal(EntryProposal.objects.get(), user)


def own_redaction(public, writer):
    entry = public.entries.get(kind="published")
    request = request_redaction(entry, entry.data | {"title": "[removed]"}, "A name.", writer)
    return lambda user: decide_redaction(request, user, granted=True)


PLACES = (
    *(own_draft, own_commitment, own_entity, own_entity_change),
    *(own_correction, own_retraction, own_translation, own_redaction),
)


@pytest.mark.postgresql
@pytest.mark.parametrize("place", PLACES)
def test_for_a_day_who_changed_the_other_s_account_is_no_second_person_for_it(place, public, one, other):
    act = place(public, one)
    changed_account(one, by=other)
    with pytest.raises(ValidationError, match=r"You changed this of one’s account on .*: password\. Until .* 2026"):
        act(other)


@pytest.mark.parametrize("place", PLACES)
def test_nor_is_whose_account_was_changed_for_whoever_did_it(place, public, one, other):
    act = place(public, one)
    changed_account(other, by=one, part="roles")
    with pytest.raises(ValidationError, match=r"one changed this of your account on .*: roles"):
        act(other)


@pytest.mark.parametrize("place", PLACES)
def test_after_a_day_they_are_two_people_again(place, public, one, other):
    act = place(public, one)
    changed_account(one, by=other, hours=24.01)
    act(other)


def test_a_change_of_one_s_own_account_bars_nobody(public, one, other):
    act = own_redaction(public, one)
    for user in (one, other):
        changed_account(user, by=user)
        changed_account(user, by=None)
    act(other)


def test_a_third_person_is_barred_by_nobody(public, one, other):
    act = own_draft(public, one)
    changed_account(one, by=superuser("third"))
    changed_account(superuser("fourth"), by=other)
    act(other)


def test_without_four_eyes_a_redaction_still_takes_two_people(public, one, other, settings):
    settings.FOUR_EYES = False
    act = own_redaction(public, one)
    changed_account(one, by=other)
    with pytest.raises(ValidationError, match="somebody else must carry it out"):
        act(other)


def test_the_pages_say_who_and_until_when_before_anything_is_pressed(public, one, other):
    own_correction(public, one)
    changed_account(one, by=other)
    client = signed_in(other)
    draft = waiting(public)
    note_edits(one, [draft.pk])
    page = client.get(f"{reverse('admin:commitments_draftupdate_publish')}?draft={draft.pk}")
    for text in (page.text, client.get(change(EntryProposal.objects.get())).text):
        assert "You changed this of one’s account on 28 November 2026" in text
    assert "_publish" not in Form(client.get(change(draft))).buttons
