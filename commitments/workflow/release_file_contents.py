"""What a release's file says of commitments as the contents of entries, and where the ledger says otherwise."""

from collections.abc import Mapping
from typing import Any

from commitments.domain.choices import EntryKind
from commitments.ledger.contents import ADDED_FIELDS, COLUMN_CODECS, PARTIES, Content, update_content
from commitments.models import LedgerEntry

OTHER_CONTENT = "{} is on record with other content ({}), and stays as it is there."
Item = Mapping[str, Any]


def recorded_differences(data: Item, recorded: Mapping[str, LedgerEntry]) -> list[str]:
    """A sentence for each of a commitment's entries that is on record with other content, and in which fields."""
    sentences = []
    for item in data["entries"]:
        entry = recorded.get(item["key"])
        if entry is None or not entry.content:  # redacted: what it said is gone
            continue
        content = publication_from_file(data) if item["kind"] == EntryKind.PUBLISHED else update_from_file(item)
        recorded_content = entry.data or {}
        differing = [name for name, value in content.items() if recorded_content.get(name) != value]
        if entry.kind != item["kind"]:
            differing = ["kind"]
        if entry.commitment_id != data["reference"]:
            differing = ["reference"]
        if differing:
            sentences.append(OTHER_CONTENT.format(item["key"], ", ".join(differing)))
    return sentences


def publication_from_file(data: Item) -> Content:
    """What a commitment's publication would say, but for its release."""
    content = {name: codec.write(codec.read(data[name])) for name, codec in COLUMN_CODECS.items() if name in data}
    content |= {name: sorted(data[name]) for name in PARTIES} | {"area": data["area"] or ""}
    added = {"part_of": data["part_of"] or ""} | {"repeats": data.get("repeats", [])}
    return {name: value for name, value in (content | added).items() if value or name not in ADDED_FIELDS}


def update_from_file(item: Item) -> Content:
    """What a report, background or check of the file says."""
    return update_content(item["kind"], item, item.get("evidence", ()))
