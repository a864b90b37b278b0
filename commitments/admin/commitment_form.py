"""The form of a commitment: a draft's public fields, or a correction of what is on record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import StaffForm, add_refusal
from commitments.admin.field_help import CountedQuote, meanings
from commitments.admin.party_fields import party_field
from commitments.admin.repeats_field import RepeatsField, stored_repeats, write_repeats
from commitments.domain.choices import DeadlineBasis, Force, Kind, Level
from commitments.domain.references import dated_reference_message, is_taken_for_date
from commitments.i18n.phrases import join_sentences
from commitments.ledger.contents import CORRECTABLE_FIELDS, PARTIES, PUBLIC_FIELDS, public_value, publication_content
from commitments.ledger.validation import check_consistency
from commitments.models import Commitment
from commitments.workflow.duplicates import DuplicateFinder, Pledge


class CommitmentForm(StaffForm):
    """A commitment's public fields; for a published one also the reason for correcting them."""

    owners = party_field("owners")
    partners = party_field("partners")
    repeats = RepeatsField()
    reason = forms.CharField(
        label=gettext_lazy("Reason for the correction"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Public, with what the fields said before."),
    )

    class Meta:
        # Every field that the admin asks for.
        model = Commitment
        fields = "__all__"
        widgets = {
            name: forms.TextInput(attrs={"class": "vLargeTextField"}) for name in ("title", "short_title", "done_when")
        } | {"quote": CountedQuote()}
        help_texts = {
            "kind": meanings(Kind),
            "force": meanings(Force),
            "level": meanings(Level),
            "deadline_basis": meanings(DeadlineBasis),
        }

    pointed_out: list[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # With the parties and what it repeats, which have tables of their own.
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update({name: getattr(self.instance, name).all() for name in PARTIES})
            self.initial["repeats"] = stored_repeats(self.instance)
        if self.instance.published_at and "deadline" in self.fields:
            self.fields["deadline"].help_text = _(
                "As it was published. One that we mistyped is corrected towards the release’s own words; any other "
                "change is a report."
            )

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]  # Django's, which the stubs leave out
        write_repeats(self.instance, self.cleaned_data["repeats"])

    def clean_reference(self) -> str:
        """One that is given now is none of which spreadsheets make a date."""
        reference: str = self.cleaned_data["reference"]
        if "reference" in self.changed_data and is_taken_for_date(reference):
            raise ValidationError(dated_reference_message(reference))
        return reference

    def clean(self) -> dict[str, Any]:
        # Between the fields, what the ledger would refuse; a correction needs its reason.
        cleaned = super().clean()
        self.pointed_out = str(self.data.get("pointed_out", "")).split()
        if self.errors:
            return cleaned
        public = self.instance.published_at is not None
        values = publication_content(Commitment.objects.get(pk=self.instance.pk)) if public else {}
        values |= {name: public_value(name, cleaned[name]) for name in PUBLIC_FIELDS if name in cleaned}
        try:
            check_consistency(values)
        except ValidationError as problem:
            add_refusal(problem, self)
        if public and self.changed_public() and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Give the reason. It will be public."))
        if not (public or self.errors) and {"release", "title", "quote"} & {*self.changed_data}:
            self._point_out_duplicate(cleaned)
        return cleaned

    def _point_out_duplicate(self, cleaned: dict[str, Any]) -> None:
        """Beside the title or the quote, once, where another commitment says the same."""
        pledge = Pledge(cleaned["reference"], cleaned["release"].slug, cleaned["title"], cleaned["quote"])
        duplicate = DuplicateFinder().find(pledge, [row["reference"] for row in cleaned["repeats"]])
        if duplicate and (mark := f"duplicate:{duplicate.pledge.reference}") not in self.pointed_out:
            message = join_sentences([str(duplicate), _("If this is another pledge, send the form again.")])
            self.add_error("quote" if duplicate.by_quote else "title", message)
            self.pointed_out.append(mark)

    def changed_public(self) -> list[str]:
        """The public fields that say something new."""
        return [name for name in self.changed_data if name in CORRECTABLE_FIELDS]
