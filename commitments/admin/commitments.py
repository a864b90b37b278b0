"""Commitments: drafts are edited and published; published ones are corrected with a reason."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin import bulk, translations
from commitments.admin.assignments import AssignmentDecisions
from commitments.admin.base import accessible_commitments, may_publish, staff_user, url_name
from commitments.admin.commitment_form import CommitmentForm
from commitments.admin.commitment_list import CommitmentColumns, ProgressFirstList, TranslationFirstList
from commitments.admin.concurrency import DraftAdmin
from commitments.admin.deleted_drafts import delete_with_a_way_back
from commitments.admin.imports.views import CommitmentFilesMixin
from commitments.admin.list_filters import (
    AssignedFilter,
    DraftCommitmentFilter,
    FoldedSearchMixin,
    FreshnessFilter,
    OwnerFilter,
    PublicFilter,
    ScheduleFilter,
    StatusFilter,
    UntranslatedFilter,
)
from commitments.admin.party_fields import offer_adding
from commitments.admin.preview import PREVIEW_BUTTON, preview_entry
from commitments.admin.publishing import CommitmentDecisions, entry_sentence, publication_address
from commitments.admin.repeats_field import format_repeats, stored_repeats
from commitments.domain.choices import EntryKind
from commitments.i18n.phrases import join_list
from commitments.models import Commitment, DraftCommitment, LedgerEntry
from commitments.workflow.draft_edits import hands_in_commitments, note_edits
from commitments.workflow.draft_states import drafting_of
from commitments.workflow.entry_proposals import record_or_propose
from commitments.workflow.publications import (
    check_publishable,
    correction_by,
    may_publish_commitment,
    send_commitments,
)


def lead_to_form(model_admin: DraftAdmin, request: HttpRequest, reference: str) -> HttpResponse:
    """From a public page, whose link is the same for all: to recording progress for those who may, else to its page."""
    commitment = get_object_or_404(Commitment.objects.on_record(), reference=reference)
    if request.user.has_perm("commitments.add_draftupdate") and not commitment.retracted_at:
        return HttpResponseRedirect(f"{reverse('admin:commitments_draftupdate_add')}?commitment={commitment.pk}")
    return HttpResponseRedirect(reverse("admin:commitments_commitment_change", args=[commitment.pk]))


def is_to_be_published(request: HttpRequest) -> bool:
    """Whether the button was pressed that leads to publishing, by somebody who may."""
    return "_publish" in request.POST and may_publish(request)


@admin.register(Commitment)
class CommitmentAdmin(FoldedSearchMixin, CommitmentFilesMixin, CommitmentColumns, DraftAdmin):
    """The list and the form. Status is never a field here: it is moved by recording progress."""

    form = CommitmentForm
    change_form_template = "admin/commitments/commitment/change_form.html"
    change_list_template = "admin/commitments/commitment/change_list.html"
    list_display = ("numbered", "titled", "owned_by", "status_now", "deadline_now", "schedule_now", "last_news")
    view_on_site = False  # drafts have no public page; the link stands beside "Record progress"
    list_filter = (
        PublicFilter,
        DraftCommitmentFilter,
        AssignedFilter,
        StatusFilter,
        ScheduleFilter,
        FreshnessFilter,
        OwnerFilter,
        ("release", admin.RelatedOnlyFieldListFilter),
        ("area", admin.RelatedOnlyFieldListFilter),
        "kind",
        "level",
        UntranslatedFilter,
    )
    search_fields = ("reference", "title", "owners__name", "owners__short_name")
    folded_fields = ("search_text", "owners__search_text")
    autocomplete_fields = ("part_of",)
    ordering = ("reference_key",)
    actions = ("record_selected", "send_selected", "publish_selected", "return_selected", "assign_selected")

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # With a “+” beside owners and partners, for those who may add an organisation.
        return offer_adding(super().get_form(request, *args, **kwargs), request)

    # Who may see and do what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commitment]:
        # What the user works on, with how it stands today.
        commitments = accessible_commitments(request).for_staff(localdate()).prefetch_related("owners")
        return commitments.select_related("drafting__author", "assignment__lead_office", "assignment__desk_officer")

    def get_list_display(self, request: HttpRequest) -> Any:
        # Whom it is assigned to, for those who assign it.
        assigns = request.user.has_perm("commitments.change_assignment")
        return (*self.list_display, "assigned") if assigns else self.list_display

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        # The list that leads to recording progress, for those who may.
        return ProgressFirstList if request.user.has_perm("commitments.add_draftupdate") else TranslationFirstList

    def get_fieldsets(self, request: HttpRequest, obj: Commitment | None = None) -> Any:
        # As a reader meets them; what a published commitment says now comes first.
        place = ("reference", ("release", "area", "paragraph"), "title", "short_title", "quote")
        parties = ("owners", "partners", "parties_as_stated", "owner_inferred", "owner_note")
        pledge = (("kind", "force", "level"), "part_of", "repeats", "done_when")
        time = (("deadline", "deadline_as_stated", "deadline_basis"), "review_on")
        target = (("target", "unit", "measure", "target_approximate"), "note")
        public = obj is not None and obj.published_at is not None
        current_state = [(None, {"fields": ("status_now", "deadline_now", "last_news")})] if public else []
        correctable = public and self.has_change_permission(request, obj)
        correction = [(_("Correction"), {"fields": ("reason",)})] if correctable else []
        return [
            *current_state,
            (_("The pledge"), {"fields": place + pledge}),
            (_("Who"), {"fields": parties}),
            (_("By when, and how much"), {"fields": time + target}),
            *correction,
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Commitment | None = None) -> list[str]:
        # What is computed, and what no correction may touch.
        if obj is None or obj.published_at is None:
            return []
        return ["status_now", "deadline_now", "last_news", "reference"]

    def has_delete_permission(self, request: HttpRequest, obj: Commitment | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.published_at is None)

    def has_change_permission(self, request: HttpRequest, obj: Commitment | None = None) -> bool:
        # A correction is published at once, so it takes a publisher; what was retracted is final.
        allowed = super().has_change_permission(request, obj)
        if obj is None or obj.published_at is None:
            return allowed
        return allowed and obj.retracted_at is None and may_publish(request)

    def denial_reason(self, obj: models.Model | None) -> str:
        """A draft that was published while an editor typed in it."""
        if isinstance(obj, Commitment) and obj.retracted_at:
            return _("%(reference)s was retracted, and that is final.") % {"reference": obj.reference}
        if isinstance(obj, Commitment) and obj.published_at:
            return _("It is public, so its wording is corrected by a publisher, with a reason. Ask one of them.")
        return super().denial_reason(obj)

    def last_editor(self, obj: models.Model, since: datetime) -> str:
        """With the entries that corrected it, which the public can read."""
        who = super().last_editor(obj, since)
        corrections = LedgerEntry.objects.filter(
            commitment__pk=obj.pk, kind=EntryKind.CORRECTION, recorded_at__gte=since.replace(microsecond=0)
        )
        numbers = join_list(str(number) for number in corrections.values_list("sequence", flat=True))
        return _("%(who)s, by entry %(entries)s,") % {"who": who, "entries": numbers} if numbers else who

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # No deletion in bulk: it would stop at the first published one.
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        allowed = {
            "send": request.user.has_perm("commitments.change_commitment"),
            "assign": request.user.has_perm("commitments.change_assignment"),
        }
        for name in (*CommitmentDecisions.titles, *AssignmentDecisions.titles):
            if not allowed.get(name, may_publish(request)):
                actions.pop(f"{name}_selected", None)
        return actions if request.user.has_perm("commitments.add_draftupdate") else self.export_actions()

    def get_urls(self) -> list[Any]:
        # The page of many, that of translations and that of publishing, beside the stock ones.
        def own(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(partial(view, self)), name=url_name(self, name))

        return [
            own("record/", bulk.record_bulk, "record"),
            own("<int:pk>/translations/", translations.translate, "translations"),
            *CommitmentDecisions.urls(self),
            *AssignmentDecisions.urls(self),
            own("at/<str:reference>/", lead_to_form, "by_reference"),
            *super().get_urls(),
        ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # Where a form looks for one to name, none that was retracted.
        if "field_name" in request.GET:
            queryset = queryset.filter(retracted_at=None)
        return super().get_search_results(request, queryset, search_term)

    @admin.action(description=gettext_lazy("Record progress of the selected commitments…"))
    def record_selected(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> HttpResponse | None:
        """One form for all of them."""
        return bulk.ask_bulk(self, request, queryset)

    @admin.action(description=gettext_lazy("Send the selected drafts for publishing…"))
    def send_selected(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> HttpResponse | None:
        """Show what would be sent, and ask."""
        return CommitmentDecisions(self, request).ask(queryset, "send")

    @admin.action(description=gettext_lazy("Publish the selected drafts…"))
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> HttpResponse | None:
        """Show what would be public, and ask."""
        return CommitmentDecisions(self, request).ask(queryset, "publish")

    @admin.action(description=gettext_lazy("Return the selected drafts to their authors…"))
    def return_selected(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> HttpResponse | None:
        """Ask for the reason."""
        return CommitmentDecisions(self, request).ask(queryset, "return")

    @admin.action(description=gettext_lazy("Assign the selected commitments…"))
    def assign_selected(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> HttpResponse | None:
        """Ask to whom."""
        return AssignmentDecisions(self, request).ask(queryset, "assign")

    # Saving

    def save_model(self, request: Any, obj: Commitment, form: CommitmentForm, change: bool) -> None:
        # A draft is saved; a published commitment is corrected through the ledger, or the correction is previewed.
        if not obj.published_at:
            super().save_model(request, obj, form, change)
        elif values := {name: form.cleaned_data[name] for name in form.changed_public()}:
            stored = Commitment.objects.select_related("release", "area", "part_of").get(pk=obj.pk)
            correction = correction_by(stored, values, form.cleaned_data["reason"], staff_user(request))
            if PREVIEW_BUTTON in request.POST:
                request.preview = preview_entry(request, correction, stored)  # shown below
            else:
                request.correction = record_or_propose(correction, staff_user(request))

    def delete_model(self, request: HttpRequest, obj: Commitment) -> None:
        # A draft, which can be had back.
        delete_with_a_way_back(self, request, obj)
        super().delete_model(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Owners and partners of a draft; of a published one the ledger has written them.

        If it is to be published, what would stop that is said at once, beside the fields.
        """
        if not form.instance.published_at:
            super().save_related(request, form, formsets, change)
            if form.has_changed() or not change:
                note_edits(staff_user(request), commitments=[form.instance.pk])
            if is_to_be_published(request):
                check_publishable(form.instance, staff_user(request))
            elif "_send" in request.POST:
                send_commitments([form.instance], staff_user(request))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        # By which entry; not of what was only looked at.
        if PREVIEW_BUTTON in request.POST:
            return None
        correction = getattr(request, "correction", None)
        if isinstance(correction, LedgerEntry):
            message = _("Corrected by entry %(entry)s.") % {"entry": correction.sequence}
        elif correction:
            message = _("Proposed a correction.")
        return super().log_change(request, obj, message)

    def response_add(self, request: HttpRequest, obj: Commitment, post_url_continue: Any = None) -> HttpResponse:
        # If it is to be published, on to the page that shows it and asks.
        return self._response_of_draft(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Commitment) -> HttpResponse:
        # After a preview the same form as it was typed, and below it what the public would see.
        if not obj.published_at and (response := self._response_of_draft(request, obj)):
            return response
        if correction := getattr(request, "correction", None):
            text = _("{name} is corrected, entry {entry}.")
            words: str = (
                entry_sentence(correction, text)
                if isinstance(correction, LedgerEntry)
                else _("The correction of %(reference)s waits for another publisher.") % {"reference": obj.reference}
            )
            self.message_user(request, words, messages.SUCCESS)
            return self.response_post_save_change(request, obj)
        if PREVIEW_BUTTON not in request.POST or not obj.published_at:
            return super().response_change(request, obj)
        request.refusal = ValidationError(_("It is not published yet."))  # type: ignore[attr-defined]  # StaffForm's
        return self.changeform_view(request, str(obj.pk))

    def _response_of_draft(self, request: HttpRequest, obj: Commitment) -> HttpResponse | None:
        """Where a button other than the stock ones leads; None for a stock one."""
        if is_to_be_published(request):
            return HttpResponseRedirect(publication_address(obj))
        if "_send" not in request.POST:
            return None
        message = _("%(reference)s waits for a publisher.") % {"reference": obj.reference}
        self.message_user(request, message, messages.SUCCESS)
        return self.way_on(request, obj)

    def draft_of(self, obj: models.Model) -> DraftCommitment | None:
        return drafting_of(obj) if isinstance(obj, Commitment) and not obj.published_at else None

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        commitment = context["original"]
        context["may_publish_this"] = may_publish_commitment(commitment, staff_user(request))
        context["pointed_out"] = " ".join(getattr(context["adminform"].form, "pointed_out", ()))
        if commitment and not commitment.published_at:
            context["drafting"] = drafting_of(commitment)
            context["hands"] = hands_in_commitments([commitment])[commitment.pk]
        if commitment and commitment.published_at and self.has_change_permission(request, commitment):
            context["title"] = _("Correct what is on record")
        if commitment and commitment.published_at and may_publish(request):
            context["publication"] = commitment.entries.get(kind=EntryKind.PUBLISHED)
        if preview := getattr(request, "preview", ""):
            context |= {"preview": preview, "errors": []}
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("promised before"))
    def repeats(self, obj: Commitment) -> str:
        """What it repeats, for those who may only look."""
        return format_repeats(stored_repeats(obj)) or "–"
