"""Who comes in at /admin/, by which way, for how long, and what everybody else is told."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from commitments.accounts.sign_in import AccountAdapter
from commitments.models import Affiliation, OutgoingMail
from tests import factories
from tests.helpers.html import main_element
from tests.helpers.people import owners_were_told

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-password"
NOW = datetime(2026, 11, 24, 9, 0, 10, tzinfo=UTC)
LOGIN, FACTOR = "/admin/login/", "/admin/account/second-factor/"
RESET, USERS = "/admin/account/password/reset/", "/admin/auth/user/"
AUTHENTICATE = f"{FACTOR}authenticate/"
DESK = ["/admin/", "/admin/commitments/commitment/", USERS, "/admin/jsi18n/", "/admin/autocomplete/", "/admin/nothing/"]


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def outbox(settings):
    """Mails are written as in production, and sent to where tests look."""
    settings.EMAIL_BACKEND = "commitments.workflow.outbox.OutboxBackend"
    settings.MAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return settings


@pytest.fixture
def clerk():
    user = User.objects.create_user("clerk", "clerk@example.org", PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_commitment"))
    return user


@pytest.fixture
def required(settings):
    settings.REQUIRE_MFA = True


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def typed(client, name="clerk", password=PASSWORD, address=LOGIN, **headers):
    return client.post(address, {"login": name, "password": password}, **headers)


def with_app(user):
    """A second factor; gives its key."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code(secret):
    return format_hotp_value(hotp_value(secret, int(datetime.now(tz=UTC).timestamp()) // 30))


def inside(client):
    return client.get("/admin/").status_code == 200


# Who


def at_the_door(client):
    """How every page of the desk answers, and what is sent to it."""
    return {address: client.get(address) for address in DESK} | {"sent": client.post(DESK[1])}


def test_an_anonymous_visitor_is_asked_to_sign_in(client):
    for address, answer in at_the_door(client).items():
        next_page = DESK[1] if address == "sent" else address
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{LOGIN}?next={next_page}")


def test_who_is_no_staff_is_told_so_and_gets_nothing():
    for address, answer in at_the_door(signed_in(User.objects.create_user("reader"))).items():
        assert answer.status_code == 403, address
        assert "signed in as reader, an account that is not for staff" in answer.text


def test_without_a_second_factor_where_it_is_a_must_every_page_says_how_to_get_one(required, clerk):
    for address, answer in at_the_door(signed_in(clerk)).items():
        assert answer.status_code == 403, address
        assert f'href="{FACTOR}"' in answer.text
        assert "You have none yet, so nothing else is open to you" in answer.text


def test_a_superuser_needs_the_second_factor_too(required):
    assert not inside(signed_in(User.objects.create_superuser("boss")))


def test_it_becomes_a_must_for_those_who_are_signed_in_already(clerk, settings):
    client = signed_in(clerk)
    assert inside(client)
    settings.REQUIRE_MFA = True
    assert not inside(client)


def test_the_pages_that_set_one_up_are_open_to_who_has_none(required, clerk):
    client, pages = signed_in(clerk), [FACTOR + page for page in ("", "totp/activate/", "webauthn/add/")]
    assert [client.get(page).status_code for page in pages] == [200, 302, 302]
    client.post("/admin/account/confirm/", {"password": PASSWORD})
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]


def test_with_a_second_factor_the_desk_is_open(required, clerk):
    with_app(clerk)
    assert inside(signed_in(clerk))


def test_a_passkey_is_a_second_factor(required, clerk):
    Authenticator.objects.create(user=clerk, type=Authenticator.Type.WEBAUTHN, data={"name": "laptop"})
    assert inside(signed_in(clerk))


def test_recovery_codes_alone_are_no_second_factor(required, clerk):
    RecoveryCodes.activate(clerk)
    assert not inside(signed_in(clerk))


# Signing in


@pytest.mark.parametrize("name", ["Clerk", "Clerk@Example.org"])
def test_name_or_address_and_password_let_one_in(client, clerk, name):
    assert typed(client, name).headers["Location"] == "/admin/"
    assert inside(client)


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(client, clerk):
    for name, password in (("clerk", "wrong"), ("nobody", PASSWORD), ("nobody@x.org", PASSWORD)):
        answer = typed(client, name, password)
        assert "Name and password do not match, or there is no such account." in main_element(answer)
        assert not inside(client)


def test_a_deactivated_account_has_no_way_in(client, clerk):
    User.objects.update(is_active=False)
    typed(client)
    assert not inside(client)


def test_deactivating_ends_access_at_once(clerk):
    client = signed_in(clerk)
    User.objects.update(is_active=False)
    assert client.get("/admin/").status_code == 302


ELSEWHERE = (
    *("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"),
    *("http://[::1", "//[x/", "http://["),  # cannot be read
)


def test_an_address_is_safe_to_go_on_to_within_this_site_only(rf):
    with request_context(rf.get("/")):
        assert [address for address in (*ELSEWHERE, "/admin/") if AccountAdapter().is_safe_url(address)] == ["/admin/"]


@pytest.mark.parametrize(
    ("address", "led"),
    [
        ("/admin/commitments/commitment/", "/admin/commitments/commitment/"),
        (ELSEWHERE[0], "/admin/"),
        (ELSEWHERE[-1], "/admin/"),
        ("\x00", "/admin/"),
    ],
)
def test_after_signing_in_one_goes_on_within_this_site_only(client, clerk, address, led):
    answer = client.post(LOGIN, {"login": "clerk", "password": PASSWORD, "next": address})
    assert answer.headers["Location"] == led


def test_after_signing_out_one_goes_on_within_this_site_only(clerk):
    for address in (ELSEWHERE[0], ELSEWHERE[-1]):
        assert signed_in(clerk).post("/admin/logout/", {"next": address}).headers["Location"] == LOGIN


def test_with_an_app_the_password_alone_is_not_enough(client, clerk):
    with_app(clerk)
    assert typed(client).headers["Location"] == AUTHENTICATE
    assert not inside(client)


def test_the_code_of_the_app_lets_one_in(client, clerk):
    secret = with_app(clerk)
    typed(client)
    client.post(AUTHENTICATE, {"code": code(secret)})
    assert inside(client)


def test_a_code_works_once(client, clerk):
    secret = with_app(clerk)
    for visitor, comes_in in ((client, True), (Client(), False)):
        typed(visitor)
        visitor.post(AUTHENTICATE, {"code": code(secret)})
        assert inside(visitor) is comes_in


def test_a_recovery_code_lets_one_in_once(client, clerk):
    with_app(clerk)
    spare = RecoveryCodes.activate(clerk).get_unused_codes()[0]
    for visitor, comes_in in ((client, True), (Client(), False)):
        typed(visitor)
        visitor.post(AUTHENTICATE, {"code": spare})
        assert inside(visitor) is comes_in


def test_a_second_factor_is_set_up_with_password_and_code_and_comes_with_recovery_codes(client, clerk):
    typed(client)
    assert client.get(f"{FACTOR}totp/activate/").headers["Location"].startswith("/admin/account/confirm/")
    client.post("/admin/account/confirm/", {"password": PASSWORD})
    page = client.get(f"{FACTOR}totp/activate/")
    secret = re.search(r"<code>(\w+)</code>", page.text)[1]
    client.post(f"{FACTOR}totp/activate/", {"code": code(secret)})
    assert sorted(clerk.authenticator_set.values_list("type", flat=True)) == ["recovery_codes", "totp"]


def test_a_new_second_factor_ends_the_sessions_elsewhere(client, clerk, django_capture_on_commit_callbacks):
    elsewhere = signed_in(clerk)
    typed(client)
    client.post("/admin/account/confirm/", {"password": PASSWORD})
    secret = re.search(r"<code>(\w+)</code>", client.get(f"{FACTOR}totp/activate/").text)[1]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{FACTOR}totp/activate/", {"code": code(secret)})
    assert (inside(client), inside(elsewhere)) == (True, False)


def test_the_picture_to_scan_is_allowed_on_its_page_alone(client, clerk):
    typed(client)
    client.post("/admin/account/confirm/", {"password": PASSWORD})
    with_picture, without = (client.get(FACTOR + page) for page in ("totp/activate/", ""))
    assert "img-src 'self' data:" in with_picture.headers["Content-Security-Policy"]
    assert "data:" not in without.headers["Content-Security-Policy"]


def test_nobody_can_sign_up(client):
    for name in ("signup", "account/signup", "account/email", "account/confirm-email"):
        answer = client.get(f"/admin/{name}/")
        assert answer.headers["Location"].startswith(LOGIN)  # as any other address that the admin does not know
        with pytest.raises(Resolver404):
            resolve(f"/{name}/")


def test_the_admins_own_pages_for_it_cannot_be_reached():
    for address in (LOGIN, "/admin/logout/", "/admin/password_change/"):
        assert resolve(address).func.__module__.startswith(("allauth.", "commitments.accounts."))


def test_signing_out_ends_the_session(clerk):
    client = signed_in(clerk)
    assert client.post("/admin/logout/").headers["Location"] == LOGIN
    assert Session.objects.count() <= 1  # what remains holds the farewell
    assert not inside(client)


# Limits


def failures(number, name="clerk", **headers):
    return [typed(Client(), name, "wrong", **headers) for _number in range(number)]


def test_after_five_failures_an_account_waits_five_minutes(client, clerk, now):
    failures(5)
    assert "Too many failed attempts. Wait five minutes and try again." in main_element(typed(client))
    now.shift(timedelta(minutes=5, seconds=1))
    assert typed(client).status_code == 302


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_HOST"])
def test_what_a_visitor_claims_does_not_get_round_the_limit(clerk, header):
    claims = [f"10.0.0.{n}" for n in range(5)] if header != "HTTP_HOST" else [f"testserver:{n}" for n in range(1, 6)]
    for claim in claims:
        typed(Client(), "clerk", "wrong", **{header: claim})
    assert "Too many failed attempts" in main_element(typed(Client()))


@pytest.mark.parametrize(("trusted", "let_in"), [(0, False), (1, True)])
def test_behind_a_trusted_proxy_the_address_that_it_wrote_counts(clerk, settings, trusted, let_in):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = trusted
    for number in range(10):
        typed(Client(), f"name{number}", "wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 203.0.113.5")
    answer = typed(Client(), HTTP_X_FORWARDED_FOR="198.51.100.99, 203.0.113.6")
    assert (answer.status_code == 302) is let_in


def test_too_many_mails_are_refused_with_a_plain_page(client, clerk):
    for _number in range(5):
        client.post(RESET, {"email": "clerk@example.org"})
    answer = client.post(RESET, {"email": "clerk@example.org"})
    assert answer.status_code == 429
    assert "Wait five minutes" in main_element(answer)


def test_codes_cannot_be_tried_through(client, clerk):
    secret = with_app(clerk)
    typed(client)
    for number in range(6):
        client.post(AUTHENTICATE, {"code": f"00000{number}"})
    answer = client.post(AUTHENTICATE, {"code": code(secret)})
    assert "Too many failed attempts" in main_element(answer)


# A passkey's answer whose parts are of another kind than they should be.
UNREADABLE = [
    *("null", "1", '""', "[]", "true", "{}", '{"id": 1}'),
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {}, "clientExtensionResults": 1}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "é", "userHandle": []}}',
    '{"id": "eA", "rawId": "_w", "type": 1, "response": {"clientDataJSON": -1, "attestationObject": "W10"}}',
]


def test_a_passkey_that_cannot_be_read_lets_nobody_in_and_is_no_failure(client, clerk):
    page = f"{FACTOR}webauthn/login/"
    for credential in UNREADABLE:
        client.get(page)
        assert client.post(page, {"credential": credential}).status_code in (200, 302), credential
    assert not inside(client)


@pytest.mark.parametrize(
    ("page", "credential"),
    [
        ("webauthn/reauthenticate/", UNREADABLE[-2]),
        ("webauthn/add/", UNREADABLE[-1]),
        ("webauthn/add/", "null"),
        ("webauthn/add/", UNREADABLE[-3]),
    ],
)
def test_nor_does_one_for_confirming_or_a_new_one_fail_or_become_one(client, clerk, page, credential):
    typed(client)
    client.get(f"{FACTOR}{page}")
    assert client.post(f"{FACTOR}{page}", {"credential": credential}).status_code in (200, 302)
    assert not Authenticator.objects.exists()
    assert inside(client)


# A forgotten password


def link():
    return re.search(r"https?://\S+", mail.outbox[-1].body)[0]


def set_new(client, address, password="another-long-password"):
    form = client.get(re.sub(r"^https?://[^/]+", "", address), follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": password, "password2": password})


def test_a_mail_brings_a_new_password_and_ends_all_sessions(client, clerk):
    elsewhere = signed_in(clerk)
    client.post(RESET, {"email": "clerk@example.org"})
    set_new(client, link())
    assert typed(Client(), password="another-long-password").status_code == 302
    assert not inside(elsewhere)


def test_a_link_works_once(client, clerk):
    client.post(RESET, {"email": "clerk@example.org"})
    address = link()
    set_new(client, address)
    assert set_new(Client(), address, "a-third-long-password").status_code != 302
    assert typed(Client(), password="a-third-long-password").status_code == 200


def test_a_new_password_does_not_get_round_the_second_factor(client, clerk):
    with_app(clerk)
    client.post(RESET, {"email": "clerk@example.org"})
    set_new(client, link())
    assert not inside(client)
    assert typed(client, password="another-long-password").headers["Location"] == AUTHENTICATE


def test_no_answer_tells_whether_there_is_such_an_account(client, clerk, outbox):
    User.objects.create_user("gone", "gone@example.org", is_active=False)
    owners_were_told()
    for email in ("clerk@example.org", "nobody@example.org", "gone@example.org"):
        answer = client.post(RESET, {"email": email}, follow=True)
        assert answer.redirect_chain == [(f"{RESET}done/", 302)]
        assert "If an account has this address, a mail" in main_element(answer)
    call_command("send_outbox")
    assert [mailed.to for mailed in mail.outbox] == [["clerk@example.org"]]


@pytest.mark.postgresql
def test_the_address_is_found_however_it_was_typed(client, clerk):
    User.objects.update(email="Clerk@Example.org")
    client.post(RESET, {"email": "CLERK@example.org"})
    assert mail.outbox[0].to == ["clerk@example.org"]


def test_an_address_that_an_account_had_once_resets_nothing(client, clerk, outbox):
    client.post(RESET, {"email": "clerk@example.org"})
    User.objects.update(email="new@example.org")
    client.post(RESET, {"email": "clerk@example.org"})
    owners_were_told()
    call_command("send_outbox")
    assert len(mail.outbox) == 1
    assert set_new(Client(), link()).status_code != 302
    assert not EmailAddress.objects.exists()


def test_the_link_leads_to_this_site_whatever_host_is_claimed(client, clerk, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://tracker.example", ["*"]
    client.post(RESET, {"email": "clerk@example.org"}, HTTP_HOST="evil.example")
    assert link().startswith("https://tracker.example/admin/account/password/reset/key/")
    assert "evil" not in mail.outbox[0].body + mail.outbox[0].subject


def test_a_mail_server_that_is_down_is_said_by_the_command_and_no_error_for_the_visitor(client, clerk, outbox, capsys):
    outbox.MAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    outbox.EMAIL_HOST, outbox.EMAIL_PORT = "127.0.0.1", 1
    owners_were_told()
    answer = client.post(RESET, {"email": "clerk@example.org"}, follow=True)
    assert "or mail may be out of order" in main_element(answer)
    with pytest.raises(SystemExit):
        call_command("send_outbox")
    assert "Check EMAIL_URL" in capsys.readouterr().err
    assert OutgoingMail.objects.count() == 1


# How long


def used(client, now, minutes, times):
    """A request every so often; how often it was answered."""
    return [now.shift(timedelta(minutes=minutes)) or inside(client) for _time in range(times)]


def test_a_session_ends_after_an_hour_without_a_request(clerk, now):
    client = signed_in(clerk)
    assert used(client, now, 58, 3) == [True, True, True]
    assert used(client, now, 61, 1) == [False]


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(clerk, now):
    client = signed_in(clerk)
    assert used(client, now, 45, 15) == [True] * 15
    answer = now.shift(timedelta(minutes=45)) or client.get("/admin/", follow=True)
    assert "You were signed in for as long as a sign-in lasts." in answer.text


def test_in_the_last_hour_every_page_says_when_the_sign_in_ends(clerk, settings, now):
    settings.SESSION_COOKIE_AGE = 12 * 60 * 60
    client = signed_in(clerk)
    for hours, warned in ((10, False), (1.5, True)):
        now.shift(timedelta(hours=hours))
        assert ("Your sign-in ends at 05:00." in client.get("/admin/").text) is warned


def test_typing_counts_as_a_request(clerk, now):
    client = signed_in(clerk)
    for _time in range(3):
        now.shift(timedelta(minutes=50))
        assert client.get("/admin/account/stay/").status_code == 204
    assert inside(client)


def test_the_database_is_written_to_once_a_minute_at_most(clerk, now):
    client, written = signed_in(clerk), []
    for seconds in (10, 20, 40, 10):
        now.shift(timedelta(seconds=seconds))
        with CaptureQueriesContext(connection) as captured:
            client.get("/admin/")
        written.append(any(query["sql"].startswith("UPDATE") for query in captured))
    assert written == [False, False, True, False]


def test_the_cookie_ends_with_the_browser_and_no_script_reads_it(client, clerk):
    typed(client)
    cookie = client.cookies["sessionid"]
    assert (cookie["expires"], cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", "", True, "Lax")


def test_changing_the_password_ends_the_sessions_elsewhere(client, clerk):
    elsewhere = signed_in(clerk)
    typed(client)
    new = {"oldpassword": PASSWORD, "password1": "another-long-password", "password2": "another-long-password"}
    assert client.post("/admin/password_change/", new).headers["Location"] == "/admin/"
    assert (inside(client), inside(elsewhere)) == (True, False)


def test_public_pages_ask_for_no_session_and_set_no_cookie(release, clerk):
    client = signed_in(clerk)
    before = client.cookies.output()
    with CaptureQueriesContext(connection) as captured:
        client.get("/")
    assert not [query for query in captured if "session" in query["sql"] or "auth_user" in query["sql"]]
    assert client.cookies.output() == before


# Accounts


@pytest.fixture
def boss():
    return User.objects.create_superuser("boss", "boss@example.org", PASSWORD)


@pytest.fixture
def administrator():
    """Of that role, and no superuser."""
    user = User.objects.create_user("admin", "admin@example.org", PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="Administrator"))
    return signed_in(user)


def account(user, **changed):
    """The fields of a user's page as they are sent, with some changed; also those that are not on it."""
    fields = {
        "username": user.username,
        "email": user.email,
        "is_active": "on",
        "is_staff": "on",
        "date_joined_0": "2026-11-24",
        "date_joined_1": "09:00:00",
        "affiliation-TOTAL_FORMS": "1",
        "affiliation-INITIAL_FORMS": "0",
        "affiliation-0-user": user.pk,
        "affiliation-0-organisation": "",
        "affiliation-0-language": "en-gb",
    }
    return fields | changed


def test_an_administrator_gives_roles_and_an_organisation(administrator, clerk):
    body, role = factories.OrganisationFactory(), Group.objects.get(name="Editor")
    sent = account(clerk, groups=[role.pk], **{"affiliation-0-organisation": body.pk})
    assert administrator.post(f"{USERS}{clerk.pk}/change/", sent).status_code == 302
    assert list(clerk.groups.all()) == [role]
    assert Affiliation.objects.get().organisation == body


def test_an_administrator_makes_nobody_a_superuser_and_gives_no_single_permission(administrator, clerk):
    sent = account(clerk, is_superuser="on", user_permissions=[Permission.objects.get(codename="publish").pk])
    assert administrator.post(f"{USERS}{clerk.pk}/change/", sent).status_code == 302
    clerk.refresh_from_db()
    assert not clerk.is_superuser
    assert [permission.codename for permission in clerk.user_permissions.all()] == ["view_commitment"]


def test_an_administrator_adds_an_account_and_no_superuser(administrator):
    sent = {"username": "new", "email": "New@Example.org", "usable_password": "false", "is_superuser": "on"}
    sent |= {"affiliation-TOTAL_FORMS": "0", "affiliation-INITIAL_FORMS": "0"}
    assert administrator.post(f"{USERS}add/", sent).status_code == 302
    assert not User.objects.get(username="new").is_superuser


def test_a_new_account_gets_its_password_by_mail_without_further_steps(administrator, client):
    test_an_administrator_adds_an_account_and_no_superuser(administrator)
    User.objects.filter(username="new").update(is_staff=True)
    client.post(RESET, {"email": "new@example.org"})
    set_new(client, link())
    assert typed(client, "new@example.org", "another-long-password").status_code == 302
    assert inside(client)


@pytest.mark.parametrize("page", ["change/", "password/"])
def test_an_administrator_changes_no_superuser(administrator, boss, page):
    sent = account(boss, email="mine@example.org", password1="x" * 20, password2="x" * 20, usable_password="true")
    assert administrator.post(f"{USERS}{boss.pk}/{page}", sent).status_code == 403
    boss.refresh_from_db()
    assert (boss.email, boss.check_password(PASSWORD)) == ("boss@example.org", True)


@pytest.mark.postgresql
def test_two_accounts_cannot_have_one_address(administrator, clerk, boss):
    answer = administrator.post(f"{USERS}{clerk.pk}/change/", account(clerk, email="BOSS@example.org"))
    assert "Another account has this address." in answer.text


def reset_factor(client, user):
    sent = {"action": "reset_second_factor", "_selected_action": [user.pk], "confirmed": "1"}
    return client.post(USERS, sent, follow=True)


@pytest.mark.postgresql
def test_a_lost_second_factor_is_reset_and_recorded_and_ends_the_sessions(administrator, clerk):
    with_app(clerk)
    RecoveryCodes.activate(clerk)
    theirs = signed_in(clerk)
    assert "Now signing in with the password alone: clerk." in reset_factor(administrator, clerk).text
    assert not Authenticator.objects.exists()
    assert not inside(theirs)
    assert inside(administrator)
    entry = LogEntry.objects.get(object_id=str(clerk.pk))
    assert (entry.user.username, entry.change_message) == ("admin", "Reset the second factor and ended all sessions.")


def test_an_administrator_resets_no_superuser(administrator, boss):
    with_app(boss)
    assert "only a superuser can do this" in reset_factor(administrator, boss).text
    assert Authenticator.objects.count() == 1


def test_a_superuser_resets_another(boss):
    other = User.objects.create_superuser("other")
    with_app(other)
    reset_factor(signed_in(boss), other)
    assert not Authenticator.objects.exists()


def test_whoever_may_only_look_at_accounts_resets_nothing(clerk, boss):
    clerk.user_permissions.add(Permission.objects.get(codename="view_user"))
    with_app(clerk)
    reset_factor(signed_in(clerk), clerk)
    assert Authenticator.objects.count() == 1


def test_the_page_of_an_account_says_what_it_signs_in_with(administrator, clerk):
    page = f"{USERS}{clerk.pk}/change/"
    assert "none" in administrator.get(page).text
    with_app(clerk)
    assert "TOTP Authenticator" in administrator.get(page).text


def test_allauths_own_tables_are_no_clutter():
    assert not [model for model in admin.site._registry if model._meta.app_label in ("account", "mfa")]


def test_a_second_factor_is_reset_only_once_it_is_confirmed(administrator, clerk):
    with_app(clerk)
    page = administrator.post(USERS, {"action": "reset_second_factor", "_selected_action": [clerk.pk]})
    assert "Be sure who asked you." in page.text
    assert Authenticator.objects.filter(user=clerk).exists()
