"""Changes of accounts: nobody types another's password, and the owner is told of every change, whoever made it."""

import io
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.admin.models import LogEntry
from django.contrib.auth import hashers
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.core.management import call_command
from django.test import Client

from commitments.accounts.account_changes import tell_owner
from commitments.models import AccountChange, Affiliation, RedactionRequest
from tests import factories
from tests.helpers.admin_forms import Form, change
from tests.helpers.people import signed_in

pytestmark = pytest.mark.django_db
PASSWORD, NEW_PASSWORD = "a-long-enough-password", "another-long-password"
USERS, RESET = "/admin/auth/user/", "/admin/account/password/reset/"


@pytest.fixture
def clerk():
    return User.objects.create_user("clerk", "clerk@example.org", PASSWORD, is_staff=True)


@pytest.fixture
def boss():
    """A superuser."""
    return User.objects.create_superuser("boss", "boss@example.org", PASSWORD)


@pytest.fixture
def told(clerk, boss, django_capture_on_commit_callbacks):
    """Does something and gives the mails that go out once it is on record, those about links left out."""
    for account in (clerk, boss):
        tell_owner(account.pk)
    mail.outbox.clear()

    def told_of(act):
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return [message for message in mail.outbox if message.subject.startswith("Your account was changed")]

    return told_of


def page(user, name="change"):
    return f"{USERS}{user.pk}/{name}/"


def save(client, user, **typed):
    """The user's page, with something else in some boxes; None empties a box to tick."""
    form = Form(client.get(page(user)))
    form.fields = {name: value for name, value in (form.fields | typed).items() if value is not None}
    answer = form.send(client, page(user), "_save")
    assert answer.status_code == 302, answer.context["errors"]


# Nobody types another's password


@pytest.mark.parametrize("usable", ["true", "false"])
def test_a_superuser_sets_nobody_s_password_and_takes_none_away(boss, clerk, usable):
    typed = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": usable, "password": "x"}
    client = signed_in(boss)
    client.post(page(clerk, "password"), typed | {"set-password": "1", "unset-password": "1"})
    save(client, clerk, **typed)
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)


@pytest.mark.parametrize("name", ["password", "change"])
def test_no_page_of_another_s_account_has_a_box_for_a_password(boss, clerk, name):
    assert 'type="password"' not in signed_in(boss).get(page(clerk, name)).text
    assert 'type="password"' not in signed_in(boss).get(f"{USERS}add/").text


def test_instead_a_link_is_mailed_to_the_owner_and_recorded(boss, clerk, caplog):
    answer = signed_in(boss).post(page(clerk, "password"), follow=True)
    assert "A link by which clerk sets a new password is on its way" in answer.text
    [link] = mail.outbox
    assert link.to == ["clerk@example.org"]
    assert "/admin/account/password/reset/key/" in link.body
    assert LogEntry.objects.get().change_message == "Mailed a link for a new password."
    assert f"link for a new password mailed: account {clerk.pk}, at the wish of account {boss.pk}" in caplog.messages


def test_the_link_is_written_in_the_owner_s_language(boss, clerk):
    Affiliation.objects.create(user=clerk, organisation=factories.OrganisationFactory(), language="zh-hant")
    signed_in(boss).post(page(clerk, "password"))
    assert "密碼" in mail.outbox[0].subject


def test_without_an_address_or_when_inactive_no_link_is_sent(boss, clerk):
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert "is not active or has no address" in signed_in(boss).post(page(clerk, "password"), follow=True).text
    assert mail.outbox == []


def test_a_new_account_has_an_address_no_password_and_a_link_in_its_mail(boss):
    typed = {"username": "new", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "is_staff": "on"}
    typed |= {"affiliation-TOTAL_FORMS": "0", "affiliation-INITIAL_FORMS": "0"}
    assert signed_in(boss).post(f"{USERS}add/", typed).status_code == 200
    signed_in(boss).post(f"{USERS}add/", typed | {"email": "new@example.org"})
    assert not User.objects.get(username="new").has_usable_password()
    assert mail.outbox[0].to == ["new@example.org"]


def test_an_administrator_sends_a_superuser_no_link(boss, clerk):
    clerk.groups.add(Group.objects.get(name="Administrator"))
    assert signed_in(clerk).post(page(boss, "password")).status_code == 403
    assert mail.outbox == []


# The owner is told


def own_password(clerk, boss):
    client = signed_in(clerk)
    typed = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post("/admin/password_change/", typed).status_code == 302


def password_by_mail(clerk, boss):
    client = Client()
    client.post(RESET, {"email": "clerk@example.org"})
    form = client.get(re.search(r"https?://[^/]+(\S+)", mail.outbox[-1].body)[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})


def password_by_command(clerk, boss):
    clerk.set_password(NEW_PASSWORD)  # what `changepassword` does with what was typed
    clerk.save()


def app(clerk, boss):
    client = signed_in(clerk)
    client.post("/admin/account/confirm/", {"password": PASSWORD})
    TOTP.activate(clerk, generate_totp_secret())


def passkey(clerk, boss):
    Authenticator.objects.create(user=clerk, type=Authenticator.Type.WEBAUTHN, data={"name": "laptop"})


def factors_reset(clerk, boss):
    sent = {"action": "reset_second_factor", "_selected_action": [clerk.pk], "confirmed": "1"}
    signed_in(boss).post(USERS, sent)


def organisation(clerk, boss):
    save(signed_in(boss), clerk, **{"affiliation-0-organisation": str(factories.OrganisationFactory().pk)})


def role(clerk, boss):
    save(signed_in(boss), clerk, groups=[str(Group.objects.get(name="Editor").pk)])


def single_permission(clerk, boss):
    save(signed_in(boss), clerk, user_permissions=[str(Permission.objects.get(codename="publish").pk)])


def superuser(clerk, boss):
    save(signed_in(boss), clerk, is_superuser="on")


def deactivated(clerk, boss):
    save(signed_in(boss), clerk, is_active=None)


def role_of_many(clerk, boss):
    """What a role may do is changed for everybody in it."""
    group = Group.objects.create(name="Readers")
    User.groups.through.objects.create(user=clerk, group=group)
    signed_in(boss).post(
        f"/admin/auth/group/{group.pk}/change/", {"name": "Readers", "permissions": [Permission.objects.first().pk]}
    )


CHANGES = {
    "the own password": (own_password, "password, * by you, signed in"),
    "a password by mail": (password_by_mail, "password, * by nobody who was signed in"),
    "a password by command": (password_by_command, "password, * by nobody who was signed in"),
    "an app": (app, "second factors, *"),
    "a passkey": (passkey, "second factors, *"),
    "an organisation": (organisation, "roles, * by boss"),
    "a role": (role, "roles, * by boss"),
    "a single permission": (single_permission, "roles, * by boss"),
    "to be a superuser": (superuser, "roles, * by boss"),
    "deactivation": (deactivated, "mark “active”, * by boss"),
    "what a role may do": (role_of_many, "roles, * by boss"),
}


@pytest.mark.postgresql
@pytest.mark.parametrize(("act", "words"), CHANGES.values(), ids=CHANGES)
def test_the_owner_is_told_once_of_a_change_whoever_made_it(told, clerk, boss, act, words):
    [message] = told(lambda: act(clerk, boss))
    assert message.to == ["clerk@example.org"]
    assert re.search("- " + re.escape(words).replace(r"\*", ".*"), message.body), message.body


def test_a_reset_of_all_second_factors_is_one_mail(told, clerk, boss):
    TOTP.activate(clerk, generate_totp_secret())
    RecoveryCodes.activate(clerk)
    tell_owner(clerk.pk)
    mail.outbox.clear()
    [message] = told(lambda: factors_reset(clerk, boss))
    assert message.body.count("second factors") == 1
    assert "by boss" in message.body


def test_recovery_codes_made_anew_are_told_of(told, clerk):
    TOTP.activate(clerk, generate_totp_secret())
    RecoveryCodes.activate(clerk)
    tell_owner(clerk.pk)
    mail.outbox.clear()
    client = Client()
    client.force_login(clerk)
    client.post("/admin/account/confirm/", {"password": PASSWORD})
    [message] = told(lambda: client.post("/admin/account/second-factor/recovery-codes/generate/"))
    assert "second factors" in message.body


@pytest.mark.postgresql
def test_of_an_address_both_are_told_the_old_one_and_the_new(told, clerk, boss):
    messages = told(lambda: save(signed_in(boss), clerk, email="New@example.org"))
    assert sorted(message.to[0] for message in messages) == ["clerk@example.org", "new@example.org"]
    assert not AccountChange.objects.exclude(address_before="").exists()


def test_an_address_that_is_taken_away_is_told_of_at_the_old_one(told, clerk):
    def forget():
        clerk.email = ""
        clerk.save()

    assert [message.to for message in told(forget)] == [["clerk@example.org"]]


def test_a_superuser_made_by_a_command_is_told(told):
    arguments = {"username": "second", "email": "second@example.org", "interactive": False, "verbosity": 0}
    [message] = told(lambda: call_command("createsuperuser", **arguments, stdout=io.StringIO()))
    assert message.to == ["second@example.org"]


def test_whoever_is_put_into_a_role_from_its_side_or_loses_it_with_the_role_is_told(told, clerk):
    group = Group.objects.create(name="Readers")
    assert len(told(lambda: group.user_set.add(clerk))) == 1
    assert len(told(group.user_set.clear)) == 2
    clerk.groups.add(group)
    assert len(told(group.delete)) == 3


NO_CHANGE = {
    "to sign in": lambda clerk, boss: Client().post("/admin/login/", {"login": "clerk", "password": PASSWORD}),
    "to save the page as it was": lambda clerk, boss: save(signed_in(boss), clerk),
    "another name": lambda clerk, boss: save(signed_in(boss), clerk, first_name="Ada"),
    "to ask for a link": lambda clerk, boss: Client().post(RESET, {"email": "clerk@example.org"}),
}


@pytest.mark.parametrize("act", NO_CHANGE.values(), ids=NO_CHANGE)
def test_of_what_changes_nothing_of_it_nobody_is_told(told, clerk, boss, act):
    assert told(lambda: act(clerk, boss)) == []
    assert not AccountChange.objects.filter(account=clerk, mailed_at=None).exists()


def test_a_hash_made_anew_at_a_sign_in_is_no_change(told, clerk, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    assert told(lambda: Client().post("/admin/login/", {"login": "clerk", "password": PASSWORD})) == []
    clerk.refresh_from_db()
    assert hashers.identify_hasher(clerk.password).algorithm == "pbkdf2_sha256"


def test_a_used_recovery_code_is_no_change(told, clerk):
    codes = RecoveryCodes.activate(clerk)
    tell_owner(clerk.pk)
    mail.outbox.clear()
    assert told(lambda: codes.validate_code(codes.get_unused_codes()[0])) == []


def test_the_mail_is_in_the_owner_s_language(told, clerk):
    Affiliation.objects.create(user=clerk, organisation=factories.OrganisationFactory(), language="zh-hans")
    told(lambda: None)
    with_roles = told(lambda: clerk.groups.add(Group.objects.get(name="Editor")))
    assert with_roles == []  # none in English
    assert "账号" in mail.outbox[-1].subject


def test_an_address_that_no_mail_can_name_stops_no_change(told, clerk, boss, caplog, settings):
    settings.EMAIL_BACKEND = "commitments.workflow.outbox.OutboxBackend"
    User.objects.filter(pk=clerk.pk).update(email="two@addresses@example.org")
    told(lambda: clerk.groups.add(Group.objects.get(name="Editor")))
    assert clerk.groups.get().name == "Editor"
    assert "cannot be written into a mail" in caplog.text


def test_what_was_not_told_when_the_machine_stopped_is_told_by_the_next_run_of_the_outbox(clerk, boss):
    AccountChange.objects.create(account=clerk, part="factors", changed_by=boss)
    AccountChange.objects.create(account=clerk, part="roles", changed_by=boss)
    mail.outbox.clear()
    for _run in range(2):
        call_command("send_outbox")
        [message] = [one for one in mail.outbox if one.to == [clerk.email]]
        assert "second factors" in message.body
        assert "roles" in message.body


def test_the_log_names_who_did_what_for_whom(clerk, boss, caplog):
    save(signed_in(boss), clerk, email="new@example.org", is_active=None)
    own_password(User.objects.create_superuser("third", password=PASSWORD), boss)
    third = User.objects.get(username="third")
    lines = [message for message in caplog.messages if " changed by " in message]
    assert f"address of account {clerk.pk} changed by account {boss.pk}" in lines
    assert f"active of account {clerk.pk} changed by account {boss.pk}" in lines
    assert f"password of account {third.pk} changed by itself" in lines
    assert "example.org" not in "".join(lines)


# One person at two accounts


def as_one(boss, victim):
    """Takes over a colleague's account: another address, then the link that is mailed there."""
    save(signed_in(boss), victim, email="mine@example.org")
    client = Client()
    client.post(RESET, {"email": "mine@example.org"})
    form = client.get(re.search(r"https?://[^/]+(\S+)", mail.outbox[-1].body)[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    client.post("/admin/login/", {"login": "mine@example.org", "password": NEW_PASSWORD})
    return client


def test_who_takes_over_a_colleague_s_account_carries_out_no_redaction_with_it(boss, clerk):
    clerk.groups.add(Group.objects.get(name="Administrator"))
    AccountChange.objects.all().delete()
    factories.published(title="Build a bridge")
    entry = factories.record("report", factories.published(), note="Opened by Jane Doe.")
    address = f"/admin/commitments/redactionrequest/ask/{entry.pk}/"
    Form(signed_in(boss).get(address)).send(signed_in(boss), address, "_write", **{"text-0": "-", "reason": "A name."})
    request = RedactionRequest.objects.get()
    colleague = as_one(boss, clerk)
    answer = colleague.post(f"/admin/commitments/redactionrequest/{request.pk}/decide/", {"_grant": "1"}, follow=True)
    assert "boss changed this of your account on" in answer.text
    assert "_grant" not in Form(colleague.get(change(request))).buttons
    entry.refresh_from_db()
    assert "Jane Doe" in entry.content
