"""Releases with their outline and agreements, and areas."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from commitments.admin.saving import GuardedAdmin, SlugFixedAdmin
from commitments.models import Agreement, Area, Occasion, Release, Section
from commitments.models.fields import columns_of


class SectionInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The outline."""

    model = Section
    extra = 0
    fields = (("position", "area"), columns_of("heading"), columns_of("note"))


class AgreementInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The agreements that can be identified."""

    model = Agreement
    extra = 0
    fields = (("number", "basis"), columns_of("title"), "parties", "commitments")
    autocomplete_fields = ("parties", "commitments")


@admin.register(Release)
class ReleaseAdmin(SlugFixedAdmin):
    """A release; what stands in it are commitments of their own."""

    fields = (
        "slug",
        columns_of("title"),
        "issued_on",
        columns_of("publisher"),
        columns_of("place"),
        ("language", "url"),
        columns_of("note"),
        "agreements_stated",
        columns_of("agreements_note"),
    )
    list_display = ("title", "issued_on", "publisher")
    search_fields = (*columns_of("title"), "slug")
    inlines = (SectionInline, AgreementInline)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Also the day, once something was published from it: every count as of a day depends on it."""
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "issued_on"] if obj and obj.commitments.public().exists() else fixed


@admin.register(Area)
class AreaAdmin(SlugFixedAdmin):
    """Areas; one that a commitment stands in cannot be deleted."""

    fields = ("slug", columns_of("name"), "position")
    list_display = ("name", "slug", "position")
    search_fields = (*columns_of("name"), "slug")


@admin.register(Occasion)
class OccasionAdmin(GuardedAdmin):
    """Days that readers ask about."""

    fields = ("day", columns_of("name"))
    list_display = ("name", "day")
    search_fields = columns_of("name")


@admin.register(Agreement)
class AgreementAdmin(GuardedAdmin):
    """Agreements on their own, for searching."""

    fields = ("release", ("number", "basis"), columns_of("title"), "parties", "commitments")
    list_display = ("number", "title", "release", "basis")
    search_fields = columns_of("title")
    autocomplete_fields = ("parties", "commitments")


@admin.register(Section)
class SectionAdmin(GuardedAdmin):
    """Sections on their own, for searching."""

    fields = ("release", ("position", "area"), columns_of("heading"), columns_of("note"))
    list_display = ("release", "position", "heading", "area")
    search_fields = columns_of("heading")
