"""Whether a server grows: the memory of its workers after some requests, and after ten times as many.

python -m tests.soak.memory [--first 2000] [--last 20000] [--within 0.1]
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from tests.helpers import installation as installations
from tests.helpers.installation import Installation, Server
from tests.soak.figures import told
from tests.soak.traffic import Question, ask, behind_a_proxy, questions, references, run_apart

AT_ONCE = 8
NETWORKS = 500  # that visitors come from; of 10,000 at most a worker remembers how much they asked for


def workers(server: Server) -> dict[int, tuple[float, float]]:
    """Of each process that answers: what it holds in memory, and its share of what several hold; in MB."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    return {int(child): (_megabytes(child, "Rss"), _megabytes(child, "Pss")) for child in children}


def _megabytes(process: str, name: str) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


async def visit(server: Server, asked: Iterator[tuple[Question, int]], number: int) -> Counter[str]:
    """So many requests, some at the same time, of one network after the other; what was answered wrongly, how often."""
    wrong: Counter[str] = Counter()

    async def visit_on(share: int) -> None:
        for question, visitor in (next(asked) for _number in range(share)):
            answer = await ask(server, question, visitor)
            if answer.status != question.status:
                wrong[f"{answer.status} for {question.address}"] += 1

    await asyncio.gather(*(visit_on(number // AT_ONCE) for _visitor in range(AT_ONCE)))
    return wrong


def run(installation: Installation, first: int, last: int, within: float) -> int:
    """Print what the workers hold; 1 where they grew by more than that share, died, or answered wrongly."""
    with behind_a_proxy(installation).serve() as server:
        asked = zip(questions(references(server), seed=1), cycle(range(NETWORKS)))
        wrong = run_apart(visit(server, asked, first))
        before = workers(server)
        wrong += run_apart(visit(server, asked, last - first))
        after = workers(server)
    problems = [f"{times} times {what}" for what, times in wrong.items()]
    problems += ["a worker died"] * (before.keys() != after.keys())
    lines = [f"Memory of the workers after {first:,} and after {last:,} mixed requests, {installation.vendor}"]
    for was, came in zip(before.values(), after.values(), strict=True):
        growth = [now / then for now, then in zip(came, was, strict=True)]
        lines.append("  " + "; ".join(
            f"{name} {then:.1f} MB, then {now:.1f} ({times:.2f} times)"
            for name, then, now, times in zip(("RSS", "PSS"), was, came, growth, strict=True)
        ))  # fmt: skip
        problems += [f"a worker grew by more than {within:.0%}"] * (max(growth) > 1 + within)
    return told("\n".join(lines), problems)


def main() -> int:
    """As asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=2_000)
    parser.add_argument("--last", type=int, default=20_000)
    parser.add_argument("--within", type=float, default=0.1)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return run(installations.template(Path(folder)), said.first, said.last, said.within)


if __name__ == "__main__":
    sys.exit(main())
