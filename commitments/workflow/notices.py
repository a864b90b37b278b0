"""Mails of what somebody waits for: publishers, of what is to be decided; authors, of what came back; readers.

Each is written into the outbox in the transaction of what it tells (`workflow.outbox`). Links lead to SITE_URL, in the
language of whoever reads them.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.domain.choices import DraftState, ProposalState
from commitments.i18n.phrases import join_list
from commitments.i18n.site_name import site_name
from commitments.models import (
    Commitment,
    DraftCommitment,
    DraftUpdate,
    EntityProposal,
    EntryProposal,
    ErrorReport,
    RedactionRequest,
)
from commitments.models.staff import language_of
from commitments.workflow.assignments import PERMISSION_BACKEND
from commitments.workflow.outbox import replace_unsent

logger = logging.getLogger(__name__)
# What begins to wait within this time is told of in one mail.
GATHERED_FOR = timedelta(minutes=5)
PUBLISH, REDACT = "commitments.publish", "commitments.redact"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a kind wait, and the list that counts them: the model, and the filter in its address."""

    number: int
    words: str
    model: str
    query: str

    @property
    def address(self) -> str:
        """Where they are decided on."""
        return link(reverse(f"admin:commitments_{self.model}_changelist") + self.query)


@dataclass(frozen=True, slots=True)
class SentBack:
    """What came back to those who wrote it: what it is, why, and the page of the admin and its key there."""

    label: str
    reason: str
    page: str
    key: int
    commitment: Commitment | None = None

    @property
    def address(self) -> str:
        """Where it is looked at and changed."""
        return link(reverse(f"admin:commitments_{self.page}_change", args=[self.key]))


def link(path: str) -> str:
    """The whole address of a page, at the host and port that the settings say."""
    return f"{settings.SITE_URL}{path}"


def tell_of_waiting(by: User | None, permission: str = PUBLISH) -> None:
    """Write to whoever may decide, but for who just asked for it, what waits for them now.

    `permission`: that of those who decide. A mail that nobody tried to send yet gives way to the newer one.
    """
    decides, queue = User.objects.with_perm(permission, backend=PERMISSION_BACKEND), publishers_queue()
    for user in _readers(decides):
        if user == by:
            continue
        with translation.override(language_of(user)):
            waiting = what_waits(user, queue)
            if waiting:
                subject = _("%(site)s: %(counts)s") % {
                    "site": site_name(),
                    "counts": join_list(one.words for one in waiting),
                }
                _write(subject, "waiting", {"waiting": waiting}, user, topic=f"waiting/{user.pk}")


def publishers_queue() -> tuple[int, int, int, int]:
    """How many wait, for every publisher alike: updates, commitments, names, entries."""
    commitments = DraftCommitment.objects.filter(state=DraftState.WAITING, commitment__published_at=None)
    return (
        DraftUpdate.objects.filter(state=DraftState.WAITING).count(),
        commitments.count(),
        EntityProposal.objects.filter(state=ProposalState.WAITING).count(),
        EntryProposal.objects.filter(state=ProposalState.WAITING).count(),
    )


def what_waits(user: User, queue: tuple[int, int, int, int]) -> list[Waiting]:
    """What the user may decide on, by kind, as the desk counts it; kinds of which nothing waits are left out.

    `queue`: as `publishers_queue` gives it.
    """
    found: list[Waiting] = []
    if user.has_perm(PUBLISH):
        updates, commitments, names, entries = queue
        words = ngettext("%(number)s draft update waits", "%(number)s draft updates wait", updates)
        found.append(Waiting(updates, words, "draftupdate", "?state=waiting"))
        words = ngettext("%(number)s draft commitment waits", "%(number)s draft commitments wait", commitments)
        found.append(Waiting(commitments, words, "commitment", "?draft=waiting"))
        words = ngettext(
            "%(number)s change of a name or description waits",
            "%(number)s changes of names and descriptions wait",
            names,
        )
        found.append(Waiting(names, words, "entityproposal", "?state=waiting"))
        words = ngettext(
            "%(number)s correction, retraction or translation waits",
            "%(number)s corrections, retractions and translations wait",
            entries,
        )
        found.append(Waiting(entries, words, "entryproposal", "?state=waiting"))
    if user.has_perm(REDACT):
        redactions = RedactionRequest.objects.filter(decided_at=None).exclude(asked_by=user).count()
        words = ngettext("%(number)s redaction waits", "%(number)s redactions wait", redactions)
        found.append(Waiting(redactions, words, "redactionrequest", "?decided_at__isnull=True"))
    return [
        Waiting(one.number, one.words % {"number": one.number}, one.model, one.query) for one in found if one.number
    ]


def tell_authors(sent_back: Sequence[tuple[SentBack, Collection[int | None]]], by: User | None) -> None:
    """Write to everybody who had a hand in what came back, one mail each; not to who sent it back.

    `sent_back`: each with the keys of its authors. Nobody is told of a commitment that they work on no more.
    """
    keys = {key for _one, authors in sent_back for key in authors if key and (by is None or key != by.pk)}
    for user in _readers(User.objects.filter(pk__in=keys)):
        named = [one.commitment.pk for one, authors in sent_back if one.commitment and user.pk in authors]
        reached = set(Commitment.objects.accessible_to(user).filter(pk__in=named).values_list("pk", flat=True))
        own = [
            one
            for one, authors in sent_back
            if user.pk in authors and (one.commitment is None or one.commitment.pk in reached)
        ]
        if own:
            with translation.override(language_of(user)):
                words = ngettext("%(number)s of your drafts came back", "%(number)s of your drafts came back", len(own))
                subject = _("%(site)s: %(counts)s") % {"site": site_name(), "counts": words % {"number": len(own)}}
                _write(subject, "sent_back", {"sent_back": own}, user)


def tell_reader(report: ErrorReport) -> None:
    """Write to whoever sent a report and asked for it that it is answered; of what they sent, nothing is repeated."""
    with translation.override(report.language):
        subject = _("Your report of an error is answered: %(site)s") % {"site": site_name()}
        address = link(reverse("error_report_status", args=[report.token]))
        _send(subject, "answered", {"report": report, "address": address}, report.email)


def _readers(users: QuerySet[User]) -> QuerySet[User]:
    """Those among them who can sign in here and have an address."""
    return users.filter(is_active=True, is_staff=True).exclude(email="").select_related("affiliation").order_by("pk")


def _write(subject: str, template: str, context: dict[str, object], user: User, topic: str = "") -> None:
    _send(subject, template, context | {"desk": link(reverse("admin:index"))}, user.email, topic)


def _send(subject: str, template: str, context: dict[str, object], address: str, topic: str = "") -> None:
    """Write a mail; the log says so where its address is none, and what it would have told is done all the same."""
    body = render_to_string(f"commitments/mail/{template}.txt", context)
    message = EmailMessage(subject, body, to=[address])
    try:
        if topic:
            replace_unsent(message, topic, GATHERED_FOR)
        else:
            message.send()
    except ValueError:
        logger.exception("A notice cannot be sent: its address cannot be written into a mail.")
