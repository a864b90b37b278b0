"""The outbox: every mail is written into the database first, and sent outside of requests.

`OutboxBackend` is Django's EMAIL_BACKEND, so whatever sends a mail writes it in the transaction that it belongs to: it
is there if that is, and no answer waits for a mail server, or tells by its time that a mail was written. `send_outbox`
sends what waits by MAIL_DELIVERY_BACKEND.

No mail is lost, and several may send at once: each mail is claimed first. The price: where the mail server took a mail
and we were killed, or the line broke, before we could note it, it comes again, under the same Message-ID, by which many
mailboxes show it once.
"""

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formatdate, make_msgid, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db.models import F
from django.utils import timezone

from commitments.models import OutgoingMail

logger = logging.getLogger(__name__)
# Longer than any mail takes with settings.EMAIL_TIMEOUT for each answer, so whoever began is gone by then.
CLAIM_EXPIRES_AFTER = timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)  # after a refusal; each wait is twice the last
GIVE_UP_AFTER = timedelta(days=3)  # as long as a link that sets a password works (Django's PASSWORD_RESET_TIMEOUT)


class OutboxBackend(BaseEmailBackend):
    """Writes mails into the outbox, in whatever transaction is open."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        # Write them all or none, by one query; ValueError for one that can never be sent.
        mails = [OutgoingMail(content=to_content(message)) for message in email_messages]
        OutgoingMail.objects.bulk_create(mails)
        return len(mails)


def replace_unsent(message: EmailMessage, topic: str, wait: timedelta) -> None:
    """Write a mail that may be sent once `wait` is over, in place of one about the same that nobody tried to send yet.

    The one that it takes the place of says when it is sent. ValueError for one that can never be.
    """
    content = to_content(message)
    unsent = OutgoingMail.objects.filter(topic=topic, attempts=0)
    earlier = unsent.values_list("due_at", flat=True).first()
    unsent.delete()
    OutgoingMail.objects.create(content=content, topic=topic, due_at=earlier or timezone.now() + wait)


@dataclass(slots=True)
class DeliveryResult:
    """What came of a run: how many were sent, refused and given up, and what `stopped` it."""

    sent: int = 0
    refused: int = 0
    given_up: int = 0
    stopped: str = ""


def to_content(message: EmailMessage) -> dict[str, Any]:
    """A message as JSON: headers and all, but for files, which no mail of ours has.

    Its name, day and "written by a machine" are added where they are missing, so that they are the same at each
    attempt. Raises ValueError for headers or recipients that no mail can have. A mail to nobody may be written: it is
    never sent (`accounts.sign_in.AccountAdapter.send_password_reset_mail`).
    """
    if message.attachments:
        raise ValueError("The outbox keeps no files.")
    message.message()  # refuses headers of several lines
    try:
        for address in message.recipients():
            validate_email(parseaddr(address)[1])
    except ValidationError as error:
        raise ValueError("mail cannot be sent to this address") from error
    return {
        "subject": str(message.subject),
        "body": str(message.body),
        "subtype": message.content_subtype,
        "alternatives": [[str(content), kind] for content, kind in getattr(message, "alternatives", [])],
        "from_email": str(message.from_email),
        **{name: list(getattr(message, name)) for name in ("to", "cc", "bcc", "reply_to")},
        "headers": _headers(message),
    }


def _headers(message: EmailMessage) -> dict[str, str]:
    headers = {name: str(value) for name, value in message.extra_headers.items()}
    given = {name.lower() for name in headers}
    own = {
        "Message-ID": make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
        "Date": formatdate(timezone.now().timestamp(), usegmt=True),
        "Auto-Submitted": "auto-generated",
    }
    return headers | {name: value for name, value in own.items() if name.lower() not in given}


def to_message(content: dict[str, Any]) -> EmailMultiAlternatives:
    """The message that `to_content` made this of."""
    names = ("subject", "body", "from_email", "to", "cc", "bcc", "reply_to", "headers", "alternatives")
    message = EmailMultiAlternatives(**{name: content[name] for name in names})
    message.content_subtype = content["subtype"]
    return message


def deliver_waiting() -> DeliveryResult:
    """Send what is due over one connection.

    What the mail server answers is about one mail, which is tried again later, and the others go on. A server that
    does not answer ends the run. What could not be sent for GIVE_UP_AFTER is given up, and the log says so.
    """
    outcome = DeliveryResult()
    connection = get_connection(settings.MAIL_DELIVERY_BACKEND)
    try:
        for mail in OutgoingMail.objects.due(timezone.now()):
            connection.open()
            if _claim(mail):
                _deliver(mail, connection, outcome)
    except OSError as error:  # SMTPException is one
        outcome.stopped = refusal_reason(error)
    finally:
        connection.close()
    for mail in OutgoingMail.objects.filter(written_at__lte=timezone.now() - GIVE_UP_AFTER):
        _give_up(mail, mail.problem or outcome.stopped, outcome)
    return outcome


def _claim(mail: OutgoingMail) -> bool:
    """Whether it is ours to send: whoever moves the time at which it is due has it until then."""
    claimed_until = timezone.now() + CLAIM_EXPIRES_AFTER
    claims = OutgoingMail.objects.filter(pk=mail.pk, due_at=mail.due_at)
    if not claims.update(due_at=claimed_until, attempts=F("attempts") + 1):
        return False
    mail.due_at, mail.attempts = claimed_until, mail.attempts + 1
    return True


def _deliver(mail: OutgoingMail, connection: Any, outcome: DeliveryResult) -> None:
    """Send one mail and delete it; the error is raised where it is no answer of the server's."""
    message = to_message(mail.content)
    if not message.recipients():
        mail.delete()
        return
    try:
        connection.send_messages([message])
    except ValueError as error:  # what no mail server was asked about will not be otherwise tomorrow
        _give_up(mail, str(error), outcome)
    except OSError as error:
        due_at = timezone.now() + wait_after(mail.attempts)
        own = OutgoingMail.objects.filter(pk=mail.pk, due_at=mail.due_at)
        own.update(due_at=due_at, problem=refusal_reason(error)[:200])
        connection.close()
        if is_connection_lost(error):
            raise
        outcome.refused += 1
    else:
        mail.delete()
        outcome.sent += 1


def wait_after(attempts: int) -> timedelta:
    """How long a mail waits after so many attempts, one or more."""
    doublings = min(attempts - 1, 20)  # LONGEST_WAIT comes long before
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _give_up(mail: OutgoingMail, problem: str, outcome: DeliveryResult) -> None:
    """Delete it. The log has neither address nor words of it."""
    mail_number, attempts = mail.pk, mail.attempts
    mail.delete()
    outcome.given_up += 1
    logger.error(
        "Mail %s of %s was given up after %s attempts: %s",
        *(mail_number, f"{mail.written_at:%Y-%m-%d %H:%M} UTC", attempts, problem or "nobody tried to send it"),
    )


def is_connection_lost(error: Exception) -> bool:
    """Whether a failure is no answer of the server's: the line broke, or nothing came in time."""
    silent = isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
    return silent or isinstance(error, smtplib.SMTPServerDisconnected)


def refusal_reason(error: Exception) -> str:
    """Why a mail was not sent, without the address, which servers like to repeat."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"address refused ({next(iter(error.recipients.values()))[0]})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"refused ({error.smtp_code})"
    return str(error) or type(error).__name__


def waiting_since() -> tuple[int, datetime | None, str]:
    """How many mails were tried and wait for another attempt, since when the oldest, and why that one."""
    tried = OutgoingMail.objects.exclude(problem="")
    oldest = tried.first()
    return (tried.count(), oldest.written_at, oldest.problem) if oldest else (0, None, "")
