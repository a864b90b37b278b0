"""What the database holds by itself: writes that pass by every form and rule are refused by its constraints."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, F, ProtectedError
from django.utils import timezone

from commitments.domain.partial_dates import parse_partial_date
from commitments.ledger.append import append_entries, new_publication
from commitments.ledger.new_entries import Actor
from commitments.models import (
    AccountChange,
    Agreement,
    Assignment,
    Commitment,
    DraftCommitment,
    DraftEdit,
    DraftEvidence,
    DraftUpdate,
    Edition,
    EntityChange,
    EntityProposal,
    EntryProposal,
    ErrorReport,
    Intake,
    LedgerEntry,
    LedgerHead,
    LinkCheck,
    LoadedItem,
    NewsSource,
    Occasion,
    Ownership,
    Partnership,
    RedactionRequest,
    Reminder,
    Repetition,
    Translation,
    Update,
)
from tests.factories import (
    AreaFactory,
    CommitmentFactory,
    OrganisationFactory,
    ReleaseFactory,
    evidence,
    published,
    record,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

BY = Actor()
# On SQLite the trigger that guards against REPLACE is asked before the constraint.
UNIQUE = "(?i)unique constraint|must follow the last one"


def refused(saying):
    return pytest.raises(IntegrityError, match=saying)


# One row of each table, which is right until one column is made wrong.


def a_draft():
    return CommitmentFactory(deadline="2019", target=40, unit="people", owner_inferred=True, owner_note="So it seems.")


def a_state_of_a_draft():
    return DraftCommitment.objects.create(commitment=CommitmentFactory())


def an_assignment():
    return Assignment.objects.create(commitment=CommitmentFactory(), lead_office=OrganisationFactory())


def a_draft_update():
    return DraftUpdate.objects.create(commitment=CommitmentFactory(), date="2019", deadline="2020", achieved=1)


def a_draft_evidence():
    return DraftEvidence.objects.create(draft=a_draft_update(), **evidence(date="2019"))


def an_update():
    fields = {"date": "2019", "deadline": "2020", "deadline_reason": "x", "evidence": [evidence(date="2019")]}
    return Update.objects.get(pk=record("report", published(unit="people"), achieved="1", **fields).pk)


def an_evidence():
    return an_update().evidence.get()


def a_state():
    fields = {"date": "2019", "deadline": "2020", "deadline_reason": "x", "status": "completed", "achieved": "1"}
    return record("report", published(unit="people"), **fields).commitment.states.last()


def an_agreement():
    return Agreement.objects.create(release=ReleaseFactory(), number=1, title="Arrangement", basis="named")


def an_occasion():
    return Occasion.objects.create(slug="fifth", day="2021-08-30", name="5th session")


def a_news_source():
    return NewsSource.objects.create(slug="gazette", name="Gazette", source="independent", why="Nobody owns it.")


def an_entity_change():
    published()
    return EntityChange.objects.first()


def an_entity_proposal():
    return EntityProposal.objects.create(kind="area", slug="culture", reason="Renamed.")


def a_repetition():
    return Repetition.objects.create(commitment=CommitmentFactory(), repeated=CommitmentFactory(), why="The same.")


def a_translation():
    fields = {"language": "zh-hant", "source": "Open the gate", "text": "開門", "role": "editor"}
    return Translation(commitment=CommitmentFactory(), recorded_at=timezone.now(), **fields)


def an_error_report():
    return ErrorReport.objects.create(token="x", what="Wrong.")


def a_link_check():
    return LinkCheck.objects.create(url="https://example.org/", checked_at=timezone.now(), outcome="gone")


def a_redaction_request():
    asker = User.objects.create_user("asker")
    return RedactionRequest.objects.create(entry=published().entries.get(), reason="R.", asked_by=asker)


def an_account_change():
    return AccountChange.objects.create(account=User.objects.create_user("holder"), part="roles")


def a_draft_edit():
    return DraftEdit.objects.create(user=User.objects.create_user("hand"), draft=a_draft_update())


def an_intake_span():
    by = User.objects.create_user("reader")
    intake = Intake.objects.create(release=ReleaseFactory(), text="It will be held.", started_by=by)
    return intake.spans.create(start=0, end=5, promises=True, why="modal", decided_by=by)


def an_entry_proposal():
    author = User.objects.create_user("author")
    return EntryProposal.objects.create(act="correction", commitment=published(), author=author)


# What each of a row's constraints must refuse: for each, columns that only it forbids.
NO_DATE = {"deadline": "", "deadline_first": None, "deadline_last": None}
NO_DAYS = {"deadline_first": None, "deadline_last": None}
IMPOSSIBLE = {
    OrganisationFactory: [
        ({"kind": "club"}, "organisation_kind_known"),
        ({"kind": ""}, "organisation_kind_known"),
        ({"side": "left"}, "organisation_side_known"),
        ({"published_at": "2026-11-29T08:00Z"}, "organisation_on_record"),
    ],
    AreaFactory: [({"public_from": "2026-11-29"}, "area_on_record")],
    ReleaseFactory: [({"published_at": "2026-11-29T08:00Z"}, "release_on_record")],
    an_occasion: [({"public_from": "2026-11-29"}, "occasion_on_record")],
    a_news_source: [
        ({"source": "a friend"}, "news_source_class_known"),
        ({"published_at": "2026-11-29T08:00Z"}, "news_source_on_record"),
    ],
    an_entity_change: [({"kind": "person"}, "entity_change_kind_known")],
    an_entity_proposal: [
        ({"kind": "person"}, "entity_proposal_kind_known"),
        ({"state": "lost"}, "entity_proposal_state_known"),
        ({"state": "recorded"}, "entity_proposal_recorded_as_an_entry"),
    ],
    an_agreement: [({"basis": "guessed"}, "agreement_basis_known")],
    a_draft: [
        ({"kind": "wish"}, "commitment_kind_known"),
        ({"force": "hope"}, "commitment_force_known"),
        ({"level": "secondary"}, "commitment_level_known"),
        ({"deadline_basis": "rumour"}, "commitment_deadline_basis_known"),
        ({"deadline_basis": ""}, "commitment_deadline_has_basis"),
        (NO_DATE, "commitment_deadline_has_basis"),
        ({"deadline_first": "2020-01-01"}, "commitment_deadline_interval"),
        ({"deadline_last": None}, "commitment_deadline_interval"),
        (NO_DAYS, "commitment_deadline_interval"),
        ({"deadline": "", "deadline_basis": ""}, "commitment_deadline_interval"),
        ({"target": 0}, "commitment_target_positive"),
        ({"target": -1}, "commitment_target_positive"),
        ({"unit": ""}, "commitment_target_has_unit"),
        ({"paragraph": 0}, "commitment_paragraph_from_one"),
        ({"owner_note": ""}, "commitment_inference_has_reason"),
        ({"retracted_at": "2026-11-29T08:00Z"}, "commitment_retracted_once_public"),
    ],
    a_draft_update: [
        ({"state": "lost"}, "draft_state_known"),
        ({"state": "published"}, "draft_published_as_an_entry"),
        ({"status": "done"}, "draft_status_known"),
        ({"stop_reason": "bored"}, "draft_stop_reason_known"),
        ({"basis": "hearsay"}, "draft_basis_known"),
        ({"kind": "published"}, "draft_kind_known"),
        ({"achieved": -1}, "draft_achieved_not_negative"),
        ({"date_first": "2020-01-01"}, "draft_date_interval"),
        ({"deadline_last": "2019-01-01"}, "draft_deadline_interval"),
    ],
    a_draft_evidence: [
        ({"relation": "close"}, "draft_evidence_relation_known"),
        ({"source": "a friend"}, "draft_evidence_source_known"),
        ({"copy": "a fake"}, "draft_evidence_copy_known"),
        ({"date_first": "2020-01-01"}, "draft_evidence_interval"),
    ],
    an_update: [
        ({"status": "done"}, "update_status_known"),
        ({"stop_reason": "bored"}, "update_stop_reason_known"),
        ({"basis": "hearsay"}, "update_basis_known"),
        ({"kind": "correction"}, "update_kind_known"),
        ({"achieved": -1}, "update_achieved_not_negative"),
        ({"date_last": "2018-01-01"}, "update_date_interval"),
        ({"deadline_last": "2019-01-01"}, "update_deadline_interval"),
    ],
    an_evidence: [
        ({"relation": "close"}, "evidence_relation_known"),
        ({"source": "a friend"}, "evidence_source_known"),
        ({"copy": "a fake"}, "evidence_copy_known"),
        ({"date_first": "2020-01-01"}, "evidence_interval"),
    ],
    a_state: [
        ({"status": "done"}, "state_status_known"),
        ({"stop_reason": "bored"}, "state_stop_reason_known"),
        ({"evidence": "hearsay"}, "state_evidence_known"),
        ({"achieved": -1}, "state_achieved_not_negative"),
        ({"from_day": "9999-12-31"}, "state_days_in_order"),
        ({"status_on_first": "2020-01-01"}, "state_status_on_interval"),
        ({"completed_on_first": "2020-01-01"}, "state_completed_on_interval"),
        ({"deadline_last": "2019-01-01"}, "state_deadline_interval"),
        ({"original_deadline_last": "2019-01-01"}, "state_original_deadline_interval"),
    ],
    an_error_report: [
        ({"state": "lost"}, "error_report_state_known"),
        ({"state": "upheld", "answer": "Yes."}, "error_report_closed_with_answer"),
        ({"state": "upheld", "closed_at": "2026-11-29T08:00Z"}, "error_report_closed_with_answer"),
        ({"closed_at": "2026-11-29T08:00Z"}, "error_report_closed_with_answer"),
    ],
    a_link_check: [({"outcome": "asleep"}, "link_check_outcome_known")],
    a_redaction_request: [
        ({"granted": True}, "redaction_decided_by_somebody"),
        ({"decided_at": "2026-11-29T08:00Z"}, "redaction_decided_by_somebody"),
        (
            {"decided_at": "2026-11-29T08:00Z", "decided_by": F("asked_by"), "granted": True},
            "redaction_takes_two",
        ),
    ],
    an_account_change: [
        ({"part": "shoe size"}, "account_change_part_known"),
        (
            {"mailed_at": "2026-11-29T08:00Z", "address_before": "old@example.org"},
            "account_change_address_goes_once_told",
        ),
    ],
    a_draft_edit: [({"draft": None}, "draft_edit_of_one_draft")],
    a_state_of_a_draft: [
        ({"state": "lost"}, "draft_commitment_state_known"),
        ({"state": "published"}, "draft_commitment_published_as_an_entry"),
    ],
    an_intake_span: [
        ({"decision": "perhaps"}, "intake_decision_known"),
        ({"decision": "accepted", "decided_by": None}, "intake_decided_by_somebody"),
        ({"start": 5}, "intake_span_has_words"),
    ],
    an_assignment: [({"lead_office": None}, "assignment_to_somebody")],
    an_entry_proposal: [
        ({"act": "gossip"}, "entry_proposal_act_known"),
        ({"state": "lost", "decided_at": "2026-11-29T08:00Z", "decided_by": F("author")}, "entry_proposal_state_known"),
        ({"state": "declined"}, "entry_proposal_decided_by_somebody"),
        (
            {"state": "recorded", "decided_at": "2026-11-29T08:00Z", "decided_by": F("author")},
            "entry_proposal_takes_two",
        ),
    ],
}
# Of rows that no statement changes, or that there is one of.
ON_THE_WAY_IN = {"translation_role_known", "translation_language_known", "head_is_one_row", "edition_is_one_row"}
OF_ENTRIES = {"entry_kind_known", "entry_role_known", "entry_is_about_something", "entry_target_where_needed"}
OF_ENTRIES |= {"entry_sequence_from_one"}  # a trigger refuses it before: test_triggers


@pytest.mark.parametrize("make", IMPOSSIBLE)
def test_a_row_that_says_something_impossible_is_refused(make):
    row = make()
    queryset = type(row).objects.filter(pk=row.pk)
    for columns, constraint in IMPOSSIBLE[make]:
        with refused(constraint), transaction.atomic():
            queryset.update(**columns)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [({"role": "contributor"}, "translation_role_known"), ({"language": "fr"}, "translation_language_known")],
)
def test_a_translation_that_says_something_impossible_is_refused(columns, constraint):
    row = a_translation()
    for name, value in columns.items():
        setattr(row, name, value)
    with refused(constraint), transaction.atomic():
        row.save()


def test_every_constraint_is_tried():
    tried = {constraint for cases in IMPOSSIBLE.values() for _columns, constraint in cases}
    there = {
        constraint.name
        for model in apps.get_app_config("commitments").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert there == tried | ON_THE_WAY_IN | OF_ENTRIES


def twice(make):
    """The same again: what is to be unique is given, the rest is new each time."""
    return lambda: [make() for _again in range(2)]


def once_more(make, **columns):
    """A copy of a row that is there, with a number of its own."""

    def copy():
        row = make()
        values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        type(row)(**values | {"id": None} | columns).save(force_insert=True)

    return copy


def a_section(**columns):
    return ReleaseFactory().sections.create(position=1, **columns)


def a_published_draft():
    draft = a_draft_update()
    draft.published_as, draft.state = record("check", published()), "published"
    draft.save()
    return draft


def a_reminder():
    return Reminder.objects.create(user=User.objects.create_user("clerk"), day="2026-11-29")


ONE_ONLY = {
    "reference": twice(lambda: CommitmentFactory(reference="TT-99")),
    "slug of an organisation": twice(lambda: OrganisationFactory(slug="hksarg")),
    "name of an organisation": twice(lambda: OrganisationFactory(name="Education Bureau")),
    "slug of an area": twice(lambda: AreaFactory(slug="culture")),
    "name of an area": twice(lambda: AreaFactory(name="Culture")),
    "slug of a release": twice(lambda: ReleaseFactory(slug="4th-plenary-2018")),
    "day of an occasion": twice(lambda: Occasion.objects.create(day="2020-01-01", name="A session")),
    "token of a reader's report": twice(an_error_report),
    "redaction that is asked for": once_more(a_redaction_request),
    "reminder of a day": once_more(a_reminder),
    "loaded item": twice(lambda: LoadedItem.objects.create(key="area:culture")),
    "owner": once_more(lambda: Ownership.objects.get(commitment=CommitmentFactory())),
    "partner": once_more(
        lambda: Partnership.objects.get(commitment=CommitmentFactory(partners=[OrganisationFactory()]))
    ),
    "place of a section": once_more(lambda: a_section(area=AreaFactory()), area_id=None),
    "section of an area": once_more(lambda: a_section(area=AreaFactory()), position=2),
    "section without an area": once_more(a_section, position=2),
    "number of an agreement": once_more(an_agreement),
    "place of evidence": once_more(an_evidence),
    "day of a state": once_more(a_state),
    "draft of an entry": once_more(a_published_draft),
    "repetition": once_more(a_repetition),
    "answer of a page": twice(a_link_check),
    "hand in the draft of an update": once_more(a_draft_edit),
    "hand in a draft commitment": once_more(
        lambda: DraftEdit.objects.create(user=User.objects.create_user("hand"), commitment=CommitmentFactory())
    ),
}


@pytest.mark.parametrize("again", ONE_ONLY.values(), ids=ONE_ONLY)
def test_there_is_one_only(again):
    with refused(UNIQUE), transaction.atomic():
        again()


# The ledger's own columns. The trigger lets a next entry in; the constraints look at what it says.


def entry(**columns):
    """An entry that follows the last one, as nobody but the ledger should write it."""
    last = LedgerEntry.objects.last()
    usual = {"sequence": last.sequence + 1, "kind": "check", "commitment_id": last.commitment_id, "role": "publisher"}
    usual |= {"recorded_at": last.recorded_at, "content": "{}", "content_digest": "c", "digest": "d"}
    return LedgerEntry.objects.create(**usual | columns)


def test_an_entry_of_the_right_shape_is_taken():
    published()
    assert entry().pk == LedgerEntry.objects.count()


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"kind": "gossip"}, "entry_kind_known"),
        ({"role": "editor"}, "entry_role_known"),
        ({"commitment_id": None}, "entry_is_about_something"),
        ({"kind": "redaction", "target_id": 1}, "entry_is_about_something"),
        ({"entity": "area/culture"}, "entry_is_about_something"),
        ({"kind": "entity", "commitment_id": None}, "entry_is_about_something"),
        ({"kind": "entity", "entity": "area/culture"}, "entry_is_about_something"),
        ({"target_id": 1}, "entry_target_where_needed"),
        ({"kind": "published", "target_id": 1}, "entry_target_where_needed|must follow the last one"),
        ({"kind": "retraction"}, "entry_target_where_needed"),
        ({"kind": "redaction", "commitment_id": None}, "entry_target_where_needed"),
        ({"kind": "published"}, UNIQUE),
        ({"key": "TT/1"}, UNIQUE),
        ({"digest": "first"}, UNIQUE),
    ],
)
def test_an_entry_of_no_shape_is_refused(columns, constraint):
    draft = CommitmentFactory()
    first = append_entries([new_publication(draft, BY, key="TT/1")])[0]
    columns = columns | ({"digest": first.digest} if columns.get("digest") else {})
    with refused(constraint), transaction.atomic():
        entry(**columns)


def test_an_entry_is_retracted_once_and_redacted_once():
    published()
    about = entry()
    entry(kind="retraction", target=about, digest="e")
    entry(kind="redaction", target=about, digest="f", commitment_id=None)
    with refused(UNIQUE), transaction.atomic():
        entry(kind="retraction", target=about, digest="g", commitment_id=about.commitment_id)


def test_there_is_one_head():
    with refused("head_is_one_row"), transaction.atomic():
        LedgerHead.objects.create(id=2, digest="f")
    with refused(UNIQUE), transaction.atomic():
        LedgerHead.objects.create(id=1, digest="f")


def test_there_is_one_edition():
    with refused("edition_is_one_row"), transaction.atomic():
        Edition.objects.create(id=2, token="f")
    with refused(UNIQUE), transaction.atomic():
        Edition.objects.create(id=1, token="f")


# What is in use stays


def test_what_a_commitment_names_cannot_be_deleted():
    commitment = CommitmentFactory(partners=[OrganisationFactory()], part_of=CommitmentFactory())
    in_use = [
        commitment.owners.first(),
        commitment.partners.first(),
        commitment.area,
        commitment.release,
        commitment.part_of,
    ]
    for row in in_use:
        with pytest.raises(ProtectedError):
            row.delete()
    assert all(type(row).objects.filter(pk=row.pk).exists() for row in in_use)


@pytest.mark.parametrize("table", ["organisation", "area", "release"])
def test_nor_can_it_be_deleted_by_sql(table):
    CommitmentFactory()
    with refused("(?i)foreign key"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM commitments_{table}")
        connection.check_constraints()


def test_what_nobody_names_can_be_deleted():
    for make in (OrganisationFactory, AreaFactory, ReleaseFactory):
        row = make()
        row.delete()
        assert not type(row).objects.exists()


# Partial dates in columns


def test_a_partial_date_fills_the_columns_of_its_days():
    row = Commitment.objects.filter(pk=CommitmentFactory(deadline="2018-H1").pk)
    columns = row.values_list("deadline", "deadline_first", "deadline_last").get()
    assert columns == (
        parse_partial_date("2018-H1"),
        parse_partial_date("2018-01-01").first,
        parse_partial_date("2018-06-30").last,
    )


def test_a_partial_date_that_is_set_again_moves_its_days():
    commitment = CommitmentFactory(deadline="2019")
    commitment.deadline = "2020-02"
    commitment.save()
    commitment.refresh_from_db()
    assert (commitment.deadline, str(commitment.deadline_first), str(commitment.deadline_last)) == (
        parse_partial_date("2020-02"),
        "2020-02-01",
        "2020-02-29",
    )


def test_a_partial_date_that_is_taken_away_takes_its_days_with_it():
    commitment = CommitmentFactory(deadline="2019")
    commitment.deadline, commitment.deadline_basis = "", ""
    commitment.save()
    commitment.refresh_from_db()
    assert (commitment.deadline, commitment.deadline_first, commitment.deadline_last) == (None, None, None)
