"""New texts of an entry are no longer than a text may be; what was on record before stays, however long it is.

So nothing is measured that an entry only repeats: what a correction says a field said before, the fields of an entity
that a change leaves alone, what a redaction leaves standing.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError

from commitments.domain.choices import UPDATE_KINDS, EntryKind
from commitments.domain.text_lengths import MAX_TEXT_LENGTH, length_problem
from commitments.ledger.contents import Content
from commitments.models import LedgerEntry


def check_text_lengths(kind: str, content: Content, recorded: Content | None = None) -> None:
    """Raise ValidationError, by field, where an entry says a new text that is too long.

    `recorded`: what is on record already of what the entry is about, and may be repeated.
    """
    known = {text for _name, text in _texts("", recorded or {}) if len(text) > MAX_TEXT_LENGTH}
    problems = {
        name: length_problem(text)
        for name, text in _new_texts(kind, content)
        if len(text) > MAX_TEXT_LENGTH and text not in known
    }
    if problems:
        raise ValidationError(problems)


def check_remaining_lengths(target: LedgerEntry, remaining: Content | None) -> None:
    """Raise ValidationError where a redaction would leave a text that is longer than any that was there."""
    longest = max((len(text) for _name, text in _texts("", target.data or {})), default=0)
    for name, text in _texts("", remaining or {}):
        if len(text) > max(longest, MAX_TEXT_LENGTH):
            raise ValidationError({name: length_problem(text)})


def _new_texts(kind: str, content: Content) -> Iterator[tuple[str, str]]:
    """What an entry of a kind says itself, each text by the field that it stands in."""
    if kind == EntryKind.CORRECTION:
        for change in content["changes"]:
            yield from _texts(change["field"], change["after"])
    elif kind == EntryKind.ENTITY:
        for name, value in content["fields"].items():
            yield from _texts(name, value)
    elif kind == EntryKind.PUBLISHED or kind in UPDATE_KINDS:
        yield from _texts("", content)
    yield "reason", str(content.get("reason", ""))


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """All texts within a value, each by the outermost field that it stands in."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(name or key, item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(name, item)
