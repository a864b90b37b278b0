"""`verify_ledger` names whatever does not fit, and `--rebuild` mends all but the chain (R3).

Things are broken behind the ledger's back: by raw SQL, with the guarding trigger dropped first. All tests find the
same small record (`pledge_and_report`), and break it in a transaction of their own.
"""

from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from commitments.domain.hash_chain import content_digest, entry_digest
from commitments.ledger import triggers
from commitments.ledger.append import append_entries, entry_metadata, new_redaction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.ledger.verify import verify_ledger
from commitments.management.commands.verify_ledger import ProgressLine
from commitments.models import (
    Commitment,
    Evidence,
    LedgerEntry,
    LedgerHead,
    Organisation,
    Ownership,
    Partnership,
    State,
    Update,
)
from tests.factories import AreaFactory, CommitmentFactory, OrganisationFactory, evidence, published, record
from tests.helpers.ledger_acts import TABLES, change_entry, drop, run, verify

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

BY = Actor()
SQLITE = connection.vendor == "sqlite"
only_postgresql = pytest.mark.skipif(SQLITE, reason="SQLite's triggers have no such thing")


def delete_entry(entry):
    """The same for deleting one with what it projects."""
    drop("ledger_no_delete")
    Evidence.objects.filter(update=entry.pk).delete()
    Update.objects.filter(pk=entry.pk).delete()
    LedgerEntry.objects.filter(pk=entry.pk)._raw_delete("default")
    connection.check_constraints()
    triggers.install(connection)


@pytest.fixture(scope="module", autouse=True)
def keys(module_db):
    """A published commitment TT-01 with two reports (the first with evidence), and another one, TT-02."""
    commitment = published(reference="TT-01", deadline="2019")
    report = record("report", commitment, date="2019", evidence=[evidence(), evidence(date="2019")])
    record("report", commitment, date="2020", status="completed")
    record("check", published(reference="TT-02"))
    connection.check_constraints()
    return SimpleNamespace(commitment=commitment.pk, report=report.pk)


@pytest.fixture
def pledge_and_report(keys):
    """The commitment and its first report, as they stand in the database."""
    return Commitment.objects.get(pk=keys.commitment), LedgerEntry.objects.get(pk=keys.report)


def test_a_sound_ledger_verifies_and_says_its_head():
    head = LedgerHead.objects.get()
    assert verify() == (0, f"The ledger verifies: 11 entries, head {head.digest}\n", "")


# Entries


CHANGED = {
    "content": ({"content": '{"note":"Something else."}'}, "its content was changed"),
    "salt": ({"salt": "00"}, "its content was changed"),
    "digest of the content": ({"content_digest": "f" * 64}, "its content was changed"),
    "content and its digest": (
        {"content": "{}", "salt": "", "content_digest": content_digest("", "{}")},
        "its digest does not follow",
    ),
    "removed without a redaction": ({"content": "", "salt": ""}, "its content was changed"),
    "no JSON": ({"content": "no JSON"}, "its content was changed"),
    "JSON of another shape": ({"content": "[]"}, "its content was changed"),
    "digest": ({"digest": "f" * 64}, "its digest does not follow"),
    "kind": ({"kind": "context"}, "its digest does not follow"),
    "commitment": ({"commitment_id": "TT-02"}, "its digest does not follow"),
    "time": ({"recorded_at": "2020-01-01T00:00:00Z"}, "its digest does not follow"),
    "role": ({"role": "administrator"}, "its digest does not follow"),
    "organisation": ({"organisation": "hksarg"}, "its digest does not follow"),
    "key": ({"key": "TT-01/2"}, "its digest does not follow"),
}


@pytest.mark.parametrize(("columns", "problem"), CHANGED.values(), ids=CHANGED)
def test_a_changed_entry_is_named_first(columns, problem, pledge_and_report):
    _commitment, report = pledge_and_report
    change_entry(report, **columns)
    code, _printed, complaints = verify()
    assert code == 1
    assert complaints.splitlines()[0].startswith(f"entry {report.pk} (")
    assert problem in complaints.splitlines()[0]


@pytest.mark.parametrize("content", ["", "{}", "no JSON"])
def test_a_changed_publication_is_named_first(content, pledge_and_report):
    commitment, _report = pledge_and_report
    change_entry(commitment.entries.get(kind="published"), content=content)
    code, _printed, complaints = verify()
    assert code == 1
    assert complaints.startswith("entry 4 (TT-01): its content was changed")


def test_a_changed_target_is_named(pledge_and_report):
    _commitment, report = pledge_and_report
    retraction = append_entries([new_retraction(report, "Wrong.", BY)])[0]
    change_entry(retraction, target_id=6)
    code, _printed, complaints = verify()
    assert (code, f"entry {retraction.pk} (TT-01): its digest does not follow" in complaints) == (1, True)


@pytest.mark.parametrize("columns", [{"content": "{}"}, {"salt": "00"}])
def test_text_that_came_back_into_a_redacted_entry_is_named(columns, pledge_and_report):
    _commitment, report = pledge_and_report
    append_entries([new_redaction(report, None, "Court order.", BY)])
    change_entry(report, **columns)
    code, _printed, complaints = verify()
    assert (code, complaints.splitlines()[0]) == (1, "entry 5 (TT-01): is redacted but still holds text")


def test_a_missing_entry_is_named_by_the_one_after_it(pledge_and_report):
    _commitment, report = pledge_and_report
    delete_entry(report)
    code, _printed, complaints = verify()
    assert code == 1
    assert complaints.startswith("entry 6 (TT-01): follows entry 4: the entries between are missing")


def test_a_missing_publication_is_named():
    delete_entry(LedgerEntry.objects.get(pk=4))
    code, _printed, complaints = verify()
    assert code == 1
    assert complaints.startswith("entry 5 (TT-01): follows entry 3: the entries between are missing")
    assert "TT-01: commitment: is public without an entry" in complaints


def test_a_tail_that_was_cut_off_shows_at_the_head_even_where_all_else_fits():
    delete_entry(LedgerEntry.objects.last())
    code, _printed, complaints = verify("--rebuild")
    assert (code, complaints) == (1, "the head says entry 11, the ledger ends with entry 10\n")


@pytest.mark.parametrize("columns", [{"sequence": 4}, {"digest": "f" * 64}])
def test_a_changed_head_is_noticed(columns):
    LedgerHead.objects.update(**columns)
    code, _printed, complaints = verify()
    assert (code, complaints.startswith("the head says entry")) == (1, True)


def test_a_missing_head_is_noticed():
    LedgerHead.objects.all().delete()
    code, _printed, complaints = verify()
    assert (code, complaints) == (1, "the head says entry none, the ledger ends with entry 11\n")


def test_an_entry_put_in_by_hand_is_noticed():
    last = LedgerEntry.objects.filter(kind="check").values().get()
    LedgerEntry.objects.create(**last | {"sequence": 12, "digest": "f" * 64})
    code, _printed, complaints = verify()
    assert (code, complaints.splitlines()[0]) == (
        1,
        "entry 12 (TT-02): its digest does not follow from the entry before",
    )


@pytest.mark.parametrize("columns", [{"content": '{"note":"Something else."}'}, {"role": "administrator"}])
def test_a_rebuild_never_mends_the_chain(columns, pledge_and_report):
    _commitment, report = pledge_and_report
    change_entry(report, **columns)
    before = list(LedgerEntry.objects.order_by("sequence").values())
    code, _printed, complaints = verify("--rebuild")
    assert (code, f"entry {report.pk} (TT-01)" in complaints) == (1, True)
    assert list(LedgerEntry.objects.order_by("sequence").values()) == before


# Times of recording (R5b)


def put_in(recorded_at):
    """A check that follows the last entry in all but its time, put in by somebody who knows how digests are made."""
    last = LedgerEntry.objects.last()
    content = LedgerEntry.objects.filter(kind="check").latest("sequence").content
    entry = LedgerEntry(sequence=last.pk + 1, kind="check", commitment_id="TT-02", recorded_at=recorded_at)
    entry.role, entry.content, entry.content_digest = "publisher", content, content_digest("", content)
    entry.digest = entry_digest(last.digest, entry_metadata(entry), entry.content_digest)
    entry.save(force_insert=True)
    LedgerHead.objects.update(sequence=entry.pk, digest=entry.digest)


def test_an_entry_that_was_recorded_before_the_one_before_it_is_named():
    put_in(LedgerEntry.objects.last().recorded_at - timedelta(seconds=1))
    assert verify()[2].startswith("entry 12 (TT-02): was recorded before the entry before it\n")


def test_an_entry_that_lies_ahead_of_the_clock_is_named():
    put_in((timezone.now() + timedelta(minutes=1)).replace(microsecond=0))
    assert verify()[2].startswith("entry 12 (TT-02): lies ahead of this machine’s clock\n")


def test_a_fraction_of_a_second_which_no_digest_covers_is_named(pledge_and_report):
    _commitment, report = pledge_and_report
    change_entry(report, recorded_at=report.recorded_at + timedelta(milliseconds=5))
    assert verify()[2].startswith(f"entry {report.pk} (TT-01): its time of recording has a fraction of a second")


def test_parts_that_change_places_with_the_marks_between_them_are_no_sound_entry(pledge_and_report):
    """The text that is hashed would be the same: what was the key is said to be the commitment's, and so on."""
    _commitment, report = pledge_and_report
    entry = LedgerEntry.objects.get(pk=report.pk)
    moved = f'{entry.key or ""}","kind":"{entry.kind}","organisation":"{entry.organisation}'
    change_entry(report, key=moved)
    assert verify()[2].startswith(f"entry {report.pk} (TT-01): its digest does not follow")


# How far it is


class Terminal(StringIO):
    def isatty(self):
        return True


def test_a_terminal_is_told_how_far_it_is_on_one_line_that_is_gone_in_the_end():
    terminal, file = Terminal(), StringIO()
    for stream in (terminal, file):
        progress = ProgressLine(stream)
        assert list(verify_ledger(progress)) == []
        progress.clear()
    assert "commitments: 2 of 2" in terminal.getvalue()
    assert "\n" not in terminal.getvalue()
    assert terminal.getvalue().rstrip("\r").rpartition("\r")[2].isspace()
    assert file.getvalue() == ""


# Projections


def copied(row, **columns):
    """The same row once more, with some columns changed."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**values | columns)


def split_state(commitment, _report):
    last = commitment.states.last()
    State.objects.filter(pk=last.pk).update(until_day="2027-01-01")
    copied(last, id=None, from_day="2027-01-01").save(force_insert=True)


def extra_update(commitment, report, other=None):
    """An update that no entry says, with evidence: the publication's number is the only one that is free."""
    update = copied(report.update, entry_id=4, commitment_id=(other or commitment).pk)
    update.save(force_insert=True)
    copied(report.update.evidence.first(), id=None, update_id=update.pk).save(force_insert=True)


def change(model, **columns):
    return lambda commitment, report: model.objects.filter(**OF[model](commitment, report)).update(**columns)


def delete(model):
    return lambda commitment, report: model.objects.filter(**OF[model](commitment, report)).delete()


OF = {
    Commitment: lambda commitment, report: {"pk": commitment.pk},
    Ownership: lambda commitment, report: {"commitment": commitment},
    Update: lambda commitment, report: {"pk": report.pk},
    Evidence: lambda commitment, report: {"update": report.pk, "position": 1},
    State: lambda commitment, report: {"commitment": commitment, "status": "in_progress"},
}
BROKEN = {
    "title": (change(Commitment, title="Another"), "TT-01: commitment: differs in title"),
    "deadline": (change(Commitment, deadline="2029"), "TT-01: commitment: differs in deadline"),
    "area": (
        lambda commitment, report: Commitment.objects.filter(pk=commitment.pk).update(area=AreaFactory()),
        "TT-01: commitment: differs in area",
    ),
    # The days of a date are columns of their own, and lists filter, sort and count by them.
    "last day of the deadline": (
        change(Commitment, deadline_last="2029-01-01"),
        "TT-01: commitment: differs in deadline_last",
    ),
    "last day of an update": (change(Update, date_last="2029-01-01"), "TT-01: update: 5 differs in date_last"),
    "last day of the current deadline": (change(State, deadline_last="2029-01-01"), "differs in deadline_last"),
    "owner gone": (delete(Ownership), "TT-01: owners: differ"),
    "owner added": (
        lambda commitment, report: Ownership.objects.create(commitment=commitment, organisation=OrganisationFactory()),
        "TT-01: owners: differ",
    ),
    "partner added": (
        lambda commitment, report: Partnership.objects.create(
            commitment=commitment, organisation=OrganisationFactory()
        ),
        "TT-01: partners: differ",
    ),
    "update changed": (change(Update, note="Another"), "TT-01: update: 5 differs in note"),
    "update that counts from another day": (
        change(Update, effective_on="2018-09-01"),
        "TT-01: update: 5 differs in effective_on",
    ),
    "update said to be retracted": (change(Update, retracted_by=6), "TT-01: update: 5 differs in retracted_by"),
    "update gone": (
        lambda commitment, report: [Evidence.objects.filter(update=5).delete(), Update.objects.filter(pk=5).delete()],
        "TT-01: update: 5 is missing",
    ),
    "update that no entry says": (extra_update, "TT-01: update: 4 is not in the ledger"),
    "update of another commitment": (
        lambda commitment, report: Update.objects.filter(pk=5).update(
            commitment=Commitment.objects.get(reference="TT-02")
        ),
        "update: 5 differs in commitment",
    ),
    "update of a draft": (
        lambda commitment, report: Update.objects.filter(pk=5).update(
            commitment=CommitmentFactory(reference="TT-03", owners=[])
        ),
        "update: 5",
    ),
    "update of a draft that no entry says": (
        lambda commitment, report: extra_update(commitment, report, CommitmentFactory(reference="TT-03", owners=[])),
        "update: 4 is not in the ledger",
    ),
    "evidence changed": (change(Evidence, url="https://example.org/x"), "TT-01: evidence: 5, 1 differs in url"),
    "evidence gone": (delete(Evidence), "TT-01: evidence: 5, 1 is missing"),
    "evidence added": (
        lambda commitment, report: copied(report.update.evidence.first(), id=None, position=9).save(force_insert=True),
        "TT-01: evidence: 5, 9 is not in the ledger",
    ),
    "state changed": (change(State, status="completed"), "TT-01: state: "),
    "state gone": (delete(State), "is missing"),
    "state added": (split_state, "is not in the ledger"),
    "state of a draft": (
        lambda commitment, report: copied(
            State.objects.first(), id=None, commitment_id=CommitmentFactory(reference="TT-03", owners=[]).pk
        ).save(force_insert=True),
        "TT-03: state: ",
    ),
}


@pytest.mark.parametrize(("damage", "complaint"), BROKEN.values(), ids=BROKEN)
def test_a_projection_that_says_something_else_is_named_and_mended(damage, complaint, pledge_and_report):
    commitment, report = pledge_and_report
    sound = projections()
    damage(commitment, report)
    code, _printed, complaints = verify()
    assert (code, complaint in complaints) == (1, True), complaints
    assert not any(line.startswith("entry ") for line in complaints.splitlines())
    code, printed, complaints = verify("--rebuild")
    assert (code, complaints) == (0, "")
    assert "mended: " in printed
    assert projections() == sound


def projections():
    """Everything that the ledger projects, but for numbers that the database gives."""
    numbers = {"id"}
    rows = [Commitment.objects.public(), Ownership.objects.all(), Partnership.objects.all()]
    rows += [model.objects.all() for model in (Update, Evidence, State)]
    return [
        sorted(str({k: v for k, v in row.items() if k not in numbers}) for row in queryset.values())
        for queryset in rows
    ]


def test_everything_broken_at_once_is_named_and_mended_at_once(pledge_and_report):
    commitment, report = pledge_and_report
    together = ["title", "owner added", "update changed", "evidence gone", "evidence added", "state gone"]
    for name in together:
        BROKEN[name][0](commitment, report)
    code, _printed, complaints = verify()
    assert code == 1
    assert all(BROKEN[name][1] in complaints for name in together)
    assert verify("--rebuild")[0] == 0
    assert verify()[0] == 0


def test_the_next_entry_of_a_commitment_brings_back_what_was_moved_to_another(pledge_and_report):
    """Only its own rows are looked at then: the update, and its evidence, which stands with an update of another."""
    commitment, report = pledge_and_report
    Update.objects.filter(pk=report.pk).update(commitment=Commitment.objects.get(reference="TT-02"))
    record("check", commitment)
    assert Update.objects.get(pk=report.pk).commitment == commitment
    assert Evidence.objects.filter(update=report.pk).count() == 2
    assert verify()[0] == 0


def test_without_rebuild_nothing_is_mended(pledge_and_report):
    commitment, _report = pledge_and_report
    Commitment.objects.filter(pk=commitment.pk).update(title="Another")
    verify()
    assert Commitment.objects.get(pk=commitment.pk).title == "Another"


def test_a_day_of_publication_that_was_moved_is_named_and_mended(pledge_and_report):
    commitment, _report = pledge_and_report
    drop("commitment_stays_public")
    Commitment.objects.filter(pk=commitment.pk).update(published_at="2020-01-01T00:00:00Z")
    triggers.install(connection)
    assert "TT-01: commitment: differs in published_at" in verify()[2]


def test_a_commitment_that_was_taken_back_is_named_and_mended(pledge_and_report):
    commitment, _report = pledge_and_report
    drop("commitment_stays_public")
    Commitment.objects.filter(pk=commitment.pk).update(published_at=None)
    connection.check_constraints()
    triggers.install(connection)
    assert "TT-01: commitment: differs in published_at" in verify()[2]
    assert verify("--rebuild")[0] == 0
    assert Commitment.objects.public().filter(pk=commitment.pk).exists()


def test_a_commitment_made_public_by_hand_is_named_and_not_mended_away():
    draft = CommitmentFactory(reference="TT-03", owners=[])
    Commitment.objects.filter(pk=draft.pk).update(published_at="2026-11-29T08:00:00Z")
    complaint = "TT-03: commitment: is public without an entry"
    assert verify()[2] == f"{complaint}\n"
    assert verify("--rebuild")[0] == 1


def test_a_commitment_whose_row_is_gone_is_named(pledge_and_report):
    commitment, _report = pledge_and_report
    with transaction.atomic():  # left by a rollback: the entries refer to nothing
        drop("commitment_no_delete")
        for model in (Ownership, State):
            model.objects.filter(commitment=commitment).delete()
        Evidence.objects.all().delete()
        Update.objects.filter(commitment=commitment).delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM commitments_commitment WHERE id = %s", [commitment.pk])
        complaints = list(verify_ledger())
        transaction.set_rollback(True)
    assert any(complaint.startswith("TT-01: commitment") for complaint in complaints)


@pytest.mark.parametrize("table", ["organisation", "area", "release"])
def test_a_slug_that_was_renamed_is_named(table, pledge_and_report):
    commitment, _report = pledge_and_report
    party = {"organisation": commitment.owners.get(), "area": commitment.area, "release": commitment.release}[table]
    type(party).objects.filter(pk=party.pk).update(slug="renamed")
    code, _printed, complaints = verify()
    assert (code, "TT-01" in complaints) == (1, True)


def test_what_staff_note_of_a_draft_organisation_is_no_difference():
    OrganisationFactory()
    Organisation.objects.filter(published_at=None).update(short_name="Another", note="Another")
    assert verify()[0] == 0


# Triggers


def mark_table(name):
    """The table of a trigger of PostgreSQL's that leaves a mark: `area_edited`."""
    return f"commitments_{name.removesuffix('_edited')}"


def named(names):
    """What the command says of such triggers."""
    return (1, "".join(f"trigger {name} is missing or changed\n" for name in names))


def test_one_missing_trigger_is_named_and_laid_again():
    drop("ledger_no_update")
    assert verify()[::2] == named(["ledger_no_update"])
    code, printed, _complaints = verify("--rebuild")
    assert (code, "mended: trigger ledger_no_update" in printed) == (0, True)
    assert triggers.broken_triggers(connection) == []


def test_each_missing_trigger_is_named_and_laid_again():
    names = list(triggers.expected(connection.vendor))
    for name in names:
        run(f"DROP TRIGGER {name}" + ("" if SQLITE else f" ON {TABLES.get(name) or mark_table(name)}"))
    assert verify()[::2] == named(names)
    code, printed, _complaints = verify("--rebuild")
    assert (code, printed.count("mended: trigger ")) == (0, len(names))
    assert triggers.broken_triggers(connection) == []


def let_everything_through(name):
    """A trigger of the same name, table and event that refuses nothing."""
    table, event, _condition, _message = (triggers.REFUSALS | triggers.SQLITE_REFUSALS)[name]
    if SQLITE:
        run(f"DROP TRIGGER {name}")
        run(f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN 1 = 0 BEGIN SELECT RAISE(ABORT, 'x'); END")
    else:
        run(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")


def test_each_trigger_that_lets_everything_through_is_named_and_laid_again():
    names = [
        name for name in triggers.expected(connection.vendor) if name in triggers.REFUSALS | triggers.SQLITE_REFUSALS
    ]
    for name in names:
        let_everything_through(name)
    assert verify()[::2] == named(names)
    assert verify("--rebuild")[0] == 0
    assert verify()[0] == 0


LAY = "CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE ON {table}"
DISARMED = {
    "switched off": "ALTER TABLE {table} DISABLE TRIGGER {name}",
    "switched off with all others": "ALTER TABLE {table} DISABLE TRIGGER USER",
    "after the event": LAY.replace("BEFORE", "AFTER") + " FOR EACH ROW EXECUTE FUNCTION {name}()",
    "never": LAY + " FOR EACH ROW WHEN (false) EXECUTE FUNCTION {name}()",
    "for one column": LAY.replace("UPDATE", "UPDATE OF key") + " FOR EACH ROW EXECUTE FUNCTION {name}()",
}


@only_postgresql
@pytest.mark.parametrize("sql", DISARMED.values(), ids=DISARMED)
def test_a_trigger_is_named_that_fires(sql):
    name = "ledger_no_update"
    run(sql.format(name=name, table=TABLES[name]))
    code, _printed, complaints = verify()
    assert (code, f"trigger {name} is missing or changed" in complaints) == (1, True)
    assert verify("--rebuild")[0] == 0


def lay_one_of_ours_elsewhere():
    """A trigger of the name of ours, on another table; of SQLite no two triggers have one name."""
    name = "spy" if SQLITE else "ledger_no_update"
    if SQLITE:
        run(f"CREATE TRIGGER {name} AFTER INSERT ON commitments_update BEGIN SELECT 1; END")
    else:
        lay = f"CREATE TRIGGER {name} BEFORE UPDATE ON commitments_update FOR EACH ROW EXECUTE FUNCTION {name}()"
        run(lay)
    return name


def test_a_trigger_on_any_table_that_is_not_ours_is_named_and_left():
    name = lay_one_of_ours_elsewhere()
    complaint = f"trigger {name} on commitments_update is not the tracker’s\n"
    assert verify()[::2] == (1, complaint)
    assert verify("--rebuild")[::2] == (1, complaint)


def test_a_commitment_that_was_put_in_under_a_number_below_all_is_named():
    """Whatever number it has, readers would see it."""
    drop("commitment_stays_public")
    forged = CommitmentFactory(reference="ZZ-99", pk=-1)
    Commitment.objects.filter(pk=forged.pk).update(published_at=timezone.now())
    connection.check_constraints()
    triggers.install(connection)
    assert "ZZ-99: commitment: is public without an entry" in verify()[2]
