"""Reminders: what those who draft for an owner should look at, by mail, once a day at most.

What is past its deadline, due soon or due for review is asked of the querysets. Here is who is told
of it, and how a mail is written once although commands are run twice or killed. `workflow.outbox` sends it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.domain.choices import PAST_DEADLINE, Schedule
from commitments.i18n.phrases import join_list
from commitments.i18n.site_name import site_name
from commitments.models import Assignment, Commitment, Organisation, Ownership, Reminder
from commitments.models.staff import language_of
from commitments.workflow.assignments import draft_writers
from commitments.workflow.draft_states import ReturnedDraft, returned_drafts


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told; each commitment once, in the first group that it belongs to."""

    user: User
    past_deadline: list[Commitment]
    due_soon: list[Commitment]
    for_review: list[Commitment]
    returned: list[ReturnedDraft]

    @property
    def organisation(self) -> Organisation | None:
        """For whom the user works; nobody, for a desk officer who works for no body on record here."""
        affiliation = getattr(self.user, "affiliation", None)
        return affiliation.organisation if affiliation else None

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
    """One for everybody who has something to look at and was not sent it on `day` yet, by user name; eight queries.

    Told are those who can act for an owner, or whose office or who themselves a commitment is assigned to: accounts in
    use, with an address, that may draft. Drafts that were returned to them stand beside that.
    """
    users = list(_recipients(day).select_related("affiliation__organisation").order_by("username"))
    staff = _users_by_organisation(users)
    answerable = _answerable_by_commitment(users, staff)
    due = Commitment.objects.as_of(day).answered_for_by(list(staff), users)
    past, soon = _group_by_user(due.past_deadline(), answerable), _group_by_user(due.due_soon(), answerable)
    schedules = (*PAST_DEADLINE, Schedule.DUE_SOON)
    review = _group_by_user(
        (commitment for commitment in due.due_for_review(day) if commitment.schedule not in schedules), answerable
    )
    returned = _returned_by_author(users)
    letters = []
    for user in users:
        drafts = [draft for draft in returned[user.pk] if user.pk in answerable[draft.commitment.pk]]
        letters.append(Letter(user, past[user.pk], soon[user.pk], review[user.pk], drafts))
    return [letter for letter in letters if letter.references]


def _recipients(day: date) -> QuerySet[User]:
    """Those who can act for an organisation, or for what is assigned to them, and were not sent what is due today."""
    users = draft_writers()
    sent = Reminder.objects.filter(user=OuterRef("pk"), day=day, sent_at__isnull=False)
    answers = Exists(Assignment.objects.filter(desk_officer=OuterRef("pk"))) | Q(affiliation__isnull=False)
    return users.filter(~Exists(sent), answers, is_staff=True).exclude(email="")


def _users_by_organisation(users: list[User]) -> dict[int, set[int]]:
    """Who of the users works for an organisation, by its key."""
    staff: dict[int, set[int]] = defaultdict(set)
    for user in users:
        if affiliation := getattr(user, "affiliation", None):
            staff[affiliation.organisation_id].add(user.pk)
    return staff


def _answerable_by_commitment(users: list[User], staff: dict[int, set[int]]) -> dict[int, set[int]]:
    """Who of the users answers for a commitment, by its key: its owners' staff, and those that it is assigned to."""
    answerable: dict[int, set[int]] = defaultdict(set)
    owned = Ownership.objects.filter(organisation__in=list(staff))
    for commitment, organisation in owned.values_list("commitment", "organisation"):
        answerable[commitment] |= staff[organisation]
    assigned = Assignment.objects.filter(Q(lead_office__in=list(staff)) | Q(desk_officer__in=users))
    officers = {user.pk for user in users}
    for commitment, office, officer in assigned.values_list("commitment", "lead_office", "desk_officer"):
        answerable[commitment] |= staff.get(office, set()) | ({officer} & officers)
    return answerable


def _returned_by_author(users: list[User]) -> dict[int | None, list[ReturnedDraft]]:
    """The drafts that a publisher sent back, by their author's key."""
    returned: dict[int | None, list[ReturnedDraft]] = defaultdict(list)
    for draft in returned_drafts(users):
        returned[draft.author_id].append(draft)
    return returned


def _group_by_user(commitments: Iterable[Commitment], answerable: dict[int, set[int]]) -> dict[int, list[Commitment]]:
    """The commitments of each user, in the order in which they were found."""
    by_user: dict[int, list[Commitment]] = defaultdict(list)
    for commitment in commitments:
        for user in answerable[commitment.pk]:
            by_user[user].append(commitment)
    return by_user


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
        with translation.override(language_of(letter.user)):
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
        "organisation": letter.organisation,
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
