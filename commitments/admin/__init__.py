"""Staff: the stock Django admin. What the ledger projects is read-only; drafts become public through the ledger."""

from commitments.admin import accounts, commitment, feedback, organisation, progress, record, redactions, release

__all__ = ["accounts", "commitment", "feedback", "organisation", "progress", "record", "redactions", "release"]
