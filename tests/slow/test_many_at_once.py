"""Promises that only real processes can break: many writers at the same moment, readers during writes or gone."""

import csv
import io
import json
import socket
import urllib.request
from typing import Any

import openpyxl
import pytest

from tests.helpers.installation import Installation, Server
from tests.helpers.processes import PUBLISHER, notes_on_record, run_at_once
from tests.helpers.release_file import ENTRIES
from tests.helpers.staff import add_staff

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

# The same with the admin's forms: corrections of the wording beside updates of the same commitment.
CLERK = """
import time
from pathlib import Path
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from commitments.models import Commitment
from tests.helpers.admin_forms import CONTEXT, Form, change, fill, record_address

settings.ALLOWED_HOSTS.append("testserver")
client, one = Client(), Commitment.objects.get(reference={reference!r})
client.force_login(User.objects.get(username="clerk"))
connection.close()
Path({ready!r}).touch()
while not Path({go!r}).exists():
    time.sleep(0.001)
for n in range(8):
    words = {name!r} + f" {{n}}"
    if {number} % 2:
        said = CONTEXT | {{"note": words, "evidence-0-url": f"https://example.org/{{words.replace(' ', '-')}}"}}
        answer = fill(client, record_address(one), "_publish", **said)
    else:
        answer = fill(client, change(one), title=words, reason="Because.")
        while answer.status_code == 200:  # somebody else was quicker: look, and send it again
            answer = Form(answer).send(client, change(one), "_save")
    assert answer.status_code == 302, answer.text
"""


@pytest.mark.parametrize("references", [["CU-08"] * 4, ["CU-08", "AV-02", "LE-01", "FI-01"]], ids=["one", "different"])
def test_updates_published_at_the_same_moment_are_all_on_record(installation, tmp_path, references):
    run_at_once(installation, tmp_path, references)
    assert notes_on_record(installation) == {f"writer {w} {n}" for w in range(4) for n in range(10)}
    verified = installation.run("verify_ledger")
    assert verified.returncode == 0, verified.stderr
    assert f"{ENTRIES + 40} entries" in verified.stdout


def test_corrections_and_updates_of_the_same_commitment_at_the_same_moment_wait_and_never_for_each_other(
    installation, tmp_path
):
    add_staff(installation)
    run_at_once(installation, tmp_path, ["CU-08"] * 4, CLERK)
    verified = installation.run("verify_ledger")
    assert verified.returncode == 0, verified.stderr
    assert f"{ENTRIES + 32} entries" in verified.stdout


def last_note(answer: Any, ending: str) -> str:
    """The note of CU-08 in an export."""
    if ending == "json":
        return next(row["note"] for row in json.load(answer)["rows"] if row["reference"] == "CU-08")
    if ending == "xlsx":
        header, *rows = openpyxl.load_workbook(io.BytesIO(answer.read())).worksheets[0].iter_rows(values_only=True)
    else:
        header, *rows = csv.reader(io.StringIO(answer.read().decode("utf-8-sig")))
    return next(row[header.index("note")] for row in rows if row[0] == "CU-08")


def sequences(installation: Installation) -> dict[str, int]:
    done = installation.python(
        "from commitments.models import LedgerEntry as L\nfor e in L.objects.all(): print(e.digest, e.sequence)"
    )
    return {digest: int(number) for digest, number in map(str.split, done.stdout.splitlines())}


def test_an_export_agrees_with_its_ledger_head_while_updates_are_published(installation, tmp_path):
    """The nth report is entry ENTRIES + n: so the note of the last report says how the ledger must have ended."""
    stop = tmp_path / "stop"
    writer = installation.start("shell", "--no-imports", "-c", PUBLISHER.format(stop=str(stop)))
    seen = []
    with installation.serve() as server:
        while len({head for _note, head in seen}) < 8:
            ending = ("csv", "json", "xlsx")[len(seen) % 3]
            with urllib.request.urlopen(f"{server.url}/commitments.{ending}") as answer:
                seen.append((last_note(answer, ending), answer.headers["X-Ledger-Head"]))
            with urllib.request.urlopen(f"{server.url}/data/updates.csv") as answer:
                rows = list(csv.DictReader(io.StringIO(answer.read().decode("utf-8-sig"))))
                seen.append((f"number {int(rows[-1]['entry']) - ENTRIES}", answer.headers["X-Ledger-Head"]))
    stop.touch()
    _out, problems = writer.communicate(timeout=60)
    assert writer.returncode == 0, problems
    numbers = sequences(installation)
    told = [(int(note.removeprefix("number ")), numbers[head]) for note, head in seen if note.startswith("number ")]
    assert all(head == ENTRIES + number for number, head in told if number > 0)


# Text that no zip makes small.
BIG = """
from random import Random
from commitments.ledger.append import append_entries
from commitments.models import Commitment
from tests.factories import evidence, new
for one in Commitment.objects.all():
    append_entries([new("report", one, note=Random(1).randbytes(150_000).hex(), date="2025-03", evidence=[evidence()])])
"""
# Who reads an old moment of the database, as the database itself sees it.
READING = """
from django.db import connection
with connection.cursor() as cursor:
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
    print(cursor.fetchone()[0])
"""


def begun(server: Server, address: str) -> socket.socket:
    """A download of which little is read: the server soon waits for its reader."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, _colon, port = server.url.removeprefix("http://").partition(":")
    reader.connect((host, int(port)))
    reader.sendall(f"GET {address} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert reader.recv(15) == b"HTTP/1.1 200 OK"
    return reader


@pytest.mark.parametrize("address", ["/commitments.csv", "/commitments.json", "/commitments.xlsx", "/ledger.jsonl"])
def test_a_reader_who_goes_away_frees_the_worker_and_the_database(installation, address):
    """Of one process with four threads four readers take all; each time they go, and the next four are served."""
    assert installation.python(BIG).returncode == 0
    with installation.serve(workers=1) as server:
        for _time in range(3):
            readers = [begun(server, address) for _number in range(4)]
            for reader in readers:
                reader.close()
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=20) as answer:
            assert answer.status == 200
        for _attempt in range(50):
            if (left := installation.python(READING).stdout.strip()) == "0":
                break
        assert left == "0"
