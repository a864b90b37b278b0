"""Reminders: what those who draft for an owner should look at, by mail, once a day at most.

What is past its deadline, due soon or due for review is asked of the querysets. Here is who is told
of it, and how a mail is sent once although servers fail and commands are run twice or killed.
"""

from __future__ import annotations

import smtplib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.domain.choices import PAST_DEADLINE, DraftState, Schedule
from commitments.i18n.phrases import join_list
from commitments.i18n.site_name import site_name
from commitments.models import Affiliation, Commitment, DraftUpdate, Ownership, Reminder

DRAFT_PERMISSION = "commitments.add_draftupdate"
# Longer than any mail takes with settings.EMAIL_TIMEOUT for each answer, so whoever began is gone by then.
CLAIM_EXPIRES_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told; each commitment once, in the first group that it belongs to."""

    user: User
    past_deadline: list[Commitment]
    due_soon: list[Commitment]
    for_review: list[Commitment]
    returned: list[DraftUpdate]

    @property
    def counts(self) -> list[str]:
        """How many there are of each group that has any: "2 due soon"."""
        past, soon = len(self.past_deadline), len(self.due_soon)
        review, back = len(self.for_review), len(self.returned)
        groups = [
            (past, ngettext("%d past its deadline", "%d past their deadline", past)),
            (soon, ngettext("%d due soon", "%d due soon", soon)),
            (review, ngettext("%d due for review", "%d due for review", review)),
            (back, ngettext("%d draft returned", "%d drafts returned", back)),
        ]
        return [words % number for number, words in groups if number]

    @property
    def references(self) -> list[str]:
        """Of everything that it names, in its order."""
        commitments = [*self.past_deadline, *self.due_soon, *self.for_review]
        return [commitment.reference for commitment in commitments] + [
            draft.commitment.reference for draft in self.returned
        ]


@dataclass(slots=True)
class DeliveryResult:
    """What came of a run: how many were sent, left to another run, and not tried because of what `stopped` us.

    `refused` says why a letter was not sent, by user name.
    """

    sent: int = 0
    elsewhere: int = 0
    untried: int = 0
    stopped: str = ""
    refused: dict[str, str] = field(default_factory=dict)


def reminder_letters(day: date) -> list[Letter]:
    """One for everybody who has something to look at and was not sent it on `day` yet, by user name; six queries.

    Told are those who can act for an owner: accounts in use, with an address, that work for it and may
    draft. Drafts that were returned to them stand beside what their organisation must deliver.
    """
    users = _recipients(day)
    owners = _owners_by_commitment(users)
    due = Commitment.objects.as_of(day).owned_by(_organisations_of(users))
    past, soon = _group_by_owner(due.past_deadline(), owners), _group_by_owner(due.due_soon(), owners)
    schedules = (*PAST_DEADLINE, Schedule.DUE_SOON)
    review = _group_by_owner(
        (commitment for commitment in due.due_for_review(day) if commitment.schedule not in schedules), owners
    )
    returned = _returned_by_author(users)
    letters = []
    for user in users.select_related("affiliation__organisation").order_by("username"):
        organisation_id = user.affiliation.organisation_id
        drafts = [draft for draft in returned[user.pk] if organisation_id in owners[draft.commitment_id]]
        letters.append(Letter(user, past[organisation_id], soon[organisation_id], review[organisation_id], drafts))
    return [letter for letter in letters if letter.references]


def _recipients(day: date) -> QuerySet[User]:
    """Those who can act for an organisation and were not sent the reminders of `day`."""
    # Whatever else people sign in with, permissions are kept by the stock backend.
    users = User.objects.with_perm(DRAFT_PERMISSION, backend="django.contrib.auth.backends.ModelBackend")
    sent = Reminder.objects.filter(user=OuterRef("pk"), day=day, sent_at__isnull=False)
    return users.filter(~Exists(sent), is_staff=True, affiliation__isnull=False).exclude(email="")


def _organisations_of(users: QuerySet[User]) -> Any:
    return Affiliation.objects.filter(user__in=users).values("organisation")


def _owners_by_commitment(users: QuerySet[User]) -> dict[int, list[int]]:
    """Which of their organisations own a commitment, by its key."""
    owners: dict[int, list[int]] = defaultdict(list)
    owned = Ownership.objects.filter(organisation__in=_organisations_of(users))
    for commitment_id, organisation_id in owned.values_list("commitment_id", "organisation_id"):
        owners[commitment_id].append(organisation_id)
    return owners


def _returned_by_author(users: QuerySet[User]) -> dict[int | None, list[DraftUpdate]]:
    """The drafts that a publisher sent back, by their author's key."""
    returned: dict[int | None, list[DraftUpdate]] = defaultdict(list)
    drafts = DraftUpdate.objects.filter(
        state=DraftState.RETURNED, author__in=users, commitment__retracted_at=None
    ).select_related("commitment")
    for draft in drafts.order_by("commitment__reference_key", "pk"):
        returned[draft.author_id].append(draft)
    return returned


def _group_by_owner(commitments: Iterable[Commitment], owners: dict[int, list[int]]) -> dict[int, list[Commitment]]:
    """The commitments of each organisation, in the order in which they were found."""
    by_organisation: dict[int, list[Commitment]] = defaultdict(list)
    for commitment in commitments:
        for organisation_id in owners[commitment.pk]:
            by_organisation[organisation_id].append(commitment)
    return by_organisation


def deliver_letters(letters: Sequence[Letter], day: date) -> DeliveryResult:
    """Send letters over one connection; nobody is sent two for the same day, however many runs there are at once.

    Before a letter goes out its `Reminder` is claimed, in a transaction of its own: no lock is held
    while the mail server answers. A letter that the server refuses, or does not confirm, is not sent:
    its claim is taken back, and the next run tries again. What the server answers is about that letter
    and the others go on; a server that does not answer ends the run. The claim of a run that was killed
    counts for nothing after CLAIM_EXPIRES_AFTER.

    So nothing is lost. The price: where the server took a letter and we were killed, or the line broke,
    before we could note it, the next run sends it again, under the same Message-ID, by which many
    mailboxes show it once.
    """
    outcome = DeliveryResult()
    connection = get_connection()
    try:
        for letter in letters:
            connection.open()
            _deliver_letter(letter, day, connection, outcome)
    except OSError as error:  # SMTPException is one
        outcome.stopped = refusal_reason(error)
    finally:
        connection.close()
    outcome.untried = len(letters) - outcome.sent - outcome.elsewhere - len(outcome.refused)
    return outcome


def _deliver_letter(letter: Letter, day: date, connection: Any, outcome: DeliveryResult) -> None:
    """Claim, send and note one letter; the error is raised where it is no answer of the server's."""
    message = _localized_message(letter, day)
    claim = _claim_reminder(letter.user, day)
    if claim is None:
        outcome.elsewhere += 1
        return
    claimed = Reminder.objects.filter(pk=claim.pk, claimed_at=claim.claimed_at)
    try:
        connection.send_messages([message])
    except (OSError, ValueError) as error:  # ValueError: an address that cannot be written into a mail
        claimed.delete()
        connection.close()
        if is_connection_lost(error):
            raise
        outcome.refused[letter.user.get_username()] = refusal_reason(error)
    else:
        claimed.update(sent_at=timezone.now())
        outcome.sent += 1


def _claim_reminder(user: User, day: date) -> Reminder | None:
    """The row that says that we are at it; None where another run is, or was done already."""
    now = timezone.now()
    claim, created = Reminder.objects.get_or_create(user=user, day=day, defaults={"claimed_at": now})
    stale = Reminder.objects.filter(pk=claim.pk, sent_at=None, claimed_at__lt=now - CLAIM_EXPIRES_AFTER)
    if created or stale.update(claimed_at=now):
        claim.claimed_at = now
        return claim
    return None


def is_connection_lost(error: Exception) -> bool:
    """Whether a failure is no answer of the server's: the line broke, or nothing came in time."""
    silent = isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
    return silent or isinstance(error, smtplib.SMTPServerDisconnected)


def refusal_reason(error: Exception) -> str:
    """Why a mail was not sent, without the address, which servers like to repeat."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _("address refused (%(code)s)") % {"code": next(iter(error.recipients.values()))[0]}
    if isinstance(error, smtplib.SMTPResponseException):
        return _("refused (%(code)s)") % {"code": error.smtp_code}
    return str(error) if isinstance(error, OSError) else _("mail cannot be sent to this address")


def _localized_message(letter: Letter, day: date) -> EmailMultiAlternatives:
    """Plain text, and the same in HTML, in the language that its reader chose.

    Nothing in the headers comes from what staff typed, but the address.
    """
    with translation.override(letter.user.affiliation.language):
        return _build_message(letter, day)


def _build_message(letter: Letter, day: date) -> EmailMultiAlternatives:
    context = {"letter": letter, "organisation": letter.user.affiliation.organisation, "site": settings.SITE_URL}
    message = EmailMultiAlternatives(
        _("%(site)s: %(counts)s") % {"site": site_name(), "counts": join_list(letter.counts)},
        render_to_string("commitments/mail/reminder.txt", context),
        to=[letter.user.email],
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<reminder-{day}-{letter.user.pk}@{urlsplit(settings.SITE_URL).hostname}>",
        },
    )
    message.attach_alternative(render_to_string("commitments/mail/reminder.html", context), "text/html")
    return message
