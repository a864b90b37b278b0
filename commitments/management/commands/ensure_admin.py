"""manage.py ensure_admin."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Make the first staff account."""

    help = (
        "Makes the staff account `admin` with a random password where there is no account yet, and keeps the password "
        "in var/admin-password, readable by its owner only. For an installation on one's own machine."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it once, and say where its password is."""
        path = settings.VAR_DIR / "admin-password"
        if not User.objects.exists():
            password = secrets.token_urlsafe(12)
            path.parent.mkdir(exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(password + "\n")
            User.objects.create_superuser("admin", password=password)
            self.stdout.write(f"Staff account: admin, password: {password} (kept in var/{path.name})")
        elif path.exists():
            self.stdout.write(f"Staff account: admin, password in var/{path.name}")
