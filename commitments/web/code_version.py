"""The version of the software and its settings, which public answers are made with."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

CODE_SUFFIXES = (".py", ".html", ".txt", ".json", ".mo")


def code_version() -> str:
    """What names the software that makes the answers. While it is being written it is never the same."""
    return secrets.token_hex() if settings.DEBUG else _code_digest()


@cache
def _code_digest() -> str:
    """A digest of the code, the libraries, the static files and the settings, which stay while a process runs."""
    digest = hashlib.sha256()
    for path in _code_files():
        digest.update(f"{path.relative_to(settings.BASE_DIR)}\n".encode() + path.read_bytes())
    for name in settings.SETTINGS:
        digest.update(f"{name}={os.environ.get(name)}\n".encode())
    return digest.hexdigest()


def _code_files() -> Iterator[Path]:
    single = (settings.BASE_DIR / "requirements.txt", settings.STATIC_ROOT / "staticfiles.json")
    yield from (path for path in single if path.exists())
    for folder in ("commitments", "tracker", "templates"):
        yield from sorted(path for path in (settings.BASE_DIR / folder).rglob("*") if path.suffix in CODE_SUFFIXES)
