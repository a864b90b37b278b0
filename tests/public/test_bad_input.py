"""Questions that make no sense: 400 or 404 with a clear message, never a 500, never the unfiltered list.

What is read of a query string is read by one parser: its cases are tried on the parser itself, and each address that
uses it is asked one question that makes no sense.
"""

from datetime import date

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client

from commitments.models import Commitment
from commitments.public.commitment_list import PANEL
from commitments.query.filters import CommitmentFilter, PeriodFilter, list_params, period_params
from commitments.query.forms import DayForm
from tests import factories
from tests.helpers.days import NOW
from tests.helpers.html import find_all, main_element, parse_page, visible_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
TODAY = date(2026, 11, 29)
LIST, CSV = "/commitments/", "/commitments.csv"
PROGRESS, PROGRESS_CSV, PROGRESS_XLSX = "/reports/progress/", "/reports/progress.csv", "/reports/progress.xlsx"
OF_A_DAY = [
    "/",
    LIST,
    CSV,
    "/commitments/CU-06/",
    "/areas/culture/",
    "/organisations/hksarg/",
    "/releases/4th-plenary-2018/",
    "/repeated/",
    "/timeline/",
    "/updates/",
    "/updates.atom",
    "/commitments/CU-06.csv",
    "/commitments/CU-06.atom",
    "/organisations/hksarg.atom",
    "/deadlines.ics",
    "/commitments/CU-06.ics",
    "/about/",
    "/data/",
    "/data/datapackage.json",
    "/data/updates.csv",
    "/commitments.xlsx",
    "/commitments.json",
    "/about/design/",
    "/api/v1/docs/",
    "/ledger/",
    "/report-an-error/",
]
OF_A_PERIOD = [PROGRESS, PROGRESS_CSV, PROGRESS_XLSX]
LONG = "a" * 10_000


@pytest.fixture
def client():
    """A client that answers with a 500 where the application fails, as a server does."""
    return Client(raise_request_exception=False)


@pytest.fixture(scope="module", autouse=True)
def published(module_db):
    """A release with one commitment, which no answer here may show."""
    with time_machine.travel(NOW, tick=False):
        release = factories.ReleaseFactory(slug="4th-plenary-2018")
        area = factories.AreaFactory(slug="culture")
        release.sections.create(position=1, heading="Culture", area=area)
        owner = factories.OrganisationFactory(slug="hksarg")
        fields = {"reference": "CU-06", "title": "Hold a week", "quote": "will hold a week", "deadline": "2019"}
        commitment = factories.published(release=release, area=area, owners=[owner], **fields)
        factories.record("report", commitment)


def assert_it_shows_nothing(answer):
    """No commitment's title, and no table."""
    body = b"".join(answer).decode()
    assert [title for title in Commitment.objects.values_list("title", flat=True) if title in body] == []
    assert "<table" not in body


def errors(question, parser=CommitmentFilter):
    """What a parser finds wrong with a query string, by name; and then it finds nothing."""
    filters = parser(QueryDict(question), TODAY)
    assert filters.is_valid() or list(filters.qs) == []
    return {name: " ".join(map(str, messages)) for name, messages in filters.form.errors.items()}


# What the parser refuses

# query: what its message says
WRONG = {
    "status=finished": "no_report, not_started, in_progress, completed, stopped",
    "status=completed&status=finished": "“finished” is not one of the values allowed",
    "status=COMPLETED": "“COMPLETED” is not one of the values allowed",
    "status=completed,stopped": "“completed,stopped” is not one of the values allowed",
    "schedule=late": "ended, no_deadline, met, met_late, overdue, unreported, due_soon, upcoming",
    "evidence=rumour": "none, background, party, state_media, independent",
    "freshness=new": "never, fresh, ageing, stale, settled",
    "area=atlantis": "culture",
    "owner=nobody": "hksarg",
    "partner=nobody": "hksarg",
    "side=left": "hong_kong, shanghai, both, national, other",
    "kind=wish": "agreement, action, continuing, target, done_at_release",
    "level=high": "primary, aim, umbrella",
    "release=5th": "4th-plenary-2018",
    "deadline_from=soon": "“soon” is not a date that exists",
    "deadline_to=2018-H3": "half-year (2018-H1)",
    "sort=size": "reference, title, deadline, status, schedule, last_entry, last_news",
    "sort=--title": "is not one of the values allowed",
    "page=0": "greater than or equal to 1",
    "page=1.5": "whole number",
    "per_page=101": "less than or equal to 100",
    "per_page=0": "greater than or equal to 1",
    f"q={LONG}": "at most 200 characters",
}
IMPOSSIBLE_DAYS = {
    "2019-02-30": "day that exists",
    "2018": "day that exists",
    "2018-11": "day that exists",
    "yesterday": "day that exists",
    "24/08/2018": "day that exists",
    "2021-08-30T00:00": "day that exists",
    "20210830": "day that exists",
    "0000-00-00": "day that exists",
    "99999-01-01": "day that exists",
    "0001-01-01": "lies too far back",
    "2026-11-30": "lies in the future",
    "9999-12-31": "lies in the future",
    LONG: "day that exists",
    "2021-08-30%00": "day that exists",
    "%FF": "day that exists",
    "2021-08-30'--": "day that exists",
}
# No text in UTF-8, or none that a database takes; and the last code points that there are.
HOSTILE = ["%00", "x%00y", "%FF%FE", LONG, "%F0%9F%98%80%EF%BF%BF"]
ONE_VALUE = ["q", "deadline_from", "deadline_to", "as_of", "sort", "page", "per_page"]


@pytest.mark.parametrize("query", WRONG)
def test_a_wrong_value_is_refused_and_the_message_says_what_is_allowed(query):
    [(name, message)] = errors(query).items()
    assert name == query.partition("=")[0]
    assert WRONG[query] in message


def test_what_is_wrong_is_told_of_each_name_at_once():
    assert set(errors("status=finished&owner=nobody&as_of=soon&level=primary")) == {"status", "owner", "as_of"}


def test_a_day_that_cannot_be_is_no_day():
    messages = {
        day: str(DayForm.from_query(QueryDict(f"as_of={day}"), TODAY).errors.get("as_of")) for day in IMPOSSIBLE_DAYS
    }
    assert [day for day, message in IMPOSSIBLE_DAYS.items() if message not in messages[day]] == []


def test_a_day_from_1900_to_today_is_one():
    days = ["1900-01-01", "2026-11-29", "%202018-08-24"]
    assert [day for day in days if not DayForm.from_query(QueryDict(f"as_of={day}"), TODAY).is_valid()] == []


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("parser", "names"),
    [(CommitmentFilter, list_params()), (PeriodFilter, period_params())],
    ids=["list", "report"],
)
def test_every_parameter_stands_null_bytes_broken_utf_8_and_length(parser, names):
    taken = {(name, value) for name in names for value in HOSTILE if name not in errors(f"{name}={value}", parser)}
    # Words that are merely strange are looked for, and not found.
    assert taken == {("q", value) for value in HOSTILE if value.startswith("%F")}


@pytest.mark.postgresql
def test_words_that_are_merely_strange_are_looked_for_and_not_found():
    for value in ("%FF%FE", "a" * 200, "%F0%9F%98%80%EF%BF%BF"):
        filters = CommitmentFilter(QueryDict(f"q={value}"), TODAY)
        assert filters.is_valid(), value
        assert list(filters.qs) == [], value


def test_a_parameter_that_takes_one_value_is_refused_twice():
    """Whichever of two searches were taken, the other would be passed over unsaid."""
    values = {"q": ("hold", "week"), "sort": ("title", "deadline"), "page": (2, 1), "per_page": (5, 10)}
    pairs = {name: values.get(name, ("2019-01-01", "2020-01-01")) for name in ONE_VALUE}
    messages = errors("&".join(f"{name}={value}" for name, pair in pairs.items() for value in pair))
    assert messages == dict.fromkeys(ONE_VALUE, "Ask for one value only.")


def test_a_report_takes_one_of_each_of_its_days_and_one_breakdown():
    messages = errors("from=2019-01-01&from=2019-01-02&to=2020-01-01&to=2021-01-01&by=area&by=side", PeriodFilter)
    assert messages == dict.fromkeys(("from", "to", "by"), "Ask for one value only.")


# What each address makes of it


def test_a_day_that_cannot_be_is_refused_on_every_page(client):
    for address in OF_A_DAY:
        answer = client.get(f"{address}?as_of=yesterday")
        assert (answer.status_code, "Write a day that exists" in answer.text) == (400, True), address
        assert_it_shows_nothing(answer)


@pytest.mark.parametrize("address", [LIST, CSV, *OF_A_PERIOD, "/timeline/", "/updates.atom", "/deadlines.ics"])
def test_a_wrong_value_is_refused_wherever_there_is_a_filter(client, address):
    answer = client.get(f"{address}?status=finished&q=%00")
    assert answer.status_code == 400
    assert "“finished” is not one of the values allowed" in answer.text
    assert_it_shows_nothing(answer)


@pytest.mark.postgresql
@pytest.mark.parametrize(("address", "names"), [(LIST, list_params()), (PROGRESS, period_params())])
@pytest.mark.parametrize("value", ["%00", "%FF%FE", LONG])
def test_a_page_shows_again_whatever_it_was_asked_for(client, address, names, value):
    answer = client.get(address + "?" + "&".join(f"{name}={value}" for name in names))
    assert answer.status_code == 400
    assert_it_shows_nothing(answer)


@pytest.mark.postgresql
def test_the_first_day_that_can_be_asked_for_is_before_everything(client):
    for address in OF_A_DAY:
        answer = client.get(f"{address}?as_of=1900-01-01")
        assert answer.status_code == (404 if "-06" in address or "/releases/" in address else 200), address
        assert b"Hold a week" not in b"".join(answer), address


@pytest.mark.parametrize("address", ["/", LIST, "/timeline/", "/updates/", PROGRESS])
def test_a_name_that_our_code_uses_for_itself_is_passed_over_like_any_other(client, address):
    names = ["query", "self", "request", "data", "values", "template", "day", "status_code"]
    assert client.get(address + "?" + "&".join(f"{name}=1" for name in names)).status_code == 200


@pytest.mark.parametrize("address", ["/", LIST, CSV, PROGRESS_XLSX, "/nothing-here/", "/updates.atom"])
def test_a_question_of_too_many_parts_is_answered_with_a_page_of_ours(client, address):
    answer = client.get(f"{address}?{'&' * 1001}")
    assert answer.status_code == 400
    assert "too many parts" in answer.text


@pytest.mark.postgresql
@pytest.mark.parametrize("page", ["2", "9" * 30])
def test_a_page_beyond_the_last_is_refused(client, page):
    answer = client.get(f"{LIST}?page={page}")
    assert answer.status_code == 400
    assert "There is no page" in answer.text
    assert_it_shows_nothing(answer)


@pytest.mark.postgresql
@pytest.mark.parametrize("page", ["0", "-1", "abc", "9" * 30, LONG, "%00"])
def test_a_page_of_updates_that_does_not_exist_is_refused(client, page):
    answer = client.get(f"/updates/?page={page}")
    assert answer.status_code == 400
    assert "There is 1 page." in visible_text(main_element(answer))
    assert_it_shows_nothing(answer)


@pytest.mark.parametrize("query", ["entry=report&entry=check", "page=1&page=2", "entry=rumour"])
def test_updates_of_a_kind_that_is_none_and_two_at_once_are_refused(client, query):
    assert client.get(f"/updates/?{query}").status_code == 400


# How the list tells it


def test_the_message_stands_in_the_error_element_of_a_field_with_choices(client):
    assert len(PANEL) == 15
    page = main_element(client.get(LIST + "?" + "&".join(f"{name}=wrong" for name in PANEL)))
    for name in PANEL:
        [error] = find_all(page, "p", id=f"id_{name}_error")
        assert visible_text(error).startswith("“wrong” is not one of the values allowed here:"), name


def test_the_message_stands_in_the_error_element_of_a_field_to_type_in(client):
    typed = {"q": "a" * 201, "deadline_from": "soon", "deadline_to": "late", "as_of": "never", "per_page": "101"}
    page = main_element(client.get(LIST, typed))
    for name, value in typed.items():
        [error], [box] = find_all(page, "span", id=f"id_{name}_error"), find_all(page, "input", name=name)
        assert visible_text(error)
        assert f"id_{name}_error" in dict(box.attributes)["aria-describedby"]
        assert (dict(box.attributes)["aria-invalid"], dict(box.attributes)["value"]) == ("true", value)


@pytest.mark.parametrize(
    ("query", "problems"), [(f"status=wrong&q={LONG}&as_of=soon&per_page=0&page=0&sort=size", 6), ("page=99", 1)]
)
def test_the_summary_of_problems_links_to_fields_that_are_there(client, query, problems):
    page = main_element(client.get(f"{LIST}?{query}"))
    [summary] = find_all(page, "div", role="alert")
    targets = [dict(link.attributes)["href"].removeprefix("#") for link in find_all(summary, "a")]
    shown = [
        e
        for name in ("input", "select", "div", "span", "p", "form", "fieldset", "details")
        for e in find_all(page, name)
    ]
    there = {dict(e.attributes).get("id") for e in shown if dict(e.attributes).get("type") != "hidden"}
    assert len(targets) == problems
    assert set(targets) <= there


def test_a_wrong_sort_is_not_asked_for_again_by_the_form(client):
    page = main_element(client.get(f"{LIST}?sort=size"))
    assert not find_all(page, "input", name="sort", value="size")


def test_a_field_that_is_right_keeps_what_was_typed_beside_one_that_is_wrong(client):
    page = main_element(client.get(f"{LIST}?q=week&status=completed&as_of=soon"))
    assert find_all(page, "input", name="q", value="week")
    assert [dict(box.attributes)["value"] for box in find_all(page, "input") if "checked" in dict(box.attributes)] == [
        "completed"
    ]


def test_a_refusal_of_the_csv_is_plain_text_and_no_download(client):
    answer = client.get(f"{CSV}?status=finished")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Content-Disposition" not in answer.headers


def test_what_was_asked_for_wrongly_is_never_markup(client):
    hostile = "<script>alert(1)</script>"
    answer = client.get(LIST, dict.fromkeys(list_params(), hostile))
    assert answer.status_code == 400
    assert "&lt;script&gt;" in answer.text
    assert "<script>" not in answer.text
    assert parse_page(answer)


# Addresses that are none


PATHS = [
    "/commitments/XX-99/",
    "/commitments/xx-99/",
    "/commitments/CU-06/extra/",
    "/commitments/CU%0006/",
    "/commitments/CU-06%0A/",
    f"/commitments/{LONG}/",
    "/commitments/CU-٠٦/",
    "/commitments.csv/",
    "/areas/atlantis/",
    "/areas/cul%00ture/",
    "/areas/%FF/",
    "/organisations/nobody/",
    f"/organisations/{LONG}/",
    "/releases/5th/",
    "/%00",
    "/%FF",
    "/..%2f..%2fetc/passwd",
    "/static/%00",
    "/static/../manage.py",
    "/healthz/",
    "/favicon_ico",
]


@pytest.mark.postgresql
@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_path_is_not_found_and_says_so(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "There is no page at this address." in visible_text(main_element(answer))
    assert_it_shows_nothing(answer)


# What a public address can be asked at all


def test_a_public_page_can_only_be_read(client):
    read_only = [path for path in OF_A_DAY + OF_A_PERIOD if path != "/report-an-error/"]
    for address in [*read_only, "/healthz", "/readyz", "/favicon.ico", "/robots.txt", "/sitemap.xml"]:
        answer = client.post(address)
        assert (answer.status_code, answer.headers.get("Allow")) == (405, "GET, HEAD"), address


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_public_page_can_be_changed_by_no_other_method(client, method):
    answer = getattr(client, method)(LIST)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_whoever_posts_from_outside_is_told_that_a_public_page_can_only_be_read():
    """The check for forged requests stands before the page; it must not answer in its place."""
    assert Client(enforce_csrf_checks=True).post(LIST, {"q": "x"}).status_code == 405


def test_the_head_of_a_page_can_be_asked_for_alone(client):
    for address in OF_A_DAY + OF_A_PERIOD:
        answer = client.head(address)
        assert (answer.status_code, b"".join(answer)) == (200, b""), address
