"""What may be recorded: the rules that `append_entries` checks under its lock, each a ValidationError by field."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from commitments.domain.choices import UPDATE_KINDS, EntryKind
from commitments.domain.hash_chain import canonical_json
from commitments.domain.quotes import CHARACTERS_PER_WORD, MAX_WORDS, quote_words
from commitments.domain.stated_dates import stated_dates
from commitments.i18n.phrases import join_list
from commitments.ledger.contents import (
    CORRECTABLE_FIELDS,
    PARTIES,
    RELATIONS,
    Content,
    SlugResolver,
    all_public_fields,
    publication_content,
)
from commitments.ledger.entity_validation import EntityValidator
from commitments.ledger.new_entries import NewEntry
from commitments.ledger.projection import RedactionIndex, public_fields
from commitments.ledger.redaction_rules import check_nested_remaining, what_is_left
from commitments.ledger.text_lengths import check_remaining_lengths, check_text_lengths
from commitments.ledger.update_rules import check_update
from commitments.models import Commitment, LedgerEntry

RETRACTABLE_KINDS = (*UPDATE_KINDS, EntryKind.CORRECTION, EntryKind.PUBLISHED)


class EntryValidator:
    """Checks entries in the order in which they are to be appended: an earlier one may make a later one right.

    Reads what is on record once, under the ledger's lock. `references`: the commitments that the
    entries are about; `parents`: those that they name as what something is part of; `targets`: the
    entries that they retract or redact; `keys`: those that they bring; `entities`: the rules of entity entries.
    """

    def __init__(
        self, references: set[str], parents: set[str], targets: set[int], keys: set[str], entities: EntityValidator
    ) -> None:
        recorded = Commitment.objects.on_record().select_related("release", "area", "part_of")
        recorded = recorded.prefetch_related(*PARTIES).filter(reference__in=references | parents)
        self.public = {commitment.reference: commitment for commitment in recorded if not commitment.retracted_at}
        self.retracted = {commitment.reference for commitment in recorded if commitment.retracted_at}
        self.fields: dict[str, Content] = {}
        self.targets = LedgerEntry.objects.in_bulk(targets)
        targeting = LedgerEntry.objects.filter(target__in=targets).values_list("target_id", "kind")
        self.targeted = {(int(target or 0), kind) for target, kind in targeting}
        self.recorded_contents = recorded_contents(references)
        self.keys = set(LedgerEntry.objects.filter(key__in=keys).values_list("key", flat=True))
        self.resolver = SlugResolver()
        self.entities = entities

    def check(self, new_entry: NewEntry, recorded_on: date) -> None:
        """Raise ValidationError where an entry may not be appended on that day."""
        kind, content, commitment, target = new_entry.kind, new_entry.content, new_entry.commitment, new_entry.target
        check_text_lengths(kind, content, self.entities.fields.get(new_entry.entity))
        if kind == EntryKind.ENTITY:
            self.entities.check(new_entry.entity, content)
            return
        if kind == EntryKind.REDACTION:
            self.check_redaction(content, self._target(target, kind))
            return
        if commitment is None:
            raise ValidationError(_("Say which commitment the entry is about."))
        reference = commitment.reference
        if kind == EntryKind.PUBLISHED:
            self.check_publication(commitment, content)
        elif reference in self.retracted:
            raise ValidationError(_("%(reference)s was retracted, and that is final.") % {"reference": reference})
        elif reference not in self.public:
            raise ValidationError(_("%(reference)s is a draft: publish it first.") % {"reference": reference})
        elif kind in UPDATE_KINDS:
            self.check_not_repeated(content, reference)
            self.check_reply(kind, content, reference)
            check_update(kind, content, self.public[reference], recorded_on)
        elif kind == EntryKind.CORRECTION:
            self.check_correction(content, reference, recorded_on)
        else:
            self.check_retraction(content, reference, self._target(target, kind))

    def check_key(self, key: str | None) -> None:
        """A key is given once, so that nothing is recorded twice."""
        if key in self.keys:
            raise ValidationError(_("The key %(key)s is on record already.") % {"key": key})
        if key:
            self.keys.add(key)

    def check_publication(self, commitment: Commitment, content: Content) -> None:
        """A commitment may become public once, whole, with somebody who is to do it."""
        if commitment.reference in self.public or commitment.reference in self.retracted:
            raise ValidationError(_("%(reference)s is public already.") % {"reference": commitment.reference})
        self.check_fields(content)
        self.public[commitment.reference] = commitment
        self.fields[commitment.reference] = all_public_fields(content)

    def check_fields(self, content: Content) -> None:
        """Public fields that could be published: each by itself, what they name, and all together."""
        content = all_public_fields(content)
        check_public_fields(content, self.resolver)
        self._check_part_of(content)
        self._check_repeats(content)

    def _check_repeats(self, content: Content) -> None:
        """What it promises again is public, was promised in an earlier release, and stands once, with why."""
        problems: list[str] = []
        references = [row["reference"] for row in content["repeats"]]
        issued_on = self.resolver.issued_on(content["release"])
        for row in content["repeats"]:
            values = {"reference": str(row["reference"])[:20]}
            earlier = self._public_commitment(row["reference"])
            if references.count(row["reference"]) > 1:
                problems.append(_("%(reference)s is named twice.") % values)
            elif earlier is None:
                problems.append(_("%(reference)s is not on record, so nothing can repeat it.") % values)
            elif self._issued_on(row["reference"]) >= issued_on:
                problems.append(_("%(reference)s was not promised in an earlier release.") % values)
            if not str(row["why"]).strip():
                problems.append(_("Say in a sentence what repeats %(reference)s.") % values)
        if problems:
            raise ValidationError({"repeats": list(dict.fromkeys(problems))})

    def _issued_on(self, reference: str) -> date:
        """The day of the release of a public commitment."""
        return self.resolver.issued_on(self._fields(reference)["release"])

    def _public_commitment(self, reference: str) -> Commitment | None:
        """A commitment that is public by now, read once."""
        if reference in self.retracted:
            return None
        if reference not in self.public:
            commitment = Commitment.objects.public().select_related("release").filter(reference=reference).first()
            if commitment is None:
                return None
            self.public[reference] = commitment
        return self.public[reference]

    def _check_part_of(self, content: Content) -> None:
        """What it is part of was public no later than itself, and is not, over however many steps, a part of it."""
        parent, issued_on = content["part_of"], self.resolver.issued_on(content["release"])
        above = {content["reference"]}
        while parent:
            if parent in above:
                raise ValidationError({"part_of": _("A commitment cannot be part of itself.")})
            if self._public_commitment(parent) is None:
                message = _("It is part of a commitment that is not public: publish that first.")
                raise ValidationError({"part_of": message})
            if self._issued_on(parent) > issued_on:
                raise ValidationError({"part_of": _("It cannot be part of a commitment of a later release.")})
            above.add(parent)
            parent = self._fields(parent)["part_of"]

    def check_not_repeated(self, content: Content, reference: str) -> None:
        """The same update twice is a slip of the hand: a button pressed twice, a form sent again."""
        content_key = (reference, canonical_json(content))
        if content_key in self.recorded_contents:
            raise ValidationError(
                _("This is on record already, to the letter: %(entry)s.")
                % {"entry": self.recorded_contents[content_key]}
            )
        self.recorded_contents[content_key] = _("in the same submission")

    def check_reply(self, kind: str, content: Content, reference: str) -> None:
        """A reply is context, in the words of an organisation that owns the commitment or takes part in it."""
        if "reply_of" not in content:
            return
        if kind != EntryKind.CONTEXT:
            raise ValidationError({"reply_of": _("A reply moves no status: record it as context.")})
        fields, slug = self._fields(reference), content["reply_of"]
        if slug not in (*fields["owners"], *fields["partners"]):
            message = _("“%(slug)s” neither owns %(reference)s nor takes part in it.")
            raise ValidationError({"reply_of": message % {"slug": str(slug)[:60], "reference": reference}})

    def check_correction(self, content: Content, reference: str, recorded_on: date) -> None:
        """Every public field but the reference, each from what it is, with a reason."""
        _require_reason(content)
        before = self._fields(reference)
        for change in content["changes"]:
            name = change["field"]
            if name not in CORRECTABLE_FIELDS:
                raise ValidationError({name: _("This cannot be corrected: a reference is given once.")})
            if change["before"] != before[name]:
                message = _("This has changed since you opened it. Look again before you correct it.")
                raise ValidationError({name: message})
        after = before | {change["field"]: change["after"] for change in content["changes"]}
        if after["deadline"] != before["deadline"]:
            check_deadline_correction(after, self.resolver.issued_on(after["release"]))
        self.check_fields(after)
        if after["release"] != before["release"]:
            self._check_moved(reference, before["release"], after["release"], recorded_on)
        self.fields[reference] = after

    def _check_moved(self, reference: str, old: str, new: str, recorded_on: date) -> None:
        """From one release that is out to another; what hangs on it was promised no earlier, what repeats it, later."""
        issued_on = self.resolver.issued_on(new)
        if max(issued_on, self.resolver.issued_on(old)) > recorded_on:
            raise ValidationError({"release": _("Both releases must be out. Retract it, and publish it anew.")})
        others = Commitment.objects.public()
        parts = others.filter(part_of__reference=reference, release__issued_on__lt=issued_on)
        repeating = others.filter(repetitions__repeated__reference=reference, release__issued_on__lte=issued_on)
        if references := sorted(
            {*parts.values_list("reference", flat=True), *repeating.values_list("reference", flat=True)}
        ):
            message = _("%(others)s would then be part of it, or repeat it, before it was promised.")
            raise ValidationError({"release": message % {"others": join_list(references)}})

    def check_retraction(self, content: Content, reference: str, target: LedgerEntry | None) -> None:
        """An earlier update or correction of the same commitment, or its publication, once."""
        _require_reason(content)
        if target is None or target.kind not in RETRACTABLE_KINDS or target.commitment_id != reference:
            message = _("Only a publication, report, context, check or correction of this commitment can be retracted.")
            raise ValidationError(message)
        if target.kind == EntryKind.PUBLISHED:
            self._check_nothing_hangs_on(reference)
            self.public.pop(reference)
            self.fields.pop(reference, None)
            self.retracted.add(reference)
        if target.kind == EntryKind.CORRECTION:
            entries = LedgerEntry.objects.filter(commitment__reference=reference).order_by("sequence")
            retracted = {number for number, kind in self.targeted if kind == EntryKind.RETRACTION}
            retracted |= {int(entry.target_id or 0) for entry in entries if entry.kind == EntryKind.RETRACTION}
            redactions = RedactionIndex()
            contents = {entry.sequence: redactions.remaining(entry) for entry in entries}
            after = public_fields(list(entries), contents, retracted)
            self.check_fields(after)
            self.fields[reference] = after

    def _check_nothing_hangs_on(self, reference: str) -> None:
        """Parts and repetitions would be left without what they speak of."""
        hanging = Commitment.objects.public().filter(
            Q(part_of__reference=reference) | Q(repetitions__repeated__reference=reference)
        )
        in_this_call = {
            other
            for other, fields in self.fields.items()
            if fields["part_of"] == reference or reference in [row["reference"] for row in fields["repeats"]]
        }
        if references := sorted({*hanging.values_list("reference", flat=True)} - self.retracted | in_this_call):
            message = _("These are parts of %(reference)s, or repeat it: %(others)s. Correct or retract them first.")
            raise ValidationError(message % {"others": join_list(references), "reference": reference})

    def check_redaction(self, content: Content, target: LedgerEntry | None) -> None:
        """Words of any entry that still holds some; what its meaning rests on stays."""
        _require_reason(content)
        if target is None or not target.content:
            raise ValidationError(_("Choose an entry that still holds text."))
        remaining = content["remaining"]
        check_nested_remaining(target, target.data or {}, remaining)
        check_remaining_lengths(target, remaining)
        subject = target.subject
        left = what_is_left(target, remaining)
        if left is None:
            return
        if subject.kind == EntryKind.PUBLISHED:  # what it hangs on was checked when it was recorded
            check_public_fields(all_public_fields(left), self.resolver)
        elif subject.kind == EntryKind.ENTITY:
            is_last = not LedgerEntry.objects.filter(entity=subject.entity, sequence__gt=subject.sequence).exists()
            self.entities.check_fields(subject.entity, left["fields"], unique=is_last)

    def _target(self, target: LedgerEntry | None, kind: str) -> LedgerEntry | None:
        """The entry as it is now, which may be targeted once by each kind."""
        if target is None:
            return None
        if (target.sequence, kind) in self.targeted:
            raise ValidationError(
                _("Entry %(number)s has a %(kind)s already.")
                % {"number": target.sequence, "kind": EntryKind(kind).label}
            )
        self.targeted.add((target.sequence, kind))
        return self.targets.get(target.sequence)

    def _fields(self, reference: str) -> Content:
        """The public fields of a public commitment, after the entries checked so far."""
        if reference not in self.fields:
            self.fields[reference] = all_public_fields(publication_content(self.public[reference]))
        return self.fields[reference]


def recorded_contents(references: Iterable[str]) -> dict[tuple[str, str], str]:
    """What stands on record of some commitments: reference and content of each standing update, and its entry."""
    standing = LedgerEntry.objects.filter(commitment__reference__in=references, kind__in=UPDATE_KINDS)
    standing = standing.exclude(targeted_by__kind=EntryKind.RETRACTION)
    rows = standing.values_list("commitment_id", "content", "sequence")
    return {
        (str(reference), content): _("entry %(number)s") % {"number": number} for reference, content, number in rows
    }


def check_public_fields(content: Content, resolver: SlugResolver) -> None:
    """Public fields, each by itself, what they name, and all together; what it is part of may be a draft itself."""
    if problems := resolver.problems(content):
        raise ValidationError(problems)
    columns = resolver.columns(content, parents=False)
    Commitment(**columns).clean_fields(exclude=["published_at", *RELATIONS])
    check_consistency(content)


def check_consistency(content: Mapping[str, Any]) -> None:
    """What must hold between the public fields, as a form gives them or an entry says them."""
    problems: dict[str, str] = {}
    if quote_words(content["quote"]) > MAX_WORDS:
        message = _("A quote has at most %(most)s words, or %(characters)s Chinese characters.")
        problems["quote"] = message % {"most": MAX_WORDS, "characters": MAX_WORDS * CHARACTERS_PER_WORD}
    if not (content["owners"] or content["partners"] or content["parties_as_stated"].strip()):
        problems["owners"] = _("Name at least one owner, partner or party.")
    if content["owner_inferred"] and not content["owner_note"].strip():
        problems["owner_note"] = _("Say why the owner is inferred.")
    if bool(content["deadline"]) != bool(content["deadline_basis"]):
        problems["deadline_basis"] = _("A deadline and its basis go together.")
    if content["target"] and not content["unit"].strip():
        problems["unit"] = _("Say what the target counts.")
    if problems:
        raise ValidationError(problems)


def check_deadline_correction(content: Content, issued_on: date) -> None:
    """A deadline that we mistyped is corrected only towards what the release's own words say (R5)."""
    words, deadline = content["deadline_as_stated"], content["deadline"]
    stated = stated_dates(words, issued_on)
    if (deadline in {str(partial_date) for partial_date in stated}) if deadline else not words.strip():
        return
    values = {"words": words, "dates": join_list(str(partial_date) for partial_date in stated)}
    if not words.strip():
        message = _("A deadline is corrected only towards the release’s own words. Give them: the deadline as stated.")
    elif stated:
        message = _("The release’s words, “%(words)s”, say %(dates)s. Any other deadline moves by a report.")
    else:
        message = _("In the release’s words, “%(words)s”, no date can be read. The deadline moves by a report.")
    raise ValidationError({"deadline": message % values})


def _require_reason(content: Content) -> None:
    if not str(content.get("reason", "")).strip():
        raise ValidationError({"reason": _("Give the reason. It will be public.")})
