"""The lines by which readers check the ledger, copied from the page of a real server and run."""

import urllib.request

import pytest

from tests.helpers.ledger_check import check_of, run


def run_on(server):
    """The lines that the page of a server shows, run."""
    with urllib.request.urlopen(f"{server.url}/ledger/") as answer:
        source = answer.read().decode()
    return run(check_of(source))


END = "from commitments.models import LedgerHead\nprint(LedgerHead.objects.get())"
REDACT = """
from commitments.ledger.append import append_entries, new_redaction
from commitments.ledger.new_entries import Actor
from commitments.models import LedgerEntry
report = LedgerEntry.objects.filter(kind="report").first()
[first] = append_entries([new_redaction(report, report.data | {"note": "公開"}, "A name.", Actor())])
append_entries([new_redaction(first, first.data | {"reason": "Less."}, "A name.", Actor())])
"""


@pytest.mark.processes
def test_after_redactions_the_lines_end_where_the_ledger_ends(installation):
    fresh = installation.python(END).stdout
    assert installation.python(REDACT).returncode == 0
    with installation.serve() as server:
        assert run_on(server) == (0, installation.python(END).stdout, "")
    assert installation.python(END).stdout != fresh
