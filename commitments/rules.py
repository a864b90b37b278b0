"""What may be recorded: the rules that `ledger.append` checks, each a ValidationError by field.

Forms check with the same functions before they offer to publish, so that nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments import content as contents
from commitments.chain import canonical
from commitments.choices import ANNOUNCED, UPDATE_KINDS, EntryKind, ReportBasis, Status
from commitments.content import Content
from commitments.dates import PartialDate
from commitments.models import Commitment, Evidence, LedgerEntry, Update
from commitments.schedule import Support, supporting

QUOTE_WORDS = 15
RETRACTABLE = (*UPDATE_KINDS, EntryKind.CORRECTION)


class Rulebook:
    """Checks entries in the order in which they are to be appended: an earlier one may make a later one right."""

    def __init__(self, public: dict[str, Commitment], said: dict[tuple[str, str], int]) -> None:
        """What stands on record of those that the entries speak of.

        `public`: the public commitments, by reference. `said`: the entry that holds an update's content,
        by reference and canonical content.
        """
        self.public, self.said = public, said

    def check(
        self, kind: str, content: Content, commitment: Commitment | None, target: LedgerEntry | None, recorded_on: date
    ) -> None:
        """Raise ValidationError where an entry may not be appended."""
        if kind == EntryKind.REDACTION:
            check_redaction(content, target)
            return
        if commitment is None:
            raise ValidationError(_("Say which commitment the entry is about."))
        if kind == EntryKind.PUBLISHED:
            self.check_publication(commitment, content)
            self.public[commitment.reference] = commitment
            return
        current = self.public.get(commitment.reference)
        if current is None:
            raise ValidationError(
                _("%(reference)s is a draft: publish it first.") % {"reference": commitment.reference}
            )
        if kind in UPDATE_KINDS:
            self.check_new(content, current.reference)
            check_update(kind, content, current, recorded_on)
        elif kind == EntryKind.CORRECTION:
            check_correction(content, current)
        else:
            check_retraction(content, current, target)

    def check_new(self, content: Content, reference: str) -> None:
        """The same update twice is a slip of the hand: a button pressed twice, a form sent again."""
        said = (reference, canonical(content))
        if said in self.said:
            raise ValidationError(_("This is on record already, to the letter: entry %(n)s.") % {"n": self.said[said]})
        self.said[said] = 0

    def check_publication(self, commitment: Commitment, content: Content) -> None:
        """A commitment may become public once, whole, with somebody who is to do it."""
        if commitment.reference in self.public:
            raise ValidationError(_("%(reference)s is public already.") % {"reference": commitment.reference})
        if content["part_of"] and content["part_of"] not in self.public:
            message = _("It is part of a commitment that is still a draft: publish that first.")
            raise ValidationError({"part_of": message})
        commitment.clean_fields(exclude=["published_at", *contents.RELATIONS])
        check_public_fields(content)


def check_public_fields(content: Mapping[str, Any]) -> None:
    """What must hold between the public fields, at publication and after each correction."""
    problems: dict[str, str] = {}
    if len(content["quote"].split()) > QUOTE_WORDS:
        problems["quote"] = _("A quote has at most %(most)s words.") % {"most": QUOTE_WORDS}
    if not (content["owners"] or content["partners"] or content["parties_as_stated"].strip()):
        problems["owners"] = _("Name at least one owner, partner or party.")
    if content["owner_inferred"] and not content["owner_note"].strip():
        problems["owner_note"] = _("Say why the owner is inferred.")
    if bool(content["deadline"]) != bool(content["deadline_basis"]):
        problems["deadline_basis"] = _("A deadline and its basis go together.")
    if content["target"] and not content["unit"].strip():
        problems["unit"] = _("Say what the target counts.")
    if content["part_of"] == content["reference"]:
        problems["part_of"] = _("A commitment cannot be part of itself.")
    if problems:
        raise ValidationError(problems)


def check_update(kind: str, content: Content, commitment: Commitment, recorded_on: date) -> None:
    """A report, context or check: its shape, its date, and what may move a status."""
    update, evidence = _rows(kind, content)
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
    _check_support(update, evidence, commitment)


def _check_support(update: Update, evidence: Sequence[Evidence], commitment: Commitment) -> None:
    """Only direct evidence moves a status; the release's own word and `stopped` are the two exceptions."""
    if update.basis == ReportBasis.RELEASE:
        if commitment.kind not in ANNOUNCED or update.status != Status.COMPLETED:
            message = _("Only what the release reports as signed or in place is completed by its own statement.")
            raise ValidationError({"basis": message})
        return
    if not supporting(update.status, [Support(row.url, row.relation, row.source) for row in evidence]):
        raise ValidationError({"evidence": _support_hint(update.status)})


def _support_hint(status: str) -> str:
    if status == Status.STOPPED:
        return _("Add the evidence that it was stopped, direct or context.")
    return _(
        "A report needs direct evidence: a public page that reports on this very pledge. "
        "If you have none, record it as context, which moves no status."
    )


def _check_date(kind: str, when: PartialDate | None, recorded_on: date) -> None:
    if when is None:
        raise ValidationError({"date": _("Say when it happened.")})
    if when.first > recorded_on:
        raise ValidationError({"date": _("%(date)s lies in the future.") % {"date": when.label}})
    if kind == EntryKind.CHECK and when.first != when.last:
        raise ValidationError({"date": _("Give the day on which you looked: 2018-11-05.")})


def _rows(kind: str, content: Content) -> tuple[Update, list[Evidence]]:
    """The rows that the content would become, each column checked; problems of evidence are named by row."""
    said = {name: value for name, value in content.items() if name != "evidence"}
    said["achieved"] = contents.read_number(said.get("achieved", ""))
    update = Update(kind=kind, **said)
    update.clean_fields(exclude={column.name for column in Update._meta.fields} - said.keys())
    evidence = []
    for number, row in enumerate(content.get("evidence", ()), 1):
        evidence.append(Evidence(**row))
        try:
            evidence[-1].clean_fields(exclude=["update"])
        except ValidationError as error:
            messages = [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
            raise ValidationError(
                {
                    "evidence": [
                        _("Evidence %(number)s, %(message)s") % {"number": number, "message": m} for m in messages
                    ]
                }
            ) from error
    return update, evidence


def check_correction(content: Content, commitment: Commitment) -> None:
    """Every public field but reference and deadline, each from what it is, with a reason."""
    _need_reason(content)
    current = contents.publication(commitment)
    for change in content["changes"]:
        name = change["field"]
        if name not in contents.CORRECTABLE:
            raise ValidationError({name: _("This cannot be corrected: a deadline moves only by a report.")})
        if change["before"] != current[name]:
            raise ValidationError({name: _("This has changed since you opened it. Look again before you correct it.")})
    check_public_fields(current | {change["field"]: change["after"] for change in content["changes"]})


def check_retraction(content: Content, commitment: Commitment, target: LedgerEntry | None) -> None:
    """An earlier update or correction of the same commitment, once."""
    _need_reason(content)
    if target is None or target.kind not in RETRACTABLE or target.commitment_id != commitment.reference:
        raise ValidationError(_("Only a report, context, check or correction of this commitment can be retracted."))
    if LedgerEntry.objects.filter(target=target, kind=EntryKind.RETRACTION).exists():
        raise ValidationError(_("Entry %(number)s is retracted already.") % {"number": target.sequence})


def check_redaction(content: Content, target: LedgerEntry | None) -> None:
    """Any entry that still holds text; a publication or correction only with what remains of it."""
    _need_reason(content)
    if target is None or not target.content:
        raise ValidationError(_("Choose an entry that still holds text."))
    data, remaining = target.data or {}, content["remaining"]
    if remaining is None and target.kind not in UPDATE_KINDS:
        raise ValidationError(_("Say what remains of the entry: this one cannot be removed whole."))
    if remaining is not None and remaining.keys() != data.keys():
        raise ValidationError(_("What remains must have the same fields as the entry."))
    if remaining is not None and target.kind == EntryKind.PUBLISHED:
        check_public_fields(remaining)


def _need_reason(content: Content) -> None:
    if not str(content.get("reason", "")).strip():
        raise ValidationError({"reason": _("Give the reason. It will be public.")})
