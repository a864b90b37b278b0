"""Signing in: allauth with the pages that staff need, all under /admin/. Nobody can sign up.

Rules: names and passwords are tried at most so often (allauth's own limits, in settings.CACHES); nobody learns
from an answer whether an account exists; links in mails lead to SITE_URL, whatever host a request claims.
"""

from __future__ import annotations

import logging
import struct
from typing import Any

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm, ResetPasswordForm
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
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import include, path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from commitments.accounts import auth_log
from commitments.accounts.login_page import login
from commitments.accounts.sessions import session_keepalive

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """What differs from allauth's own ways."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Name and password do not match, or there is no such account."),
        "email_password_mismatch": _("Name and password do not match, or there is no such account."),
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: there is no address for it either."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Not where an address cannot be read: allauth would fail on it."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Where the mail leads."""
        uid, _dash, token = key.partition("-")
        link = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.SITE_URL}{link}"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to work."""
        return reverse("admin:index")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down is for the log: telling the visitor would tell that the account exists."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:  # what smtplib and sockets raise
            logger.exception("A mail could not be sent. Check EMAIL_URL and the mail server.")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Where there were too many attempts, that is noted."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            auth_log.log_refused_sign_in("too many attempts", credentials)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Noted, too."""
        auth_log.log_refused_sign_in("password refused", credentials)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By the name alone. Allauth adds the host, and a visitor can write another port there at each attempt."""
        return str(credentials.get("email", credentials.get("username", ""))).lower()


class NameAndPasswordForm(LoginForm):
    """Labelled as our accounts are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Allauth makes the field here."""
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or e-mail address")
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)  # the label says it, and stays


class ResetForm(ResetPasswordForm):
    """Finds an account by the address that it has now, whether or not that was typed with capitals."""

    def clean_email(self) -> str:
        """The address in small letters. The mail goes to what was typed, so it must be the same to the letter."""
        email: str = self.cleaned_data["email"]
        users = User.objects.filter(email__iexact=email, is_active=True)
        self.users = [user for user in users if user.email.lower() == email]
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
        """As with `ReadableCredentialMixin`."""
        try:
            return super().clean()
        except CREDENTIAL_ERRORS as problem:
            raise get_adapter().validation_error("incorrect_code") from problem


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
