"""Deleted drafts, which can be had back for a week by whoever may delete such a draft."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import ModelAdmin, ReadOnlyAdmin, accessible_commitments, staff_user
from commitments.i18n.phrases import join_sentences
from commitments.models import Commitment, DeletedDraft, DraftUpdate
from commitments.workflow.deleted_drafts import keep_deleted, restore


def delete_with_a_way_back(model_admin: ModelAdmin, request: HttpRequest, draft: Commitment | DraftUpdate) -> None:
    """Keep a draft that is deleted now, and say so."""
    keep_deleted(draft, staff_user(request))
    model_admin.message_user(request, way_back_words(), messages.INFO)


def way_back_words() -> SafeString:
    """Where drafts are that were deleted just now."""
    address = reverse("admin:commitments_deleteddraft_changelist")
    link = format_html('<a href="{}">{}</a>', address, _("deleted drafts"))
    return format_html(_("For a week they can be had back: {link}."), link=link)


@admin.register(DeletedDraft)
class DeletedDraftAdmin(ReadOnlyAdmin):
    """The latest first. A contributor finds those that they deleted themselves."""

    list_display = ("title", "deleted_by", "deleted_at")
    list_display_links = None
    fields = list_display  # what it said is seen once it is back
    list_select_related = ("deleted_by",)
    search_fields = ("title",)
    actions = ("bring_back",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("commitments.delete_draftupdate")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeletedDraft]:
        # Within reach, by what each is about (R8); nothing whose week is over.
        waiting = DeletedDraft.objects.waiting(timezone.now())
        reachable = Q(draft_key__isnull=False, commitment_key__in=accessible_commitments(request).values("pk"))
        if request.user.has_perm("commitments.delete_commitment"):
            reachable |= Q(draft_key=None)
        if not request.user.has_perm("commitments.work_for_all"):
            reachable &= Q(deleted_by=request.user.pk)
        return waiting.filter(reachable)

    @admin.action(description=gettext_lazy("Bring back the selected drafts"))
    def bring_back(self, request: HttpRequest, queryset: QuerySet[DeletedDraft]) -> None:
        """Each by itself: one that cannot come back stops no other."""
        for deleted in queryset:
            try:
                with transaction.atomic():
                    restore(deleted)
            except ValidationError as problem:
                self.message_user(request, join_sentences(problem.messages), messages.ERROR)
                continue
            model, key = (
                ("draftupdate", deleted.draft_key) if deleted.draft_key else ("commitment", deleted.commitment_key)
            )
            address = reverse(f"admin:commitments_{model}_change", args=[key])
            link = format_html('<a href="{}">{}</a>', address, deleted.title)
            self.message_user(request, format_html(_("{name} is back."), name=link), messages.SUCCESS)
