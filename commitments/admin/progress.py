"""Recording progress: one short form that saves a draft or publishes it through the ledger."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments import publishing
from commitments.admin.base import SECURE_ADDRESSES, LedgerAdmin, LedgerForm, may_publish
from commitments.admin.importing import DraftFilesMixin
from commitments.models import Commitment, DraftEvidence, DraftUpdate, Organisation


class DraftForm(LedgerForm):
    """An update as somebody types it. A draft may be incomplete; publishing checks everything."""

    class Meta:
        """All that somebody can type; the admin puts it in order."""

        model = DraftUpdate
        fields = "__all__"
        widgets = {
            "note": forms.Textarea(attrs={"rows": 3}),
            **{n: forms.TextInput(attrs={"class": "vLargeTextField"}) for n in ("deadline_reason", "searched")},
        }
        error_messages = {
            "reply_of": {"invalid_choice": gettext_lazy("Choose an owner or partner of this commitment.")}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer only those who can reply, where the commitment is known."""
        super().__init__(*args, **kwargs)
        key = str(self.data.get("commitment") or self.initial.get("commitment") or "")
        one = Commitment.objects.filter(pk=int(key)).first() if key.isdecimal() else None
        if one and "reply_of" in self.fields:
            parties = Organisation.objects.filter(Q(owned=one) | Q(joined=one)).distinct()
            cast("forms.ModelChoiceField[Organisation]", self.fields["reply_of"]).queryset = parties


class EvidenceInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    """A few rows."""

    model = DraftEvidence
    extra = 1
    formfield_overrides = SECURE_ADDRESSES
    fields = ("title", ("publisher", "date"), "url", "archived_url", ("relation", "source"))


@admin.register(DraftUpdate)
class DraftUpdateAdmin(DraftFilesMixin, LedgerAdmin):
    """Drafts of updates. `?commitment=` opens the form for one commitment: that is "Record progress"."""

    form = DraftForm
    change_form_template = "admin/commitments/draftupdate/change_form.html"
    inlines = (EvidenceInline,)
    fieldsets = (
        (None, {"fields": ("commitment", "kind", ("status", "date"), "achieved", "note")}),
        (
            gettext_lazy("A new deadline was announced"),
            {"fields": ("deadline", "deadline_reason"), "classes": ["collapse"]},
        ),
        (gettext_lazy("It was stopped"), {"fields": ("stop_reason",), "classes": ["collapse"]}),
        (gettext_lazy("Nothing new was found"), {"fields": ("searched",), "classes": ["collapse"]}),
        (gettext_lazy("An owner replied"), {"fields": ("reply_of",), "classes": ["collapse"]}),
        (gettext_lazy("The release itself reports it as done"), {"fields": ("basis",), "classes": ["collapse"]}),
    )
    autocomplete_fields = ("commitment",)
    list_display = ("commitment", "kind", "date", "status", "author", "changed_at", "published")
    list_filter = (("published_as", admin.EmptyFieldListFilter), "kind", "status")
    list_select_related = ("commitment", "author")
    search_fields = ("commitment__reference", "commitment__title", "note")

    def has_change_permission(self, request: HttpRequest, obj: DraftUpdate | None = None) -> bool:
        """A published one is history."""
        return super().has_change_permission(request, obj) and (obj is None or obj.published_as_id is None)

    def has_delete_permission(self, request: HttpRequest, obj: DraftUpdate | None = None) -> bool:
        """A published one is history."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.published_as_id is None)

    def save_model(self, request: HttpRequest, obj: DraftUpdate, form: DraftForm, change: bool) -> None:
        """Whoever typed it first is its author."""
        if not change:
            obj.author = request.user  # type: ignore[assignment]  # the admin lets nobody else in
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The evidence, and then the publication, all in the transaction of the request."""
        super().save_related(request, form, formsets, change)
        if "_publish" in request.POST and may_publish(request):
            form.instance.published_as = publishing.publish([form.instance], request.user)[0]  # type: ignore[arg-type]

    def response_add(self, request: HttpRequest, obj: DraftUpdate, post_url_continue: Any = None) -> HttpResponse:
        """Once it is published, to where the public sees it."""
        return self._published(obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: DraftUpdate) -> HttpResponse:
        """Once it is published, to where the public sees it."""
        return self._published(obj) or super().response_change(request, obj)

    def _published(self, obj: DraftUpdate) -> HttpResponse | None:
        if obj.published_as is None:
            return None
        return HttpResponseRedirect(f"{obj.commitment.get_absolute_url()}#entry-{obj.published_as.sequence}")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """With the commitment as it stands now."""
        context["standing"] = self._standing(request, kwargs.get("obj"))
        context["title"] = _("Record progress")
        return super().render_change_form(request, context, *args, **kwargs)

    def _standing(self, request: HttpRequest, obj: DraftUpdate | None) -> Commitment | None:
        key = obj.commitment_id if obj else request.POST.get("commitment") or request.GET.get("commitment")
        if not str(key or "").isdecimal():
            return None
        found: Commitment | None = Commitment.objects.as_of(localdate()).filter(pk=int(str(key))).first()
        return found

    @admin.display(description=gettext_lazy("published"), boolean=True)
    def published(self, obj: DraftUpdate) -> bool:
        """Whether it is in the ledger."""
        return obj.published_as_id is not None
