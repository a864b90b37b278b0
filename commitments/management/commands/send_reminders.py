"""manage.py send_reminders [--dry-run]."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import localdate

from commitments.workflow import reminders


class Command(BaseCommand):
    help = (
        "Writes everybody who drafts for an owner what is past its deadline, due soon or due for review: one mail a "
        "person, never twice for the same day. The mails go into the outbox, which send_outbox sends. Can be run as "
        "often as you like. Exits with 1 where somebody's address is none."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say who would be sent what; store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        day = localdate()
        letters = reminders.reminder_letters(day)
        if options["dry_run"]:
            for letter in letters:
                counts, references = ", ".join(letter.counts), ", ".join(letter.references)
                self.stdout.write(f"{letter.user.get_username()}: {counts} ({references})")
            self.stdout.write(f"{len(letters)} to be sent for {day}. Nothing was sent.")
            return
        self._report(reminders.queue_letters(letters, day))

    def _report(self, outcome: reminders.QueueResult) -> None:
        """One line; exit 1 where somebody is not told."""
        summary = f"Reminders put into the outbox: {outcome.queued}."
        if outcome.elsewhere:
            summary += f" Written by another run meanwhile: {outcome.elsewhere}."
        if not outcome.refused:
            self.stdout.write(summary)
            return
        reasons = "; ".join(f"{name}: {reason}" for name, reason in outcome.refused.items())
        self.stderr.write(f"{summary} Not written: {len(outcome.refused)} ({reasons}).")
        sys.exit(1)
