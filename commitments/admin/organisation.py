"""Organisations."""

from django.contrib import admin

from commitments.admin.importing import OrganisationFilesMixin
from commitments.admin.listing import FindsChinese, UnnamedFilter
from commitments.admin.saving import SlugFixedAdmin
from commitments.models import Organisation
from commitments.models.fields import columns_of


@admin.register(Organisation)
class OrganisationAdmin(FindsChinese, OrganisationFilesMixin, SlugFixedAdmin):
    """Names may be improved; an organisation that a commitment names cannot be deleted."""

    fields = ("slug", columns_of("name"), columns_of("short_name"), ("kind", "side"), "site", columns_of("note"))
    list_display = ("name", "short_name", "kind", "side")
    list_filter = ("side", "kind", UnnamedFilter)
    search_fields = ("name", "short_name", "slug")
