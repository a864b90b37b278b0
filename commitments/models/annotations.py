"""The computed rules in SQL, for lists that filter, sort or count by them.

`domain.assessment` has each of them in Python, and a property test holds the two together.
"""

from datetime import date

from django.db import models
from django.db.models import Case, FilteredRelation, Q, Value, When

from commitments.domain.assessment import (
    AGEING_WITHIN,
    DUE_SOON_WITHIN,
    FRESH_WITHIN,
    LONG_SILENCE,
    SETTLED_STATUSES,
    UNFINISHED_STATUSES,
)
from commitments.domain.choices import Freshness, Schedule, Status


def state_on(day: date) -> FilteredRelation:
    """The one state of each commitment that holds on the day."""
    return FilteredRelation("states", condition=Q(states__from_day__lte=day) & Q(states__until_day__gt=day))


def schedule_on(day: date) -> Case:
    """`assess_schedule` in SQL, over the joined `state`."""
    late = Q(state__completed_on_first__gt=models.F("state__deadline_last"))
    return Case(
        When(state__status=Status.STOPPED, then=Value(Schedule.ENDED)),
        When(state__deadline_last=None, then=Value(Schedule.NO_DEADLINE)),
        When(late, state__status=Status.COMPLETED, then=Value(Schedule.MET_LATE)),
        When(state__status=Status.COMPLETED, then=Value(Schedule.MET)),
        When(state__deadline_last__lt=day, state__status__in=UNFINISHED_STATUSES, then=Value(Schedule.OVERDUE)),
        When(state__deadline_last__lt=day, then=Value(Schedule.UNREPORTED)),
        When(state__deadline_last__lte=day + DUE_SOON_WITHIN, then=Value(Schedule.DUE_SOON)),
        default=Value(Schedule.UPCOMING),
        output_field=models.CharField(),
    )


def freshness_on(day: date) -> Case:
    """`assess_freshness` in SQL, over the joined `state`."""
    return Case(
        When(state__status__in=SETTLED_STATUSES, then=Value(Freshness.SETTLED)),
        When(state__last_news_on=None, then=Value(Freshness.NEVER)),
        When(state__last_news_on__gte=day - FRESH_WITHIN, then=Value(Freshness.FRESH)),
        When(state__last_news_on__gte=day - AGEING_WITHIN, then=Value(Freshness.AGEING)),
        default=Value(Freshness.STALE),
        output_field=models.CharField(),
    )


def long_silent_on(day: date) -> Case:
    """Whether it is open, was announced over five years before the day, and had no news of any kind since."""
    before = day - LONG_SILENCE
    unheard = Q(state__last_news_on=None) | Q(state__last_news_on__lt=before)
    return Case(
        When(state__status__in=SETTLED_STATUSES, then=Value(False)),  # noqa: FBT003
        When(unheard, release__issued_on__lt=before, then=Value(True)),  # noqa: FBT003
        default=Value(False),  # noqa: FBT003
        output_field=models.BooleanField(),
    )
