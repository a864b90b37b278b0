"""One way into the ledger (R2), what it projects (R3), and corrections, retractions and redactions (R5)."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction

import commitments
from commitments.domain.partial_dates import parse_partial_date
from commitments.ledger.append import append_entries, new_publication, new_redaction
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.ledger.reconciliation import project_missing_columns
from commitments.ledger.triggers import UNCHANGED_COLUMNS
from commitments.ledger.verify import verify_ledger
from commitments.models import Area, Commitment, Evidence, LedgerEntry, LedgerHead, Organisation, State, Update
from commitments.query.list_rows import list_rows
from tests.factories import WHEN, CommitmentFactory, OrganisationFactory, evidence, new, published, record
from tests.helpers.ledger_acts import correct, redact, retract

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

BY = Actor()
TODAY = date(2026, 11, 29)
APPLICATION = Path(commitments.__file__).parent
# What writes entries: making one, in any of Django's ways.
WRITING = re.compile(
    r"(?<!class )LedgerEntry\(|LedgerEntry\.objects\.(bulk_|update_or_|get_or_)?create|entries\.create"
)


def standing(commitment, day=TODAY):
    return list_rows(Commitment.objects.as_of(day)).get(pk=commitment.pk).state


def everything_stored():
    """Every text and number of every row of the application's tables, as one text."""
    models = apps.get_app_config("commitments").get_models()
    return "\n".join(str(row) for model in models for row in model.objects.values_list())


def counts():
    return [model.objects.count() for model in (LedgerEntry, Update, Evidence, State, Commitment)]


# Appending


def test_only_one_module_writes_entries():
    writers = {p.name for p in APPLICATION.rglob("*.py") if WRITING.search(p.read_text(encoding="utf-8"))}
    assert writers == {"append.py"}


def test_entries_are_numbered_from_one_without_gaps_in_the_order_given():
    whole, part = CommitmentFactory(), CommitmentFactory()
    append_entries([new_publication(whole, BY), new_publication(part, BY), new("check", whole)])
    record("report", part)
    rows = list(LedgerEntry.objects.values_list("sequence", "kind", "commitment_id"))
    assert [number for number, _kind, _reference in rows] == list(range(1, len(rows) + 1))
    expected = [("published", whole), ("published", part), ("check", whole), ("report", part)]
    assert [row[1:] for row in rows if row[1] != "entity"] == [(kind, row.reference) for kind, row in expected]


def test_an_empty_ledger_verifies():
    assert list(verify_ledger()) == []


def test_the_head_is_the_last_entry():
    last = record("report", published())
    head = LedgerHead.objects.get()
    assert (head.sequence, head.digest) == (last.sequence, last.digest)


def test_an_entry_says_when_in_which_role_and_for_whom_and_names_no_person():
    by = Actor("administrator", "hksarg")
    at = datetime(2026, 11, 29, 8, 1, 2, 999_999, tzinfo=UTC)
    entry = append_entries([new_publication(CommitmentFactory(), by, recorded_at=at, key="TT/1")])[0]
    stored = LedgerEntry.objects.get(pk=entry.pk)
    assert (stored.role, stored.organisation, stored.key) == ("administrator", "hksarg", "TT/1")
    assert stored.recorded_at == at.replace(microsecond=0)
    assert not {field.name for field in LedgerEntry._meta.fields} & {"user", "author", "name", "person"}


def test_each_entry_gets_a_salt_of_its_own():
    commitment = published()
    entries = append_entries([new("check", commitment, note=str(number)) for number in range(20)])
    assert len({entry.salt for entry in entries}) == 20
    assert all(len(entry.salt) >= 32 for entry in entries)


def test_time_key_and_salt_that_a_fixture_brings_make_the_same_digest_again():
    commitment = published()
    known = {"recorded_at": WHEN, "salt": "00", "key": "TT/2"}
    digests = []
    for _again in range(2):
        with transaction.atomic():
            entry = NewEntry("check", new("check", commitment, note="x").content, commitment, **known)
            digests.append(append_entries([entry])[0].digest)
            transaction.set_rollback(True)
    assert digests[0] == digests[1]


def test_one_bad_entry_of_three_and_nothing_is_recorded():
    commitment = published()
    entries = [new("report", commitment), new("report", commitment, evidence=[]), new("check", commitment)]
    before = (counts(), list(LedgerHead.objects.values()), standing(commitment).status)
    with pytest.raises(ValidationError):
        append_entries(entries)
    assert (counts(), list(LedgerHead.objects.values()), standing(commitment).status) == before


def test_a_draft_stays_a_draft_where_a_later_entry_is_refused():
    draft = CommitmentFactory()
    with pytest.raises(ValidationError):
        append_entries([new_publication(draft, BY), new("report", draft, status="")])
    assert Commitment.objects.get(pk=draft.pk).published_at is None


@pytest.mark.processes
def test_two_who_append_at_the_same_time_make_one_unbroken_chain(installation):
    code = (
        "from commitments.ledger.append import append_entries\n"
        "from commitments.ledger.new_entries import NewEntry\n"
        "from commitments.ledger.contents import update_content\n"
        "from commitments.models import Commitment\n"
        "one = Commitment.objects.get(reference='AV-02')\n"
        "for n in range(15):\n"
        "    said = {{'date': '2026-11-29', 'searched': 'Here.', 'note': '{who} {{}}'.format(n)}}\n"
        "    append_entries([NewEntry('check', update_content('check', said), one)])\n"
    )
    writers = [installation.start("shell", "--no-imports", "-c", code.format(who=who)) for who in ("one", "two")]
    assert [(writer.communicate(timeout=60)[1], writer.returncode) for writer in writers] == [("", 0)] * 2
    verified = installation.run("verify_ledger")
    assert verified.returncode == 0, verified.stderr
    assert "381 entries" in verified.stdout


# What is projected


def test_publishing_shows_on_the_day_of_the_release_and_dates_the_publication():
    draft = CommitmentFactory(deadline="2019")
    entry = append_entries([new_publication(draft, BY)])[0]
    now = standing(draft, date(2018, 8, 24))
    assert (now.status, now.deadline, now.last_entry_on) == ("no_report", parse_partial_date("2019"), None)
    assert Commitment.objects.get(pk=draft.pk).published_at == entry.recorded_at


def test_a_report_is_an_update_with_its_evidence_in_order():
    rows = [evidence(title="First"), evidence(title="Second", relation="related", source="independent", date="2019")]
    entry = record("report", published(unit="people"), date="2019-05", achieved="12.5", note="Begun.", evidence=rows)
    update = Update.objects.get(pk=entry.pk)
    assert (update.kind, update.date, update.effective_on) == (
        "report",
        parse_partial_date("2019-05"),
        date(2019, 5, 31),
    )
    assert (update.status, update.achieved, update.note) == ("in_progress", Decimal("12.5"), "Begun.")
    projected = update.evidence.values_list("position", "title", "relation", "source")
    assert list(projected) == [(1, "First", "direct", "party"), (2, "Second", "related", "independent")]


def test_a_report_moves_the_status_from_its_day_on_and_not_before():
    commitment = published()
    record("report", commitment, date="2019-05", status="completed")
    assert standing(commitment, date(2019, 5, 30)).status == "no_report"
    assert standing(commitment, date(2019, 5, 31)).status == "completed"


def test_a_report_of_an_earlier_date_recorded_later_does_not_move_the_current_status():
    commitment = published()
    record("report", commitment, date="2020", status="completed")
    record("report", commitment, date="2019", status="in_progress")
    assert standing(commitment).status == "completed"
    assert standing(commitment, date(2020, 1, 1)).status == "in_progress"


@pytest.mark.parametrize("kind", ["report", "context"])
def test_what_happened_is_news_of_its_day_and_was_looked_at_when_it_was_recorded(kind):
    commitment = published()
    record(kind, commitment, date="2020-05", recorded_at=WHEN)
    then, now = standing(commitment, date(2020, 5, 31)), standing(commitment)
    assert (then.last_news_on, then.last_checked_on) == (date(2020, 5, 31), None)
    assert (now.last_news_on, now.last_checked_on) == (date(2020, 5, 31), TODAY)


def test_to_look_and_find_nothing_is_no_news():
    commitment = published()
    record("check", commitment, date="2020-05-01")
    assert (standing(commitment).last_news_on, standing(commitment).last_checked_on) == (None, date(2020, 5, 1))


def test_context_with_evidence_is_background_and_without_it_is_none():
    with_evidence, without = published(), published()
    record("context", with_evidence, evidence=[evidence(relation="context")])
    record("context", without)
    assert [standing(one).evidence for one in (with_evidence, without)] == ["background", "none"]


def test_after_an_upgrade_the_states_of_before_tell_of_news_and_checks_and_background():
    checked, reported = published(), published()
    record("check", checked, recorded_at=WHEN)
    record("context", checked, note="It rained.", evidence=[evidence(relation="context")], recorded_at=WHEN)
    record("report", reported, recorded_at=WHEN)
    State.objects.filter(until_day="9999-12-31", commitment=reported).delete()  # there was one span less
    State.objects.update(last_news_on=None, last_checked_on=None, background_note="")
    State.objects.filter(commitment=reported, last_entry_on__isnull=False).update(until_day="9999-12-31")
    for model in (Commitment, Update, Organisation, Area):
        model.objects.update(search_text="")  # no version had the column without the others
    project_missing_columns()
    assert list(verify_ledger()) == []
    assert (standing(checked).last_checked_on, standing(reported).last_checked_on) == (TODAY, TODAY)
    assert standing(checked).background_note == "It rained."


def test_the_deadline_moves_by_a_report_with_the_reason_on_record():
    commitment = published(deadline="2019")
    entry = record("report", commitment, date="2019-05", deadline="2021", deadline_reason="Postponed.")
    now = standing(commitment)
    assert (now.deadline, now.original_deadline) == (parse_partial_date("2021"), parse_partial_date("2019"))
    assert Update.objects.get(pk=entry.pk).deadline_reason == "Postponed."
    assert Commitment.objects.get(pk=commitment.pk).deadline == parse_partial_date("2019")


def test_the_same_append_on_one_commitment_leaves_all_others_alone():
    other = published()
    before = list(State.objects.filter(commitment=other).values())
    record("report", published())
    assert list(State.objects.filter(commitment=other).values()) == before


# Corrections


def test_a_correction_says_what_stood_before_what_stands_now_and_why():
    commitment = published(title="Bild it")
    entry = correct(commitment, "Typing error.", title="Build it")
    change = {"field": "title", "before": "Bild it", "after": "Build it"}
    assert entry.data == {"changes": [change], "reason": "Typing error."}
    assert Commitment.objects.get(pk=commitment.pk).title == "Build it"


def test_a_correction_names_only_the_fields_that_change():
    commitment = published()
    entry = correct(commitment, title=commitment.title, note="A note.", paragraph=commitment.paragraph)
    assert [change["field"] for change in entry.data["changes"]] == ["note"]


def test_a_correction_of_owners_replaces_them():
    wrong, right = OrganisationFactory(), OrganisationFactory()
    commitment = published(owners=[wrong])
    correct(commitment, owners=[right])
    assert list(commitment.owners.all()) == [right]


def test_a_correction_is_no_news_of_progress_and_no_check():
    commitment = published()
    correct(commitment, note="A note.")
    now = standing(commitment)
    assert (now.last_entry_on, now.last_news_on, now.last_checked_on) == (None, None, None)


def test_a_correction_of_what_was_corrected_follows_on():
    commitment = published(title="One")
    correct(commitment, title="Two")
    entry = correct(commitment, title="Three")
    assert entry.data["changes"] == [{"field": "title", "before": "Two", "after": "Three"}]


# Retractions


def test_a_retracted_report_counts_nowhere_and_is_shown():
    commitment = published(unit="people", deadline="2019")
    fields = {"achieved": "12", "deadline": "2021", "deadline_reason": "Postponed.", "note": "Begun."}
    entry = record("report", commitment, **fields)
    retraction = retract(entry)
    now = standing(commitment)
    assert (now.status, now.evidence, now.achieved, now.note) == ("no_report", "none", None, "")
    assert (now.deadline, now.last_entry_on, now.evidence_urls) == (parse_partial_date("2019"), None, "")
    update = Update.objects.get(pk=entry.pk)
    assert (update.retracted_by, update.note, update.evidence.count()) == (retraction, "Begun.", 1)


@pytest.mark.parametrize(
    ("kind", "columns"),
    [("check", ("last_checked_on", "last_entry_on")), ("context", ("last_news_on", "last_entry_on"))],
)
def test_a_retracted_check_or_context_counts_nowhere(kind, columns):
    commitment = published()
    entry = record(kind, commitment, date="2020-05-01")
    assert [getattr(standing(commitment), column) for column in columns] == [date(2020, 5, 1)] * 2
    retract(entry)
    state = standing(commitment)
    assert (state.last_entry_on, state.last_news_on, state.last_checked_on) == (None, None, None)


def test_what_stood_before_a_retracted_report_stands_again_on_every_day():
    commitment = published()
    record("report", commitment, date="2019", status="in_progress")
    retract(record("report", commitment, date="2020", status="completed"))
    assert standing(commitment).status == standing(commitment, date(2021, 1, 1)).status == "in_progress"


def test_a_retracted_correction_gives_the_wording_back():
    commitment = published(title="One")
    retract(correct(commitment, title="Two"))
    assert Commitment.objects.get(pk=commitment.pk).title == "One"


def test_a_correction_after_the_retracted_one_stands():
    commitment = published(title="One")
    wrong = correct(commitment, title="Two")
    correct(commitment, title="Three")
    retract(wrong)
    assert Commitment.objects.get(pk=commitment.pk).title == "Three"


def test_a_retraction_leaves_the_entry_as_it_is():
    entry = record("report", published())
    before = LedgerEntry.objects.filter(pk=entry.pk).values().get()
    retract(entry)
    assert LedgerEntry.objects.filter(pk=entry.pk).values().get() == before


# Redactions


def test_a_redaction_empties_content_and_salt_and_nothing_else():
    entry = record("report", published())
    columns = [{"reference": "commitment_id"}.get(name, name) for name in UNCHANGED_COLUMNS]
    before = LedgerEntry.objects.filter(pk=entry.pk).values(*columns).get()
    redact(entry)
    after = LedgerEntry.objects.get(pk=entry.pk)
    assert (after.content, after.salt, after.data) == ("", "", None)
    assert LedgerEntry.objects.filter(pk=entry.pk).values(*columns).get() == before
    assert len(before) == len(LedgerEntry._meta.concrete_fields) - 2


def test_what_was_removed_is_nowhere_in_the_database():
    commitment = published()
    about = {"note": "About Ms Wong.", "evidence": [evidence(title="Ms Wong", url="https://example.org/wong")]}
    entries = [new("report", commitment, **about), new("context", commitment, **about)]
    entries.append(new("check", commitment, note="About Ms Wong.", searched="Ms Wong’s page."))
    recorded = append_entries(entries)
    assert "Wong" in everything_stored()
    append_entries([new_redaction(entry, None, "Personal data.", BY) for entry in recorded])
    assert "wong" not in everything_stored().lower()


def test_after_a_redaction_everything_still_verifies():
    commitment = published()
    redact(record("report", commitment))
    record("report", commitment)
    assert list(verify_ledger()) == []


def test_a_report_removed_whole_counts_nowhere_and_says_by_what_it_was_removed():
    commitment = published()
    entry = record("report", commitment, status="completed")
    redaction = redact(entry, reason="Court order.")
    assert standing(commitment).status == "no_report"
    update = Update.objects.get(pk=entry.pk)
    assert (update.redacted_by, update.note, update.status, update.date) == (redaction, "", "", None)
    assert redaction.data["reason"] == "Court order."


def test_a_report_of_which_something_remains_counts_as_it_remains():
    commitment = published()
    entry = record("report", commitment, status="completed", note="Said Ms Wong.")
    redaction = redact(entry, entry.data | {"note": "Said an official."})
    assert (standing(commitment).status, standing(commitment).note) == ("completed", "Said an official.")
    update = Update.objects.get(pk=entry.pk)
    assert (update.redacted_by, update.note, update.evidence.count()) == (redaction, "Said an official.", 1)


def test_a_publication_of_which_something_remains_is_projected_as_it_remains():
    commitment = published(note="Ask Ms Wong.", title="Build it")
    entry = commitment.entries.get()
    redact(entry, entry.data | {"note": ""})
    stored = Commitment.objects.get(pk=commitment.pk)
    assert (stored.note, stored.title) == ("", "Build it")
    assert "Wong" not in everything_stored()
    assert list(verify_ledger()) == []


def test_a_correction_of_which_something_remains_still_corrects():
    commitment = published(note="")
    entry = correct(commitment, note="Ask Ms Wong.", title="Build it")
    changes = [change | ({"after": "Ask."} if change["field"] == "note" else {}) for change in entry.data["changes"]]
    redact(entry, entry.data | {"changes": changes})
    stored = Commitment.objects.get(pk=commitment.pk)
    assert (stored.note, stored.title) == ("Ask.", "Build it")
    assert list(verify_ledger()) == []


def test_a_redaction_may_itself_be_redacted_and_what_then_remains_holds():
    commitment = published()
    entry = record("report", commitment, note="Said Ms Wong and Mr Ho.")
    first = redact(entry, entry.data | {"note": "Said Mr Ho."}, "Ms Wong asked for it.")
    remaining = {"reason": "Somebody asked for it.", "remaining": entry.data | {"note": "Said somebody."}}
    second = redact(first, remaining, "Names again.")
    assert LedgerEntry.objects.get(pk=first.pk).content == ""
    assert standing(commitment).note == Update.objects.get(pk=entry.pk).note == "Said somebody."
    assert "Wong" not in everything_stored()
    assert second.target == first
    assert list(verify_ledger()) == []


def test_a_redaction_of_a_redaction_may_leave_nothing_of_the_entry():
    commitment = published()
    entry = record("report", commitment, status="completed", note="Said Ms Wong.")
    first = redact(entry, entry.data | {"note": "Said an official."})
    redact(first, {"reason": "Personal data.", "remaining": None})
    assert standing(commitment).status == "no_report"
    assert list(verify_ledger()) == []


def test_a_retracted_entry_may_be_redacted_and_stays_retracted():
    commitment = published()
    entry = record("report", commitment, note="Said Ms Wong.")
    retraction = retract(entry)
    redaction = redact(entry)
    update = Update.objects.get(pk=entry.pk)
    assert (update.retracted_by, update.redacted_by, update.note) == (retraction, redaction, "")


def test_a_redacted_retraction_still_retracts():
    commitment = published()
    retraction = retract(record("report", commitment), "Ms Wong was wrong.")
    redact(retraction, {"reason": "It was wrong."})
    assert standing(commitment).status == "no_report"
    assert "Wong" not in everything_stored()
    assert list(verify_ledger()) == []
