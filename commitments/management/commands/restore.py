"""manage.py restore FILE [--force]."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commitments.ledger.clock import say_clock_problem
from commitments.ops.backup import BackupError, restore_backup


class Command(BaseCommand):
    help = (
        "Puts what a backup holds in the database's place, migrated and verified, with everybody signed out: all of "
        "it or nothing. What was changed after it was signed is refused; what is not signed, or with a key that is not "
        "known here, is restored with a warning that names who may do everything. A database that holds data is "
        "replaced with --force only. Stop the servers first, or start them again afterwards (docs/backup.md)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="what manage.py backup wrote")
        parser.add_argument("--force", action="store_true", help="replace a database that holds data")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup = restore_backup(options["file"], force=options["force"], warn=self.stderr.write)
        except BackupError as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        self.stdout.write(f"Restored the backup of {backup.made_at}: {backup.entries} entries, head {backup.head}")
        say_clock_problem(self.stderr)
