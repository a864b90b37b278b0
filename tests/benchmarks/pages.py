"""The list page, uncached and filtered, beside the stock page and the floor: requests a second, one server for all.

Each request asks for another page under another name, so that nothing kept by address can answer it.
Nothing is compressed. The clients run on the same machine and cost the same everywhere.
"""

import http.client
import itertools
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from tests.installation import ROOT, Installation, Server

CLIENTS, SECONDS, ROUNDS = 4, 2, 3
PAGES = 100  # how many pages of each question are asked for, in turn
QUESTIONS = ("status=in_progress&sort=title", "area=sample-3&kind=action&sort=-title")


def compare(installation: Installation, rows: int) -> None:
    """Print a table for each question over so many rows. AssertionError where the stock page shows others than ours."""
    with installation.serve(application="tests.benchmarks.stock_page") as server:
        started = time.perf_counter()
        read(server, f"/commitments/?{QUESTIONS[0]}")
        print(f"\nfirst page after a start, or a publication: {time.perf_counter() - started:.1f} s")
        for question in QUESTIONS:
            ours, stock = f"/commitments/?{question}", f"/stock/?{question}"
            assert shown(server, f"{ours}&page=7") == shown(server, f"{stock}&page=7")
            size = len(read(server, ours))
            addresses = (f"/floor/?bytes={size}", ours, stock)
            # In turn, because a machine is not as fast in one minute as in the next; of each the round disturbed least.
            rounds = [[measure(server, address) for address in addresses] for _round in range(ROUNDS)]
            bare, own, theirs = (max(of_one) for of_one in zip(*rounds, strict=True))
            print(f"\nThe list, 25 rows of {rows:,}, ?{question}: {size / 1000:.0f} KB")
            print(f"{'':44}{'requests/s':>12}{'× floor':>9}{'× stock':>9}{'CPU ms':>9}{'queries':>9}")
            line("floor: a bare answer of as many bytes", bare, bare, theirs, "")
            line("ours", own, bare, theirs, queries(installation, ours))
            line("SingleTableMixin and FilterView", theirs, bare, theirs, queries(installation, stock))


def read(server: Server, address: str) -> bytes:
    """A page."""
    with urllib.request.urlopen(server.url + address) as answer:
        body: bytes = answer.read()
    return body


def shown(server: Server, address: str) -> list[str]:
    """The references on a page, in order."""
    return list(dict.fromkeys(re.findall(r"ZZ-\d{6}", read(server, address).decode())))


def measure(server: Server, address: str) -> tuple[float, float]:
    """Answers a second to clients that ask for the next page as soon as they have one; the server's CPU ms for each."""
    numbers, answered, before = itertools.count(), [0] * CLIENTS, processor_seconds(server)
    end = time.perf_counter() + SECONDS

    def client(place: int) -> None:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
        while time.perf_counter() < end:
            number = next(numbers)
            connection.request("GET", f"{address}&page={number % PAGES + 1}&utm_source={number}")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            answered[place] += 1

    started = time.perf_counter()
    threads = [threading.Thread(target=client, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = sum(answered) / (time.perf_counter() - started)
    return rate, 1000 * (processor_seconds(server) - before) / sum(answered)


def processor_seconds(server: Server) -> float:
    """What the server's processes have used so far: what other programs do on the machine hardly changes it."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in children]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def queries(installation: Installation, address: str) -> str:
    """How many queries the page takes."""
    command = [sys.executable, "-m", "tests.benchmarks.stock_page", address]
    done = subprocess.run(command, cwd=ROOT, env=installation.environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def line(
    name: str, one: tuple[float, float], floor: tuple[float, float], stock: tuple[float, float], asked: str
) -> None:
    """One row of the table."""
    print(f"{name:44}{one[0]:12.1f}{one[0] / floor[0]:9.3f}{one[0] / stock[0]:9.1f}{one[1]:9.1f}{asked:>9}", flush=True)
