"""Two servers on two ports, one database: whichever is asked, it is one tracker."""

import csv
import io
import os
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.helpers import databases
from tests.helpers.staff import Staff, add_staff

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]


@pytest.fixture(scope="module")
def installed(template, tmp_path_factory):
    """An installation for these tests together: servers take long to start."""
    made = databases.own_copy(template, tmp_path_factory.mktemp("servers"))
    add_staff(made)
    add_staff(made, "forgetful")
    return made


@pytest.fixture(scope="module")
def two(installed):
    """The addresses are all that they do not share."""
    with ExitStack() as started:
        yield [started.enter_context(installed.serve(workers=1)) for _number in range(2)]


def public(server, path):
    """Asked as from behind one proxy."""
    request = urllib.request.Request(server.url + path, headers={"Host": "localhost"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.headers, answer.read().decode("utf-8-sig")


@pytest.mark.parametrize("path", ["/updates/", "/updates.atom"])
def test_what_one_publishes_the_other_shows_at_once_though_it_kept_the_page(two, path):
    public(two[1], path)
    assert public(two[1], path)[0]["X-Cache"] == "hit"
    note = f"told before {path.strip('/')}"
    assert Staff(two[0]).publish(commitment=8, note=note)
    assert note in public(two[1], path)[1]


def opened(process, name):
    """How many times a process has the file of that name open."""
    return [os.path.realpath(link) for link in Path(f"/proc/{process}/fd").iterdir()].count(name)


def test_a_worker_keeps_its_connection_open_for_the_next_question_and_none_is_carried_over_a_fork(installed):
    name = installed.database_url.removeprefix("sqlite:///")
    if name == installed.database_url:
        pytest.skip("of SQLite")
    with installed.serve(workers=1) as server:
        for number in range(20):
            public(server, f"/commitments/?visit={number}")
        [worker] = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        assert opened(server.process.pid, name) == 0
        assert 1 <= opened(worker, name) <= 4


def test_the_answer_of_both_has_one_name(two):
    assert len({public(server, "/commitments/")[0]["ETag"] for server in two}) == 1


def test_who_is_signed_in_at_one_is_signed_in_at_the_other(two):
    desk = Staff(two[0])
    desk.url = two[1].url
    assert desk.publish(commitment=8, note="told at the second")


def test_who_signs_out_at_one_is_signed_out_of_the_other(two):
    desk = Staff(two[0])
    desk.post("/admin/logout/")
    desk.url = two[1].url
    assert 'name="password"' in desk.get("/admin/")


def test_both_publish_at_the_same_moment_and_nothing_is_lost(installed, two):
    desks = [Staff(server) for server in two]
    notes = {f"desk {place}, note {n}" for place in range(2) for n in range(4)}
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(desks[int(note[5])].publish, 8, note) for note in notes]
        assert all(one.result() for one in done)
    for server in two:
        assert notes <= {row["note"] for row in csv.DictReader(io.StringIO(public(server, "/data/updates.csv")[1]))}
    verified = installed.run("verify_ledger")
    assert verified.returncode == 0, verified.stderr


def test_failed_attempts_to_sign_in_at_either_are_counted_together(two):
    for number in range(5):
        Staff(two[number % 2], "forgetful", "wrong")
    for server in two:
        assert 'name="password"' in Staff(server, "forgetful").get("/admin/")
