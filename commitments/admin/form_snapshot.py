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

from commitments.accounts.kept_forms import STAMP_FIELD, TOKEN_FIELD

ROW = re.compile(r"[0-9]{1,4}")  # the number of a row in the name of a box
# By field, what a browser sends for it: a list of texts, empty where nothing is typed, chosen or ticked.
FieldValues = dict[str, list[str]]


# Boxes of staff's forms that hold nothing that somebody typed.
HIDDEN_NAMES = {
    *(TOKEN_FIELD, STAMP_FIELD, "seen", "pointed_out", "returned", "check_searched", "next_in_list"),
    *("action", "index", "select_across", "post", "chosen", "shown", "proposal", "import", "confirmed"),
    "_selected_action",
}


@dataclass(slots=True)
class FormSnapshot:
    """What stands on a form: its fields, the rows below it by prefix, and when it was opened."""

    values: FieldValues = field(default_factory=dict)
    rows: dict[str, list[FieldValues]] = field(default_factory=dict)
    opened_at: str = ""

    def all_values(self) -> FieldValues:
        """What each box says, by its name."""
        rows = {
            f"{prefix}-{number}-{name}": values
            for prefix, group in self.rows.items()
            for number, row in enumerate(group)
            for name, values in row.items()
        }
        return {**self.values, **rows}

    def dumps(self) -> str:
        """For the hidden box. The keys are those of forms that were opened before and are sent now."""
        return json.dumps({"said": self.values, "rows": self.rows, "at": self.opened_at}, ensure_ascii=False)

    @classmethod
    def loads(cls, text: str) -> FormSnapshot | None:
        """From the hidden box; None where it holds no such thing."""
        try:
            content = json.loads(text)
            snapshot = cls(content.pop("said"), content.pop("rows"), content.pop("at"))
            datetime.fromisoformat(snapshot.opened_at)
            field_values = [snapshot.values, *(row for rows in snapshot.rows.values() for row in rows)]
            valid = all(isinstance(text, str) for row in field_values for value in row.values() for text in value)
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            return None
        return snapshot if valid and not content else None


def submitted_values(value: Any) -> list[str]:
    """What a browser sends for a field that shows this value."""
    if isinstance(value, list | tuple | models.QuerySet):
        return sorted(text for item in value for text in submitted_values(item))
    if isinstance(value, models.Model):
        return [str(value.pk)]
    if value is None or value is False or value == "":
        return []
    return ["on" if value is True else str(value).replace("\r\n", "\n")]


def form_values(form: forms.BaseForm) -> FieldValues:
    """What the fields of a form say."""
    return {name: submitted_values(form[name].value()) for name in form.fields}


def typed_values(data: QueryDict, name: str) -> list[str]:
    """What was sent for a field."""
    return submitted_values(data.getlist(name))


def typed_texts(data: QueryDict, opened: FieldValues) -> list[tuple[str, str]]:
    """What was typed that does not stand on the form as it was opened: what each box is called, and its text."""
    return [
        (name.replace("-", " ").replace("_", " "), "\n".join(typed_values(data, name)))
        for name in data
        if name not in HIDDEN_NAMES and not name.startswith("_") and not name.endswith(("_FORMS", "-id", "-draft"))
        if "__prefix__" not in name and typed_values(data, name) not in ([], opened.get(name))
    ]


def set_value(data: QueryDict, name: str, value: list[str]) -> None:
    """Set a field; one that is empty is not sent."""
    data.pop(name, None)
    if value:
        data.setlist(name, value)


@dataclass(slots=True)
class MergeResult:
    """What was sent, brought up to date where its sender had touched nothing."""

    data: QueryDict
    changed: list[str] = field(default_factory=list)  # fields that somebody else changed
    conflicts: list[str] = field(default_factory=list)  # of these, what the sender changed too, to something else
    changed_formsets: list[str] = field(default_factory=list)  # prefixes of rows that somebody else changed


def merge_forms(data: QueryDict, opened_snapshot: FormSnapshot, stored_snapshot: FormSnapshot) -> MergeResult:
    """Three ways: what was on the page, what was sent, what is stored now."""
    merged = MergeResult(data.copy())
    for name, value in stored_snapshot.values.items():
        before, typed = opened_snapshot.values.get(name, value), typed_values(data, name)
        if before == value:
            continue
        merged.changed.append(name)
        if typed == before:
            set_value(merged.data, name, value)
        elif typed != value:
            merged.conflicts.append(name)
    for prefix, rows in stored_snapshot.rows.items():
        if opened_snapshot.rows.get(prefix, rows) != rows:
            merged.changed_formsets.append(prefix)
            _set_rows(merged.data, prefix, _merged_rows(merged.data, prefix, opened_snapshot.rows[prefix], rows))
    return merged


def _sent_rows(data: QueryDict, prefix: str) -> list[FieldValues]:
    """The rows of a formset as they were sent."""
    start, rows = f"{prefix}-", defaultdict[int, FieldValues](dict)
    for key in list(data):
        number, _dash, name = key.removeprefix(start).partition("-")
        if key.startswith(start) and name and ROW.fullmatch(number):
            rows[int(number)][name] = typed_values(data, key)
            del data[key]
    return [rows[number] for number in sorted(rows)]


def _merged_rows(
    data: QueryDict, prefix: str, opened_rows: list[FieldValues], stored_rows: list[FieldValues]
) -> list[FieldValues]:
    """The rows stored, each as it was sent where it was touched; then the new ones."""
    sent_rows = _sent_rows(data, prefix)
    sent_by_key = {row["id"][0]: row for row in sent_rows if row.get("id")}
    opened_by_key = {row["id"][0]: row for row in opened_rows}
    rows: list[FieldValues] = []
    for row in stored_rows:
        sent_row, opened_row = sent_by_key.pop(row["id"][0], row), opened_by_key.get(row["id"][0], row)
        touched = {name: value for name, value in sent_row.items() if value != opened_row.get(name, [])}
        rows.append(row | touched)
    # What somebody else deleted comes back as new where it had been touched.
    restored = [
        row | {"id": []}
        for pk, row in sent_by_key.items()
        if any(row.get(name, []) != value for name, value in opened_by_key.get(pk, {}).items())
    ]
    return rows + restored + [row for row in sent_rows if not row.get("id")]


def _set_rows(data: QueryDict, prefix: str, rows: list[FieldValues]) -> None:
    for number, row in enumerate(rows):
        for name, value in row.items():
            set_value(data, f"{prefix}-{number}-{name}", value)
    data[f"{prefix}-INITIAL_FORMS"] = str(sum(bool(row.get("id")) for row in rows))
    data[f"{prefix}-TOTAL_FORMS"] = str(len(rows))
