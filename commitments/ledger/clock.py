"""Whether this machine's clock can be believed when an entry is recorded (R5b).

An entry never bears a time before that of the entry before it. So after an hour in which a clock ran ahead, every new
entry would bear a time that has not come yet, and the ledger could never say again when something was recorded. Nothing
is recorded then: what was recorded stays, readers are answered, and staff and operators are told (docs/operations.md).
"""

import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.domain.hash_chain import utc_timestamp
from commitments.models import LedgerEntry

# How far the clocks of two servers may be apart: an entry then bears the time of the one before it.
TOLERANCE = timedelta(minutes=1)


def _start_of_machine() -> float:
    """When the machine was started, by its clock: what changes only where the clock is set. It counts on in sleep."""
    counter = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.time() - time.clock_gettime(counter)


_STARTED_BY = _start_of_machine()  # as this server, or this command, began


def clock_step() -> timedelta:
    """By how much the clock was set since this process began: below zero where it was put back."""
    return timedelta(seconds=round(_start_of_machine() - _STARTED_BY))


def _was_set() -> bool:
    return abs(clock_step().total_seconds()) > settings.CLOCK_STEP_SECONDS


def last_recorded_at() -> datetime | None:
    """The latest time that an entry bears; None for an empty ledger.

    Of all entries, not of the last: before there were entity entries, a file's time could be older than that before it.
    """
    latest: datetime | None = LedgerEntry.objects.aggregate(latest=Max("recorded_at"))["latest"]
    return latest


def refuse_wrong_clock(now: datetime, last: datetime | None) -> None:
    """Raise ValidationError where the clock was set since this process began, or the last entry lies ahead of `now`.

    One of two times is wrong then, and no entry may be recorded by either.
    """
    if problem := clock_problem(now, last):
        raise ValidationError(problem)


def clock_problem(now: datetime, last: datetime | None) -> str:
    """What is wrong, and who can help; empty where nothing is."""
    if _was_set():
        message = _(
            "Nothing can be recorded now: this machine’s clock was set to another time since the server started, and "
            "says %(now)s. Please tell whoever runs the tracker: if that time is right, the servers must be started "
            "again, else it must be put right first. Nothing that is on record was lost."
        )
        return message % {"now": utc_timestamp(now)}
    if last and last > now + TOLERANCE:
        message = _(
            "Nothing can be recorded now: the last entry on record bears the time %(time)s, and this machine’s clock "
            "says %(now)s. It is behind, or it was ahead when that entry was recorded. Please tell whoever runs the "
            "tracker. Nothing that is on record was lost."
        )
        return message % {"time": utc_timestamp(last), "now": utc_timestamp(now)}
    return ""


def clock_state() -> str:
    """For machines: "ok", "set since the start" or "behind the record". Takes one query."""
    if _was_set():
        return "set since the start"
    last = last_recorded_at()
    return "behind the record" if last and last > timezone.now() + TOLERANCE else "ok"


def say_clock_problem(stream: Any) -> None:
    """Say what is wrong with the clock at this moment, if anything is. Takes one query."""
    if problem := clock_problem(timezone.now(), last_recorded_at()):
        stream.write(problem)
