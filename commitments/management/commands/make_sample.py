"""manage.py make_sample N."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commitments.ops.sample_data import NotEmptyError, make_sample


class Command(BaseCommand):
    help = (
        "Publishes N invented commitments, each with three updates and their evidence, for benchmarks. "
        "Refuses a database that holds any commitment: what is published stays in the ledger."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, metavar="N", help="how many commitments, 1 to 999999")

    def handle(self, *args: Any, **options: Any) -> None:
        # Make them, and say now and then how far it is.
        if not 1 <= options["number"] <= 999_999:  # noqa: PLR2004  (six digits of a reference)
            raise CommandError("N is a whole number from 1 to 999999.")
        try:
            for so_far in make_sample(options["number"]):
                if so_far % 10_000 == 0 or so_far == options["number"]:
                    self.stdout.write(f"{so_far} commitments")
        except NotEmptyError:
            raise CommandError("This database holds commitments. Use an empty one: DATABASE_URL=sqlite:///…") from None
