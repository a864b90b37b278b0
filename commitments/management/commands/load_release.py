"""manage.py load_release FILE."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commitments.workflow.release_file_errors import ReleaseFileError
from commitments.workflow.release_loader import load_release


class Command(BaseCommand):
    help = (
        "Loads a release with its commitments and what is known of them into the ledger. Can be run again: "
        "what was loaded before is left alone, and what staff deleted stays deleted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a release's file, as described in docs/release-file.md")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_release(options["file"])
        except ReleaseFileError as error:
            raise CommandError(str(error)) from error
        summary = (
            f"{loaded.items} items and {loaded.entries} ledger entries are new, {loaded.translations} translations."
        )
        self.stdout.write(f"{options['file'].name}: {summary}")
        for sentence in (*loaded.left, *loaded.warnings):
            self.stdout.write(sentence)
