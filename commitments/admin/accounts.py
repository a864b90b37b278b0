"""Users: deactivated, never deleted (R9), because drafts and logs name them."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest

from commitments.admin.base import BehindTheScenesAdmin, ModelAdmin
from commitments.models import Affiliation, Reminder

admin.site.unregister(User)


@admin.register(User)
class StaffAdmin(UserAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """The stock page for users, without deletion."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: take away "active" instead."""
        return False


@admin.register(Affiliation)
class AffiliationAdmin(ModelAdmin):
    """Who works for whom; it is edited on the user's page too."""

    list_display = ("user", "organisation")
    autocomplete_fields = ("organisation",)


admin.site.register(Reminder, BehindTheScenesAdmin)
