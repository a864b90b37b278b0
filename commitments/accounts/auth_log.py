"""A line in the log for whatever happens to an account, by its number.

Without a password, a code or a visitor's address, and without the name that was typed where no account has it:
people type passwords there.
"""

import logging
from collections.abc import Callable
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import Signal

logger = logging.getLogger(__name__)
LOGGED_SIGNALS: dict[Signal, str] = {
    user_logged_in: "signed in",
    user_logged_out: "signed out",
    password_changed: "password changed",
    password_set: "password set",
    password_reset: "password reset by mail",
    authentication_failed: "second factor refused",
    authenticator_added: "second factor added",
    authenticator_removed: "second factor removed",
    authenticator_reset: "recovery codes made anew",
}


def connect_signals() -> None:
    """Have a line written for each of LOGGED_SIGNALS."""
    for signal, event in LOGGED_SIGNALS.items():
        signal.connect(log_receiver(event), weak=False)


def log_receiver(event: str) -> Callable[..., None]:
    """A receiver that logs this event."""

    def receive(*, user: User | None = None, **kwargs: Any) -> None:
        log_account_event(event, user)

    return receive


def log_account_event(event: str, user: User | None) -> None:
    """Write the line: what happened, and to which account."""
    logger.info("%s: %s", event, f"account {user.pk}" if user else "no account")


def log_account_change(part: str, account: User, by: User | None) -> None:
    """Write the line: what of which account was changed, and by which."""
    who = "nobody signed in" if by is None else "itself" if by.pk == account.pk else f"account {by.pk}"
    logger.info("%s of account %s changed by %s", part, account.pk, who)


def log_reset_link(account: User, by: User) -> None:
    """Write the line: to which account a link for a new password was mailed, and at whose wish."""
    logger.info("link for a new password mailed: account %s, at the wish of account %s", account.pk, by.pk)
