"""Organisations."""

from django.contrib import admin

from commitments.admin.concurrency import SlugFixedAdmin
from commitments.admin.imports.views import OrganisationFilesMixin
from commitments.admin.list_filters import ChineseSearchMixin, UnnamedFilter
from commitments.models import Organisation
from commitments.models.fields import language_columns


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
