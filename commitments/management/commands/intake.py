"""manage.py intake FILE [--json] [--out FILE.xlsx --release SLUG] [--issued-on DAY]."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from commitments.domain.reading.reader import Proposal, Reading, Record, read_text
from commitments.domain.reading.source_text import ReadingError
from commitments.models import Release
from commitments.workflow.intake.cells import COLUMNS, DOUBTFUL_BELOW, Cells, doubts, import_cells, plain_values
from commitments.workflow.intake.record import read_record

MAX_BYTES = 8_000_000  # of a file; a text that is read has at most half a million characters
MAX_CELL = 32_767  # characters in a cell of a workbook


class Command(BaseCommand):
    help = (
        "Reads the text of a release and proposes its pledges: spans of the text, with what can be read from each. "
        "Nothing is stored. --json prints them, with offsets into the text as it is; --out writes them as a workbook "
        "in the columns of the import of commitments, which imports as it is (docs/intake.md)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the release's text, or its HTML; UTF-8")
        parser.add_argument("--json", action="store_true", help="print the proposals as a list of JSON objects")
        parser.add_argument("--out", type=Path, metavar="FILE.xlsx", help="write them as rows of an import")
        parser.add_argument("--release", help="slug of the release that the rows belong to; --out needs it")
        parser.add_argument("--issued-on", type=date.fromisoformat, metavar="DAY", help="where the text says no day")

    def handle(self, *args: Any, **options: Any) -> None:
        text = self._text(options["file"])
        release = self._release(options["release"], needed=options["out"] is not None)
        issued_on = options["issued_on"] or (release.issued_on if release else None)
        try:
            reading = read_text(text, self._record(issued_on))
        except ReadingError as error:
            raise CommandError(f"{options['file']}: {error}") from error
        if options["out"]:
            rows = import_cells(reading.proposals, release.slug if release else "")
            self._write(options["out"], rows, reading.proposals)
        if options["json"]:
            values = [plain_values(proposal) for proposal in reading.proposals]
            self.stdout.write(json.dumps(values, ensure_ascii=False, indent=1))
        (self.stderr if options["json"] else self.stdout).write(self._summary(reading, options["out"]))

    def _text(self, path: Path) -> str:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        if len(content) > MAX_BYTES:
            raise CommandError(f"{path} has {len(content):,} bytes, and at most {MAX_BYTES:,} are read. Split it.")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"{path} is no text in UTF-8 (byte {error.start:,}). Save it as plain text in UTF-8."
            raise CommandError(message) from error

    def _record(self, issued_on: date | None) -> Record:
        """What is on record; a text can be read without, where no database is set up."""
        try:
            return read_record(issued_on)
        except DatabaseError:
            self.stderr.write("No database is set up: owners and areas are not compared with what is on record.")
            return Record(issued_on=issued_on)

    def _release(self, slug: str | None, *, needed: bool) -> Release | None:
        if not slug and not needed:
            return None
        release: Release | None = Release.objects.filter(slug=slug).first()
        if release is None:
            slugs = ", ".join(Release.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"Say with --release which release the rows belong to. On record: {slugs}.")
        return release

    def _write(self, path: Path, rows: list[Cells], proposals: list[Proposal]) -> None:
        """The rows and, on a sheet that the import does not read, why each is there and what is doubtful in it."""
        pairs = list(zip(rows, proposals, strict=True))
        reasons = [
            (row["reference"], f"{found.sure:.1f}", doubts(found), found.words[:MAX_CELL]) for row, found in pairs
        ]
        try:
            with xlsxwriter.Workbook(path) as workbook:
                self._write_sheet(workbook, "Proposals", COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
                self._write_sheet(workbook, "Reasons", ("reference", "sure", "why", "text"), reasons)
        except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
            raise CommandError(f"{path} cannot be written: {error}") from error

    def _write_sheet(
        self, workbook: xlsxwriter.Workbook, name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]
    ) -> None:
        """Every cell is a text, so that nothing in it is taken for a formula or another date."""
        sheet, bold = workbook.add_worksheet(name), workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 1)
        for number, row in enumerate([headings, *rows]):
            for place, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, place, cell, None if number else bold)

    def _summary(self, reading: Reading, out: Path | None) -> str:
        found = len(reading.proposals)
        doubtful = sum(proposal.sure < DOUBTFUL_BELOW for proposal in reading.proposals)
        dated = sum(bool(proposal.deadline and proposal.deadline.date) for proposal in reading.proposals)
        passed = len(reading.passed)
        summary = f"{found} proposals ({doubtful} doubtful, {dated} with a date); {passed} sentences passed over."
        return f"{summary} Written to {out}." if out else summary
