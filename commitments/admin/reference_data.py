"""Releases with their outline and agreements, areas, organisations, occasions and news sources."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin.base import PartAdmin, ReadOnlyAdmin, StaffForm
from commitments.admin.entities import EntityAdmin
from commitments.admin.field_help import meanings
from commitments.admin.imports.views import OrganisationFilesMixin
from commitments.admin.list_filters import FoldedSearchMixin, OnRecordFilter, UnnamedFilter
from commitments.domain.choices import AgreementBasis
from commitments.models import Agreement, Area, EntityChange, NewsSource, Occasion, Organisation, Release, Section
from commitments.models.fields import language_columns
from commitments.workflow.news_sources import recorded_under_another_class


class SectionInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The outline."""

    model = Section
    form = StaffForm
    extra = 0
    fields = (("position", "area"), language_columns("heading"), language_columns("note"))


class AgreementForm(StaffForm):
    """With what its basis may be."""

    class Meta:
        # The rest is the inline's.
        model = Agreement
        fields = ("basis",)
        help_texts = {"basis": meanings(AgreementBasis)}


class AgreementInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The agreements that can be identified."""

    model = Agreement
    form = AgreementForm
    extra = 0
    fields = (("number", "basis"), language_columns("title"), "parties", "commitments")
    autocomplete_fields = ("parties", "commitments")


@admin.register(Release)
class ReleaseAdmin(EntityAdmin):
    """A release; what stands in it are commitments of their own."""

    fields = (
        "slug",
        language_columns("title"),
        "issued_on",
        language_columns("publisher"),
        language_columns("place"),
        ("language", "url"),
        language_columns("known_through"),
        language_columns("not_read"),
        language_columns("note"),
        "agreements_stated",
        language_columns("agreements_note"),
    )
    list_display = ("called", "issued_on", "publisher", "on_record")
    list_filter = (OnRecordFilter,)
    search_fields = (*language_columns("title"), "slug")
    inlines = (SectionInline, AgreementInline)
    stands_alone = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Also the day, once something was published from it: every count as of a day depends on it.
        readonly_fields = super().get_readonly_fields(request, obj)
        return [*readonly_fields, "issued_on"] if obj and obj.commitments.on_record().exists() else readonly_fields


@admin.register(Area)
class AreaAdmin(EntityAdmin):
    """Areas; one that a commitment stands in cannot be deleted."""

    fields = ("slug", language_columns("name"), "position")
    list_display = ("called", "slug", "position", "on_record")
    list_filter = (OnRecordFilter,)
    search_fields = (*language_columns("name"), "slug")


@admin.register(Occasion)
class OccasionAdmin(EntityAdmin):
    """Days that readers ask about."""

    fields = ("slug", "day", language_columns("name"))
    list_display = ("called", "day", "on_record")
    list_filter = (OnRecordFilter,)
    search_fields = (*language_columns("name"), "slug")
    stands_alone = True


@admin.register(NewsSource)
class NewsSourceAdmin(EntityAdmin):
    """Publishers of evidence, and whose word theirs is."""

    fields = ("slug", language_columns("name"), "source", language_columns("why"))
    list_display = ("called", "source", "on_record")
    list_filter = (OnRecordFilter, "source", UnnamedFilter)
    search_fields = (*language_columns("name"), "slug")
    stands_alone = True
    change_form_template = "admin/commitments/newssource/change_form.html"

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        # With the evidence that was recorded under another class.
        row = context.get("original")
        if row is not None and row.pk:
            context["other_classes"] = recorded_under_another_class(row)
        return super().render_change_form(request, context, *args, **kwargs)

    def tell_outcome(self, request: Any, obj: Any) -> None:
        """And, after a change of its class, where the rows are that somebody should look at."""
        super().tell_outcome(request, obj)
        stored = NewsSource.objects.get(pk=obj.pk)
        if rows := len(recorded_under_another_class(stored)):
            text = ngettext(
                "{link}: {count} row of evidence was recorded under another class. Look at it.",
                "{link}: {count} rows of evidence were recorded under another class. Look at them.",
                rows,
            )
            link = format_html(
                '<a href="{}">{}</a>', reverse("admin:commitments_newssource_change", args=[obj.pk]), stored
            )
            self.message_user(request, format_html(text, link=link, count=rows), messages.WARNING)


@admin.register(Organisation)
class OrganisationAdmin(FoldedSearchMixin, OrganisationFilesMixin, EntityAdmin):
    """Names may be improved; an organisation that a commitment names cannot be deleted."""

    fields = (
        "slug",
        language_columns("name"),
        language_columns("short_name"),
        language_columns("aliases"),
        ("kind", "side"),
        "site",
        language_columns("note"),
    )
    list_display = ("called", "called_in_short", "kind", "side", "on_record")
    list_filter = (OnRecordFilter, "side", "kind", UnnamedFilter)
    search_fields = ("name", "short_name", "aliases", "slug")

    @admin.display(description=gettext_lazy("short name"), ordering="short_name")
    def called_in_short(self, obj: Organisation) -> str:
        """In the language of the page."""
        return obj.in_language("short_name") or "–"


class ReleasePartAdmin(PartAdmin):
    """What hangs on a release, by itself to be looked at: it is edited on the release's page, and goes with it."""

    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Asked when its release is deleted, which only a draft is.
        draft = obj is not None and obj.release.published_at is None
        return draft and request.user.has_perm("commitments.delete_release")


@admin.register(Agreement)
class AgreementAdmin(ReleasePartAdmin):
    """Agreements on their own, for searching."""

    fields = ("release", ("number", "basis"), language_columns("title"), "parties", "commitments")
    list_display = ("number", "title", "release", "basis")
    search_fields = language_columns("title")


@admin.register(Section)
class SectionAdmin(ReleasePartAdmin):
    """Sections on their own, for searching."""

    fields = ("release", ("position", "area"), language_columns("heading"), language_columns("note"))
    list_display = ("release", "position", "heading", "area")
    search_fields = language_columns("heading")


@admin.register(EntityChange)
class EntityChangeAdmin(ReadOnlyAdmin):
    """What each entity entry changed."""

    list_display = ("entry_id", "kind", "slug", "is_first", "release")
    list_filter = ("kind", "is_first")
    search_fields = ("slug",)
