"""Signing in in a real browser: with a code, with a passkey, and what the pages look like on the way."""

import re
from dataclasses import replace

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from tests.helpers.browser import look, press, sign_in
from tests.helpers.staff import PASSWORD

pytestmark = pytest.mark.browser
SECOND_FACTOR = "/admin/account/second-factor/"


def code(secret, step=0):
    """What an app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1] + step))


def confirm(page):
    """Say the password again, as before any change of a second factor."""
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Confirm")


def set_up_app(page, server):
    """Gives the key."""
    page.goto(f"{server.url}{SECOND_FACTOR}")
    page.get_by_role("link", name="Set up an app").click()
    confirm(page)
    secret = page.locator("code").inner_text()
    page.get_by_label("Code").fill(code(secret))
    press(page, "Set it up")
    return secret


def localhost(server):
    """The same server under the one name that browsers take for secure without HTTPS."""
    return replace(server, url=server.url.replace("127.0.0.1", "localhost"))


def with_authenticator(page):
    """A device that keeps passkeys, and whose owner always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_with_an_app_signing_in_asks_for_its_code(office, open_page):
    with open_page() as page:
        sign_in(page, office, "app-owner")
        secret = set_up_app(page, office)
        assert len(re.findall(r"\d{8}", page.input_value("#recovery_codes"))) == 10
        page.get_by_role("button", name="Log out").click()
        sign_in(page, office, "app-owner")
        page.goto(f"{office.url}/admin/")
        assert page.url.endswith("/admin/account/second-factor/authenticate/")
        look(page)
        page.get_by_label("Code").fill(code(secret, step=1))
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Desk").wait_for()


def test_a_passkey_is_added_and_lets_one_in_without_a_password(office, open_page):
    server = localhost(office)
    with open_page() as page:
        sign_in(page, server, "passkey-owner")
        with_authenticator(page)
        page.goto(f"{server.url}{SECOND_FACTOR}")
        page.get_by_role("link", name="Add a passkey").click()
        confirm(page)
        page.get_by_role("button", name="Add it").click()
        page.get_by_role("heading", name="Recovery Codes").wait_for()
        page.get_by_role("button", name="Log out").click()
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.get_by_role("heading", name="Desk").wait_for()


def test_a_passkey_that_does_not_come_is_said_on_the_page(site, open_page):
    with open_page() as page:
        page.goto(f"{site.url}/admin/login/")
        page.evaluate("() => { navigator.credentials.get = async () => { throw new Error('no'); }; }")
        assert page.get_by_text("No passkey came").is_hidden()
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.get_by_text("No passkey came").wait_for()


def test_who_types_a_long_text_stays_signed_in(office, open_page, as_clerk):
    with open_page(**as_clerk) as page:
        page.clock.install()
        page.goto(f"{office.url}/admin/commitments/draftupdate/add/")
        page.clock.fast_forward("05:00")
        with page.expect_response("**/admin/account/stay/") as answer:
            page.locator("#id_note").press_sequentially("On 1")
        assert answer.value.status == 204


def test_axe_finds_nothing_and_nothing_scrolls_sideways(office, open_page):
    with open_page() as page:
        page.goto(f"{office.url}/admin/login/")
        look(page)
        page.goto(f"{office.url}/admin/account/password/reset/")
        look(page)
        page.get_by_label("Email").fill("nobody@example.org")
        press(page, "Send the link")
        look(page)
        sign_in(page, office, "beginner")
        page.goto(f"{office.url}{SECOND_FACTOR}totp/activate/")
        look(page)
        confirm(page)
        look(page)
        set_up = page.locator("code").inner_text()
        page.get_by_label("Code").fill("1")
        press(page, "Set it up")
        look(page)
        page.get_by_label("Code").fill(code(set_up))
        press(page, "Set it up")
        for path in ("recovery-codes/", "webauthn/add/", "", "totp/deactivate/", "recovery-codes/generate/"):
            page.goto(f"{office.url}{SECOND_FACTOR}{path}")
            look(page)
        page.goto(f"{office.url}/admin/password_change/")
        look(page)


def test_axe_finds_nothing_where_a_second_factor_is_a_must(staffed, chromium):
    strict = replace(staffed, settings={"REQUIRE_MFA": "1"})
    with strict.serve(workers=1) as server, chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        sign_in(page, server)
        page.get_by_role("heading", name="A second factor is needed").wait_for()
        look(page)
        page.get_by_role("link", name="Set one up").click()
        page.get_by_role("link", name="Add a passkey").wait_for()
