"""Which database a command speaks to, said aloud where somebody may have meant another one.

The service has its settings in a file (docs/deploy.md), which a shell does not read by itself: without them a command
would ask the SQLite file under `var/`, where the service runs on PostgreSQL.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from commitments.ops.private_files import database_path

SERVICE_SETTINGS = Path("/etc/tracker/tracker.env")


def database_name(parts: Mapping[str, Any] | None = None) -> str:
    """A database as people name it, without a password: that of Django's settings for one, else our own."""
    parts = parts or connection.settings_dict
    if parts["ENGINE"] == "tracker.sqlite":
        return f"the SQLite file {database_path(parts['NAME'])}"
    port = f":{parts['PORT']}" if parts.get("PORT") else ""
    return f"the PostgreSQL database {parts['NAME']} on {parts.get('HOST') or 'this machine'}{port}"


def say_database(stream: TextIO) -> None:
    """Name the database, where this machine has a service's settings and this process was started without them."""
    if os.environ.get("PRODUCTION") or not SERVICE_SETTINGS.exists():
        return
    with suppress(ImproperlyConfigured):  # Django says it itself
        stream.write(
            f"This command speaks to {database_name()}. The service of this machine has its settings in "
            f"{SERVICE_SETTINGS}. If its database is meant: set -a; . {SERVICE_SETTINGS}; set +a\n"
        )
