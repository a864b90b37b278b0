"""Many visitors at the same time, while staff publish: nobody gets an error, and nobody an old page.

    python -m tests.soak.load [--clients 200] [--seconds 60] [--desks 15] [--publications 5]

What a publication's answer says is recorded stands on every page that is asked for afterwards.
"""

import argparse
import asyncio
import itertools
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError

from tests.helpers import installation as installations
from tests.helpers.installation import Installation, Server
from tests.helpers.staff import Staff, add_staff
from tests.soak.figures import milliseconds, told
from tests.soak.traffic import Question, ask, behind_a_proxy, questions, references, run_apart

KEYS = "from commitments.models import Commitment\nfor one in Commitment.objects.all(): print(one.reference, one.pk)"
NEWEST = ("/updates/", "/updates.atom", "/commitments.json", "/data/updates.csv", "/ledger.jsonl")  # what they show


@dataclass
class Newsroom:
    """Staff who publish one update after the other; `recorded`: the last number acknowledged, by commitment."""

    recorded: dict[str, int] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    closed: threading.Event = field(default_factory=threading.Event)

    def work(self, desk: Staff, commitments: dict[str, str], pause: float) -> None:
        """Publish about a commitment of this desk's own until the newsroom closes."""
        names = list(commitments)
        while not self.closed.is_set():
            begun, number = time.perf_counter(), next(self.numbers)
            one = names[number % len(names)]
            try:
                done = desk.publish(int(commitments[one]), f"soak {number} on {one}")
            except (OSError, HTTPError) as problem:
                self.problems[f"a publication failed: {problem}"] += 1
            else:
                self.problems["a publication was not acknowledged"] += not done
                self.recorded[one] = max(number, self.recorded.get(one, 0))
            self.waits.append(time.perf_counter() - begun)
            self.closed.wait(max(0.0, pause - self.waits[-1]))

    def expected(self, question: Question) -> int:
        """The number that an answer must hold, or a later one, if it is asked for now; 0: none."""
        if question.about:
            return self.recorded.get(question.about, 0)
        return max(self.recorded.values(), default=0) if question.address in NEWEST else 0


async def visit(server: Server, newsroom: Newsroom, clients: int, until: float) -> tuple[list[float], Counter[str]]:
    """So many visitors, each asking again as soon as it has its answer: seconds of each request, and what was wrong."""
    known, waits, wrong = references(server), list[float](), Counter[str]()

    async def visitor(seed: int) -> None:
        for question in questions(known, seed):
            if time.perf_counter() >= until:
                return
            expected = newsroom.expected(question)
            answer = await ask(server, question, seed)
            waits.append(answer.seconds)
            shown = re.findall(rf"soak (\d+) on {question.about or '[A-Z]'}", answer.body)
            if answer.status != question.status:
                wrong[f"{answer.status} for {question.address} {answer.body[:80] * (not answer.status)}"] += 1
            elif max(map(int, shown), default=0) < expected:
                wrong[f"{question.address} did not show what was recorded before it was asked for"] += 1

    await asyncio.gather(*(visitor(seed) for seed in range(clients)))
    return waits, wrong


def run(installation: Installation, clients: int, seconds: float, desks: int, publications: float) -> int:
    """Print the figures; 1 where a visitor or somebody of the staff met an error, or a page was old."""
    add_staff(installation)
    keys = dict(map(str.split, installation.python(KEYS).stdout.splitlines()))
    newsroom = Newsroom()
    with behind_a_proxy(installation).serve() as server:
        jobs = [
            threading.Thread(
                target=newsroom.work,
                args=(Staff(server), dict(list(keys.items())[number::desks]), desks / publications),
            )
            for number in range(desks)
        ]
        begun = time.perf_counter()
        for job in jobs:
            job.start()
        try:
            waits, wrong = run_apart(visit(server, newsroom, clients, begun + seconds))
        finally:
            newsroom.closed.set()
            for job in jobs:
                job.join()
        took = time.perf_counter() - begun
    lines = [
        f"Load, {clients} clients for {took:.0f} s, {installation.vendor}",
        f"  {len(waits):,} requests, {len(waits) / took:.0f} a second; {milliseconds(waits)}",
        f"  {len(newsroom.waits)} publications meanwhile, {len(newsroom.waits) / took:.1f} a second",
        f"  from asking for the form to seeing the page: {milliseconds(newsroom.waits)}",
    ]
    broken = wrong + newsroom.problems
    return told("\n".join(lines), [f"{count} times {what}" for what, count in broken.items() if count])


def main() -> int:
    """As asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--desks", type=int, default=15, help="so many of the staff")
    parser.add_argument("--publications", type=float, default=5, help="a second, at most")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = installations.template(Path(folder))
        return run(made, said.clients, said.seconds, said.desks, said.publications)


if __name__ == "__main__":
    sys.exit(main())
