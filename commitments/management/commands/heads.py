"""manage.py heads."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate

from commitments.ledger.clock import say_clock_problem
from commitments.ops.heads import HeadsError, write_head


class Command(BaseCommand):
    help = (
        "Adds a signed line to var/heads.txt, one a day: the day, the ledger's last entry and its digest. It is served "
        "at /ledger/heads.txt for others to keep, who can then prove with verify_ledger --against what was changed. "
        "A ledger that does not verify, or does not continue the list, gets no line, and the command exits with 1. "
        "The key is made by the first run, in var/signing-key, for its owner only (docs/ledger.md)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # Write the line of today, or say that it is there.
        try:
            head = write_head(localdate())
        except (HeadsError, OSError) as error:
            raise CommandError(f"No line was written. {error}") from error
        if head:
            self.stdout.write(f"{settings.HEADS_FILE}, {head}: {head.digest}")
        else:
            self.stdout.write("The ledger is empty: there is no head to write down yet.")
        say_clock_problem(self.stderr)
