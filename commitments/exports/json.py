"""JSON: one object with the facts of the file and a list of objects, one a row, by the names of the columns."""

import json
from collections.abc import Generator, Sequence
from itertools import count
from typing import Any

from commitments.exports.columns import Column
from commitments.exports.download import Export, ExportFormat, ExportMoment

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def write_json(export: Export, moment: ExportMoment) -> Generator[bytes]:
    """The file, a piece a batch; whoever reads a piece at a time finds an object in each line."""
    facts = {
        "title": export.title,
        "licence": LICENCE,
        "as_of": export.day.isoformat(),
        "query": export.query,
        "count": moment.count,
        "ledger_head": moment.head,
    }
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    yield f'{encode(facts)[:-1]},"rows":['.encode()
    for number, batch in zip(count(), export.batches, strict=False):
        lines = ",\n".join([encode(row) for row in row_objects(batch, export.columns)])
        yield f"{',' if number else ''}\n{lines}".encode()
    yield b"\n]}\n"


def row_objects(batch: Sequence[list[Any]], columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Rows as objects; null where nothing is on record."""
    names = [column.name for column in columns]
    return [dict(zip(names, [None if cell == "" else cell for cell in row], strict=True)) for row in batch]


JSON = ExportFormat("json", "application/json", write_json)
