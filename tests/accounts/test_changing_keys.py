"""While SECRET_KEY is changed from server to server: nobody is sent to and fro, and with both keys nobody notices."""

import re
from itertools import cycle

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail, signing
from django.test import Client

OLD, NEW = (
    "an-old-key-0123456789-abcdefghijklmnopqrstuvwxyz-ABCD",
    "a-new-key-9876543210-zyxwvutsrqponmlkjihgfedcba-WXYZ",
)
PASSWORD = "a-long-enough-password"
pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    user = User.objects.create_user("clerk", "clerk@example.org", PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_commitment"))
    return user


class Servers:
    """Two that share the database, asked in turn, as nginx does it, with the keys that each takes besides its own."""

    def __init__(self, settings, **taken):
        self.settings, self.taken = settings, {OLD: [], NEW: []} | taken
        self.turns = cycle([NEW, OLD])

    def ask(self, ask, *arguments, by=None, **named):
        self.settings.SECRET_KEY = by or next(self.turns)
        self.settings.SECRET_KEY_FALLBACKS = self.taken[self.settings.SECRET_KEY]
        return ask(*arguments, **named)

    def follow(self, client, address):
        """What a browser comes to in the end, and over how many addresses; it gives up after twenty."""
        for steps in range(20):
            answer = self.ask(client.get, address)
            if answer.status_code != 302:
                return answer, steps
            address = answer.headers["Location"]
        return answer, 20


def signed_in_at(servers, key):
    client = Client()
    answer = servers.ask(client.post, "/admin/login/", {"login": "clerk", "password": PASSWORD}, by=key)
    assert answer.headers["Location"] == "/admin/"
    return client


@pytest.mark.parametrize("key", [OLD, NEW])
@pytest.mark.parametrize("page", ["/admin/", "/zh-hant/admin/", "/admin/commitments/commitment/?q=a&o=1"])
def test_between_two_servers_with_different_keys_nobody_is_sent_to_and_fro(settings, clerk, key, page):
    servers = Servers(settings)
    client = signed_in_at(servers, key)
    ends = [servers.follow(client, page) for _time in range(4)]
    assert [(answer.status_code, steps <= 2) for answer, steps in ends] == [(200, True)] * 4


def test_who_is_sent_to_sign_in_and_is_signed_in_is_told_so_and_led_on_within_this_site(settings, clerk):
    client = signed_in_at(Servers(settings), NEW)
    page = client.get("/admin/login/", {"next": "/admin/commitments/commitment/?q=a&o=1"})
    assert "You are signed in as clerk, and a page sent you here as if you were not." in page.text
    assert 'href="/admin/commitments/commitment/?q=a&amp;o=1"' in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert 'href="/admin/">Go on' in client.get("/admin/login/", {"next": "https://example.org/"}).text
    assert client.get("/admin/login/").headers["Location"] == "/admin/"  # nobody was sent: as ever


def test_where_each_takes_the_others_key_nobody_signs_in_again(settings, clerk):
    servers = Servers(settings, **{OLD: [NEW], NEW: [OLD]})
    for key in (OLD, NEW):
        client = signed_in_at(servers, key)
        assert [servers.ask(client.get, "/admin/").status_code for _time in range(6)] == [200] * 6


def test_where_the_old_key_is_taken_no_more_its_sessions_have_ended(settings, clerk):
    client = signed_in_at(Servers(settings), OLD)
    after = Servers(settings, **{NEW: []})
    assert after.ask(client.get, "/admin/", by=NEW).headers["Location"].startswith("/admin/login/")


def test_a_link_that_one_server_mailed_is_taken_by_the_other(settings, clerk):
    servers = Servers(settings, **{NEW: [OLD]})
    client = Client()
    servers.ask(client.post, "/admin/account/password/reset/", {"email": "clerk@example.org"}, by=OLD)
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body)[1]
    form = servers.ask(client.get, link, by=NEW, follow=True)
    assert 'name="password1"' in form.text


def test_a_form_that_one_server_signed_is_taken_by_the_other(settings):
    servers = Servers(settings, **{NEW: [OLD]})
    chosen = servers.ask(signing.dumps, [1, 2], salt="x", by=OLD)
    assert servers.ask(signing.loads, chosen, salt="x", by=NEW) == [1, 2]
