"""Who may open and send what: one table, each line a test. Contributors reach their organisation's work alone (R8)."""

from copy import deepcopy

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client

from tests.helpers.people import member, signed_in
from tests.helpers.staff_work import make_staff_work, staff_addresses

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
GET  other_history             302 403 302 200 200 200
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
POST review_send               302 403 302 302 302 403
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
POST organisation_delete       302 403 403 403 403 403
GET  publish_commitments       302 403 403 403 302 403
POST publish_commitments       302 403 403 403 302 403
GET  send_commitments          302 403 403 302 302 403
POST send_commitments          302 403 403 302 302 403
GET  return_commitments        302 403 403 403 302 403
POST return_commitments        302 403 403 403 302 403
GET  assign_commitments        302 403 403 302 302 403
POST assign_commitments        302 403 403 302 302 403
GET  assignments               302 403 403 200 200 200
GET  assigned_commitment       302 403 200 200 200 200
GET  record_assigned           302 403 200 200 200 403
POST record_assigned           302 403 200 200 200 403
GET  draft_commitment_state    302 403 403 403 403 403
GET  proposals                 302 403 403 200 200 403
GET  proposal                  302 403 403 200 200 403
POST proposal                  302 403 403 403 403 403
GET  proposal_record           302 403 403 403 200 403
POST proposal_record           302 403 403 403 409 403
POST proposal_decline          302 403 403 403 409 403
GET  put_on_record             302 403 403 403 200 403
POST put_on_record             302 403 403 403 200 403
GET  release_add               302 403 403 200 200 403
GET  areas                     302 403 403 200 200 403
GET  link_checks               302 403 403 200 200 403
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
GET  import_commitments        302 403 403 200 200 403
POST process_commitments       302 403 403 302 302 403
GET  template_commitments      302 403 403 200 200 403
GET  import_organisations      302 403 403 200 200 403
POST process_organisations     302 403 403 302 302 403
GET  import_updates            302 403 403 200 200 403
POST process_updates           302 403 403 302 302 403
GET  find_commitment           302 403 200 200 200 200
GET  by_reference              302 302 302 302 302 302
GET  draft_by_reference        302 404 404 404 404 404
GET  deleted_drafts            302 403 200 200 200 403
GET  kept_forms                302 403 403 403 403 403
POST forget_form               302 404 404 404 404 404
POST entry_proposal_decide     302 403 403 403 302 403
GET  find_organisation         302 403 403 200 200 200
"""
LINES = [line.split() for line in TABLE.strip().splitlines()]


@pytest.fixture(scope="module", autouse=True)
def work(module_db):
    """What they work at, and for each role a draft of its own and a browser in which somebody of it is signed in."""
    staff_work = make_staff_work()
    users = {role: None if role == "anonymous" else member(role, staff_work.ours) for role in ROLES}
    staff_work.clients = {role: signed_in(user) if user else Client() for role, user in users.items()}
    staff_work.cookies = {role: deepcopy(client.cookies) for role, client in staff_work.clients.items()}
    drafts = {
        role: staff_work.own.drafts.create(date="2019", note="My own.", author=user) for role, user in users.items()
    }
    staff_work.addresses = {role: staff_addresses(staff_work, draft) for role, draft in drafts.items()}
    return staff_work


def visitor(work, role):
    """The browser, with no cookie but that of the session."""
    work.clients[role].cookies = deepcopy(work.cookies[role])
    return work.clients[role]


def answer_to(work, role, method, name):
    """The status; whatever was written is taken back."""
    data = {"post": "yes"} if name.endswith("_delete") else {}
    with transaction.atomic():
        answer = getattr(visitor(work, role), method.lower())(work.addresses[role][name], data)
        transaction.set_rollback(True)
    return answer.status_code


@pytest.mark.parametrize(
    ("method", "name", "answers"), [(*line[:2], line[2:]) for line in LINES], ids=["-".join(line[:2]) for line in LINES]
)
def test_each_address_answers_each_role_as_the_table_says(work, method, name, answers):
    expected = dict(zip(ROLES, map(int, answers), strict=True))
    assert {role: answer_to(work, role, method, name) for role in ROLES} == expected


@pytest.fixture
def contributor(work):
    return visitor(work, "Contributor")


@pytest.fixture
def addresses(work):
    return work.addresses["Contributor"]


@pytest.mark.parametrize("name", ["commitments", "updates_drafted", "find_commitment", "desk"])
def test_a_contributor_s_lists_name_nothing_of_other_organisations(work, contributor, addresses, name):
    text = contributor.get(addresses[name]).text
    assert work.other.reference not in text
    assert "Their secret." not in text
    if name != "desk":
        assert work.own.reference in text


def test_a_contributor_cannot_move_a_draft_to_another_organisation_s_commitment(work, contributor, addresses):
    typed = {"commitment": work.other.pk, "kind": "context", "evidence-TOTAL_FORMS": 0, "evidence-INITIAL_FORMS": 0}
    answer = contributor.post(addresses["record_own"], typed)
    assert "Your organisation does not own this commitment" in answer.text
    assert work.other.drafts.count() == 1


def test_a_contributor_s_bulk_page_takes_only_what_is_within_reach(work, contributor, addresses):
    chosen = {"action": "record_selected", "_selected_action": [work.own.pk, work.other.pk]}
    page = contributor.post(addresses["commitments"], chosen)
    assert work.own.reference in page.text
    assert work.other.reference not in page.text


@pytest.mark.parametrize("query", ["q=Their", "author__id__exact={}"], ids=["search", "filter"])
def test_a_contributor_s_filters_reach_nothing_more(work, contributor, addresses, query):
    answer = contributor.get(f"{addresses['updates_drafted']}?{query.format(work.colleague.pk)}")
    assert answer.status_code == 200
    assert "Their secret." not in answer.text


def test_a_contributor_without_an_organisation_is_told_what_to_do(work):
    outsider = User.objects.create_user("outsider", is_staff=True)
    outsider.groups.add(Group.objects.get(name="Contributor"))
    page = signed_in(outsider).get("/admin/")
    assert "You are tied to no organisation yet" in page.text
    assert work.own.reference not in page.text


def test_whoever_is_refused_is_told_what_to_do(contributor, addresses):
    page = contributor.get(addresses["record_other"])
    assert "Choose one from your list, or ask an editor." in page.text
