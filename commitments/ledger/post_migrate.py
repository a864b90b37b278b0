"""After every migrate: the database's guards are laid anew, and what a migration brought is filled from the record."""

from collections.abc import Sequence
from typing import Any

from django.db import connections

from commitments.ledger import triggers
from commitments.ledger.first_entries import is_unfinished, record_public_entities
from commitments.ledger.reconciliation import project_missing_columns

ENTITY_ENTRIES = "0017_entity_entries"


def install_triggers(*, using: str, **kwargs: Any) -> None:
    """Lay the triggers again: SQLite drops them without a word when a migration rebuilds a table."""
    triggers.install(connections[using])


def project_new_columns(*, using: str, **kwargs: Any) -> None:
    """Project what is on record once more where a migration gave the projections columns that are still empty."""
    if triggers.COMMITMENTS in connections[using].introspection.table_names():
        project_missing_columns()


def record_entities(*, using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    """Put on record, with the migration that brought entity entries, what was public before it."""
    brought = any(migration.name == ENTITY_ENTRIES and not backwards for migration, backwards in plan)
    if triggers.COMMITMENTS not in connections[using].introspection.table_names():
        return
    if brought or is_unfinished():
        record_public_entities()
