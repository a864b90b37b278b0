"""What may be recorded: every refusal, with the field it stands beside, and what is allowed next to it."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from commitments.ledger.append import append_entries, new_correction, new_publication, new_redaction, new_retraction
from commitments.ledger.contents import publication_content
from commitments.ledger.new_entries import NewEntry
from commitments.ledger.verify import verify_ledger
from commitments.models import Commitment, LedgerEntry
from tests.factories import (
    AreaFactory,
    CommitmentFactory,
    OrganisationFactory,
    ReleaseFactory,
    evidence,
    new,
    published,
    record,
)
from tests.helpers.ledger_acts import ANYWHERE, BY, refused

pytestmark = pytest.mark.django_db
AT = datetime.fromisoformat("2026-11-29T08:00:00+00:00")
MIRROR = evidence(url="https://mirror.example.org/", source="state_media", copy="mirror")


def publication(**changed):
    """The publication of a draft that is right but for what is changed in what it says."""
    entry = new_publication(CommitmentFactory(), BY)
    entry.content |= changed
    return entry


def correction(commitment, *changes, reason="Typing error."):
    """A correction as the ledger takes it, without the help of `ledger.append.new_correction`."""
    content = {"changes": [{"field": f, "before": b, "after": a} for f, b, a in changes], "reason": reason}
    return NewEntry("correction", content, commitment)


def refused_values(commitment, values):
    """By field, beside which field a correction to this value is refused."""
    before = publication_content(commitment)
    return {name: refused(correction(commitment, (name, before[name], value))) for name, value in values.items()}


# Publication


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quote": " ".join(["word"] * 16)}, "quote"),
        ({"owners": [], "parties_as_stated": "  "}, "owners"),
        ({"owner_inferred": True, "owner_note": " "}, "owner_note"),
        ({"deadline": "2019"}, "deadline_basis"),
        ({"deadline_basis": "stated"}, "deadline_basis"),
        ({"target": "40", "unit": " "}, "unit"),
    ],
)
def test_a_publication_is_refused_beside_the_field(changed, field):
    assert refused(publication(**changed)) == {field}


@pytest.mark.postgresql
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
    assert append_entries([publication(**changed)])


@pytest.mark.postgresql
def test_a_partner_alone_is_somebody_who_is_named():
    draft = CommitmentFactory(owners=[], partners=[OrganisationFactory()])
    assert append_entries([new_publication(draft, BY)])


def test_a_draft_that_is_not_whole_is_refused_beside_each_field():
    draft = CommitmentFactory()
    wrong = {"title": "", "quote": "", "done_when": "", "kind": "wish", "reference": "cu 6"}
    for field, value in wrong.items():
        setattr(draft, field, value)
    assert refused(new_publication(draft, BY)) == set(wrong)


@pytest.mark.postgresql
def test_a_commitment_cannot_be_published_twice():
    assert refused(new_publication(published(), BY)) == {ANYWHERE}


@pytest.mark.postgresql
def test_a_commitment_cannot_be_published_twice_at_once():
    draft = CommitmentFactory()
    assert refused(new_publication(draft, BY), new_publication(draft, BY)) == {ANYWHERE}


@pytest.mark.postgresql
def test_a_part_of_a_draft_cannot_be_published():
    assert refused(new_publication(CommitmentFactory(part_of=CommitmentFactory()), BY)) == {"part_of"}


@pytest.mark.postgresql
def test_a_commitment_cannot_be_published_as_a_part_of_itself():
    draft = CommitmentFactory()
    entry = new_publication(draft, BY)
    entry.content["part_of"] = draft.reference
    assert refused(entry) == {"part_of"}


@pytest.mark.postgresql
def test_an_earlier_entry_may_make_a_later_one_right():
    whole = CommitmentFactory()
    part = CommitmentFactory(part_of=whole)
    entries = [new_publication(whole, BY), new_publication(part, BY), new("report", part)]
    assert [entry.kind for entry in append_entries(entries)] == ["published", "published", "report"]


# Reports, context and checks


# One case for each thing that may be wrong; each rule stands in one place for all kinds that it is about.
@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("report", {"date": ""}, "date"),
        ("report", {"date": "2026-11-30"}, "date"),
        ("context", {"date": "2026-12"}, "date"),
        ("check", {"date": "2026-11-30"}, "date"),
        ("check", {"date": "2026-11"}, "date"),
        ("check", {"searched": "  "}, "searched"),
        ("context", {"note": " \n"}, "note"),
        ("report", {"status": ""}, "status"),
        ("report", {"status": "no_report"}, "status"),
        ("report", {"status": "done"}, "status"),
        ("report", {"status": "stopped"}, "stop_reason"),
        ("report", {"stop_reason": "cancelled"}, "stop_reason"),
        ("report", {"status": "stopped", "stop_reason": "bored"}, "stop_reason"),
        ("report", {"status": "stopped", "stop_reason": "cancelled", "note": " "}, "note"),
        ("report", {"deadline": "2021", "deadline_reason": " "}, "deadline_reason"),
        ("report", {"deadline_reason": "Postponed."}, "deadline_reason"),
        ("report", {"achieved": "12"}, "achieved"),
        ("report", {"evidence": []}, "evidence"),
        ("report", {"evidence": [evidence(relation="context")]}, "evidence"),
        (
            "report",
            {"status": "stopped", "stop_reason": "cancelled", "evidence": [evidence(relation="related")]},
            "evidence",
        ),
        ("report", {"evidence": [MIRROR]}, "evidence"),
        ("report", {"evidence": [MIRROR, evidence(relation="related")]}, "evidence"),
        (
            "report",
            {"status": "stopped", "stop_reason": "cancelled", "evidence": [MIRROR | {"relation": "context"}]},
            "evidence",
        ),
        ("report", {"basis": "hearsay"}, "basis"),
    ],
)
def test_an_update_is_refused_beside_the_field(kind, fields, field):
    assert refused(new(kind, published(), recorded_at=AT, **fields)) == {field}


def test_values_that_cannot_be_read_are_refused_each_beside_its_field():
    wrong = {"date": "2018-13", "deadline": "soon", "achieved": "many"}
    entry = new("report", published(unit="employees"), **wrong, evidence=[evidence(date="soon")])
    assert refused(entry) == {*wrong, "evidence"}


def test_a_figure_is_nought_or_more():
    assert refused(new("report", published(unit="employees"), achieved="-1")) == {"achieved"}


def test_of_evidence_each_row_and_column_that_is_wrong_is_named():
    wrong = {"title": "", "publisher": "", "url": "javascript:alert(1)", "archived_url": "nowhere", "date": "soon"}
    wrong |= {"relation": "close", "source": "a friend"}
    with pytest.raises(ValidationError) as refusal:
        record("context", published(), evidence=[evidence(), *(evidence(**{name: wrong[name]}) for name in wrong)])
    places = [message.partition(":")[0] for message in refusal.value.message_dict["evidence"]]
    assert places == [f"Evidence {number}, {name}" for number, name in enumerate(wrong, 2)]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("report", {"date": "2026"}),
        ("report", {"date": "2026-11-29"}),
        ("report", {"achieved": "0"}),
        ("report", {"note": ""}),
        ("report", {"evidence": [evidence(relation="related"), evidence(source="independent")]}),
        ("report", {"status": "stopped", "stop_reason": "overtaken", "evidence": [evidence(relation="context")]}),
        ("report", {"evidence": [evidence(copy="reprint")]}),
        ("report", {"evidence": [MIRROR, evidence()]}),
        ("context", {"evidence": []}),
        ("context", {"evidence": [MIRROR]}),
        ("check", {"note": ""}),
    ],
)
def test_an_update_that_keeps_to_the_rules_is_recorded(kind, fields):
    assert record(kind, published(unit="employees"), recorded_at=AT, **fields).kind == kind


def test_whoever_has_a_mirror_alone_is_told_what_to_add():
    with pytest.raises(ValidationError) as refusal:
        record("report", published(), evidence=[MIRROR])
    [message] = refusal.value.message_dict["evidence"]
    assert message.startswith("A mirror alone moves no status: its host has no standing.")
    assert "Add the publisher’s own page or a reprint, or record it as context." in message


def test_a_mirror_adds_nothing_to_the_release_s_own_statement():
    commitment = published(kind="agreement")
    record("report", commitment, basis="release", status="completed", evidence=[evidence(), MIRROR])
    assert commitment.states.last().evidence == "party"


@pytest.mark.postgresql
def test_a_mirror_beside_a_reprint_raises_the_level_of_evidence_by_nothing():
    commitment = published()
    reprint = evidence(url="https://example.org/reprint", copy="reprint")
    record("report", commitment, evidence=[MIRROR | {"source": "independent"}, reprint])
    state = commitment.states.last()
    assert (state.status, state.evidence, state.evidence_urls) == ("in_progress", "party", reprint["url"])


@pytest.mark.postgresql
def test_whether_a_day_lies_in_the_future_is_asked_in_hong_kong():
    commitment = published()
    late_evening = datetime.fromisoformat("2026-11-29T16:30:00+00:00")  # half past midnight in Hong Kong
    assert record("check", commitment, date="2026-11-30", recorded_at=late_evening)


@pytest.mark.parametrize("kind", ["agreement", "done_at_release"])
def test_what_the_release_reports_as_done_is_completed_by_its_own_statement(kind):
    assert record("report", published(kind=kind), basis="release", status="completed", evidence=[])


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("action", "completed"),
        ("agreement", "in_progress"),
    ],
)
def test_nothing_else_is_completed_by_the_release(kind, status):
    assert refused(new("report", published(kind=kind), basis="release", status=status)) == {"basis"}


@pytest.mark.postgresql
def test_a_draft_gets_no_updates():
    assert refused(new("report", CommitmentFactory())) == {ANYWHERE}


@pytest.mark.postgresql
def test_the_same_update_twice_is_refused():
    commitment, kinds = published(), ("report", "context", "check")
    append_entries([new(kind, commitment, note="Once.") for kind in kinds])
    assert [refused(new(kind, commitment, note="Once.")) for kind in kinds] == [{ANYWHERE}] * 3


@pytest.mark.postgresql
def test_the_same_update_twice_at_once_is_refused():
    commitment = published()
    assert refused(new("report", commitment, note="Once."), new("report", commitment, note="Once.")) == {ANYWHERE}


@pytest.mark.postgresql
def test_the_same_words_of_another_commitment_are_another_update():
    record("report", published(), note="Once.")
    assert record("report", published(), note="Once.")


@pytest.mark.postgresql
def test_what_was_retracted_may_be_said_again():
    commitment = published()
    append_entries([new_retraction(record("report", commitment, note="Once."), "Too early.", BY)])
    assert record("report", commitment, note="Once.")


@pytest.mark.postgresql
def test_an_entry_without_its_commitment_is_refused():
    content = {"part_of": "", "reason": "x", "changes": []}
    kinds = ("report", "context", "check", "published", "correction", "retraction")
    assert [refused(NewEntry(kind, content)) for kind in kinds] == [{ANYWHERE}] * len(kinds)


@pytest.mark.postgresql
def test_a_key_is_used_once_and_entries_without_one_are_many():
    commitment = published()
    keyed = [new("check", commitment), new("check", commitment)]
    for entry in keyed:
        entry.key = "TT/2"
    assert refused(*keyed) == {ANYWHERE}
    assert len(append_entries([keyed[0], new("check", commitment), new("check", commitment)])) == 3
    assert refused(keyed[1]) == {ANYWHERE}


# Corrections


def test_a_correction_needs_a_reason():
    assert refused(new_correction(published(), {"title": "Another"}, " ", BY)) == {"reason"}


@pytest.mark.postgresql
def test_a_correction_that_changes_nothing_is_refused():
    commitment = published()
    with pytest.raises(ValidationError):
        new_correction(commitment, {"title": commitment.title}, "No reason.", BY)


@pytest.mark.postgresql
def test_deadline_and_reference_cannot_be_corrected():
    commitment = published(reference="TT-99", deadline="2019")
    changes = [
        ("deadline", "2019", "2021"),
        ("reference", "TT-99", "TT-98"),
        ("published_at", "", "2020"),
        ("id", 1, 2),
    ]
    assert [refused(correction(commitment, change)) for change in changes] == [{field} for field, _b, _a in changes]


@pytest.mark.postgresql
def test_a_draft_cannot_be_corrected():
    assert refused(new_correction(CommitmentFactory(), {"title": "Another"}, "Typing error.", BY)) == {ANYWHERE}


@pytest.mark.postgresql
def test_a_correction_of_what_has_changed_in_between_is_refused():
    stale, fresh = (
        new_correction(commitment, {"title": f"Title {commitment.pk} x"}, "x", BY) for commitment in [published()] * 2
    )
    append_entries([fresh])
    assert refused(stale) == {"title"}


@pytest.mark.postgresql
def test_the_second_of_two_corrections_at_once_must_know_of_the_first():
    commitment = published(title="One")
    entries = [correction(commitment, ("title", "One", "Two")), correction(commitment, ("title", "One", "Three"))]
    assert refused(*entries) == {"title"}


@pytest.mark.postgresql
def test_a_correction_must_leave_the_fields_in_agreement():
    commitment = published(reference="TT-99", deadline="2019", target=Decimal(40), unit="employees")
    values = {"quote": " ".join(["word"] * 16), "owners": [], "owner_inferred": True, "deadline_basis": "", "unit": ""}
    beside = {name: {name} for name in values} | {"owner_inferred": {"owner_note"}}
    assert refused_values(commitment, values) == beside


@pytest.mark.postgresql
def test_a_correction_cannot_make_it_a_part_of_itself_over_however_many_steps():
    whole = published()
    part = published(part_of=whole)
    least = published(part_of=part)
    assert [refused_values(whole, {"part_of": commitment.reference}) for commitment in (whole, part, least)] == [
        {"part_of": {"part_of"}}
    ] * 3


@pytest.mark.postgresql
def test_a_correction_to_what_could_not_have_been_published_is_refused():
    values = {"title": "x" * 201, "done_when": "", "kind": "wish", "level": "", "paragraph": 0, "target": "many"}
    values |= {"review_on": "soon", "area": "nowhere", "release": "nowhere", "owners": ["nobody"], "part_of": "ZZ-99"}
    commitment = published(target=Decimal(40), unit="employees")
    assert refused_values(commitment, values) == {name: {name} for name in values}
    assert refused_values(commitment, {"target": "-1"}) == {"target": {"target"}}


@pytest.mark.postgresql
def test_a_correction_cannot_make_it_a_part_of_a_draft():
    values = {"part_of": CommitmentFactory()}
    assert refused(new_correction(published(), values, "Typing error.", BY)) == {"part_of"}


@pytest.mark.postgresql
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
    append_entries([new_correction(commitment, values, "All of it.", BY)])
    stored = Commitment.objects.get(pk=commitment.pk)
    parties = {name: list(getattr(stored, name).all()) for name in ("owners", "partners")}
    assert {name: getattr(stored, name) for name in values} | parties == values


# Retractions


def test_a_retraction_needs_a_reason():
    assert refused(new_retraction(record("report", published()), "", BY)) == {"reason"}


@pytest.mark.postgresql
def test_a_retraction_cannot_be_retracted():
    retraction = append_entries([new_retraction(record("report", published()), "Wrong.", BY)])[0]
    assert refused(new_retraction(retraction, "Wrong.", BY)) == {ANYWHERE}


def retract_publication(commitment):
    return new_retraction(commitment.entries.get(kind="published"), "It was never promised.", BY)


@pytest.mark.postgresql
def test_a_publication_is_retracted_once_and_then_nothing_more_is_recorded():
    commitment = published()
    report = record("report", commitment)
    append_entries([retract_publication(commitment)])
    assert Commitment.objects.public().count() == 0
    later = [
        retract_publication(commitment),
        new("check", commitment),
        correction(commitment, ("title", commitment.title, "Other")),
        new_retraction(report, "Wrong.", BY),
        new_publication(commitment, BY),
    ]
    assert [refused(entry) for entry in later] == [{ANYWHERE}] * 5
    assert list(verify_ledger()) == []


@pytest.mark.postgresql
def test_a_publication_stays_while_a_part_or_a_repetition_hangs_on_it():
    whole = published()
    part = published(part_of=whole, release=whole.release)
    assert refused(retract_publication(whole)) == {ANYWHERE}
    append_entries([retract_publication(part)])
    again = CommitmentFactory(release=ReleaseFactory(issued_on="2021-08-30"))
    again.repetitions.create(repeated=whole, why="The same week.")
    append_entries([new_publication(again, BY)])
    assert refused(retract_publication(whole)) == {ANYWHERE}
    append_entries([retract_publication(again), retract_publication(whole)])
    assert Commitment.objects.public().count() == 0


@pytest.mark.postgresql
def test_what_is_published_and_retracted_at_once_leaves_nothing_hanging():
    whole = published()
    part = new_publication(CommitmentFactory(part_of=whole, release=whole.release), BY)
    assert refused(part, retract_publication(whole)) == {ANYWHERE}
    assert refused(retract_publication(whole), part) == {"part_of"}


@pytest.mark.postgresql
def test_words_of_a_retracted_part_can_be_removed_after_the_whole_is_retracted():
    whole = published()
    part = published(part_of=whole, release=whole.release, note="Ask Mr Ho.")
    append_entries([retract_publication(part), retract_publication(whole)])
    entry = part.entries.get(kind="published")
    append_entries([new_redaction(entry, entry.data | {"note": ""}, "Personal data.", BY)])
    assert list(verify_ledger()) == []


@pytest.mark.postgresql
def test_a_correction_that_was_retracted_long_ago_counts_for_nothing_when_another_is_retracted():
    whole, part = (published(release=factory) for factory in [ReleaseFactory()] for _ in range(2))
    [first] = append_entries([correction(part, ("part_of", "", whole.reference))])
    append_entries([new_retraction(first, "Wrong.", BY)])
    [second] = append_entries([correction(part, ("title", part.title, "Other words"))])
    append_entries([retract_publication(whole)])
    append_entries([new_retraction(second, "Wrong.", BY)])
    assert Commitment.objects.get(pk=part.pk).title == part.title


@pytest.mark.postgresql
def test_nothing_is_part_of_a_commitment_of_a_later_release():
    later = published(release=ReleaseFactory(issued_on="2021-08-30"))
    assert refused(publication(part_of=later.reference)) == {"part_of"}


@pytest.mark.postgresql
def test_a_commitment_moves_only_between_releases_that_are_out():
    ReleaseFactory(slug="to-come", issued_on="2999-01-01")
    commitment = published()
    assert refused(correction(commitment, ("release", commitment.release.slug, "to-come"))) == {"release"}


@pytest.mark.postgresql
def test_a_commitment_does_not_move_behind_what_repeats_it():
    earlier, later = published(), published(release=ReleaseFactory(issued_on="2021-08-30"))
    rows = [{"reference": earlier.reference, "why": "The same week."}]
    append_entries([correction(later, ("repeats", [], rows))])
    ReleaseFactory(slug="between", issued_on="2022-08-30")
    assert refused(correction(earlier, ("release", earlier.release.slug, "between"))) == {"release"}


@pytest.mark.postgresql
def test_why_a_commitment_repeats_another_can_be_removed_from_a_correction():
    earlier, later = published(), published(release=ReleaseFactory(issued_on="2021-08-30"))
    rows = [{"reference": earlier.reference, "why": "Said Mr Ho."}]
    [entry] = append_entries([correction(later, ("repeats", [], rows))])
    [change] = entry.data["changes"]
    remaining = entry.data | {"changes": [change | {"after": [rows[0] | {"why": "Said somebody."}]}]}
    append_entries([new_redaction(entry, remaining, "Personal data.", BY)])
    assert later.repetitions.get().why == "Said somebody."


# What it promises again


REPEATS = {
    "an earlier one": ("2021-08-30", "{earlier}", "The same week.", set()),
    "without why": ("2021-08-30", "{earlier}", " ", {"repeats"}),
    "one of the same day": ("2018-08-24", "{earlier}", "The same week.", {"repeats"}),
    "one that is not on record": ("2021-08-30", "ZZ-99", "The same week.", {"repeats"}),
}


@pytest.mark.postgresql
@pytest.mark.parametrize(("issued_on", "reference", "why", "fields"), REPEATS.values(), ids=REPEATS)
def test_what_a_commitment_may_say_that_it_repeats(issued_on, reference, why, fields):
    earlier = published()
    later = published(release=ReleaseFactory(issued_on=issued_on))
    rows = [{"reference": reference.format(earlier=earlier.reference), "why": why}]
    entry = correction(later, ("repeats", [], rows))
    if fields:
        assert refused(entry) == fields
    else:
        append_entries([entry])
        assert earlier.repeated_by.get().commitment == later


# A deadline that was mistyped


DEADLINES = {
    "what the words say": ("in the first half of 2019", "2019-H1", set()),
    "another one": ("in the first half of 2019", "2019-H2", {"deadline"}),
    "words without a date": ("after the meeting", "2019", {"deadline"}),
    "no words": ("", "2019", {"deadline"}),
    "relative to the release": ("in November this year", "2018-11", set()),
    "in Chinese": ("二零一九年上半年", "2019-H1", set()),
}


@pytest.mark.postgresql
@pytest.mark.parametrize(("words", "deadline", "fields"), DEADLINES.values(), ids=DEADLINES)
def test_a_deadline_is_corrected_only_towards_the_release_s_own_words(words, deadline, fields):
    commitment = published(deadline="2020", deadline_as_stated=words)
    entry = correction(commitment, ("deadline", "2020", deadline))
    if fields:
        assert refused(entry) == fields
    else:
        append_entries([entry])
        state = Commitment.objects.as_of(date(2026, 11, 29)).get(pk=commitment.pk).state
        assert (str(state.deadline), str(state.original_deadline)) == (deadline, deadline)


@pytest.mark.postgresql
def test_an_entry_of_another_commitment_cannot_be_retracted():
    entry = new_retraction(record("report", published()), "Wrong.", BY)
    entry.commitment = published()
    assert refused(entry) == {ANYWHERE}


@pytest.mark.postgresql
def test_a_retraction_says_which_entry():
    assert refused(NewEntry("retraction", {"reason": "Wrong."}, published())) == {ANYWHERE}


@pytest.mark.postgresql
def test_an_entry_cannot_be_retracted_twice():
    entry = record("report", published())
    append_entries([new_retraction(entry, "Wrong.", BY)])
    assert refused(new_retraction(entry, "Wrong again.", BY)) == {ANYWHERE}


@pytest.mark.postgresql
def test_an_entry_cannot_be_retracted_twice_at_once():
    entry = record("report", published())
    assert refused(*(new_retraction(entry, reason, BY) for reason in ("Wrong.", "Wrong again."))) == {ANYWHERE}


@pytest.mark.postgresql
def test_a_retraction_that_would_leave_the_fields_at_odds_is_refused():
    commitment = published()
    unit = append_entries([new_correction(commitment, {"unit": "people"}, "Left out.", BY)])[0]
    stored = Commitment.objects.get(pk=commitment.pk)
    append_entries([new_correction(stored, {"target": Decimal(40)}, "Left out.", BY)])
    assert refused(new_retraction(unit, "Wrong.", BY))


# Redactions


def test_a_redaction_needs_a_reason():
    assert refused(new_redaction(record("report", published()), None, " ", BY)) == {"reason"}


@pytest.mark.postgresql
def test_a_redaction_says_which_entry():
    content = {"reason": "Court order.", "remaining": None}
    assert refused(NewEntry("redaction", content)) == {ANYWHERE}


@pytest.mark.postgresql
def test_an_entry_cannot_be_redacted_twice():
    entry = record("report", published())
    append_entries([new_redaction(entry, None, "Court order.", BY)])
    assert refused(new_redaction(LedgerEntry.objects.get(pk=entry.pk), None, "Again.", BY)) == {ANYWHERE}


@pytest.mark.postgresql
def test_whoever_redacts_what_somebody_else_just_redacted_is_told():
    entry = record("report", published())
    seen_before = LedgerEntry.objects.get(pk=entry.pk)
    append_entries([new_redaction(entry, None, "Court order.", BY)])
    assert refused(new_redaction(seen_before, None, "Court order.", BY)) == {ANYWHERE}


@pytest.mark.postgresql
def test_an_entry_cannot_be_redacted_twice_at_once():
    entry = record("report", published())
    assert refused(*(new_redaction(entry, None, reason, BY) for reason in ("One.", "Two."))) == {ANYWHERE}


@pytest.mark.postgresql
def test_an_entry_that_holds_others_up_cannot_be_removed_whole():
    commitment = published()
    append_entries([new_correction(commitment, {"title": "Another"}, "Typing error.", BY)])
    append_entries([new_retraction(record("report", commitment), "Wrong.", BY)])
    append_entries([new_redaction(record("context", commitment), None, "Court order.", BY)])
    entries = [LedgerEntry.objects.get(kind=kind) for kind in ("published", "correction", "retraction", "redaction")]
    assert [refused(new_redaction(entry, None, "Court order.", BY)) for entry in entries] == [{ANYWHERE}] * 4


@pytest.mark.postgresql
def test_what_remains_has_the_same_fields():
    entry = record("context", published())
    assert refused(new_redaction(entry, {"note": "Shorter."}, "Court order.", BY)) == {ANYWHERE}


@pytest.mark.postgresql
def test_what_remains_of_a_publication_must_still_be_publishable():
    entry = published().entries.get()
    assert refused(new_redaction(entry, entry.data | {"owners": []}, "Court order.", BY)) == {"owners"}


@pytest.mark.postgresql
def test_what_remains_of_a_publication_must_still_say_what_it_is_about():
    entry = published().entries.get()
    remaining = entry.data | {"title": "", "quote": "", "done_when": ""}
    assert refused(new_redaction(entry, remaining, "Court order.", BY)) == {"title", "quote", "done_when"}


@pytest.mark.postgresql
def test_a_redaction_of_a_publication_removes_text_and_moves_nothing():
    entry = published(reference="TT-99", deadline="2019").entries.get()
    moved = {"deadline": "2029", "reference": "TT-98", "owners": [], "kind": "target"}
    assert refused(new_redaction(entry, entry.data | moved, "Court order.", BY)) == set(moved)


@pytest.mark.postgresql
def test_a_redaction_of_a_report_removes_text_and_moves_nothing():
    entry = record("report", published(deadline="2019"), deadline="2021", deadline_reason="Postponed.")
    moved = {"status": "completed", "deadline": "2029", "evidence": []}
    assert refused(new_redaction(entry, entry.data | moved, "Court order.", BY)) == set(moved)


@pytest.mark.postgresql
def test_a_redaction_of_evidence_leaves_what_the_status_rests_on():
    entry = record("report", published())
    [row] = entry.data["evidence"]
    for moved in ({"date": "2019"}, {"relation": "context"}, {"source": "independent"}, {"copy": "mirror"}):
        remaining = entry.data | {"evidence": [row | moved]}
        assert refused(new_redaction(entry, remaining, "Court order.", BY)) == {"evidence"}
    remaining = entry.data | {"evidence": [row | {"title": "[removed]", "url": "https://example.org/"}]}
    assert append_entries([new_redaction(entry, remaining, "Court order.", BY)])


@pytest.mark.postgresql
@pytest.mark.parametrize("field", ["status", "note"])
def test_a_redaction_of_a_redaction_moves_nothing_and_brings_nothing_back(field):
    entry = record("report", published(), note="Said Ms Wong.")
    left = None if field == "note" else entry.data | {"note": ""}
    [first] = append_entries([new_redaction(entry, left, "Court order.", BY)])
    remaining = first.data | {"remaining": entry.data | {"status": "completed"}}
    assert refused(new_redaction(first, remaining, "Again.", BY)) == {"note": {ANYWHERE}, "status": {"status"}}[field]


def test_what_a_redaction_left_of_a_correction_cannot_be_removed_whole_by_another():
    entry = append_entries([new_correction(published(), {"title": "Ask Ms Wong"}, "Typing error.", BY)])[0]
    remaining = entry.data | {"reason": ""}
    [first] = append_entries([new_redaction(entry, remaining, "Court order.", BY)])
    assert refused(new_redaction(first, first.data | {"remaining": None}, "Again.", BY)) == {ANYWHERE}


@pytest.mark.postgresql
def test_a_redaction_of_a_correction_cannot_correct_what_no_correction_may():
    commitment = published(deadline="2019")
    entry = append_entries([new_correction(commitment, {"title": "Another"}, "Typing error.", BY)])[0]
    remaining = entry.data | {"changes": [{"field": "deadline", "before": "2019", "after": "2029"}]}
    assert refused(new_redaction(entry, remaining, "Court order.", BY)) == {"changes"}


@pytest.mark.postgresql
def test_a_redaction_of_a_correction_removes_words_and_no_facts():
    entry = append_entries([new_correction(published(), {"title": "Another", "kind": "target"}, "Slip.", BY)])[0]
    changes = {change["field"]: change for change in entry.data["changes"]}
    for moved in ({"field": "kind", "before": "action", "after": "agreement"}, {**changes["kind"], "before": "target"}):
        remaining = entry.data | {"changes": [changes["title"], moved]}
        assert refused(new_redaction(entry, remaining, "Court order.", BY)) == {"changes"}
