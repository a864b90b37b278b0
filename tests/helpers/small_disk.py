"""The application on an SQLite that holds at most as many pages as the file that MOST_PAGES names says just now."""

import os
from pathlib import Path

from django.core.signals import request_started
from django.db import connection
from django.db.backends.signals import connection_created


def limit(**_given):
    """Connections stay open from request to request, so each request asks anew."""
    connection.cursor().execute(f"PRAGMA max_page_count = {Path(os.environ['MOST_PAGES']).read_text()}")


connection_created.connect(limit)
request_started.connect(limit)

from tracker.wsgi import application  # noqa: E402, F401
