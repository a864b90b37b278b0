"""manage.py check_quotes FILE [--release SLUG]."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commitments.models import Commitment, Release


class Command(BaseCommand):
    help = (
        "Looks for every quote of a release's commitments, drafts included, in the release's text. Each must be found "
        "exactly once, word for word (white space aside). Exits with 1 and names those that are not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the release's text, UTF-8")
        parser.add_argument("--release", help="its slug; may be left out while there is only one")

    def handle(self, *args: Any, **options: Any) -> None:
        release = self._release(options["release"])
        try:
            text = " ".join(options["file"].read_text(encoding="utf-8").split())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        commitments = Commitment.objects.filter(release=release)
        wrong_count = 0
        for commitment in commitments:
            count = text.count(" ".join(commitment.quote.split()))
            if count != 1:
                wrong_count += 1
                self.stderr.write(f"{commitment.reference}: found {count} times: “{commitment.quote}”")
        if wrong_count:
            sys.exit(1)
        self.stdout.write(f"All {commitments.count()} quotes of {release.slug} are found, once each.")

    def _release(self, slug: str | None) -> Release:
        releases = Release.objects.filter(slug=slug) if slug else Release.objects.all()
        if len(releases) != 1:
            slugs = ", ".join(Release.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"Say which release with --release. Known: {slugs}.")
        release: Release = releases[0]
        return release
