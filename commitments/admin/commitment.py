"""Commitments: drafts are edited and published; published ones are corrected with a reason."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments import content, ledger
from commitments.admin.base import LedgerAdmin, LedgerForm, may_publish, recorder, show
from commitments.admin.importing import CommitmentFilesMixin
from commitments.choices import EntryKind
from commitments.models import Commitment, Organisation, State
from commitments.rules import check_together


def parties(name: str) -> forms.ModelMultipleChoiceField[Organisation]:
    """A box that finds organisations by name. Declared here because the relations have tables of their own."""
    field: Any = Commitment._meta.get_field(name)
    widget = AutocompleteSelectMultiple(field, admin.site)
    return forms.ModelMultipleChoiceField(
        Organisation.objects.all(), required=False, label=field.verbose_name.capitalize(), widget=widget
    )


class CommitmentForm(LedgerForm):
    """A commitment's public fields; for a published one also the reason for correcting them."""

    owners = parties("owners")
    partners = parties("partners")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason for the correction"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Public, with what the fields said before."),
    )

    class Meta:
        """Every field that the admin asks for."""

        model = Commitment
        fields = "__all__"
        widgets = {
            name: forms.TextInput(attrs={"class": "vLargeTextField"}) for name in ("title", "quote", "done_when")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Note the last correction that whoever opens the form can see in it."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            last = self.instance.entries.filter(kind=EntryKind.CORRECTION).last()
            if self.instance.published_at:  # what was on the screen, so that only what was touched is a correction
                for field in self.fields.values():
                    field.show_hidden_initial = True
            self.initial["seen"] = last.sequence if last else 0
            self.initial.update({name: getattr(self.instance, name).all() for name in content.PARTIES})

    def clean(self) -> dict[str, Any]:
        """Between the fields, what the ledger would refuse; a correction needs its reason."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        public = self.instance.published_at is not None
        said = content.publication(Commitment.objects.get(pk=self.instance.pk)) if public else {}
        said |= {name: content.public_value(name, cleaned[name]) for name in content.PUBLIC_FIELDS if name in cleaned}
        try:
            check_together(said)
        except ValidationError as problem:
            show(problem, self)
        if public:
            self._check_correction(cleaned)
        return cleaned

    def _check_correction(self, cleaned: dict[str, Any]) -> None:
        """A correction has its reason, and was typed by somebody who knew of all corrections before it."""
        if self.changed_public() and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Give the reason. It will be public."))
        since = self.instance.entries.filter(kind=EntryKind.CORRECTION, sequence__gt=cleaned.get("seen") or 0).last()
        if since:
            fields = ", ".join(change["field"] for change in (since.data or {}).get("changes", ()))
            message = _("Since you opened this page, entry %(number)s corrected: %(fields)s. What you typed is kept.")
            self.add_error(None, message % {"number": since.sequence, "fields": fields or _("text since removed")})
            typed = cast("QueryDict", self.data).copy()
            typed["seen"] = str(since.sequence)
            self.data = typed

    def changed_public(self) -> list[str]:
        """The public fields that say something new."""
        return [name for name in self.changed_data if name in content.CORRECTABLE]


@admin.register(Commitment)
class CommitmentAdmin(CommitmentFilesMixin, LedgerAdmin):
    """The list and the form. Status is never a field here: it is moved by recording progress."""

    form = CommitmentForm
    change_form_template = "admin/commitments/commitment/change_form.html"
    change_list_template = "admin/commitments/commitment/change_list.html"
    list_display = ("reference", "title", "status_now", "deadline_now", "published")
    view_on_site = False  # drafts have no public page; the link stands beside "Record progress"
    list_filter = ("release", "area", "kind", "level", ("published_at", admin.EmptyFieldListFilter))
    list_select_related = ("area", "release")
    search_fields = ("reference", "title", "owners__name")
    autocomplete_fields = ("part_of",)
    ordering = ("reference",)

    def get_fieldsets(self, request: HttpRequest, obj: Commitment | None = None) -> Any:
        """As a reader meets them; what a published commitment says now comes first."""
        place = ("reference", ("release", "area", "paragraph"), "title", "quote")
        parties = ("owners", "partners", "parties_as_stated", "owner_inferred", "owner_note")
        pledge = (("kind", "force", "level"), "part_of", "done_when")
        time = (("deadline", "deadline_as_stated", "deadline_basis"), "review_on")
        target = (("target", "unit", "measure", "target_approximate"), "note")
        public = obj is not None and obj.published_at is not None
        now = [(None, {"fields": ("status_now", "deadline_now", "last_entry")})] if public else []
        why = [(_("Correction"), {"fields": ("reason", "seen")})] if public else []
        return [
            *now,
            (_("The pledge"), {"fields": place + pledge}),
            (_("Who"), {"fields": parties}),
            (_("By when, and how much"), {"fields": time + target}),
            *why,
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Commitment | None = None) -> list[str]:
        """What is computed, and what no correction may touch."""
        if obj is None or obj.published_at is None:
            return []
        return ["status_now", "deadline_now", "last_entry", "reference", "deadline"]

    def has_delete_permission(self, request: HttpRequest, obj: Commitment | None = None) -> bool:
        """Drafts only (R5)."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.published_at is None)

    def has_change_permission(self, request: HttpRequest, obj: Commitment | None = None) -> bool:
        """A correction is published at once, so it takes a publisher."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.published_at is None or may_publish(request))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deletion in bulk: it would stop at the first published one."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def save_model(self, request: HttpRequest, obj: Commitment, form: CommitmentForm, change: bool) -> None:
        """A draft is saved; a published commitment is corrected through the ledger."""
        if not obj.published_at:
            super().save_model(request, obj, form, change)
        elif values := {name: form.cleaned_data[name] for name in form.changed_public()}:
            stored = Commitment.objects.select_related("release", "area", "part_of").get(pk=obj.pk)
            ledger.append([ledger.correct(stored, values, form.cleaned_data["reason"], recorder(request))])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Owners and partners of a draft; of a published one the ledger has written them. Then publish if asked to."""
        if not form.instance.published_at:
            super().save_related(request, form, formsets, change)
            if "_publish" in request.POST and may_publish(request):
                ledger.append([ledger.publish(form.instance, recorder(request))])

    @admin.display(description=gettext_lazy("public"), boolean=True, ordering="published_at")
    def published(self, obj: Commitment) -> bool:
        """Whether it is public."""
        return obj.published_at is not None

    @admin.display(description=gettext_lazy("status"))
    def status_now(self, obj: Commitment) -> str:
        """The status last reported, with its date."""
        state = self._state(obj)
        if state is None:
            return _("draft")
        return (
            f"{state.get_status_display()} ({state.status_on.label})" if state.status_on else state.get_status_display()
        )

    @admin.display(description=gettext_lazy("current deadline"))
    def deadline_now(self, obj: Commitment) -> str:
        """The deadline after all revisions."""
        state = self._state(obj)
        return state.deadline.label if state and state.deadline else _("none stated")

    @admin.display(description=gettext_lazy("last entry"))
    def last_entry(self, obj: Commitment) -> SafeString | str:
        """The day of the last update, and the public page."""
        state = self._state(obj)
        day = state.last_entry_on if state else None
        return format_html('{} · <a href="{}">{}</a>', day or "–", obj.get_absolute_url(), _("public page"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commitment]:
        """With today's state of each, in one more query."""
        today = localdate()
        states = State.objects.filter(from_day__lte=today, until_day__gt=today)
        return super().get_queryset(request).prefetch_related(Prefetch("states", states, to_attr="states_today"))

    def _state(self, obj: Commitment) -> State | None:
        return next(iter(getattr(obj, "states_today", ())), None)
