"""The report between two days: the rules, the counts that must agree with the lists, the page and the file."""

import csv
import io
from datetime import date
from decimal import Decimal
from itertools import product
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from commitments.domain.choices import ANNOUNCED, Change, Kind, Status
from commitments.exports.progress import PERIOD_COLUMNS
from commitments.ledger.append import append_entries, new_publication, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, LedgerEntry, Organisation, Release
from commitments.query import period
from commitments.query.filters import CommitmentFilter, PeriodFilter, period_params, query_errors
from commitments.query.period import NOT_YET_PROMISED, classify_changes
from tests import factories
from tests.helpers.crowds import crowd, queries
from tests.helpers.days import NOW
from tests.helpers.html import find_all, link_texts, main_element, parse_page, visible_text

pytestmark = pytest.mark.usefixtures("the_day_is_fixed")
TODAY = date(2026, 11, 29)
PAGE, CSV, XLSX = "/reports/progress/", "/reports/progress.csv", "/reports/progress.xlsx"
DAYS = "from=2018-08-24&to=2021-08-30"
STARTS = [NOT_YET_PROMISED, *Status]

# The rules

EXPECTED = {
    ("no_report", "no_report"): "no_report",
    ("no_report", "not_started"): "other",
    ("no_report", "in_progress"): "started",
    ("no_report", "completed"): "completed",
    ("no_report", "stopped"): "stopped",
    ("not_started", "no_report"): "other",
    ("not_started", "not_started"): "",
    ("not_started", "in_progress"): "started",
    ("not_started", "completed"): "completed",
    ("not_started", "stopped"): "stopped",
    ("in_progress", "no_report"): "other",
    ("in_progress", "not_started"): "other",
    ("in_progress", "in_progress"): "",
    ("in_progress", "completed"): "completed",
    ("in_progress", "stopped"): "stopped",
    ("completed", "no_report"): "other",
    ("completed", "not_started"): "other",
    ("completed", "in_progress"): "other",
    ("completed", "completed"): "",
    ("completed", "stopped"): "stopped",
    ("stopped", "no_report"): "other",
    ("stopped", "not_started"): "other",
    ("stopped", "in_progress"): "other",
    ("stopped", "completed"): "completed",
    ("stopped", "stopped"): "",
    ("not_yet_promised", "no_report"): "newly_promised",
    ("not_yet_promised", "not_started"): "newly_promised",
    ("not_yet_promised", "in_progress"): "started newly_promised",
    ("not_yet_promised", "completed"): "completed newly_promised",
    ("not_yet_promised", "stopped"): "stopped newly_promised",
}


@pytest.mark.parametrize("start", STARTS)
def test_the_changes_of_every_pair_of_statuses(start):
    changes = {(start, str(end)): " ".join(classify_changes(start, end, "action", None)) for end in Status}
    assert changes == {pair: names for pair, names in EXPECTED.items() if pair[0] == start}


def test_no_pair_of_statuses_is_left_out():
    assert set(EXPECTED) == set(product(STARTS, Status))


@given(st.sampled_from(STARTS), st.sampled_from(Status), st.sampled_from(Kind), st.none() | st.integers(-999, 999))
def test_whatever_changed_its_status_is_explained_once_by_a_change_of_status(start, end, kind, slip_days):
    changes = classify_changes(start, end, kind, slip_days)
    assert changes == sorted(set(changes), key=list(Change).index)
    assert (Change.DEADLINE_MOVED in changes) == bool(slip_days)
    of_status = set(changes) - {Change.DEADLINE_MOVED, Change.NEWLY_PROMISED, Change.NO_REPORT}
    assert len(of_status) <= 1
    if start != end:
        assert of_status or Change.NEWLY_PROMISED in changes


def test_what_is_announced_as_done_is_newly_promised_and_no_progress():
    for kind in Kind:
        expected = [Change.NEWLY_PROMISED] if kind in ANNOUNCED else [Change.COMPLETED, Change.NEWLY_PROMISED]
        assert classify_changes(NOT_YET_PROMISED, "completed", kind, None) == expected, kind


def test_an_agreement_that_was_promised_before_is_completed_like_anything_else():
    assert {kind: classify_changes("in_progress", "completed", kind, None) for kind in Kind} == {
        kind: [Change.COMPLETED] for kind in Kind
    }


def test_a_deadline_moves_later_or_earlier():
    changes = [classify_changes("in_progress", "in_progress", "action", days) for days in (1, -1, 0, None)]
    assert changes == [["deadline_moved"], ["deadline_moved"], [], []]


# A small world


@pytest.fixture(scope="module")
def small_world(module_db):
    """Eleven commitments, at least one for each change, in two releases and two areas; an aim, and an umbrella."""
    with time_machine.travel(NOW, tick=False):
        make_the_world()


@pytest.fixture
def history(small_world, db):
    """What a test changes there is rolled back after it."""


@pytest.fixture
def report(history, client):
    """The page of the days above, asked for once."""
    if not ANSWERS:
        ANSWERS.append(page(client))
    return ANSWERS[0]


ANSWERS = []


def make_the_world():
    first = factories.ReleaseFactory(slug="first", issued_on="2018-08-24")
    second = factories.ReleaseFactory(slug="second", issued_on="2020-05-01")
    culture, trade = (factories.AreaFactory(slug=slug, name=slug.title()) for slug in ("culture", "trade"))
    arts = factories.OrganisationFactory(slug="arts", name="Office of Arts", side="hong_kong")
    city = factories.OrganisationFactory(slug="city", name="City", side="shanghai")

    def drafted(reference, release=first, area=culture, owners=(arts,), **fields):
        fields = {"title": f"Do {reference}"} | fields
        return factories.CommitmentFactory(reference=reference, release=release, area=area, owners=owners, **fields)

    target = {"target": Decimal(40), "unit": "people"}
    drafts = [
        drafted("AA-01", owners=[city, arts], deadline="2018", **target),
        drafted("AA-02", deadline="2019"),
        drafted("AA-03", area=None, kind="agreement"),
        drafted("AA-04", owners=[city]),
        drafted("AA-05", area=trade, owners=[], parties_as_stated="everyone", deadline="2020-Q1"),
        drafted("AA-06", level="aim"),
        drafted("AA-07", area=trade),
        drafted("BB-01", second, kind="agreement"),
        drafted("BB-02", second, trade, deadline="2022-03"),
        drafted("BB-03", second, level="umbrella"),
        drafted("BB-04", second, trade),
    ]
    append_entries([new_publication(draft, Actor(), recorded_at=factories.WHEN) for draft in drafts])
    public = Commitment.objects.in_bulk(field_name="reference")
    append_entries([factories.new("report", public[reference], **fields) for reference, fields in REPORTS])


REPORTS = [
    ("AA-01", {"date": "2018-07", "status": "in_progress", "achieved": "5"}),
    ("AA-01", {"date": "2019-11", "status": "completed", "achieved": "12.50", "note": "=Opened."}),
    ("AA-02", {"date": "2019-06", "deadline": "2020", "deadline_reason": "No room."}),
    ("AA-02", {"date": "2020-02", "deadline": "2020-H1", "deadline_reason": "A room, soon; or so.", "note": "Soon."}),
    ("AA-03", {"date": "2018-08-24", "status": "completed", "note": "Signed."}),
    ("AA-04", {"date": "2019", "status": "stopped", "stop_reason": "cancelled", "note": "Off."}),
    ("AA-07", {"date": "2018-08-20", "status": "in_progress"}),
    ("AA-07", {"date": "2019", "status": "not_started", "note": "Back to the drawing board."}),
    ("AA-07", {"date": "2022", "status": "completed"}),
    ("BB-01", {"date": "2020-05-01", "status": "completed", "note": "Signed."}),
    ("BB-02", {"date": "2020-06", "deadline": "2022-01", "deadline_reason": "Ahead of plan.", "note": "Begun."}),
    ("BB-03", {"date": "2021-08-30", "status": "completed", "note": "All of it."}),
]


def body(client, query=DAYS):
    answer = client.get(f"{CSV}?{query}")
    assert answer.status_code == 200, answer.content
    return b"".join(answer)


def rows(client, query=DAYS):
    """The file's rows, as a program reads them, by reference."""
    text = io.StringIO(body(client, query).decode("utf-8-sig"), newline="")
    return {row["reference"]: row for row in csv.DictReader(text, strict=True)}


def page(client, query=DAYS):
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    return answer


def section_element(answer, change):
    """The section of a change."""
    [block] = find_all(main_element(answer), "section", **{"aria-labelledby": change})
    return block


def section(answer, change):
    """The references in a section's rows, in their order."""
    block = section_element(answer, change)
    return [visible_text(find_all(row, "td")[0]) for table in find_all(block, "tbody") for row in find_all(table, "tr")]


def cells(table):
    """A table of numbers: heading to the row's numbers."""
    [inner] = find_all(table, "tbody")
    return {
        visible_text(find_all(row, "th")[0]): [int(visible_text(cell)) for cell in find_all(row, "td")]
        for row in find_all(inner, "tr")
    }


def tables(answer):
    """Matrix and breakdown."""
    return [cells(table) for table in find_all(main_element(answer), "table", _class="counts")]


URLS = "https://example.org/report,http://testserver/commitments"
WHOLE = (
    "\ufeffreference,title,release,area,kind,level,owners,sides,changes,status_start,status_end,status_on,stop_reason,"
    "deadline_start,deadline_end,slip_days,slip_reasons,days_late,achieved_start,achieved_end,target,unit,note,"
    "evidence_urls,url\r\n"
    "AA-01,Do AA-01,first,culture,action,primary,City; Office of Arts,hong_kong; shanghai,completed,in_progress,"
    f"completed,2019-11,,2018,2018,0,,305,5,12.5,40,people,'=Opened.,{URLS}/AA-01/\r\n"
    "AA-02,Do AA-02,first,culture,action,primary,Office of Arts,hong_kong,started; deadline_moved,no_report,"
    'in_progress,2020-02,,2019,2020-H1,182,"No room.; A room, soon; or so.",426,,,,,Soon.,'
    f"{URLS}/AA-02/\r\n"
    "AA-03,Do AA-03,first,,agreement,primary,Office of Arts,hong_kong,,completed,completed,2018-08-24,,,,,,,,,,,"
    f"Signed.,{URLS}/AA-03/\r\n"
    "AA-04,Do AA-04,first,culture,action,primary,City,shanghai,stopped,no_report,stopped,2019,cancelled,,,,,,,,,,"
    f"Off.,{URLS}/AA-04/\r\n"
    "AA-05,Do AA-05,first,trade,action,primary,,,no_report,no_report,no_report,,,2020-Q1,2020-Q1,0,,,,,,,,,"
    "http://testserver/commitments/AA-05/\r\n"
    "AA-06,Do AA-06,first,culture,action,aim,Office of Arts,hong_kong,no_report,no_report,no_report,,,,,,,,,,,,,,"
    "http://testserver/commitments/AA-06/\r\n"
    "AA-07,Do AA-07,first,trade,action,primary,Office of Arts,hong_kong,other,in_progress,not_started,2019,,,,,,,,,,,"
    f"Back to the drawing board.,{URLS}/AA-07/\r\n"
    "BB-01,Do BB-01,second,culture,agreement,primary,Office of Arts,hong_kong,newly_promised,not_yet_promised,"
    f"completed,2020-05-01,,,,,,,,,,,Signed.,{URLS}/BB-01/\r\n"
    "BB-02,Do BB-02,second,trade,action,primary,Office of Arts,hong_kong,started; deadline_moved; newly_promised,"
    f"not_yet_promised,in_progress,2020-06,,2022-03,2022-01,-59,Ahead of plan.,,,,,,Begun.,{URLS}/BB-02/\r\n"
    "BB-03,Do BB-03,second,culture,action,umbrella,Office of Arts,hong_kong,completed; newly_promised,not_yet_promised,"
    f"completed,2021-08-30,,,,,,,,,,,All of it.,{URLS}/BB-03/\r\n"
    "BB-04,Do BB-04,second,trade,action,primary,Office of Arts,hong_kong,newly_promised,not_yet_promised,no_report,"
    ",,,,,,,,,,,,,http://testserver/commitments/BB-04/\r\n"
)


@pytest.mark.postgresql
def test_the_whole_file_of_a_small_world(history, client):
    assert body(client).decode() == WHOLE


def test_each_section_lists_its_commitments_with_those_that_are_not_counted(report):
    assert {change: section(report, change) for change in Change} == {
        "completed": ["AA-01", "BB-03"],
        "started": ["AA-02", "BB-02"],
        "deadline_moved": ["AA-02", "BB-02"],
        "stopped": ["AA-04"],
        "newly_promised": ["BB-01", "BB-02", "BB-03", "BB-04"],
        "other": ["AA-07"],
        "no_report": ["AA-05", "AA-06"],
    }


def test_the_sections_stand_in_the_order_of_a_report(report):
    titles = [visible_text(title) for title in find_all(main_element(report), "h2")]
    assert titles == [
        "Summary",
        "Status at the start and at the end",
        "What changed, by area",
        "Delivered: 1",
        "Started: 2",
        "Slipped or brought forward: 2",
        "Stopped: 1",
        "Newly promised: 3",
        "Other changes: 1",
        "Still no evidence found: 1",
    ]


def test_the_summary_counts_pledges_and_leads_to_their_sections(report):
    [summary] = find_all(main_element(report), "ul", _class="key")
    links = find_all(summary, "a")
    assert {visible_text(link): dict(link.attributes)["href"] for link in links} == {
        "6 pledges at the start": "/commitments/?as_of=2018-08-24&level=primary",
        "3 newly promised": "#newly_promised",
        "1 delivered": "#completed",
        "1 of them late": "#completed",
        "2 started": "#started",
        "1 slipped": "#deadline_moved",
        "1 stopped": "#stopped",
        "1 still no evidence found": "#no_report",
    }


def test_what_was_done_when_announced_is_told_apart(report):
    assert "no progress since: 1 of the pledges at the start, 1 of the newly promised." in visible_text(
        main_element(report)
    )


MATRIX = {
    # no evidence found, not started, in progress, completed, stopped, all
    "not yet promised": [1, 0, 1, 1, 0, 3],
    "no evidence found": [1, 0, 1, 0, 1, 3],
    "not started": [0, 0, 0, 0, 0, 0],
    "in progress": [0, 1, 0, 1, 0, 2],
    "delivered": [0, 0, 0, 1, 0, 1],
    "stopped": [0, 0, 0, 0, 0, 0],
    "On 30 August 2021": [2, 1, 2, 3, 1, 9],
}


@pytest.mark.postgresql
def test_the_matrix_counts_pledges_by_their_status_on_both_days(report):
    assert tables(report)[0] == MATRIX


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("by", "expected"),
    [
        # pledges; completed, started, moved, stopped, newly promised, other, without evidence
        (
            "area",
            {
                "Culture": [4, 1, 1, 1, 1, 1, 0, 0],
                "Trade": [4, 0, 1, 1, 0, 2, 1, 1],
                "Outside the areas": [1] + [0] * 7,
            },
        ),
        (
            "owner",
            {
                "City": [2, 1, 0, 0, 1, 0, 0, 0],
                "Office of Arts": [7, 1, 2, 2, 0, 3, 1, 0],
                "No owner named": [1, 0, 0, 0, 0, 0, 0, 1],
            },
        ),
        (
            "side",
            {
                "Hong Kong": [7, 1, 2, 2, 0, 3, 1, 0],
                "Shanghai": [2, 1, 0, 0, 1, 0, 0, 0],
                "No owner named": [1, 0, 0, 0, 0, 0, 0, 1],
            },
        ),
    ],
)
def test_the_report_is_broken_down(history, client, by, expected):
    assert tables(page(client, f"{DAYS}&by={by}"))[1] == expected


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "query",
    [
        f"{DAYS}&by=owner",
        f"{DAYS}&area=culture&by=side",
        f"{DAYS}&owner=arts&by=owner",
        f"{DAYS}&status=completed&status=in_progress",
        f"{DAYS}&level=primary&level=aim&kind=action",
        "from=2018-08-01&to=2020-05-01",
        "",
    ],
)
def test_every_number_that_leads_to_a_list_is_what_the_list_counts(history, client, query):
    shown = main_element(page(client, query))
    to_lists = {
        (dict(link.attributes)["href"], visible_text(link))
        for place in (
            *find_all(shown, "ul", _class="key"),
            *find_all(shown, "table", _class="counts"),
            *find_all(shown, "p"),
        )
        for link in find_all(place, "a")
        if dict(link.attributes).get("href", "").startswith("/commitments/?") and visible_text(link)[0].isdecimal()
    }
    assert to_lists
    assert [pair for pair in to_lists if counted(pair[0]) != int(pair[1].split()[0])] == []


def counted(address):
    """How many commitments the list at this address finds."""
    question = CommitmentFilter(QueryDict(urlsplit(address.replace("&amp;", "&")).query), TODAY)
    assert question.is_valid(), address
    return question.qs.count()


def test_every_number_off_the_diagonal_leads_to_a_section_that_is_there(report):
    there = {dict(title.attributes).get("id") for title in find_all(main_element(report), "h2")}
    to_sections = {
        a.removeprefix("#")
        for a in link_texts(find_all(main_element(report), "table", _class="counts")[0])
        if a[0] == "#"
    }
    assert to_sections == {"completed", "started", "stopped", "newly_promised", "other", "no_report"}
    assert to_sections <= there


@pytest.mark.postgresql
def test_a_slip_is_told_with_its_days_and_every_reason(report):
    text = visible_text(main_element(report))
    assert "2019 → first half of 2020 182 days later" in text
    assert "June 2019: 2020. No room." in text
    assert "February 2020: first half of 2020. A room, soon; or so." in text
    assert "March 2022 → January 2022 brought forward by 59 days" in text


def test_what_was_delivered_late_says_so_with_its_verdict_though_no_deadline_moved(report):
    text = visible_text(main_element(report))
    assert "in progress, July 2018 → delivered late November 2019 Delivered late, in November 2019:" in text
    assert "At least 10 months after the time that was named, 2018." in text
    moved = visible_text(section_element(report, "deadline_moved"))
    assert "1 pledge was delivered late, whether or not its deadline was moved." in moved
    assert "1 pledge is past its deadline and not finished." in moved


def test_where_nothing_moved_and_nothing_is_late_the_report_says_none(history, client):
    moved = section_element(page(client, f"{DAYS}&q=AA-05"), "deadline_moved")
    assert visible_text(moved) == "Slipped or brought forward None."


def test_a_note_is_printed_whole_with_every_page_of_its_evidence(history, client):
    commitment, note = factories.published(), " ".join(f"Sentence {number}." for number in range(80))
    pages = [factories.evidence(url=f"https://example.org/{number}") for number in range(6)]
    factories.record(
        "report", commitment, date="2020", status="completed", note=f"{note} Mind the caveat.", evidence=pages
    )
    delivered = section_element(page(client, f"{DAYS}&q={commitment.reference}"), "completed")
    assert "Sentence 79. Mind the caveat." in visible_text(delivered)
    [evidence] = find_all(delivered, "ul", _class="evidence")
    assert list(link_texts(evidence)) == [row["url"] for row in pages]


def test_wide_tables_say_that_they_scroll_and_can_be_scrolled_by_keyboard(report):
    boxes = [dict(box.attributes) for box in find_all(main_element(report), "div", _class="scroll")]
    assert [(box["role"], box["tabindex"]) for box in boxes] == [("region", "0")] * 2
    assert [box["aria-label"] for box in boxes] == [
        visible_text(find_all(table, "caption")[0])
        for table in find_all(main_element(report), "table", _class="counts")
    ]
    assert visible_text(main_element(report)).count("This table scrolls sideways.") == 2


def test_owners_stand_by_their_full_names(history, client):
    Organisation.objects.filter(slug="arts").update(short_name="Arts")
    named = {visible_text(cell) for cell in find_all(section_element(page(client), "stopped"), "th", scope="row")}
    started = {visible_text(cell) for cell in find_all(section_element(page(client), "started"), "th", scope="row")}
    assert (named, "Do AA-02 Office of Arts" in started) == ({"Do AA-04 City"}, True)


def test_rows_lead_to_the_commitment_as_it_stood_at_the_end(history, client):
    texts = link_texts(main_element(page(client)))
    assert texts["/commitments/AA-01/?as_of=2021-08-30"] == "Do AA-01"
    assert link_texts(main_element(page(client, "")))["/commitments/AA-07/"] == "Do AA-07"


def test_an_empty_section_says_so_in_a_line_and_other_changes_are_left_out(history, client):
    answer = page(client, f"{DAYS}&q=AA-05")
    titles = [visible_text(title) for title in find_all(main_element(answer), "h2")][3:]
    assert titles == [
        "Delivered",
        "Started",
        "Slipped or brought forward",
        "Stopped",
        "Newly promised",
        "Still no evidence found: 1",
    ]
    assert [visible_text(paragraph) for paragraph in find_all(main_element(answer), "p")].count("None.") == 5


# The question


@pytest.mark.postgresql
def test_from_is_the_day_of_the_earliest_release_and_to_is_today(history, client):
    assert (
        visible_text(find_all(main_element(page(client, "")), "h1")[0])
        == "Progress from 24 August 2018 to 29 November 2026"
    )
    form = find_all(main_element(page(client, "")), "form")[0]
    shown = {dict(box.attributes)["name"]: dict(box.attributes)["value"] for box in find_all(form, "input")}
    assert shown == {"from": "2018-08-24", "to": "2026-11-29"}


@pytest.mark.postgresql
def test_from_is_the_day_before_where_no_release_was_out_before_to(history, client):
    assert visible_text(find_all(main_element(page(client, "to=2018-08-24")), "h1")[0]).startswith(
        "Progress from 23 August 2018"
    )


def test_where_no_release_is_out_the_report_is_empty(history, client):
    Release.objects.update(issued_on="2026-11-30")
    assert (
        visible_text(find_all(main_element(page(client, "")), "h1")[0])
        == "Progress from 28 November 2026 to 29 November 2026"
    )
    assert body(client, "").count(b"\r\n") == 1


@pytest.mark.postgresql
def test_what_was_promised_on_the_first_day_is_not_new(history, client):
    assert rows(client, "from=2018-08-23&to=2018-08-24")["AA-05"]["status_start"] == "not_yet_promised"
    assert rows(client, "from=2018-08-24&to=2018-08-25")["AA-05"]["status_start"] == "no_report"


@pytest.mark.postgresql
def test_a_release_that_was_issued_after_the_end_is_not_there(history, client):
    lines = rows(client, "from=2018-08-24&to=2020-04-30")
    assert set(lines) == {f"AA-0{n}" for n in range(1, 8)}
    assert lines["AA-07"]["status_end"] == "not_started"


@pytest.mark.postgresql
def test_the_filters_of_the_list_hold_as_of_the_end(history, client):
    assert set(rows(client, f"{DAYS}&status=not_started")) == {"AA-07"}
    assert set(rows(client, f"{DAYS}&schedule=overdue&owner=arts")) == {"AA-02"}
    assert set(rows(client, f"{DAYS}&release=second&area=trade")) == {"BB-02", "BB-04"}
    assert set(rows(client, f"{DAYS}&deadline_from=2021&q=BB")) == {"BB-02"}


def test_the_filter_is_kept_by_form_file_and_chips(history, client):
    shown = main_element(page(client, f"{DAYS}&by=side&area=culture&status=completed&utm_source=x"))
    hidden = [dict(box.attributes) for box in find_all(shown, "input", type="hidden")]
    assert [(box["name"], box["value"]) for box in hidden] == [("status", "completed"), ("area", "culture")]
    [file] = [address for address, label in link_texts(shown).items() if label == "Download as CSV"]
    assert sorted(parse_qsl(urlsplit(file.replace("&amp;", "&")).query)) == [
        ("area", "culture"), ("from", "2018-08-24"), ("status", "completed"), ("to", "2021-08-30"),
    ]  # fmt: skip
    assert client.get(file.replace("&amp;", "&")).status_code == 200
    assert [visible_text(chip).split(" ×")[0] for chip in find_all(find_all(shown, "ul", _class="chips")[0], "li")] == [
        "Remove: Status: delivered",
        "Remove: Area: Culture",
        "Clear all filters",
    ]


def test_the_list_leads_to_a_report_on_what_it_shows(history, client):
    shown = link_texts(
        main_element(client.get("/commitments/?area=culture&q=AA&sort=-title&as_of=2021-08-30&per_page=10"))
    )
    [address] = [address.replace("&amp;", "&") for address, label in shown.items() if "Progress report" in label]
    assert sorted(parse_qsl(urlsplit(address).query)) == [("area", "culture"), ("q", "AA"), ("to", "2021-08-30")]
    assert (
        visible_text(find_all(main_element(client.get(address)), "h1")[0])
        == "Progress from 24 August 2018 to 30 August 2021"
    )


WRONG = {
    "from=2018-02-30": "from: Write a day that exists, as 2021-08-30.",
    "to=soon": "to: Write a day that exists, as 2021-08-30.",
    "to=2026-11-30": "to: 2026-11-30 lies in the future. Ask for today or an earlier day.",
    "from=1899-12-31": "from: 1899-12-31 lies too far back. Ask for 1900-01-01 or later.",
    "to=0001-01-01": "to: 0001-01-01 lies too far back. Ask for 1900-01-01 or later.",
    "to=1900-01-01": "from: 1899-12-31 lies too far back. Ask for 1900-01-01 or later.",
    "from=2020-01-01&to=2020-01-01": "from: 2020-01-01 is not before 2020-01-01.",
    "from=2020-01-02&to=2020-01-01": "from: 2020-01-02 is not before 2020-01-01.",
    "from=2019-01-01&from=2020-01-01": "from: Ask for one value only.",
    "to=2019-01-01&to=2020-01-01": "to: Ask for one value only.",
    "by=colour": "by: “colour” is not one of the values allowed here: area, owner, side.",
    "status=finished": "status: “finished” is not one of the values allowed here: no_report, not_started",
    "release=second&to=2019-12-31": "release: “second” is not one of the values allowed here: first.",
    "from=%00": "from: Write a day that exists, as 2021-08-30.",
    f"to={'9' * 10_000}": "to: Write a day that exists, as 2021-08-30.",
}


def test_a_wrong_question_is_told_what_is_wrong(history):
    def messages(query):
        parameters = QueryDict(query)
        return query_errors(parameters, PeriodFilter(parameters, TODAY).form, period_params())

    assert [query for query in WRONG if not any(message.startswith(WRONG[query]) for message in messages(query))] == []


@pytest.mark.parametrize("query", ["from=2018-02-30", "by=colour", "from=%00"])
def test_a_wrong_question_is_refused_by_file_and_page_with_what_is_wrong(history, client, query):
    file, answer = client.get(f"{CSV}?{query}"), client.get(f"{PAGE}?{query}")
    assert (file.status_code, answer.status_code) == (400, 400)
    assert file.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert WRONG[query] in file.text
    assert WRONG[query].partition(": ")[2] in visible_text(main_element(answer))
    assert not find_all(main_element(answer), "table")
    assert parse_page(answer)


@pytest.mark.parametrize("name", ["from", "to"])
def test_the_message_stands_beside_the_day_that_is_wrong(history, client, name):
    shown = main_element(client.get(f"{PAGE}?{name}=soon"))
    [error], [box] = find_all(shown, "span", id=f"id_{name}_error"), find_all(shown, "input", name=name)
    assert visible_text(error) == "Write a day that exists, as 2021-08-30."
    assert dict(box.attributes)["aria-describedby"] == f"id_{name}_error"
    assert f"#id_{name}" in link_texts(find_all(shown, "div", role="alert")[0])


def test_an_unknown_name_is_passed_over_by_the_page_and_refused_by_the_file(report, client):
    names = ["as_of", "sort", "page", "per_page", "query", "utm_source"]
    query = "&".join([DAYS, *(f"{name}=1" for name in names)])
    assert visible_text(main_element(page(client, query))) == visible_text(main_element(report))
    answer, known = client.get(f"{CSV}?{query}"), ", ".join([*period_params(), "labels"])
    assert answer.status_code == 400
    assert answer.text == "".join(f"“{name}” is not a name known here. The names are: {known}.\n" for name in names)


def test_the_names_of_a_report_are_two_days_a_breakdown_and_the_filters():
    assert period_params()[:4] == ["from", "to", "by", "q"]
    assert {"as_of", "sort", "page", "per_page"}.isdisjoint(period_params())


# What leaves, and what it takes


def test_the_workbook_has_the_rows_of_the_csv_with_real_numbers_and_says_what_it_is(history, client):
    book = load_workbook(io.BytesIO(b"".join(client.get(f"{XLSX}?{DAYS}&owner=arts"))))
    header, *lines = book.worksheets[0].iter_rows(values_only=True)
    assert [row[0] for row in lines] == list(rows(client, f"{DAYS}&owner=arts"))
    slipped = dict(zip(header, lines[1], strict=True))
    assert (slipped["slip_days"], slipped["days_late"], slipped["deadline_end"]) == (182, 426, "2020-H1")
    facts = dict(book.worksheets[1].iter_rows(values_only=True, max_col=2))
    assert facts["Title"] == "Progress from 24 August 2018 to 30 August 2021"
    assert (facts["Filter"], facts["Rows"], facts["As of"]) == ("Organisation: Office of Arts", "9", "2021-08-30")


def test_columns_are_headed_by_labels_where_that_is_asked_for(history, client):
    header = body(client, f"{DAYS}&labels=1").decode("utf-8-sig").splitlines()[0]
    assert "Changes,Status at the start,Status at the end,Status on,Reason for stopping" in header
    assert len(set(header.split(","))) == len(PERIOD_COLUMNS)


def test_the_workbook_refuses_a_wrong_question_like_the_csv(history, client):
    answers = [client.get(f"{address}?from=soon&labels=maybe&x=1") for address in (CSV, XLSX)]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content


def test_the_file_tells_its_days_rows_and_the_head_of_the_ledger(history, client):
    answer = client.get(f"{CSV}?{DAYS}")
    assert len(b"".join(answer).splitlines()) == 12
    assert answer.headers["Content-Disposition"] == 'attachment; filename="progress-2018-08-24-2021-08-30.csv"'
    assert answer.headers["X-Row-Count"] == "11"
    assert len(answer.headers["X-Ledger-Head"]) == 64


@pytest.mark.postgresql
def test_a_retracted_report_moves_nothing_and_gives_no_reason(history, client):
    entry = LedgerEntry.objects.get(update__deadline_reason="A room, soon; or so.")
    append_entries([new_retraction(entry, "Another room.", Actor())])
    row = rows(client)["AA-02"]
    assert (row["deadline_end"], row["slip_days"], row["slip_reasons"]) == ("2020", "366", "No room.")


@pytest.mark.postgresql
def test_drafts_and_the_release_of_tomorrow_are_in_no_number_and_no_row(history, client):
    before = body(client, ""), visible_text(main_element(page(client, "")))
    factories.CommitmentFactory(reference="DR-01", release__slug="third")
    factories.published(reference="CC-01", release=factories.ReleaseFactory(issued_on="2026-11-30"))
    assert (body(client, ""), visible_text(main_element(page(client, "")))) == before


@pytest.mark.postgresql
def test_a_report_takes_no_more_queries_for_sixty_commitments_than_for_ten(history, client):
    def grow(numbers):
        commitments = crowd(numbers, owners=factories.OrganisationFactory.create_batch(3))
        slip = {"deadline": "2020", "deadline_reason": "Time."}
        append_entries([factories.new("report", commitment, date="2019", **slip) for commitment in commitments])
        return [queries(client, address) for address in (f"{PAGE}?{DAYS}&by=owner&q=thing", f"{CSV}?{DAYS}")]

    of_ten = grow(range(1, 11))
    assert grow(range(11, 61)) == of_ten
    assert max(of_ten) <= 12


def test_a_long_section_shows_its_first_and_leads_to_the_file_for_the_rest(history, client, monkeypatch):
    monkeypatch.setattr(period, "MAX_LINES", 3)
    answer = page(client)
    assert section(answer, "newly_promised") == ["BB-01", "BB-02", "BB-03"]
    assert visible_text(main_element(answer)).count("And 1 more: download all as CSV") == 1
    assert "Newly promised: 3" in visible_text(main_element(answer))


def test_search_engines_keep_the_page_itself_and_no_period_of_it(history, client):
    assert '<link rel="canonical" href="http://testserver/reports/progress/">' in client.get(PAGE).text
    assert '<meta name="robots" content="noindex">' in page(client).text
    assert "Disallow: /reports/progress/?" in client.get("/robots.txt").text


def test_other_pages_lead_to_the_report_up_to_their_day(history, client):
    assert 'href="/reports/progress/"' in client.get("/").text
    assert 'href="/reports/progress/?to=2021-08-30"' in client.get("/?as_of=2021-08-30").text
