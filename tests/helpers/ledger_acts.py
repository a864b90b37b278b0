"""Acts upon the ledger: to correct, retract, redact, refuse, tamper and verify."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from commitments.ledger import text_lengths, triggers
from commitments.ledger.append import append_entries, new_correction, new_redaction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, LedgerEntry


def correct(commitment, reason="Typing error.", **values):
    stored = Commitment.objects.get(pk=commitment.pk)
    return append_entries([new_correction(stored, values, reason, BY)])[0]


def retract(entry, reason="It was wrong."):
    return append_entries([new_retraction(entry, reason, BY)])[0]


def redact(entry, remaining=None, reason="Personal data."):
    fresh = LedgerEntry.objects.get(pk=entry.pk)
    return append_entries([new_redaction(fresh, remaining, reason, BY)])[0]


def count_entries():
    """How many entries there are about commitments; what these name comes on record by entries before them."""
    return LedgerEntry.objects.exclude(kind="entity").count()


@contextmanager
def before_texts_had_a_length() -> Iterator[None]:
    """What is recorded within this is as long as it was before there was a limit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_lengths, "MAX_TEXT_LENGTH", 1_000_000)
        yield


BY = Actor()

ANYWHERE = "__all__"


def refused(*entries):
    """The fields of the refusal, and that nothing was recorded."""
    before = LedgerEntry.objects.count()
    with pytest.raises(ValidationError) as refusal:
        append_entries(entries)
    assert LedgerEntry.objects.count() == before
    return set(refusal.value.error_dict) if hasattr(refusal.value, "error_dict") else {ANYWHERE}


TABLES = {name: rule[0] for name, rule in triggers.REFUSALS.items()}


TABLES |= {} if connection.vendor == "sqlite" else triggers.NO_TRUNCATE


def verify(*arguments):
    """Exit code, what it prints, and what it complains of."""
    printed, complaints, code = StringIO(), StringIO(), 0
    connection.check_constraints()  # PostgreSQL lays no trigger while checks are due
    try:
        call_command("verify_ledger", *arguments, stdout=printed, stderr=complaints)
    except SystemExit as end:
        code = end.code
    return code, printed.getvalue(), complaints.getvalue()


def run(sql, *parameters):
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def drop(trigger):
    run(f"DROP TRIGGER {trigger}" + ("" if connection.vendor == "sqlite" else f" ON {TABLES[trigger]}"))


def change_entry(entry, **columns):
    """Change an entry as somebody with the database's password could, and lay the trigger again."""
    drop("ledger_no_update")
    LedgerEntry.objects.filter(pk=entry.pk).update(**columns)
    connection.check_constraints()
    triggers.install(connection)
