"""What SQL knows of the rules, held to the pure functions; and who may see what, on which day."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.domain.assessment import (
    CountedUpdate,
    EvidenceRef,
    assess,
    assess_freshness,
    assess_schedule,
    days_late,
    review_due_on,
    slip_days,
)
from commitments.domain.choices import PAST_DEADLINE, Schedule
from commitments.domain.partial_dates import parse_partial_date
from commitments.ledger.append import append_entries, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment
from commitments.models.commitment import reference_key
from commitments.query.list_rows import list_rows
from commitments.query.search import search_commitments
from tests.factories import CommitmentFactory, OrganisationFactory, ReleaseFactory, evidence, new, published, record

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

ISSUED = date(2018, 8, 24)
NOON = time(4, tzinfo=UTC)  # in Hong Kong
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # before anything else was recorded: times never run backwards
SHARED = ("status", "stop_reason", "status_on", "completed_on", "achieved", "deadline", "original_deadline")
SHARED += ("evidence", "last_entry_on", "last_news_on", "last_checked_on", "note")

# Few years, so that deadlines, reports and completions overlap and touch.
YEARS = st.sampled_from(["2019", "2020"])
PARTS = st.sampled_from(["", "-H1", "-H2", "-Q1", "-Q3", "-01", "-06", "-12"])
DATES = st.one_of(st.builds("{}{}".format, YEARS, PARTS), st.dates(ISSUED, date(2021, 1, 1)).map(date.isoformat))
SOURCES = st.lists(st.sampled_from(["party", "state_media", "independent"]), min_size=1, max_size=2)
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
    return parse_partial_date(text) if text else None


def what_is_said(update):
    """The arguments of one update, allowed by the rules, and the day of its recording."""
    fields, when, sources, stop_reason, days_later, _retracted = update
    fields = dict(fields)
    if fields["kind"] == "check":
        when = parse_partial_date(when).first.isoformat()
    if fields["kind"] == "context":
        fields["evidence"] = [evidence(source=source, relation="related") for source in sources[:1]]
    if fields["kind"] == "report":
        fields["evidence"] = [
            evidence(source=source, url=f"https://example.org/{n}") for n, source in enumerate(sources)
        ]
        fields["stop_reason"] = stop_reason if fields["status"] == "stopped" else ""
        fields["deadline_reason"] = "Postponed." if "deadline" in fields else ""
    return fields | {"date": when}, parse_partial_date(when).first + timedelta(days=days_later)


def fact(sequence, fields, note, recorded_on):
    when = parse_partial_date(fields["date"])
    supports = tuple(EvidenceRef(row["url"], row["relation"], row["source"]) for row in fields.get("evidence", ()))
    return CountedUpdate(
        sequence,
        fields["kind"],
        when,
        min(when.last, recorded_on),
        recorded_on,
        fields.get("status", ""),
        fields.get("stop_reason", ""),
        fields.get("achieved"),
        on(fields.get("deadline")),
        note,
        supports=supports,
    )


def recorded_history(commitment, updates):
    """Append the updates and retract some; the facts that count, made from what was said and nothing else."""
    said = sorted(((what_is_said(update), update[-1]) for update in updates), key=lambda pair: pair[0][1])
    dated_fields = [fields for fields, _wrong in said]
    entries = [
        new(
            fields["kind"],
            commitment,
            recorded_at=datetime.combine(day, NOON),
            **{k: fields[k] for k in fields if k != "kind"},
        )
        for fields, day in dated_fields
    ]
    history = list(zip(append_entries(entries), dated_fields, [wrong for _fields, wrong in said], strict=True))
    append_entries([new_retraction(entry, "Wrong.", Actor()) for entry, _fields, wrong in history if wrong])
    return [
        fact(entry.sequence, fields, entry.data["note"], day) for entry, (fields, day), wrong in history if not wrong
    ]


def telling_days(facts, deadlines):
    """The days around which an answer may change, none before the release."""
    aways = (-1, 0, 180, 181, 365, 366)
    looked = [day for update in facts for day in (update.effective_on, update.recorded_on)]
    days = {day + timedelta(days=away) for day in [*looked, LONG_AGO.date()] for away in aways}
    days |= {deadline.last + timedelta(days=away) for deadline in deadlines if deadline for away in (-91, -90, 0, 1)}
    return {day for day in days if day >= ISSUED}


def as_it_should_stand(deadline, review_on, facts, day):
    now = assess(deadline, facts, day)
    stands = assess_schedule(now.status, now.deadline, now.completed_on, day)
    fresh = assess_freshness(now.status, now.last_news_on, day)
    due_on = review_due_on(now.status, now.last_checked_on, LONG_AGO.date(), review_on)
    due = due_on is not None and due_on <= day
    return {name: getattr(now, name) for name in SHARED} | {
        "evidence_urls": "\n".join(dict.fromkeys(support.url for support in now.supports)),
        "schedule": stands,
        "freshness": fresh,
        "slip_days": slip_days(now.original_deadline, now.deadline),
        "days_late": days_late(now.status, now.deadline, now.completed_on, day),
        "review_due": due,
        "in lists": (stands in PAST_DEADLINE, stands == Schedule.DUE_SOON, due),
    }


def as_the_database_says(commitment, day):
    queryset = Commitment.objects.as_of(day).filter(pk=commitment.pk)
    row = queryset.get()
    lists = (queryset.past_deadline(), queryset.due_soon(), queryset.due_for_review(day))
    return (
        {name: getattr(row.state, name) for name in (*SHARED, "evidence_urls")}
        | {name: getattr(row, name) for name in ("schedule", "freshness", "slip_days", "days_late", "review_due")}
        | {"in lists": tuple(rows.exists() for rows in lists)}
    )


def covers_every_day_once(commitment):
    spans = list(commitment.states.order_by("from_day").values_list("from_day", "until_day"))
    whole = (spans[0][0], spans[-1][1]) == (date(1, 1, 1), date(9999, 12, 31))
    return whole and all(earlier[1] == later[0] for earlier, later in pairwise(spans))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deadline=st.one_of(st.just(""), DATES),
    review_on=st.one_of(st.none(), st.dates(ISSUED, date(2021, 1, 1))),
    updates=st.lists(UPDATES, max_size=6),
    days=st.lists(st.dates(ISSUED, date(2028, 1, 1)), min_size=1, max_size=4),
)
def test_the_database_and_the_pure_functions_agree_on_every_history_and_day(deadline, review_on, updates, days):
    with transaction.atomic():
        commitment = published(deadline=deadline, review_on=review_on, unit="people", recorded_at=LONG_AGO)
        facts = recorded_history(commitment, updates)
        assert covers_every_day_once(commitment)
        telling = telling_days(facts, [on(deadline), *(update.deadline for update in facts)])
        telling |= {review_on + timedelta(days=away) for away in (-1, 0, 1) if review_on and review_on > ISSUED}
        for day in {*days, *telling}:
            stands = as_it_should_stand(on(deadline), review_on, facts, day)
            assert as_the_database_says(commitment, day) == stands, day
        transaction.set_rollback(True)


def test_what_was_never_looked_at_is_reviewed_first_then_what_was_not_for_longest():
    for reference, checked in (("TT-01", "2024-05-01"), ("TT-02", "2023-05-01"), ("TT-04", ""), ("TT-03", "")):
        commitment = published(reference=reference, review_on=date(2024, 6, 1))
        if checked:
            record("check", commitment, date=checked)
    due = Commitment.objects.as_of(date(2026, 11, 29)).due_for_review(date(2026, 11, 29))
    assert [commitment.reference for commitment in due] == ["TT-03", "TT-04", "TT-02", "TT-01"]


def test_a_check_makes_nothing_fresh():
    record("check", published(), date="2026-11-29")
    assert Commitment.objects.as_of(date(2026, 11, 29)).get().freshness == "never"


def test_what_nobody_checked_for_a_year_is_due_and_a_day_earlier_it_is_not():
    record("check", published(), date="2025-11-29")
    days = (date(2026, 11, 29), date(2026, 11, 30))
    assert [Commitment.objects.as_of(day).due_for_review(day).exists() for day in days] == [False, True]


def test_what_was_looked_at_on_its_review_day_itself_is_not_due_and_a_day_earlier_it_is():
    for reference, checked in (("TT-01", "2026-06-01"), ("TT-02", "2026-05-31")):
        record("check", published(reference=reference, review_on=date(2026, 6, 1)), date=checked)
    due = Commitment.objects.as_of(date(2026, 6, 1)).due_for_review(date(2026, 6, 1))
    assert [commitment.reference for commitment in due] == ["TT-02"]
    assert not Commitment.objects.as_of(date(2026, 5, 31)).due_for_review(date(2026, 5, 31))


def test_what_passed_its_deadline_longest_ago_stands_first():
    for reference, deadline in (("TT-03", "2019"), ("TT-01", "2020-H1"), ("TT-02", "2019-12-31"), ("TT-04", "2027")):
        published(reference=reference, deadline=deadline)
    past = Commitment.objects.as_of(date(2026, 11, 29)).past_deadline()
    assert [commitment.reference for commitment in past] == ["TT-02", "TT-03", "TT-01"]


@pytest.mark.parametrize(
    ("deadline", "fields", "day", "schedule", "days_late"),
    [
        ("2019", {"status": "stopped", "stop_reason": "withdrawn"}, "2026-11-29", "ended", None),
        ("", {"status": "completed"}, "2026-11-29", "no_deadline", None),
        ("2019-11-05", {"status": "completed", "date": "2019-H2"}, "2026-11-29", "met", None),
        ("2019-11", {"status": "completed", "date": "2019"}, "2026-11-29", "met", None),
        ("2019-06-30", {"status": "completed", "date": "2019-H2"}, "2026-11-29", "met_late", 1),
        ("2018", {"status": "completed", "date": "2019-01-01"}, "2026-11-29", "met_late", 1),
        ("2019", {"status": "in_progress"}, "2020-01-01", "overdue", 1),
        ("2019", {"status": "not_started"}, "2019-12-31", "due_soon", None),
        ("2020-03-30", {"status": "in_progress"}, "2019-12-31", "due_soon", None),
        ("2020-03-31", {"status": "in_progress"}, "2019-12-31", "upcoming", None),
        ("2019", {"status": "in_progress", "date": "2020-02"}, "2020-01-01", "unreported", None),
    ],
)
def test_the_database_decides_the_schedule_in_the_same_order(deadline, fields, day, schedule, days_late):
    commitment = published(deadline=deadline)
    record("report", commitment, **fields)
    row = list_rows(Commitment.objects.as_of(date.fromisoformat(day))).get(pk=commitment.pk)
    assert (row.schedule, row.days_late) == (schedule, days_late)


def test_the_database_ages_at_the_same_days():
    record("context", published(), date="2019-05-01", note="News.")
    ages = {0: "fresh", 180: "fresh", 181: "ageing", 365: "ageing", 366: "stale"}
    days = {age: date(2019, 5, 1) + timedelta(days=age) for age in ages}
    assert {age: Commitment.objects.as_of(day).get().freshness for age, day in days.items()} == ages


def test_a_draft_is_not_public_on_any_day():
    CommitmentFactory()
    assert not Commitment.objects.public()
    assert not Commitment.objects.as_of(date(2026, 11, 29))


def test_a_commitment_exists_from_the_day_of_its_release():
    published()
    seen = {"2018-08-23": False, "1900-01-01": False, "2018-08-24": True, "2026-11-29": True}
    assert {day: Commitment.objects.as_of(date.fromisoformat(day)).exists() for day in seen} == seen


def test_each_commitment_appears_once_however_much_was_reported():
    commitment = published()
    for year in (2019, 2020, 2021):
        record("report", commitment, date=str(year))
    for day in (date(2018, 8, 24), date(2019, 12, 31), date(2020, 12, 30), date(2026, 11, 29)):
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


FOUND = ["TT-77", "tt-77", "Arrange", "aRRange festival", "festival arrange", "arr", "solemnly", "enterprises"]
FOUND += ["wording", "postponed", "香港", "港週", "Leisure", "LCSD", "Symphony"]
NOT_FOUND = ["arrange nothing", "arrangefestival", "withdrawn", "reported", "上海", "%", "_"]


def test_every_word_must_be_found_somewhere():
    owner = OrganisationFactory(name="Leisure Services", short_name="LCSD")
    texts = {"title": "Arrange a festival 香港週", "quote": "will solemnly arrange", "note": "On the wording."}
    texts |= {"parties_as_stated": "enterprises of the two places", "reference": "TT-77"}
    commitment = published(**texts, owners=[owner], partners=[OrganisationFactory(name="Symphony")])
    record("report", commitment, date="2020", note="It was postponed.")
    record("report", commitment, date="2021-01-01", note="It was reported later.")
    wrong = record("check", commitment, date="2020-05-01", note="It was withdrawn.")
    append_entries([new_retraction(wrong, "Wrong.", Actor())])
    all_of_them = Commitment.objects.as_of(date(2026, 11, 29))
    words = [*FOUND, *NOT_FOUND]
    assert [word for word in words if search_commitments(all_of_them, word, date(2020, 12, 31)).exists()] == FOUND


def test_no_word_is_no_filter():
    commitment = published()
    assert list(search_commitments(Commitment.objects.as_of(date(2026, 11, 29)), "  ", date(2026, 11, 29))) == [
        commitment
    ]


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


# References in order


@pytest.mark.parametrize("reference", ["AB-01", "ABCD-1", "ABCD-123456", "AB-000007", "draft 12", "A-0123456789", "-"])
def test_the_key_of_a_reference_is_the_same_in_python_and_in_the_database(reference):
    commitment = CommitmentFactory(reference=reference)
    assert Commitment.objects.get(pk=commitment.pk).reference_key == reference_key(reference)


def test_references_sort_as_people_count():
    in_order = ["AV-01", "NS-009", "NS-09", "NS-10", "NS-99", "NS-100", "NS-1000", "NSA-01", "NSAB-01"]
    for reference in sorted(in_order):
        CommitmentFactory(reference=reference)
    assert list(Commitment.objects.values_list("reference", flat=True)) == in_order
