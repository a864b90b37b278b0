"""Three ways: what stood on a form when it was opened, what was sent, and what is stored now.

What the sender did not touch says what is stored; what only the sender touched is as it was sent; what both
changed stays as typed, and is named. Rows below a form are merged one by one.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.db import models
from django.http import QueryDict

ROW = re.compile(r"[0-9]{1,4}")  # the number of a row in the name of a box
# By field, what a browser sends for it: a list of texts, empty where nothing is typed, chosen or ticked.
Said = dict[str, list[str]]


@dataclass(slots=True)
class Page:
    """What stands on a form: its fields, the rows below it by prefix, and when it was opened."""

    said: Said = field(default_factory=dict)
    rows: dict[str, list[Said]] = field(default_factory=dict)
    at: str = ""

    def dumps(self) -> str:
        """For the hidden box."""
        return json.dumps({"said": self.said, "rows": self.rows, "at": self.at}, ensure_ascii=False)

    @classmethod
    def loads(cls, text: str) -> Page | None:
        """From the hidden box; None where it holds no such thing."""
        try:
            page = cls(**json.loads(text))
            datetime.fromisoformat(page.at)
            said = [page.said, *(row for rows in page.rows.values() for row in rows)]
            sound = all(isinstance(text, str) for one in said for value in one.values() for text in value)
        except (AttributeError, RecursionError, TypeError, ValueError):
            return None
        return page if sound else None


def sent_as(value: Any) -> list[str]:
    """What a browser sends for a field that shows this value."""
    if isinstance(value, list | tuple | models.QuerySet):
        return sorted(text for one in value for text in sent_as(one))
    if isinstance(value, models.Model):
        return [str(value.pk)]
    if value is None or value is False or value == "":
        return []
    return ["on" if value is True else str(value).replace("\r\n", "\n")]


def of_form(form: forms.BaseForm) -> Said:
    """What the fields of a form say."""
    return {name: sent_as(form[name].value()) for name in form.fields}


def typed(data: QueryDict, name: str) -> list[str]:
    """What was sent for a field."""
    return sent_as(data.getlist(name))


def put(data: QueryDict, name: str, value: list[str]) -> None:
    """Set a field; one that is empty is not sent."""
    data.pop(name, None)
    if value:
        data.setlist(name, value)


@dataclass(slots=True)
class Merge:
    """What was sent, brought up to date where its sender had touched nothing."""

    data: QueryDict
    changed: list[str] = field(default_factory=list)  # fields that somebody else changed
    both: list[str] = field(default_factory=list)  # of these, what the sender changed too, to something else
    groups: list[str] = field(default_factory=list)  # prefixes of rows that somebody else changed


def merge(sent: QueryDict, seen: Page, now: Page) -> Merge:
    """Three ways: what was on the page, what was sent, what is stored now."""
    merged = Merge(sent.copy())
    for name, value in now.said.items():
        before, mine = seen.said.get(name, value), typed(sent, name)
        if before == value:
            continue
        merged.changed.append(name)
        if mine == before:
            put(merged.data, name, value)
        elif mine != value:
            merged.both.append(name)
    for prefix, rows in now.rows.items():
        if seen.rows.get(prefix, rows) != rows:
            merged.groups.append(prefix)
            _put_rows(merged.data, prefix, _merged_rows(merged.data, prefix, seen.rows[prefix], rows))
    return merged


def _sent_rows(data: QueryDict, prefix: str) -> list[Said]:
    """The rows of a formset as they were sent."""
    start, rows = f"{prefix}-", defaultdict[int, Said](dict)
    for key in list(data):
        number, _dash, name = key.removeprefix(start).partition("-")
        if key.startswith(start) and name and ROW.fullmatch(number):
            rows[int(number)][name] = typed(data, key)
            del data[key]
    return [rows[number] for number in sorted(rows)]


def _merged_rows(data: QueryDict, prefix: str, seen: list[Said], stored: list[Said]) -> list[Said]:
    """The rows stored, each as it was sent where it was touched; then the new ones."""
    sent = _sent_rows(data, prefix)
    mine = {row["id"][0]: row for row in sent if row.get("id")}
    before = {row["id"][0]: row for row in seen}
    rows: list[Said] = []
    for row in stored:
        own, was = mine.pop(row["id"][0], row), before.get(row["id"][0], row)
        touched = {name: value for name, value in own.items() if value != was.get(name, [])}
        rows.append(row | touched)
    # What somebody else deleted comes back as new where it had been touched.
    again = [
        row | {"id": []}
        for pk, row in mine.items()
        if any(row.get(name, []) != value for name, value in before.get(pk, {}).items())
    ]
    return rows + again + [row for row in sent if not row.get("id")]


def _put_rows(data: QueryDict, prefix: str, rows: list[Said]) -> None:
    for number, row in enumerate(rows):
        for name, value in row.items():
            put(data, f"{prefix}-{number}-{name}", value)
    data[f"{prefix}-INITIAL_FORMS"] = str(sum(bool(row.get("id")) for row in rows))
    data[f"{prefix}-TOTAL_FORMS"] = str(len(rows))
