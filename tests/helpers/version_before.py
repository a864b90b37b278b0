"""A database as the version before wrote it: without entity entries, in its tables, with its triggers."""

from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from commitments.domain.hash_chain import GENESIS, entry_digest
from commitments.ledger import triggers
from commitments.ledger.append import entry_metadata
from commitments.ledger.entity_contents import ENTITY_MODELS
from commitments.ledger.reconciliation import reconcile_projections, references_on_record
from commitments.models import EntityChange, Evidence, LedgerEntry, LedgerHead, State, Update

MIGRATION = "0016_plain_column_names"
NEW_TABLE, NEW_COLUMN = "commitments_newssource", "entity"


def go_back():
    """From a database of this version to one of the version before, with the entries that it would have had."""
    with connection.cursor() as cursor:
        for name, table in _triggers().items():
            cursor.execute(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))
    _forget_entities()
    MigrationExecutor(connection).migrate([("commitments", MIGRATION)])
    with connection.cursor() as cursor:
        for statement in triggers.install_statements(connection.vendor):
            if NEW_TABLE not in statement and NEW_TABLE.removeprefix("commitments_") not in statement:
                same = "IS" if connection.vendor == "sqlite" else "IS NOT DISTINCT FROM"
                cursor.execute(statement.replace(f" AND NEW.{NEW_COLUMN} {same} OLD.{NEW_COLUMN}", ""))


def _triggers():
    refusals = {name: rule[0] for name, rule in triggers.REFUSALS.items()}
    if connection.vendor == "sqlite":
        return dict.fromkeys(triggers.expected("sqlite"), "")
    return refusals | triggers.NO_TRUNCATE | triggers.version_triggers()


def _forget_entities():
    """Take the entity entries out of the chain, number and hash what is left, and project it anew."""
    for model in (EntityChange, Evidence, Update, State):
        model.objects.all().delete()
    entries = list(LedgerEntry.objects.exclude(kind="entity").order_by("sequence"))
    numbers = {entry.sequence: number for number, entry in enumerate(entries, 1)}
    LedgerEntry.objects.all()._raw_delete("default")
    entries[-1].recorded_at -= timedelta(days=365)  # a file's entry that was loaded later had the file's time
    digest = GENESIS
    for entry in entries:
        entry.sequence, entry.target_id = numbers[entry.sequence], numbers.get(entry.target_id)
        entry.digest = digest = entry_digest(digest, entry_metadata(entry), entry.content_digest)
    LedgerEntry.objects.bulk_create(entries)
    LedgerHead.objects.update(sequence=len(entries), digest=digest)
    for model in ENTITY_MODELS.values():
        model.objects.update(published_at=None, public_from=None, former=[])
    reconcile_projections(references_on_record())
