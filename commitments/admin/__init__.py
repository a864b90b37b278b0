"""Staff: the stock Django admin. What the ledger projects is read-only; drafts become public through the ledger."""

from commitments.admin import (  # noqa: F401  # each registers its tables
    commitments,
    deleted_drafts,
    draft_updates,
    entity_proposals,
    entry_proposals,
    error_reports,
    ledger_entries,
    link_checks,
    redactions,
    reference_data,
    users,
)
from commitments.admin.intake import intakes  # noqa: F401
