"""Assigning commitments to a lead office or a desk officer: one or many, drafts and public ones, never in public."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin.base import DraftPartAdmin, ReadOnlyAdmin, staff_user
from commitments.admin.concurrency import LedgerAdmin
from commitments.admin.decisions import Decisions
from commitments.i18n.phrases import join_list
from commitments.models import Assignment, Commitment, Organisation
from commitments.workflow.assignments import Assigned, assign, assigned_to, possible_officers


@admin.register(Assignment)
class AssignmentAdmin(DraftPartAdmin):
    """Whom commitments are assigned to; they are assigned on a page of their own."""

    list_display = ("commitment", "lead_office", "desk_officer")
    list_select_related = list_display

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Whoever may look at one may look at all.
        return ReadOnlyAdmin.has_view_permission(self, request, obj)


class OfficeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Organisations by the names that the lists have."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label_with_side)


class AssignmentForm(forms.Form):
    """Who is to look after them: an office, a person, both, or nobody any more."""

    lead_office = OfficeField(
        Organisation.objects.all(),
        required=False,
        label=gettext_lazy("Lead office"),
        empty_label=gettext_lazy("none"),
        help_text=gettext_lazy("Whoever works for it may draft updates of them, and is reminded of them."),
    )
    desk_officer = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        label=gettext_lazy("Desk officer"),
        empty_label=gettext_lazy("none"),
        help_text=gettext_lazy("The same for one member of staff, whomever they work for."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["desk_officer"].queryset = possible_officers()  # type: ignore[attr-defined]  # a ModelChoiceField


class AssignmentDecisions(Decisions):
    """The page on which they are assigned. It shows whom each is assigned to now."""

    template = "admin/commitments/commitment/assign.html"
    salt = "assign commitments"
    chosen_by = "commitment"
    most = 200
    queue_query = ""
    titles = {"assign": gettext_lazy("Assign these commitments")}
    nothing_to_do = gettext_lazy("What was retracted is assigned to nobody. Choose others.")
    changed_meanwhile = gettext_lazy("Somebody else has assigned it meanwhile. Look again.")

    def __init__(self, model_admin: LedgerAdmin, request: HttpRequest) -> None:
        super().__init__(model_admin, request)
        self.form: AssignmentForm | None = None

    def refuse_role(self, name: str) -> None:
        if not self.request.user.has_perm("commitments.change_assignment"):
            raise PermissionDenied(_("Only editors and publishers assign commitments. Ask one of them."))

    def undecided(self, queryset: QuerySet[Commitment], name: str) -> QuerySet[Commitment]:
        return queryset.filter(retracted_at=None)

    def refuse_decided(self, draft: Commitment) -> None:
        if draft.retracted_at:
            raise ValidationError(_("%(reference)s was retracted, and that is final.") % {"reference": draft.reference})

    def refusal(self, draft: Commitment, message: str) -> ValidationError:
        refusal = ValidationError(message)
        refusal.commitment = draft  # type: ignore[attr-defined]  # read by the page
        return refusal

    def digest_of(self, draft: Commitment) -> str:
        assigned = assigned_to(draft)
        return self.short_digest(f"{assigned.office} {assigned.officer}")

    def blockers(self, drafts: list[Commitment], name: str) -> dict[str, Any]:
        return {}

    def row(self, draft: Commitment) -> dict[str, Any]:
        owners = join_list(organisation.label_with_side for organisation in draft.owners.all())
        return {"owners": owners or draft.parties_as_stated, "assigned": str(getattr(draft, "assignment", "")) or "–"}

    def context(self, drafts: list[Commitment], name: str) -> dict[str, Any]:
        same = {assigned_to(draft) for draft in drafts}
        now = same.pop() if len(same) == 1 else Assigned(None, None)
        initial = {"lead_office": now.office, "desk_officer": now.officer}
        sent = self.request.POST if "chosen" in self.request.POST else None
        form = self.form or AssignmentForm(sent, initial=initial)
        notes = [_("It is never public: no page, download or entry names who is assigned.")]
        return {"form": form, "button": _("Assign"), "notes": notes}

    def carry_out(self, drafts: list[Commitment], name: str) -> str:
        self.form = form = AssignmentForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(_("Choose from the lists."))
        assign(drafts, form.cleaned_data["lead_office"], form.cleaned_data["desk_officer"], staff_user(self.request))
        done = ngettext("%(number)s commitment is assigned.", "%(number)s commitments are assigned.", len(drafts))
        if not any(form.cleaned_data.values()):
            done = ngettext(
                "%(number)s commitment is assigned to nobody now.",
                "%(number)s commitments are assigned to nobody now.",
                len(drafts),
            )
        return done % {"number": len(drafts)}
