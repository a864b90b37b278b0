"""How a commitment stands: one role and its words, of everything that can be on record."""

import re
from datetime import date
from itertools import product

import pytest

from commitments.domain.choices import ANNOUNCED, Freshness, Kind, Schedule, Status
from commitments.models import Commitment
from commitments.query.standing import STANDINGS, standing, standing_of
from tests import factories
from tests.helpers.installation import ROOT

ROLES = (ROOT / "commitments/static/commitments/roles.css").read_text("utf-8")


@pytest.mark.parametrize(
    ("recorded", "searched", "role", "label"),
    [
        (("completed", "action", "met", "settled"), True, "done", "delivered"),
        (("completed", "action", "no_deadline", "settled"), True, "done", "delivered"),
        (("completed", "action", "met_late", "settled"), True, "late", "delivered late"),
        (("completed", "agreement", "met_late", "settled"), True, "announced", "done when announced"),
        (("completed", "done_at_release", "no_deadline", "settled"), False, "announced", "done when announced"),
        (("in_progress", "agreement", "overdue", "ageing"), True, "moving", "in progress"),
        (("in_progress", "continuing", "no_deadline", "stale"), True, "silent", "in progress"),
        (("not_started", "target", "upcoming", "stale"), True, "waiting", "not started"),
        (("stopped", "action", "ended", "settled"), True, "ended", "stopped"),
        (("no_report", "action", "unreported", "stale"), True, "none", "no evidence found"),
        (("no_report", "action", "no_deadline", "never"), False, "unread", "not searched for yet"),
    ],
)
def test_what_is_on_record_has_one_role_and_its_words(recorded, searched, role, label):
    """`recorded`: status, kind, schedule, freshness."""
    shown = standing_of(*recorded, searched=searched)
    assert (shown.role, str(shown.label)) == (role, label)


def test_whatever_is_on_record_stands_in_the_legend_and_nothing_announced_is_called_delivered():
    for status, kind, schedule, freshness, searched in product(Status, Kind, Schedule, Freshness, (True, False)):
        shown = standing_of(status, kind, schedule, freshness, searched=searched)
        assert STANDINGS[shown.role] == shown
        if status == Status.COMPLETED:
            assert (shown.role == "announced") is (kind in ANNOUNCED)


def test_a_status_alone_is_neither_late_nor_faded():
    assert {standing_of(status, Kind.ACTION).role for status in Status} == {
        "done",
        "moving",
        "waiting",
        "ended",
        "none",
    }


@pytest.mark.django_db
def test_a_commitment_stands_as_it_stood_on_the_day():
    pledge = factories.published(deadline="2019")
    factories.record("report", pledge, date="2019-06-01", status="in_progress")
    factories.record("report", pledge, date="2021-02-01", status="completed")
    days = {"2019-05-31": "unread", "2019-06-01": "moving", "2020-07-01": "silent", "2021-02-01": "late"}
    shown = {day: standing(Commitment.objects.as_of(date.fromisoformat(day)).get()).role for day in days}
    assert shown == days


def test_the_stylesheet_draws_every_role_and_no_two_alike():
    drawn = dict(re.findall(r"^\.role-(\w+) \{ (.+) \}$", ROLES, re.MULTILINE))
    roles = {*STANDINGS, *(value.role for vocabulary in (Status, Schedule) for value in vocabulary)}
    assert roles <= set(drawn)
    assert len({drawn[role] for role in roles}) == len(roles)
