"""A database as the version before wrote it: without state media, without news sources from a file, in its tables."""

import json

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from commitments.domain.hash_chain import GENESIS, canonical_json, content_digest, entry_digest
from commitments.ledger import triggers
from commitments.ledger.append import entry_metadata
from commitments.ledger.entity_reconciliation import entities_to_reconcile, reconcile_entities
from commitments.ledger.reconciliation import reconcile_projections, references_on_record
from commitments.models import EntityChange, Evidence, LedgerEntry, LedgerHead, LoadedItem, NewsSource, State, Update

MIGRATION = "0017_entity_entries"


def go_back():
    """From a database of this version to one of the version before, with the entries that it would have had."""
    with connection.cursor() as cursor:
        for name, table in _triggers().items():
            cursor.execute(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))
    _forget_state_media()
    MigrationExecutor(connection).migrate([("commitments", MIGRATION)])
    with connection.cursor() as cursor:
        for statement in triggers.install_statements(connection.vendor):
            cursor.execute(statement)


def _triggers():
    refusals = {name: rule[0] for name, rule in triggers.REFUSALS.items()}
    if connection.vendor == "sqlite":
        return dict.fromkeys(triggers.expected("sqlite"), "")
    return refusals | triggers.NO_TRUNCATE | triggers.version_triggers()


def _forget_state_media():
    """Class state media as independent, take the news sources out of the chain, and project what is left anew."""
    for model in (EntityChange, Evidence, Update, State):
        model.objects.all().delete()
    entries = list(LedgerEntry.objects.exclude(entity__startswith="news_source/").order_by("sequence"))
    numbers = {entry.sequence: number for number, entry in enumerate(entries, 1)}
    LedgerEntry.objects.all()._raw_delete("default")
    digest = GENESIS
    for entry in entries:
        entry.sequence, entry.target_id = numbers[entry.sequence], numbers.get(entry.target_id)
        if entry.content:
            entry.content = canonical_json(json.loads(entry.content.replace('"state_media"', '"independent"')))
            entry.content_digest = content_digest(entry.salt, entry.content)
        entry.digest = digest = entry_digest(digest, entry_metadata(entry), entry.content_digest)
    LedgerEntry.objects.bulk_create(entries)
    LedgerHead.objects.update(sequence=len(entries), digest=digest)
    NewsSource.objects.all().delete()
    LoadedItem.objects.filter(key__contains="news_source").delete()
    reconcile_projections(references_on_record())
    State.objects.filter(evidence="background").update(evidence="none")
    reconcile_entities(entities_to_reconcile({entry.entity for entry in entries if entry.entity}))
