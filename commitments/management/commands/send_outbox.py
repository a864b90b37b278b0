"""manage.py send_outbox [--every SECONDS]."""

import os
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from commitments.accounts.account_changes import tell_all_owners
from commitments.accounts.attempts import delete_expired_counts
from commitments.models import DeletedDraft, ErrorReport, KeptForm
from commitments.workflow import outbox


class Command(BaseCommand):
    help = (
        "Sends the mails that wait in the outbox, each once, also where it is run twice at the same time. What the "
        "mail server did not take is tried again, after a minute, two, four … up to six hours, for three days. It "
        "also deletes what has a time that is over: counts of attempts to sign in, digests of senders of error "
        "reports, forms that were kept for their sender, deleted drafts. Exits with 1 where mails wait that were tried "
        "before, or the mail server does not answer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--every", type=float, metavar="SECONDS", help="again and again, until the process that started it is gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["every"] is None:
            if self._send():
                sys.exit(1)
            return
        parent = os.getppid()
        while os.getppid() == parent:
            self._send_where_possible()
            time.sleep(options["every"])

    def _send_where_possible(self) -> None:
        """A database that is gone for a while ends nothing."""
        try:
            close_old_connections()
            self._send()
        except DatabaseError as error:
            self.stderr.write(f"Mails wait: {error}")

    def _send(self) -> int:
        """Send, delete, and say in a line what there is to say; how many mails wait that were tried before."""
        now = timezone.now()
        delete_expired_counts(now)
        ErrorReport.objects.forget_senders(now)
        KeptForm.objects.delete_expired(now)
        DeletedDraft.objects.delete_expired(now)
        tell_all_owners()
        outcome = outbox.deliver_waiting()
        waiting, since, problem = outbox.waiting_since()
        summary = f"Mails sent: {outcome.sent}." if outcome.sent else ""
        if outcome.given_up:
            summary += f" Given up: {outcome.given_up} (the log says why)."
        if outcome.stopped:
            summary += f" Stopped by the mail server: {outcome.stopped}. Check EMAIL_URL and the mail server."
        if waiting:
            summary += f" Tried and waiting: {waiting}, the oldest since {since:%Y-%m-%d %H:%M} UTC ({problem})."
        if summary:
            (self.stderr if outcome.stopped or waiting else self.stdout).write(summary.strip())
        return waiting + bool(outcome.stopped)
