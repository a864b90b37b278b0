"""Organisations."""

from django.contrib import admin

from commitments.admin.importing import OrganisationFilesMixin
from commitments.admin.saving import SlugFixedAdmin
from commitments.models import Organisation


@admin.register(Organisation)
class OrganisationAdmin(OrganisationFilesMixin, SlugFixedAdmin):
    """Names may be improved; an organisation that a commitment names cannot be deleted."""

    list_display = ("name", "short_name", "kind", "side")
    list_filter = ("side", "kind")
    search_fields = ("name", "short_name", "slug")
