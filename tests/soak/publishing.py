"""Many processes publish at the same moment: nothing lost, nothing twice, nobody refused, and the chain fits.

    python -m tests.soak.publishing [--updates 10000] [--processes 8]

On the database that DATABASE_URL names where that is a PostgreSQL, else on an SQLite file of its own.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.helpers import installation as installations
from tests.helpers.installation import Installation
from tests.soak.figures import milliseconds, told

# Waits for a file, so that all begin at once; publishes report after report; tells how long each took.
WRITER = """
import json, random, time
from pathlib import Path
from commitments.ledger.append import append_entries
from commitments.models import Commitment
from tests.factories import evidence, new

everything, chance, took = list(Commitment.objects.all()), random.Random({name!r}), []
Path({ready!r}).touch()
while not Path({go!r}).exists():
    time.sleep(0.001)
for number in range({updates}):
    begun = time.perf_counter()
    note = f"{name} {{number}}"
    append_entries([new("report", chance.choice(everything), note=note, date="2025-03", evidence=[evidence()])])
    took.append(time.perf_counter() - begun)
print(json.dumps(took))
"""
NOTES = """
from commitments.models import Update
for note in Update.objects.filter(note__startswith="writer ").values_list("note", flat=True): print(note)
"""


@dataclass
class Outcome:
    """What came of it: seconds of each publication, of all together, and every promise that was broken."""

    waits: list[float]
    seconds: float
    problems: list[str]

    def __str__(self) -> str:
        """The figures, in a line."""
        rate = len(self.waits) / self.seconds
        return f"{len(self.waits):,} updates, {rate:.0f} a second; {milliseconds(self.waits)}"


def publish(installation: Installation, folder: Path, updates: int, processes: int) -> Outcome:
    """Publish `updates` reports, shared by so many processes, and look at what is on record."""
    go, writers = folder / "go", []
    for number in range(processes):
        ready, share = folder / f"ready-{number}", updates // processes + (number < updates % processes)
        said = {"name": f"writer {number}", "ready": str(ready), "go": str(go), "updates": share}
        writers.append((installation.start("shell", "--no-imports", "-c", WRITER.format(**said)), ready, share))
    while not all(ready.exists() or writer.poll() is not None for writer, ready, _share in writers):
        time.sleep(0.01)
    begun = time.perf_counter()
    go.touch()
    answers = [(*writer.communicate(), writer.returncode) for writer, _ready, _share in writers]
    seconds = time.perf_counter() - begun
    problems = [errors.strip().splitlines()[-1] for _out, errors, code in answers if code]
    waits = [wait for out, _errors, code in answers if not code for wait in json.loads(out)]
    wanted = Counter(f"writer {n} {m}" for n, (_writer, _ready, share) in enumerate(writers) for m in range(share))
    return Outcome(waits, seconds, problems + differences(installation, wanted))


def differences(installation: Installation, wanted: Counter[str]) -> list[str]:
    """What is on record and should not be, or the other way round; and what `verify_ledger` finds."""
    found = Counter(installation.python(NOTES).stdout.splitlines())
    lost, more = wanted - found, found - wanted
    verified = installation.run("verify_ledger")
    return [
        *([f"{lost.total()} updates were lost, such as {next(iter(lost))}"] if lost else []),
        *([f"{more.total()} are on record twice, such as {next(iter(more))}"] if more else []),
        *([f"verify_ledger: {verified.stdout}{verified.stderr}"] if verified.returncode else []),
    ]


def run(installation: Installation, folder: Path, updates: int, processes: int) -> int:
    """Print the figures; 1 where something was lost, came twice or was refused."""
    done = publish(installation, folder, updates, processes)
    return told(f"Publishing, {processes} processes at once, {installation.vendor}\n  {done}", done.problems)


def main() -> int:
    """As asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--updates", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=8)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return run(installations.template(Path(folder)), Path(folder), said.updates, said.processes)


if __name__ == "__main__":
    sys.exit(main())
