"""What a query string means: one small world of nine commitments, and what each question finds of it."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from django.utils import translation

from commitments.i18n.languages import CHINESE
from commitments.ledger.append import append_entries, new_publication
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import Area, Commitment, Organisation
from commitments.query.filters import CommitmentFilter, list_params
from commitments.query.forms import ListForm
from tests import factories
from tests.helpers.days import NOW

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("the_day_is_fixed")]
TODAY = date(2026, 11, 29)
ALL = [f"AA-0{n}" for n in range(1, 10)]


def references_of(query, today=TODAY):
    filterset = CommitmentFilter(QueryDict(query), today)
    assert filterset.is_valid(), filterset.errors
    return [commitment.reference for commitment in filterset.qs]


class Entries(list):
    """What is to be recorded, all at once."""

    def published(self, **fields):
        draft = factories.CommitmentFactory(**fields)
        self.append(new_publication(draft, Actor(), recorded_at=factories.WHEN))
        return draft

    def record(self, kind, commitment, **fields):
        self.append(factories.new(kind, commitment, **fields))


def place():
    release = factories.ReleaseFactory(slug="first", issued_on="2018-08-24")
    return {"release": release, "area": factories.AreaFactory(slug="red", name="Red")}


@pytest.fixture(scope="module")
def small_world(module_db):
    """Nine public commitments, each unlike the others, and a draft that no question may find."""
    with time_machine.travel(NOW, tick=False):
        make_the_world()


@pytest.fixture
def nine_commitments(small_world, db):
    """What a test changes there is rolled back after it."""


def make_the_world():
    at = place()
    blue = at | {"area": factories.AreaFactory(slug="blue", name="Blue")}
    later = {"release": factories.ReleaseFactory(slug="second", issued_on="2024-04-26"), "area": at["area"]}
    north = factories.OrganisationFactory(slug="north", name="Northern Office", short_name="NOF", side="hong_kong")
    south = factories.OrganisationFactory(slug="south", name="Southern Bureau 上海市", side="shanghai")
    joint = factories.OrganisationFactory(slug="joint", name="Joint Council", side="both")
    nation = factories.OrganisationFactory(slug="nation", name="National Board", side="national")
    by_north, by_south = {"owners": [north]}, {"owners": [south]}

    new = Entries()
    met_late = new.published(
        reference="AA-01", title="Hold 上海周 in the harbour", deadline="2018", partners=[south], **by_north, **at
    )
    new.record("report", met_late, date="2019-11-01", status="in_progress", note="Opened its doors.")
    independent = factories.evidence(source="independent")
    new.record("report", met_late, date="2019-11-02", status="completed", evidence=[independent])

    met = new.published(
        reference="AA-02", title="Agree on music", kind="agreement", force="statement", deadline="2018-08-24",
        partners=[joint], **by_south, **blue,
    )  # fmt: skip
    new.record("report", met, date="2018-08-24", status="completed", basis="release", note="Signed.")

    new.published(
        reference="AA-03", title="Aim for more", kind="continuing", level="aim", part_of=met_late, owners=[joint],
        note="Kept up by everyone.", **at,
    )  # fmt: skip

    due_soon = new.published(
        reference="AA-04", title="Train staff", kind="target", deadline="2027-01", target=Decimal(40), unit="people",
        owners=[north, nation], **blue,
    )  # fmt: skip
    new.record("report", due_soon, date="2026-11-01", status="in_progress", note="Half of 100% done.")

    overdue = new.published(reference="AA-05", title="Build a bridge", deadline="2018-H2", **by_south, **at)
    slip = {"deadline": "2020-Q2", "deadline_reason": "More time is needed."}
    new.record("report", overdue, date="2019-05-05", status="in_progress", **slip)

    unreported = new.published(
        reference="AA-06", title="Zebra crossing", level="umbrella", deadline="2021-06-30",
        quote="shall be Painted without delay", **by_south, **at,
    )  # fmt: skip
    new.record(
        "context", unreported, date="2026-03-31", note="A context that moves nothing.",
        evidence=[factories.evidence(relation="related")],
    )  # fmt: skip

    stopped = new.published(
        reference="AA-07", title="Lay a cable", kind="done_at_release", parties_as_stated="enterprises of two places",
        deadline="2019", owners=[], partners=[north], **blue,
    )  # fmt: skip
    called_off = {"stop_reason": "cancelled", "evidence": [factories.evidence(relation="context")]}
    new.record("report", stopped, date="2018-12-01", status="stopped", note="Called off.", **called_off)

    upcoming = new.published(
        reference="AA-08", title="Open a school", deadline="2030-H1", repeats=[overdue], **by_north, **later
    )
    state_media = factories.evidence(source="state_media")
    new.record("report", upcoming, date="2026-10", status="not_started", note="Not begun.", evidence=[state_media])

    unheard = new.published(reference="AA-09", title="Meet again", owners=[nation], **later)
    new.record("check", unheard, date="2026-06-01")
    factories.CommitmentFactory(reference="AA-99", title="Hold a secret", **by_north, **at)
    append_entries(new)


QUESTIONS = [
    ("", ALL),
    ("q=bridge", ["AA-05"]),
    ("q=BRIDGE", ["AA-05"]),
    ("q=aa-06", ["AA-06"]),
    ("q=painted", ["AA-06"]),
    ("q=northern", ["AA-01", "AA-04", "AA-07", "AA-08"]),
    ("q=nof", ["AA-01", "AA-04", "AA-07", "AA-08"]),
    ("q=enterprises", ["AA-07"]),
    ("q=everyone", ["AA-03"]),
    ("q=called", ["AA-07"]),
    ("q=doors", ["AA-01"]),  # the note of a report that is no longer the last
    ("q=secret", []),
    ("q=council+music", ["AA-02"]),  # its partner's name, and its title
    ("q=harbour+hold", ["AA-01"]),
    ("q=hold+bridge", []),
    ("q=++harbour%E3%80%80hold++", ["AA-01"]),
    ("q=上海", ["AA-01", "AA-02", "AA-05", "AA-06"]),
    ("q=上海周", ["AA-01"]),
    ("q=上海+周", ["AA-01"]),
    ("q=北京", []),
    ("q=100%25", ["AA-04"]),
    ("q=1_0", []),
    ("q=%25", ["AA-04"]),
    ("q=_", []),
    ("q=' OR 1=1 --", []),
    ("status=no_report", ["AA-03", "AA-06", "AA-09"]),
    ("status=not_started", ["AA-08"]),
    ("status=in_progress", ["AA-04", "AA-05"]),
    ("status=completed", ["AA-01", "AA-02"]),
    ("status=stopped", ["AA-07"]),
    ("status=stopped&status=not_started", ["AA-07", "AA-08"]),
    ("schedule=ended", ["AA-07"]),
    ("schedule=no_deadline", ["AA-03", "AA-09"]),
    ("schedule=met", ["AA-02"]),
    ("schedule=met_late", ["AA-01"]),
    ("schedule=overdue", ["AA-05"]),
    ("schedule=unreported", ["AA-06"]),
    ("schedule=due_soon", ["AA-04"]),
    ("schedule=upcoming", ["AA-08"]),
    ("schedule=met&schedule=met_late", ["AA-01", "AA-02"]),
    ("evidence=none", ["AA-03", "AA-09"]),
    ("evidence=background", ["AA-06"]),
    ("evidence=party", ["AA-02", "AA-04", "AA-05", "AA-07"]),
    ("evidence=state_media", ["AA-08"]),
    ("evidence=independent", ["AA-01"]),
    ("freshness=never", ["AA-03", "AA-09"]),  # to look and find nothing is no news
    ("freshness=fresh", ["AA-04", "AA-08"]),
    ("freshness=ageing", ["AA-06"]),
    ("freshness=stale", ["AA-05"]),
    ("freshness=settled", ["AA-01", "AA-02", "AA-07"]),
    ("freshness=stale&freshness=ageing", ["AA-05", "AA-06"]),
    ("area=blue", ["AA-02", "AA-04", "AA-07"]),
    ("area=blue&area=red", ALL),
    ("owner=north", ["AA-01", "AA-04", "AA-08"]),
    ("owner=north&owner=nation", ["AA-01", "AA-04", "AA-08", "AA-09"]),
    ("partner=north", ["AA-07"]),
    ("partner=north&partner=joint", ["AA-02", "AA-07"]),
    ("owner=south&partner=joint", ["AA-02"]),
    ("side=hong_kong", ["AA-01", "AA-04", "AA-08"]),
    ("side=shanghai", ["AA-02", "AA-05", "AA-06"]),
    ("side=both", ["AA-03"]),
    ("side=national", ["AA-04", "AA-09"]),
    ("side=other", []),
    ("side=both&side=national", ["AA-03", "AA-04", "AA-09"]),
    ("kind=agreement", ["AA-02"]),
    ("kind=continuing&kind=target", ["AA-03", "AA-04"]),
    ("kind=done_at_release", ["AA-07"]),
    ("level=aim", ["AA-03"]),
    ("level=aim&level=umbrella", ["AA-03", "AA-06"]),
    ("release=second", ["AA-08", "AA-09"]),
    ("release=first&release=second", ALL),
    ("delivered=announced", ["AA-02"]),
    ("delivered=since", ["AA-01"]),
    ("delivered=announced&delivered=since", ["AA-01", "AA-02"]),
    ("delivered=not_announced", ["AA-01", *ALL[2:]]),
    ("late=yes", ["AA-01", "AA-05"]),
    ("silent=five_years", ["AA-03", "AA-05"]),
    ("as_of=2023-08-24&silent=five_years", []),
    ("as_of=2023-08-25&silent=five_years", ["AA-03", "AA-04", "AA-06"]),  # AA-05 was reported on in 2019
    ("repeated=yes", ["AA-05"]),
    ("repeated=unreported", []),  # AA-05 was reported on in between
    ("repeated=earlier", ["AA-08"]),
    ("repeated=yes&repeated=earlier", ["AA-05", "AA-08"]),
    ("as_of=2024-04-25&repeated=yes", []),  # the release that promises it again was not out yet
    ("as_of=2024-04-25&repeated=earlier", []),
    ("checked=yes", [reference for reference in ALL if reference != "AA-03"]),
    ("checked=no", ["AA-03"]),
    ("checked=yes&checked=no", ALL),
    ("deadline_from=2021", ["AA-04", "AA-06", "AA-08"]),
    ("deadline_from=2021-06-30", ["AA-04", "AA-06", "AA-08"]),
    ("deadline_from=2021-07", ["AA-04", "AA-08"]),
    ("deadline_from=2027-01-31", ["AA-04", "AA-08"]),
    ("deadline_from=2027-Q1", ["AA-04", "AA-08"]),
    ("deadline_to=2018", ["AA-01", "AA-02"]),
    ("deadline_to=2018-H1", []),
    ("deadline_to=2018-Q3", ["AA-02"]),
    ("deadline_to=2018-35", ["AA-02"]),
    ("deadline_to=2018-12-30", ["AA-02"]),
    ("deadline_to=2020-06-29", ["AA-01", "AA-02", "AA-07"]),
    ("deadline_to=2020-06", ["AA-01", "AA-02", "AA-05", "AA-07"]),
    ("deadline_from=2019&deadline_to=2021", ["AA-05", "AA-06", "AA-07"]),
    ("deadline_from=2022&deadline_to=2021", []),
    ("as_of=2018-08-23", []),
    ("as_of=2018-08-24", ALL[:7]),
    ("as_of=2024-04-25", ALL[:7]),
    ("as_of=2024-04-26", ALL),
    ("as_of=2019-11-01&status=completed", ["AA-02"]),
    ("as_of=2019-11-02&status=completed", ["AA-01", "AA-02"]),
    ("as_of=2019-05-04&deadline_to=2018", ["AA-01", "AA-02", "AA-05"]),
    ("as_of=2026-11-29", ALL),
    ("status=completed&area=red", ["AA-01"]),
    ("status=completed&area=red&q=bridge", []),
]

BY_NAME = {
    name: {query: references for query, references in QUESTIONS if " ".join(QueryDict(query)) == name}
    for name in dict.fromkeys(" ".join(QueryDict(query)) for query, _references in QUESTIONS)
}


@pytest.mark.parametrize("name", BY_NAME)
def test_a_question_finds_exactly_its_commitments(nine_commitments, name):
    assert {query: references_of(query) for query in BY_NAME[name]} == BY_NAME[name]


@pytest.mark.parametrize("language", CHINESE)
def test_words_and_names_find_the_same_in_every_language(nine_commitments, language):
    questions = BY_NAME["q"] | BY_NAME["area"] | BY_NAME["owner"] | BY_NAME["partner"] | BY_NAME["release"]
    with translation.override(language):
        assert {query: references_of(query) for query in questions} == questions


def test_every_filter_has_a_question_that_leaves_something_out_and_one_that_finds_something():
    for name in set(list_params()) - {"sort", "page", "per_page"}:
        answers = [set(references) for references in BY_NAME[name].values()]
        assert any(answers), name
        assert any(answer < set(ALL) for answer in answers), name


BLANKS = "&".join(f"{name}=" for name in list_params())


def test_blank_fields_of_a_form_are_no_filter(nine_commitments):
    for blanks in (BLANKS, BLANKS.replace("=", "=%20"), "status=&status="):
        assert references_of(blanks) == ALL, blanks


def test_a_blank_among_values_is_passed_over(nine_commitments):
    assert references_of("status=&status=stopped") == ["AA-07"]


def test_two_words_need_not_stand_in_the_same_place(nine_commitments):
    assert references_of("q=northern+harbour") == ["AA-01"]


def test_twenty_words_can_be_asked_for(nine_commitments):
    assert references_of("q=" + "+".join(chr(ord("一") + n) for n in range(20))) == []


def test_more_words_than_a_database_can_look_for_are_refused(nine_commitments):
    question = CommitmentFilter(QueryDict("q=" + "+".join(chr(ord("一") + n) for n in range(21))), TODAY)
    assert question.form.errors == {"q": ["Ask for at most 20 words."]}


SORTED = {
    "reference": ALL,
    "-reference": ALL[::-1],
    "title": ["AA-02", "AA-03", "AA-05", "AA-01", "AA-07", "AA-09", "AA-08", "AA-04", "AA-06"],
    "-title": ["AA-06", "AA-04", "AA-08", "AA-09", "AA-07", "AA-01", "AA-05", "AA-03", "AA-02"],
    "deadline": ["AA-02", "AA-01", "AA-07", "AA-05", "AA-06", "AA-04", "AA-08", "AA-03", "AA-09"],
    "-deadline": ["AA-08", "AA-04", "AA-06", "AA-05", "AA-07", "AA-01", "AA-02", "AA-03", "AA-09"],
    "status": ["AA-01", "AA-02", "AA-04", "AA-05", "AA-03", "AA-06", "AA-09", "AA-08", "AA-07"],
    "-status": ["AA-07", "AA-08", "AA-03", "AA-06", "AA-09", "AA-04", "AA-05", "AA-01", "AA-02"],
    "schedule": ["AA-04", "AA-07", "AA-02", "AA-01", "AA-03", "AA-09", "AA-05", "AA-06", "AA-08"],
    "-schedule": ["AA-08", "AA-06", "AA-05", "AA-03", "AA-09", "AA-01", "AA-02", "AA-07", "AA-04"],
    "last_entry": ["AA-02", "AA-07", "AA-05", "AA-01", "AA-06", "AA-09", "AA-08", "AA-04", "AA-03"],
    "-last_entry": ["AA-04", "AA-08", "AA-09", "AA-06", "AA-01", "AA-05", "AA-07", "AA-02", "AA-03"],
    "last_news": ["AA-02", "AA-07", "AA-05", "AA-01", "AA-06", "AA-08", "AA-04", "AA-03", "AA-09"],
    "-last_news": ["AA-04", "AA-08", "AA-06", "AA-01", "AA-05", "AA-07", "AA-02", "AA-03", "AA-09"],
}


@pytest.mark.parametrize("column", [sort for sort in SORTED if sort[0] != "-"])
def test_a_sort_has_empties_last_in_both_directions_and_settles_ties_by_reference(nine_commitments, column):
    for sort in (column, f"-{column}"):
        assert references_of(f"sort={sort}") == SORTED[sort]


@pytest.mark.parametrize("language", CHINESE)
def test_every_sort_but_that_of_titles_is_the_same_in_every_language(nine_commitments, language):
    with translation.override(language):
        others = {sort: order for sort, order in SORTED.items() if not sort.endswith("title")}
        assert {sort: references_of(f"sort={sort}") for sort in others} == others


@pytest.mark.parametrize("language", CHINESE)
def test_titles_in_chinese_sort_by_what_their_readers_know(nine_commitments, language):
    titles = ["一", "丁", "中", "周", "學", "龍", "橋", "安", "新"]
    references = dict(zip(ALL, titles, strict=True))
    for commitment in Commitment.objects.public():
        new_translation = NewTranslation(commitment, language, commitment.title, references[commitment.reference])
        record_translations([new_translation], Actor())
    with translation.override(language):
        orders = [
            "".join(references[reference] for reference in references_of(f"sort={sign}title")) for sign in ("", "-")
        ]
    # By strokes 1, 2, 4, 6, 8, 13, 16, 16, 16; by pinyin an, dīng, lóng, qiáo, xīn, xué, yī, zhōng, zhōu.
    expected = {"zh-hant": "一丁中安周新學橋龍", "zh-hans": "安丁龍橋新學一中周"}[language]
    assert orders == [expected, expected[::-1]]


@pytest.mark.parametrize("language", CHINESE)
def test_choices_are_named_in_the_language_or_else_in_english(nine_commitments, language):
    column = f"name_{language.replace('-', '_')}"
    Organisation.objects.filter(slug="south").update(**{column: "一"})
    Organisation.objects.filter(slug="north").update(**{column: "丁"})
    Area.objects.filter(slug="red").update(**{column: "紅"})
    with translation.override(language):
        filterset = CommitmentFilter(QueryDict("area=red"), TODAY)
        owners = [label for _value, label in filterset.form.fields["owner"].choices]
        assert filterset.is_valid()
        assert filterset.description[0].endswith("：紅")
    first = {"zh-hant": ["一", "丁"], "zh-hans": ["丁", "一"]}[language]
    assert owners == [*first, "Joint Council", "National Board"]


def test_every_sort_on_offer_is_tested_in_both_directions():
    assert set(SORTED) == {value for value, _label in ListForm().fields["sort"].choices if value}


def test_a_question_about_a_past_day_is_sorted_as_of_that_day(nine_commitments):
    of_then = references_of("as_of=2019-05-04&sort=deadline")
    assert of_then == ["AA-02", "AA-01", "AA-05", "AA-07", "AA-06", "AA-04", "AA-03"]


def test_the_day_is_the_one_asked_for_else_today(nine_commitments):
    assert CommitmentFilter(QueryDict("as_of=2020-01-01"), TODAY).form.is_valid()
    filterset = CommitmentFilter(QueryDict("as_of=2020-01-01"), TODAY)
    assert filterset.is_valid()
    assert filterset.day == date(2020, 1, 1)


def test_the_page_passes_over_tracking_names(nine_commitments):
    plain, tracked = (Client().get(f"/commitments/?status=stopped{more}") for more in ("", "&utm_source=mail&gclid=1"))
    assert tracked.status_code == 200
    assert [row.reference for row in tracked.context["rows"]] == ["AA-07"]
    assert tracked.context["total"] == plain.context["total"] == 1


def test_the_csv_refuses_tracking_names_and_lists_those_it_knows(nine_commitments):
    answer = Client().get("/commitments.csv?status=stopped&utm_source=mail")
    assert answer.status_code == 400
    assert "utm_source" in answer.text
    assert all(name in answer.text for name in list_params())


@pytest.mark.parametrize("address", ["/commitments/", "/commitments.csv"])
def test_page_and_csv_find_the_same(nine_commitments, address):
    answer = Client().get(f"{address}?area=blue&sort=-title")
    body = b"".join(answer).decode()
    places = [body.index(title) for title in ("Train staff", "Lay a cable", "Agree on music")]
    assert places == sorted(places)
    assert "Build a bridge" not in body


def test_the_world_is_public_but_for_its_draft(nine_commitments):
    assert Commitment.objects.public().count() == len(ALL)
