"""`make bench`: our figures beside the stock way and the floor, in one run, as ratios.

The sample database is made on the first run and kept under var/bench/. Figures of one run are
comparable with each other and with nothing else: machines differ, and are noisy.
"""

import csv
import itertools
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import pages
from tests.benchmarks.floor import EXPORT_SQL
from tests.installation import ROOT, Installation, Server

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
FOLDER = ROOT / "var" / "bench"
DATABASE = FOLDER / f"{ROWS}.sqlite3"
RUNS = 3


def main() -> None:
    """Print the tables."""
    installation = sample()
    compare_exports(installation)
    pages.compare(installation, ROWS)


def compare_exports(installation: Installation) -> None:
    """Print the table of the CSV."""
    floor_file, ours_file = FOLDER / "floor.csv", FOLDER / "ours.csv"
    floor = best(lambda: run_floor(floor_file))
    with installation.serve(workers=1) as server:
        urllib.request.urlopen(f"{server.url}/commitments.csv?q=nothing-is-called-this").read()
        before = memory(server)
        timings = [download(server, ours_file) for _ in range(RUNS)]
        grown = memory(server) - before
    ours, first_byte = min(whole for whole, _first in timings), min(first for _whole, first in timings)
    same = compare(floor_file, ours_file)
    print(f"CSV of {ROWS:,} commitments with {3 * ROWS:,} updates ({ours_file.stat().st_size / 1e6:.0f} MB), SQLite")
    print(f"{'':44}{'seconds':>9}{'× floor':>9}{'× ours':>9}")
    line("floor: sqlite3 -csv, the same SQL", floor, floor, ours)
    line("ours: over HTTP from the server", ours, floor, ours)
    for name in ("prefetched", "stock"):
        line(f"django-tables2 ExportMixin, {name}", stock(installation, name), floor, ours)
    print(f"first byte after {first_byte * 1000:.0f} ms; memory of the server grew by {grown:.1f} MB at its highest")
    print(f"values: {same:,} rows compared cell by cell with the floor's, all the same")


def sample() -> Installation:
    """The sample database, made where it is missing."""
    installation = Installation(f"sqlite:///{DATABASE}")
    if not DATABASE.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        print(
            f"Making {ROWS:,} commitments with {3 * ROWS:,} updates: about {ROWS // 300 + 5} seconds, once.", flush=True
        )
        unfinished = Installation(f"sqlite:///{DATABASE}.unfinished")
        for arguments in (("migrate", "--verbosity", "0"), ("make_sample", str(ROWS))):
            subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=unfinished.environment, check=True)
        Path(f"{DATABASE}.unfinished").rename(DATABASE)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=installation.environment, check=True
    )
    return installation


def best(work: Callable[[], float]) -> float:
    """The shortest of some runs: the one that was disturbed least."""
    return min(work() for _ in range(RUNS))


def run_floor(target: Path) -> float:
    """Seconds that sqlite3 needs for the same rows."""
    started = time.perf_counter()
    with target.open("wb") as file:
        subprocess.run(["sqlite3", "-readonly", "-csv", "-header", str(DATABASE), EXPORT_SQL], stdout=file, check=True)
    return time.perf_counter() - started


def download(server: Server, target: Path) -> tuple[float, float]:
    """Seconds for the whole download and until its first byte."""
    started = time.perf_counter()
    with urllib.request.urlopen(f"{server.url}/commitments.csv") as answer, target.open("wb") as file:
        file.write(answer.read(1))
        first = time.perf_counter() - started
        while piece := answer.read(1 << 16):
            file.write(piece)
    return time.perf_counter() - started, first


def memory(server: Server) -> float:
    """The most memory that the server's processes ever held, in MB."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    highest = 0
    for pid in children:
        status = Path(f"/proc/{pid}/status").read_text()
        highest += int(next(row for row in status.splitlines() if row.startswith("VmHWM")).split()[1])
    return highest / 1024


def compare(floor_file: Path, ours_file: Path) -> int:
    """How many rows there are; AssertionError at the first cell in which the two differ."""
    with floor_file.open(newline="") as floor, ours_file.open(newline="", encoding="utf-8-sig") as ours:
        count = -1  # the header
        for count, (theirs, own) in enumerate(itertools.zip_longest(csv.reader(floor), csv.reader(ours)), -1):
            assert theirs == [without_host(cell) for cell in own or ()], f"row {count} differs:\n{theirs}\n{own}"
    return count + 1


def without_host(cell: str) -> str:
    """The address without the server's own host and port."""
    return "/commitments/" + cell.partition("/commitments/")[2] if cell.startswith("http://127.0.0.1") else cell


def stock(installation: Installation, name: str) -> float:
    """Seconds for the same rows through django-tables2's own export, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.stock", name]
    done = subprocess.run(command, cwd=ROOT, env=installation.environment, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def line(name: str, seconds: float, floor: float, ours: float) -> None:
    """One row of the table."""
    print(f"{name:44}{seconds:9.2f}{seconds / floor:9.1f}{seconds / ours:9.1f}", flush=True)


if __name__ == "__main__":
    main()
