"""manage.py backup FILE [--with-key]."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commitments.ledger.clock import say_clock_problem
from commitments.ops.backup import BackupError, make_backup


class Command(BaseCommand):
    help = (
        "Writes a consistent copy of the database to FILE while the tracker serves and records, verifies its ledger, "
        "signs it with the installation's key, and prints the ledger's head: keep that somewhere else. FILE must not "
        "exist; only its owner may read it. It holds personal data and password digests (docs/backup.md)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the file to write")
        parser.add_argument(
            "--with-key", action="store_true", help="put the signing key in it, too: keep the file as you would the key"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup = make_backup(options["file"], with_key=options["with_key"])
        except BackupError as error:
            raise CommandError(f"No backup was made. {error}") from error
        self.stdout.write(f"{options['file']} verifies: {backup.entries} entries, head {backup.head}")
        say_clock_problem(self.stderr)
