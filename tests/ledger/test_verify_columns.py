"""`verify_ledger` names a change by SQL of any column of any table that a public page reads.

Made from the models: a column that is added is tried, too. All breaks are of one record that has something in every
table, each in a transaction that is rolled back, with the triggers and checks that stand in its way taken away.
"""

from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, models, transaction

from commitments.ledger.append import append_entries, new_correction, new_entity_entry, new_publication
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.ledger.verify import rebuild_projections, verify_ledger
from commitments.models import (
    Agreement,
    Area,
    Commitment,
    EntityChange,
    Evidence,
    LedgerEntry,
    LedgerHead,
    NewsSource,
    Occasion,
    Organisation,
    Ownership,
    Partnership,
    Release,
    Repetition,
    Section,
    State,
    Update,
)
from commitments.models.fields import PartialDateField
from tests.factories import (
    WHEN,
    AreaFactory,
    CommitmentFactory,
    OrganisationFactory,
    ReleaseFactory,
    evidence,
    published,
    record,
)
from tests.helpers.ledger_acts import redact, retract

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

BY = Actor()
SQLITE = connection.vendor == "sqlite"
# By table, what a line says that names one of its rows. `Edition`, the version row, and translations are left out.
NAMED = {
    Commitment: ("commitment",),
    Ownership: ("owners", "commitment"),
    Partnership: ("partners",),
    Repetition: ("repetition",),
    State: ("state",),
    Update: ("update",),
    Evidence: ("evidence",),
    LedgerEntry: ("entry",),
    LedgerHead: ("the head says",),
    Organisation: ("organisation/",),
    Area: ("area/",),
    Release: ("release/",),
    Section: ("sections: differ",),
    Agreement: ("agreements: differ",),
    Agreement.parties.through: ("agreements: differ",),
    Agreement.commitments.through: ("agreements: differ",),
    Occasion: ("occasion/",),
    NewsSource: ("news_source/",),
    EntityChange: ("entitychange",),
}
# Numbers that the database gives; and how often projections were rebuilt, which no page shows.
LEFT_OUT = {*(model._meta.get_field("id") for model in NAMED if model not in (LedgerEntry, Update, EntityChange))}
LEFT_OUT |= {LedgerHead._meta.get_field("rebuilds")}
EVERY_COLUMN = [
    (model, column)
    for model in NAMED
    for column in model._meta.concrete_fields
    if column not in LEFT_OUT and not column.generated
]
# One of each type of a table: how a value looks on PostgreSQL, or cannot be read, differs by its type alone.
BY_TYPE = {(model, type(column)): (model, column) for model, column in reversed(EVERY_COLUMN)}


def named_columns(columns):
    return [pytest.param(model, column, id=f"{model._meta.object_name}.{column.column}") for model, column in columns]


# What the database makes of other columns, and refuses to be told.
GENERATED = [(model, column) for model in NAMED for column in model._meta.concrete_fields if column.generated]


@pytest.fixture(scope="module", autouse=True)
def a_record(module_db):
    """Two commitments: one of which every entry stands, and one that was corrected, retracted and redacted in part."""
    release, area, body = ReleaseFactory(slug="a-release"), AreaFactory(slug="an-area"), OrganisationFactory(slug="a")
    Section.objects.create(release=release, area=area, position=1, heading="A heading")
    agreement = Agreement.objects.create(release=release, number=1, title="An agreement", basis="inferred")
    earlier = published(reference="TT-01", release=ReleaseFactory(issued_on="2017-01-01"), area=area, owners=[body])
    fields = {"release": release, "area": area, "owners": [body], "partners": [body], "deadline": "2019"}
    fields |= {"target": Decimal(40), "unit": "people", "review_on": "2027-01-01"}
    plain = CommitmentFactory(reference="TT-02", **fields)
    Repetition.objects.create(commitment=plain, repeated=earlier, why="The same.")
    agreement.parties.set([body])
    agreement.commitments.set([plain])
    append_entries([new_publication(plain, BY, recorded_at=WHEN)])
    plain = Commitment.objects.get(pk=plain.pk)
    later = published(reference="TT-03", part_of=plain, **fields)
    for commitment in (plain, later):
        says = {"deadline": "2020-H1", "deadline_reason": "Later.", "achieved": "12.5"}
        record("report", commitment, evidence=[evidence(date="2019-03")], date="2019-03", **says)
        record("context", commitment, reply_of=body.slug)
        record("check", commitment)
        record_translations([NewTranslation(commitment, "zh-hant", commitment.title, "香港")], BY)
    append_entries([new_correction(later, {"title": "Another"}, "Typing error.", BY)])
    retract(record("report", later, date="2020"))
    redact(record("context", later, date="2021"))
    occasion = Occasion.objects.create(slug="an-occasion", day="2020-01-01", name="An occasion")
    source = NewsSource.objects.create(slug="a-source", name="A source", source="party", why="It is one.")
    append_entries([new_entity_entry(row, BY, "For readers.") for row in (occasion, source)])
    connection.check_constraints()


@contextmanager
def nothing_in_the_way(model):
    """Without the checks and triggers of a table, until all is rolled back."""
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        if SQLITE:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute("PRAGMA ignore_check_constraints = 1")
        else:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        try:
            yield cursor
        finally:
            if SQLITE:
                cursor.execute("PRAGMA ignore_check_constraints = 0")
            transaction.set_rollback(True)


def rows_to_break(model):
    """Primary keys: one row of what hangs on each commitment, or else one of the table."""
    rows = model.objects.order_by("pk")
    paths = {Commitment: "reference", Evidence: "update__commitment__reference"}
    names = {column.name for column in model._meta.get_fields()}
    path = paths.get(model, "commitment__reference" if "commitment" in names else "")
    found = [rows.filter(**{path: reference}).first() for reference in ("TT-02", "TT-03")] if path else [rows.last()]
    return [row.pk for row in found if row]


def another_value(column):
    """A value of the column's type that no row of the record has."""
    if isinstance(column, PartialDateField):
        return "2001"
    return {
        "DateField": "2001-01-01",
        "DateTimeField": "2001-01-01 00:00:00+00" if not SQLITE else "2001-01-01 00:00:00",
        "DecimalField": "1.50",
        "JSONField": '["changed"]',
    }.get(
        column.get_internal_type(),
        "changed"
        if isinstance(column.target_field if column.is_relation else column, models.CharField | models.TextField)
        else 1001,
    )


def complaints_of(model, column, pk, value, rebuild=False):
    with nothing_in_the_way(model) as cursor:
        table, name, key = model._meta.db_table, column.column, model._meta.pk.column
        setting = f"NOT {name}" if column.get_internal_type() == "BooleanField" and value != "junk" else "%s"
        values = [pk] if setting != "%s" else [value, pk]
        cursor.execute(f'UPDATE {table} SET "{name}" = {setting} WHERE {key} = %s', values)
        assert cursor.rowcount == 1
        lines = list(verify_ledger())
        rest = [line for line in lines if not line.startswith("trigger ")]
        mended = [*rebuild_projections()] and [*verify_ledger()] if rebuild else []
    return rest, mended


def test_the_record_is_sound():
    assert list(verify_ledger()) == []


def test_the_record_has_something_in_every_table():
    assert [model for model in NAMED if not rows_to_break(model)] == []


@pytest.mark.parametrize(("model", "column"), named_columns(EVERY_COLUMN if SQLITE else BY_TYPE.values()))
def test_a_column_changed_by_sql_is_named(model, column):
    for pk in rows_to_break(model):
        complaints, _mended = complaints_of(model, column, pk, another_value(column))
        assert any(named in line for line in complaints for named in NAMED[model]), complaints


def test_a_column_that_the_database_makes_cannot_be_changed():
    assert [column.column for _model, column in GENERATED] == ["reference_key"]
    for model, column in GENERATED:
        with nothing_in_the_way(model) as cursor, pytest.raises(DatabaseError, match=r"generated|can only be updated"):
            cursor.execute(f"UPDATE {model._meta.db_table} SET {column.column} = 'changed'")


# What no rebuild mends: the chain and its head; and names by which rows are known, which would have to be guessed.
@pytest.mark.skipif(not SQLITE, reason="PostgreSQL stores no such thing")
@pytest.mark.parametrize(("model", "column"), named_columns(BY_TYPE.values()))
def test_a_column_that_cannot_be_read_is_named_and_mended(model, column):
    is_text = isinstance(column, models.CharField | models.TextField) and not isinstance(column, PartialDateField)
    # That of the record with a history: how a row is read does not depend on what became of it.
    pk, junk = rows_to_break(model)[-1], b"\xff" if is_text else "junk"
    complaints, mended = complaints_of(model, column, pk, junk, rebuild=True)
    assert any(named in line for line in complaints for named in NAMED[model]), complaints
    if model not in (LedgerEntry, LedgerHead) and column.name not in ("slug", "reference"):
        assert mended == []
