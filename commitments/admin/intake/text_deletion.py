"""Deleting a release's text: a page that says what goes and what stays."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from commitments.admin.base import ModelAdmin, refusal_so_far, staff_page, staff_user
from commitments.admin.intake.pages import OUTLINE, progress, step_address
from commitments.models import Intake
from commitments.workflow.intake.text_deletion import delete_text, undecided_sentences


def delete_text_view(model_admin: ModelAdmin, request: HttpRequest, intake: Intake) -> HttpResponse:
    """Ask; and, once confirmed, delete it."""
    if request.method == "POST" and not refusal_so_far(request):
        delete_text(intake.pk, staff_user(request))
        words = _("The text is deleted. What was decided of it stays.")
        model_admin.log_change(request, intake, words)
        model_admin.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(step_address(intake, OUTLINE))
    if intake.text_deleted_at:
        return HttpResponseRedirect(step_address(intake, OUTLINE))
    context: dict[str, Any] = {
        "intake": intake,
        "undecided": undecided_sentences(intake),
        "progress": progress(intake),
        "drafts": intake.spans.filter(commitment__isnull=False).count(),
        "back": step_address(intake, OUTLINE),
    }
    title = _("Delete the text of “%(release)s”?") % {"release": intake}
    return staff_page(model_admin, request, "admin/commitments/intake/delete_text.html", title, **context)
