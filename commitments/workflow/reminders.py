"""Reminders: what those who draft for an owner should look at, by mail, once a day at most.

What is past its deadline, due soon or due for review is asked of the querysets. Here is who is told
of it, and how a mail is written once although commands are run twice or killed. `workflow.outbox` sends it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.domain.choices import PAST_DEADLINE, Schedule
from commitments.i18n.phrases import join_list
from commitments.i18n.site_name import site_name
from commitments.models import Affiliation, Commitment, Ownership, Reminder
from commitments.workflow.draft_states import ReturnedDraft, returned_drafts

DRAFT_PERMISSION = "commitments.add_draftupdate"


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told; each commitment once, in the first group that it belongs to."""

    user: User
    past_deadline: list[Commitment]
    due_soon: list[Commitment]
    for_review: list[Commitment]
    returned: list[ReturnedDraft]

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
class QueueResult:
    """What came of a run: how many letters are in the outbox, and whose were written by another run meanwhile.

    `refused` says why a letter can be sent to nobody, by user name.
    """

    queued: int = 0
    elsewhere: int = 0
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
        drafts = [draft for draft in returned[user.pk] if organisation_id in owners[draft.commitment.pk]]
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


def _returned_by_author(users: QuerySet[User]) -> dict[int | None, list[ReturnedDraft]]:
    """The drafts that a publisher sent back, by their author's key."""
    returned: dict[int | None, list[ReturnedDraft]] = defaultdict(list)
    for draft in returned_drafts(users):
        returned[draft.author_id].append(draft)
    return returned


def _group_by_owner(commitments: Iterable[Commitment], owners: dict[int, list[int]]) -> dict[int, list[Commitment]]:
    """The commitments of each organisation, in the order in which they were found."""
    by_organisation: dict[int, list[Commitment]] = defaultdict(list)
    for commitment in commitments:
        for organisation_id in owners[commitment.pk]:
            by_organisation[organisation_id].append(commitment)
    return by_organisation


def queue_letters(letters: Sequence[Letter], day: date) -> QueueResult:
    """Put letters into the outbox; nobody is written two for the same day, however many runs there are at once.

    A letter and the `Reminder` that says so are written in one transaction: both are there, or neither.
    """
    outcome = QueueResult()
    for letter in letters:
        try:
            with transaction.atomic():
                _queue_letter(letter, day, outcome)
        except ValueError:  # an address that cannot be written into a mail
            outcome.refused[letter.user.get_username()] = _("mail cannot be sent to this address")
    return outcome


def _queue_letter(letter: Letter, day: date, outcome: QueueResult) -> None:
    """Note that it is written, and write it, unless another run did."""
    _reminder, created = Reminder.objects.get_or_create(user=letter.user, day=day, defaults={"sent_at": timezone.now()})
    if created:
        with translation.override(letter.user.affiliation.language):  # which its reader chose
            _build_message(letter, day).send()
        outcome.queued += 1
    else:
        outcome.elsewhere += 1


def _build_message(letter: Letter, day: date) -> EmailMultiAlternatives:
    """Plain text, and the same in HTML. Nothing in the headers comes from what staff typed, but the address."""
    context = {
        "letter": letter,
        "groups": (
            (_("Past the deadline"), letter.past_deadline),
            (_("Due soon"), letter.due_soon),
            (_("Due for review"), letter.for_review),
        ),
        "organisation": letter.user.affiliation.organisation,
        "site": settings.SITE_URL,
    }
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
