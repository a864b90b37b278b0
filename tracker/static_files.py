"""Static files as they are served: with the digest of each in its name, compressed, and whole stylesheets."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^@import url\("([\w-]+\.css)"\)(?: layer\((\w+)\))?;$', re.MULTILINE)  # of a file beside it


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """What a stylesheet of ours imports is written into it, so that no page waits for a second one.

    With `DEBUG` nothing is collected, and browsers follow the imports.
    """

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        if not dry_run:
            ours = (name for name in paths if name.startswith("commitments/") and name.endswith(".css"))
            texts = {name: _read(*paths[name]) for name in ours}
            for name, text in texts.items():
                joined = IMPORT.sub(partial(_imported, texts=texts), text)
                if joined != text:
                    self.delete(name)
                    self.save(name, ContentFile(joined.encode()))
                    paths[name] = (self, name)
        yield from super().post_process(paths, dry_run=dry_run, **options)


def _read(storage: Storage, path: str) -> str:
    with storage.open(path) as file:
        return str(file.read(), "utf-8")


def _imported(found: re.Match[str], texts: dict[str, str]) -> str:
    """What stands where a stylesheet was imported, in the layer that it was imported into."""
    text = texts[f"commitments/{found[1]}"]
    return f"@layer {found[2]} {{\n{text}}}" if found[2] else text
