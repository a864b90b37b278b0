"""Promises that only real processes can break: two who write at once, a server killed, a reader during writes.

Many more of them, which take longer, are in tests/slow/.
"""

import csv
import fcntl
import io
import os
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError

import pytest
from django.db import connection

from commitments.i18n.languages import LANGUAGE_TAGS, path_in_language
from tests.helpers.desks import Desks, asked
from tests.helpers.processes import notes_on_record, run_at_once
from tests.helpers.release_file import ENTRIES
from tests.helpers.staff import Staff, add_staff

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]


def read(server, address):
    with urllib.request.urlopen(server.url + address, timeout=20) as answer:
        return answer.read().decode("utf-8-sig")


def test_a_server_that_was_just_started_shows_its_pages_gives_its_files_and_records_what_staff_publish(installation):
    add_staff(installation)
    with installation.serve() as server:
        for language, tag in LANGUAGE_TAGS.items():
            assert f'<html lang="{tag}"' in read(server, path_in_language(language, "/commitments/CU-06/"))
        assert len(list(csv.DictReader(io.StringIO(read(server, "/commitments.csv"))))) == 57
        assert Staff(server).publish(commitment=8, note="Seen at once")
        for address in ("/updates/", "/updates.atom", "/data/updates.csv"):
            assert "Seen at once" in read(server, address)
        assert [asked(server, address)[0] for address in ("/healthz", "/readyz", "/nothing-here/")] == [200, 200, 404]


def test_what_two_publish_at_the_same_moment_is_all_on_record(installation, tmp_path):
    run_at_once(installation, tmp_path, ["CU-08"] * 2)
    assert notes_on_record(installation) == {f"writer {w} {n}" for w in range(2) for n in range(10)}
    assert f"{ENTRIES + 20} entries" in installation.run_well("verify_ledger")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="The queue is SQLite's")
def test_while_the_writers_queue_is_held_readers_and_healthz_are_answered_and_those_who_publish_are_told(installation):
    add_staff(installation)
    with installation.serve(workers=1) as server, ThreadPoolExecutor(8) as pool:
        staff = Staff(server)
        queue = os.open(f"{installation.name}-queue", os.O_RDONLY)
        fcntl.flock(queue, fcntl.LOCK_EX)
        writing = [pool.submit(published, staff, number) for number in range(8)]
        seconds = []
        for address in ("/healthz", "/", "/readyz", "/commitments/CU-06/") * 2:
            begun = time.monotonic()
            assert asked(server, address)[0] == 200
            seconds.append(time.monotonic() - begun)
            time.sleep(0.4)
        os.close(queue)
        outcomes = [job.result() for job in writing]
    assert max(seconds) < 2.5, seconds  # the longest is before anybody can know that nothing moves
    assert sorted(seconds)[-3] < 1, seconds
    assert 1 <= outcomes.count(True) <= 2
    assert outcomes.count(503) == 8 - outcomes.count(True)


def published(staff, number):
    """Whether a report was published, or the status of the answer that said why not."""
    try:
        return staff.publish(commitment=1 + number, note=f"while the queue is held {number}")
    except HTTPError as problem:
        return problem.code


def test_what_was_acknowledged_survives_kill_9_of_the_server_in_the_middle_of_publications(installation):
    add_staff(installation)
    with installation.serve() as server:
        desks = Desks([Staff(server) for _ in range(4)])
        with desks.publishing():
            server.kill()
    with installation.serve() as server:
        assert asked(server, "/")[0] == 200
    assert 12 <= len(desks.confirmed) < 200
    assert set(desks.confirmed) <= notes_on_record(installation)
    installation.run_well("verify_ledger")


# Reads the header of an export, lets another process publish, and reads on.
READER = """
import subprocess, sys
from django.test import Client
from commitments.web import page_cache

page_cache.MAX_CACHED_BYTES = 0  # so that even a short file is streamed
answer = Client(headers={"host": "localhost"}).get("/commitments.csv")
pieces = iter(answer.streaming_content)
start = next(pieces)
subprocess.run([sys.executable, "manage.py", "shell", "--no-imports", "-c", WRITE], check=True)
print((start + b"".join(pieces)).decode("utf-8-sig"))
answer.close()
"""
PUBLISH = """
from commitments.ledger.append import append_entries
from commitments.models import Commitment
from tests.factories import new
append_entries([new("report", Commitment.objects.get(reference="CU-08"), note="while it is read", date="2025-03")])
"""


def test_an_export_shows_one_moment_though_an_update_is_published_while_it_is_read(installation):
    done = installation.python(READER.replace("WRITE", repr(PUBLISH)))
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 57
    assert "while it is read" not in done.stdout
    assert "while it is read" in notes_on_record(installation)
