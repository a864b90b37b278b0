"""Who may open and send what: one table, each cell a test. Contributors reach their organisation's work alone (R8)."""

import pytest
from django.test import Client

from tests.helpers.people import member, signed_in
from tests.helpers.staff_work import staff_addresses

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


@pytest.mark.parametrize(("method", "name", "role", "answer"), CASES, ids=lambda value: str(value).replace(" ", "-"))
def test_each_address_answers_each_role_as_the_table_says(staff_work, method, name, role, answer):
    user = None if role == "anonymous" else member(role, staff_work.ours)
    own_draft = staff_work.own.drafts.create(date="2019", note="My own.", author=user)
    client = signed_in(user) if user else Client()
    data = {"post": "yes"} if name.endswith("_delete") else {}
    assert getattr(client, method.lower())(staff_addresses(staff_work, own_draft)[name], data).status_code == answer


@pytest.fixture
def contributor(staff_work):
    return signed_in(member("Contributor", staff_work.ours))


LISTS = ("commitments", "updates_drafted", "find_commitment", "desk")


@pytest.mark.parametrize("name", LISTS)
def test_a_contributor_s_lists_name_nothing_of_other_organisations(staff_work, contributor, name):
    text = contributor.get(staff_addresses(staff_work, staff_work.colleague_draft)[name]).text
    assert staff_work.other.reference not in text
    assert "Their secret." not in text
    if name != "desk":
        assert staff_work.own.reference in text


def test_a_contributor_cannot_move_a_draft_to_another_organisation_s_commitment(staff_work, contributor):
    address = staff_addresses(staff_work, staff_work.colleague_draft)["record_own"]
    answer = contributor.post(
        address,
        {"commitment": staff_work.other.pk, "kind": "context", "evidence-TOTAL_FORMS": 0, "evidence-INITIAL_FORMS": 0},
    )
    assert "Your organisation does not own this commitment" in answer.text
    assert staff_work.other.drafts.count() == 1


def test_a_contributor_s_bulk_page_takes_only_what_is_within_reach(staff_work, contributor):
    chosen = {"action": "record_selected", "_selected_action": [staff_work.own.pk, staff_work.other.pk]}
    page = contributor.post(staff_addresses(staff_work, staff_work.colleague_draft)["commitments"], chosen)
    assert staff_work.own.reference in page.text
    assert staff_work.other.reference not in page.text


@pytest.mark.parametrize("asked", ["q=Their", "commitment__note=x", "author__id__exact=1", "commitment__id=1"])
def test_a_contributor_s_filters_reach_nothing_more(staff_work, contributor, asked):
    answer = contributor.get(f"{staff_addresses(staff_work, staff_work.colleague_draft)['updates_drafted']}?{asked}")
    assert "Their secret." not in answer.text


def test_a_contributor_without_an_organisation_is_told_what_to_do(staff_work):
    page = signed_in(member("Contributor")).get("/admin/")
    assert "You are tied to no organisation yet" in page.text
    assert staff_work.own.reference not in page.text


def test_whoever_is_refused_is_told_what_to_do(staff_work, contributor):
    page = contributor.get(staff_addresses(staff_work, staff_work.colleague_draft)["record_other"])
    assert "Choose one from your list, or ask an editor." in page.text
