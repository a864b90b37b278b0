"""The step “publish”."""

from django.http import HttpRequest, HttpResponse

from commitments.admin.base import ModelAdmin
from commitments.admin.intake.pages import PUBLISH, step_page
from commitments.models import Intake


def publish_view(model_admin: ModelAdmin, request: HttpRequest, intake: Intake) -> HttpResponse:
    """The page."""
    return step_page(model_admin, request, intake, PUBLISH)
