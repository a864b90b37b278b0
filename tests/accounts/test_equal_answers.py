"""Whatever is tried with whatever name, it costs the same: hashes, queries, and mails within the request.

So the time of an answer tells nobody whether an account exists; `tests/soak/sign_in_times.py` measures it.
"""

import re

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import OutgoingMail
from tests.helpers.people import owners_were_told

pytestmark = pytest.mark.django_db
LOGIN, RESET, PASSWORD = "/admin/login/", "/admin/account/password/reset/", "a-long-enough-password"
NAMES = {
    "known": "clerk",
    "in capitals": "CLERK",
    "its address": "clerk@example.org",
    "inactive": "quiet",
    "its address, inactive": "quiet@example.org",
    "without a password": "blank",
    "nobody": "nobody",
    "nobody's address": "nobody@example.org",
    "an address that two have": "shared@example.org",
}


class CountingHasher(hashers.MD5PasswordHasher):
    """A real one, which counts what it makes."""

    algorithm = "counted_md5"
    made = 0

    def encode(self, password, salt):
        """One hash more."""
        type(self).made += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def accounts(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    settings.EMAIL_BACKEND = "commitments.workflow.outbox.OutboxBackend"
    settings.MAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.create_user("clerk", "clerk@example.org", PASSWORD, is_staff=True)
    User.objects.create_user("quiet", "quiet@example.org", PASSWORD, is_staff=True, is_active=False)
    User.objects.create_user("blank", "blank@example.org", None, is_staff=True)
    for name in ("ann", "bob"):
        User.objects.create_user(name, "shared@example.org", PASSWORD, is_staff=True)
    owners_were_told()


def cost(address, **fields):
    """What sending a form costs: hashes, queries in their order without their values, and mails that went out."""
    caches["default"].clear()
    client = Client()
    client.get(address)
    CountingHasher.made = 0
    sent = len(mail.outbox)
    with CaptureQueriesContext(connection) as captured:
        client.post(address, fields)
    queries = [re.sub(r"'[^']*'|\b\d+\b|\"s\d+_x\d+\"", "?", query["sql"])[:60] for query in captured]
    return CountingHasher.made, queries, len(mail.outbox) - sent


@pytest.mark.postgresql
def test_each_wrong_guess_costs_one_hash_and_the_same_queries():
    costs = {kind: cost(LOGIN, login=name, password="wrong") for kind, name in NAMES.items()}
    assert {kind: made for kind, (made, _queries, _sent) in costs.items()} == dict.fromkeys(NAMES, 1)
    assert {kind: queries for kind, (_made, queries, _sent) in costs.items()} == dict.fromkeys(
        NAMES, costs["nobody"][1]
    )


def test_the_right_password_of_an_inactive_account_costs_what_a_wrong_one_costs_and_is_answered_alike():
    assert cost(LOGIN, login="quiet", password=PASSWORD) == cost(LOGIN, login="nobody", password="wrong")
    answers = [Client().post(LOGIN, {"login": "quiet", "password": typed}) for typed in (PASSWORD, "wrong")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert ["do not match" in answer.text for answer in answers] == [True, True]


@pytest.mark.postgresql
def test_each_wish_for_a_new_password_costs_the_same_queries_and_sends_no_mail():
    addresses = [name for name in NAMES.values() if "@" in name and "shared" not in name] + ["blank@example.org"]
    costs = {address: cost(RESET, email=address) for address in addresses}
    assert costs == dict.fromkeys(addresses, (0, costs["nobody@example.org"][1], 0))
    assert OutgoingMail.objects.count() == len(addresses)


def test_of_those_mails_only_the_ones_to_active_accounts_are_sent_and_none_is_kept():
    for address in ("clerk@example.org", "quiet@example.org", "nobody@example.org"):
        Client().post(RESET, {"email": address})
    call_command("send_outbox")
    assert [sent.to for sent in mail.outbox] == [["clerk@example.org"]]
    assert not OutgoingMail.objects.exists()


def test_to_confirm_ones_password_costs_one_hash_too():
    client = Client()
    client.post(LOGIN, {"login": "clerk", "password": PASSWORD})
    CountingHasher.made = 0
    client.post("/admin/account/confirm/", {"password": "wrong"})
    assert CountingHasher.made == 1


def test_an_address_that_several_accounts_have_lets_nobody_in_and_their_names_do():
    typed = [Client().post(LOGIN, {"login": name, "password": PASSWORD}) for name in ("shared@example.org", "ann")]
    assert [answer.status_code for answer in typed] == [200, 302]
