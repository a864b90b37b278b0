"""What the database itself sees to, whoever asks: the ledger is not changed, nor a publication taken back.

And whatever staff edit beside the ledger gives the edition a new token, in the same transaction, so that no public
answer that was made before is taken for current (`models.ledger.record_version`). No switch in the application turns
these off. Each trigger speaks of its own table only, the tokens apart, because SQLite rebuilds tables in migrations
and checks every trigger that names them while it does: a migration that rebuilds `commitments_edition` must drop the
triggers first.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

ENTRIES = "commitments_ledgerentry"
COMMITMENTS = "commitments_commitment"
TRANSLATIONS = "commitments_translation"

# A redaction empties content and salt of an entry that a redaction entry names, and touches nothing else.
UNCHANGED_COLUMNS = (
    *("sequence", "kind", "reference", "target_id", "entity", "recorded_at", "role", "organisation", "key"),
    *("content_digest", "digest"),
)
IS_REDACTION = (
    "NEW.content = '' AND NEW.salt = '' AND "
    + " AND ".join(f"NEW.{column} {{same}} OLD.{column}" for column in UNCHANGED_COLUMNS)
    + f" AND EXISTS (SELECT 1 FROM {ENTRIES} WHERE kind = 'redaction' AND target_id = OLD.sequence)"
)
# A translation is emptied with the text that it translates.
IS_EMPTIED = "NEW.source = '' AND NEW.text = '' AND " + " AND ".join(
    f"NEW.{column} {{same}} OLD.{column}"
    for column in ("id", "commitment_id", "language", "recorded_at", "role", "organisation")
)
OUT_OF_ORDER = f"NEW.sequence <> 1 + COALESCE((SELECT MAX(sequence) FROM {ENTRIES}), 0)"
# SQLite's REPLACE deletes the rows that stand in a unique column's way, and no DELETE trigger sees it.
REPLACES_AN_ENTRY = (
    f"{OUT_OF_ORDER} OR EXISTS (SELECT 1 FROM {ENTRIES} e WHERE e.digest = NEW.digest OR e.key = NEW.key "
    "OR (e.target_id = NEW.target_id AND e.kind = NEW.kind) "
    "OR (e.reference = NEW.reference AND e.kind = 'published' AND NEW.kind = 'published'))"
)
REPLACES_A_COMMITMENT = (
    f"EXISTS (SELECT 1 FROM {COMMITMENTS} c WHERE c.published_at IS NOT NULL AND c.id {{other}} "
    "AND (c.id = NEW.id OR c.reference = NEW.reference))"
)
UNPUBLISHES = (
    "OLD.published_at IS NOT NULL AND (NEW.published_at {differs} OLD.published_at OR NEW.reference <> OLD.reference)"
)

# name: (table, event, condition, message); {same} and {differs} compare with nulls in each dialect.
REFUSALS = {
    "ledger_no_update": (ENTRIES, "UPDATE", f"NOT ({IS_REDACTION})", "a ledger entry cannot be changed"),
    "ledger_no_delete": (ENTRIES, "DELETE", "1 = 1", "a ledger entry cannot be deleted"),
    "ledger_in_order": (ENTRIES, "INSERT", OUT_OF_ORDER, "a ledger entry must follow the last one"),
    "commitment_stays_public": (COMMITMENTS, "UPDATE", UNPUBLISHES, "a published commitment stays published"),
    "commitment_no_delete": (
        COMMITMENTS,
        "DELETE",
        "OLD.published_at IS NOT NULL",
        "a published commitment cannot be deleted",
    ),
    "translation_no_update": (TRANSLATIONS, "UPDATE", f"NOT ({IS_EMPTIED})", "a translation cannot be changed"),
    "translation_no_delete": (TRANSLATIONS, "DELETE", "1 = 1", "a translation cannot be deleted"),
}
SQLITE_REFUSALS = {
    "ledger_in_order": (ENTRIES, "INSERT", REPLACES_AN_ENTRY, "a ledger entry must follow the last one"),
    "commitment_no_replace": (
        COMMITMENTS,
        "INSERT",
        REPLACES_A_COMMITMENT.format(other="IS NOT NULL"),
        "a published commitment cannot be replaced",
    ),
    "commitment_no_push": (
        COMMITMENTS,
        "UPDATE",
        REPLACES_A_COMMITMENT.format(other="<> OLD.id"),
        "a published commitment cannot be replaced",
    ),
    "translation_no_replace": (
        TRANSLATIONS,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {TRANSLATIONS} t WHERE t.id = NEW.id)",
        "a translation cannot be replaced",
    ),
}
NO_TRUNCATE = {
    "ledger_no_truncate": ENTRIES,
    "commitment_no_truncate": COMMITMENTS,
    "translation_no_truncate": TRANSLATIONS,
}
# What public answers tell beside what is in the ledger.
EDITED_TABLES = tuple(
    f"commitments_{name}"
    for name in (
        *("agreement", "agreement_commitments", "agreement_parties", "area"),
        *("newssource", "occasion", "organisation", "release", "section", "translation"),
    )
)
EDITION = "commitments_edition"
TABLES_WITHOUT_MODEL = ("django_migrations", "sign_in_attempts")
NEW_TOKEN = f"UPDATE {EDITION} SET token = {{random}}"


def install(connection: BaseDatabaseWrapper) -> None:
    """Lay every trigger anew; nothing where the tables are not there (yet)."""
    if not {ENTRIES, COMMITMENTS, TRANSLATIONS, EDITION} <= set(connection.introspection.table_names()):
        return
    with connection.cursor() as cursor:
        for statement in install_statements(connection.vendor):
            cursor.execute(statement)


@contextmanager
def publication_unlocked(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let a rebuild mend a commitment's day of publication, within its own transaction; then lay the trigger again."""
    name = "commitment_stays_public"
    statements = _statements(connection.vendor, name)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DROP TRIGGER IF EXISTS {name}" + ("" if connection.vendor == "sqlite" else f" ON {COMMITMENTS}")
        )
        yield
        connection.check_constraints()  # PostgreSQL lays no trigger while checks are due
        for statement in statements:
            cursor.execute(statement)


def broken_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """The name of each trigger that is missing, switched off or not as it was laid."""
    stored = {(name, table): text for name, table, text in _stored(connection)}
    tables = _tables(connection.vendor)
    return [name for name, text in expected(connection.vendor).items() if stored.get((name, tables[name])) != text]


def foreign_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Each trigger on a table of ours or of Django's that is not laid here: its name and table.

    Of Django's, too: one on accounts or sessions makes superusers as well as one on the ledger does. Tables that
    somebody else keeps in the same database are theirs.
    """
    ours = {*connection.introspection.django_table_names(), *TABLES_WITHOUT_MODEL}
    tables = _tables(connection.vendor)
    return [
        f"{name} on {table}"
        for name, table, _text in _stored(connection)
        if (table.lower().startswith("commitments_") or table.lower() in ours) and table != tables.get(name)
    ]


def _stored(connection: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    """Name, table and text of each trigger of the database, by table."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 2, 1")
        else:
            # A trigger that is disabled, fires at another time, or only for some columns or rows is not ours.
            cursor.execute(
                "SELECT t.tgname, c.relname, "
                "t.tgtype || t.tgenabled::text || (t.tgqual IS NULL)::text || t.tgattr::text || p.prosrc "
                "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
                "WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid) ORDER BY 2, 1"
            )
        return list(cursor.fetchall())


def install_statements(vendor: str) -> list[str]:
    """The SQL that lays every trigger, over older versions of itself."""
    return [statement for name in expected(vendor) for statement in _statements(vendor, name)]


def expected(vendor: str) -> dict[str, str]:
    """Name and text of each trigger that must be there: its statement; on PostgreSQL its type, that it is on, its body.

    The types are of pg_trigger.h: row, before, event; statement, before TRUNCATE; statement, after each of the four.
    """
    if vendor == "sqlite":
        return {name: _statements(vendor, name)[-1] for name in _tables(vendor)}
    types = {name: {"UPDATE": 19, "DELETE": 11, "INSERT": 7}[rule[1]] for name, rule in REFUSALS.items()}
    types |= dict.fromkeys(NO_TRUNCATE, 34) | dict.fromkeys(version_triggers(), 60)
    return {name: f"{number}Otrue{_trigger_body(name)}" for name, number in types.items()}


def _tables(vendor: str) -> dict[str, str]:
    """The table of each trigger that must be there."""
    if vendor != "sqlite":
        return {name: rule[0] for name, rule in REFUSALS.items()} | NO_TRUNCATE | version_triggers()
    return {name: rule[0] for name, rule in (REFUSALS | SQLITE_REFUSALS).items()} | {
        f"{name}_{event}": table
        for name, table in version_triggers().items()
        for event in ("insert", "update", "delete")
    }


def version_triggers() -> dict[str, str]:
    """Name of the trigger, and table, of what gives a new token."""
    return {f"{table.removeprefix('commitments_')}_edited": table for table in EDITED_TABLES}


def _statements(vendor: str, name: str) -> list[str]:
    """The SQL that lays one trigger."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}", _sqlite_trigger(name)]
    if name in version_triggers():
        timing, table, level = "AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE", version_triggers()[name], "STATEMENT"
    elif name in NO_TRUNCATE:
        timing, table, level = "BEFORE TRUNCATE", NO_TRUNCATE[name], "STATEMENT"
    else:
        timing, table, level = f"BEFORE {REFUSALS[name][1]}", REFUSALS[name][0], "ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${_trigger_body(name)}$$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} {timing} ON {table} FOR EACH {level} EXECUTE FUNCTION {name}()",
    ]


def _sqlite_trigger(name: str) -> str:
    """A trigger as SQLite keeps it."""
    if rule := (REFUSALS | SQLITE_REFUSALS).get(name):
        table, event, condition, message = rule
        when = condition.format(same="IS", differs="IS NOT")
        return (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
    event, new_token = name.rpartition("_")[2].upper(), NEW_TOKEN.format(random="lower(hex(randomblob(16)))")
    return f"CREATE TRIGGER {name} AFTER {event} ON {_tables('sqlite')[name]} BEGIN {new_token}; END"


def _trigger_body(name: str) -> str:
    """What a trigger's function does on PostgreSQL."""
    if name in version_triggers():
        return f" BEGIN {NEW_TOKEN.format(random='gen_random_uuid()::text')}; RETURN NULL; END "
    if name in NO_TRUNCATE:
        return f" BEGIN RAISE EXCEPTION '{NO_TRUNCATE[name]} cannot be emptied'; END "
    _table, event, condition, message = REFUSALS[name]
    dialect = condition.format(same="IS NOT DISTINCT FROM", differs="IS DISTINCT FROM")
    goes_on = "OLD" if event == "DELETE" else "NEW"
    return f" BEGIN IF {dialect} THEN RAISE EXCEPTION '{message}'; END IF; RETURN {goes_on}; END "
