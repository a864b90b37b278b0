"""manage.py verify_ledger [--rebuild]."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from commitments import ledger, triggers
from commitments.models import LedgerHead


class Command(BaseCommand):
    """Check the ledger."""

    help = (
        "Recomputes the digest chain, checks the database's triggers and compares every projection with the ledger. "
        "Prints what does not fit, the first entry first, and exits with 1; else prints the head. "
        "--rebuild lays the triggers and mends the projections; a broken chain is never mended."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to mend."""
        parser.add_argument("--rebuild", action="store_true", help="mend triggers and projections from the ledger")

    def handle(self, *args: Any, **options: Any) -> None:
        """Mend if asked to, then check everything."""
        if options["rebuild"]:
            self._rebuild()
        problems = list(ledger.verify())
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            sys.exit(1)
        head = LedgerHead.objects.get()
        self.stdout.write(f"The ledger verifies: {head.sequence} entries, head {head.digest}")

    def _rebuild(self) -> None:
        for name in triggers.problems(connection):
            self.stdout.write(f"laid again: trigger {name}")
        triggers.lay(connection)
        for difference in ledger.compare(repair=True):
            self.stdout.write(f"mended: {difference}")
