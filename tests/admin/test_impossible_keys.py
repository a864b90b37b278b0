"""What fuzzing found, and what earlier experience had: keys and choices that no column can hold are no failure."""

from urllib.parse import quote

import pytest
from django.contrib.auth.models import User

from commitments.models import Commitment, DraftUpdate, LedgerEntry
from tests.helpers import fuzzing
from tests.helpers.people import signed_in
from tests.helpers.staff_work import make_staff_work

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
HUGE = "9" * 30
IMPOSSIBLE = [HUGE, str(2**63), f"-{HUGE}", "9" * 5000, "x", "\x00", ""]
LEDGER_ROWS = {"commitment": Commitment, "draftupdate": DraftUpdate, "ledgerentry": LedgerEntry}
LISTS = ["commitments/commitment/", "commitments/draftupdate/", "commitments/organisation/", "auth/user/"]


@pytest.fixture(scope="module", autouse=True)
def staff_work(module_db):
    return make_staff_work()


@pytest.fixture(scope="module")
def boss(staff_work):
    client = signed_in(User.objects.create_superuser("boss"))
    client.raise_request_exception = False
    return client


def failures(answers):
    return {what: answer.status_code for what, answer in answers.items() if answer.status_code >= 500}


@pytest.mark.parametrize("name", ["id__in", "id__gt", "pk", "id__exact", "_to_field", "p", "o"])
def test_a_list_that_is_asked_for_a_key_that_no_row_can_have_is_no_failure(boss, name):
    keys = IMPOSSIBLE if name == "id__exact" else IMPOSSIBLE[:1] + IMPOSSIBLE[-2:]
    assert failures({key: boss.get(f"/admin/{LISTS[0]}", {name: key, "_popup": "1"}) for key in keys}) == {}


@pytest.mark.parametrize("page", LISTS)
def test_a_key_that_no_row_can_have_is_no_failure(boss, page):
    pages = {key: boss.get(f"/admin/{page}{quote(key)}/change/") for key in IMPOSSIBLE}
    lists = {name: boss.get(f"/admin/{page}", {name: HUGE}) for name in ("id__in", "_to_field")}
    assert failures(pages | lists) == {}


def test_a_row_that_is_asked_for_by_a_column_that_there_is_not_is_no_failure(boss):
    rows = [f"/admin/commitments/{name}/{model.objects.first().pk}/change/" for name, model in LEDGER_ROWS.items()]
    for page in rows:
        assert [boss.get(page, {"_to_field": name}).status_code for name in ("", "x", "note")] == [400] * 3
        assert boss.post(page, {"_to_field": ""}).status_code in (400, 403)


@pytest.mark.parametrize("page", LISTS)
def test_choosing_a_key_that_no_row_can_have_is_no_failure(boss, page):
    keys = IMPOSSIBLE if page == LISTS[0] else [HUGE, "\x00"]
    actions = ["delete_selected", "record_selected", "publish_selected"]
    sent = {(key, action): {"action": action, "_selected_action": [key]} for key in keys for action in actions[:1]}
    sent |= {(HUGE, action): {"action": action, "_selected_action": [HUGE]} for action in actions}
    assert failures({what: boss.post(f"/admin/{page}", data) for what, data in sent.items()}) == {}


@pytest.mark.parametrize("field", ["owners", "release", "groups"])
def test_a_choice_that_no_row_can_have_is_no_failure(boss, staff_work, field):
    page = f"/admin/commitments/commitment/{staff_work.draft.pk}/change/"
    if field == "groups":
        page = f"/admin/auth/user/{staff_work.colleague.pk}/change/"
    [form, *_rest] = [form for form in fuzzing.Forms(page, boss.get(page).text).found if field in dict(form.fields)]
    keys = IMPOSSIBLE if field == "owners" else [HUGE, "\x00"]
    answers = {key: boss.post(page, dict(form.fields) | {field: [key]}).status_code for key in keys}
    assert {key: status for key, status in answers.items() if status not in (200, 302, 400)} == {}
