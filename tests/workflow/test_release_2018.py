"""The first release as it is loaded, against its file and against the walk-through of the domain.

Figures here were counted by hand in the file's entries; none comes from the application.
"""

import json
from collections import Counter
from datetime import date

import pytest

from commitments.domain.choices import ANNOUNCED
from commitments.domain.partial_dates import parse_partial_date
from commitments.models import Agreement, Area, Commitment, LedgerEntry, Organisation, Release, Section, Update
from tests.helpers.installation import FIXTURE

DATA = json.loads(FIXTURE.read_text(encoding="utf-8"))
RELEASE = DATA["release"]
PLEDGES = {pledge["reference"]: pledge for pledge in DATA["commitments"]}
ENTRIES = [(pledge["reference"], entry) for pledge in DATA["commitments"] for entry in pledge["entries"]]
TODAY = date(2026, 11, 29)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]


def as_of(day=TODAY):
    return Commitment.objects.as_of(day).for_pages()


def the(reference, day=TODAY):
    return as_of(day).get(reference=reference)


def updates(reference, kind):
    return Update.objects.filter(commitment__reference=reference, kind=kind).order_by("entry")


# What is there


@pytest.mark.postgresql
def test_so_many_are_loaded():
    numbers = {Release: 1, Area: 13, Organisation: 32, Section: 14, Agreement: 9, Commitment: 57, LedgerEntry: 228}
    assert {model: model.objects.count() for model in numbers} == numbers


def test_there_are_52_pledges_four_aims_and_one_umbrella_and_all_are_public():
    levels = Counter(Commitment.objects.public().values_list("level", flat=True))
    assert levels == {"primary": 52, "aim": 4, "umbrella": 1}
    assert as_of().counted().count() == 52


def test_the_aims_hang_on_pledges_of_their_own():
    aims = Commitment.objects.filter(level="aim").values_list("reference", "part_of__reference")
    assert dict(aims) == {"BR-02": "BR-01", "CU-05": None, "FM-02": "FM-01", "IT-02": "IT-01"}


def test_the_kinds_of_the_pledges_are_as_counted():
    kinds = Counter(as_of().counted().values_list("kind", flat=True))
    assert kinds == {"continuing": 26, "action": 14, "agreement": 10, "done_at_release": 1, "target": 1}


def test_the_sections_stand_in_the_order_of_the_text_two_of_them_without_a_heading():
    sections = Section.objects.order_by("position")
    assert [section.area.slug if section.area else None for section in sections] == [
        section["area"] for section in RELEASE["sections"]
    ]
    assert [section.area.slug for section in sections if not section.heading] == ["education", "finance"]
    assert sections.last().area is None


def test_every_area_has_a_pledge():
    assert {commitment.area.slug for commitment in as_of().counted() if commitment.area} == {
        area["slug"] for area in DATA["areas"]
    }


def test_nine_of_fifteen_agreements_are_identified_two_of_them_by_name():
    assert Release.objects.get().agreements_stated == 15
    assert Counter(Agreement.objects.values_list("basis", flat=True)) == {"named": 2, "inferred": 7}
    assert all(
        agreement.parties.count() == 2 and agreement.commitments.exists() for agreement in Agreement.objects.all()
    )


def test_each_identified_agreement_is_a_pledge_that_is_part_of_the_fifteen():
    for agreement in Agreement.objects.all():
        assert agreement.commitments.filter(kind="agreement", part_of__reference="SC-01").count() == 1


def test_seven_have_a_deadline_and_no_other_is_invented():
    deadlines = {
        commitment.reference: str(commitment.state.deadline) for commitment in as_of() if commitment.state.deadline
    }
    assert deadlines == {
        "AV-01": "2018-H1",
        "AV-04": "2018",
        "BR-01": "2018-11",
        "CU-06": "2019",
        "CU-07": "2020",
        "PR-01": "2021",
        "SC-01": "2018-08-24",
    }


def test_every_deadline_has_the_words_of_the_release_and_only_one_is_that_of_an_event():
    with_deadline = Commitment.objects.exclude(deadline="")
    assert all(commitment.deadline_as_stated for commitment in with_deadline)
    assert [commitment.reference for commitment in with_deadline.filter(deadline_basis="event")] == ["PR-01"]


def test_a_quote_has_at_most_fifteen_words_and_no_two_are_the_same():
    quotes = list(Commitment.objects.values_list("quote", flat=True))
    assert [quote for quote in quotes if len(quote.split()) > 15] == []
    assert len(set(quotes)) == 57


def test_everybody_who_owns_or_takes_part_is_named_and_inferences_say_why():
    for commitment in Commitment.objects.prefetch_related("owners", "partners"):
        assert commitment.owners.all() or commitment.partners.all() or commitment.parties_as_stated, (
            commitment.reference
        )
        assert bool(commitment.owner_note) or not commitment.owner_inferred, commitment.reference


# What is said of them


def by_the_release(row):
    return row["url"] == RELEASE["url"]


def test_every_report_that_is_not_by_the_release_rests_on_direct_evidence():
    reports = [(reference, entry) for reference, entry in ENTRIES if entry["kind"] == "report"]
    others = [(reference, entry) for reference, entry in reports if entry["basis"] != "release"]
    assert (len(reports), len(others)) == (34, 22)
    for reference, entry in others:
        direct = [row for row in entry["evidence"] if row["relation"] == "direct" and not by_the_release(row)]
        assert direct, f"{reference} {entry['key']}"


def test_what_the_release_completed_is_what_it_reports_as_signed_or_in_place():
    by_release = Update.objects.filter(basis="release").select_related("commitment")
    references = {update.commitment.reference for update in by_release}
    assert references == {"CU-01", "CU-02", "CU-03", "CU-04", "ED-01", "IT-01", "IT-03", "IT-05"} | {
        "LE-02",
        "AV-01",
        "FM-03",
        "SC-01",
    }
    assert {update.commitment.kind for update in by_release} <= set(ANNOUNCED)


def test_what_has_no_direct_evidence_beside_the_release_was_searched_for_and_nothing_else():
    without = {
        reference
        for reference, pledge in PLEDGES.items()
        for rows in [[row for entry in pledge["entries"] for row in entry.get("evidence", ())]]
        if not any(row["relation"] == "direct" and not by_the_release(row) for row in rows)
    }
    checks = Update.objects.filter(kind="check", date="2026-11-29").exclude(searched="")
    assert sorted(checks.values_list("commitment__reference", flat=True)) == sorted(without)
    assert {commitment.reference for commitment in as_of() if commitment.state.searched_on == TODAY} == without
    assert len(without) == 32


def test_no_update_is_dated_after_the_day_of_the_search():
    assert [
        entry["key"]
        for _reference, entry in ENTRIES
        if "date" in entry and parse_partial_date(entry["date"]).first > TODAY
    ] == []
    assert not Update.objects.filter(effective_on__gt=TODAY).exists()


def test_every_report_and_every_context_has_evidence_with_an_address():
    for reference, entry in ENTRIES:
        if entry["kind"] in ("report", "context"):
            rows = entry["evidence"]
            assert rows, f"{reference} {entry['key']}"
            assert all(row["url"].startswith(("http://", "https://")) for row in rows), entry["key"]


# Counts as of six days


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("day", "no_report", "in_progress", "completed"),
    [
        ("2018-08-23", 0, 0, 0),  # the release is not out
        ("2018-08-24", 41, 0, 11),  # ten agreements and the portal, by its own statement
        ("2018-11-30", 36, 3, 13),  # BR-01 and ED-02 completed; CU-06, FM-01 and HE-01 begun
        ("2019-12-31", 32, 6, 14),  # CU-06 completed; LE-01, LE-04, YD-01 and YD-02 begun
        ("2021-08-30", 32, 6, 14),  # nothing in between
        ("2026-11-29", 24, 13, 15),  # CU-07 completed; BR-04, CU-08, FI-01 to FI-03, OT-01 and OT-03 begun
    ],
)
def test_so_many_pledges_have_each_status_on_each_day(day, no_report, in_progress, completed):
    counted = as_of(date.fromisoformat(day)).counted()
    counts = Counter(counted.values_list("state__status", flat=True))
    expected = {"no_report": no_report, "in_progress": in_progress, "completed": completed}
    assert counts == {status: number for status, number in expected.items() if number}


def test_eleven_were_done_when_announced_and_four_were_delivered_since():
    completed = as_of().counted().filter(state__status="completed")
    assert completed.filter(kind__in=ANNOUNCED).count() == 11
    since = completed.exclude(kind__in=ANNOUNCED).values_list("reference", flat=True)
    assert set(since) == {"BR-01", "CU-06", "CU-07", "ED-02"}


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2018-08-24", {"met": 1, "due_soon": 0, "upcoming": 5}),
        ("2018-09-02", {"met": 1, "due_soon": 1, "upcoming": 4}),
        ("2019-01-01", {"met": 2, "unreported": 1, "upcoming": 3}),
        ("2021-01-01", {"met": 3, "unreported": 2, "upcoming": 1}),
        ("2026-11-29", {"met": 3, "met_late": 1, "unreported": 2}),
    ],
)
def test_the_six_pledges_with_a_deadline_stand_like_this(day, expected):
    schedules = as_of(date.fromisoformat(day)).counted().exclude(state__deadline="")
    counts = Counter(schedules.values_list("schedule", flat=True))
    assert counts == {schedule: number for schedule, number in expected.items() if number}


def test_nothing_slipped_because_no_new_date_was_announced():
    assert {commitment.slip_days for commitment in as_of() if commitment.state.deadline} == {0}


# The walk-through, line by line


def test_hong_kong_week_2019_was_opened_and_met_its_deadline():
    commitment = the("CU-06")
    assert (commitment.state.status, commitment.state.completed_on, commitment.schedule) == (
        "completed",
        parse_partial_date("2019-11-01"),
        "met",
    )
    assert "opened" in commitment.done_when
    assert "Festival Hong Kong 2019" in commitment.state.note
    assert "taken to be the Hong Kong Week" in commitment.state.note


@pytest.mark.postgresql
def test_shanghai_week_2020_was_a_plan_and_came_late_by_at_least_1187_days():
    commitment = the("CU-07")
    assert (commitment.force, commitment.state.status, commitment.state.completed_on) == (
        "plan",
        "completed",
        parse_partial_date("2024-04"),
    )
    assert (commitment.schedule, commitment.days_late, commitment.slip_days) == ("met_late", 1187, 0)
    assert "taken to fulfil" in commitment.state.note


def test_about_forty_employees_in_2018_is_unreported():
    commitment = the("AV-04")
    assert (commitment.state.status, commitment.schedule, commitment.state.evidence) == (
        "no_report",
        "unreported",
        "none",
    )
    assert (commitment.kind, commitment.force, commitment.target, commitment.unit) == (
        "target",
        "estimate",
        40,
        "employees",
    )
    assert (commitment.target_approximate, commitment.state.achieved, commitment.days_late) == (True, None, None)
    assert commitment.state.searched_on == TODAY


def test_worldskills_2021_is_the_date_of_an_event_and_the_liaison_is_unreported():
    commitment = the("PR-01")
    assert (commitment.deadline_basis, commitment.state.status, commitment.schedule) == (
        "event",
        "no_report",
        "unreported",
    )
    text = " ".join(updates("PR-01", "context").values_list("note", flat=True))
    for word in ("put off", "2022", "cancelled", "award the 2026 competition to Shanghai"):
        assert word in text


def test_the_portal_is_completed_by_the_statement_of_the_release():
    commitment = the("FM-03")
    assert (commitment.kind, commitment.force) == ("done_at_release", "statement")
    assert (commitment.state.status, commitment.state.evidence, commitment.freshness) == (
        "completed",
        "party",
        "settled",
    )
    assert updates("FM-03", "report").get().basis == "release"


def test_stage_productions_are_in_progress_and_the_other_direction_was_not_found():
    commitment = the("CU-08")
    assert (commitment.state.status, commitment.state.status_on, commitment.schedule) == (
        "in_progress",
        parse_partial_date("2024-08-02"),
        "no_deadline",
    )
    assert "not found" in commitment.state.note


def test_the_fifteen_agreements_are_an_umbrella_over_nine_and_outside_the_counts():
    commitment = the("SC-01")
    assert (commitment.level, commitment.state.status, commitment.state.achieved, commitment.target) == (
        "umbrella",
        "completed",
        15,
        15,
    )
    parts = set(commitment.parts.values_list("reference", flat=True))
    assert parts == {"CU-01", "CU-02", "CU-03", "CU-04", "ED-01", "IT-01", "IT-03", "IT-05", "LE-02"}
    assert not as_of().counted().filter(pk=commitment.pk).exists()
