"""What the database itself refuses (R1, R5), whoever asks: raw SQL and the ORM, on SQLite and on PostgreSQL.

Each statement runs in a savepoint of its own. What only one of the databases knows stands in a table for it.
"""

import pytest
from django.db import DatabaseError, connection, models, transaction

from commitments.ledger import triggers
from commitments.ledger.append import append_entries, new_publication, new_redaction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, LedgerEntry
from tests.factories import CommitmentFactory, published, record

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

BY = Actor()
ENTRIES, COMMITMENTS = triggers.ENTRIES, triggers.COMMITMENTS
COLUMNS = ", ".join(field.column for field in LedgerEntry._meta.concrete_fields)
SQLITE = connection.vendor == "sqlite"
only_sqlite = pytest.mark.skipif(not SQLITE, reason="REPLACE is a word of SQLite's")
only_postgresql = pytest.mark.skipif(SQLITE, reason="TRUNCATE is a word of PostgreSQL's")


def copy_of_publication(**changed):
    """A SELECT of the publication with some columns changed; entries of what it names stand before it."""
    columns = [field.column for field in LedgerEntry._meta.concrete_fields]
    return f"SELECT {', '.join(changed.get(name, name) for name in columns)} FROM {ENTRIES} WHERE kind = 'published'"


def as_row(queryset, **changed):
    """A row's columns and a SELECT of them with some changed, for any table."""
    names = [f'"{field.column}"' for field in queryset.model._meta.concrete_fields]
    values = [changed.get(name.strip('"'), name) for name in names]
    return f"({', '.join(names)}) SELECT {', '.join(values)} FROM {queryset.model._meta.db_table}"


def refuses(sql, saying, *parameters):
    connection.check_constraints()  # PostgreSQL alters no table while checks are due
    with pytest.raises(DatabaseError, match=saying), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def entries():
    return list(LedgerEntry.objects.order_by("sequence").values())


NEXT = {"sequence": "5", "digest": f"'{'f' * 64}'", "kind": "'check'"}
# Of a single column: `test_a_redaction_touches_no_other_column`.
CHANGES = [
    "UPDATE {entries} SET content = '{{}}'",
    "UPDATE {entries} SET content = '', salt = ''",
    "UPDATE {entries} SET content = content",
]
OUT_OF_ORDER = [
    f"INSERT INTO {{entries}} ({COLUMNS}) {copy_of_publication()}",
    f"INSERT INTO {{entries}} ({COLUMNS}) {copy_of_publication(**NEXT | {'sequence': '6'})}",
    f"INSERT INTO {{entries}} ({COLUMNS}) {copy_of_publication(**NEXT | {'sequence': '0'})}",
    f"INSERT INTO {{entries}} ({COLUMNS}) {copy_of_publication()} ON CONFLICT (sequence) DO UPDATE SET salt = ''",
]


@pytest.mark.parametrize("sql", CHANGES)
def test_an_entry_cannot_be_changed(sql):
    published()
    refuses(sql.format(entries=ENTRIES), "a ledger entry cannot be changed")


def test_an_entry_cannot_be_deleted():
    published()
    refuses(f"DELETE FROM {ENTRIES}", "a ledger entry cannot be deleted")


@pytest.mark.parametrize("sql", OUT_OF_ORDER)
def test_an_entry_cannot_be_put_in_out_of_order(sql):
    published()
    refuses(sql.format(entries=ENTRIES), "a ledger entry must follow the last one")


def test_an_entry_that_follows_the_last_one_may_be_put_in():
    published()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {ENTRIES} ({COLUMNS}) {copy_of_publication(**NEXT)}")
    assert LedgerEntry.objects.count() == 5


REPLACEMENTS = {
    "the same sequence": {},
    "the digest of another": NEXT | {"digest": "digest"},
    "the key of another": NEXT | {"key": "key"},
    "the publication of a commitment": NEXT | {"kind": "kind"},
}


@only_sqlite
@pytest.mark.parametrize("changed", REPLACEMENTS.values(), ids=REPLACEMENTS)
def test_an_entry_cannot_be_replaced_by_one_that_has(changed):
    append_entries([new_publication(CommitmentFactory(), BY, key="TT/1")])
    before = entries()
    changed = {"key": "NULL"} | changed
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO {ENTRIES} ({COLUMNS}) {copy_of_publication(**changed)}")
    assert entries() == before


@only_sqlite
def test_an_entry_cannot_be_replaced_by_one_that_retracts_the_same():
    [retraction] = append_entries([new_retraction(record("report", published()), "Wrong.", BY)])
    before = entries()
    row = as_row(LedgerEntry.objects, sequence="sequence + 1", digest="'f'")
    with pytest.raises(DatabaseError, match="must follow"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO {ENTRIES} {row} WHERE sequence = %s", [retraction.pk])
    assert entries() == before


@only_postgresql
@pytest.mark.parametrize("table", [ENTRIES, COMMITMENTS, "commitments_release"])
def test_the_tables_cannot_be_emptied(table):
    published()
    refuses(f"TRUNCATE {table} CASCADE", "cannot be emptied")


ORM = {
    "save": lambda entry: entry.save(),
    "save a change": lambda entry: LedgerEntry(**vars_of(entry) | {"role": "administrator"}).save(),
    "update": lambda entry: LedgerEntry.objects.update(content=""),
    "bulk_update": lambda entry: LedgerEntry.objects.bulk_update([entry], ["content", "salt"]),
    "delete": lambda entry: entry.delete(),
    "delete all": lambda entry: LedgerEntry.objects.all()._raw_delete("default"),
    "bulk_create over": lambda entry: LedgerEntry.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["sequence"], update_fields=["content"]
    ),
}


def vars_of(entry):
    return LedgerEntry.objects.filter(pk=entry.pk).values().get()


def refused_by(way, row):
    """Whether the database refuses what is done to a row in one of Django's ways."""
    try:
        with transaction.atomic():
            way(row)
    except DatabaseError as error:
        return "a ledger entry" in str(error) or "a published commitment" in str(error)
    return False


def test_the_orm_is_refused_too():
    entry = published().entries.get()
    before = entries()
    assert [name for name, way in ORM.items() if not refused_by(way, entry)] == []
    assert entries() == before


# Redaction is the one change, and only by an entry that says so.


KEPT = {
    "sequence": "sequence + 1",
    "kind": "'check'",
    "reference": "NULL",
    "target_id": "1",
    "entity": "'organisation/x'",
    "recorded_at": "'2020-01-01 00:00:00'",
    "role": "'administrator'",
    "organisation": "'hksarg'",
    "key": "'x'",
    "content_digest": "'f'",
    "digest": "'f'",
}


def test_every_other_column_of_an_entry_is_tried():
    assert {field.column for field in LedgerEntry._meta.concrete_fields} - set(KEPT) == {"content", "salt"}


def test_a_redaction_touches_no_other_column():
    entry = record("report", published())
    append_entries([new_redaction(entry, None, "Court order.", BY)])
    for column, value in KEPT.items():
        sql = f"UPDATE {ENTRIES} SET content = '', salt = '', {column} = {value} WHERE sequence = %s"
        refuses(sql, "a ledger entry cannot be changed", entry.pk)


@pytest.mark.parametrize("change", ["content = '{}'", "salt = '00'"])
def test_what_was_removed_cannot_be_filled_in_again(change):
    entry = record("report", published())
    append_entries([new_redaction(entry, None, "Court order.", BY)])
    refuses(f"UPDATE {ENTRIES} SET {change} WHERE sequence = %s", "a ledger entry cannot be changed", entry.pk)


def test_a_redaction_of_one_entry_opens_no_other():
    commitment = published()
    append_entries([new_redaction(record("report", commitment), None, "Court order.", BY)])
    other = record("report", commitment)
    refuses(f"UPDATE {ENTRIES} SET content = '', salt = '' WHERE sequence = %s", "cannot be changed", other.pk)


def test_a_retraction_opens_nothing():
    entry = record("report", published())
    append_entries([new_retraction(entry, "Wrong.", BY)])
    refuses(f"UPDATE {ENTRIES} SET content = '', salt = '' WHERE sequence = %s", "cannot be changed", entry.pk)


# A published commitment


@pytest.mark.parametrize(
    "change", ["published_at = NULL", "published_at = '2020-01-01 00:00:00'", "reference = 'TT-98'"]
)
def test_a_publication_cannot_be_taken_back_or_renamed(change):
    published(reference="TT-99")
    refuses(f"UPDATE {COMMITMENTS} SET {change}", "a published commitment stays published")


def test_a_published_commitment_cannot_be_deleted():
    published()
    refuses(f"DELETE FROM {COMMITMENTS}", "a published commitment cannot be deleted")


TAKING_BACK = {
    "update": lambda commitment: Commitment.objects.update(published_at=None),
    "save": lambda commitment: Commitment(
        pk=commitment.pk, release=commitment.release, reference=commitment.reference, paragraph=1
    ).save(),
    "bulk_update": lambda commitment: Commitment.objects.bulk_update([Commitment(pk=commitment.pk)], ["published_at"]),
    "delete": lambda commitment: Commitment.objects.filter(pk=commitment.pk)._raw_delete("default"),
}


def test_the_orm_takes_no_publication_back():
    commitment = published()
    assert [name for name, way in TAKING_BACK.items() if not refused_by(way, commitment)] == []
    assert Commitment.objects.get(pk=commitment.pk).published_at == commitment.published_at


REPLACED = {
    "the same number": {"reference": "'TT-98'"},
    "the same reference": {"id": "id + 1000"},
    "both": {},
}


@only_sqlite
@pytest.mark.parametrize("changed", REPLACED.values(), ids=REPLACED)
def test_a_published_commitment_cannot_be_replaced_by_a_draft_that_has(changed):
    commitment = published(reference="TT-99")
    row = as_row(Commitment.objects, published_at="NULL", **changed)
    with transaction.atomic():  # left by a rollback, because what refers to the row would be broken
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"INSERT OR REPLACE INTO {COMMITMENTS} {row}")
        except DatabaseError:
            pass
        still_there = Commitment.objects.public().filter(pk=commitment.pk, reference="TT-99").exists()
        transaction.set_rollback(True)
    assert still_there


@only_sqlite
@pytest.mark.parametrize("column", ["reference", "id"])
def test_a_draft_cannot_take_the_place_of_a_published_commitment(column):
    commitment, draft = published(reference="TT-99"), CommitmentFactory()
    value = commitment.pk if column == "id" else "TT-99"
    with transaction.atomic():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE OR REPLACE {COMMITMENTS} SET {column} = %s WHERE id = %s", [value, draft.pk])
        except DatabaseError:
            pass
        still_there = Commitment.objects.public().filter(pk=commitment.pk, reference="TT-99").exists()
        transaction.set_rollback(True)
    assert still_there


def test_a_draft_can_be_renamed_and_deleted():
    draft = CommitmentFactory()
    Commitment.objects.filter(pk=draft.pk).update(reference="TT-98")
    Commitment.objects.get(reference="TT-98").delete()
    assert not Commitment.objects.exists()


def test_what_a_projection_writes_is_no_business_of_the_triggers():
    commitment = published()
    assert Commitment.objects.filter(pk=commitment.pk).update(title="Another") == 1


# Laid, and laid again


def test_every_trigger_is_there_after_migrating():
    with connection.cursor() as cursor:
        if SQLITE:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        names = {name for (name,) in cursor.fetchall()}
    assert names == set(triggers.expected(connection.vendor))
    assert triggers.broken_triggers(connection) == []


def test_laying_them_again_changes_nothing():
    connection.check_constraints()
    triggers.install(connection)
    assert triggers.broken_triggers(connection) == []


def test_the_ledger_has_no_column_that_the_triggers_do_not_know():
    columns = {field.column for field in LedgerEntry._meta.get_fields() if isinstance(field, models.Field)}
    assert columns == {*triggers.UNCHANGED_COLUMNS, "content", "salt"}
