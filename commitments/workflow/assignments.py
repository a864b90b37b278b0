"""Who looks after a commitment inside the house: given by editors, kept from everything public."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from commitments.models import Assignment, Commitment, Organisation

DRAFT_PERMISSION = "commitments.add_draftupdate"
# Whatever else people sign in with, permissions are kept by the stock backend.
PERMISSION_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Assigned:
    """The keys of a lead office and a desk officer, None for none."""

    office: int | None
    officer: int | None


def assigned_to(commitment: Commitment) -> Assigned:
    """Whom a commitment is assigned to."""
    assignment = getattr(commitment, "assignment", None)
    return Assigned(assignment.lead_office_id, assignment.desk_officer_id) if assignment else Assigned(None, None)


def possible_officers() -> QuerySet[User]:
    """Staff who can draft, by name: nobody else could look after a commitment."""
    return draft_writers().filter(is_staff=True).order_by("username")


def draft_writers() -> QuerySet[User]:
    """Accounts in use that may draft updates."""
    return User.objects.with_perm(DRAFT_PERMISSION, backend=PERMISSION_BACKEND)


def assign(commitments: Sequence[Commitment], office: Organisation | None, officer: User | None, by: User) -> None:
    """Assign them all to an office, to somebody, to both, or to nobody any more. The admin's log says who did it."""
    with transaction.atomic():
        Assignment.objects.filter(commitment__in=commitments).delete()
        if office or officer:
            Assignment.objects.bulk_create(
                Assignment(commitment=commitment, lead_office=office, desk_officer=officer)
                for commitment in commitments
            )
        names = " · ".join(str(one) for one in (office, officer) if one) or "–"
        message = _("Assigned to: %(names)s.") % {"names": names}
        LogEntry.objects.log_actions(by.pk, list(commitments), CHANGE, message)
