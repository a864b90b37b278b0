"""Signing in: allauth with the pages that staff need, all under /admin/. Nobody can sign up.

Rules: names and passwords are tried at most so often (`accounts.attempts`); nobody learns whether an account exists,
from an answer or from the time that it takes: each attempt to sign in costs one hash, each wish for a new password one
mail, and each the same queries; links in mails lead to SITE_URL, whatever host a request claims.
"""

import struct
from typing import Any

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.views import activate_totp
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import User
from django.contrib.sites.shortcuts import get_current_site
from django.core.mail import get_connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import include, path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from commitments.accounts import attempts, auth_log
from commitments.accounts.known_browsers import remember_browser
from commitments.accounts.sessions import session_keepalive


class AccountAdapter(DefaultAccountAdapter):
    """What differs from allauth's own ways."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Name and password do not match, or there is no such account."),
        "email_password_mismatch": _("Name and password do not match, or there is no such account."),
        "too_many_login_attempts": _(
            "Too many failed attempts. Wait five minutes and try again. If that does not help, others may be trying "
            "your name: use a browser in which you signed in before, or a passkey."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        # Never: there is no address for it either.
        return False

    def is_safe_url(self, url: str | None) -> bool:
        # Not where an address cannot be read: allauth would fail on it.
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _dash, token = key.partition("-")
        link = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.SITE_URL}{link}"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("admin:index")

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        # Put the mail into the outbox; where no account has the address, the same mail to nobody.
        context |= {"email": email, "current_site": get_current_site(self.request)}
        message = self.render_mail("account/email/password_reset_key", email, context)
        message.to = [email] if user.pk else []
        get_connection().send_messages([message])

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The account whose name or address and password were typed, if it is active; ValidationError after too many.

        In place of allauth's, which asks and hashes once for a name and once more for an address.
        """
        typed = str(credentials.get("username") or credentials.get("email") or "")
        account = find_account(typed)
        usage = attempts.count_attempt(request, typed, account)
        if usage is None:
            auth_log.log_account_event("too many attempts", account)
            raise self.validation_error("too_many_login_attempts")
        candidate = account if account and account.is_active else nobody()
        if candidate.check_password(credentials.get("password") or ""):
            usage.rollback()
            return candidate
        auth_log.log_account_event("password refused", account)
        return None

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        # From now on the browser is known.
        response: HttpResponse = super().post_login(request, user, **how)
        remember_browser(request, response, user)
        return response


def find_account(typed: str) -> User | None:
    """The account of that name, else of that address, whatever is written in capitals; one query.

    None where several have it and none exactly so: an address that accounts share lets nobody in.
    """
    accounts = list(User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed)).order_by("pk"))
    name = typed.lower()
    for matching in (
        [account for account in accounts if account.username == typed],
        [account for account in accounts if account.username.lower() == name],
        [account for account in accounts if account.email.lower() == name],
    ):
        if matching:
            return matching[0] if len(matching) == 1 else None
    return None


def nobody() -> User:
    """In place of an account that does not exist: to check its password takes one hash, too, and never succeeds."""
    return User(pk=0, username="nobody", password=UNUSABLE_PASSWORD_PREFIX)


class NameAndPasswordForm(LoginForm):
    """Labelled as our accounts are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or e-mail address")
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)  # the label says it, and stays

    def user_credentials(self) -> dict[str, str]:
        # Alike for a name and an address.
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class ResetForm(ResetPasswordForm):
    """Finds an account by the address that it has now, whether or not that was typed with capitals.

    Where there is none, what is done for one is done for nobody.
    """

    def clean_email(self) -> str:
        # The address in small letters. The mail goes to what was typed, so it must be the same to the letter.
        email: str = self.cleaned_data["email"]
        users = User.objects.filter(email__iexact=email, is_active=True)
        self.users = [user for user in users if user.email.lower() == email] or [nobody()]
        return email


# What allauth's reader of passkeys raises where a browser's answer has other parts than it should; it catches some.
CREDENTIAL_ERRORS = (AttributeError, LookupError, TypeError, ValueError, struct.error)


class ReadableCredentialMixin:
    """A passkey's answer that cannot be read is refused like a wrong one."""

    def clean_credential(self) -> Any:
        """What allauth makes of it."""
        try:
            return super().clean_credential()  # type: ignore[misc]  # of the form that this is mixed into
        except CREDENTIAL_ERRORS as problem:
            raise get_adapter().validation_error("incorrect_code") from problem


class PasskeyLoginForm(ReadableCredentialMixin, LoginWebAuthnForm):
    """Instead of a password."""


class PasskeyAfterPasswordForm(ReadableCredentialMixin, AuthenticateWebAuthnForm):
    """After a password."""


class PasskeyAgainForm(ReadableCredentialMixin, ReauthenticateWebAuthnForm):
    """To confirm who one is."""


class PasskeyForm(AddWebAuthnForm):
    """Made for signing in without a password unless told otherwise."""

    name = forms.CharField(
        required=False, label=_("Name"), help_text=_("To tell it from your others, such as “office laptop”.")
    )
    passwordless = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Sign in with it alone, without the password"),
        help_text=_("It must ask for a PIN, a fingerprint or your face. Plain security keys cannot: untick this."),
    )

    def clean(self) -> Any:
        try:
            return super().clean()
        except CREDENTIAL_ERRORS as problem:
            raise get_adapter().validation_error("incorrect_code") from problem


@never_cache
def login(request: HttpRequest) -> HttpResponseBase:
    """Allauth's page, but it sends nobody back to a page that sent them here.

    Between two servers that do not take one another's sessions, as while SECRET_KEY is changed or where their clocks
    differ, a browser would go to and fro until it gives up.
    """
    if request.method == "GET" and REDIRECT_FIELD_NAME in request.GET and request.user.is_authenticated:
        next_page = get_next_redirect_url(request) or reverse("admin:index")
        return render(request, "account/signed_in_already.html", {"next_page": next_page})
    response: HttpResponseBase = views.login(request)
    return response


urlpatterns = [
    path("login/", login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("password_change/", views.password_change, name="account_change_password"),
    path("account/password/set/", views.password_set, name="account_set_password"),
    path("account/password/reset/", views.password_reset, name="account_reset_password"),
    path("account/password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path(
        "account/password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("account/inactive/", views.account_inactive, name="account_inactive"),
    path("account/confirm/", views.reauthenticate, name="account_reauthenticate"),
    path("account/stay/", session_keepalive, name="session_keepalive"),
    # The picture to scan is a data: address, here and nowhere else.
    path("account/second-factor/totp/activate/", csp_update({"img-src": "data:"})(activate_totp)),
    # The page of the second factor lists the keys too.
    path("account/second-factor/webauthn/", RedirectView.as_view(pattern_name="mfa_index")),
    path("account/second-factor/", include("allauth.mfa.urls")),
]
