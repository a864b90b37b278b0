"""manage.py collectstatic."""

import os
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands import collectstatic

from commitments.ops.private_files import open_passage

READABLE = 0o022  # a umask: what others may not do is write


class Command(collectstatic.Command):
    def handle(self, **options: Any) -> str | None:
        # As Django's, but these files are not private: everybody is served them.
        umask = os.umask(READABLE)
        try:
            said: str | None = super().handle(**options)
        finally:
            os.umask(umask)
        if settings.PRODUCTION and settings.VAR_DIR in settings.STATIC_ROOT.parents:
            open_passage(settings.VAR_DIR)
        return said
