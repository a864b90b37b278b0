"""A database as the version before wrote it: its tables, and the words of the release's file that it came from.

The file is the one before the list of news sources and the class of state media came; its other words are those of the
version before.
"""

import json

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from commitments.domain.choices import EntryKind, Kind
from commitments.domain.hash_chain import GENESIS, canonical_json, content_digest, entry_digest
from commitments.ledger import triggers
from commitments.ledger.append import entry_metadata
from commitments.ledger.entity_reconciliation import entities_to_reconcile, reconcile_entities
from commitments.ledger.reconciliation import reconcile_projections
from commitments.models import EntityChange, Evidence, LedgerEntry, LedgerHead, LoadedItem, NewsSource, State, Update

MIGRATION = "0018_sources_news_and_checks"
IN_ONE_STEP = "0001_squashed_0024"


def forget_the_one_step():
    """As versions that did not know it left the table of migrations."""
    MigrationRecorder.Migration.objects.filter(app="commitments", name=IN_ONE_STEP).delete()


def migrate_step_by_step(to):
    """Back, or forward from nothing, to a step that the one step stands for: `migrate` does not go there."""
    if MigrationRecorder(connection).has_table():
        forget_the_one_step()
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    executor.migrate([("commitments", to)])


def go_back():
    """From a database of this version to one of the version before, with the entries that it would have had."""
    with connection.cursor() as cursor:
        for name, table in _triggers().items():
            cursor.execute(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))
    _write_the_record_of_before()
    migrate_step_by_step(MIGRATION)
    with connection.cursor() as cursor:
        for statement in triggers.install_statements(connection.vendor):
            cursor.execute(statement)


def _triggers():
    refusals = {name: rule[0] for name, rule in triggers.REFUSALS.items()}
    if connection.vendor == "sqlite":
        return dict.fromkeys(triggers.expected("sqlite"), "")
    return refusals | triggers.NO_TRUNCATE | triggers.version_triggers()


def _write_the_record_of_before():
    """Say in each entry what the older file said, take the news sources out of the chain, and project it all anew."""
    for model in (EntityChange, Evidence, Update, State):
        model.objects.all().delete()
    entries = list(LedgerEntry.objects.exclude(entity__startswith="news_source/").order_by("sequence"))
    numbers = {entry.sequence: number for number, entry in enumerate(entries, 1)}
    LedgerEntry.objects.all()._raw_delete("default")
    digest = GENESIS
    for entry in entries:
        entry.sequence, entry.target_id = numbers[entry.sequence], numbers.get(entry.target_id)
        if entry.content:
            entry.content = canonical_json(_said_before(json.loads(entry.content)))
            entry.content_digest = content_digest(entry.salt, entry.content)
        entry.digest = digest = entry_digest(digest, entry_metadata(entry), entry.content_digest)
    LedgerEntry.objects.bulk_create(entries)
    LedgerHead.objects.update(sequence=len(entries), digest=digest)
    NewsSource.objects.all().delete()
    LoadedItem.objects.filter(key__contains="news_source").delete()
    reconcile_projections([str(entry.commitment_id) for entry in entries if entry.kind == EntryKind.PUBLISHED])
    reconcile_entities(entities_to_reconcile({entry.entity for entry in entries if entry.entity}))


def _said_before(content):
    """The content of an entry: state media independent, bodies without short names, what counts as done a sentence."""
    for piece in content.get("evidence", []):
        piece["source"] = piece["source"].replace("state_media", "independent")
    if "done_when" in content:
        content["done_when"] = _sentence(content["kind"], content["done_when"])
    if "short_name" in content.get("fields", {}):
        content["fields"]["short_name"] = ""
    return content


def _sentence(kind, what):
    if kind == Kind.CONTINUING:
        return f"Continuing: reports show {what}; it has no end of its own."
    return f"{what[0].upper()}{what[1:]}."
