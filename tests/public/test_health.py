"""What the two addresses for machines say, and when."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from commitments.ledger import triggers
from commitments.public import health
from tests.helpers.postgresql import free_port
from tracker.environment import pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(monkeypatch):
    """The database does not answer."""

    def refuse(*args):
        raise OperationalError("connection to server at 10.1.2.3, user tracker, failed")

    monkeypatch.setattr(connection, "cursor", refuse)


@pytest.mark.postgresql
def test_where_all_is_there_it_is_alive_and_ready(client):
    assert client.get("/healthz").text == "ok"
    parts = ("database", "migrations", "triggers", "cache", "mail", "clock")
    ready = {"ready": True} | dict.fromkeys(parts, "ok")
    assert client.get("/readyz").json() == ready


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_neither_answer_is_kept_by_a_cache_or_takes_more_than_a_few_queries(
    client, address, django_assert_max_num_queries
):
    client.get(address)
    with django_assert_max_num_queries(5):
        answer = client.get(address)
    assert "no-store" in answer["Cache-Control"]


def test_a_database_that_is_gone_is_503_and_says_nothing_of_where_it_is(client, gone):
    client.raise_request_exception = False
    for address in ("/healthz", "/readyz"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert "10.1.2.3" not in answer.text
    assert answer.json() == {"ready": False, "database": "gone", "cache": "ok"}


@pytest.mark.postgresql
def test_a_migration_that_is_not_applied_is_named(client):
    MigrationRecorder(connection).record_unapplied("commitments", "0007_roles")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == ["commitments.0007_roles"]
    assert client.get("/healthz").status_code == 200


@pytest.mark.postgresql
def test_a_trigger_that_is_missing_is_named(client):
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else f" ON {triggers.ENTRIES}"
        cursor.execute(f"DROP TRIGGER ledger_no_delete{on}")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["triggers"] == ["ledger_no_delete"]


def test_without_its_cache_the_site_is_ready_nevertheless_and_says_so(client, settings):
    settings.CACHES = settings.CACHES | {"pages": pages(f"redis://127.0.0.1:{free_port()}/0")}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["cache"] == "gone"


def test_the_migrations_on_disk_are_read_once():
    assert health.known_migrations() is health.known_migrations()
