"""After every migrate: the database's own guards are laid anew, and columns that a migration added are projected."""

from __future__ import annotations

from typing import Any

from django.db import connections

from commitments.ledger import triggers
from commitments.ledger.reconciliation import project_missing_columns


def install_triggers(*, using: str, **kwargs: Any) -> None:
    """Lay the triggers again: SQLite drops them without a word when a migration rebuilds a table."""
    triggers.install(connections[using])


def project_new_columns(*, using: str, **kwargs: Any) -> None:
    """Project what is on record once more where a migration gave the projections columns that are still empty."""
    if triggers.COMMITMENTS in connections[using].introspection.table_names():
        project_missing_columns()
