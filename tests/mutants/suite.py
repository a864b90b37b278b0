"""The tests of a checkout: private copies of it, which run some of them, and what each of them runs itself."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path, PurePath

from coverage import CoverageData

from tests.mutants.faults import MODULES, Fault

WATCHED = Path(__file__).with_name("watched.py")
OURSELVES = "tests/mutants/"
# A checkout may lack one of the markers. A file's tests share what they set up.
IN_PROCESS = ("-m", "not browser and not processes and not slow", "-o", "strict_markers=false", "--dist=loadfile")
# In the order in which they are collected, and with the same examples each time.
SAME_EACH_TIME = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-seed=0", "--tb=short")
# A test is given up after so many seconds, and so many times what it took before: other work may slow the machine
# down, and the first test of a run waits for its database.
PATIENCE, TIMES = 120, 10
QUICK_TESTS, QUICK_SECONDS = 60, 20


@dataclass
class Run:
    """How pytest ended, what it printed, how long each test took that ended, and which failed."""

    code: int
    output: str
    seconds: dict[str, float]
    failed: list[str]

    @property
    def well(self) -> bool:
        """Nothing failed: 5 says that there was nothing to run."""
        return self.code in (0, 5)


def files(root: Path) -> list[str]:
    """What of a checkout is committed, or could be."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted(name for name in set(names) if name and (root / name).is_file())


def digest(root: Path, arguments: Sequence[str]) -> str:
    """Of application, tests and which of them are run."""
    made = hashlib.sha256(repr(arguments).encode())
    for name in files(root):
        if not name.startswith(OURSELVES):
            made.update(name.encode() + b"\0" + (root / name).read_bytes())
    return made.hexdigest()[:16]


class Copy:
    """A private copy of a checkout, where faults are planted and one run of tests goes at a time."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder, self.checkout = folder, folder / "checkout"
        self.process: subprocess.Popen[bytes] | None = None
        self.stopped = False
        for name in (*files(root), *(str(path.relative_to(root)) for path in root.glob("*/locale/**/*.mo"))):
            target = self.checkout / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target)
        if (static := root / "var" / "static").is_dir():
            (self.checkout / "var").mkdir()
            (self.checkout / "var" / "static").symlink_to(static.resolve())

    def run(self, profile: Profile, tests: Collection[str], faults: Sequence[Fault] = (), *options: str) -> Run:
        """Some tests with some faults planted, of which no two overlap."""
        before_now = [profile.seconds.get(test, 0) for test in tests]
        each = PATIENCE + TIMES * max(before_now, default=0)
        limits = ("-o", f"faulthandler_timeout={each:.0f}", "-o", "faulthandler_exit_on_timeout=true")
        everything = ("-m", "")  # whatever the configuration leaves out: these are chosen one by one
        modules = dict.fromkeys(test.partition("::")[0] for test in tests)
        before = {self.checkout / fault.module: (self.checkout / fault.module).read_text() for fault in faults}
        try:
            for fault in sorted(faults, key=lambda one: one.start, reverse=True):
                source = (self.checkout / fault.module).read_text()
                write(self.checkout / fault.module, source[: fault.start] + fault.new + source[fault.end :])
            return self.pytest(
                tests, (*limits, *everything, *options, *modules), PATIENCE + each + TIMES * sum(before_now)
            )
        finally:
            for path, source in before.items():
                write(path, source)

    def pytest(self, tests: Collection[str], arguments: Sequence[str], seconds: float | None = None) -> Run:
        """Some tests, or else all that the arguments ask for."""
        diary, chosen, output = (self.folder / name for name in ("diary", "chosen", "output"))
        diary.write_text("")
        chosen.write_text("\n".join(tests))
        # Without -P the folder of the program would be searched for modules before all others.
        command = [
            sys.executable,
            "-P",
            str(WATCHED),
            str(diary),
            str(chosen),
            f"--basetemp={self.folder / 'temporary'}",
        ]
        # Two copies would fight for one database of PostgreSQL.
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        code = -signal.SIGKILL
        with output.open("w") as file, suppress(subprocess.TimeoutExpired):
            self.process = subprocess.Popen(
                [*command, *SAME_EACH_TIME, *arguments],
                cwd=self.checkout,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                code = self.process.wait(0 if self.stopped else seconds)
            finally:
                self.kill()
        if self.stopped:
            raise InterruptedError
        return Run(code, output.read_text(errors="replace"), *read(diary))

    def kill(self) -> None:
        """End the run with all that it started."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """End the run; there will be no other."""
        self.stopped = True
        self.kill()


def write(path: Path, source: str) -> None:
    """Python tells by time and size whether what it compiled still holds, and both may be as before."""
    path.write_text(source)
    Path(importlib.util.cache_from_source(path)).unlink(missing_ok=True)


def read(diary: Path) -> tuple[dict[str, float], list[str]]:
    """How long each test took, and those that failed: crashed and endless ones, too, which never came to their end."""
    ended: dict[str, float] = {}
    running: Counter[str] = Counter()
    failed: dict[str, None] = {}
    for event, test, seconds in map(json.loads, diary.read_text().splitlines()):
        running[test] += seconds
        if event == "failed":
            failed[test] = None
        elif event == "ended":
            ended[test] = running.pop(test)
    return ended, list(failed | dict.fromkeys(running))


@dataclass
class Profile:
    """How long each test takes; which fail without any fault; which run each line, and how many lines each runs."""

    seconds: dict[str, float]
    failed: list[str]
    lines: dict[str, dict[int, set[str]]]
    breadth: Counter[str]

    @property
    def tests(self) -> list[str]:
        """Those that can tell a fault, file by file."""
        return sorted(self.seconds.keys() - self.failed)

    def running(self, fault: Fault) -> set[str]:
        """The tests that run its line; any line of its module, where its own ran before all tests."""
        by_line = self.lines.get(fault.module, {})
        return set().union(*(by_line.get(line, ()) for line in fault.lines or by_line)).intersection(self.tests)

    def likely(self, fault: Fault) -> list[str]:
        """The tests to try first: of those that run its line, or else of all, those named after its module.

        Then, and among those, the ones that run few lines of the application: they are about little else.
        """
        name = PurePath(fault.module).stem
        ordered = sorted(
            self.running(fault) or self.tests,
            key=lambda test: (name not in PurePath(test.partition("::")[0]).stem, self.breadth[test], test),
        )
        spent = accumulate(self.seconds[test] for test in ordered[1:QUICK_TESTS])
        quick = [test for test, so_far in zip(ordered[1:], spent, strict=False) if so_far <= QUICK_SECONDS]
        return [*ordered[:1], *quick]


def profile(copy: Copy, kept: Path, arguments: Sequence[str], jobs: int) -> Profile:
    """Of the tests in a copy; read where it was made before."""
    told, covered = kept.with_suffix(".json"), kept.with_suffix(".coverage")
    if not told.exists():
        settings = copy.folder / "coverage.ini"
        modules = "\n  ".join(module for modules in MODULES.values() for module in modules)
        settings.write_text(f"[run]\nrelative_files = true\ndata_file = {covered}\ninclude =\n  {modules}\n")
        coverage = ("--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report=")
        run = copy.pytest((), (*coverage, f"--numprocesses={jobs}", *IN_PROCESS, *arguments))
        if run.code not in (0, 1):
            raise SystemExit(f"The tests cannot be run:\n{run.output[-4000:]}")
        told.write_text(json.dumps([run.seconds, run.failed]))
    seconds, failed = json.loads(told.read_text())
    data = CoverageData(str(covered))
    data.read()
    contexts = {module: data.contexts_by_lineno(module) for module in data.measured_files()}
    found = (name for by_line in contexts.values() for names in by_line.values() for name in names)
    breadth = Counter(name.rpartition("|")[0] for name in found)
    tests_in: defaultdict[str, set[str]] = defaultdict(set)
    for test in seconds:
        tests_in[test.partition("::")[0]].add(test)
    lines = {
        module: {line: set().union(*(those_of(name, tests_in) for name in names)) for line, names in by_line.items()}
        for module, by_line in contexts.items()
    }
    return Profile(seconds, failed, lines, breadth)


def those_of(context: str, tests_in: Mapping[str, set[str]]) -> set[str]:
    """The tests of a context: a test's name, a bar and the part of it; empty outside any test.

    What the first test of a file sets up, the others may use.
    """
    test, _bar, part = context.rpartition("|")
    return tests_in[test.partition("::")[0]] if part == "setup" else {test} if test else set()
