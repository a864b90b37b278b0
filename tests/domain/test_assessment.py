"""The computed rules, one table each. Facts are made here; no database is asked."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest

from commitments.domain.assessment import (
    Assessment,
    CountedUpdate,
    EvidenceRef,
    assess,
    assess_freshness,
    assess_in_turn,
    assess_schedule,
    days_late,
    effective_on,
    review_due_on,
    slip_days,
)
from commitments.domain.partial_dates import parse_partial_date

RECORDED = date(2026, 11, 29)
TODAY = date(2026, 11, 29)
_sequences = count(1)


def on(text):
    return parse_partial_date(text) if text else None


def fact(kind, when, *, recorded=RECORDED, **fields):
    fields["deadline"] = on(fields.get("deadline"))
    day = effective_on(parse_partial_date(when), recorded)
    return CountedUpdate(next(_sequences), kind, parse_partial_date(when), day, recorded, **fields)


def refs(*sources, relation="direct"):
    """Pieces of evidence: of each a source, with "mirror" after it where it is one: "independent mirror"."""
    return tuple(
        EvidenceRef(f"https://example.org/{number}", relation, *source.split()) for number, source in enumerate(sources)
    )


def report(when, status, *sources, relation="direct", **fields):
    supports = refs(*sources, relation=relation)
    return fact("report", when, status=status, supports=supports, **fields)


def after(*facts, deadline="", day=TODAY):
    return assess(on(deadline), facts, day)


@pytest.mark.parametrize(
    ("status", "deadline", "completed", "day", "expected"),
    [
        # Stopped comes first, whatever the deadline says.
        ("stopped", "", "", "2026-01-01", "ended"),
        ("stopped", "2019", "", "2026-01-01", "ended"),
        # Then: no deadline, finished or not.
        ("no_report", "", "", "2026-01-01", "no_deadline"),
        ("completed", "", "2019", "2026-01-01", "no_deadline"),
        # Then: completed. Late only where the first day of completion lies after the last of the deadline.
        ("completed", "2019", "2018-05", "2026-01-01", "met"),
        ("completed", "2019", "2019-12-31", "2026-01-01", "met"),
        ("completed", "2019", "2020-01-01", "2026-01-01", "met_late"),
        ("completed", "2019-11", "2019", "2026-01-01", "met"),
        ("completed", "2019-06-30", "2019-H2", "2026-01-01", "met_late"),
        # Then: the last day has passed, and it passes only when it has ended.
        ("in_progress", "2019", "", "2020-01-01", "overdue"),
        ("not_started", "2019", "", "2020-01-01", "overdue"),
        ("no_report", "2019", "", "2020-01-01", "unreported"),
        ("no_report", "2019", "", "2019-12-31", "due_soon"),
        # Then: 90 days are soon, 91 are not.
        ("in_progress", "2019-12-31", "", "2019-10-02", "due_soon"),
        ("in_progress", "2019-12-31", "", "2019-10-01", "upcoming"),
        ("no_report", "2199", "", "1900-01-01", "upcoming"),
    ],
)
def test_the_schedule_is_decided_in_this_order(status, deadline, completed, day, expected):
    assert assess_schedule(status, on(deadline), on(completed), date.fromisoformat(day)) == expected


@pytest.mark.parametrize(
    ("status", "age", "expected"),
    [
        ("no_report", None, "never"),
        ("completed", None, "settled"),
        ("no_report", 0, "fresh"),
        ("in_progress", 180, "fresh"),
        ("in_progress", 181, "ageing"),
        ("no_report", 365, "ageing"),
        ("no_report", 366, "stale"),
        ("completed", 5000, "settled"),
        ("stopped", 5000, "settled"),
    ],
)
def test_freshness_is_the_age_of_the_last_news(status, age, expected):
    last_news = None if age is None else TODAY - timedelta(days=age)
    assert assess_freshness(status, last_news, TODAY) == expected


@pytest.mark.parametrize(
    ("original", "current", "days"),
    [
        ("", "", None),
        ("2019", "2019", 0),
        ("2019", "2020-01-31", 31),
        ("2019-11-05", "2019-10-31", -5),
        ("2019", "2019-06", -184),
        ("2019-12-31", "2019", 0),
    ],
)
def test_slip_is_counted_from_the_first_deadline_to_the_current_one(original, current, days):
    assert slip_days(on(original), on(current)) == days


@pytest.mark.parametrize(
    ("status", "deadline", "completed", "day", "days"),
    [
        ("completed", "2020", "2024-04", "2026-11-29", 1187),
        ("completed", "2019", "2020-01-01", "2026-11-29", 1),
        ("completed", "2019", "2019-12-31", "2026-11-29", None),
        ("completed", "2019-11", "2019", "2026-11-29", None),
        ("in_progress", "2019", "", "2020-01-01", 1),
        ("in_progress", "2019", "", "2019-12-31", None),
        ("not_started", "2018-H1", "", "2018-07-10", 10),
        ("no_report", "2019", "", "2026-11-29", None),
        ("stopped", "2019", "", "2026-11-29", None),
        ("completed", "", "2024-04", "2026-11-29", None),
        ("in_progress", "", "", "2026-11-29", None),
    ],
)
def test_days_late_are_counted_only_where_it_is_certainly_late(status, deadline, completed, day, days):
    assert days_late(status, on(deadline), on(completed), date.fromisoformat(day)) == days


@pytest.mark.parametrize(
    ("when", "recorded", "counts_from"),
    [
        ("2018-11-05", "2026-11-29", "2018-11-05"),
        ("2018-H1", "2026-11-29", "2018-06-30"),
        ("2019", "2026-11-29", "2019-12-31"),
        ("2026", "2026-11-29", "2026-11-29"),
        ("2026-11-29", "2026-11-29", "2026-11-29"),
    ],
)
def test_an_update_counts_from_the_end_of_its_date_or_its_recording(when, recorded, counts_from):
    assert effective_on(parse_partial_date(when), date.fromisoformat(recorded)).isoformat() == counts_from


def test_without_facts_there_is_no_report_and_the_deadline_is_the_stated_one():
    assert after(deadline="2019") == Assessment(
        deadline=parse_partial_date("2019"), original_deadline=parse_partial_date("2019")
    )
    assert after(deadline="2019").status == "no_report"


@pytest.mark.parametrize(("day", "status"), [("2019-05-30", "no_report"), ("2019-05-31", "in_progress")])
def test_a_report_of_a_month_counts_once_the_month_has_ended(day, status):
    assert after(report("2019-05", "in_progress", "party"), day=date.fromisoformat(day)).status == status


def test_a_report_of_an_earlier_date_that_is_recorded_later_does_not_move_the_status():
    now = after(report("2020", "completed", "party", note="Done."), report("2019", "in_progress", "independent"))
    assert (now.status, now.status_on, now.note) == ("completed", parse_partial_date("2020"), "Done.")
    assert now.last_entry_on == date(2020, 12, 31)


def test_of_two_reports_that_count_from_one_day_the_one_recorded_later_holds():
    now = after(report("2019", "in_progress", "party"), report("2019-12-31", "completed", "party"))
    assert now.status == "completed"


def test_completion_is_dated_by_the_first_report_of_an_unbroken_run():
    now = after(report("2019", "completed", "party"), report("2021", "completed", "party"))
    assert (now.completed_on, now.status_on) == (parse_partial_date("2019"), parse_partial_date("2021"))


def test_a_run_is_ordered_by_its_dates_and_not_by_recording():
    now = after(report("2021", "completed", "party"), report("2019", "completed", "party"))
    assert (now.completed_on, now.status_on) == (parse_partial_date("2019"), parse_partial_date("2021"))


def test_a_completion_that_was_taken_back_is_dated_anew():
    facts = [report(str(year), "completed", "party") for year in (2019, 2021)]
    now = after(facts[0], report("2020", "in_progress", "party"), facts[1])
    assert now.completed_on == parse_partial_date("2021")


@pytest.mark.parametrize("status", ["not_started", "in_progress", "stopped"])
def test_what_is_not_completed_has_no_day_of_completion(status):
    assert after(report("2019", "completed", "party"), report("2020", status, "party")).completed_on is None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], "none"),
        ([("2019", "in_progress", [])], "none"),
        ([("2019", "in_progress", ["party"])], "party"),
        ([("2019", "in_progress", ["party", "party"])], "party"),
        ([("2019", "in_progress", ["party", "state_media"])], "state_media"),
        ([("2019", "in_progress", ["state_media", "party", "independent"])], "independent"),
        ([("2019", "in_progress", ["party", "independent mirror"])], "party"),
        ([("2019", "in_progress", ["independent mirror"])], "none"),
        ([("2019", "in_progress", ["independent reprint"])], "independent"),
        ([("2019", "in_progress", ["independent"]), ("2020", "in_progress", ["party"])], "independent"),
        ([("2019", "in_progress", ["independent"]), ("2020", "completed", ["party"])], "party"),
        (
            [("2019", "completed", ["independent"]), ("2020", "in_progress", ["party"]), ("2021", "completed", [])],
            "none",
        ),
        (
            [("2019", "completed", ["independent"]), ("2020", "in_progress", []), ("2021", "completed", ["party"])],
            "party",
        ),
    ],
)
def test_evidence_is_the_best_source_of_the_unbroken_run_of_the_current_status(facts, expected):
    assert after(*(report(when, status, *sources) for when, status, sources in facts)).evidence == expected


@pytest.mark.parametrize(
    ("status", "relation", "expected"),
    [
        ("in_progress", "related", "none"),
        ("in_progress", "context", "none"),
        ("completed", "context", "none"),
        ("stopped", "related", "none"),
        ("stopped", "context", "independent"),
        ("stopped", "direct", "independent"),
    ],
)
def test_only_direct_evidence_supports_a_status_and_context_too_where_it_is_stopped(status, relation, expected):
    assert after(report("2019", status, "independent", relation=relation)).evidence == expected


def test_a_stop_for_another_reason_begins_a_new_run():
    facts = [
        report("2019", "stopped", "independent", stop_reason="withdrawn"),
        report("2020", "stopped", "party", stop_reason="overtaken"),
    ]
    assert (after(*facts).evidence, after(*facts).stop_reason) == ("party", "overtaken")


def test_checks_and_context_between_two_reports_do_not_break_a_run():
    between = [fact("check", "2019-06-01"), fact("context", "2019-07-01")]
    now = after(report("2019-05", "completed", "independent"), *between, report("2020", "completed", "party"))
    assert (now.evidence, now.completed_on) == ("independent", parse_partial_date("2019-05"))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], "none"),
        ([("check", [])], "none"),
        ([("context", [])], "none"),  # a reply, which rests on no page
        ([("context", ["independent"])], "background"),
        ([("context", ["independent mirror"])], "background"),
    ],
)
def test_without_a_report_context_with_a_page_is_background(facts, expected):
    now = after(*(fact(kind, "2019-05-01", supports=refs(*sources, relation="related")) for kind, sources in facts))
    assert (now.status, now.evidence) == ("no_report", expected)


def test_once_a_status_is_reported_background_says_nothing_of_it():
    background = fact("context", "2019-05-01", supports=refs("independent", relation="related"))
    assert after(background, report("2020", "in_progress", "party")).evidence == "party"


def test_what_is_told_as_background_rests_on_a_page_and_is_no_reply():
    said = [
        ("2019", {"supports": refs("independent")}),
        ("2020", {}),
        ("2021", {"supports": refs("party"), "is_reply": True}),
    ]
    now = after(*(fact("context", when, note=f"Of {when}.", **more) for when, more in said))
    assert now.background_note == "Of 2019."
    assert now.last_news_on == date(2021, 12, 31)


@pytest.mark.parametrize("kind", ["check", "context"])
def test_a_check_or_context_moves_no_status_and_is_an_entry(kind):
    now = after(report("2019", "in_progress", "party", note="Begun."), fact(kind, "2020-05-01", note="Nothing."))
    assert (now.status, now.status_on, now.note) == ("in_progress", parse_partial_date("2019"), "Begun.")
    assert now.last_entry_on == date(2020, 5, 1)


def test_to_look_and_find_nothing_is_no_news():
    now = after(report("2019-05-01", "in_progress", "party"), fact("check", "2020-05-01"))
    assert (now.last_news_on, now.last_entry_on) == (date(2019, 5, 1), date(2020, 5, 1))


@pytest.mark.parametrize("kind", ["report", "context"])
@pytest.mark.parametrize(
    ("day", "checked"),
    [("2020-04-30", None), ("2020-05-01", "2020-05-01"), ("2020-06-09", "2020-05-01"), ("2020-06-10", "2020-06-10")],
)
def test_whoever_records_a_fact_has_looked_on_that_day_as_whoever_checks(kind, day, checked):
    told = report("2019-11", "in_progress", "party") if kind == "report" else fact("context", "2019-11")
    facts = [fact("check", "2020-05-01"), replace(told, recorded_on=date(2020, 6, 10))]
    assert after(*facts, day=date.fromisoformat(day)).last_checked_on == (checked and date.fromisoformat(checked))


def test_what_is_recorded_on_the_day_of_a_check_leaves_one_day_on_which_somebody_looked():
    facts = [fact("check", "2020-05-01"), fact("context", "2019", recorded=date(2020, 5, 1)), fact("context", "2018")]
    days = [day for day, _assessment in assess_in_turn(None, facts)]
    assert days == [date.min, date(2018, 12, 31), date(2019, 12, 31), date(2020, 5, 1), RECORDED]
    assert after(*facts, day=date(2020, 5, 1)).last_checked_on == date(2020, 5, 1)


def test_a_revised_deadline_moves_the_current_one_and_keeps_the_first():
    now = after(report("2019", "in_progress", "party", deadline="2021"), deadline="2020")
    assert (now.deadline, now.original_deadline) == (parse_partial_date("2021"), parse_partial_date("2020"))


def test_a_report_without_a_deadline_leaves_the_revised_one_standing():
    facts = [report("2019", "in_progress", "party", deadline="2021"), report("2020", "in_progress", "party")]
    assert after(*facts, deadline="2020").deadline == parse_partial_date("2021")


def test_a_deadline_announced_later_is_the_first_where_the_release_states_none():
    facts = [report(when, "in_progress", "party", deadline=new) for when, new in (("2019", "2021"), ("2020", "2022"))]
    now = after(*facts)
    assert (now.deadline, now.original_deadline) == (parse_partial_date("2022"), parse_partial_date("2021"))
    assert slip_days(now.original_deadline, now.deadline) == 365


def test_a_figure_stands_until_another_is_reported_and_nought_is_a_figure():
    begun = report("2019", "in_progress", "party", achieved=Decimal(12))
    assert after(begun, report("2020", "in_progress", "party")).achieved == 12
    assert after(begun, report("2020", "in_progress", "party", achieved=Decimal(0))).achieved == 0


@pytest.mark.parametrize("first", [0, 1, 2])
def test_the_order_in_which_facts_are_given_makes_no_difference(first):
    facts = [report("2019", "in_progress", "party"), report("2020", "completed", "party"), fact("check", "2021-01-01")]
    assert after(*facts[first:], *facts[:first]) == after(*facts)


@pytest.mark.parametrize(
    ("status", "checked", "review_on", "due"),
    [
        # Its review day, until somebody looked on it or later.
        ("no_report", "2026-11-01", "2026-12-22", "2026-12-22"),
        ("no_report", "2026-12-21", "2026-12-22", "2026-12-22"),
        ("no_report", "2026-12-22", "2026-12-22", "2027-12-23"),
        ("in_progress", "", "2018-01-01", "2018-01-01"),
        # A year without a check, which may come first.
        ("in_progress", "2025-11-29", "", "2026-11-30"),
        ("in_progress", "2025-11-29", "2027-01-01", "2026-11-30"),
        # What was never looked at, from its publication on.
        ("no_report", "", "", "2021-01-01"),
        # Nothing more is expected of what is settled.
        ("completed", "2019-11-01", "2026-11-22", ""),
        ("stopped", "2019-11-01", "2026-11-22", ""),
    ],
)
def test_a_review_is_due_from_its_day_or_a_year_after_the_last_check(status, checked, review_on, due):
    checked, review_on, due = (date.fromisoformat(day) if day else None for day in (checked, review_on, due))
    assert review_due_on(status, checked, date(2020, 1, 1), review_on) == due
