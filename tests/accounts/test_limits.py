"""How often a password may be guessed, and that guessing locks nobody out of a browser of their own."""

import inspect
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client

from commitments.accounts.known_browsers import MAX_ACCOUNTS
from commitments.models import ErrorReport

pytestmark = pytest.mark.django_db
LOGIN, PASSWORD, COOKIE = "/admin/login/", "a-long-enough-password", "known-browser"
TOO_MANY = "Too many failed attempts"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime(2026, 11, 30, 9, tzinfo=UTC), tick=False)
    return time_machine


@pytest.fixture(autouse=True)
def clerk():
    return User.objects.create_user("clerk", "clerk@example.org", PASSWORD, is_staff=True)


def typed(client, password=PASSWORD, name="clerk", network="192.0.2.1"):
    return client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR=network)


def guess(times, name="clerk", network="203.0.113.9"):
    return [typed(Client(), "wrong", name, network) for _time in range(times)]


def guess_from_everywhere(times):
    """One guess from each network, as many would."""
    for number in range(times):
        guess(1, network=f"203.0.113.{number}")


def comes_in(client, **how):
    return typed(client, **how).status_code == 302


@pytest.fixture
def own_browser():
    """One in which the clerk signed in and out."""
    client = Client()
    assert comes_in(client)
    client.post("/admin/logout/")
    return client


# From elsewhere


def test_guesses_from_elsewhere_lock_nobody_out_of_another_network():
    guess(5)
    assert TOO_MANY in guess(1)[0].text
    assert comes_in(Client())


def test_nor_do_guesses_of_the_address():
    guess(5, name="clerk@example.org")
    assert comes_in(Client(), name="clerk@example.org")


def test_five_guesses_of_a_name_from_one_network_are_all_for_five_minutes(now):
    guess(5)
    assert not comes_in(Client(), network="203.0.113.9")
    now.shift(timedelta(minutes=5, seconds=1))
    assert comes_in(Client(), network="203.0.113.9")


@pytest.mark.postgresql
def test_thirty_guesses_of_a_name_from_everywhere_are_all_for_an_hour(now):
    guess_from_everywhere(30)
    assert TOO_MANY in typed(Client()).text
    now.shift(timedelta(hours=1, seconds=1))
    assert comes_in(Client())


def test_what_nobody_has_is_limited_alike():
    guess_from_everywhere(30)
    for number in range(30):
        guess(1, name="nobody", network=f"203.0.113.{number}")
    answers = [typed(Client(), name=name).text for name in ("clerk", "nobody")]
    assert [TOO_MANY in answer for answer in answers] == [True, True]


def test_an_address_and_its_name_are_counted_apart_lest_they_tell_that_they_are_one_account():
    guess(5)
    assert TOO_MANY not in guess(1, name="clerk@example.org")[0].text


# A browser that signed in before


@pytest.mark.postgresql
def test_a_browser_that_signed_in_before_waits_for_no_guess_of_others(own_browser):
    guess_from_everywhere(30)
    guess(10, network="192.0.2.1")  # not even for those of its own network
    assert comes_in(own_browser)


def test_it_has_a_count_of_its_own(own_browser, now):
    for _time in range(5):
        typed(own_browser, "wrong")
    assert TOO_MANY in typed(own_browser).text
    assert comes_in(Client())  # and takes nothing from others
    now.shift(timedelta(minutes=5, seconds=1))
    assert comes_in(own_browser)


def test_it_is_known_for_the_accounts_that_signed_in_there_and_for_no_other(own_browser):
    User.objects.create_user("other", "other@example.org", PASSWORD, is_staff=True)
    guess(5, name="other", network="192.0.2.1")
    assert not comes_in(own_browser, name="other")


def test_a_desk_may_be_shared(own_browser):
    User.objects.create_user("other", "other@example.org", PASSWORD, is_staff=True)
    comes_in(own_browser, name="other")
    own_browser.post("/admin/logout/")
    for name in ("clerk", "other"):
        guess(5, name=name, network="192.0.2.1")
        assert comes_in(own_browser, name=name)
        own_browser.post("/admin/logout/")


def test_of_a_browser_only_the_last_few_accounts_are_remembered(own_browser):
    for number in range(MAX_ACCOUNTS):
        User.objects.create_user(f"other-{number}", f"other-{number}@example.org", PASSWORD, is_staff=True)
        comes_in(own_browser, name=f"other-{number}")
        own_browser.post("/admin/logout/")
    guess(5, network="192.0.2.1")
    assert not comes_in(own_browser)


def test_it_is_forgotten_after_ninety_days(own_browser, now):
    now.shift(timedelta(days=90, seconds=1))
    guess(5, network="192.0.2.1")
    assert not comes_in(own_browser)


@pytest.mark.parametrize("forged", ["", "x", "e30:1abcde:forged", "é"])
def test_a_forged_cookie_is_none(forged):
    client = Client()
    client.cookies[COOKIE] = forged
    guess(5, network="192.0.2.1")
    assert not comes_in(client)


def test_the_cookie_is_for_staffs_pages_alone_and_names_nobody(clerk):
    client = Client()
    assert COOKIE not in client.cookies
    comes_in(client)
    cookie = client.cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/admin/", True, "Lax")
    assert cookie["max-age"] == 90 * 24 * 60 * 60
    assert "clerk" not in cookie.value


def test_a_wrong_password_makes_no_browser_known():
    client = Client()
    typed(client, "wrong")
    assert COOKIE not in client.cookies


# What is kept of it


def kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM sign_in_attempts")
        return cursor.fetchall()


@pytest.mark.postgresql
def test_names_and_network_addresses_are_kept_as_keyed_digests(settings):
    guess(1)
    rows = kept()
    assert rows
    assert [key for key, _value in rows if not re.fullmatch("[0-9a-f]{64}", key)] == []
    settings.SECRET_KEY = "another-key-of-fifty-characters-and-more-0123456789"
    guess(1)
    assert len(kept()) == 2 * len(rows)  # no digest is the same with another key


def test_so_are_those_of_who_asks_for_a_new_password():
    Client().post("/admin/account/password/reset/", {"email": "clerk@example.org"}, REMOTE_ADDR="203.0.113.9")
    assert [key for key, _value in kept() if not re.fullmatch("[0-9a-f]{64}", key)] == []


@pytest.mark.postgresql
def test_they_go_when_they_expire_although_nobody_signs_in(now):
    guess(1)
    for minutes, left in ((0, 3), (2, 2), (4, 1), (55, 0)):
        now.shift(timedelta(minutes=minutes))
        call_command("send_outbox")
        assert len(kept()) == left, minutes


def test_so_do_the_digests_of_who_reports_an_error(now):
    ErrorReport.objects.create(token="x", what="A word is missing.", sender="f" * 64)
    now.shift(timedelta(minutes=59))
    call_command("send_outbox")
    assert ErrorReport.objects.get().sender
    now.shift(timedelta(minutes=2))
    call_command("send_outbox")
    assert not ErrorReport.objects.get().sender


def test_the_inner_parts_of_allauth_that_are_in_use_are_as_they_were_and_in_one_module():
    used = {path.name for path in Path(settings.BASE_DIR, "commitments").rglob("*.py")
            if re.search(r"^(from|import) allauth[\w.]*\.internal", path.read_text("utf-8"), re.MULTILINE)}  # fmt: skip
    assert used == {"attempts.py"}
    assert {"request", "app", "action", "config", "key"} <= set(inspect.signature(ratelimit.consume).parameters)
    assert [*inspect.signature(ratelimit.RateLimitUsage).parameters] == ["usage"]
    assert {*map(callable, (ratelimit.RateLimitUsage.rollback, ratelimit.get_ip))} == {True}
