"""`make bench`: our figures beside the stock way and the floor, in one run, as ratios.

The sample database is made on the first run and kept under var/bench/. Figures of one run are
comparable with each other and with nothing else: machines differ, and are noisy.
"""

import csv
import itertools
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import pages, publishing, table
from tests.benchmarks.floor import EXPORT_SQL
from tests.benchmarks.table import say
from tests.helpers import installation as installations
from tests.helpers.installation import ROOT, Installation, Server

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
FOLDER = ROOT / "var" / "bench"
DATABASE = FOLDER / f"{ROWS}.sqlite3"
RUNS = 3
# The library's own way with the queries put right takes some minutes more: BENCH_PREFETCHED=1 adds it.
PREFETCHED = ["prefetched"] if os.environ.get("BENCH_PREFETCHED") else []


def main() -> None:
    """Print the tables, and write them down."""
    with tempfile.TemporaryDirectory() as folder:
        first = installations.template(Path(folder))
        for installation, rows in ((first, 57), (sample(), ROWS)):
            pages.compare(installation, rows)
            pages.compare_kept(installation, rows)
    compare_exports(sample())
    compare_verifying(sample())
    with publishing.on_postgresql() as behind:
        pages.compare_behind_nginx(behind)
    publishing.compare()
    table.write()


def compare_exports(installation: Installation) -> None:
    """Print the table of the exports and of the report."""
    floor_file, ours_file = FOLDER / "floor.csv", FOLDER / "ours.csv"
    floor = best(lambda: run_floor(floor_file))
    workbook = apart(installation, "floor_workbook", str(floor_file))
    with installation.serve(workers=1) as server:
        urllib.request.urlopen(f"{server.url}/commitments.csv?q=nothing-is-called-this").read()
        before = memory(server)
        timings = [download(server, "/commitments.csv", ours_file) for _ in range(RUNS)]
        ours, first_byte = (min(some) for some in zip(*timings, strict=True))
        as_json = best(lambda: download(server, "/commitments.json", FOLDER / "ours.json")[0])
        streamed = memory(server) - before
        as_workbook = download(server, "/commitments.xlsx", FOLDER / "ours.xlsx")[0]
        grown = memory(server) - before
    same = compare(floor_file, ours_file)
    sql, report, queries = apart(installation, "period")
    stock = {name: apart(installation, "stock", name)[-1] for name in ("stock", *PREFETCHED)}
    with table.table(f"Exports of {ROWS:,} commitments with {3 * ROWS:,} updates, SQLite"):
        say(f"{'':52}{'MB':>6}{'seconds':>9}{'× floor':>9}")
        line("CSV, floor: sqlite3 -csv, the same SQL", floor, floor, floor_file)
        line("CSV, ours: over HTTP from the server", ours, floor, ours_file)
        for name, seconds in stock.items():
            line(f"CSV, django-tables2 ExportMixin, {name}", seconds, floor)
            say(f"{'':52}{'':6}{seconds / ours:9.0f} × ours")
        line("XLSX, floor: XlsxWriter from a list in memory", workbook[0], workbook[0])
        line("XLSX, ours: over HTTP", as_workbook, workbook[0], FOLDER / "ours.xlsx")
        line("JSON, floor: our CSV", ours, ours, ours_file)
        line("JSON, ours: over HTTP", as_json, ours, FOLDER / "ours.json")
        line("report between two days, floor: its SQL run bare", sql, sql)
        line(f"report between two days, the page ({queries:.0f} queries)", report, sql)
        say(f"first byte of the CSV after {first_byte * 1000:.0f} ms; memory of the server grew by {streamed:.1f} MB")
        say(f"at its highest by CSV and JSON, by {grown:.1f} MB in all by XLSX, too")
        say(f"values: {same:,} rows compared cell by cell with the floor's, all the same")


def compare_verifying(installation: Installation) -> None:
    """Print the table of verifying the ledger."""
    floor, whole, megabytes = apart(installation, "verifying")
    with table.table(f"Verifying the ledger of {ROWS:,} commitments with {3 * ROWS:,} updates, SQLite: CPU"):
        say(f"{'':52}{'':6}{'seconds':>9}{'× floor':>9}")
        line("floor: every entry hashed", floor, floor)
        line("verify_ledger: chain, head, triggers, projections", whole, floor)
        say(f"memory of the process at its highest: {megabytes:.0f} MB")


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


def download(server: Server, address: str, target: Path) -> tuple[float, float]:
    """Seconds for the whole download and until its first byte."""
    started = time.perf_counter()
    with urllib.request.urlopen(server.url + address) as answer, target.open("wb") as file:
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


def apart(installation: Installation, module: str, *arguments: str) -> list[float]:
    """The figures that a module of this package prints last, in a process of its own."""
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=installation.environment, capture_output=True, text=True, check=True)
    return [float(figure) for figure in done.stdout.split()]


def line(name: str, seconds: float, floor: float, file: Path | None = None) -> None:
    """One row of the table."""
    size = f"{file.stat().st_size / 1e6:.0f}" if file else ""
    say(f"{name:52}{size:>6}{seconds:9.2f}{seconds / floor:9.1f}")


if __name__ == "__main__":
    main()
