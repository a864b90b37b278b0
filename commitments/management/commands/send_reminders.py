"""manage.py send_reminders [--dry-run]."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import localdate

from commitments.workflow import reminders


class Command(BaseCommand):
    """Send reminders."""

    help = (
        "Mails everybody who drafts for an owner what is past its deadline, due soon or due for review: one mail a "
        "person, never twice for the same day. Can be run as often as you like: what the mail server did not take is "
        "tried again. Exits with 1 where something is left for the next run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to send at all."""
        parser.add_argument("--dry-run", action="store_true", help="say who would be sent what; send and store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the letters of the day, and send them."""
        day = localdate()
        letters = reminders.reminder_letters(day)
        if options["dry_run"]:
            for letter in letters:
                counts, references = ", ".join(letter.counts), ", ".join(letter.references)
                self.stdout.write(f"{letter.user.get_username()}: {counts} ({references})")
            self.stdout.write(f"{len(letters)} to be sent for {day}. Nothing was sent.")
            return
        self._report(reminders.deliver_letters(letters, day))

    def _report(self, outcome: reminders.DeliveryResult) -> None:
        """One line; exit 1 where something is left."""
        summary = f"Reminders sent: {outcome.sent}."
        if outcome.elsewhere:
            summary += f" Left to another run that has begun on them: {outcome.elsewhere}."
        left = len(outcome.refused) + outcome.untried
        if not left:
            self.stdout.write(summary)
            return
        reasons = [f"{name}: {reason}" for name, reason in outcome.refused.items()]
        reasons += [f"the mail server: {outcome.stopped}"] if outcome.stopped else []
        self.stderr.write(f"{summary} Not sent, and tried again at the next run: {left} ({'; '.join(reasons)}).")
        sys.exit(1)
