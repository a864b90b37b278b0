"""Every model stands in the admin, and nothing of the ledger or of what it projects can be typed over there."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import (
    Affiliation,
    Agreement,
    Assignment,
    Commitment,
    DraftCommitment,
    DraftEvidence,
    DraftUpdate,
    EntityProposal,
    EntryProposal,
    ErrorReport,
    KeptForm,
    LedgerEntry,
    LinkCheck,
    LoadedItem,
    NewsSource,
    Occasion,
    OutgoingMail,
    RedactionRequest,
    Reminder,
    Update,
)
from commitments.workflow.deleted_drafts import keep_deleted
from tests import factories
from tests.helpers.admin_forms import Form, change
from tests.helpers.intakes import begin_intake
from tests.helpers.people import signed_in

pytestmark = pytest.mark.django_db
MODELS = {model._meta.model_name: model for model in apps.get_app_config("commitments").get_models()}
# What the ledger projects, what a command writes, and what has steps of its own.
READ_ONLY = {
    *(
        "affiliation",
        "assignment",
        "edition",
        "evidence",
        "ledgerentry",
        "ledgerhead",
        "loadeditem",
        "ownership",
        "partnership",
    ),
    *("linkcheck", "outgoingmail", "redactionrequest", "reminder", "state", "translation", "update"),
    *("agreement", "entitychange", "entityproposal", "repetition", "section", "intakesection", "intakespan"),
    *("accountchange", "deleteddraft", "draftcommitment", "draftedit", "entryproposal", "keptform"),
}
# Evidence is typed with its draft, and error reports are sent by readers.
EDITABLE = {*MODELS} - READ_ONLY - {"draftevidence", "errorreport"}


@pytest.fixture(scope="module", autouse=True)
def rows(module_db):
    """Some rows of every model."""
    commitment = factories.published(reference="TT-01", partners=[factories.OrganisationFactory()])
    commitment.release.sections.create(position=1, heading="Everything", area=commitment.area)
    Agreement.objects.create(release=commitment.release, number=1, title="Agreement", basis="named").commitments.set(
        [commitment]
    )
    factories.record("report", commitment)
    LinkCheck.objects.create(url=factories.evidence()["url"], outcome="answers", checked_at=timezone.now())
    draft = commitment.drafts.create(date="2019", status="in_progress")
    draft.evidence.create(**factories.evidence())
    LoadedItem.objects.create(key="area:somewhere")
    Occasion.objects.create(slug="5th", day="2021-08-30", name="5th Plenary Session")
    NewsSource.objects.create(slug="gazette", name="Gazette", source="party", why="The government prints it.")
    EntityProposal.objects.create(kind="area", slug=commitment.area.slug, reason="Renamed.")
    ErrorReport.objects.create(token="x", what="Something is wrong.", commitment=commitment)
    factories.CommitmentFactory(reference="TT-02").repetitions.create(repeated=commitment, why="The same.")
    boss = User.objects.create_superuser("boss")
    Affiliation.objects.create(user=boss, organisation=factories.OrganisationFactory())
    Reminder.objects.create(user=boss, day="2026-11-29")
    OutgoingMail.objects.create(content={})
    KeptForm.objects.create(user=boss, path="/admin/", data={"note": ["Typed."]})
    keep_deleted(draft, boss)
    begin_intake(boss)
    RedactionRequest.objects.create(entry=LedgerEntry.objects.last(), reason="A name.", asked_by=boss)
    draft.edits.create(user=boss)
    Assignment.objects.create(commitment=commitment, desk_officer=boss)
    DraftCommitment.objects.create(commitment=Commitment.objects.get(reference="TT-02"))
    content = {"changes": [{"field": "title", "before": commitment.title, "after": "Other"}], "reason": "Wrong."}
    EntryProposal.objects.create(act="correction", commitment=commitment, content=content, author=boss)
    record_translations([NewTranslation(commitment, "zh-hant", commitment.title, "譯文")], Actor())
    return {name: list(model.objects.all()) for name, model in MODELS.items()}


@pytest.fixture(scope="module")
def desk(rows):
    """A superuser, signed in, to whom a failure is a 500."""
    client = signed_in(User.objects.get(username="boss"))
    client.raise_request_exception = False
    return client


def address(name, action="changelist", *arguments):
    return reverse(f"admin:commitments_{name}_{action}", args=arguments)


def recorded():
    """How much is stored of everything that a refusal must not leave behind."""
    return [model.objects.count() for model in (LedgerEntry, Update, DraftUpdate, DraftEvidence, Commitment)]


def test_every_model_of_the_application_is_in_the_admin():
    assert [name for name, model in MODELS.items() if not admin.site.is_registered(model)] == []


def test_every_model_s_rows_open(rows, desk):
    # Followed: a release being read has no form, and leads to its outline.
    answers = {name: {desk.get(change(row), follow=True).status_code for row in rows[name]} for name in MODELS}
    assert answers == {name: {200} for name in MODELS}


@pytest.mark.postgresql
@pytest.mark.parametrize("query", [{}, {"q": "thing"}, {"o": "-1"}], ids=["whole", "searched", "sorted"])
def test_every_model_s_list_opens(desk, query):
    assert {name: desk.get(address(name), query).status_code for name in MODELS} == dict.fromkeys(MODELS, 200)


def test_what_is_not_projected_can_be_added(desk):
    assert {name: desk.get(address(name, "add")).status_code for name in EDITABLE} == dict.fromkeys(EDITABLE, 200)


@pytest.mark.parametrize("method", ["get", "post"])
def test_ledger_and_projections_can_only_be_looked_at(rows, desk, method):
    before = recorded()
    places = [
        place for name in READ_ONLY for place in (address(name, "add"), address(name, "delete", rows[name][0].pk))
    ]
    answers = {place: getattr(desk, method)(place, {"post": "yes"}).status_code for place in places}
    assert answers == dict.fromkeys(places, 403)
    assert recorded() == before


def test_nothing_of_ledger_and_projections_can_be_typed_over(rows, desk):
    for name in READ_ONLY:
        row = rows[name][0]
        stored = MODELS[name].objects.filter(pk=row.pk).values()
        before = stored.get()
        assert not {"_save", "_continue", "_addanother", "_publish"} & set(Form(desk.get(change(row))).buttons), name
        assert desk.post(change(row), {"note": "x", "status": "completed", "_save": "1"}).status_code == 403, name
        assert stored.all().get() == before, name


def test_nothing_on_record_can_be_deleted_in_bulk(rows, desk):
    before = recorded()
    for name in (*READ_ONLY, "commitment"):
        chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows[name]], "post": "yes"}
        assert "delete_selected" not in desk.post(address(name), chosen, follow=True).text, name
    assert recorded() == before


def test_names_of_owners_are_escaped_once(desk):
    """The list joins names that are HTML, because the side of each stands in brackets."""
    names = ("Arts & Sports Office", "Trade & Industry Office")
    bodies = [factories.OrganisationFactory(name=name, short_name=name) for name in names]
    commitment = factories.published(owners=bodies)
    page = desk.get("/admin/commitments/commitment/").text
    assert "Arts &amp; Sports Office" in page
    assert "&amp;amp;" not in page
    assign = desk.post(
        "/admin/commitments/commitment/", {"action": "assign_selected", "_selected_action": [commitment.pk]}
    )
    assert "Trade &amp; Industry Office" in assign.text
    assert "&amp;amp;" not in assign.text
