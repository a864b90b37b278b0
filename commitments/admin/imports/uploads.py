"""Uploads between preview and confirmation: in a folder of the tracker's own, for the server's user alone."""

import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

UPLOAD_SECONDS = 60 * 60  # seconds that an upload waits for its confirmation
KEY_BYTES = 16
KEY = re.compile(rf"[0-9a-f]{{{2 * KEY_BYTES}}}")


@dataclass(frozen=True, slots=True)
class Uploads:
    """Those of one person for one list, which `owner` names.

    Somebody's key leads to a file of this folder that was kept for the same owner, or to none: no key is a path, so
    whoever knows how to sign one gains nothing by it.
    """

    owner: str

    def keep(self, data: bytes) -> str:
        """Store an upload and give its key; those that nobody confirmed in time go."""
        folder = settings.VAR_DIR / "uploads"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_old(folder)
        key = secrets.token_hex(KEY_BYTES)
        descriptor = os.open(self._path(key), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        return key

    def take(self, key: object) -> bytes:
        """What was kept under a key, once; raises FileNotFoundError where there is nothing, or no more."""
        path = self._path(key)
        data = path.read_bytes()
        path.unlink()  # of two who confirm at once one is told that it is gone
        return data

    def _path(self, key: object) -> Path:
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise FileNotFoundError(f"{key!r} is the key of no upload.")
        path: Path = settings.VAR_DIR / "uploads" / f"{self.owner}-{key}"
        return path


def _remove_old(folder: Path) -> None:
    for path in folder.iterdir():
        with suppress(OSError):  # another server removes it, too
            if path.lstat().st_mtime < time.time() - UPLOAD_SECONDS:
                path.unlink()
