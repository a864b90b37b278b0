"""The admin's own site: the stock one, opened with a desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _


class StaffSite(admin.AdminSite):
    """The stock admin with the desk on its first page, and the width that its tables need."""

    site_title = site_header = _("Public commitments: staff")
    index_title = _("Desk")
    enable_nav_sidebar = False

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The desk, and below it everything else."""
        from commitments.admin.desk import desk  # models are not loaded yet when this module is

        return super().index(request, {"desk": desk(request)} | (extra_context or {}))
