"""manage.py set_up FILE [FILE ...]."""

import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from commitments.ops.database_copies import DatabaseBusyError, alone_with_database
from commitments.ops.private_files import kept_secret, read_secret

PASSWORD_BYTES = 12
SHORTEST_PASSWORD = 8  # of a file in which somebody wrote another one; Django asks for as many


class Command(BaseCommand):
    help = (
        "For an installation on one's own machine, before each start: migrates, loads the releases, and makes the "
        "staff account `admin` where there is no account yet, with a random password that it prints and keeps in "
        "var/admin-password, readable by its owner only. A second one on the same database waits for the first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a release's file")

    def handle(self, *args: Any, **options: Any) -> None:
        # All in one process, because each start of Django costs a second.
        try:
            with alone_with_database("set-up"):
                call_command("migrate", verbosity=0)
                for file in options["files"]:
                    call_command("load_release", file, stdout=self.stdout)
                self._ensure_admin(settings.VAR_DIR / "admin-password")
        except DatabaseBusyError as error:
            raise CommandError(f"Another set_up is at work on this database, and does not end. {error}") from error

    def _ensure_admin(self, path: Path) -> None:
        if not User.objects.exists():
            password = _kept_password(path)  # another database on this machine may know it already
            User.objects.create_superuser("admin", password=password)
            self.stdout.write(f"Staff account: admin, password: {password} (kept in var/{path.name})")
        elif path.exists():
            self._say_where(path)

    def _say_where(self, path: Path) -> None:
        """Where the password is; a file that a full disk left without one is mended if nobody signed in yet."""
        if read_secret(path, SHORTEST_PASSWORD):
            self.stdout.write(f"Staff account: admin, password in var/{path.name}")
            return
        admin = User.objects.filter(username="admin", last_login=None).first()
        if admin is None:
            path.unlink()
            self.stdout.write(f"var/{path.name} held no password, and is gone. manage.py changepassword sets another.")
            return
        password = _kept_password(path)
        admin.set_password(password)
        admin.save()
        self.stdout.write(f"Staff account: admin, new password: {password} (kept in var/{path.name})")


def _kept_password(path: Path) -> str:
    """The password in the file, made and on the disk before any account has it."""
    return kept_secret(path, lambda: secrets.token_urlsafe(PASSWORD_BYTES), SHORTEST_PASSWORD)
