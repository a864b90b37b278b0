"""One network asks for every day of the progress report, many at once; whoever reads kept pages does not notice."""

import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from urllib.error import HTTPError

import pytest

from tests.helpers import databases

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]
COMMITMENTS, WALKERS, SECONDS = 1000, 8, 30
WALKER, READER = "198.51.100.1", "198.51.100.2"


def ask(server, path, network):
    """Status and Retry-After, as from a network behind the proxy, and how long it took."""
    request = urllib.request.Request(server.url + path, headers={"X-Forwarded-For": network})
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
            return answer.status, "", time.monotonic() - begun
    except HTTPError as problem:
        return problem.code, problem.headers["Retry-After"], time.monotonic() - begun


def test_a_walk_through_all_days_of_the_report_is_slowed_down_and_a_kept_page_is_not(templates, tmp_path):
    installation = databases.own_copy(templates.empty, tmp_path)
    installation.run_well("make_sample", str(COMMITMENTS))
    limited = replace(installation, settings={"TRUST_PROXY": "1", "WORK_SECONDS_PER_MINUTE": "20"})
    ended, statuses, waits = threading.Event(), [], set()

    def walk(number):
        day = date(2020, 1, 1) + timedelta(days=100 * number)
        while not ended.is_set():
            status, wait, _seconds = ask(server, f"/reports/progress/?from={day}&to=2026-01-01", WALKER)
            statuses.append(status)
            waits.add(wait)
            day += timedelta(days=1)

    with limited.serve() as server, ThreadPoolExecutor(WALKERS) as pool:
        for _worker in range(20):  # until both workers keep it
            ask(server, "/commitments/", READER)
        walks = [pool.submit(walk, number) for number in range(WALKERS)]
        time.sleep(10)  # until it is known what a report takes
        begun, readings = time.monotonic(), []
        while time.monotonic() - begun < SECONDS:
            readings.append(ask(server, "/commitments/", READER))
            time.sleep(0.2)
        ended.set()
        for one in walks:
            one.result()
    assert {status for status, _wait, _seconds in readings} == {200}
    assert {200, 429} <= set(statuses)
    assert all(int(wait) >= 1 for wait in waits - {""})
    seconds = sorted(seconds for _status, _wait, seconds in readings)
    assert seconds[len(seconds) * 95 // 100] < 1, seconds[-10:]
