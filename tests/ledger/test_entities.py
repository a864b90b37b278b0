"""What organisations, areas, releases, occasions and news sources are called changes by an entry (R5a)."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from commitments.ledger.append import (
    append_entries,
    entry_metadata,
    new_correction,
    new_entity_entry,
    new_publication,
    new_redaction,
)
from commitments.ledger.entity_contents import AGREEMENT_TEXTS, SECTION_TEXTS, entity_fields, make_entity_content
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.ledger.verify import verify_ledger
from commitments.models import (
    Agreement,
    Area,
    Commitment,
    EntityChange,
    LedgerEntry,
    NewsSource,
    Occasion,
    Organisation,
    Release,
)
from tests.factories import AreaFactory, CommitmentFactory, OrganisationFactory, ReleaseFactory, published
from tests.helpers.ledger_acts import ANYWHERE, refused

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
BY = Actor()


def change(row, reason="It was renamed.", **fields):
    """The entry that changes some public fields of what is on record, not appended yet."""
    content = make_entity_content(entity_fields(row) | fields, reason)
    return NewEntry("entity", content, by=BY, entity=row.entity)


def rename(row, name, **fields):
    return append_entries([change(row, **{row.title_field: name} | fields)])[0]


def about():
    """What each entry of the ledger is about, in order."""
    return [entry.entity or entry.commitment_id for entry in LedgerEntry.objects.all()]


# What is named becomes public


def test_a_publication_puts_on_record_what_it_names_first():
    release, area = ReleaseFactory(slug="first"), AreaFactory(slug="culture")
    owner, partner = OrganisationFactory(slug="owner"), OrganisationFactory(slug="partner")
    party, heading = OrganisationFactory(slug="party"), AreaFactory(slug="health")
    release.sections.create(position=1, area=heading)
    release.agreements.create(number=1, title="Accord", basis="named").parties.add(party)
    published(reference="TT-01", release=release, area=area, owners=[owner], partners=[partner])
    named = ["area/culture", "organisation/owner", "organisation/partner", "area/health", "organisation/party"]
    assert about() == [*named, "release/first", "TT-01"]
    assert [entry.data.get("release", "") for entry in LedgerEntry.objects.all()[:6]] == ["first"] * 5 + [""]


def test_what_is_on_record_is_not_recorded_again():
    first = published(reference="TT-01")
    before = LedgerEntry.objects.count()
    published(reference="TT-02", release=first.release, area=first.area, owners=first.owners.all())
    assert LedgerEntry.objects.count() == before + 1


def test_a_correction_puts_on_record_whom_it_names():
    commitment, newcomer = published(), OrganisationFactory(slug="newcomer")
    append_entries([new_correction(commitment, {"partners": [newcomer]}, "They take part.", BY)])
    assert about()[-2:] == ["organisation/newcomer", commitment.reference]


def test_what_a_release_to_come_named_is_public_once_one_that_is_out_names_it():
    body = OrganisationFactory(slug="body")
    published(release=ReleaseFactory(slug="to-come", issued_on="2999-01-01"), owners=[body])
    assert not Organisation.objects.public(date(2026, 11, 30)).exists()
    published(release=ReleaseFactory(slug="out"), owners=[body])
    assert Organisation.objects.public(date(2026, 11, 30)).get() == body
    assert list(verify_ledger()) == []


def test_an_agreement_s_commitment_comes_on_record_with_its_publication():
    release = ReleaseFactory(slug="first")
    draft = CommitmentFactory(reference="TT-02", release=release)
    agreement = release.agreements.create(number=1, title="Accord", basis="named")
    agreement.commitments.add(draft)
    published(reference="TT-01", release=release)
    [entry] = LedgerEntry.objects.filter(entity="release/first")
    assert entry.data["fields"]["agreements"][0]["commitments"] == []
    assert list(agreement.commitments.all()) == [draft]  # what staff noted stays
    append_entries([new_publication(Commitment.objects.get(pk=draft.pk), BY)])
    latest = LedgerEntry.objects.filter(entity="release/first").last()
    assert latest.data["fields"]["agreements"][0]["commitments"] == ["TT-02"]
    assert list(verify_ledger()) == []


# Changes


def test_a_change_says_what_stood_before_and_since_when():
    commitment = published()
    owner = commitment.owners.get()
    before = owner.name
    entry = rename(owner, "Office of the Harbour", side="shanghai")
    owner.refresh_from_db()
    assert (owner.name, owner.side) == ("Office of the Harbour", "shanghai")
    change = EntityChange.objects.get(entry=entry)
    assert [(item["field"], item["before"]) for item in change.changes] == [("name", before), ("side", "hong_kong")]
    [former] = owner.former
    assert (former["name"], former["side"]) == (before, "hong_kong")
    assert list(verify_ledger()) == []


def test_the_metadata_of_an_entity_entry_has_nine_parts_and_of_any_other_eight():
    published()
    sizes = {entry.kind: len(entry_metadata(entry)) for entry in LedgerEntry.objects.all()}
    assert sizes == {"entity": 9, "published": 8}


REFUSED = {
    "without a reason": (lambda row: change(row, reason=" ", name="Other"), {"reason"}),
    "nothing new": (change, {ANYWHERE}),
    "a name that another has": (lambda row: change(row, name="Taken"), {"name"}),
    "no name": (lambda row: change(row, name=""), {"name"}),
    "no side that there is": (lambda row: change(row, side="east"), {"side"}),
    "a field that there is not": (lambda row: change(row, secret="x"), {ANYWHERE}),
    "nobody": (lambda row: NewEntry("entity", change(row).content, entity="organisation/nobody"), {ANYWHERE}),
}


@pytest.mark.parametrize(("entry", "fields"), REFUSED.values(), ids=REFUSED)
def test_a_change_that_cannot_stand_is_refused(entry, fields):
    OrganisationFactory(name="Taken")
    assert refused(entry(published().owners.get())) == fields


def test_the_day_of_a_release_stands_once_something_was_published_from_it():
    release = published().release
    assert refused(change(release, issued_on="2018-08-25")) == {"issued_on"}
    unread = ReleaseFactory(slug="unread")
    append_entries([new_entity_entry(unread, BY)])
    append_entries([change(unread, issued_on="2018-08-25")])
    assert Release.objects.get(slug="unread").issued_on == date(2018, 8, 25)


def test_a_release_s_lists_are_written_anew():
    release = published().release
    area, party = AreaFactory(slug="health"), OrganisationFactory(slug="party")
    section = {"position": 1, "area": "health", "heading": "Health", "note": ""}
    section |= {f"{name}_{language}": "" for name in ("heading", "note") for language in ("zh_hant", "zh_hans")}
    agreement = {"number": 1, "basis": "named", "parties": ["party"], "commitments": []}
    agreement |= {"title": "Accord", "title_zh_hant": "", "title_zh_hans": ""}
    append_entries([change(release, sections=[section], agreements=[agreement])])
    assert release.sections.get().area == area
    assert Agreement.objects.get().parties.get() == party
    assert list(verify_ledger()) == []


@pytest.mark.parametrize(
    "row",
    [
        lambda: Occasion.objects.create(slug="fifth", day="2021-08-30", name="5th session"),
        lambda: NewsSource.objects.create(slug="gazette", name="Gazette", source="independent", why="Nobody owns it."),
        lambda: AreaFactory(slug="health"),
    ],
    ids=["occasion", "news source", "area"],
)
def test_each_kind_is_put_on_record_by_itself_and_renamed(row):
    stored = row()
    append_entries([new_entity_entry(stored, BY)])
    stored.refresh_from_db()
    assert stored.published_at
    rename(stored, "Another name")
    stored.refresh_from_db()
    assert (stored.name, stored.former[0]["name"] != "Another name") == ("Another name", True)
    assert list(verify_ledger()) == []


# Several at once


@pytest.mark.parametrize("kind", ["organisation", "occasion"])
def test_two_that_would_be_called_the_same_are_refused_together(kind):
    if kind == "organisation":
        rows, same = [OrganisationFactory(), OrganisationFactory()], {"name": "Same name"}
    else:
        days = ("2020-01-01", "2021-01-01")
        rows = [Occasion.objects.create(slug=f"on-{day}", day=day, name=day) for day in days]
        same = {"day": "2022-01-01"}
    append_entries([new_entity_entry(row, BY) for row in rows])
    stored = [type(row).objects.get(pk=row.pk) for row in rows]
    assert refused(*(change(row, **same) for row in stored)) == set(same)
    assert list(verify_ledger()) == []


def test_a_release_has_one_section_for_an_area():
    AreaFactory(slug="health")
    release = published().release
    texts = dict.fromkeys(SECTION_TEXTS, "")
    sections = [{"position": number, "area": "health", **texts} for number in (1, 2)]
    assert refused(change(release, sections=sections)) == {"sections"}


def test_an_agreement_of_another_release_comes_to_name_a_commitment_by_an_entry():
    noting = published().release
    draft = CommitmentFactory()
    agreement = {"number": 1, "basis": "named", "parties": [], "commitments": []}
    append_entries([change(noting, agreements=[agreement | dict.fromkeys(AGREEMENT_TEXTS, "") | {"title": "Accord"}])])
    Agreement.objects.get().commitments.add(draft)
    append_entries([new_publication(draft, BY)])
    latest = LedgerEntry.objects.filter(entity=noting.entity).last()
    assert latest.data["fields"]["agreements"][0]["commitments"] == [draft.reference]
    assert list(verify_ledger()) == []


def test_a_draft_stays_with_its_agreement_when_that_has_another_number():
    release = published().release
    draft = CommitmentFactory()
    agreement = {"number": 1, "basis": "named", "parties": [], "commitments": []}
    agreement |= dict.fromkeys(AGREEMENT_TEXTS, "") | {"title": "Accord"}
    append_entries([change(release, agreements=[agreement])])
    Agreement.objects.get().commitments.add(draft)
    append_entries([change(Release.objects.get(pk=release.pk), agreements=[agreement | {"number": 77}])])
    assert list(Agreement.objects.get(number=77).commitments.all()) == [draft]


# A release to come


@pytest.fixture
def to_come():
    """A commitment of a release of 2999, with an owner that nothing else names."""
    return published(release=ReleaseFactory(slug="to-come", issued_on="2999-01-01"))


def test_what_came_with_a_release_to_come_stays_hidden_when_it_is_renamed(to_come):
    owner = to_come.owners.get()
    assert refused(change(owner, name="Another name")) == {ANYWHERE}
    owner.name = "Another name"
    append_entries([new_entity_entry(owner, BY, "Renamed.")])
    owner.refresh_from_db()
    assert (owner.name, owner.public_from) == ("Another name", date(2999, 1, 1))


def test_a_release_that_is_out_is_not_moved_to_a_day_to_come():
    unread = ReleaseFactory(slug="unread")
    append_entries([new_entity_entry(unread, BY)])
    assert refused(change(Release.objects.get(slug="unread"), issued_on="2999-01-01")) == {"issued_on"}


def test_what_came_with_a_release_is_public_from_its_new_day():
    unread = ReleaseFactory(slug="unread")
    unread.agreements.create(number=1, title="Accord", basis="named").parties.add(OrganisationFactory(slug="party"))
    append_entries([new_entity_entry(unread, BY)])
    append_entries([change(Release.objects.get(slug="unread"), issued_on="2018-08-20")])
    assert Organisation.objects.get(slug="party").public_from == date(2018, 8, 20)
    assert list(verify_ledger()) == []


# Redaction


def test_a_redaction_takes_a_name_out_of_every_place_that_said_it():
    owner = published().owners.get()
    entry = rename(owner, "Office of Mr Ho")
    rename(Organisation.objects.get(pk=owner.pk), "Harbour Office")
    fields = entry.data["fields"]
    remaining = {"fields": fields | {"name": "Office"}, "reason": "Renamed."}
    append_entries([new_redaction(LedgerEntry.objects.get(pk=entry.pk), remaining, "A person's name.", BY)])
    said = [str(row) for row in (*EntityChange.objects.values(), *Organisation.objects.values())]
    assert [row for row in said if "Mr Ho" in row] == []
    assert list(verify_ledger()) == []


def test_a_redaction_of_a_name_touches_words_only():
    entry = rename(published().owners.get(), "Office of Mr Ho")
    stored = LedgerEntry.objects.get(pk=entry.pk)
    moved = {"fields": entry.data["fields"] | {"side": "other"}, "reason": "Renamed."}
    assert refused(new_redaction(stored, moved, "A person's name.", BY)) == {"fields"}


def test_a_name_that_belongs_to_another_by_now_can_be_removed_from_an_old_entry():
    first, second = (published().owners.get() for _ in range(2))
    old = LedgerEntry.objects.get(entity=first.entity)
    taken = first.name
    rename(first, "Another name")
    rename(Organisation.objects.get(pk=second.pk), taken)
    remaining = old.data | {"fields": old.data["fields"] | {"note": "Nothing."}}
    append_entries([new_redaction(old, remaining, "A person's name.", BY)])
    assert list(verify_ledger()) == []


def test_a_removal_of_a_removal_leaves_what_could_be_on_record():
    entry = rename(published().owners.get(), "Office of Mr Ho")
    left = {"fields": entry.data["fields"] | {"name": "Office"}, "reason": "Renamed."}
    [first] = append_entries([new_redaction(LedgerEntry.objects.get(pk=entry.pk), left, "A person's name.", BY)])
    nameless = first.data | {"remaining": left | {"fields": left["fields"] | {"name": ""}}}
    assert refused(new_redaction(LedgerEntry.objects.get(pk=first.pk), nameless, "Again.", BY)) == {"name"}


# Times


def test_times_of_recording_never_run_backwards():
    published()
    early = datetime(2020, 1, 1, tzinfo=UTC)
    last = LedgerEntry.objects.last().recorded_at
    [entry] = append_entries([new_publication(CommitmentFactory(), BY, recorded_at=early)])
    assert entry.recorded_at == last


def test_a_time_that_lies_ahead_is_refused():
    ahead = datetime(2999, 1, 1, tzinfo=UTC)
    with pytest.raises(ValidationError, match="lies ahead of this machine’s clock"):
        append_entries([new_publication(CommitmentFactory(), BY, recorded_at=ahead)])


def test_areas_and_organisations_that_only_drafts_name_are_no_ones_business():
    CommitmentFactory()
    published()
    assert (Area.objects.on_record().count(), Organisation.objects.on_record().count()) == (1, 1)
