"""manage.py set_up FILE [FILE ...]."""

import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Make an installation on one's own machine ready to serve."""

    help = (
        "For an installation on one's own machine, before each start: migrates, loads the releases, and makes the "
        "staff account `admin` where there is no account yet, with a random password that it prints and keeps in "
        "var/admin-password, readable by its owner only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The releases to load."""
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a release's file")

    def handle(self, *args: Any, **options: Any) -> None:
        """All in one process, because each start of Django costs a second."""
        call_command("migrate", verbosity=0)
        for file in options["files"]:
            call_command("load_release", file, stdout=self.stdout)
        self._ensure_admin()

    def _ensure_admin(self) -> None:
        path = settings.VAR_DIR / "admin-password"
        if not User.objects.exists():
            if not path.exists():  # another database on this machine may know it already
                path.parent.mkdir(exist_ok=True)
                path.touch(mode=0o600)
                path.write_text(secrets.token_urlsafe(12) + "\n")
            password = path.read_text().strip()
            User.objects.create_superuser("admin", password=password)
            self.stdout.write(f"Staff account: admin, password: {password} (kept in var/{path.name})")
        elif path.exists():
            self.stdout.write(f"Staff account: admin, password in var/{path.name}")
