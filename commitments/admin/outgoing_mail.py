"""The outbox: how many mails wait, since when and why; never whom they are for or what they say."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from commitments.admin.base import HiddenAdmin
from commitments.models import OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(HiddenAdmin):
    """For superusers. A mail may hold a link that opens somebody's account."""

    list_display = ("id", "written_at", "due_at", "attempts", "problem")
    fields = ("written_at", "due_at", "attempts", "problem")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers alone."""
        return bool(request.user.is_superuser)
