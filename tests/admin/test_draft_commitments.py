"""Draft commitments are work like drafts of updates: states, authors, a queue; and a duplicate is pointed out."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commitments.models import Commitment, DraftCommitment, LedgerEntry
from commitments.workflow.duplicates import DuplicateFinder, Pledge
from commitments.workflow.publications import return_commitments, send_commitments
from commitments.workflow.redactions import decide_redaction, request_redaction
from tests import factories
from tests.helpers.admin_forms import Form, add, change, errors, fill
from tests.helpers.imports import as_csv, exported, imported, rows_of, upload
from tests.helpers.people import member, signed_in
from tests.helpers.queries import writing_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed", "uploads")]
LIST = reverse("admin:commitments_commitment_changelist")
QUEUE = f"{LIST}?draft=waiting"


@pytest.fixture
def users(db):
    return {role: member(role) for role in ("Editor", "Publisher", "Contributor")}


@pytest.fixture
def editor(users):
    return signed_in(users["Editor"])


@pytest.fixture
def publisher(users):
    return signed_in(users["Publisher"])


def typed(**fields):
    """What somebody types of a new pledge."""
    release, area, owner = factories.ReleaseFactory(), factories.AreaFactory(), factories.OrganisationFactory()
    parts = {"release": str(release.pk), "area": str(area.pk), "owners": [str(owner.pk)], "paragraph": "1"}
    words = {"title": "Build a bridge", "quote": "will build a bridge", "done_when": "It stands."}
    return {"reference": "TT-01", "kind": "action", "force": "promise", **parts, **words} | fields


def state(reference="TT-01"):
    return DraftCommitment.objects.get(commitment__reference=reference).state


def choose(client, name, *drafts):
    """The page of confirmation for drafts chosen in the list."""
    return client.post(LIST, {"action": f"{name}_selected", "_selected_action": [draft.pk for draft in drafts]})


def confirm(client, page, name, **said):
    return Form(page).send(client, reverse(f"admin:commitments_commitment_{name}"), "_confirm", **said)


def previews(page):
    return [unescape(text) for text in re.findall(r'srcdoc="([^"]*)"', page.text)]


def listed(client, address):
    """The references in a list."""
    return [row.reference for row in client.get(address).context["cl"].result_list]


# A draft's way


def test_whoever_types_it_first_is_its_author_and_it_is_being_drafted(editor, users):
    fill(editor, add(Commitment), **typed())
    draft = DraftCommitment.objects.get()
    assert (draft.state, draft.author, draft.published_as) == ("draft", users["Editor"], None)


@pytest.mark.postgresql
def test_an_editor_sends_it_and_it_stands_in_the_queue_and_on_the_desk(editor, publisher):
    answer = fill(editor, add(Commitment), "_send", **typed())
    assert answer.headers["Location"] == "/admin/"
    assert "TT-01 waits for a publisher." in editor.get("/admin/").text
    assert listed(publisher, QUEUE) == ["TT-01"]
    assert "<strong>1</strong> draft commitments wait for you to publish them" in publisher.get("/admin/").text
    assert "<strong>1</strong> draft commitments of mine" in editor.get("/admin/").text


def test_what_nobody_could_publish_is_not_sent_and_what_was_typed_is_kept(editor):
    answer = fill(editor, add(Commitment), "_send", **typed(owners=[]))
    assert "owner" in str(errors(answer))
    assert Form(answer).fields["title"] == "Build a bridge"
    assert not Commitment.objects.exists()


@pytest.mark.postgresql
def test_it_is_returned_with_a_reason_that_its_author_reads_on_the_desk_and_on_the_form(editor, publisher):
    fill(editor, add(Commitment), "_send", **typed())
    draft = Commitment.objects.get()
    page = publisher.get(reverse("admin:commitments_commitment_return"), {"commitment": draft.pk})
    assert "Say what is to be changed." in confirm(publisher, page, "return").text
    assert confirm(publisher, page, "return", reason="Name the river.").status_code == 302
    assert state() == "returned"
    assert "Name the river." in editor.get("/admin/").text
    assert "Name the river." in editor.get(change(draft)).text
    fill(editor, change(draft), "_send")
    assert (state(), DraftCommitment.objects.get().returned_because) == ("waiting", "")


def test_one_that_is_returned_while_its_author_has_it_open_tells_why(editor, users):
    fill(editor, add(Commitment), "_send", **typed())
    draft = Commitment.objects.get()
    form = Form(editor.get(change(draft)))
    return_commitments([draft], "Name the river.", users["Publisher"])
    answer = form.send(editor, change(draft), "_send", title="As it was before I knew")
    assert "returned this draft while you had it open: “Name the river.”" in errors(answer)["__all__"]
    assert Form(answer).fields["title"] == "As it was before I knew"


def test_once_it_is_public_it_is_published_as_its_entry_and_its_author_stays_known(editor, publisher, users):
    fill(editor, add(Commitment), "_send", **typed())
    confirm(publisher, choose(publisher, "publish", Commitment.objects.get()), "publish")
    draft = DraftCommitment.objects.get()
    assert (draft.state, draft.author) == ("published", users["Editor"])
    assert draft.published_as == LedgerEntry.objects.get(kind="published")
    assert listed(publisher, QUEUE) == []


def test_the_form_names_everybody_who_had_a_hand_in_it(editor, publisher):
    fill(editor, add(Commitment), **typed())
    fill(publisher, change(Commitment.objects.get()), title="Build a bridge over the river")
    assert "written or changed by editor, publisher" in publisher.get(change(Commitment.objects.get())).text


def test_enter_saves_and_sends_nothing(editor):
    assert Form(editor.get(add(Commitment))).buttons[0] == "_save"


def test_words_that_are_redacted_go_from_why_it_was_returned(editor, publisher, users):
    fill(editor, add(Commitment), "_send", **typed(note="A name."))
    draft = Commitment.objects.get()
    return_commitments([draft], "Take out the name.", users["Publisher"])
    confirm(publisher, choose(publisher, "publish", draft), "publish")
    DraftCommitment.objects.update(returned_because="Take out the name.")
    entry = LedgerEntry.objects.get(kind="published")
    administrators = [member("Administrator"), type(users["Editor"]).objects.create_superuser("second")]
    asked = request_redaction(entry, entry.data | {"note": "Removed."}, "A name.", administrators[0])
    decide_redaction(asked, administrators[1], granted=True)
    assert DraftCommitment.objects.get().returned_because == ""


# Many at once


@pytest.fixture
def twelve(db):
    """Of one release."""
    release, area = factories.ReleaseFactory(title="The release of twelve"), factories.AreaFactory()
    release.sections.create(position=1, heading="All of it", area=area)
    owners = [factories.OrganisationFactory()]
    titles = ("bridge", "school", "harbour", "library", "museum", "station", "tunnel", "market", "garden", "theatre",
              "hospital", "airport")  # fmt: skip
    return [
        factories.CommitmentFactory(release=release, area=area, owners=owners, title=f"Open the {title} to everybody")
        for title in titles
    ]


@pytest.mark.postgresql
def test_twelve_are_sent_published_or_returned_together_and_counted(editor, publisher, twelve):
    assert confirm(editor, choose(editor, "send", *twelve), "send").status_code == 302
    assert len(listed(publisher, QUEUE)) == 12
    confirm(publisher, choose(publisher, "return", *twelve[:2]), "return", reason="Which one?")
    assert listed(publisher, f"{LIST}?draft=returned") == [draft.reference for draft in twelve[:2]]
    page = choose(publisher, "publish", *twelve[2:])
    assert "Publish 10 commitments" in page.text
    confirm(publisher, page, "publish")
    assert Commitment.objects.public().count() == 10


def test_there_is_one_preview_of_the_release_page_with_all_of_them(publisher, twelve):
    [preview] = previews(choose(publisher, "publish", *twelve))
    assert "The release of twelve" in preview
    assert [draft.title for draft in twelve if draft.title not in preview] == []
    assert Client().get(twelve[0].release.get_absolute_url()).status_code == 404


def test_of_drafts_of_two_releases_each_release_is_shown(publisher, twelve):
    page = choose(publisher, "publish", twelve[0], factories.CommitmentFactory())
    assert len(previews(page)) == 2


def test_whoever_only_sends_them_sees_the_page_too(editor, twelve):
    [preview] = previews(choose(editor, "send", *twelve))
    assert twelve[-1].title in preview


@pytest.mark.postgresql
def test_what_was_changed_after_the_page_was_made_is_neither_sent_nor_returned(publisher, twelve):
    pages = {name: choose(publisher, name, *twelve[:2]) for name in ("send", "return")}
    Commitment.objects.filter(pk=twelve[0].pk).update(title="Something else")
    for name, page in pages.items():
        answer = confirm(publisher, page, name, reason="Why?")
        assert answer.status_code == 409
        assert "is not what this page showed. Look again." in answer.text
    assert not DraftCommitment.objects.exclude(state="draft").exists()


def test_one_that_cannot_be_published_is_named_and_none_is_sent(editor, twelve):
    nobody = factories.CommitmentFactory(owners=[])
    page = choose(editor, "send", *twelve, nobody)
    assert page.text.count('class="stopped"') == 1
    assert "_confirm" not in Form(page).buttons
    editor.post(reverse("admin:commitments_commitment_send"), {"chosen": page.context_data["chosen"]})
    assert not DraftCommitment.objects.filter(state="waiting").exists()


def test_what_waits_already_is_not_sent_again(editor, twelve, users):
    send_commitments(twelve[:2], users["Editor"])
    assert "Send 1 commitment for publishing" in choose(editor, "send", *twelve[:3]).text
    answer = choose(editor, "send", *twelve[:2])
    assert "None of these is a draft" in str([str(message) for message in editor.get(LIST).context["messages"]])
    assert answer.status_code == 302


def test_to_look_at_what_would_be_returned_writes_nothing(publisher, twelve):
    with CaptureQueriesContext(connection) as captured:
        assert choose(publisher, "return", *twelve).status_code == 200
    assert writing_queries(captured) == []


@pytest.mark.parametrize("name", ["publish", "return"])
def test_an_editor_decides_on_nothing(editor, publisher, twelve, name):
    page = choose(publisher, name, *twelve)
    sent = {"chosen": page.context_data["chosen"], "reason": "No."}
    assert editor.post(reverse(f"admin:commitments_commitment_{name}"), sent).status_code == 403
    assert f"{name}_selected" not in editor.get(LIST).text


def test_a_contributor_sends_no_commitment(users, twelve):
    client = signed_in(users["Contributor"])
    assert client.post(reverse("admin:commitments_commitment_send"), {"chosen": ""}).status_code == 403
    assert "draft commitments" not in client.get("/admin/").text


# Four eyes


@pytest.mark.postgresql
def test_with_four_eyes_whoever_changed_any_of_them_publishes_none(editor, publisher, twelve, settings):
    settings.FOUR_EYES = True
    fill(publisher, change(twelve[3]), note="A word of mine.")
    page = choose(publisher, "publish", *twelve)
    assert "You wrote, changed or translated a part of it" in page.text
    assert "Save, and look at it before publishing" not in publisher.get(change(twelve[3])).text
    assert "somebody else will." in publisher.get(change(twelve[3])).text
    publisher.post(reverse("admin:commitments_commitment_publish"), {"chosen": page.context_data["chosen"]})
    assert not LedgerEntry.objects.exists()


# Imports


@pytest.fixture
def pledge(publisher):
    """A row that would be another pledge like one on record."""
    factories.published(reference="AA-01", title="Hold a culture week each year", quote="will hold a week")
    [row] = rows_of(exported(publisher, "commitment"))
    names = ("release", "area", "owners", "kind", "force", "paragraph", "done_when", "title", "quote")
    return {"reference": "TT-01"} | {name: row[name] for name in names}


def test_what_a_file_brings_is_being_drafted_by_whoever_imported_it(editor, users, pledge):
    imported(editor, "commitment", as_csv(pledge))
    draft = DraftCommitment.objects.get(commitment__reference="TT-01")
    assert (draft.state, draft.author) == ("draft", users["Editor"])


# Duplicates


def test_the_same_quote_of_the_same_release_is_pointed_out_beside_it_once(editor):
    there = factories.published(reference="AA-01", title="Hold a week", quote="will hold a week")
    fields = typed(release=str(there.release_id), quote="Will hold a week.", title="Open a gallery")
    answer = fill(editor, add(Commitment), **fields)
    assert "AA-01, “Hold a week”, quotes the same words of this release." in errors(answer)["quote"]
    assert Form(answer).fields["title"] == "Open a gallery"
    assert Form(answer).send(editor, add(Commitment), "_save").status_code == 302


def test_nearly_the_same_title_is_pointed_out_beside_it_also_of_a_draft(editor):
    factories.CommitmentFactory(reference="AA-01", title="Build a bridge across the bay")
    answer = fill(editor, add(Commitment), **typed(title="Build bridge across the Bay"))
    assert "AA-01 has nearly the same title" in errors(answer)["title"]


def test_what_it_says_that_it_repeats_is_no_duplicate(editor):
    factories.published(reference="AA-01", title="Build a bridge")
    answer = fill(editor, add(Commitment), **typed(repeats="AA-01: the same bridge"))
    assert answer.status_code == 302


def test_a_draft_that_is_saved_again_is_no_duplicate_of_itself_or_of_what_was_retracted(editor):
    fill(editor, add(Commitment), **typed())
    assert fill(editor, change(Commitment.objects.get()), title="Build a bridge!").status_code == 302


def test_whoever_decides_sees_it_too(publisher, twelve):
    twin = factories.CommitmentFactory(title=twelve[0].title)
    page = choose(publisher, "publish", twin, twelve[1])
    assert f"Is it a duplicate? {twelve[0].reference} has nearly the same title" in page.text
    assert page.text.count("Is it a duplicate?") == 1


def test_a_file_s_preview_points_it_out_of_what_is_there_and_of_its_own_rows(editor, pledge):
    other = pledge | {"reference": "TT-02", "title": "Open a gallery of art", "quote": "will open a gallery"}
    again = other | {"reference": "TT-03", "title": "Open a gallery of arts", "quote": "will open another"}
    page = upload(editor, "commitment", as_csv(pledge, other, again))
    warned = {row.name: " ".join(row.warnings) for row in page.context["doubtful"].rows}
    assert set(warned) == {"TT-01", "TT-03"}
    assert "AA-01, “Hold a culture week each year”, quotes the same words" in warned["TT-01"]
    assert "TT-02 has nearly the same title" in warned["TT-03"]


NEAR = {
    "Hold the cultural week each year": True,
    "HOLD A CULTURE WEEK, EACH YEAR!": True,
    "Hold a culture week each year in 2 cities": False,
    "Hold a design week each year": False,
    "Hold a trade fair": False,
}


@pytest.mark.parametrize("title", NEAR)
def test_which_titles_are_nearly_the_same(title):
    factories.CommitmentFactory(title="Hold a culture week each year")
    found = DuplicateFinder().find(Pledge("TT-02", "another-release", title, "other words"))
    assert (found is not None) is NEAR[title]


@pytest.mark.usefixtures("release")
def test_of_the_first_release_no_pledge_looks_like_another():
    assert DuplicateFinder().find_for(list(Commitment.objects.select_related("release"))) == {}
