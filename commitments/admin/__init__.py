"""Staff: the stock Django admin. What the ledger projects is read-only; drafts become public through the ledger."""

from commitments.admin import (
    commitments,
    draft_updates,
    entity_proposals,
    entry_proposals,
    error_reports,
    ledger_entries,
    link_checks,
    outgoing_mail,
    redactions,
    reference_data,
    users,
)

__all__ = [
    "commitments",
    "draft_updates",
    "entity_proposals",
    "entry_proposals",
    "error_reports",
    "ledger_entries",
    "link_checks",
    "outgoing_mail",
    "redactions",
    "reference_data",
    "users",
]
