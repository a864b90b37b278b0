"""Public answers are kept, and nothing kept is stale: every address, every thing that an answer is made of."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.http import HttpResponse, HttpResponseBase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commitments import urls
from commitments.ledger import triggers
from commitments.models import (
    Agreement,
    Area,
    Commitment,
    LedgerHead,
    NewsSource,
    Occasion,
    Organisation,
    Release,
    Section,
    Update,
)
from commitments.models.ledger import RECORD_VERSION_SQL, record_version
from commitments.web import page_cache
from commitments.web.page_cache import CACHE_CONTROL, get_or_make
from tests import factories
from tracker.environment import pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
NAMES = {"reference": "CU-06", "slug": "lcsd", "entry": "1", "section": "commitments", "elsewhere": "nothing/"}
SLUGS = {"area": "culture", "release": "4th-plenary-2018", "news_source": "xinhua"}
# Not the same for everybody, or not of the record: the form for errors, what one reader sent, what is never 200, and
# the list of heads, which changes without the record.
NOT_KEPT = {"report_error", "error_report_status", "csp_report", "healthz", "readyz", "favicon", "heads_txt", ""}


def address(pattern):
    """The address of a pattern, with what stands in the first release in its place."""
    path = "/" + str(pattern.pattern).removeprefix("^").removesuffix("$").replace("\\", "")
    kind = path.split("/")[1 if "api" not in path else 3].removesuffix("s")
    slug = SLUGS.get(kind, "lcsd")
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: slug if match[1] == "slug" else NAMES[match[1]], path)


ADDRESSES = [
    address(pattern)
    for pattern in [*urls.urlpatterns, *urls.without_language]
    if (pattern.name or "api") not in NOT_KEPT and "elsewhere" not in str(pattern.pattern)
]


@pytest.fixture
def addresses(release):
    """Every public address that is kept, each of something that is there."""
    return [path.replace("/updates/1/", f"/updates/{Update.objects.first().pk}/") for path in ADDRESSES]


def whole(answer):
    return b"".join(answer)


def get(client, path, **headers):
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer


@dataclass
class Asked:
    """One address, asked for once, again, and twice by somebody who has the answer."""

    first: HttpResponseBase
    content: bytes
    tables: set[str]
    again: HttpResponseBase
    content_again: bytes
    queries_again: list[str]
    with_the_answer: list[HttpResponse]


WALK: dict[str, Asked] = {}  # of the release, once for all that is claimed of it


@pytest.fixture
def walk(addresses, client, monkeypatch):
    """Every public address that is kept, and what was answered there."""
    monkeypatch.setattr(page_cache, "MAX_CACHED_BYTES", 1024 * 1024)
    for path in addresses:
        if path not in WALK:
            with CaptureQueriesContext(connection) as captured:
                first = get(client, path)
                content = whole(first)
            tables = {table for query in captured for table in TABLE.findall(query["sql"])}
            with CaptureQueriesContext(connection) as captured:
                again = get(client, path)
            sql = [query["sql"] for query in captured]
            has = {"if-none-match": first.headers["ETag"]}
            revalidations = [ask(path, headers=has) for ask in (client.get, client.head)]
            WALK[path] = Asked(first, content, tables, again, whole(again), sql, revalidations)
    return WALK


@pytest.mark.postgresql
def test_an_answer_is_made_once_and_is_the_same_again(walk):
    own = {"X-Request-ID": None}
    for path, visit in walk.items():
        headers = dict(visit.again.headers)
        assert (path, visit.content_again, headers.pop("X-Cache")) == (path, visit.content, "hit")
        assert visit.queries_again == [RECORD_VERSION_SQL], path
        assert headers | own == dict(visit.first.headers) | own, path


def test_whoever_has_the_answer_is_told_so_and_told_for_how_long(walk):
    for path, visit in walk.items():
        assert (path, visit.first.headers["Cache-Control"]) == (path, CACHE_CONTROL)
        for again in visit.with_the_answer:
            assert (path, again.status_code, again.content) == (path, 304, b"")
            for name in ("ETag", "Cache-Control"):
                assert again.headers[name] == visit.first.headers[name], path


@pytest.mark.postgresql
def test_a_304_takes_one_query_though_nothing_is_kept(release, client):
    first = get(client, "/commitments/")
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/commitments/", headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    assert [query["sql"] for query in captured] == [RECORD_VERSION_SQL]


def changed(model, **fields):
    def change():
        row = model.objects.first()
        type(row).objects.filter(pk=row.pk).update(**fields)

    return change


def in_sql(statement):
    def change():
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return change


CHANGES = {
    "an entry": lambda: factories.record("report", Commitment.objects.get(reference="AV-04"), date="2019"),
    "a rebuild": lambda: LedgerHead.objects.update(rebuilds=1),
    "an area": changed(Area, name="The arts"),
    "an area more": lambda: Area.objects.create(slug="sport", name="Sport", position=99),
    "an organisation": changed(Organisation, note="Merged."),
    "an organisation less": lambda: factories.OrganisationFactory().delete(),
    "a release": changed(Release, publisher="Somebody"),
    "a section": changed(Section, note="Added."),
    "an agreement": changed(Agreement, title="Another"),
    "a party to an agreement": lambda: Agreement.parties.through.objects.first().delete(),
    "an agreement's commitment": lambda: Agreement.commitments.through.objects.first().delete(),
    "a news source": changed(NewsSource, source="independent"),
    "an occasion": lambda: Occasion.objects.create(slug="a-day", day="2020-01-01", name="A day"),
    "an area, by the database itself": in_sql("UPDATE commitments_area SET position = position + 1"),
}


@pytest.mark.postgresql
@pytest.mark.parametrize("path", ["/commitments/CU-06/", "/api/v1/areas/"])
def test_nothing_kept_is_given_after_a_change_of_anything_that_it_tells(release, client, path):
    etag = get(client, path).headers["ETag"]
    for what, change in CHANGES.items():
        change()
        again = get(client, path, **{"if-none-match": etag})
        assert (what, "X-Cache" in again.headers, again.headers["ETag"] == etag) == (what, False, False)
        etag = again.headers["ETag"]


@pytest.mark.postgresql
def test_what_is_undone_is_not_kept_for_current(release, client):
    """The mark is random: a change taken back, as by a restored backup, is no way back to an old name."""
    marks = {record_version()}
    for position in (1, 2, 1, 2):
        Area.objects.filter(slug="culture").update(position=position)
        marks.add(record_version())
    assert len(marks) == 5


TABLE = re.compile(r'(?:FROM|JOIN) "?(\w+)\b(?!\()')  # not a function that gives rows
PROJECTED = {"commitment", "evidence", "ledgerentry", "ledgerhead", "ownership", "partnership", "state", "update"}
PROJECTED |= {"entitychange", "repetition"}
BESIDE = {"commitments_edition"}


@pytest.mark.postgresql
def test_an_answer_is_made_of_nothing_that_its_name_does_not_cover(walk):
    covered = {*(f"commitments_{name}" for name in PROJECTED), *triggers.EDITED_TABLES, *BESIDE}
    assert {path: visit.tables - covered for path, visit in walk.items() if visit.tables - covered} == {}
    assert "commitments_commitment" in walk["/commitments/"].tables


def test_at_midnight_in_hong_kong_the_answers_are_new(client, time_machine):
    commitment = factories.published(deadline="2026-11-29", deadline_basis="stated")
    factories.record("report", commitment, date="2026-10", status="in_progress")
    path = "/commitments.json?schedule=overdue"
    assert commitment.reference not in get(client, path).text
    time_machine.move_to(datetime(2026, 11, 29, 15, 59, 59, tzinfo=UTC))
    assert get(client, path).headers["X-Cache"] == "hit"
    time_machine.move_to(datetime(2026, 11, 29, 16, tzinfo=UTC))
    again = get(client, path)
    assert "X-Cache" not in again.headers
    assert commitment.reference in again.text


def test_answers_of_other_software_are_not_ours(release, client, settings):
    etag = get(client, "/").headers["ETag"]
    settings.MADE_BY = "the next"
    assert get(client, "/", **{"if-none-match": etag}).headers["ETag"] != etag


def test_while_the_software_is_written_nothing_is_kept(release, client, settings):
    settings.DEBUG = True
    etag = get(client, "/about/").headers["ETag"]
    again = get(client, "/about/", **{"if-none-match": etag})
    assert "X-Cache" not in again.headers


@pytest.mark.parametrize(
    "path", ["/report-an-error/", "/commitments/?status=wrong", "/nowhere/", "/commitments/XX-99/"]
)
def test_what_one_reader_gets_and_what_is_wrong_is_not_kept(release, client, path):
    first, again = client.get(path), client.get(path)
    assert "X-Cache" not in again.headers
    assert "ETag" not in first.headers


def test_what_staff_look_at_before_they_publish_is_not_kept(release, rf):
    request = rf.get(reverse("commitment", args=["CU-06"]))
    request.is_preview = True
    calls = []

    def make():
        calls.append(1)
        return page_cache.HttpResponse("a preview")

    assert [get_or_make(request, make).content for _twice in range(2)] == [b"a preview"] * 2
    assert len(calls) == 2


def test_a_long_file_is_streamed_and_not_kept(db, client, monkeypatch):
    monkeypatch.setattr(page_cache, "MAX_CACHED_BYTES", 500)
    factories.published(title="x" * 100)
    for _twice in range(2):
        answer = client.get("/ledger.jsonl")
        assert (answer.streaming, "X-Cache" in answer.headers) == (True, False)
        assert len(whole(answer)) > 500


def test_another_host_or_scheme_has_answers_of_its_own(release, client, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    texts = [client.get("/robots.txt", headers={"host": host}).text for host in settings.ALLOWED_HOSTS]
    texts.append(client.get("/robots.txt", headers={"host": "one.example"}, secure=True).text)
    assert len(set(texts)) == 3


def test_only_an_address_of_redis_is_taken_for_one():
    with pytest.raises(ImproperlyConfigured, match=r"CACHE_URL cannot be used\. Write redis://HOST:PORT/NUMBER"):
        pages("memcached://127.0.0.1")
