"""A workbook of the same values as XlsxWriter makes it by itself from a list in memory, in constant memory.

`python -m tests.benchmarks.floor_workbook FILE.csv` prints the seconds, without those for reading the file.
"""

import csv
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

NUMBERS = {"slip_days", "days_late", "achieved", "target"}
DAYS = {"deadline_last_day", "last_entry_on"}


def values(path: str) -> list[list[Any]]:
    """The rows, with numbers and days as such."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    reads = [float if name in NUMBERS else date.fromisoformat if name in DAYS else str for name in header]
    read = [[how(cell) if cell else None for how, cell in zip(reads, row, strict=True)] for row in rows]
    return [header, *read]


if __name__ == "__main__":
    rows = values(sys.argv[1])
    started = time.perf_counter()
    options = {"constant_memory": True, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    with tempfile.TemporaryFile() as target, xlsxwriter.Workbook(target, options) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    print(time.perf_counter() - started)
