"""What a run prints, said at once on the screen and at its end in BENCHMARKS.md."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import django

from tests.helpers.installation import ROOT

_said: list[str] = []


def say(text: str = "") -> None:
    """A line of a table, or an empty one."""
    print(text, flush=True)
    _said.append(text.rstrip())


@contextmanager
def table(title: str) -> Iterator[None]:
    """A table under its title."""
    print(f"\n{title}", flush=True)
    _said.extend([f"## {title}", "", "```"])
    yield
    _said.extend(["```", ""])


def write(path: Path = ROOT / "BENCHMARKS.md") -> None:
    """All that was said, with the machine and the day. The file holds one run: its figures belong together."""
    load = os.getloadavg()[0]
    machine = (
        f"Run of {datetime.now(UTC):%Y-%m-%d} on {processor()}, {os.cpu_count()} cores, {memory():.0f} GB; "
        f"{platform.system()}, Python {platform.python_version()}, Django {django.get_version()}; "
        f"load at its end {load:.1f}. Written by `make bench`; what the figures mean: docs/performance.md."
    )
    path.write_text("\n".join(["# Benchmarks", "", machine, "", *_said]).rstrip() + "\n")


def processor() -> str:
    """Its name, as the system tells it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory() -> float:
    """GB of the machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
