"""The list page, uncached and kept, beside the stock page and the floors: requests a second, one server for all.

Uncached, each request asks for another page under another name, so that nothing kept by address can answer it.
Nothing is compressed. The clients run on the same machine and cost the same everywhere.
"""

import itertools
import os
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from commitments.i18n.languages import CHINESE, path_in_language
from tests.benchmarks.table import say, table
from tests.helpers.deployed import deploy
from tests.helpers.installation import ROOT, Installation, Server

CLIENTS, SECONDS, PER_PAGE = 4, 2, 25
PAGES = 100  # how many pages of each question are asked for, in turn
# They take turns, because a machine is not as fast in one minute as in the next; what stands in the middle counts.
ROUNDS = 5  # of SECONDS each, of pages
TURNS = 9  # of a second each, of answers that are kept
# Each request from another network, as from a crowd: one visitor would soon be told that he asks too often.
CROWD = """
local visitor = 0
request = function()
  visitor = visitor + 1
  wrk.headers["X-Forwarded-For"] = string.format("10.%d.%d.1", math.floor(visitor / 256) % 256, visitor % 256)
  return wrk.format()
end
"""
_numbers = itertools.count()  # of all rounds together: what one has asked for would be kept in the next
QUESTIONS = ("status=in_progress&sort=title", "area=sample-3&kind=action&sort=-title")


def compare(installation: Installation, rows: int) -> None:
    """A table of the list uncached, over so many rows. AssertionError where the stock page shows others than ours."""
    pages = min(PAGES, rows // PER_PAGE)
    with installation.serve(application="tests.benchmarks.stock_page") as server:
        started = time.perf_counter()
        read(server, "/commitments/")
        first = time.perf_counter() - started
        for question in QUESTIONS if rows > PAGES else [""]:
            ours, stock = f"/commitments/?per_page={PER_PAGE}&{question}", f"/stock/?{question}"
            assert shown(server, f"{ours}&page={pages}") == shown(server, f"{stock}&page={pages}")
            size = len(read(server, ours))
            chinese = [path_in_language(language, ours) for language in CHINESE]
            addresses = (f"/floor/?bytes={size}", stock, ours, *chinese)
            rounds = [[measure(server, address, pages) for address in addresses] for _round in range(ROUNDS)]
            bare, theirs, *own = (sorted(of_one)[ROUNDS // 2] for of_one in zip(*rounds, strict=True))
            with table(f"The list uncached, {PER_PAGE} rows of {rows:,}, ?{question}: {size / 1000:.0f} KB"):
                say(f"{'':44}{'requests/s':>12}{'× floor':>9}{'× stock':>9}{'CPU ms':>9}{'queries':>9}")
                line("floor: a bare answer of as many bytes", bare, bare, theirs, "")
                for name, address, figures in zip(("ours", *CHINESE), (ours, *chinese), own, strict=True):
                    line(name, figures, bare, theirs, queries(installation, address))
                line("SingleTableMixin and FilterView", theirs, bare, theirs, queries(installation, stock))
                say(f"first page after a start, or a publication: {first:.1f} s")


def compare_kept(installation: Installation, rows: int) -> None:
    """A table of answers that are kept, and of telling a reader that his copy holds, beside a bare answer.

    The floor is a view that returns as many bytes after one query for the record's version.
    """
    behind = replace(installation, settings={"TRUST_PROXY": "1"})
    with (
        # One process: of two, one often takes all connections, and then answers half as many.
        behind.serve(workers=1, application="tests.benchmarks.stock_page") as server,
        tempfile.NamedTemporaryFile("w", suffix=".lua") as crowd,
        table(f"Answers that are kept, of {rows:,} commitments: requests a second"),
    ):
        crowd.write(CROWD)
        crowd.flush()
        say(f"{'':44}{'KB':>6}{'floor':>9}{'kept':>9}{'× floor':>9}{'304':>9}{'× floor':>9}")
        for address in ("/", "/commitments/", "/updates.atom", "/api/v1/commitments/"):
            with urllib.request.urlopen(server.url + address) as answer:
                size, etag = len(answer.read()), answer.headers["ETag"]
            asked = ([f"/version/?bytes={size}"], [address], [address, "-H", f"If-None-Match: {etag}"])
            floor, kept, known = in_turn(server.url, *([*one, "-s", crowd.name] for one in asked))
            ratios = f"{floor:9.0f}{kept:9.0f}{kept / floor:9.2f}{known:9.0f}{known / floor:9.2f}"
            say(f"{address:44}{size / 1000:6.0f}{ratios}")


def compare_behind_nginx(installation: Installation) -> None:
    """A table of pages from nginx's micro-cache, as docs/deploy.md sets it up, beside static files of the same size."""
    title = "Behind nginx, over TLS: requests a second from its micro-cache and of a static file of the same size"
    with tempfile.TemporaryDirectory() as name, ExitStack() as opened:
        deployed = opened.enter_context(deploy(Path(name), installation.database_url, limited=False))
        opened.enter_context(table(title))
        say(f"{'':44}{'KB':>6}{'file':>9}{'page':>9}{'× file':>9}")
        trusting = ssl.create_default_context(cafile=f"{name}/certificate.pem")
        for address in ("/", "/commitments/"):
            with urllib.request.urlopen(deployed.url + address, context=trusting) as answer:
                size = len(answer.read())
            with tempfile.NamedTemporaryFile(dir=ROOT / "var" / "static", suffix=".html") as file:
                Path(file.name).write_bytes(b" " * size)
                Path(file.name).chmod(0o644)
                static, kept = in_turn(deployed.url, [f"/static/{Path(file.name).name}"], [address])
            say(f"{address:44}{size / 1000:6.0f}{static:9.0f}{kept:9.0f}{kept / static:9.2f}")


def in_turn(url: str, *asked: list[str]) -> Iterator[float]:
    """Requests a second of each, the median of its turns."""
    turns = [[wrk(url, *one) for one in asked] for _turn in range(TURNS)]
    return (statistics.median(of_one) for of_one in zip(*turns, strict=True))


def wrk(url: str, address: str, *arguments: str) -> float:
    """Requests a second that wrk is answered; AssertionError where one is not answered, or wrongly."""
    command = ["wrk", "-t1", f"-c{2 * CLIENTS}", "-d1s", *arguments, url + address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert not re.search("Non-2xx|Socket errors", said), said
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def read(server: Server, address: str) -> bytes:
    """A page."""
    with urllib.request.urlopen(server.url + address) as answer:
        body: bytes = answer.read()
    return body


def shown(server: Server, address: str) -> list[str]:
    """The references on a page, in order."""
    return list(dict.fromkeys(re.findall(r"\b[A-Z]{2}-\d{2,6}\b", read(server, address).decode())))


def measure(server: Server, address: str, pages: int) -> tuple[float, float]:
    """Answers a second to clients that ask for the next page as soon as they have one; the server's CPU ms for each."""
    answered, before = [0] * CLIENTS, processor_seconds(server)
    end = time.perf_counter() + SECONDS

    def client(place: int) -> None:
        while time.perf_counter() < end:
            number = next(_numbers)
            # Each over a connection of its own, which whichever process is free takes.
            read(server, f"{address}&page={number % pages + 1}&utm_source={number}")
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
    say(f"{name:44}{one[0]:12.1f}{one[0] / floor[0]:9.3f}{one[0] / stock[0]:9.1f}{one[1]:9.1f}{asked:>9}")
