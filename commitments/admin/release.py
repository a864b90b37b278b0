"""Releases with their outline and agreements, and areas."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from commitments.admin.saving import GuardedAdmin, SlugFixedAdmin
from commitments.models import Agreement, Area, Occasion, Release, Section


class SectionInline(admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The outline."""

    model = Section
    extra = 0


class AgreementInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The agreements that can be identified."""

    model = Agreement
    extra = 0
    autocomplete_fields = ("parties", "commitments")


@admin.register(Release)
class ReleaseAdmin(SlugFixedAdmin):
    """A release; what stands in it are commitments of their own."""

    list_display = ("title", "issued_on", "publisher")
    inlines = (SectionInline, AgreementInline)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Also the day, once something was published from it: every count as of a day depends on it."""
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "issued_on"] if obj and obj.commitments.public().exists() else fixed


@admin.register(Area)
class AreaAdmin(SlugFixedAdmin):
    """Areas; one that a commitment stands in cannot be deleted."""

    list_display = ("name", "slug", "position")


@admin.register(Occasion)
class OccasionAdmin(GuardedAdmin):
    """Days that readers ask about."""

    list_display = ("name", "day")


@admin.register(Agreement)
class AgreementAdmin(GuardedAdmin):
    """Agreements on their own, for searching."""

    list_display = ("number", "title", "release", "basis")
    autocomplete_fields = ("parties", "commitments")


@admin.register(Section)
class SectionAdmin(GuardedAdmin):
    """Sections on their own, for searching."""

    list_display = ("release", "position", "heading", "area")
