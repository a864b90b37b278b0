"""The box in which staff say which earlier commitments one promises again, a line for each: `CU-06: the same week`."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.ledger.contents import Content, repeats_rows
from commitments.models import Commitment, Repetition
from commitments.models.commitment import REFERENCE

MAX_WHY = int(Repetition._meta.get_field("why").max_length or 0)
LINE = re.compile(rf"\s*({REFERENCE})\s*[:：]\s*(.*\S)\s*", re.IGNORECASE)


class RepeatsField(forms.CharField):
    """Reads the lines into rows as contents of the ledger say them: {"reference", "why"}."""

    def __init__(self, **kwargs: Any) -> None:
        # As a text box that may be empty.
        kwargs |= {
            "label": gettext_lazy("Promised before"),
            "required": False,
            "widget": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "help_text": gettext_lazy(
                "Earlier commitments that this one promises again, one on each line, with why: “CU-06: the same week, "
                "announced anew.”"
            ),
        }
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        # What is typed stays as typed; what is stored is shown line by line.
        return format_repeats(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        # The rows. ValidationError names the line that cannot be read.
        if isinstance(value, list):
            return value
        rows = parse_repeats(str(value or ""))
        if unknown := unknown_references(rows):
            raise ValidationError([unknown_message(reference) for reference in unknown])
        return rows

    def has_changed(self, initial: Any, data: Any) -> bool:
        # Compare what is meant, not how it is spaced.
        try:
            return bool((initial or []) != parse_repeats(str(data or "")))
        except ValidationError:
            return True


def format_repeats(rows: Iterable[Content]) -> str:
    """Rows as lines."""
    return "\n".join(f"{row['reference']}: {row['why']}" for row in rows)


def parse_repeats(text: str) -> list[Content]:
    """Lines as rows, by reference. ValidationError names each line that cannot be read."""
    rows: dict[str, Content] = {}
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = LINE.fullmatch(line)
        reference = match[1].upper() if match else ""
        if match is None:
            message = _("Line %(number)s: write the reference, a colon, and what is the same: “CU-06: the same week.”")
        elif reference in rows:
            message = _("Line %(number)s: %(reference)s is named twice.")
        elif len(match[2]) > MAX_WHY:
            message = _("Line %(number)s: say it in at most %(most)s characters.")
        else:
            rows[reference] = {"reference": reference, "why": match[2]}
            continue
        problems.append(message % {"number": number, "reference": reference, "most": MAX_WHY})
    if problems:
        raise ValidationError(problems)
    return [rows[reference] for reference in sorted(rows)]


def stored_repeats(commitment: Commitment) -> list[Content]:
    """What a commitment repeats, as the box holds it."""
    return repeats_rows(commitment.repetitions.select_related("repeated"))


def write_repeats(commitment: Commitment, rows: list[Content]) -> None:
    """Store what a draft repeats."""
    keys = dict(
        Commitment.objects.filter(reference__in=[row["reference"] for row in rows]).values_list("reference", "pk")
    )
    commitment.repetitions.all().delete()
    Repetition.objects.bulk_create(
        Repetition(commitment=commitment, repeated_id=keys[row["reference"]], why=row["why"]) for row in rows
    )


def unknown_references(rows: Iterable[Content]) -> list[str]:
    """Those that name no commitment, neither on record nor drafted."""
    references = {str(row["reference"]) for row in rows}
    if not references:
        return []
    known = Commitment.objects.filter(reference__in=references).values_list("reference", flat=True)
    return sorted(references.difference(known))


def unknown_message(reference: str) -> str:
    """What is said of a reference that names nothing."""
    return _("There is no commitment “%(reference)s”.") % {"reference": reference}
