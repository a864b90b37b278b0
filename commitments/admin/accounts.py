"""Users: deactivated, never deleted (R9), because drafts and logs name them."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest

admin.site.unregister(User)


@admin.register(User)
class StaffAdmin(UserAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """The stock page for users, without deletion."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: take away "active" instead."""
        return False
