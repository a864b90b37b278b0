"""manage.py check_links [--days N]."""

from argparse import ArgumentParser
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from commitments.domain.choices import LinkOutcome
from commitments.models import LinkCheck
from commitments.ops.link_checks import LinkResult, ask_pages
from commitments.workflow.link_checks import references_by_url, store_link_check, urls_to_check


class Command(BaseCommand):
    help = (
        "Asks every page of evidence whether it still answers, and says which do not. Pages that were asked within the "
        "last days are left out, so that a run that was stopped goes on where it was. Needs a way to the internet."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=7, help="ask pages that were not asked for so many days (7)")

    def handle(self, *args: Any, **options: Any) -> None:
        urls = urls_to_check(timezone.now(), timedelta(days=options["days"]))
        if urls:
            async_to_sync(self._ask)(urls)  # what is stored is stored by this thread
        failed = list(LinkCheck.objects.failed())
        self.stdout.write(f"{len(urls)} pages asked. {len(failed)} pages of evidence answer no more.")
        references = references_by_url(check.url for check in failed)
        for check in failed:
            since = timezone.localdate(check.failing_since)
            what = check.http_status or check.detail
            self.stdout.write(f"{check.url} ({', '.join(references[check.url])}): {what}, since {since}")

    async def _ask(self, urls: list[str]) -> None:
        """Store each answer as it comes; the failures to connect at the end, unless they outnumber the answers.

        Then the fault is likely to lie here, and the pages are asked again by the next run.
        """
        unreachable: list[LinkResult] = []
        answers = 0
        async for result in ask_pages(urls, settings.SITE_URL):
            if result.outcome == LinkOutcome.UNREACHABLE and result.http_status is None:
                unreachable.append(result)
                continue
            answers += 1
            await sync_to_async(self._store)([result])
        if len(unreachable) > answers:
            message = (
                f"{len(unreachable)} of {len(urls)} pages could not be reached ({unreachable[0].detail}). It is "
                "likely a fault of this machine or of its way to the internet: nothing of them was stored. Run again."
            )
            raise CommandError(message)
        await sync_to_async(self._store)(unreachable)

    def _store(self, results: list[LinkResult]) -> None:
        for result in results:
            store_link_check(LinkCheck(checked_at=timezone.now(), **asdict(result)))
