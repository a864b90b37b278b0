"""Releases that are being read: the list, and where each of their pages is."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import HiddenAdmin, ModelAdmin, PartAdmin, url_name
from commitments.admin.intake.mark import decisions_view, mark_view
from commitments.admin.intake.outline import outline_view
from commitments.admin.intake.pages import (
    MARK,
    OUTLINE,
    PUBLISH,
    REVIEW,
    TRANSLATE,
    open_intake,
    progress,
    step_address,
)
from commitments.admin.intake.publish import publish_view
from commitments.admin.intake.review import review_view
from commitments.admin.intake.start import start_view
from commitments.admin.intake.text_deletion import delete_text_view
from commitments.admin.intake.translate import translate_view
from commitments.models import Intake, IntakeSection, IntakeSpan


@admin.register(Intake)
class IntakeAdmin(ModelAdmin):
    """The list, and for each release the pages on which it is worked at."""

    change_list_template = "admin/commitments/intake/change_list.html"
    list_display = ("release", "how_far", "started_by", "started_at")
    list_select_related = ("release", "started_by")
    actions = None

    def get_urls(self) -> list[Any]:
        # The steps beside the stock pages.
        def step(name: str, view: Callable[[ModelAdmin, HttpRequest, Intake], HttpResponse], address: str = "") -> Any:
            def page(request: HttpRequest, pk: int) -> HttpResponse:
                return view(self, request, open_intake(self, request, pk))

            place = f"<int:pk>/{address or name.replace('_', '-')}/"
            return path(place, self.admin_site.admin_view(page), name=url_name(self, name))

        return [
            step(OUTLINE, outline_view),
            step(MARK, mark_view),
            step("decisions", decisions_view, "mark/decisions"),
            step(TRANSLATE, translate_view),
            step(REVIEW, review_view),
            step(PUBLISH, publish_view),
            step("delete_text", delete_text_view),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # Under the name that the menu has.
        return super().changelist_view(request, {"title": _("Releases being read")} | (extra_context or {}))

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The facts and the text of a release, in place of the stock form.
        if not self.has_add_permission(request) or not request.user.has_perm("commitments.work_for_all"):
            raise PermissionDenied
        return start_view(self, request)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        # It has no form of its own: the work begins with the outline.
        intake = self.get_object(request, object_id)
        if not isinstance(intake, Intake):
            return super().change_view(request, object_id, *args, **kwargs)
        return HttpResponseRedirect(step_address(intake, OUTLINE))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # What became drafts shows where they come from.
        drafted = isinstance(obj, Intake) and obj.spans.filter(commitment__isnull=False).exists()
        return super().has_delete_permission(request, obj) and not drafted

    @admin.display(description=gettext_lazy("how far"))
    def how_far(self, obj: Intake) -> str:
        """So many sentences decided of all."""
        return str(progress(obj))


@admin.register(IntakeSection, IntakeSpan)
class IntakePartAdmin(PartAdmin, HiddenAdmin):
    """Parts and sentences of a text: they are worked at on its pages, and go with it."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("commitments.change_intake")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.site.get_model_admin(Intake).has_delete_permission(request, obj.intake if obj else None)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        # The log of what staff did leads here: to the sentence on its card.
        row = self.get_object(request, object_id)
        if request.method != "GET" or not isinstance(row, IntakeSpan) or not self.has_view_permission(request):
            return super().change_view(request, object_id, *args, **kwargs)
        return HttpResponseRedirect(f"{step_address(row.intake, MARK)}?span={row.pk}")
