"""What recording costs: publishing an update beside a bare INSERT and COMMIT of one row, alone and eight at once.

Both on the same database, with the same durability: what is confirmed is on the disk.
"""

import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.table import say, table
from tests.helpers import installation as installations
from tests.helpers.installation import Installation
from tests.helpers.postgresql import cluster

TIMES = 200  # of each process
PROCESSES = 8

# Waits until all are ready, then does the work again and again; prints the milliseconds of each time.
WORKER = """
import json, time
from pathlib import Path
from django.db import connection
from commitments.ledger.append import append_entries
from commitments.models import Commitment
from tests.factories import evidence, new

everything = list(Commitment.objects.all())  # in turn: nobody reports on one commitment a thousand times

def bare(number):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_row (said) VALUES (%s)", [f"a note of some words, number {{number}}"])

def ours(number):
    said = {{"note": f"a note of {name}, number {{number}}", "date": "2025-03", "evidence": [evidence()]}}
    append_entries([new("report", everything[number % len(everything)], **said)])

{work}(-1)
Path({ready!r}).touch()
while not Path({go!r}).exists():
    time.sleep(0.001)
took = []
for number in range({times}):
    started = time.perf_counter()
    {work}(number)
    took.append(1000 * (time.perf_counter() - started))
print(json.dumps(took))
"""
MAKE = "from django.db import connection; connection.cursor().execute('CREATE TABLE bench_row (said text NOT NULL)')"


def compare() -> None:
    """A table for each database. AssertionError where anything is lost, refused or does not verify."""
    for name, database in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with database() as installation, table(f"Publishing an update, {name}: milliseconds"):
            say(f"{'':44}{'p50':>9}{'p95':>9}{'worst':>9}{'a second':>10}{'p95 × bare':>12}")
            for processes in (1, PROCESSES):
                floor = timings(installation, "bare", processes)
                line(f"bare INSERT and COMMIT, {processes} at once", floor, floor, processes)
                line(f"ours, {processes} at once", timings(installation, "ours", processes), floor, processes)
            done = installation.run("verify_ledger")
            assert done.returncode == 0, done.stderr
            say(done.stdout.strip().splitlines()[-1])


@contextmanager
def on_sqlite() -> Iterator[Installation]:
    """An installation with the first release and a table for the floor."""
    with tempfile.TemporaryDirectory() as folder:
        yield prepared(installations.template(Path(folder)))


@contextmanager
def on_postgresql() -> Iterator[Installation]:
    """The same on a PostgreSQL of its own."""
    with cluster() as server:
        yield prepared(installations.fill(Installation(server.url)))


def prepared(installation: Installation) -> Installation:
    """With the table that the floor writes to."""
    assert installation.python(MAKE).returncode == 0
    return installation


def timings(installation: Installation, work: str, processes: int) -> list[float]:
    """The milliseconds of each time, of all processes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ready = [folder / f"ready-{place}" for place in range(processes)]
        said = {"go": str(folder / "go"), "work": work, "times": TIMES}
        working = [
            installation.start(
                *("shell", "--no-imports", "-c"),
                WORKER.format(name=f"one of {processes}, {place}", ready=str(file), **said),
            )
            for place, file in enumerate(ready)
        ]
        while not all(file.exists() or one.poll() is not None for file, one in zip(ready, working, strict=True)):
            pass
        (folder / "go").touch()
        printed = [one.communicate() for one in working]
    assert all(one.returncode == 0 for one in working), printed
    return [took for out, _complaints in printed for took in json.loads(out)]


def line(name: str, some: list[float], floor: list[float], processes: int) -> None:
    """One row of the table."""
    p50, p95 = statistics.median(some), percentile95(some)
    rate = 1000 * processes / statistics.fmean(some)
    say(f"{name:44}{p50:9.2f}{p95:9.2f}{max(some):9.1f}{rate:10.0f}{p95 / percentile95(floor):12.1f}")


def percentile95(some: list[float]) -> float:
    """What 95 of a hundred times stayed below."""
    return statistics.quantiles(some, n=20)[-1]
