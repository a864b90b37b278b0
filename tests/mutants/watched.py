"""Runs pytest and writes down what becomes of each test, as it happens, because a fault may end the process.

A program of its own, started in a copy of the checkout: that may have no `tests.mutants`.
"""

import json
import resource
import sys
from pathlib import Path
from typing import TextIO

import pytest

MOST_MEMORY = 4 * 1024**3  # of each process: a fault may gather things without end


class Watch:
    """A plugin: leaves out what was not chosen, and keeps the diary."""

    def __init__(self, diary: TextIO, chosen: set[str]) -> None:
        self.diary, self.chosen = diary, chosen

    def note(self, event: str, test: str, seconds: float = 0) -> None:
        self.diary.write(json.dumps([event, test, seconds]) + "\n")
        self.diary.flush()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Names on the command line would have to exist, and a fault may change which parameters there are."""
        if self.chosen:
            config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in self.chosen])
            items[:] = [item for item in items if item.nodeid in self.chosen]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.note("started", nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.note("failed" if report.failed else "went well", report.nodeid, report.duration)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.note("ended", nodeid)


def main(diary: str, chosen: str, *arguments: str) -> int:
    """`chosen`: the file with the names of the tests to run, one a line; empty for all that are collected."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    with Path(diary).open("w") as file:
        return pytest.main(list(arguments), plugins=[Watch(file, set(Path(chosen).read_text().splitlines()))])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
