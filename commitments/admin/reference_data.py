"""Releases with their outline and agreements, areas, and organisations."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from commitments.admin.concurrency import OptimisticLockAdmin, SlugFixedAdmin
from commitments.admin.imports.views import OrganisationFilesMixin
from commitments.admin.list_filters import ChineseSearchMixin, UnnamedFilter
from commitments.models import Agreement, Area, Occasion, Organisation, Release, Section
from commitments.models.fields import language_columns


class SectionInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The outline."""

    model = Section
    extra = 0
    fields = (("position", "area"), language_columns("heading"), language_columns("note"))


class AgreementInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The agreements that can be identified."""

    model = Agreement
    extra = 0
    fields = (("number", "basis"), language_columns("title"), "parties", "commitments")
    autocomplete_fields = ("parties", "commitments")


@admin.register(Release)
class ReleaseAdmin(SlugFixedAdmin):
    """A release; what stands in it are commitments of their own."""

    fields = (
        "slug",
        language_columns("title"),
        "issued_on",
        language_columns("publisher"),
        language_columns("place"),
        ("language", "url"),
        language_columns("note"),
        "agreements_stated",
        language_columns("agreements_note"),
    )
    list_display = ("title", "issued_on", "publisher")
    search_fields = (*language_columns("title"), "slug")
    inlines = (SectionInline, AgreementInline)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Also the day, once something was published from it: every count as of a day depends on it."""
        readonly_fields = super().get_readonly_fields(request, obj)
        return [*readonly_fields, "issued_on"] if obj and obj.commitments.public().exists() else readonly_fields


@admin.register(Area)
class AreaAdmin(SlugFixedAdmin):
    """Areas; one that a commitment stands in cannot be deleted."""

    fields = ("slug", language_columns("name"), "position")
    list_display = ("name", "slug", "position")
    search_fields = (*language_columns("name"), "slug")


@admin.register(Occasion)
class OccasionAdmin(OptimisticLockAdmin):
    """Days that readers ask about."""

    fields = ("day", language_columns("name"))
    list_display = ("name", "day")
    search_fields = language_columns("name")


@admin.register(Agreement)
class AgreementAdmin(OptimisticLockAdmin):
    """Agreements on their own, for searching."""

    fields = ("release", ("number", "basis"), language_columns("title"), "parties", "commitments")
    list_display = ("number", "title", "release", "basis")
    search_fields = language_columns("title")
    autocomplete_fields = ("parties", "commitments")


@admin.register(Section)
class SectionAdmin(OptimisticLockAdmin):
    """Sections on their own, for searching."""

    fields = ("release", ("position", "area"), language_columns("heading"), language_columns("note"))
    list_display = ("release", "position", "heading", "area")
    search_fields = language_columns("heading")


@admin.register(Organisation)
class OrganisationAdmin(ChineseSearchMixin, OrganisationFilesMixin, SlugFixedAdmin):
    """Names may be improved; an organisation that a commitment names cannot be deleted."""

    fields = (
        "slug",
        language_columns("name"),
        language_columns("short_name"),
        ("kind", "side"),
        "site",
        language_columns("note"),
    )
    list_display = ("name", "short_name", "kind", "side")
    list_filter = ("side", "kind", UnnamedFilter)
    search_fields = ("name", "short_name", "slug")
