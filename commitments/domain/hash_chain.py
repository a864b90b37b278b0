"""The digest chain, as anyone can recompute it (docs/ledger.md has an example to check against).

    content_digest(n) = SHA-256(salt(n) + content(n))
    digest(n)         = SHA-256(digest(n-1) + metadata(n) + content_digest(n))

All digests are lower-case hexadecimal text; `+` joins texts, and UTF-8 bytes are hashed. The digest
before the first entry is 64 zeros. Content and metadata are canonical JSON. A redaction empties
content and salt; the content's digest stays, so the chain still verifies, and without the salt
nobody can guess the text from its digest.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


def canonical_json(data: Mapping[str, Any]) -> str:
    """JSON in one spelling: NFC, keys sorted, no spaces. Days and times are text by now."""
    return unicodedata.normalize("NFC", json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def utc_timestamp(moment: datetime) -> str:
    """A time as UTC seconds: 2026-11-22T08:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sha256_hex(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def content_digest(salt: str, content: str) -> str:
    """The digest that stands for a content once it is gone."""
    return sha256_hex(salt + content)


def entry_digest(previous: str, metadata: Mapping[str, Any], digest_of_content: str) -> str:
    """The digest of an entry, from that of the entry before it."""
    return sha256_hex(previous + canonical_json(metadata) + digest_of_content)
