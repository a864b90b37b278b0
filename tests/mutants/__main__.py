"""Tells what the test suite is worth: plants faults in the application and says which of them the tests catch.

By hand, with `make mutants` or `python -m tests.mutants --help`; it goes on where it was interrupted. To compare two
states of the suite, run it with the same seed on both, one of them by `--tests-in`.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.mutants.faults import GROUPS, Fault, draw
from tests.mutants.suite import Copy, Profile, digest, profile
from tests.mutants.trial import CAUGHT, SURVIVED, Results, Trial

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "var" / "mutants"


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--faults", type=int, default=60, help="how many to plant")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="which ones are drawn")
    parser.add_argument("--jobs", type=int, default=2, help="how many copies work at the same time")
    parser.add_argument("--tests-in", type=Path, default=ROOT, metavar="DIR", help="another checkout to try")
    parser.add_argument("--pytest-args", type=shlex.split, default=[], help="which tests, if not all in-process ones")
    parser.add_argument("--list", action="store_true", help="show the faults and plant none")
    return parser.parse_args()


def main() -> None:
    """Draw, try and report."""
    asked = arguments()
    root = asked.tests_in.resolve()
    faults, equivalent = draw(root, asked.seed, asked.faults)
    drawn = hashlib.sha256("".join(map(repr, faults)).encode()).hexdigest()[:8]
    heading = f"Seed {asked.seed}, faults {drawn}, tests of {root}"
    print(heading)
    if asked.list:
        print("\n".join(listed(faults)))
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    FOLDER.mkdir(parents=True, exist_ok=True)
    suite = digest(root, asked.pytest_args)
    results = Results(FOLDER / "results.jsonl", suite)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = [Copy(root, Path(folder) / str(number)) for number in range(asked.jobs)]
        told = profile(copies[0], FOLDER / suite, asked.pytest_args, asked.jobs)
        trial = Trial(copies, told, results)
        trial.hold(faults)
        doubtful = trial.failing_anyway(faults)
    survivors = [fault for fault in faults if results.state(fault) == SURVIVED]
    lines = [f"# {heading}, {datetime.now(UTC):%Y-%m-%d}", "", *table(faults, results), "", *remarks(told, doubtful)]
    lines += ["## Survived", "", *(listed(survivors, told) if survivors else ["None.", ""])]
    lines += ["## Left out as equivalent", "", *([f"- {fault}: {why}" for fault, why in equivalent] or ["None."])]
    report = "\n".join(lines) + "\n"
    (FOLDER / "report.md").write_text(report)
    print(f"\n{report}")


def table(faults: Sequence[Fault], results: Results) -> Iterator[str]:
    """How many of each group were caught."""
    yield from ("| group | faults | caught | survived |", "|---|---:|---:|---:|")
    for name, groups in {**{group: {group} for group in GROUPS}, "all": set(GROUPS)}.items():
        states = [results.state(fault) for fault in faults if fault.group in groups]
        yield f"| {name} | {len(states)} | {states.count(CAUGHT)} | {states.count(SURVIVED)} |"


def remarks(told: Profile, doubtful: Sequence[str]) -> Iterator[str]:
    """What to know before believing the table."""
    yield f"{len(told.tests)} tests tried them, all in one process: none with a browser or a process of its own."
    yield ""
    if told.failed:
        yield f"Left out, because they fail without a fault: {', '.join(told.failed)}\n"
    if doubtful:
        yield f"Failed without a fault at the end, so what they caught is doubtful: {', '.join(doubtful)}\n"


def listed(faults: Sequence[Fault], told: Profile | None = None) -> Iterator[str]:
    """Each with what it changes."""
    for fault in faults:
        yield f"### {fault}" + (" (no test runs it)" if told and not told.running(fault) else "")
        yield f"\n```diff\n{fault.hunk}\n```\n"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Interrupted. Started again with this seed, it goes on from here.")
