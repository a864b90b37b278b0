"""The first release as it is loaded, against its file and against the walk-through of the domain.

Figures here were counted by hand in the file's entries; none comes from the application.
"""

import json
import re
from collections import Counter
from datetime import date, timedelta
from html import unescape

import pytest

from commitments.domain.choices import ANNOUNCED
from commitments.domain.partial_dates import parse_partial_date
from commitments.models import Agreement, Area, Commitment, LedgerEntry, Organisation, Release, Section, Update
from commitments.workflow.news_sources import NewsSourceLookup, recorded_under_another_class
from tests.helpers.html import find_all, link_texts, main_element, visible_text
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
    numbers = {Release: 1, Area: 13, Organisation: 32, Section: 14, Agreement: 9, Commitment: 57, LedgerEntry: 351}
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
    assert (len(reports), len(others)) == (57, 45)
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
    checks = Update.objects.filter(kind="check").exclude(searched="")
    days = {"2026-11-22": {"AV-01", "ED-01", "FM-03", "IT-01", "IT-03", "IT-05"}}  # completed by the release
    days["2026-11-29"] = without - days["2026-11-22"]
    assert {day: set(checks.filter(date=day).values_list("commitment__reference", flat=True)) for day in days} == days
    assert (checks.count(), len(without)) == (24, 24)


def test_all_were_last_checked_on_the_day_on_which_they_were_recorded():
    assert {commitment.state.last_checked_on for commitment in as_of()} == {TODAY}


def test_no_update_is_dated_after_the_day_of_the_search():
    assert [
        entry["key"]
        for _reference, entry in ENTRIES
        if "date" in entry and parse_partial_date(entry["date"]).first > TODAY
    ] == []
    assert not Update.objects.filter(effective_on__gt=TODAY).exists()


# Every statement, and where it is from: one after another of all 57

DAY_IN_ADDRESS = re.compile(r"(?<!\d)(20[012]\d)[-/]?(0[1-9]|1[0-2])[-/]?(0[1-9]|[12]\d|3[01])(?!\d)")
DAY_OF_SHINE = re.compile(r"shine\.cn/.*/(\d\d)(\d\d)(\d\d)\d{4}/?$")  # …/2306051582/ is of 5 June 2023
MONTH_IN_ADDRESS = re.compile(r"(?<!\d)(20[012]\d)[-/]?(0[1-9]|1[0-2])(?!\d)")
# The days in these addresses are not those of the pages.
OTHER_DAYS = {
    "CU-04/3": "a filter, from one day to another",
    "CT-01/4": "a folder, named for the day of the upload",
    "CT-02/5": "the same page",
}
# Reports of which no page carries a date of its own: their day is what a page tells of, read by people.
DATED_BY_THEIR_TEXT = {
    "BR-03/10": "2024-11-05",
    "BR-04/4": "2025-11-06",
    "FI-02/3": "2023-03-13",
    "FI-03/4": "2025-09-26",
    "FI-07/5": "2026-03-02",
    "LE-03/7": "2025-09-19",
    "LE-04/4": "2025-09-19",
    "YD-03/5": "2024-07",
}
# Direct evidence that moves nothing.
DIRECT_BUT_CONTEXT = {
    "ED-02/3": "the alliance met again after it was founded, which is what the pledge is about",
    "ED-02/4": "the same",
    "HE-01/3": "its page cannot be dated",
    "LE-02/3": "the arrangement was signed already; the meeting followed it up",
    "LE-03/6": "seen on a mirror only",
}


@pytest.fixture
def statements():
    """Every report, context and check on record, of all 57."""
    found = list(Update.objects.select_related("entry", "commitment").prefetch_related("evidence"))
    assert {update.commitment.reference for update in found} == set(PLEDGES)
    assert len(found) == 351 - 57 - 100  # but for the publications, and the entries on names and descriptions
    return found


@pytest.fixture
def pieces(statements):
    """Every piece of evidence, with the key of its entry."""
    found = [(update.entry.key, update, piece) for update in statements for piece in update.evidence.all()]
    assert len(found) == 198
    return found


def days_in_address(url):
    days = [(int(year), int(month), int(day)) for year, month, day in DAY_IN_ADDRESS.findall(url)]
    days += [(2000 + int(year), int(month), int(day)) for year, month, day in DAY_OF_SHINE.findall(url)]
    return [date(*day) for day in days]


def test_the_days_in_addresses_are_read():
    assert days_in_address("https://culture.china.com/art/music/11170653/20191104/37349049.html") == [date(2019, 11, 4)]
    assert days_in_address("https://example.org/2023/06/05/") == days_in_address(
        "https://www.shine.cn/news/metro/2306051582/"
    )
    assert days_in_address("http://en.people.cn/n3/2024/0426/c90000-20162167.html") == [date(2024, 4, 26)]
    assert days_in_address("http://jjdf.chinadevelopment.com.cn/xw/2024/04/1892949.shtml") == []


def test_every_statement_traces_to_an_entry_with_a_source(statements):
    for update in statements:
        key = update.entry.key
        assert key.startswith(f"{update.commitment.reference}/")
        if update.kind == "check":
            assert "in English and Chinese" in update.searched, key
            assert "To look in next: " in update.searched or "look there" in update.searched, key
        else:
            assert update.note or update.basis == "release", key
            assert update.evidence.all(), key
            assert all(piece.url.startswith(("http://", "https://")) for piece in update.evidence.all()), key
            assert all(piece.title and piece.publisher for piece in update.evidence.all()), key


def test_what_a_page_says_of_the_status_is_what_a_report_of_it_says(statements):
    reports = [update for update in statements if update.kind == "report"]
    for commitment in as_of():
        state = commitment.state
        own = [update for update in reports if update.commitment_id == commitment.pk]
        said = {(update.status, str(update.date), update.note) for update in own}
        assert (state.status, str(state.status_on), state.note) in (said or {("no_report", "None", "")}), commitment
        assert {*state.evidence_urls.split()} <= {piece.url for update in own for piece in update.evidence.all()}


def test_evidence_is_dated_as_its_page_and_never_before_the_fact(pieces):
    before_the_fact = [key for key, update, piece in pieces if piece.date and piece.date.last < update.date.first]
    assert before_the_fact == []
    other_days = {
        key
        for key, _update, piece in pieces
        for day in days_in_address(piece.url)
        if not piece.date or not piece.date.first <= day <= piece.date.last
    }
    assert other_days == set(OTHER_DAYS)
    other_months = {
        key
        for key, _update, piece in pieces
        for year, month in MONTH_IN_ADDRESS.findall(piece.url)
        if not str(piece.date or "").startswith(f"{year}-{month}")
    }
    assert other_months <= set(OTHER_DAYS)


def test_no_report_is_dated_earlier_than_what_its_source_tells(statements):
    issued = date.fromisoformat(RELEASE["issued_on"])
    reports = [update for update in statements if update.kind == "report" and update.basis != "release"]
    dated = {
        update.entry.key: [piece.date for piece in update.evidence.all() if piece.relation == "direct" and piece.date]
        for update in reports
    }
    assert {
        update.entry.key: str(update.date) for update in reports if not dated[update.entry.key]
    } == DATED_BY_THEIR_TEXT
    for update in reports:
        pages = dated[update.entry.key]
        assert update.date.first >= issued, update.entry.key
        # Nothing is reported before it happened, nor more than a month after it.
        assert all(page.last >= update.date.first for page in pages), update.entry.key
        assert all(page.first - update.date.last <= timedelta(days=31) for page in pages), update.entry.key


def test_undated_evidence_is_marked_on_its_page_and_no_other(pieces, client):
    assert sum(not piece.date for _key, _update, piece in pieces) == 50
    # A page that several updates rest on stands once among the evidence.
    wanted = {(update.commitment.reference, piece.url, not piece.date) for _key, update, piece in pieces}
    shown = Counter()
    for reference in PLEDGES:
        main = main_element(client.get(f"/commitments/{reference}/"))
        for piece in find_all(find_all(main, "section", **{"aria-labelledby": "evidence"})[0], "li"):
            [(url, title)] = link_texts(piece).items()
            facts = visible_text(piece).removeprefix(title)
            shown[reference, unescape(url), ", undated;" in facts] += 1
    assert shown == Counter(wanted)


def test_evidence_of_a_listed_source_has_the_class_of_the_list(pieces):
    lookup = NewsSourceLookup()
    listed = [(key, lookup.find(piece.publisher), piece) for key, _update, piece in pieces]
    assert {key for key, source, piece in listed if source and source.source != piece.source} == set()
    assert all(recorded_under_another_class(source) == [] for source in lookup.sources)


def test_nothing_is_independent_that_names_the_parties_or_state_media(pieces):
    names = [item["name"] for item in DATA["news_sources"] if item["source"] != "independent"]
    naming = {
        (key, piece.relation)
        for key, _update, piece in pieces
        for name in names
        if piece.source == "independent" and re.search(rf"\b{re.escape(name)}\b", piece.publisher, re.IGNORECASE)
    }
    # RTHK's text on a page of am730: gathered as the word of am730, which prints it. It moves no status.
    assert naming == {("BR-03/11", "related")}


def test_no_party_to_a_pledge_is_independent_of_it(pieces):
    names = {body["slug"]: {body["name"], body["short_name"]} - {""} for body in DATA["organisations"]}
    for key, update, piece in pieces:
        pledge = PLEDGES[update.commitment.reference]
        parties = {name for slug in (*pledge["owners"], *pledge["partners"]) for name in names[slug]}
        assert piece.source != "independent" or piece.publisher.partition(" (")[0] not in parties, key


def test_no_status_rests_on_a_mirror_alone(statements):
    for update in statements:
        if update.kind == "report":
            copies = {piece.copy for piece in update.evidence.all() if piece.relation == "direct"}
            assert copies - {"mirror"}, update.entry.key


def test_direct_evidence_moves_a_status_but_where_it_is_said_why_not(pieces):
    reported = {commitment.reference for commitment in as_of() if commitment.state.status != "no_report"}
    direct = [(key, update) for key, update, piece in pieces if piece.relation == "direct"]
    assert {update.commitment.reference for _key, update in direct} == reported
    assert {key for key, update in direct if update.kind == "context"} == set(DIRECT_BUT_CONTEXT)


# Short titles


@pytest.mark.parametrize(("language", "longest"), [("en", 28), ("zh-hant", 10), ("zh-hans", 10)])
def test_each_has_a_short_title_of_its_own_that_fits(language, longest):
    commitments = list(Commitment.objects.public())
    titles = [one.short_title if language == "en" else one.translation("short_title", language) for one in commitments]
    assert [title for title in titles if not 0 < len(title) <= longest] == []
    assert (len(titles), len(set(titles))) == (57, 57)


def test_a_short_title_has_two_to_four_words():
    titles = Commitment.objects.public().values_list("short_title", flat=True)
    assert [title for title in titles if not 2 <= len(title.split()) <= 4] == []


# Counts as of six days


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("day", "no_report", "in_progress", "completed"),
    [
        ("2018-08-23", 0, 0, 0),  # the release is not out
        ("2018-08-24", 41, 0, 11),  # ten agreements and the portal, by its own statement
        ("2018-11-30", 36, 3, 13),  # BR-01 and ED-02 completed; CU-06, FM-01 and HE-01 begun
        ("2019-12-31", 33, 5, 14),  # CU-06 completed; CU-08, CU-10 and LE-01 begun
        ("2021-08-30", 32, 6, 14),  # FI-05 begun
        # CU-07 completed; BR-03, BR-04, CT-01, CT-02, FI-01 to FI-03, FI-07, LE-03, LE-04, OT-01, OT-03 and YD-01 to
        # YD-03 begun
        ("2026-11-29", 16, 21, 15),
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
def test_news_of_most_that_go_on_is_old_and_of_two_there_is_none():
    counts = Counter(as_of().counted().values_list("freshness", flat=True))
    assert counts == {"stale": 27, "settled": 15, "ageing": 8, "never": 2}
    never = as_of().filter(freshness="never").values_list("reference", flat=True)
    assert set(never) == {"AV-04", "IT-04"}


@pytest.mark.postgresql
def test_so_many_pledges_rest_on_whose_word():
    counts = Counter(as_of().counted().values_list("state__evidence", flat=True))
    assert counts == {"party": 17, "background": 14, "independent": 11, "state_media": 8, "none": 2}


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
def test_shanghai_week_2020_was_a_plan_and_came_late_by_at_least_1213_days():
    commitment = the("CU-07")
    assert (commitment.force, commitment.state.status, commitment.state.completed_on, commitment.state.evidence) == (
        "plan",
        "completed",
        parse_partial_date("2024-04-27"),
        "state_media",
    )
    assert (commitment.schedule, commitment.days_late, commitment.slip_days) == ("met_late", 1213, 0)
    assert "taken to fulfil the plan" in commitment.state.note
    assert "the day on which it opened was not seen" in commitment.state.note


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
    assert (commitment.state.last_checked_on, commitment.state.last_news_on) == (TODAY, None)


def test_worldskills_2021_is_the_date_of_an_event_and_the_liaison_is_unreported():
    commitment = the("PR-01")
    assert (commitment.deadline_basis, commitment.state.status, commitment.schedule) == (
        "event",
        "no_report",
        "unreported",
    )
    assert (commitment.state.evidence, commitment.state.last_news_on) == ("background", date(2026, 2, 5))
    text = " ".join(updates("PR-01", "context").values_list("note", flat=True))
    for word in ("put off", "2022", "cancelled", "award the 2026 competition to Shanghai", "22 to 27 September 2026"):
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


def test_stage_productions_went_both_ways_and_once_by_the_two_bodies_together():
    commitment = the("CU-08")
    assert (commitment.state.status, commitment.state.status_on, commitment.schedule) == (
        "in_progress",
        parse_partial_date("2024-08-02"),
        "no_deadline",
    )
    assert commitment.state.evidence == "state_media"  # of 2019: the agencies' reports of 2024 stand on mirrors
    assert "the other was found for 1 November 2019, without the two named bodies together" in commitment.state.note
    before = the("CU-08", date(2024, 8, 1)).state
    assert (before.status, before.status_on) == ("in_progress", parse_partial_date("2019-11-01"))
    assert "that the two named bodies presented together is not stated" in before.note


def test_firms_of_each_city_were_encouraged_by_either_side():
    state = the("BR-03").state
    dates = [str(update.date) for update in updates("BR-03", "report")]
    assert sorted(dates) == ["2023-06-03", "2024-11-05", "2025-11-05"]
    assert (state.status, state.status_on, state.evidence, state.last_news_on) == (
        "in_progress",
        parse_partial_date("2025-11-05"),
        "independent",
        date(2026, 4, 13),
    )


def test_financial_technology_is_in_progress_by_a_memorandum_of_march_2026():
    state = the("FI-07").state
    assert (state.status, state.status_on, state.evidence) == (
        "in_progress",
        parse_partial_date("2026-03-02"),
        "independent",
    )
    assert "signed a memorandum on digitised cargo trade and finance" in state.note


def test_chinese_medicine_rests_on_the_visit_of_2018_alone():
    state = the("HE-01").state
    assert (state.status, state.status_on, state.evidence, state.last_news_on) == (
        "in_progress",
        parse_partial_date("2018-09-05"),
        "party",
        date(2025, 12, 11),
    )
    later = {update.entry.key: update.note for update in updates("HE-01", "context")}
    assert "it cannot be dated and therefore moves no status" in later["HE-01/3"]
    assert "The partner is in Guangdong, not in Shanghai" in later["HE-01/5"]


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
