"""What an update may say, by itself: its shape, its date, and what may move a status."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from commitments.domain.assessment import EvidenceRef, supporting_evidence
from commitments.domain.choices import ANNOUNCED, EntryKind, ReportBasis, Status
from commitments.domain.partial_dates import PartialDate
from commitments.i18n.phrases import join_sentences
from commitments.ledger.contents import Content, parse_decimal
from commitments.models import Commitment, Evidence, Update


def check_update(kind: str, content: Content, commitment: Commitment, recorded_on: date) -> None:
    """A report, context or check: its shape, its date, and what may move a status."""
    update, evidence = _unsaved_rows(kind, content)
    _check_date(kind, update.date, recorded_on)
    if kind == EntryKind.CHECK and not update.searched.strip():
        raise ValidationError({"searched": _("Say where you looked.")})
    if kind == EntryKind.CONTEXT and not update.note.strip():
        raise ValidationError({"note": _("Say what happened.")})
    if kind == EntryKind.REPORT:
        check_report(update, evidence, commitment)


def check_report(update: Update, evidence: Sequence[Evidence], commitment: Commitment) -> None:
    """What a report needs, and the evidence that its status rests on."""
    problems: dict[str, str] = {}
    if update.status not in Status.values or update.status == Status.NO_REPORT:
        problems["status"] = _("Say which status is reported.")
    stopped = update.status == Status.STOPPED
    if stopped != bool(update.stop_reason):
        problems["stop_reason"] = _("Give a reason for stopping where the status is stopped, and only there.")
    if stopped and not update.note.strip():
        problems["note"] = _("Say why it was stopped.")
    if bool(update.deadline) != bool(update.deadline_reason.strip()):
        problems["deadline_reason"] = _("A revised deadline and its reason go together.")
    if update.achieved is not None and not commitment.unit:
        problems["achieved"] = _("This commitment has no unit to count in. Put the figure into the note.")
    if problems:
        raise ValidationError(problems)
    _check_supporting_evidence(update, evidence, commitment)


def _check_supporting_evidence(update: Update, evidence: Sequence[Evidence], commitment: Commitment) -> None:
    """Only direct evidence moves a status; the release's own word and `stopped` are the two exceptions."""
    if update.basis == ReportBasis.RELEASE:
        if commitment.kind not in ANNOUNCED or update.status != Status.COMPLETED:
            message = _("Only what the release reports as signed or in place is completed by its own statement.")
            raise ValidationError({"basis": message})
        return
    supports = [EvidenceRef(row.url, row.relation, row.source, row.copy) for row in evidence]
    if supporting_evidence(update.status, supports):
        return
    if supporting_evidence(update.status, [replace(support, copy="") for support in supports]):
        message = _(
            "A mirror alone moves no status: its host has no standing. Add the publisher’s own page or a reprint, or "
            "record it as context."
        )
        raise ValidationError({"evidence": message})
    if update.status == Status.STOPPED:
        raise ValidationError({"evidence": _("Add the evidence that it was stopped, direct or context.")})
    message = _(
        "A report needs direct evidence: a public page that reports on this very pledge. "
        "If you have none, record it as context, which moves no status."
    )
    raise ValidationError({"evidence": message})


def _check_date(kind: str, update_date: PartialDate | None, recorded_on: date) -> None:
    if update_date is None:
        raise ValidationError({"date": _("Say when it happened.")})
    if update_date.first > recorded_on:
        raise ValidationError({"date": _("%(date)s lies in the future.") % {"date": update_date.label}})
    if kind == EntryKind.CHECK and update_date.first != update_date.last:
        raise ValidationError({"date": _("Give the day on which you looked: 2018-11-05.")})


def _unsaved_rows(kind: str, content: Content) -> tuple[Update, list[Evidence]]:
    """The rows that the content would become, each column checked; problems of evidence are named by row."""
    columns = {name: value for name, value in content.items() if name not in ("evidence", "reply_of")}
    update = Update(kind=kind)
    problems: dict[str, list[str]] = _set_and_check(update, columns)
    evidence = []
    for number, row in enumerate(content.get("evidence", ()), 1):
        evidence.append(Evidence())
        for name, messages in _set_and_check(evidence[-1], row).items():
            values = {"number": number, "name": name, "message": join_sentences(messages)}
            problems.setdefault("evidence", []).append(_("Evidence %(number)s, %(name)s: %(message)s") % values)
    if problems:
        raise ValidationError(problems)
    return update, evidence


def _set_and_check(row: models.Model, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Set a row's columns to the values and check them; what is wrong, by column."""
    problems: dict[str, list[str]] = {}
    for name, value in values.items():
        try:
            setattr(row, name, parse_decimal(value) if name == "achieved" else value)
        except ValidationError as error:
            problems[name] = error.messages
    try:
        row.clean_fields(exclude={column.name for column in row._meta.fields} - (values.keys() - problems.keys()))
    except ValidationError as error:
        problems |= error.message_dict
    return problems
