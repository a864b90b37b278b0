"""What happens when a part of an installation dies, fills up or goes away, with real processes.

What was acknowledged is there afterwards, public pages answer or say plainly that they cannot, and nobody has to do
anything but bring the part back: the server is never started again here, unless it is the part. The mail server's
moods are in test_reminders and test_sign_in, a killed server in test_processes.
"""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError

import psycopg
import pytest

from tests.helpers import installation as installations
from tests.helpers import postgresql as with_postgresql
from tests.helpers.desks import NOTHING, Desks, asked, said_plainly
from tests.helpers.installation import Installation
from tests.helpers.processes import notes_on_record
from tests.helpers.programs import program
from tests.helpers.staff import Staff, add_staff

pytestmark = pytest.mark.processes


def verified(installation):
    done = installation.run("verify_ledger")
    assert done.returncode == 0, done.stderr
    return True


# Killed


@pytest.fixture(scope="module")
def postgresql() -> Iterator[with_postgresql.Cluster]:
    """A cluster that may be killed."""
    if not with_postgresql.program("initdb"):
        pytest.skip("PostgreSQL is not installed. On Debian: apt-get install postgresql")
    with with_postgresql.cluster() as made:
        yield made


@pytest.fixture(scope="module")
def staffed(postgresql) -> Installation:
    """An installation with somebody of the staff on that cluster, to be copied."""
    made = Installation(installations.postgresql(postgresql.url, "staffed"))
    installations.fill(made)
    add_staff(made)
    return made


def test_what_was_acknowledged_survives_kill_9_of_postgresql_and_the_server_goes_on_by_itself(postgresql, staffed):
    killed = Installation(installations.postgresql(postgresql.url, "killed", like="staffed"))
    with psycopg.connect(postgresql.url, autocommit=True) as connection:
        # A database that was copied from another since the last checkpoint may give numbers of its sequences twice
        # after a crash: PostgreSQL copies a sequence as it stands, and writes down only every 32nd step of it.
        connection.execute("CHECKPOINT")
    with killed.serve() as server:
        desks = Desks([Staff(server) for _ in range(4)])
        with desks.publishing():
            postgresql.kill()
        assert [asked(server, address)[0] for address in ("/", "/commitments.csv", "/api/v1/", "/healthz")] == [503] * 4
        assert asked(server, "/")[1]["Retry-After"] == "30"
        with pytest.raises(HTTPError, match="503"):
            desks.desks[0].get("/admin/")
        postgresql.start()
        assert [asked(server, "/")[0] for _each_worker in range(8)] == [200] * 8
        assert desks.desks[0].publish(commitment=1, note="afterwards")
    on_record = notes_on_record(killed)
    assert {*desks.confirmed, "afterwards"} <= on_record
    assert not set(desks.refused) & on_record
    assert verified(killed)


class Redis:
    """One of our own on a free port, which may be killed and started again; it keeps nothing on the disk."""

    def __init__(self, folder):
        self.port = with_postgresql.free_port()
        self.command = [
            program("redis-server", "redis-server"),
            "--port",
            str(self.port),
            "--save",
            "",
            "--dir",
            folder,
        ]

    def start(self):
        self.process = subprocess.Popen([*self.command, "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL)
        for _attempt in range(100):
            with suppress(OSError):
                return socket.create_connection(("127.0.0.1", self.port)).close()
            time.sleep(0.05)
        raise AssertionError("Redis did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path):
    made = Redis(str(tmp_path))
    made.start()
    yield made
    made.kill()


@pytest.mark.postgresql
def test_without_redis_pages_are_answered_as_before_and_with_it_again_from_what_is_kept(installation, redis):
    keeping = replace(installation, settings={"CACHE_URL": f"redis://127.0.0.1:{redis.port}/0"})
    pages = ("/", "/commitments/CU-06/", "/commitments.json", "/api/v1/updates/")

    def kept(server):
        return [asked(server, page)[1].get("X-Cache") for page in pages]

    with keeping.serve() as server:
        assert [kept(server), kept(server)] == [[None] * 4, ["hit"] * 4]
        redis.kill()
        assert [asked(server, page)[0] for page in pages] == [200] * 4
        assert kept(server) == [None] * 4
        redis.start()
        assert [kept(server), kept(server)] == [[None] * 4, ["hit"] * 4]


# Full

PAGES = "from django.db import connection\nprint(*connection.cursor().execute('PRAGMA page_count').fetchone())"


def published_until_full(desk):
    """Notes, with whether each was acknowledged; the last one was not, because the database is full."""
    for number in range(100):
        note = f"{number} {os.urandom(60_000).hex()}"
        try:
            assert desk.publish(commitment=1 + number % 50, note=note)
            yield note
        except HTTPError as problem:
            if NOTHING in said_plainly(problem):
                return
    pytest.fail("it never was full")


def check_that_it_fills_up_and_goes_on(installation, make_room):
    """Publishes until the database is full: it can still be read, nothing half is in it; with room it goes on."""
    with installation.serve(application=installation.settings.get("SERVED", "tracker.wsgi")) as server:
        desk = Staff(server)
        confirmed = list(published_until_full(desk))
        assert [asked(server, address)[0] for address in ("/", "/commitments.csv", "/api/v1/updates/")] == [200] * 3
        assert notes_on_record(installation) == set(confirmed)
        make_room()
        assert desk.publish(commitment=1, note="afterwards")
    assert notes_on_record(installation) == {*confirmed, "afterwards"}
    assert verified(installation)


def test_a_full_sqlite_refuses_plainly_is_read_as_before_and_goes_on_when_there_is_room(installation, tmp_path):
    if installation.vendor != "SQLite":
        pytest.skip("of SQLite")
    add_staff(installation)
    pages = tmp_path / "most-pages"
    size = int(installation.python(PAGES).stdout)
    pages.write_text(str(size + 200))
    limited = replace(installation, settings={"MOST_PAGES": str(pages), "SERVED": "tests.helpers.small_disk"})
    check_that_it_fills_up_and_goes_on(limited, lambda: pages.write_text(str(100 * size)))


@contextmanager
def small_disk(megabytes):
    """A file system of that size; where it may not be mounted the test is skipped."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("A small file system cannot be mounted here: that takes root.")
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True)
        folder.rmdir()


def test_a_full_postgresql_refuses_plainly_is_read_as_before_and_goes_on_when_there_is_room(postgresql, staffed):
    with small_disk(megabytes=24) as disk:
        (disk / "data").mkdir()
        shutil.chown(disk / "data", "postgres")
        (disk / "something-else").write_bytes(bytes(6 * 2**20))
        with psycopg.connect(postgresql.url, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{disk / 'data'}'")
            connection.execute("CREATE DATABASE full_up TEMPLATE staffed TABLESPACE small")
            made = Installation(staffed.database_url.replace("/staffed", "/full_up"))
            check_that_it_fills_up_and_goes_on(made, (disk / "something-else").unlink)
            assert re.search("could not extend file .*No space left", (postgresql.folder / "log").read_text())
            connection.execute("DROP DATABASE full_up WITH (FORCE)")
            connection.execute("DROP TABLESPACE small")
