"""On PostgreSQL no page reads a whole table where an index serves: asked of the database itself, with EXPLAIN ANALYZE.

Beside a sample stands one commitment of which everything is rare: each filter finds it alone. Reading all of so small a
sample would be cheaper than any index, so PostgreSQL is told to think of that as dear, as it is with 100,000.
"""

import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.ledger.append import append_entries
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.ops.sample_data import make_sample
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
if connection.vendor != "postgresql":
    pytest.skip("plans are PostgreSQL's", allow_module_level=True)
API = "/api/v1/commitments/"
RARE = "/commitments/RR-01/"
# Words of two Latin letters no trigram finds; of Chinese, each character stands twice in what is searched.
WORDS = ["RR-01", "zebra", "斑馬保育", "斑马", "quagga", "Wharf", "zebra+quagga"]
HAN = ["斑馬", "斑马", "絕種", "碼頭"]  # of a title, of a note's translation, of an owner's name
QUESTIONS = [
    *(f"q={word}" for word in WORDS),
    "status=stopped",
    "evidence=independent&status=stopped",
    "area=rare",
    "owner=rare",
    "partner=rare-too",
    "kind=target",
    "level=umbrella",
    "release=rare",
    "deadline_from=2033&deadline_to=2033",
]
# Which areas and organisations there are is asked for each form. Of so few it is cheaper to read all than to look up.
READS = re.compile(r'\s*SELECT (?!"commitments_(area|organisation)")')
WITHOUT_COUNTS = [
    API,
    f"{API}?sort=-reference",
    f"{API}?sort=title",
    f"{API}?sort=-title",
    f"/zh-hant{API}?sort=title",
    f"/zh-hans{API}?sort=-title",
    "/api/v1/updates/",
    "/api/v1/evidence/",
    "/commitments/?per_page=10&page=3&sort=title",
    "/updates/",
    "/updates/?entry=report",
    "/updates.atom",
    "/areas/rare/",
    "/organisations/rare/",
]


@pytest.fixture(scope="module", autouse=True)
def made(django_db_setup, django_db_blocker):
    """Made once for the whole module, whose tests only read, and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        list(make_sample(200))
        one = factories.published(
            reference="RR-01",
            release=factories.ReleaseFactory(slug="rare"),
            area=factories.AreaFactory(slug="rare"),
            title="Count the zebra, 斑馬保育",
            kind="target",
            level="umbrella",
            deadline="2033",
            owners=[factories.OrganisationFactory(slug="rare", name="Wharf Society", name_zh_hans="码头学会")],
            partners=[factories.OrganisationFactory(slug="rare-too")],
        )
        source = factories.evidence(source="independent")
        stopped = {"status": "stopped", "stop_reason": "overtaken", "note": "The quagga is gone."}
        append_entries([factories.new("report", one, evidence=[source], **stopped)])
        said = NewTranslation(one, "zh-hant", "The quagga is gone.", "斑驢已經絕種。")
        record_translations([said], Actor())
        with connection.cursor() as cursor:
            for table in ("commitment", "update"):
                cursor.execute(f"SELECT gin_clean_pending_list('commitments_{table}_search_text')")
            cursor.execute("ANALYZE")
            for way in ("seqscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        Client().get("/commitments/")  # the list's index, which is kept, is made of all
        yield
        transaction.set_rollback(True)


def scans(plan):
    """Each table that a plan reads, and how many rows of it."""
    if "Relation Name" in plan:
        removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        yield plan["Relation Name"], (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    for part in plan.get("Plans", ()):
        yield from scans(part)


def reads_most_of(query):
    """The tables of which a query reads more than half, small ones apart."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query.replace('%', '%%')}", [])
        [plan] = cursor.fetchone()[0]
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE reltuples >= 100")
        most = {name: rows / 2 for name, rows in cursor.fetchall()}
    return {name for name, rows in scans(plan["Plan"]) if rows > most.get(name, rows)}


def whole_tables(client, address, *, counts=True):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    asked = [one["sql"] for one in captured if READS.match(one["sql"])]
    return {(name, sql) for sql in asked if counts or "COUNT(" not in sql for name in reads_most_of(sql)}


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_rare_is_found_without_reading_the_rest(client, question):
    assert [one["reference"] for one in client.get(f"{API}?{question}").json()["results"]] == ["RR-01"]
    assert whole_tables(client, f"{API}?{question}") == set()


@pytest.mark.parametrize("word", HAN)
def test_a_word_of_two_chinese_characters_is_found_without_reading_the_rest(client, word):
    for prefix in ("", "/zh-hant", "/zh-hans"):
        assert [one["reference"] for one in client.get(f"{prefix}{API}?q={word}").json()["results"]] == ["RR-01"]
        assert whole_tables(client, f"{prefix}{API}?q={word}") == set()


@pytest.mark.parametrize("address", [RARE, f"{RARE[:-1]}.atom", f"{RARE[:-1]}.ics", f"{RARE[:-1]}.csv", f"{API}RR-01/"])
def test_one_commitment_is_told_of_without_reading_the_rest(client, address):
    assert whole_tables(client, address) == set()


@pytest.mark.parametrize("address", ["/updates.atom", "/deadlines.ics", "/commitments/", "/timeline/"])
@pytest.mark.parametrize("question", ["q=quagga", "area=rare"])
def test_a_feed_and_a_page_of_little_read_little(client, address, question):
    assert whole_tables(client, f"{address}?{question}") == set()


@pytest.mark.parametrize("address", WITHOUT_COUNTS)
def test_the_first_page_of_much_reads_little_but_for_counting(client, address):
    assert whole_tables(client, address, counts=False) == set()


def test_the_second_page_of_the_api_begins_where_the_first_ended(client):
    following = client.get(f"{API}?sort=-title").json()["next"]
    assert whole_tables(client, following.removeprefix("http://testserver"), counts=False) == set()


@pytest.mark.parametrize("word", ["quagga", "斑馬"])
def test_without_its_index_a_word_is_looked_for_in_every_row(client, word):
    with transaction.atomic():
        connection.cursor().execute("DROP INDEX commitments_update_search_text")
        found = whole_tables(client, f"{API}?q={word}")
        transaction.set_rollback(True)
    assert {name for name, _sql in found} == {"commitments_update"}
