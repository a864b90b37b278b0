"""manage.py verify_ledger [--rebuild]."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from commitments.ledger.verify import rebuild_projections, verify_ledger
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
            for mended in rebuild_projections():
                self.stdout.write(f"mended: {mended}")
        wrong = False
        for problem in verify_ledger():
            self.stderr.write(problem)
            wrong = True
        if wrong:
            sys.exit(1)
        head = LedgerHead.objects.get()
        self.stdout.write(f"The ledger verifies: {head.sequence} entries, head {head.digest}")
