"""Questions that make no sense: 400 or 404 with a clear message, never a 500, never the unfiltered list."""

import pytest
from django.test import Client

from commitments.filters import known_names, names_of_a_period
from commitments.models import Commitment
from tests import factories
from tests.helpers.html import every, main, read, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
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
LONG = "a" * 10_000


@pytest.fixture
def client():
    """A client that answers with a 500 where the application fails, as a server does."""
    return Client(raise_request_exception=False)


@pytest.fixture
def release(db):
    """A release with one commitment, which no answer here may show."""
    release = factories.ReleaseFactory(slug="4th-plenary-2018")
    area = factories.AreaFactory(slug="culture")
    release.sections.create(position=1, heading="Culture", area=area)
    owner = factories.OrganisationFactory(slug="hksarg")
    fields = {"reference": "CU-06", "title": "Hold a week", "quote": "will hold a week", "deadline": "2019"}
    one = factories.published(release=release, area=area, owners=[owner], **fields)
    factories.record("report", one)


def assert_it_shows_nothing(answer):
    """No commitment's title, and no table."""
    body = b"".join(answer).decode()
    assert [title for title in Commitment.objects.values_list("title", flat=True) if title in body] == []
    assert "<table" not in body


CHOICES = [
    "status",
    "schedule",
    "evidence",
    "freshness",
    "area",
    "owner",
    "partner",
    "side",
    "kind",
    "level",
    "release",
]
ONE_VALUE = ["q", "deadline_from", "deadline_to", "sort", "page", "per_page"]

# query: what its message says
WRONG = {
    "status=finished": "no_report, not_started, in_progress, completed, stopped",
    "status=completed&status=finished": "“finished” is not one of the values allowed",
    "status=COMPLETED": "“COMPLETED” is not one of the values allowed",
    "status=completed,stopped": "“completed,stopped” is not one of the values allowed",
    "schedule=late": "ended, no_deadline, met, met_late, overdue, unreported, due_soon, upcoming",
    "evidence=rumour": "none, party, independent",
    "freshness=new": "never, fresh, ageing, stale, settled",
    "area=atlantis": "culture",
    "owner=nobody": "hksarg",
    "partner=nobody": "hksarg",
    "side=left": "hong_kong, shanghai, both, national, other",
    "kind=wish": "agreement, action, continuing, target, done_at_release",
    "level=high": "primary, aim, umbrella",
    "release=5th": "4th-plenary-2018",
    "deadline_from=soon": "“soon” is not a date that exists",
    "deadline_from=2018-13": "month (2018-11)",
    "deadline_from=2019-02-30": "“2019-02-30” is not a date that exists",
    "deadline_to=2018-H3": "half-year (2018-H1)",
    "deadline_to=05/11/2018": "day (2018-11-05)",
    "deadline_to=0000": "“0000” is not a date that exists",
    "sort=size": "reference, title, deadline, status, schedule, last_entry",
    "sort=--title": "is not one of the values allowed",
    "page=0": "greater than or equal to 1",
    "page=-1": "greater than or equal to 1",
    "page=abc": "whole number",
    "page=1.5": "whole number",
    "per_page=0": "greater than or equal to 1",
    "per_page=101": "less than or equal to 100",
    "per_page=many": "whole number",
    f"q={LONG}": "at most 200 characters",
    "status=finished&owner=nobody&as_of=soon": "is not one of the values allowed",
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
    "2026-11-23": "lies in the future",
    "9999-12-31": "lies in the future",
    LONG: "day that exists",
    "2021-08-30%00": "",
    "%FF": "day that exists",
    "2021-08-30'--": "day that exists",
}


@pytest.mark.parametrize("address", [LIST, CSV])
@pytest.mark.parametrize("query", WRONG)
def test_a_wrong_value_is_refused_and_the_message_says_what_is_allowed(release, client, address, query):
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == 400
    assert WRONG[query] in answer.text
    assert_it_shows_nothing(answer)


@pytest.mark.parametrize("address", OF_A_DAY)
@pytest.mark.parametrize("day", IMPOSSIBLE_DAYS)
def test_a_day_that_cannot_be_is_refused_on_every_page(release, client, address, day):
    answer = client.get(f"{address}?as_of={day}")
    assert answer.status_code == 400
    assert IMPOSSIBLE_DAYS[day] in answer.text
    assert_it_shows_nothing(answer)


@pytest.mark.parametrize("address", [LIST, CSV])
@pytest.mark.parametrize("name", known_names())
@pytest.mark.parametrize("value", ["%00", "x%00y", "%FF%FE", LONG, "%F0%9F%98%80%EF%BF%BF"])
def test_every_parameter_stands_null_bytes_broken_utf_8_and_length(release, client, address, name, value):
    answer = client.get(f"{address}?{name}={value}")
    # Words that are merely strange are looked for, and not found.
    assert answer.status_code == (200 if name == "q" and value.startswith("%F") else 400)
    assert_it_shows_nothing(answer)


@pytest.mark.parametrize("address", [PROGRESS, PROGRESS_CSV, PROGRESS_XLSX])
@pytest.mark.parametrize("name", names_of_a_period())
@pytest.mark.parametrize("value", ["%00", "x%00y", "%FF%FE", LONG])
def test_every_parameter_of_a_report_stands_null_bytes_broken_utf_8_and_length(release, client, address, name, value):
    answer = client.get(f"{address}?{name}={value}")
    assert answer.status_code == (200 if name == "q" and value == "%FF%FE" else 400)
    if answer.status_code == 400:
        assert_it_shows_nothing(answer)


@pytest.mark.parametrize("address", ["/", LIST, "/timeline/", "/updates/", PROGRESS])
@pytest.mark.parametrize("name", ["query", "self", "request", "data", "values", "template", "day", "status_code"])
def test_a_name_that_our_code_uses_for_itself_is_passed_over_like_any_other(release, client, address, name):
    assert client.get(f"{address}?{name}=1").status_code == 200


@pytest.mark.parametrize("address", [LIST, CSV])
@pytest.mark.parametrize("name", ONE_VALUE)
def test_a_parameter_that_takes_one_value_is_refused_twice(release, client, address, name):
    """Whichever of two searches were taken, the other would be passed over unsaid."""
    values = {"q": ("hold", "week"), "sort": ("title", "deadline"), "page": (2, 1), "per_page": (5, 10)}
    first, second = values.get(name, ("2019-01-01", "2020-01-01"))
    answer = client.get(f"{address}?{name}={first}&{name}={second}")
    assert answer.status_code == 400
    assert_it_shows_nothing(answer)


@pytest.mark.parametrize("address", OF_A_DAY)
def test_two_days_are_no_question_on_any_page(release, client, address):
    answer = client.get(f"{address}?as_of=2019-01-01&as_of=2020-01-01")
    assert answer.status_code == 400
    assert_it_shows_nothing(answer)


@pytest.mark.parametrize("name", CHOICES)
def test_the_message_stands_in_the_error_element_of_a_field_with_choices(release, client, name):
    page = main(client.get(f"{LIST}?{name}=wrong"))
    [error] = every(page, "p", id=f"id_{name}_error")
    assert words(error).startswith("“wrong” is not one of the values allowed here:")


@pytest.mark.parametrize(
    ("name", "value"),
    [("q", "a" * 201), ("deadline_from", "soon"), ("deadline_to", "soon"), ("as_of", "soon"), ("per_page", "101")],
)
def test_the_message_stands_in_the_error_element_of_a_field_to_type_in(release, client, name, value):
    page = main(client.get(f"{LIST}?{name}={value}"))
    [error], [box] = every(page, "span", id=f"id_{name}_error"), every(page, "input", name=name)
    assert words(error)
    assert f"id_{name}_error" in dict(box.attributes)["aria-describedby"]
    assert dict(box.attributes)["aria-invalid"] == "true"
    assert dict(box.attributes)["value"] == value


@pytest.mark.parametrize(
    "query", ["status=wrong", "q=" + LONG, "as_of=soon", "per_page=0", "page=0", "sort=size", "page=99"]
)
def test_the_summary_of_problems_links_to_fields_that_are_there(release, client, query):
    page = main(client.get(f"{LIST}?{query}"))
    [summary] = every(page, "div", role="alert")
    targets = [dict(link.attributes)["href"].removeprefix("#") for link in every(summary, "a")]
    shown = [
        e for name in ("input", "select", "div", "span", "p", "form", "fieldset", "details") for e in every(page, name)
    ]
    there = {dict(e.attributes).get("id") for e in shown if dict(e.attributes).get("type") != "hidden"}
    assert targets
    assert set(targets) <= there


def test_a_wrong_sort_is_not_asked_for_again_by_the_form(release, client):
    page = main(client.get(f"{LIST}?sort=size"))
    assert not every(page, "input", name="sort", value="size")


def test_a_field_that_is_right_keeps_what_was_typed_beside_one_that_is_wrong(release, client):
    page = main(client.get(f"{LIST}?q=week&status=completed&as_of=soon"))
    assert every(page, "input", name="q", value="week")
    assert [dict(box.attributes)["value"] for box in every(page, "input") if "checked" in dict(box.attributes)] == [
        "completed"
    ]


@pytest.mark.parametrize("page", ["2", "1000000000", "9" * 30])
def test_a_page_beyond_the_last_is_refused(release, client, page):
    answer = client.get(f"{LIST}?page={page}")
    assert answer.status_code == 400
    assert "There is no page" in answer.text
    assert_it_shows_nothing(answer)


@pytest.mark.parametrize("page", ["0", "-1", "abc", "1.5", "1_0", "1000000000", "9" * 30, LONG, "%00", "%FF"])
def test_a_page_of_updates_that_does_not_exist_is_refused(release, client, page):
    answer = client.get(f"/updates/?page={page}")
    assert answer.status_code == 400
    assert "There is 1 page." in words(main(answer))
    assert_it_shows_nothing(answer)


PATHS = [
    "/commitments/XX-99/",
    "/commitments/cu-06/",
    "/commitments/CU-6/",
    "/commitments/CU-06/extra/",
    "/commitments/CU%0006/",
    "/commitments/CU-06%00/",
    "/commitments/CU-06%0A/",
    "/commitments/%FF/",
    f"/commitments/{LONG}/",
    f"/commitments/CU-{'0' * 10_000}6/",
    "/commitments/CU-٠٦/",
    "/commitments.xml",
    "/commitments.csv/",
    "/areas/atlantis/",
    "/areas/cul%00ture/",
    "/areas/%FF/",
    "/areas/CULTURE%20/",
    f"/areas/{LONG}/",
    "/organisations/nobody/",
    "/organisations/hks%00arg/",
    "/organisations/%FF/",
    f"/organisations/{LONG}/",
    "/releases/5th/",
    "/releases/4th%00/",
    "/releases/%FF/",
    f"/releases/{LONG}/",
    "/updates/2/",
    "/about/us/",
    "/%00",
    "/%FF",
    "/..%2f..%2fetc/passwd",
    "/static/%00",
    "/static/../manage.py",
    f"/{LONG}",
    "/healthz/",
    "/favicon_ico",
]


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_path_is_not_found_and_says_so(release, client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "There is no page at this address." in words(main(answer))
    assert_it_shows_nothing(answer)


@pytest.mark.parametrize("address", OF_A_DAY)
def test_the_first_day_of_the_calendar_is_a_day_before_everything(release, client, address):
    answer = client.get(f"{address}?as_of=0001-01-01")
    assert answer.status_code in (200, 400, 404)
    assert_it_shows_nothing(answer)


@pytest.mark.parametrize("address", [*OF_A_DAY, PROGRESS, PROGRESS_CSV, PROGRESS_XLSX])
def test_more_parameters_than_anybody_types_are_refused(release, client, address):
    answer = client.get(address + "?" + "&".join(f"as_of={n}" for n in range(1500)))
    assert answer.status_code == 400
    assert_it_shows_nothing(answer)


READ_ONLY = [
    address for address in [*OF_A_DAY, PROGRESS, PROGRESS_CSV, PROGRESS_XLSX] if address != "/report-an-error/"
]


@pytest.mark.parametrize("address", [*READ_ONLY, "/healthz", "/readyz", "/favicon.ico", "/robots.txt", "/sitemap.xml"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_public_page_can_only_be_read(release, client, address, method):
    answer = getattr(client, method)(address)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_whoever_posts_from_outside_is_told_that_a_public_page_can_only_be_read(release):
    """The check for forged requests stands before the page; it must not answer in its place."""
    assert Client(enforce_csrf_checks=True).post(LIST, {"q": "x"}).status_code == 405


@pytest.mark.parametrize("address", [*OF_A_DAY, PROGRESS, PROGRESS_CSV, PROGRESS_XLSX])
def test_the_head_of_a_page_can_be_asked_for_alone(release, client, address):
    answer = client.head(address)
    assert answer.status_code == 200
    assert b"".join(answer) == b""


def test_a_refusal_of_the_csv_is_plain_text_and_no_download(release, client):
    answer = client.get(f"{CSV}?status=finished")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Content-Disposition" not in answer.headers


def test_what_was_asked_for_wrongly_is_never_markup(release, client):
    hostile = "<script>alert(1)</script>"
    answers = [client.get(f"{LIST}?{name}={hostile}") for name in known_names()]
    assert [answer for answer in answers if "<script>" in answer.text] == []
    assert read(answers[0])


@pytest.mark.parametrize("address", ["/", LIST, CSV, "/nothing-here/", "/updates.atom", "/report-an-error/"])
def test_a_question_of_too_many_parts_is_answered_with_a_page_of_ours(release, client, address):
    answer = client.get(f"{address}?{'&' * 1001}")
    assert answer.status_code == 400
    assert "too many parts" in answer.text


@pytest.mark.parametrize("query", ["entry=report&entry=check", "page=1&page=2", "entry=rumour", "entry=%00"])
def test_updates_of_a_kind_that_is_none_and_two_at_once_are_refused(release, client, query):
    assert client.get(f"/updates/?{query}").status_code == 400
