"""Publishers that are processes of their own."""

import time
from pathlib import Path

from tests.helpers.installation import Installation
from tests.helpers.release_file import ENTRIES


def notes_on_record(installation: Installation) -> set[str]:
    code = f"from commitments.models import Update\nfor u in Update.objects.filter(entry__gt={ENTRIES}): print(u.note)"
    done = installation.python(code)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines())


# Publishes report after report about one commitment, each with its number as the note, until a file says stop.
PUBLISHER = """
from pathlib import Path
from commitments.ledger.append import append_entries
from commitments.models import Commitment
from tests.factories import evidence, new

commitment, number = Commitment.objects.get(reference="CU-08"), 0
while not Path({stop!r}).exists():
    number += 1
    append_entries([new("report", commitment, note=f"number {{number}}", date="2025-03", evidence=[evidence()])])
"""

# Waits for a file, so that all writers begin at once, then publishes ten reports.
WRITER = """
import time
from pathlib import Path
from django.db import connection
from commitments.ledger.append import append_entries
from commitments.models import Commitment
from tests.factories import evidence, new

commitment = Commitment.objects.get(reference={reference!r})
connection.close()
Path({ready!r}).touch()
while not Path({go!r}).exists():
    time.sleep(0.001)
for n in range(10):
    append_entries([new("report", commitment, note={name!r} + f" {{n}}", date="2025-03", evidence=[evidence()])])
"""


def run_at_once(installation: Installation, folder: Path, references: list[str], work: str = WRITER) -> None:
    go = folder / "go"
    writers = []
    for number, reference in enumerate(references):
        ready = folder / f"ready-{number}"
        values = {"reference": reference, "ready": str(ready), "go": str(go), "name": f"writer {number}"}
        code = work.format(**values, number=number)
        writers.append((installation.start("shell", "--no-imports", "-c", code), ready))
    while not all(ready.exists() or writer.poll() is not None for writer, ready in writers):
        time.sleep(0.01)
    go.touch()
    for writer, _ready in writers:
        _out, problems = writer.communicate(timeout=120)
        assert writer.returncode == 0, problems
