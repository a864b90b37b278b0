"""No generated request is answered with a 500, with a draft, or with its own markup. FUZZ_REQUESTS: how many of each.

The same requests every time; `make soak` sends many thousands. What it found is in
`tests/admin/test_impossible_keys.py`.
"""

import logging
import os
import time
from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from commitments.models import Area, ErrorReport, Organisation, Release, Update
from commitments.public import seo
from tests.helpers import fuzzing
from tests.helpers.people import member
from tests.helpers.secret_drafts import EVIDENCE, SECRETS, UPDATE
from tests.helpers.staff_work import staff_addresses

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "1000"))
MANY = settings(
    max_examples=REQUESTS,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate] if REQUESTS > 1000 else [Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
# Their references are in addresses that are asked for, and may come back.
UNHEARD = [*SECRETS.values(), *UPDATE.values(), *EVIDENCE.values()]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_waits(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def figures(capsys):
    """How many were sent, by the answer; printed at the end."""
    statuses, began = Counter(), time.monotonic()
    yield statuses
    with capsys.disabled():
        if REQUESTS > 1000:
            told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
            print(f"\n{statuses.total()} requests in {time.monotonic() - began:.0f} s; {told}")


def test_no_public_address_fails_tells_a_draft_or_gives_markup_back(secret_drafts, figures):
    known = {
        "reference": ["TT-01", "DR-01", "DR-02"],
        "entry": [str(key) for key in Update.objects.values_list("pk", flat=True)],
        "elsewhere": ["", "nothing/"],
        "section": [*seo.SITEMAPS],
        "token": [*ErrorReport.objects.values_list("token", flat=True)],
        "slug": [
            slug for model in (Area, Organisation, Release) for slug in model.objects.values_list("slug", flat=True)
        ],
    }
    clients = [Client(), Client(enforce_csrf_checks=True)]

    @MANY
    @given(fuzzing.public(known), st.sampled_from(clients))
    def check(request, client):
        answer, told, failed = fuzzing.ask(client, request)
        figures[answer.status_code] += 1
        assert failed + fuzzing.problems(answer, told, UNHEARD) == []

    check()


@pytest.mark.parametrize(
    ("said", "status", "found"),
    [
        ("<p>&lt;x-fuzz&gt;</p>", 200, []),
        ("<p><x-fuzz></p>", 200, ["gives markup back"]),
        ("", 503, ["status 503"]),
        ("a rumour", 404, ["tells 'rumour'"]),
        ("Traceback (most recent call last)", 400, ["shows a traceback"]),
    ],
)
def test_what_is_wrong_with_an_answer_is_seen(said, status, found):
    answer = HttpResponse(said, status=status, headers={"Content-Security-Policy": "default-src 'none'"})
    assert fuzzing.problems(answer, answer.content, ["rumour"]) == found


ROLES = ["boss", "publisher", "administrator", "contributor", "editor"]


def signed_in(user):
    client = Client()
    client.force_login(user)
    session = client.session
    # As after a sign-in a moment ago, so that pages which ask for the password again open.
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() + 86400, "username": user.username}
    ]
    session["signed_in_at"] = session["seen_at"] = time.time()  # one of a time that has not come would have ended
    session.save()
    return client


def pages(staff_work):
    """Every page of staff with a form on it."""
    own = ["login/", "account/password/reset/", "password_change/", "account/confirm/", "logout/"]
    factors = ["", "totp/activate/", "webauthn/add/", "recovery-codes/generate/", "recovery-codes/"]
    imports = [f"commitments/{name}/import/" for name in ("commitment", "organisation", "draftupdate")]
    exports = [f"commitments/{name}/export/" for name in ("commitment", "organisation", "draftupdate")]
    paths = [*own, *(f"account/second-factor/{name}" for name in factors), *imports, *exports, "auth/user/add/"]
    draft = staff_work.own.drafts.create(date="2019", note="My own.", author=staff_work.colleague)
    return [*staff_addresses(staff_work, draft).values(), *(f"/admin/{path}" for path in paths), "/report-an-error/"]


def test_no_form_of_staff_fails_or_gives_markup_back(staff_work, figures):
    users = {name: member(name.capitalize(), staff_work.ours) for name in ROLES[1:]}
    clients = {name: signed_in(user) for name, user in users.items()}
    clients |= {"boss": signed_in(User.objects.create_superuser("boss")), "anonymous": Client()}
    answers = {page: clients["boss"].get(page) for page in pages(staff_work)}
    texts = {page: answer.text for page, answer in answers.items() if not answer.streaming}
    found = [form for page, text in texts.items() for form in fuzzing.Forms(page, text).found]
    found += [fuzzing.Form(page, "GET", (), ()) for page in answers]
    assert len(found) > 80

    @MANY
    @given(fuzzing.forms(sorted(set(found), key=str), [*ROLES, "anonymous"]))
    def check(request):
        answer, told, failed = fuzzing.ask(clients[request.role], request)
        figures[answer.status_code] += 1
        assert failed + fuzzing.problems(answer, told) == []

    check()
