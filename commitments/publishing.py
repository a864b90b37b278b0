"""What staff put on record: drafts of updates, which may take four eyes, and redactions, which take two people.

The rules of the ledger itself are in `rules`; here is who may bring what to it. Everything runs in one
transaction, and a refusal names the draft that stopped it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments import ledger
from commitments.choices import DraftState, EntryKind, Role, TranslatorRole
from commitments.content import UPDATE_FIELDS, WITH_EVIDENCE, Content, update_content
from commitments.models import DraftEvidence, DraftUpdate, LedgerEntry, RedactionRequest
from commitments.projection import fact_of
from commitments.schedule import Standing, standing


class DraftRefusedError(ValidationError):
    """A draft cannot be published, so none of those asked for was. `draft` says which."""

    def __init__(self, draft: DraftUpdate, problem: ValidationError) -> None:
        super().__init__(problem)
        self.draft = draft


def recorder(user: User) -> ledger.Recorder:
    """In which role and for which organisation a user records: no name goes into the ledger."""
    affiliation = getattr(user, "affiliation", None)
    role = Role.ADMINISTRATOR if user.is_superuser else Role.PUBLISHER
    return ledger.Recorder(role, affiliation.organisation.slug if affiliation else "")


def translator(user: User) -> ledger.Recorder:
    """The same of a translation, which editors may record of what is not public yet."""
    by = recorder(user)
    return by if user.has_perm("commitments.publish") else replace(by, role=TranslatorRole.EDITOR)


def content_of(draft: DraftUpdate, evidence: Iterable[DraftEvidence]) -> Content:
    """What the ledger would say."""
    said = vars(draft) | {"reply_of": draft.reply_of_id}
    return update_content(draft.kind, said, [vars(row) for row in evidence])


def outlook(draft: DraftUpdate, evidence: Iterable[DraftEvidence], day: date) -> tuple[Standing, Standing]:
    """How the draft's commitment stands on a day, and how it would stand if the draft were on record.

    Reads `commitment.updates` and their evidence: prefetch them for many. The same for a draft that is not
    complete enough to be put on record.
    """
    commitment = draft.commitment
    facts = [fact_of(one, list(one.evidence.all())) for one in commitment.updates.all() if one.stands]
    before = standing(commitment.deadline, facts, day)
    if draft.date is None or (draft.kind == EntryKind.REPORT and not draft.status):
        return before, before
    new = ledger.fact_to_come(ledger.NewEntry(draft.kind, content_of(draft, evidence)))
    return before, standing(commitment.deadline, [*facts, new], day)


def may_publish(draft: DraftUpdate | None, user: User) -> bool:
    """Whether the user may publish a draft; None for one that the user is about to write."""
    own = draft is None or draft.pk is None or drafted_by(draft, user)
    return user.has_perm("commitments.publish") and not (settings.FOUR_EYES and own)


def drafted_by(draft: DraftUpdate, user: User) -> bool:
    """Whether the user wrote it, or was the last to change it."""
    return user.pk in (draft.author_id, draft.changed_by_id)


def publish(drafts: Sequence[DraftUpdate], user: User) -> list[LedgerEntry]:
    """Record drafts, the earliest date first, all or none. Raises DraftRefusedError."""
    with transaction.atomic():
        locked = _locked(drafts)
        for draft in locked:
            _refuse_unfit(draft, user)
        entries = _append(locked, recorder(user))
        for draft, entry in zip(locked, entries, strict=True):
            draft.published_as, draft.state = entry, DraftState.PUBLISHED
        DraftUpdate.objects.bulk_update(locked, ["published_as", "state"], batch_size=200)
    return entries


def check(drafts: Sequence[DraftUpdate]) -> None:
    """Raise DraftRefusedError where one of them could not be published, by whomever. Stores nothing."""
    with transaction.atomic():
        _append(_locked(drafts), ledger.Recorder())
        transaction.set_rollback(True)


def problems(drafts: Sequence[DraftUpdate]) -> dict[int, DraftRefusedError]:
    """What is wrong with each that could not be published by itself, by its key."""
    found: dict[int, DraftRefusedError] = {}
    for draft in drafts:
        try:
            check([draft])
        except DraftRefusedError as refusal:
            found[draft.pk] = refusal
    return found


def _locked(drafts: Sequence[DraftUpdate]) -> list[DraftUpdate]:
    """The drafts as they are stored, held until the transaction ends, in the order in which they are to be recorded."""
    ledger.hold()
    stored = DraftUpdate.objects.select_for_update(of=("self",)).filter(pk__in=[draft.pk for draft in drafts])
    found = stored.select_related("commitment", "published_as").prefetch_related("evidence")
    return sorted(found, key=lambda draft: (str(draft.date_first or ""), draft.pk))


def _append(drafts: Sequence[DraftUpdate], by: ledger.Recorder) -> list[LedgerEntry]:
    new = {draft.pk: _entry(draft, by) for draft in drafts}
    try:
        return ledger.append(list(new.values()))
    except ledger.RefusedError as refusal:
        stopped = next(draft for draft in drafts if new[draft.pk] is refusal.entry)
        raise DraftRefusedError(stopped, refusal) from refusal


def _entry(draft: DraftUpdate, by: ledger.Recorder) -> ledger.NewEntry:
    evidence = list(draft.evidence.all())
    try:
        refuse_what_would_be_lost(draft, evidence)
    except ValidationError as problem:
        raise DraftRefusedError(draft, problem) from problem
    content = content_of(draft, evidence)
    return ledger.NewEntry(draft.kind, content, draft.commitment, by=by, key=f"draft/{draft.pk}")


def _refuse_unfit(draft: DraftUpdate, user: User) -> None:
    """Published already, or drafted by the very person who is to publish it."""
    refuse_published(draft)
    if settings.FOUR_EYES and drafted_by(draft, user):
        message = _("You drafted or changed it, and here somebody else must publish it. Send it for publishing.")
        raise DraftRefusedError(draft, ValidationError(message))


def refuse_published(draft: DraftUpdate) -> None:
    """Raise DraftRefusedError for a draft that is on record: nothing more is decided on it."""
    if draft.published_as_id:
        message = _("It is on record already, as entry %(entry)s.") % {"entry": draft.published_as_id}
        raise DraftRefusedError(draft, ValidationError(message))


def refuse_what_would_be_lost(draft: DraftUpdate, evidence: Sequence[DraftEvidence]) -> None:
    """Raise ValidationError beside each box that was filled in and that an update of this kind does not hold."""
    message = _("An update of this kind does not hold this. Empty the box, or choose another kind.")
    names = {name for names in UPDATE_FIELDS.values() for name in names} - {"basis", *UPDATE_FIELDS[draft.kind]}
    problems: dict[str, Any] = {name: message for name in names if getattr(draft, name) not in ("", None)}
    if evidence and draft.kind not in WITH_EVIDENCE:
        problems["evidence"] = _("A check holds no evidence. Take it out, or choose another kind.")
    if problems:
        raise ValidationError(problems)


def send(draft: DraftUpdate) -> None:
    """Ask the publishers to decide on it. DraftRefusedError where they could not publish it."""
    check([draft])
    draft.state, draft.returned_because = DraftState.WAITING, ""
    draft.save(update_fields=["state", "returned_because"])


def give_back(drafts: Sequence[DraftUpdate], reason: str) -> None:
    """Return drafts to those who wrote them, with the reason; what is published stays."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is to be changed. The author reads it.")})
    open_ones = DraftUpdate.objects.filter(pk__in=[draft.pk for draft in drafts], published_as=None)
    open_ones.update(state=DraftState.RETURNED, returned_because=reason, changed_at=timezone.now())


def ask_for_redaction(entry: LedgerEntry, remaining: Content | None, reason: str, user: User) -> RedactionRequest:
    """Ask another administrator to remove text; ValidationError where the ledger would refuse it."""
    with transaction.atomic():
        ledger.hold()
        if RedactionRequest.objects.filter(entry=entry, decided_at=None).exists():
            raise ValidationError(_("A redaction of this entry is asked for already, and waits for a decision."))
        rehearse(redaction(entry, remaining, reason, user))
        return RedactionRequest.objects.create(entry=entry, remaining=remaining, reason=reason, asked_by=user)


def decide_redaction(request: RedactionRequest, user: User, *, granted: bool) -> None:
    """Carry out what somebody else asked for, or decline it; whoever asked may only withdraw it."""
    with transaction.atomic():
        ledger.hold()
        stored = RedactionRequest.objects.select_for_update(of=("self",)).select_related("entry").get(pk=request.pk)
        if stored.decided_at:
            raise ValidationError(_("Somebody has decided on it already."))
        if granted and stored.asked_by_id == user.pk:
            raise ValidationError(_("You asked for it yourself. A redaction takes a second administrator."))
        stored.decided_by, stored.decided_at, stored.granted = user, timezone.now(), granted
        stored.save()
        if granted:
            ledger.append([redaction(stored.entry, stored.remaining, stored.reason, user)])
            _forget(stored.entry)


def redaction(entry: LedgerEntry, remaining: Content | None, reason: str, user: User) -> ledger.NewEntry:
    """The entry that removes words, as an administrator records it."""
    return ledger.redact(entry, remaining, reason, ledger.Recorder(Role.ADMINISTRATOR, recorder(user).organisation))


def _forget(entry: LedgerEntry) -> None:
    """Take the removed words out of what staff keep beside the ledger: earlier requests, and the admin's log."""
    RedactionRequest.objects.filter(entry__in=[entry, entry.subject]).exclude(decided_at=None).update(remaining=None)
    kept = LogEntry.objects.filter(content_type__app_label="commitments")
    drafts = DraftUpdate.objects.filter(published_as__in=[entry, entry.subject]).values_list("pk", flat=True)
    kept.filter(content_type__model="draftupdate", object_id__in=map(str, drafts)).update(change_message="")
    if about := entry.subject.commitment:
        of_it = kept.filter(content_type__model="commitment", object_id=str(about.pk))
        of_it.update(object_repr=about.reference, change_message="")


def rehearse(entry: ledger.NewEntry, look: Callable[[], Any] | None = None) -> Any:
    """Append an entry, look at what that makes of the record, and take everything back; what `look()` gave.

    ValidationError where the ledger refuses the entry.
    """
    with transaction.atomic():
        ledger.append([entry])
        seen = look() if look else None
        transaction.set_rollback(True)
    return seen
