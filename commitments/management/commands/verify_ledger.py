"""manage.py verify_ledger [--rebuild] [--allow-empty] [--against FILE]."""

import gc
import sys
import time
from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from commitments.domain.head_list import HeadListError, ListedHead, read_heads
from commitments.ledger.clock import say_clock_problem
from commitments.ledger.listed_heads import first_difference
from commitments.ledger.verify import rebuild_projections, verify_ledger
from commitments.models import LedgerHead
from commitments.models.snapshot import read_snapshot
from commitments.ops.service_environment import database_name


class Command(BaseCommand):
    help = (
        "Recomputes the digest chain, checks the database's triggers and compares every projection with the ledger, "
        "all as they are at one moment; nobody waits meanwhile, and nothing is written. "
        "Prints what does not fit, the first entry first, and exits with 1; else prints the head. "
        "--rebuild lays the triggers and mends the projections, and those who publish wait for it; "
        "a broken chain is never mended. "
        "--against FILE proves besides that the ledger continues a list of its heads that was kept elsewhere: a ledger "
        "that was rewritten or cut is named by the first line that does not fit, whatever else was mended."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="mend triggers and projections from the ledger")
        parser.add_argument("--allow-empty", action="store_true", help="a ledger without entries is no failure")
        parser.add_argument(
            "--against", type=Path, metavar="FILE", help="a list of heads that was kept elsewhere (/ledger/heads.txt)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # What was imported stays, and rows go as they came: to look for what could be freed took a tenth of the time.
        gc.freeze()
        gc.set_threshold(100_000)
        progress = ProgressLine(sys.stderr)
        heads = kept_heads(options["against"]) if options["against"] else []
        if (
            LedgerHead._meta.db_table not in connection.introspection.table_names()
        ):  # as in a file made by asking for it
            raise CommandError(NOTHING.format(f"{database_name()} holds no ledger"), returncode=2)
        if options["rebuild"]:
            for mended in rebuild_projections(progress):
                progress.clear()
                self.stdout.write(f"mended: {mended}")
        wrong = False
        with read_snapshot():  # the head is that of what was verified
            for problem in chain(filter(None, [first_difference(heads)]), verify_ledger(progress)):
                progress.clear()
                self.stderr.write(problem)
                wrong = True
            head = LedgerHead.objects.values_list("sequence", "digest").first()
        progress.clear()
        say_clock_problem(self.stderr)
        if wrong or head is None:
            sys.exit(1)
        if not head[0] and not options["allow_empty"]:
            raise CommandError(NOTHING.format(f"The ledger in {database_name()} is empty"), returncode=2)
        self.stdout.write(f"The ledger verifies: {head[0]} entries, head {head[1]}")
        if heads:
            self.stdout.write(f"It continues {options['against']}: {len(heads)} lines, up to {heads[-1]}")


NOTHING = "{}: nothing was verified. If another database is meant, give its DATABASE_URL."


def kept_heads(file: Path) -> list[ListedHead]:
    """The lines of a list; CommandError where it is none, a signature does not fit, or there is no line to compare."""
    try:
        heads = read_heads(file.read_text(encoding="utf-8-sig"))
    except HeadListError as error:
        raise CommandError(f"{file} proves nothing: {error}.") from error
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} cannot be read: {error}.") from error
    if not heads:
        raise CommandError(f"{file} proves nothing: it holds no line.")
    return heads


class ProgressLine:
    """How far the work is, on one line of a terminal that is written over; nothing where there is no terminal."""

    INTERVAL = 0.2  # seconds

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.is_terminal = stream, stream.isatty()
        self.width, self.next_at = 0, 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        # Say that so many of all entries or commitments are done, unless it was said a moment ago.
        if not self.is_terminal or (time.monotonic() < self.next_at and done < total):
            return
        line = f"{what}: {done:,} of {total:,}"
        self.stream.write(f"\r{line:{self.width}}")
        self.stream.flush()
        self.width, self.next_at = max(self.width, len(line)), time.monotonic() + self.INTERVAL

    def clear(self) -> None:
        """Leave the line to what is printed next."""
        if self.width:
            self.stream.write(f"\r{'':{self.width}}\r")
            self.stream.flush()
            self.width = 0
