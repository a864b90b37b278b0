"""`verify_ledger` again and again while four processes publish 2,000 updates: nobody waits for it, it invents nothing.

And the same with an export in its place, so that the slowest writers can be compared: their times are printed.
"""

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.installation import Installation

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]
PROCESSES, TIMES = 4, 500
WRITER = """
import json, time
from pathlib import Path
from commitments.ledger.append import append_entries
from commitments.models import Commitment
from tests.factories import evidence, new

everything = list(Commitment.objects.public())
Path({ready!r}).touch()
while not Path({go!r}).exists():
    time.sleep(0.001)
waited = []
for number in range({times}):
    said = {{"note": f"{beside}: writer {place}, {{number}}", "date": "2025-03", "evidence": [evidence()]}}
    update = new("report", everything[(number * {processes} + {place}) % len(everything)], **said)
    started = time.perf_counter()
    append_entries([update])
    waited.append(time.perf_counter() - started)
print(json.dumps([max(waited), sum(waited) / len(waited)]))
"""


def publish_beside(installation: Installation, folder: Path, work: Callable[[], None]) -> tuple[float, float, int]:
    """The longest and the mean time of a publication in seconds, and how often the work was done meanwhile."""
    folder.mkdir()
    ready, go = [folder / f"ready-{place}" for place in range(PROCESSES)], folder / "go"
    writers = [
        installation.start(
            *("shell", "--no-imports", "-c"),
            WRITER.format(
                ready=str(file), go=str(go), beside=folder.name, place=place, processes=PROCESSES, times=TIMES
            ),
        )
        for place, file in enumerate(ready)
    ]
    while not all(file.exists() or writer.poll() is not None for file, writer in zip(ready, writers, strict=True)):
        pass
    go.touch()
    done = 0
    while any(writer.poll() is None for writer in writers):
        work()
        done += 1
    printed = [writer.communicate() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * PROCESSES, printed
    times = [json.loads(out) for out, _problems in printed]
    return max(slowest for slowest, _mean in times), sum(mean for _slowest, mean in times) / PROCESSES, done


def test_verifying_holds_up_no_writer_and_finds_no_difference(installation, tmp_path, capfd):
    def verify() -> None:
        done = installation.run("verify_ledger")
        assert (done.returncode, done.stderr) == (0, "")

    beside_verification = publish_beside(installation, tmp_path / "verification", verify)
    with installation.serve(workers=1) as server:

        def download() -> None:
            with urllib.request.urlopen(f"{server.url}/ledger.jsonl", timeout=60) as answer:
                answer.read()

        beside_export = publish_beside(installation, tmp_path / "export", download)
    with capfd.disabled():
        for name, (slowest, mean, times) in (("verification", beside_verification), ("export", beside_export)):
            print(
                f"\n{installation.vendor}, {PROCESSES * TIMES:,} publications beside {times} times {name}: "
                f"slowest {1000 * slowest:.0f} ms, mean {1000 * mean:.1f} ms",
                end="",
            )
        print()
    verify()
    assert beside_verification[2] > 1
    # Who is held up by a lock waits for a whole verification: seconds more than beside an export.
    assert beside_verification[0] < 2 * beside_export[0] + 1
