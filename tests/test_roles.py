"""Who may open and send what: one table, each cell a test. Contributors reach their organisation's work alone (R8)."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from commitments.models import Affiliation, ErrorReport, LedgerEntry, RedactionRequest
from tests import factories

pytestmark = pytest.mark.django_db
ROLES = ("anonymous", "no role", "Contributor", "Editor", "Publisher", "Administrator")
# Answers in the order of ROLES. 302: sent to sign in, or on to the list. 404: not within reach.
TABLE = """
GET  desk                      302 200 200 200 200 200
GET  commitments               302 403 200 200 200 200
GET  commitment_add            302 403 403 200 200 403
POST commitment_add            302 403 403 200 200 403
GET  own_commitment            302 403 200 200 200 200
POST own_commitment            302 403 403 403 200 403
GET  other_commitment          302 403 302 200 200 200
POST other_commitment          302 404 404 403 200 403
GET  other_history             302 302 302 200 200 200
GET  own_translations          302 403 200 200 200 200
POST own_translations          302 403 403 403 200 403
GET  other_translations        302 403 302 200 200 200
POST other_translations        302 403 404 403 200 403
GET  draft_commitment          302 403 200 200 200 200
POST draft_commitment          302 403 403 200 200 403
GET  draft_commitment_delete   302 403 403 200 200 403
GET  own_commitment_delete     302 403 403 403 403 403
POST own_commitment_delete     302 403 403 403 403 403
GET  record_own                302 403 200 200 200 403
POST record_own                302 403 200 200 200 403
GET  record_other              302 403 403 200 200 403
GET  updates_drafted           302 403 200 200 200 200
GET  own_draft                 302 403 200 200 200 200
POST own_draft                 302 403 200 200 200 403
POST own_draft_delete          302 403 302 302 302 403
GET  colleague_draft           302 403 200 200 200 200
GET  colleague_draft_delete    302 403 403 200 200 403
GET  other_draft               302 403 302 200 200 200
POST other_draft               302 404 404 200 200 403
GET  other_draft_delete        302 403 302 200 200 403
GET  review_publish            302 403 403 403 302 403
POST review_publish            302 403 403 403 302 403
POST review_return             302 403 403 403 302 403
POST bulk                      302 403 302 302 302 403
GET  entries                   302 403 403 200 200 200
GET  entry                     302 403 403 200 200 200
GET  retract                   302 403 403 403 200 403
POST retract                   302 403 403 403 200 403
GET  redact                    302 403 403 403 403 200
POST redact                    302 403 403 403 403 200
GET  redactions                302 403 403 403 403 200
POST redaction_decide          302 403 403 403 403 302
GET  updates                   302 403 403 200 200 200
GET  organisations             302 403 403 200 200 200
POST organisation              302 403 403 200 200 403
GET  release_add               302 403 403 200 200 403
GET  areas                     302 403 403 200 200 403
GET  reports                   302 403 403 200 200 403
POST report                    302 403 403 200 200 403
GET  users                     302 403 403 403 403 200
POST user                      302 403 403 403 403 200
GET  groups                    302 403 403 403 403 200
POST group_add                 302 403 403 403 403 403
GET  affiliation_add           302 403 403 403 403 403
GET  evidence_drafted          302 403 403 403 403 403
GET  other_evidence            302 403 403 403 403 403
POST other_evidence_delete     302 403 403 403 403 403
POST ownership_delete          302 403 403 403 403 403
GET  find_commitment           302 403 200 200 200 200
GET  find_organisation         302 403 403 200 200 200
"""
CASES = [
    (method, name, role, int(answer))
    for method, name, *answers in (line.split() for line in TABLE.strip().splitlines())
    for role, answer in zip(ROLES, answers, strict=True)
]


def member(role, organisation=None):
    """A member of staff of a role."""
    user = User.objects.create_user(role.lower(), is_staff=True)
    if role != "no role":
        user.groups.add(Group.objects.get(name=role))
    if organisation:
        Affiliation.objects.create(user=user, organisation=organisation)
    return user


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def world(db):
    """Work of one organisation, of another, and something of every other kind."""
    ours, theirs = factories.OrganisationFactory(name="Ours"), factories.OrganisationFactory(name="Theirs")
    colleague = User.objects.create_user("colleague", is_staff=True)
    own, other = factories.published(owners=[ours]), factories.published(owners=[theirs])
    factories.record("report", own)
    other_draft = other.drafts.create(date="2019", note="Their secret.", author=colleague)
    return SimpleNamespace(
        ours=ours,
        own=own,
        other=other,
        draft=factories.CommitmentFactory(owners=[ours]),
        colleague_draft=own.drafts.create(date="2019", note="Mine.", author=colleague),
        other_draft=other_draft,
        evidence=other_draft.evidence.create(**factories.evidence()),
        entry=LedgerEntry.objects.get(kind="report"),
        report=ErrorReport.objects.create(token="x", what="Wrong."),
        request=RedactionRequest.objects.create(entry=LedgerEntry.objects.first(), reason="R.", asked_by=colleague),
        colleague=colleague,
    )


def addresses(world, own_draft):
    """Each name of the table."""

    def at(what, *arguments):
        return reverse(f"admin:{what}", args=arguments)

    def find(model, field):
        return f"{at('autocomplete')}?app_label=commitments&model_name={model}&field_name={field}&term="

    ours = "commitments_"
    draft = f"{ours}draftupdate"
    return {
        "desk": at("index"),
        "commitments": at(f"{ours}commitment_changelist"),
        "commitment_add": at(f"{ours}commitment_add"),
        "own_commitment": at(f"{ours}commitment_change", world.own.pk),
        "other_commitment": at(f"{ours}commitment_change", world.other.pk),
        "own_translations": at(f"{ours}commitment_translations", world.own.pk),
        "other_translations": at(f"{ours}commitment_translations", world.other.pk),
        "other_history": at(f"{ours}commitment_history", world.other.pk),
        "draft_commitment": at(f"{ours}commitment_change", world.draft.pk),
        "draft_commitment_delete": at(f"{ours}commitment_delete", world.draft.pk),
        "own_commitment_delete": at(f"{ours}commitment_delete", world.own.pk),
        "record_own": f"{at(f'{draft}_add')}?commitment={world.own.pk}",
        "record_other": f"{at(f'{draft}_add')}?commitment={world.other.pk}",
        "updates_drafted": at(f"{draft}_changelist"),
        "own_draft": at(f"{draft}_change", own_draft.pk),
        "own_draft_delete": at(f"{draft}_delete", own_draft.pk),
        "colleague_draft": at(f"{draft}_change", world.colleague_draft.pk),
        "colleague_draft_delete": at(f"{draft}_delete", world.colleague_draft.pk),
        "other_draft": at(f"{draft}_change", world.other_draft.pk),
        "other_draft_delete": at(f"{draft}_delete", world.other_draft.pk),
        "review_publish": at(f"{draft}_publish"),
        "review_return": at(f"{draft}_return"),
        "bulk": at(f"{ours}commitment_record"),
        "entries": at(f"{ours}ledgerentry_changelist"),
        "entry": at(f"{ours}ledgerentry_change", world.entry.pk),
        "retract": at(f"{ours}ledgerentry_retract", world.entry.pk),
        "redact": at(f"{ours}redactionrequest_ask", world.entry.pk),
        "redactions": at(f"{ours}redactionrequest_changelist"),
        "redaction_decide": at(f"{ours}redactionrequest_decide", world.request.pk),
        "updates": at(f"{ours}update_changelist"),
        "organisations": at(f"{ours}organisation_changelist"),
        "organisation": at(f"{ours}organisation_change", world.ours.pk),
        "release_add": at(f"{ours}release_add"),
        "areas": at(f"{ours}area_changelist"),
        "reports": at(f"{ours}errorreport_changelist"),
        "report": at(f"{ours}errorreport_change", world.report.pk),
        "users": at("auth_user_changelist"),
        "user": at("auth_user_change", world.colleague.pk),
        "groups": at("auth_group_changelist"),
        "group_add": at("auth_group_add"),
        "affiliation_add": at(f"{ours}affiliation_add"),
        "evidence_drafted": at(f"{ours}draftevidence_changelist"),
        "other_evidence": at(f"{ours}draftevidence_change", world.evidence.pk),
        "other_evidence_delete": at(f"{ours}draftevidence_delete", world.evidence.pk),
        "ownership_delete": at(f"{ours}ownership_delete", world.draft.ownership_set.get().pk),
        "find_commitment": find("draftupdate", "commitment"),
        "find_organisation": find("affiliation", "organisation"),
    }


@pytest.mark.parametrize(("method", "name", "role", "answer"), CASES, ids=lambda value: str(value).replace(" ", "-"))
def test_each_address_answers_each_role_as_the_table_says(world, method, name, role, answer):
    user = None if role == "anonymous" else member(role, world.ours)
    own_draft = world.own.drafts.create(date="2019", note="My own.", author=user)
    client = signed_in(user) if user else Client()
    data = {"post": "yes"} if name.endswith("_delete") else {}
    assert getattr(client, method.lower())(addresses(world, own_draft)[name], data).status_code == answer


@pytest.fixture
def contributor(world):
    return signed_in(member("Contributor", world.ours))


LISTS = ("commitments", "updates_drafted", "find_commitment", "desk")


@pytest.mark.parametrize("name", LISTS)
def test_a_contributor_s_lists_name_nothing_of_other_organisations(world, contributor, name):
    text = contributor.get(addresses(world, world.colleague_draft)[name]).text
    assert world.other.reference not in text
    assert "Their secret." not in text
    if name != "desk":
        assert world.own.reference in text


def test_a_contributor_cannot_move_a_draft_to_another_organisation_s_commitment(world, contributor):
    address = addresses(world, world.colleague_draft)["record_own"]
    answer = contributor.post(
        address,
        {"commitment": world.other.pk, "kind": "context", "evidence-TOTAL_FORMS": 0, "evidence-INITIAL_FORMS": 0},
    )
    assert "Your organisation does not own this commitment" in answer.text
    assert world.other.drafts.count() == 1


def test_a_contributor_s_bulk_page_takes_only_what_is_within_reach(world, contributor):
    chosen = {"action": "record_selected", "_selected_action": [world.own.pk, world.other.pk]}
    page = contributor.post(addresses(world, world.colleague_draft)["commitments"], chosen)
    assert world.own.reference in page.text
    assert world.other.reference not in page.text


@pytest.mark.parametrize("asked", ["q=Their", "commitment__note=x", "author__id__exact=1", "commitment__id=1"])
def test_a_contributor_s_filters_reach_nothing_more(world, contributor, asked):
    answer = contributor.get(f"{addresses(world, world.colleague_draft)['updates_drafted']}?{asked}")
    assert "Their secret." not in answer.text


def test_a_contributor_without_an_organisation_is_told_what_to_do(world):
    page = signed_in(member("Contributor")).get("/admin/")
    assert "You are tied to no organisation yet" in page.text
    assert world.own.reference not in page.text


def test_whoever_is_refused_is_told_what_to_do(world, contributor):
    page = contributor.get(addresses(world, world.colleague_draft)["record_other"])
    assert "Choose one from your list, or ask an editor." in page.text
