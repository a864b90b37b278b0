"""A release's text in a file: plain, HTML or Markdown; of any other kind, what to do instead."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_MEGABYTES = 5  # a page with its markup; of a text at most `MAX_CHARACTERS` are read
PLAIN = ("", ".txt", ".html", ".htm", ".md")
PDF_START, PACKED, OLE = b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
PDF = gettext_lazy(
    "This is a PDF, in which no text stands in its order. Open it, copy the text, paste it into the box, and see "
    "whether headings and paragraphs stand on lines of their own."
)
WORD_PROCESSOR = gettext_lazy(
    "This is a document of a word processor. Save it as plain text (.txt) in UTF-8, or copy the text and paste it into "
    "the box."
)
OTHER_KINDS: dict[str, Promise] = {
    ".pdf": PDF,
    **dict.fromkeys((".doc", ".docx", ".odt", ".rtf", ".pages", ".wps"), WORD_PROCESSOR),
}


def read_text_file(upload: UploadedFile[Any]) -> str:
    """Its text. ValidationError where it is none, with what to do. It is measured before it is read."""
    if (upload.size or 0) > MAX_MEGABYTES * 1024 * 1024:
        message = _("The file is larger than %(most)s MB. Copy the text alone, and paste it into the box.")
        raise ValidationError(message % {"most": MAX_MEGABYTES})
    data, suffix = upload.read(), PurePath(upload.name or "").suffix.lower()
    if kind := _other_kind(data, suffix):
        raise ValidationError(str(kind))
    if suffix not in PLAIN:
        raise ValidationError(_("Choose a file whose name ends in .txt, .html or .md, or paste the text into the box."))
    return _decode(data)


def _other_kind(data: bytes, suffix: str) -> Promise | None:
    if data.startswith(PDF_START):
        return PDF
    return WORD_PROCESSOR if data.startswith((PACKED, OLE)) else OTHER_KINDS.get(suffix)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:  # UTF-16 among them: its first byte is none of UTF-8
        message = _(
            "Line %(line)s is not in UTF-8. Save the file as plain text in UTF-8, or open it, copy the text and paste "
            "it into the box."
        )
        line = data.count(b"\n", 0, error.start) + 1
        raise ValidationError(message % {"line": f"{line:,}"}) from error
