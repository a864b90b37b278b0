"""What is on record: the ledger and its projections, to be looked at."""

from django.contrib import admin

from commitments.admin.base import BehindTheScenesAdmin, PartOfDraftAdmin, ReadOnlyAdmin
from commitments.models import (
    DraftEvidence,
    Evidence,
    LedgerEntry,
    LedgerHead,
    LoadedItem,
    Ownership,
    Partnership,
    State,
    Update,
)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Entries, latest first."""

    list_display = ("sequence", "kind", "commitment", "recorded_at", "role", "organisation")
    list_filter = ("kind", "role")
    search_fields = ("commitment__reference", "content")
    ordering = ("-sequence",)
    list_select_related = ("commitment",)


@admin.register(Update)
class UpdateAdmin(ReadOnlyAdmin):
    """Published updates."""

    list_display = ("entry_id", "commitment", "kind", "date", "status", "recorded_at")
    list_filter = ("kind", "status")
    search_fields = ("commitment__reference", "commitment__title", "note")
    list_select_related = ("commitment",)


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    """Evidence of published updates."""

    list_display = ("title", "publisher", "date", "relation", "source", "update")
    list_filter = ("relation", "source")
    search_fields = ("title", "publisher", "url")
    list_select_related = ("update",)


@admin.register(State)
class StateAdmin(BehindTheScenesAdmin):
    """How commitments stood, from day to day."""

    list_display = ("commitment", "from_day", "until_day", "status", "deadline")
    search_fields = ("commitment__reference",)
    list_select_related = ("commitment",)


admin.site.register((LedgerHead, LoadedItem), BehindTheScenesAdmin)
admin.site.register((Ownership, Partnership, DraftEvidence), PartOfDraftAdmin)
