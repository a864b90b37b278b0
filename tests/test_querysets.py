"""What SQL knows of the rules, held to the pure functions; and who may see what, on which day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments import ledger, schedule
from commitments.choices import PAST_DEADLINE, Schedule
from commitments.dates import parse
from commitments.models import Commitment
from commitments.schedule import Fact, Support
from tests.factories import CommitmentFactory, OrganisationFactory, ReleaseFactory, evidence, new, published, record

pytestmark = pytest.mark.django_db

ISSUED = date(2018, 8, 24)
SHARED = ("status", "stop_reason", "status_on", "completed_on", "achieved", "deadline", "original_deadline")
SHARED += ("evidence", "last_entry_on", "searched_on", "note")

# Few years, so that deadlines, reports and completions overlap and touch.
YEARS = st.sampled_from(["2019", "2020"])
PARTS = st.sampled_from(["", "-H1", "-H2", "-Q1", "-Q3", "-01", "-06", "-12"])
DATES = st.one_of(st.builds("{}{}".format, YEARS, PARTS), st.dates(ISSUED, date(2021, 1, 1)).map(date.isoformat))
SOURCES = st.lists(st.sampled_from(["party", "independent"]), min_size=1, max_size=2)
REPORTS = st.fixed_dictionaries(
    {"kind": st.just("report"), "status": st.sampled_from(["not_started", "in_progress", "completed", "stopped"])},
    optional={"deadline": DATES, "achieved": st.integers(0, 50).map(Decimal)},
)
STOP_REASONS = st.sampled_from(["cancelled", "withdrawn", "overtaken"])
UPDATES = st.tuples(
    st.one_of(REPORTS, REPORTS, st.just({"kind": "context"}), st.just({"kind": "check"})),
    DATES,
    SOURCES,
    STOP_REASONS,
    st.integers(0, 900),
    st.sampled_from([False, False, False, True]),
)


def on(text):
    return parse(text) if text else None


def what_is_said(update):
    """The arguments of one update, allowed by the rules, and the day of its recording."""
    said, when, sources, stop_reason, days_later, _retracted = update
    said = dict(said)
    if said["kind"] == "check":
        when = parse(when).first.isoformat()
    if said["kind"] == "report":
        said["evidence"] = [evidence(source=one, url=f"https://example.org/{n}") for n, one in enumerate(sources)]
        said["stop_reason"] = stop_reason if said["status"] == "stopped" else ""
        said["deadline_reason"] = "Postponed." if "deadline" in said else ""
    return said | {"date": when}, parse(when).first + timedelta(days=days_later)


def fact(sequence, said, note, recorded_on):
    when = parse(said["date"])
    supports = tuple(Support(row["url"], row["relation"], row["source"]) for row in said.get("evidence", ()))
    return Fact(
        sequence,
        said["kind"],
        when,
        min(when.last, recorded_on),
        said.get("status", ""),
        said.get("stop_reason", ""),
        said.get("achieved"),
        on(said.get("deadline")),
        note,
        supports,
    )


def recorded_history(commitment, updates):
    """Append the updates and retract some; the facts that count, made from what was said and nothing else."""
    facts = []
    for update in updates:
        said, recorded_on = what_is_said(update)
        at = datetime(recorded_on.year, recorded_on.month, recorded_on.day, 4, tzinfo=UTC)  # noon in Hong Kong
        said_only = {name: value for name, value in said.items() if name != "kind"}
        entry = ledger.append([new(said["kind"], commitment, recorded_at=at, **said_only)])[0]
        if update[-1]:
            ledger.append([ledger.retract(entry, "It was wrong.", ledger.Recorder())])
        else:
            facts.append(fact(entry.sequence, said, entry.data["note"], recorded_on))
    return facts


def telling_days(facts, deadlines):
    """The days around which an answer may change, none before the release."""
    days = {one.effective_on + timedelta(days=away) for one in facts for away in (-1, 0, 180, 181, 365, 366)}
    days |= {one.last + timedelta(days=away) for one in deadlines if one for away in (-91, -90, 0, 1)}
    return {day for day in days if day >= ISSUED}


def as_it_should_stand(deadline, facts, day):
    now = schedule.standing(deadline, facts, day)
    return {name: getattr(now, name) for name in SHARED} | {
        "evidence_urls": "\n".join(dict.fromkeys(support.url for support in now.supports)),
        "schedule": schedule.schedule(now.status, now.deadline, now.completed_on, day),
        "freshness": schedule.freshness(now.status, now.last_entry_on, day),
        "slip_days": schedule.slip_days(now.original_deadline, now.deadline),
        "days_late": schedule.days_late(now.status, now.deadline, now.completed_on, day),
    }


def as_the_database_says(commitment, day):
    row = Commitment.objects.as_of(day).for_rows().get(pk=commitment.pk)
    return {name: getattr(row.state, name) for name in (*SHARED, "evidence_urls")} | {
        name: getattr(row, name) for name in ("schedule", "freshness", "slip_days", "days_late")
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deadline=st.one_of(st.just(""), DATES),
    updates=st.lists(UPDATES, max_size=6),
    days=st.lists(st.dates(ISSUED, date(2028, 1, 1)), min_size=1, max_size=4),
)
def test_the_database_and_the_pure_functions_agree_on_every_history_and_day(deadline, updates, days):
    with transaction.atomic():
        commitment = published(deadline=deadline, unit="people")
        facts = recorded_history(commitment, updates)
        for day in {*days, *telling_days(facts, [on(deadline), *(one.deadline for one in facts)])}:
            assert as_the_database_says(commitment, day) == as_it_should_stand(on(deadline), facts, day), day
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deadline=st.one_of(st.just(""), DATES),
    review_on=st.one_of(st.none(), st.dates(ISSUED, date(2021, 1, 1))),
    updates=st.lists(UPDATES, max_size=4),
)
def test_what_is_due_soon_past_its_deadline_or_due_for_review_is_what_the_rules_say(deadline, review_on, updates):
    with transaction.atomic():
        commitment = published(deadline=deadline, review_on=review_on, unit="people")
        facts = recorded_history(commitment, updates)
        days = telling_days(facts, [on(deadline), *(one.deadline for one in facts)])
        days |= {review_on + timedelta(days=away) for away in (-1, 0, 1) if review_on and review_on > ISSUED}
        for day in days:
            now = schedule.standing(on(deadline), facts, day)
            fresh = schedule.freshness(now.status, now.last_entry_on, day)
            due = schedule.review_due(fresh, now.last_entry_on, review_on, day)
            stands = schedule.schedule(now.status, now.deadline, now.completed_on, day)
            found = Commitment.objects.as_of(day)
            assert (found.due_for_review(day).exists(), found.get().review_due) == (due, due), day
            assert found.past_deadline().exists() is (stands in PAST_DEADLINE), day
            assert found.due_soon().exists() is (stands == Schedule.DUE_SOON), day
        transaction.set_rollback(True)


def test_what_was_never_looked_at_is_reviewed_first_then_what_was_not_for_longest():
    for reference, checked in (("TT-01", "2024-05-01"), ("TT-02", "2023-05-01"), ("TT-04", ""), ("TT-03", "")):
        one = published(reference=reference, review_on=date(2024, 6, 1))
        if checked:
            record("check", one, date=checked)
    due = Commitment.objects.as_of(date(2026, 11, 22)).due_for_review(date(2026, 11, 22))
    assert [one.reference for one in due] == ["TT-03", "TT-04", "TT-02", "TT-01"]


def test_what_passed_its_deadline_longest_ago_stands_first():
    for reference, deadline in (("TT-03", "2019"), ("TT-01", "2020-H1"), ("TT-02", "2019-12-31"), ("TT-04", "2027")):
        published(reference=reference, deadline=deadline)
    past = Commitment.objects.as_of(date(2026, 11, 22)).past_deadline()
    assert [one.reference for one in past] == ["TT-02", "TT-03", "TT-01"]


@pytest.mark.parametrize(
    ("deadline", "said", "day", "schedule", "days_late"),
    [
        ("2019", {"status": "stopped", "stop_reason": "withdrawn"}, "2026-11-22", "ended", None),
        ("", {"status": "completed"}, "2026-11-22", "no_deadline", None),
        ("2019-11-05", {"status": "completed", "date": "2019-H2"}, "2026-11-22", "met", None),
        ("2019-11", {"status": "completed", "date": "2019"}, "2026-11-22", "met", None),
        ("2019-06-30", {"status": "completed", "date": "2019-H2"}, "2026-11-22", "met_late", 1),
        ("2018", {"status": "completed", "date": "2019-01-01"}, "2026-11-22", "met_late", 1),
        ("2019", {"status": "in_progress"}, "2020-01-01", "overdue", 1),
        ("2019", {"status": "not_started"}, "2019-12-31", "due_soon", None),
        ("2020-03-30", {"status": "in_progress"}, "2019-12-31", "due_soon", None),
        ("2020-03-31", {"status": "in_progress"}, "2019-12-31", "upcoming", None),
        ("2019", {"status": "in_progress", "date": "2020-02"}, "2020-01-01", "unreported", None),
    ],
)
def test_the_database_decides_the_schedule_in_the_same_order(deadline, said, day, schedule, days_late):
    commitment = published(deadline=deadline)
    record("report", commitment, **said)
    row = Commitment.objects.as_of(date.fromisoformat(day)).for_rows().get(pk=commitment.pk)
    assert (row.schedule, row.days_late) == (schedule, days_late)


@pytest.mark.parametrize(
    ("age", "freshness"), [(0, "fresh"), (180, "fresh"), (181, "ageing"), (365, "ageing"), (366, "stale")]
)
def test_the_database_ages_at_the_same_days(age, freshness):
    record("check", published(), date="2019-05-01")
    row = Commitment.objects.as_of(date(2019, 5, 1) + timedelta(days=age)).get()
    assert row.freshness == freshness


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(updates=st.lists(UPDATES, max_size=5))
def test_the_spans_of_a_history_cover_every_day_once(updates):
    with transaction.atomic():
        commitment = published(unit="people")
        recorded_history(commitment, updates)
        spans = list(commitment.states.order_by("from_day").values_list("from_day", "until_day"))
        assert (spans[0][0], spans[-1][1]) == (date(1, 1, 1), date(9999, 12, 31))
        assert all(earlier[1] == later[0] for earlier, later in pairwise(spans))
        transaction.set_rollback(True)


def test_a_draft_is_not_public_on_any_day():
    CommitmentFactory()
    assert not Commitment.objects.public()
    assert not Commitment.objects.as_of(date(2026, 11, 22))


@pytest.mark.parametrize(
    ("day", "seen"), [("2018-08-23", False), ("1900-01-01", False), ("2018-08-24", True), ("2026-11-22", True)]
)
def test_a_commitment_exists_from_the_day_of_its_release(day, seen):
    published()
    assert Commitment.objects.as_of(date.fromisoformat(day)).exists() is seen


def test_each_commitment_appears_once_however_much_was_reported():
    commitment = published()
    for year in (2019, 2020, 2021):
        record("report", commitment, date=str(year))
    for day in (date(2018, 8, 24), date(2019, 12, 31), date(2020, 12, 30), date(2026, 11, 22)):
        assert list(Commitment.objects.as_of(day)) == [commitment]


def test_on_a_past_day_a_later_release_is_not_there_yet():
    earlier = published(release=ReleaseFactory(issued_on="2015-01-01"))
    published(release=ReleaseFactory(issued_on="2021-01-01"))
    assert list(Commitment.objects.as_of(date(2018, 1, 1))) == [earlier]


def test_only_primary_pledges_are_counted():
    pledge = published()
    published(level="aim", part_of=pledge)
    published(level="umbrella")
    assert list(Commitment.objects.public().counted()) == [pledge]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("TT-77", True),
        ("tt-77", True),
        ("Arrange", True),
        ("aRRange festival", True),
        ("festival arrange", True),
        ("arr", True),
        ("solemnly", True),
        ("enterprises", True),
        ("wording", True),
        ("postponed", True),
        ("香港", True),
        ("港週", True),
        ("Leisure", True),
        ("LCSD", True),
        ("arrange nothing", False),
        ("arrangefestival", False),
        ("Symphony", False),
        ("上海", False),
        ("%", False),
        ("_", False),
    ],
)
def test_every_word_must_be_found_somewhere(words, found):
    owner = OrganisationFactory(name="Leisure Services", short_name="LCSD")
    texts = {"title": "Arrange a festival 香港週", "quote": "will solemnly arrange", "note": "On the wording."}
    texts |= {"parties_as_stated": "enterprises of the two places", "reference": "TT-77"}
    commitment = published(**texts, owners=[owner], partners=[OrganisationFactory(name="Symphony")])
    record("report", commitment, date="2020", note="It was postponed.")
    assert Commitment.objects.as_of(date(2026, 11, 22)).matching(words, date(2026, 11, 22)).exists() is found


def test_no_word_is_no_filter():
    commitment = published()
    assert list(Commitment.objects.as_of(date(2026, 11, 22)).matching("  ", date(2026, 11, 22))) == [commitment]


@pytest.mark.parametrize(("method", "party"), [("owned_by", "owners"), ("joined_by", "partners")])
def test_owning_and_taking_part_are_two_things(method, party):
    body = OrganisationFactory()
    wanted = published(**{party: [body, OrganisationFactory()]})
    published(**{{"owners": "partners", "partners": "owners"}[party]: [body]})
    assert list(getattr(Commitment.objects.public(), method)([body])) == [wanted]


def test_a_side_is_that_of_an_owner():
    there, here = OrganisationFactory(side="shanghai"), OrganisationFactory(side="hong_kong")
    wanted = published(owners=[there, here])
    published(owners=[here], partners=[there])
    assert list(Commitment.objects.public().of_side(["shanghai", "both"])) == [wanted]
