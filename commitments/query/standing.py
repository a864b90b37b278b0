"""How a commitment stands, as readers see it: one role, which the stylesheet draws, and the words printed beside it.

Overview, list, commitment, timeline and progress report all ask here, so that they say the same. The roles, their
shapes and their colours: /about/design/.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import Freshness, Kind, Schedule, Status
from commitments.domain.partial_dates import PartialDate
from commitments.i18n.phrases import duration
from commitments.models import Commitment
from commitments.models.commitment import status_role

ANNOUNCED, DONE, LATE = "announced", "done", "late"
MOVING, SILENT = "moving", "silent"
NONE, UNREAD = "none", "unread"


@dataclass(frozen=True, slots=True)
class Standing:
    """A role (`role-done` is its class) and its words."""

    role: str
    label: str | Promise


# In the order of the legend: what came of it, then what is not known, then what was no longer to be kept.
STANDINGS = {
    standing.role: standing
    for standing in (
        Standing(DONE, Status.COMPLETED.label),
        Standing(LATE, _("delivered late")),
        Standing(MOVING, Status.IN_PROGRESS.label),
        # The same word, drawn faded: how old the news is stands beside it.
        Standing(SILENT, Status.IN_PROGRESS.label),
        Standing(Status.NOT_STARTED.role, Status.NOT_STARTED.label),
        Standing(Status.STOPPED.role, Status.STOPPED.label),
        Standing(NONE, Status.NO_REPORT.label),
        Standing(UNREAD, _("not searched for yet")),
        Standing(ANNOUNCED, Kind.DONE_AT_RELEASE.label),
    )
}


def standing(commitment: Commitment) -> Standing:
    """How a commitment stands on the day asked for: after `as_of(day)`."""
    state = commitment.state
    searched = state.last_checked_on is not None
    return standing_of(state.status, commitment.kind, commitment.schedule, commitment.freshness, searched=searched)


def standing_of(status: str, kind: str, schedule: str = "", freshness: str = "", *, searched: bool = True) -> Standing:
    """The same of what is known of it; without `schedule` and `freshness` neither late nor faded.

    What was done when it was announced is never called delivered, late or not: nobody kept it afterwards.
    """
    role = status_role(status, kind)
    if role == DONE and schedule == Schedule.MET_LATE:
        role = LATE
    elif role == MOVING and freshness == Freshness.STALE:
        role = SILENT
    elif role == NONE and not searched:
        role = UNREAD
    return STANDINGS[role]


def late_by(schedule: str, deadline: PartialDate | None, completed_on: PartialDate | None, day: date) -> str:
    """How long after its deadline it was delivered, at least, or is unfinished by the day; empty unless it is late."""
    if deadline and completed_on and schedule == Schedule.MET_LATE:
        return duration(deadline.last, completed_on.first)
    return duration(deadline.last, day) if deadline and schedule == Schedule.OVERDUE else ""


def lateness(commitment: Commitment) -> str:
    """The same of a commitment on the day asked for."""
    state = commitment.state
    return late_by(commitment.schedule, state.deadline, state.completed_on, commitment.day)


def late_words(length: str) -> str:
    """That it is so late, in a few words."""
    return gettext("at least %(length)s late") % {"length": length}
