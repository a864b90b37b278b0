"""What may be recorded: every refusal, with the field it stands beside, and what is allowed next to it."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from commitments import ledger
from commitments.models import Commitment, LedgerEntry
from tests.factories import AreaFactory, CommitmentFactory, OrganisationFactory, evidence, new, published, record
from tests.helpers.ledger_acts import ANYWHERE, BY, refused

pytestmark = pytest.mark.django_db


def publication(**changed):
    """The publication of a draft that is right but for what is changed in what it says."""
    entry = ledger.publish(CommitmentFactory(), BY)
    entry.content |= changed
    return entry


def correction(commitment, *changes, reason="Typing error."):
    """A correction as the ledger takes it, without the help of `ledger.correct`."""
    content = {"changes": [{"field": f, "before": b, "after": a} for f, b, a in changes], "reason": reason}
    return ledger.NewEntry("correction", content, commitment)


# Publication


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quote": " ".join(["word"] * 16)}, "quote"),
        ({"owners": []}, "owners"),
        ({"owners": [], "parties_as_stated": "  "}, "owners"),
        ({"owner_inferred": True}, "owner_note"),
        ({"owner_inferred": True, "owner_note": " "}, "owner_note"),
        ({"deadline": "2019"}, "deadline_basis"),
        ({"deadline_basis": "stated"}, "deadline_basis"),
        ({"target": "40"}, "unit"),
        ({"target": "40", "unit": " "}, "unit"),
    ],
)
def test_a_publication_is_refused_beside_the_field(changed, field):
    assert refused(publication(**changed)) == {field}


@pytest.mark.parametrize(
    "changed",
    [
        {"quote": " ".join(["word"] * 15)},
        {"owners": [], "parties_as_stated": "enterprises of the two places"},
        {"owner_inferred": True, "owner_note": "The release says “Hong Kong”."},
        {"deadline": "2019", "deadline_basis": "event"},
        {"target": "40", "unit": "employees"},
    ],
)
def test_a_publication_that_keeps_to_the_rules_is_recorded(changed):
    assert ledger.append([publication(**changed)])


def test_a_partner_alone_is_somebody_who_is_named():
    draft = CommitmentFactory(owners=[], partners=[OrganisationFactory()])
    assert ledger.append([ledger.publish(draft, BY)])


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("quote", ""), ("done_when", ""), ("kind", "wish"), ("reference", "cu 6")]
)
def test_a_draft_that_is_not_whole_is_refused_beside_the_field(field, value):
    draft = CommitmentFactory()
    setattr(draft, field, value)
    assert refused(ledger.publish(draft, BY)) == {field}


def test_a_commitment_cannot_be_published_twice():
    assert refused(ledger.publish(published(), BY)) == {ANYWHERE}


def test_a_commitment_cannot_be_published_twice_at_once():
    draft = CommitmentFactory()
    assert refused(ledger.publish(draft, BY), ledger.publish(draft, BY)) == {ANYWHERE}


def test_a_part_of_a_draft_cannot_be_published():
    assert refused(ledger.publish(CommitmentFactory(part_of=CommitmentFactory()), BY)) == {"part_of"}


def test_a_commitment_cannot_be_published_as_a_part_of_itself():
    draft = CommitmentFactory()
    entry = ledger.publish(draft, BY)
    entry.content["part_of"] = draft.reference
    assert refused(entry) == {"part_of"}


def test_an_earlier_entry_may_make_a_later_one_right():
    whole = CommitmentFactory()
    part = CommitmentFactory(part_of=whole)
    entries = [ledger.publish(whole, BY), ledger.publish(part, BY), new("report", part)]
    assert [entry.kind for entry in ledger.append(entries)] == ["published", "published", "report"]


# Reports, context and checks


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("report", {"date": ""}, "date"),
        ("context", {"date": ""}, "date"),
        ("check", {"date": ""}, "date"),
        ("report", {"date": "2026-11-23"}, "date"),
        ("report", {"date": "2027"}, "date"),
        ("context", {"date": "2026-12"}, "date"),
        ("check", {"date": "2026-11-23"}, "date"),
        ("check", {"date": "2026-11"}, "date"),
        ("check", {"date": "2025"}, "date"),
        ("check", {"searched": ""}, "searched"),
        ("check", {"searched": "  "}, "searched"),
        ("context", {"note": ""}, "note"),
        ("context", {"note": " \n"}, "note"),
        ("report", {"status": ""}, "status"),
        ("report", {"status": "no_report"}, "status"),
        ("report", {"status": "done"}, "status"),
        ("report", {"status": "stopped"}, "stop_reason"),
        ("report", {"stop_reason": "cancelled"}, "stop_reason"),
        ("report", {"status": "stopped", "stop_reason": "bored"}, "stop_reason"),
        ("report", {"status": "stopped", "stop_reason": "cancelled", "note": " "}, "note"),
        ("report", {"deadline": "2021"}, "deadline_reason"),
        ("report", {"deadline": "2021", "deadline_reason": " "}, "deadline_reason"),
        ("report", {"deadline_reason": "Postponed."}, "deadline_reason"),
        ("report", {"achieved": "12"}, "achieved"),
        ("report", {"evidence": []}, "evidence"),
        ("report", {"evidence": [evidence(relation="related")]}, "evidence"),
        ("report", {"evidence": [evidence(relation="context")]}, "evidence"),
        ("report", {"status": "stopped", "stop_reason": "cancelled", "evidence": []}, "evidence"),
        (
            "report",
            {"status": "stopped", "stop_reason": "cancelled", "evidence": [evidence(relation="related")]},
            "evidence",
        ),
        ("report", {"basis": "release", "status": "completed"}, "basis"),
        ("report", {"basis": "hearsay"}, "basis"),
        ("report", {"evidence": [evidence(url="not an address")]}, "evidence"),
        ("report", {"evidence": [evidence(url="javascript:alert(1)")]}, "evidence"),
        ("report", {"evidence": [evidence(), evidence(title="")]}, "evidence"),
        ("report", {"evidence": [evidence(), evidence(publisher="")]}, "evidence"),
        ("context", {"evidence": [evidence(relation="close")]}, "evidence"),
        ("context", {"evidence": [evidence(source="a friend")]}, "evidence"),
        ("context", {"evidence": [evidence(archived_url="nowhere")]}, "evidence"),
    ],
)
def test_an_update_is_refused_beside_the_field(kind, said, field):
    recorded_at = datetime.fromisoformat("2026-11-22T08:00:00+00:00")
    assert refused(new(kind, published(), recorded_at=recorded_at, **said)) == {field}


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("report", {"date": "2018-13"}, "date"),
        ("report", {"deadline": "soon", "deadline_reason": "Postponed."}, "deadline"),
        ("report", {"achieved": "many"}, "achieved"),
        ("report", {"achieved": "-1"}, "achieved"),
        ("report", {"achieved": "NaN"}, "achieved"),
        ("report", {"achieved": "9" * 20}, "achieved"),
        ("context", {"evidence": [evidence(date="soon")]}, "evidence"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_beside_its_field(kind, said, field):
    assert refused(new(kind, published(unit="employees"), **said)) == {field}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("report", {"date": "2026"}),
        ("report", {"date": "2026-11-22"}),
        ("report", {"date": "2018-H1"}),
        ("report", {"achieved": "0"}),
        ("report", {"achieved": "12.5"}),
        ("report", {"note": ""}),
        ("report", {"deadline": "2021", "deadline_reason": "Postponed."}),
        ("report", {"evidence": [evidence(relation="related"), evidence(source="independent")]}),
        ("report", {"status": "stopped", "stop_reason": "overtaken", "evidence": [evidence(relation="context")]}),
        ("context", {"evidence": [evidence()]}),
        ("context", {"evidence": []}),
        ("check", {"note": ""}),
    ],
)
def test_an_update_that_keeps_to_the_rules_is_recorded(kind, said):
    assert record(kind, published(unit="employees"), **said).kind == kind


def test_a_problem_of_evidence_says_in_which_row():
    with pytest.raises(ValidationError) as refusal:
        record("report", published(), evidence=[evidence(), evidence(url="x")])
    assert "Evidence 2, url:" in refusal.value.message_dict["evidence"][0]


def test_whether_a_day_lies_in_the_future_is_asked_in_hong_kong():
    commitment = published()
    late_evening = datetime.fromisoformat("2026-11-22T16:30:00+00:00")  # half past midnight in Hong Kong
    assert record("check", commitment, date="2026-11-23", recorded_at=late_evening)


@pytest.mark.parametrize("kind", ["agreement", "done_at_release"])
def test_what_the_release_reports_as_done_is_completed_by_its_own_statement(kind):
    assert record("report", published(kind=kind), basis="release", status="completed", evidence=[])


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("action", "completed"),
        ("continuing", "completed"),
        ("target", "completed"),
        ("agreement", "in_progress"),
        ("done_at_release", "not_started"),
    ],
)
def test_nothing_else_is_completed_by_the_release(kind, status):
    assert refused(new("report", published(kind=kind), basis="release", status=status)) == {"basis"}


@pytest.mark.parametrize("kind", ["report", "context", "check"])
def test_a_draft_gets_no_updates(kind):
    assert refused(new(kind, CommitmentFactory())) == {ANYWHERE}


@pytest.mark.parametrize("kind", ["report", "context", "check"])
def test_the_same_update_twice_is_refused(kind):
    commitment = published()
    record(kind, commitment, note="Once.")
    assert refused(new(kind, commitment, note="Once.")) == {ANYWHERE}


@pytest.mark.parametrize("kind", ["report", "context", "check"])
def test_the_same_update_twice_at_once_is_refused(kind):
    commitment = published()
    assert refused(new(kind, commitment, note="Once."), new(kind, commitment, note="Once.")) == {ANYWHERE}


def test_the_same_words_of_another_commitment_are_another_update():
    record("report", published(), note="Once.")
    assert record("report", published(), note="Once.")


def test_what_was_retracted_may_be_said_again():
    commitment = published()
    ledger.append([ledger.retract(record("report", commitment, note="Once."), "Too early.", BY)])
    assert record("report", commitment, note="Once.")


@pytest.mark.parametrize("kind", ["report", "context", "check", "published", "correction", "retraction"])
def test_an_entry_without_its_commitment_is_refused(kind):
    content = {"part_of": "", "reason": "x", "changes": []}
    assert refused(ledger.NewEntry(kind, content)) == {ANYWHERE}


# Corrections


def test_a_correction_needs_a_reason():
    assert refused(ledger.correct(published(), {"title": "Another"}, " ", BY)) == {"reason"}


def test_a_correction_that_changes_nothing_is_refused():
    commitment = published()
    with pytest.raises(ValidationError):
        ledger.correct(commitment, {"title": commitment.title}, "No reason.", BY)


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [("deadline", "2019", "2021"), ("reference", "TT-99", "TT-98"), ("published_at", "", "2020"), ("id", 1, 2)],
)
def test_deadline_and_reference_cannot_be_corrected(field, before, after):
    commitment = published(reference="TT-99", deadline="2019")
    assert refused(correction(commitment, (field, before, after))) == {field}


def test_a_draft_cannot_be_corrected():
    assert refused(ledger.correct(CommitmentFactory(), {"title": "Another"}, "Typing error.", BY)) == {ANYWHERE}


def test_a_correction_of_what_has_changed_in_between_is_refused():
    stale, fresh = (ledger.correct(one, {"title": f"Title {one.pk} x"}, "x", BY) for one in [published()] * 2)
    ledger.append([fresh])
    assert refused(stale) == {"title"}


def test_the_second_of_two_corrections_at_once_must_know_of_the_first():
    commitment = published(title="One")
    entries = [correction(commitment, ("title", "One", "Two")), correction(commitment, ("title", "One", "Three"))]
    assert refused(*entries) == {"title"}


@pytest.mark.parametrize(
    ("field", "after", "beside"),
    [
        ("quote", " ".join(["word"] * 16), "quote"),
        ("owners", [], "owners"),
        ("owner_inferred", True, "owner_note"),
        ("deadline_basis", "", "deadline_basis"),
        ("unit", "", "unit"),
        ("part_of", "TT-99", "part_of"),
    ],
)
def test_a_correction_must_leave_the_fields_in_agreement(field, after, beside):
    commitment = published(reference="TT-99", deadline="2019", target=Decimal(40), unit="employees")
    before = ledger.publication(commitment)[field]
    assert refused(correction(commitment, (field, before, after))) == {beside}


@pytest.mark.parametrize(
    ("field", "after"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("done_when", ""),
        ("kind", "wish"),
        ("level", ""),
        ("paragraph", 0),
        ("target", "-1"),
        ("target", "many"),
        ("review_on", "soon"),
        ("area", "nowhere"),
        ("release", "nowhere"),
        ("owners", ["nobody"]),
        ("part_of", "ZZ-99"),
    ],
)
def test_a_correction_to_what_could_not_have_been_published_is_refused(field, after):
    commitment = published(target=Decimal(40), unit="employees")
    before = ledger.publication(commitment)[field]
    assert refused(correction(commitment, (field, before, after))) == {field}


def test_a_correction_cannot_make_it_a_part_of_a_draft():
    values = {"part_of": CommitmentFactory()}
    assert refused(ledger.correct(published(), values, "Typing error.", BY)) == {"part_of"}


def test_every_other_public_field_can_be_corrected():
    commitment, body = published(), OrganisationFactory()
    values = {"title": "T", "quote": "q", "kind": "target", "force": "plan", "level": "aim", "paragraph": 7}
    values |= {"area": AreaFactory(), "part_of": published(), "owners": [body], "partners": [body], "note": "n"}
    values |= {
        "target": Decimal(12),
        "unit": "people",
        "target_approximate": True,
        "done_when": "d",
        "parties_as_stated": "p",
    }
    values |= {"owner_inferred": True, "owner_note": "o", "deadline_as_stated": "s"}
    ledger.append([ledger.correct(commitment, values, "All of it.", BY)])
    stored = Commitment.objects.get(pk=commitment.pk)
    parties = {name: list(getattr(stored, name).all()) for name in ("owners", "partners")}
    assert {name: getattr(stored, name) for name in values} | parties == values


# Retractions


def test_a_retraction_needs_a_reason():
    assert refused(ledger.retract(record("report", published()), "", BY)) == {"reason"}


def test_a_publication_or_a_retraction_cannot_be_retracted():
    commitment = published()
    retraction = ledger.append([ledger.retract(record("report", commitment), "Wrong.", BY)])[0]
    for entry in (commitment.entries.get(kind="published"), retraction):
        assert refused(ledger.retract(entry, "Wrong.", BY)) == {ANYWHERE}


def test_an_entry_of_another_commitment_cannot_be_retracted():
    entry = ledger.retract(record("report", published()), "Wrong.", BY)
    entry.commitment = published()
    assert refused(entry) == {ANYWHERE}


def test_a_retraction_says_which_entry():
    assert refused(ledger.NewEntry("retraction", {"reason": "Wrong."}, published())) == {ANYWHERE}


def test_an_entry_cannot_be_retracted_twice():
    entry = record("report", published())
    ledger.append([ledger.retract(entry, "Wrong.", BY)])
    assert refused(ledger.retract(entry, "Wrong again.", BY)) == {ANYWHERE}


def test_an_entry_cannot_be_retracted_twice_at_once():
    entry = record("report", published())
    assert refused(*(ledger.retract(entry, reason, BY) for reason in ("Wrong.", "Wrong again."))) == {ANYWHERE}


def test_a_retraction_that_would_leave_the_fields_at_odds_is_refused():
    commitment = published()
    unit = ledger.append([ledger.correct(commitment, {"unit": "people"}, "Left out.", BY)])[0]
    stored = Commitment.objects.get(pk=commitment.pk)
    ledger.append([ledger.correct(stored, {"target": Decimal(40)}, "Left out.", BY)])
    assert refused(ledger.retract(unit, "Wrong.", BY))


# Redactions


def test_a_redaction_needs_a_reason():
    assert refused(ledger.redact(record("report", published()), None, " ", BY)) == {"reason"}


def test_a_redaction_says_which_entry():
    content = {"reason": "Court order.", "remaining": None}
    assert refused(ledger.NewEntry("redaction", content)) == {ANYWHERE}


def test_an_entry_cannot_be_redacted_twice():
    entry = record("report", published())
    ledger.append([ledger.redact(entry, None, "Court order.", BY)])
    assert refused(ledger.redact(LedgerEntry.objects.get(pk=entry.pk), None, "Again.", BY)) == {ANYWHERE}


def test_whoever_redacts_what_somebody_else_just_redacted_is_told():
    entry = record("report", published())
    seen_before = LedgerEntry.objects.get(pk=entry.pk)
    ledger.append([ledger.redact(entry, None, "Court order.", BY)])
    assert refused(ledger.redact(seen_before, None, "Court order.", BY)) == {ANYWHERE}


def test_an_entry_cannot_be_redacted_twice_at_once():
    entry = record("report", published())
    assert refused(*(ledger.redact(entry, None, reason, BY) for reason in ("One.", "Two."))) == {ANYWHERE}


@pytest.mark.parametrize("kind", ["published", "correction", "retraction", "redaction"])
def test_an_entry_that_holds_others_up_cannot_be_removed_whole(kind):
    commitment = published()
    ledger.append([ledger.correct(commitment, {"title": "Another"}, "Typing error.", BY)])
    ledger.append([ledger.retract(record("report", commitment), "Wrong.", BY)])
    ledger.append([ledger.redact(record("context", commitment), None, "Court order.", BY)])
    assert refused(ledger.redact(LedgerEntry.objects.get(kind=kind), None, "Court order.", BY)) == {ANYWHERE}


def test_what_remains_has_the_same_fields():
    entry = record("context", published())
    assert refused(ledger.redact(entry, {"note": "Shorter."}, "Court order.", BY)) == {ANYWHERE}


def test_what_remains_of_a_publication_must_still_be_publishable():
    entry = published().entries.get()
    assert refused(ledger.redact(entry, entry.data | {"owners": []}, "Court order.", BY)) == {"owners"}


@pytest.mark.parametrize("field", ["title", "quote", "done_when"])
def test_what_remains_of_a_publication_must_still_say_what_it_is_about(field):
    entry = published().entries.get()
    assert refused(ledger.redact(entry, entry.data | {field: ""}, "Court order.", BY)) == {field}


@pytest.mark.parametrize(("field", "after"), [("deadline", "2029"), ("reference", "TT-98")])
def test_a_redaction_of_a_publication_removes_text_and_moves_nothing(field, after):
    entry = published(reference="TT-99", deadline="2019").entries.get()
    assert refused(ledger.redact(entry, entry.data | {field: after}, "Court order.", BY))


@pytest.mark.parametrize(("field", "after"), [("status", "completed"), ("deadline", "2029")])
def test_a_redaction_of_a_report_removes_text_and_moves_nothing(field, after):
    entry = record("report", published(deadline="2019"), deadline="2021", deadline_reason="Postponed.")
    assert refused(ledger.redact(entry, entry.data | {field: after}, "Court order.", BY))


def test_a_redaction_of_a_correction_cannot_correct_what_no_correction_may():
    commitment = published(deadline="2019")
    entry = ledger.append([ledger.correct(commitment, {"title": "Another"}, "Typing error.", BY)])[0]
    remaining = entry.data | {"changes": [{"field": "deadline", "before": "2019", "after": "2029"}]}
    assert refused(ledger.redact(entry, remaining, "Court order.", BY))
