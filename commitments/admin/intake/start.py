"""Starting a release: its facts and its text."""

from django.http import HttpRequest, HttpResponse

from commitments.admin.base import ModelAdmin, staff_page


def start_view(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The form."""
    return staff_page(model_admin, request, "admin/commitments/intake/start.html", "Start")
