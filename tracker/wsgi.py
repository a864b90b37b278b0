"""The application that the server runs."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

_django = get_wsgi_application()
logger = logging.getLogger(__name__)


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Django's answer; none under a path, which a proxy names as SCRIPT_NAME: links and cookies would not fit.

    Of the server's environment the settings say so at the start.
    """
    if not environ.get("SCRIPT_NAME"):
        return _django(environ, start_response)
    logger.error(
        "A proxy sent SCRIPT_NAME %r: the tracker works at the root of a host name only.", environ["SCRIPT_NAME"]
    )
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
    start_response("500 Internal Server Error", headers)
    return [b"The tracker works at the root of a host name only, not under a path. Tell whoever runs it.\n"]
