"""What a redaction may take out of an entry: words, and nothing that a rule or a count rests on."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments.domain.choices import UPDATE_KINDS, EntryKind
from commitments.ledger.contents import FREE_TEXT_FIELDS, Content
from commitments.ledger.entity_validation import fixed_entity_fields
from commitments.models import LedgerEntry

# What a redaction may take out of an entry: words. Everything that a rule or a count rests on stays.
REDACTABLE_FIELDS = {
    EntryKind.PUBLISHED: (*FREE_TEXT_FIELDS, "repeats"),
    EntryKind.REPORT: ("note", "deadline_reason", "evidence"),
    EntryKind.CONTEXT: ("note", "evidence"),
    EntryKind.CHECK: ("searched", "note"),
    EntryKind.CORRECTION: ("reason", "changes"),
    EntryKind.RETRACTION: ("reason",),
    EntryKind.REDACTION: ("reason", "remaining"),
    EntryKind.ENTITY: ("reason", "fields"),
}


def check_nested_remaining(target: LedgerEntry, data: Content, remaining: Content | None) -> None:
    """What is left of an entry; where that is a redaction, what it left itself, too, over however many steps."""
    if target.kind == EntryKind.REDACTION and target.target and remaining:
        inner, inner_remaining = data["remaining"], remaining.get("remaining")
        if not (inner is None and inner_remaining is None):
            check_nested_remaining(target.target, inner or {}, inner_remaining)
    check_remaining(target.kind, data, remaining)


def check_remaining(kind: str, data: Content, remaining: Content | None) -> None:
    """What is left of an entry differs from what it said in words only. None: all of an update is removed."""
    if remaining is None:
        if kind not in UPDATE_KINDS:
            raise ValidationError(_("Say what remains of the entry: this one cannot be removed whole."))
        return
    if remaining.keys() != data.keys():
        raise ValidationError(_("What remains must have the same fields as the entry."))
    redactable_fields = REDACTABLE_FIELDS[EntryKind(kind)]
    changed = [name for name in data if name not in redactable_fields and data[name] != remaining[name]]
    changed += [
        name
        for name in ("evidence", "changes", "repeats")
        if _fixed_parts(data.get(name)) != _fixed_parts(remaining.get(name))
    ]
    if kind == EntryKind.ENTITY and fixed_entity_fields(data["fields"]) != fixed_entity_fields(remaining["fields"]):
        changed.append("fields")
    if changed:
        raise ValidationError(dict.fromkeys(changed, _("A redaction takes out words. This says something else now.")))


def _fixed_parts(rows: Any) -> list[tuple[Any, ...]]:
    """What of the rows of evidence, or of a correction's changes, is no free text."""
    parts: list[tuple[Any, ...]] = []
    for row in rows or ():
        if "field" in row:
            parts.append((row["field"], *(_fixed_value(row["field"], row[when]) for when in ("before", "after"))))
        elif "why" in row:
            parts.append((row["reference"],))
        else:
            parts.append((row["date"], row["relation"], row["source"], row.get("copy", "")))
    return parts


def _fixed_value(name: str, value: Any) -> Any:
    """What of a field's value is no free text."""
    if name in FREE_TEXT_FIELDS:
        return None
    return [row["reference"] for row in value] if name == "repeats" else value


def what_is_left(target: LedgerEntry, remaining: Content | None) -> Content | None:
    """What a redaction leaves of the entry that is its subject, over however many redactions of redactions."""
    while target.kind == EntryKind.REDACTION and target.target and remaining:
        target, remaining = target.target, remaining.get("remaining")
    return remaining
