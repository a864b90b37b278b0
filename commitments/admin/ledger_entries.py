"""What is on record: the ledger and its projections, to be looked at; and the two acts upon an entry.

A retraction says that an entry was wrong. A redaction removes words from it, and takes a second administrator:
see `redactions`. Both are looked at as the public will see them before they are written.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import DraftPartAdmin, HiddenAdmin, ReadOnlyAdmin, add_refusal, may_publish, request_actor
from commitments.admin.preview import PREVIEW_BUTTON, preview_entry
from commitments.domain.choices import EntryKind
from commitments.i18n.phrases import join_clauses
from commitments.ledger.append import append_entries, new_retraction
from commitments.ledger.validation import RETRACTABLE_KINDS
from commitments.models import (
    DraftEvidence,
    Edition,
    Evidence,
    LedgerEntry,
    LedgerHead,
    LoadedItem,
    Ownership,
    Partnership,
    State,
    Translation,
    Update,
)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Public, and kept for good."),
        error_messages={"required": gettext_lazy("Give the reason. It will be public.")},
    )


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Entries, latest first."""

    change_form_template = "admin/commitments/ledgerentry/change_form.html"
    list_display = ("sequence", "kind", "commitment", "recorded_at", "role", "organisation")
    list_filter = ("kind", "role")
    search_fields = ("commitment__reference", "content")
    ordering = ("-sequence",)
    list_select_related = ("commitment",)

    def get_urls(self) -> list[Any]:
        """Retracting beside the stock pages."""
        view = self.admin_site.admin_view(self.retract)
        return [path("<int:pk>/retract/", view, name="commitments_ledgerentry_retract"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """With what can be done about the entry."""
        entry = kwargs.get("obj")
        later_kinds = set(entry.targeted_by.values_list("kind", flat=True)) if entry else set()
        context["may_retract"] = (
            entry
            and may_publish(request)
            and entry.kind in RETRACTABLE_KINDS
            and EntryKind.RETRACTION not in later_kinds
        )
        context["may_redact"] = entry and entry.content and request.user.has_perm("commitments.redact")
        return super().render_change_form(request, context, *args, **kwargs)

    def retract(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that an entry was wrong: first looked at, then written."""
        if not may_publish(request):
            raise PermissionDenied(_("Only publishers retract entries. Ask one of them."))
        entry = get_object_or_404(LedgerEntry.objects.select_related("commitment"), pk=pk)
        form, context = ReasonForm(request.POST or None), {}
        if form.is_valid() and entry.commitment:
            retraction = new_retraction(entry, form.cleaned_data["reason"], request_actor(request))
            try:
                if PREVIEW_BUTTON not in request.POST:
                    message = _("Retracted by entry %(entry)s.") % {"entry": append_entries([retraction])[0].sequence}
                    self.log_change(request, entry, message)
                    return HttpResponseRedirect(entry.commitment.get_absolute_url())
                context["preview"] = preview_entry(request, retraction, entry.commitment)
            except ValidationError as problem:
                add_refusal(problem, form)
        title = _("Retract entry %(entry)s?") % {"entry": entry.sequence}
        return entry_action_page(self, request, entry, form, title=title, button=_("Retract it"), **context)


def entry_action_page(
    model_admin: Any, request: HttpRequest, entry: LedgerEntry, form: forms.Form, **context: Any
) -> HttpResponse:
    """The page of an act upon an entry: what the entry says, the form and, once asked for, the preview."""
    context |= {
        **model_admin.admin_site.each_context(request),
        "opts": LedgerEntry._meta,
        "entry": entry,
        "lines": entry_lines(entry),
        "form": form,
    }
    return TemplateResponse(request, "admin/commitments/entry_action.html", context)


def field_label(name: str) -> str:
    """What a field of an entry's content is called: `deadline_basis` is "deadline basis"."""
    return _(name.replace("_", " "))


def entry_lines(entry: LedgerEntry) -> list[tuple[str, str]]:
    """What an entry says, a line for each thing that is not empty."""
    lines: list[tuple[str, str]] = []
    for name, value in (entry.data or {}).items():
        rows = value if isinstance(value, list) else [value]
        texts = [
            join_clauses(str(cell) for cell in row.values() if cell) if isinstance(row, dict) else str(row)
            for row in rows
        ]
        lines += [(field_label(name), text) for text in texts if text]
    return lines


@admin.register(Update)
class UpdateAdmin(ReadOnlyAdmin):
    """Published updates."""

    list_display = ("entry_id", "commitment", "kind", "date", "status", "recorded_at")
    list_filter = ("kind", "status")
    search_fields = ("commitment__reference", "commitment__title", "note")
    list_select_related = ("commitment",)


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    """Evidence of published updates."""

    list_display = ("title", "publisher", "date", "relation", "source", "update")
    list_filter = ("relation", "source")
    search_fields = ("title", "publisher", "url")
    list_select_related = ("update",)


@admin.register(State)
class StateAdmin(HiddenAdmin):
    """How commitments stood, from day to day."""

    list_display = ("commitment", "from_day", "until_day", "status", "deadline")
    search_fields = ("commitment__reference",)
    list_select_related = ("commitment",)


@admin.register(Translation)
class TranslationAdmin(HiddenAdmin):
    """Every translation that was recorded; they are made on the commitment's page of translations."""

    list_display = ("text", "commitment", "language", "recorded_at", "role", "organisation")
    list_filter = ("language",)
    search_fields = ("commitment__reference", "source", "text")
    ordering = ("-pk",)
    list_select_related = ("commitment",)


admin.site.register((Edition, LedgerHead, LoadedItem), HiddenAdmin)
admin.site.register((Ownership, Partnership, DraftEvidence), DraftPartAdmin)
