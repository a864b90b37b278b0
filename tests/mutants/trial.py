"""The faults before the tests: what catches each, found in few long runs and kept as soon as it is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Any

from tests.mutants.faults import Fault
from tests.mutants.suite import Copy, Profile

OPEN, CAUGHT, SURVIVED = "not caught yet", "caught", "survived"
NOTHING_RAN = "no test could be run"


class Results:
    """What became of each fault with this suite, kept line by line in a file; the last line about a fault holds."""

    def __init__(self, path: Path, suite: str) -> None:
        self.path, self.suite, self.lock = path, suite, Lock()
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        self.found: dict[str, dict[str, str]] = {one["fault"]: one for one in lines if one["suite"] == suite}

    def save(self, fault: Fault, state: str, by: str = "") -> None:
        one = {"suite": self.suite, "fault": str(fault), "state": state, "by": by}
        with self.lock, self.path.open("a") as file:
            self.found[str(fault)] = one
            file.write(json.dumps(one) + "\n")
            print(f"{fault}: {state} {by}".rstrip(), flush=True)

    def state(self, fault: Fault) -> str:
        return self.found[str(fault)]["state"] if str(fault) in self.found else ""

    def by(self, fault: Fault) -> str:
        """The test that caught it."""
        return self.found[str(fault)]["by"]


class Trial:
    """Each copy works on something of its own at the same time as the others."""

    def __init__(self, copies: Sequence[Copy], profile: Profile, results: Results) -> None:
        self.copies, self.profile, self.results = copies, profile, results

    def hold(self, faults: Sequence[Fault]) -> None:
        """First each by itself before the tests likeliest to notice; then what is left, together, before all tests.

        All tests and not only those that run its line: what one test leaves in a cache, others use without running it.
        """
        self.share_out(self.quick_round, [fault for fault in faults if not self.results.state(fault)])
        for together in apart([fault for fault in faults if self.results.state(fault) == OPEN]):
            self.share_out(partial(self.long_round, together), self.parts())
            for fault in self.still_open(together):
                self.results.save(fault, SURVIVED)

    def share_out(self, work: Callable[[Copy, Any], None], items: Iterable[Any]) -> None:
        """Each item to the copy that is free next."""
        free: SimpleQueue[Copy] = SimpleQueue()
        for copy in self.copies:
            free.put(copy)

        def one(item: Any) -> None:
            copy = free.get()
            try:
                work(copy, item)
            finally:
                free.put(copy)

        with ThreadPoolExecutor(len(self.copies)) as pool:
            try:
                list(pool.map(one, items))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for copy in self.copies:
                    copy.stop()
                raise

    def parts(self) -> list[list[str]]:
        """All tests, one part for each copy: file by file, and about as long."""
        parts: list[list[str]] = [[] for _copy in self.copies]
        share, spent = sum(self.profile.seconds.values()) / len(parts), 0.0
        for test in self.profile.tests:
            parts[min(int(spent / share), len(parts) - 1)].append(test)
            spent += self.profile.seconds[test]
        return parts

    def quick_round(self, copy: Copy, fault: Fault) -> None:
        run = copy.run(self.profile, self.profile.likely(fault), [fault], "-x")
        self.results.save(fault, OPEN if run.well else CAUGHT, *(run.failed or [NOTHING_RAN] * (not run.well))[-1:])

    def long_round(self, faults: Sequence[Fault], copy: Copy, tests: Sequence[str]) -> None:
        """With all faults planted at once: a test that passes has caught none, and of one that fails it is found out.

        It goes on with the tests that have not passed yet, without the faults that were caught.
        """
        left = list(tests)
        while left and (planted := self.still_open(faults)):
            run = copy.run(self.profile, left, planted, "-x")
            if run.well:
                return
            left = [test for test in left if test not in run.seconds or test in run.failed]
            failed = run.failed[-1:] or left or list(tests)
            caught = self.culprits(copy, failed, planted)
            for fault in caught:
                self.results.save(fault, CAUGHT, *(run.failed or [NOTHING_RAN])[-1:])
            if not caught:  # only several faults together do it: that says nothing of any of them
                left = [test for test in left if test not in failed]

    def culprits(self, copy: Copy, tests: Collection[str], faults: Sequence[Fault]) -> list[Fault]:
        """Of faults that some tests catch together, those that they catch alone: one found by halves, or else all."""

        def caught(some: Sequence[Fault]) -> bool:
            return not copy.run(self.profile, tests, some, "-x").well

        group, sure = list(faults), True
        while len(group) > 1:
            half = group[: len(group) // 2]
            sure = caught(half)
            group = half if sure else group[len(half) :]
        return group if sure or caught(group) else [fault for fault in faults if caught([fault])]

    def still_open(self, faults: Sequence[Fault]) -> list[Fault]:
        return [fault for fault in faults if self.results.state(fault) == OPEN]

    def failing_anyway(self, faults: Sequence[Fault]) -> list[str]:
        """Of the tests that caught something, those that fail with no fault planted, when run together."""
        tests = {self.results.by(fault) for fault in faults} & set(self.profile.tests)
        return self.copies[0].run(self.profile, sorted(tests)).failed if tests else []


def apart(faults: Iterable[Fault]) -> list[list[Fault]]:
    """Groups in which no two stand in the same function, where one could hide what another does."""
    groups: list[dict[tuple[str, int], Fault]] = []
    for fault in faults:
        place = (fault.module, fault.function)
        group = next((one for one in groups if place not in one), None)
        if group is None:
            groups.append(group := {})
        group[place] = fault
    return [list(group.values()) for group in groups]
