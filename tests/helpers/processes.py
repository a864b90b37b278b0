"""Publishers that are processes of their own."""

from tests.helpers.installation import Installation


def notes_on_record(installation: Installation) -> set[str]:
    code = "from commitments.models import Update\nfor u in Update.objects.filter(entry__gt=180): print(u.note)"
    done = installation.python(code)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines())


# Publishes report after report about one commitment, each with its number as the note, until a file says stop.
PUBLISHER = """
from pathlib import Path
from commitments import ledger
from commitments.models import Commitment
from tests.factories import evidence, new

one, number = Commitment.objects.get(reference="CU-08"), 0
while not Path({stop!r}).exists():
    number += 1
    ledger.append([new("report", one, note=f"number {{number}}", date="2025-03", evidence=[evidence()])])
"""
