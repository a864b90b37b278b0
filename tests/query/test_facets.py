"""Counts of choices and pages of the list, held to what SQL finds for the same questions; and nothing kept is stale."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Max
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from commitments.domain.choices import Kind, Level, Side, Source, Status
from commitments.i18n.languages import CHINESE, LANGUAGE_TAGS
from commitments.ledger.append import append_entries, new_correction, new_publication, new_redaction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.ledger.verify import rebuild_projections
from commitments.models import Area, Commitment, Organisation, Release
from commitments.query.facets import CHOICE_FILTERS, MAX_INDEXES, SEARCH_FILTERS, count_choices, index_for
from commitments.query.filters import CommitmentFilter
from commitments.query.forms import ListForm
from tests import factories
from tests.helpers.crowds import crowd

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
TODAY = date(2026, 11, 29)
BY = Actor()
SEARCHED = [("q", text) for text in ("bridge", "QQ-00", "body", "上海", "大橋 桥", "機構", "nothing-like-it")]
SEARCHED += [(name, text) for name in ("deadline_from", "deadline_to") for text in ("2019", "2020-H1", "2021-06-30")]
LANGUAGE = st.sampled_from(list(LANGUAGE_TAGS))
DAYS = ["2018-08-23", "2018-08-24", "2019-12-31", "2020-06-30", "2021-01-01", TODAY.isoformat()]


@pytest.fixture(autouse=True)
def nothing_kept():
    """Each test starts as the server does."""
    index_for.cache_clear()


def valid_filter(query=""):
    question = CommitmentFilter(QueryDict(query), TODAY)
    assert question.is_valid(), question.errors
    return question


def result(query=""):
    return count_choices(valid_filter(query))


def in_sql(query=""):
    return list(valid_filter(query).qs.values_list("reference", flat=True))


def many_commitments(seed):
    """Some thirty commitments of all sorts with three reports each, a few retracted; and some drafts."""
    dice = random.Random(seed)
    days = [date(2018, 8, 24), date(2020, 6, 30)]
    releases = [factories.ReleaseFactory(slug=f"of-{day.year}", issued_on=day) for day in days]
    areas = [factories.AreaFactory(slug=f"area-{n}") for n in range(3)]
    bodies = [
        factories.OrganisationFactory(
            slug=f"b-{n}",
            name=f"Body {n}",
            name_zh_hant=dice.choice(["", f"機構{n}"]),
            side=dice.choice(Side.values),
        )
        for n in range(6)
    ]
    new, published = [], {releases[0]: [], releases[1]: []}
    for number in range(40):
        deadline = dice.choice(["", "2019", "2020-H1", "2021-06-30", "2027-01", "2030"])
        release = dice.choice(releases)
        earlier = published[releases[0]] if release == releases[1] else []
        draft = factories.CommitmentFactory(
            reference=f"{dice.choice('QR')}Q-{number:04}",
            title=dice.choice(["Build a bridge", "去上海", "meet", "Aim"]),
            release=release,
            repeats=dice.sample(earlier, min(len(earlier), dice.randint(0, 2))),
            area=dice.choice([*areas, None]),
            kind=dice.choice([Kind.ACTION, Kind.CONTINUING, Kind.AGREEMENT]),
            level=dice.choice([Level.PRIMARY, Level.UMBRELLA]),
            deadline=deadline,
            owners=dice.sample(bodies, dice.randint(1, 3)),
            partners=dice.sample(bodies, dice.randint(0, 2)),
        )
        if number % 5:
            published[release].append(draft)
            new.append(new_publication(draft, BY, recorded_at=factories.WHEN))
            new += [update(draft, dice) for _ in range(dice.randint(0, 3))]
    entries = append_entries(new)
    reports = [entry for entry in entries if entry.kind == "report"]
    append_entries([new_retraction(entry, "Wrong.", BY) for entry in reports[::4]])
    # What is promised again cannot be retracted, what promises it again can.
    later = [entry for entry in entries if entry.kind == "published" and entry.data["release"] == "of-2020"]
    append_entries([new_retraction(entry, "Not promised.", BY) for entry in later[::6]])
    translations = {
        "zh-hant": {"Build a bridge": "興建大橋", "meet": "會面"},
        "zh-hans": {"meet": "会面", "Aim": "目的"},
    }
    record_translations(
        [
            NewTranslation(commitment, language, commitment.title, texts[commitment.title])
            for commitment in Commitment.objects.all()
            for language, texts in translations.items()
            if commitment.title in texts and dice.random() < 0.7
        ],
        BY,
    )


def update(commitment, dice):
    """A report, context or check of some day."""
    fields = {"date": (commitment.release.issued_on + timedelta(dice.randint(0, 2000))).isoformat()}
    status = dice.choice([Status.NOT_STARTED, Status.IN_PROGRESS, Status.COMPLETED, Status.STOPPED])
    evidence = [factories.evidence(source=dice.choice(Source.values))]
    if (kind := dice.random()) < 0.1:
        return factories.new("check", commitment, **fields)
    if kind < 0.3:
        return factories.new("context", commitment, evidence=dice.choice([[], evidence]), **fields)
    fields["stop_reason"] = "cancelled" if status == Status.STOPPED else ""
    return factories.new("report", commitment, status=status, evidence=evidence, **fields)


def sorts():
    return [value for value, _label in ListForm().fields["sort"].choices]


def questions():
    """Query strings in which every name of the filterset may stand, with some days and any sort."""
    choices = [
        (name, value) for name in CHOICE_FILTERS for value, _label in valid_filter().filters[name].extra["choices"]
    ]
    days, sorted_by = st.sampled_from(["", *DAYS]), st.sampled_from(["", *sorts()])
    filters = st.lists(st.sampled_from(choices), max_size=4, unique=True)
    searched = st.lists(st.sampled_from(SEARCHED), max_size=2, unique_by=lambda pair: pair[0])
    return st.builds(query_string, filters, st.one_of(st.just([]), searched), days, sorted_by)


def query_string(choices, searched, day, sort):
    query = QueryDict(mutable=True)
    for name, value in [*choices, *searched, ("as_of", day), ("sort", sort)]:
        query.appendlist(name, value)
    return query.urlencode()


def with_only(query, name, value):
    """The question with this choice in place of any other in the same filter."""
    changed = QueryDict(query, mutable=True)
    changed.setlist(name, [value])
    return changed.urlencode()


@pytest.mark.parametrize("seed", range(2))
def test_any_question_finds_and_counts_what_sql_finds_and_counts(db, seed):
    many_commitments(seed)

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(questions(), st.sampled_from(CHOICE_FILTERS), st.integers(0, 40), st.integers(0, 40), LANGUAGE)
    def holds(query, name, first, length, language):
        with translation.override(language):
            assume(CommitmentFilter(QueryDict(query), TODAY).is_valid())  # a release not yet out is no choice
            ours, theirs = result(query), in_sql(query)
            assert (ours.total, ours.references(0, 100)) == (len(theirs), theirs)
            assert ours.references(first, first + length) == theirs[first : first + length]
            in_each = {value: len(in_sql(with_only(query, name, value))) for value in ours.counts[name]}
            assert ours.counts[name] == in_each
            checked = valid_filter(query).qs.aggregate(last=Max("state__last_checked_on"))["last"]
            assert ours.last_checked_on == checked

    holds()


@pytest.mark.parametrize("language", LANGUAGE_TAGS)
def test_every_sort_is_that_of_the_filterset(release, language):
    with translation.override(language):
        for sort in ("", *sorts()):
            assert result(f"sort={sort}").references(0, 100) == in_sql(f"sort={sort}")


def test_titles_have_an_order_in_each_language_that_share_an_index(db):
    first, other, third = (factories.published(reference=f"TT-0{n}", title=title) for n, title in enumerate("CAB"))
    titles = {first: "一", other: "龍", third: "中"}
    record_translations(
        [NewTranslation(of, language, of.title, text) for of, text in titles.items() for language in CHINESE],
        BY,
    )
    orders = {}
    for language in LANGUAGE_TAGS:
        with translation.override(language):
            orders[language] = result("sort=title").references(0, 3)
    by_letters, by_strokes, by_pinyin = [1, 2, 0], [0, 2, 1], [1, 0, 2]
    expected = dict(zip(LANGUAGE_TAGS, (by_letters, by_strokes, by_pinyin), strict=True))
    assert orders == {language: [f"TT-0{n}" for n in order] for language, order in expected.items()}
    assert index_for.cache_info().currsize == 1


def test_every_filter_is_known_here_and_every_choice_is_counted(release):
    assert {*CHOICE_FILTERS, *SEARCH_FILTERS} == set(valid_filter().filters)
    for name, of_each in result().counts.items():
        assert list(of_each) == [value for value, _label in valid_filter().form.fields[name].choices]


def test_within_a_filter_a_choice_counts_what_it_would_find_alone(release):
    counts = result("status=completed&area=culture").counts
    assert counts["status"]["in_progress"] == len(in_sql("status=in_progress&area=culture")) > 0
    assert counts["area"]["culture"] == result("status=completed&area=culture").total


def test_nothing_on_record_is_counted_as_nothing(db):
    assert (result().total, result().references(0, 25)) == (0, [])
    assert result().counts["status"]["completed"] == 0


def test_a_page_past_the_end_is_empty(release):
    assert result().references(1000, 1025) == []


def test_drafts_count_nowhere(db):
    public = factories.published(kind="action")
    draft = factories.CommitmentFactory(release=public.release, area=public.area, owners=public.owners.all())
    factories.CommitmentFactory(part_of=draft, partners=public.owners.all())
    assert result().references(0, 9) == [public.reference]
    owner = public.owners.get().slug
    counts = result().counts
    assert (counts["kind"]["action"], counts["area"][public.area.slug], counts["owner"][owner]) == (1, 1, 1)
    assert set(counts["partner"].values()) == {0}


def test_a_publication_shows_at_once(db):
    crowd([1, 2], parties_as_stated="somebody")
    assert result().total == 2
    crowd([3], parties_as_stated="somebody")
    assert result("sort=-reference").references(0, 2) == ["QQ-0003", "QQ-0002"]


def test_a_report_and_its_retraction_show_at_once(db):
    commitment = factories.published()
    assert result().counts["status"]["in_progress"] == 0
    entry = factories.record("report", commitment)
    assert result().counts["status"]["in_progress"] == 1
    append_entries([new_retraction(entry, "Wrong.", BY)])
    assert result().counts["status"] == dict.fromkeys(Status.values, 0) | {"no_report": 1}


def test_a_redaction_shows_at_once(db):
    entry = factories.record("report", factories.published())
    assert result("status=in_progress").total == 1
    append_entries([new_redaction(entry, None, "A name.", BY)])
    assert result("status=in_progress").total == 0


def test_a_correction_shows_at_once_in_filters_and_sorts(db):
    commitment, other = crowd([1, 2], parties_as_stated="somebody")
    assert result("sort=title").references(0, 2) == ["QQ-0001", "QQ-0002"]
    append_entries(
        [
            new_correction(
                commitment, {"title": "Zebra", "kind": "target", "target": Decimal(4), "unit": "x"}, "A slip.", BY
            )
        ]
    )
    assert result("sort=title").references(0, 2) == [other.reference, commitment.reference]
    assert result().counts["kind"] == dict.fromkeys(Kind.values, 0) | {"action": 1, "target": 1}


def test_a_rebuild_shows_at_once(db):
    commitment = factories.published(kind="action")
    Commitment.objects.filter(pk=commitment.pk).update(kind="agreement")
    assert result("kind=agreement").total == 1
    assert list(rebuild_projections())
    assert result("kind=agreement").total == 0


@pytest.mark.parametrize(
    ("model", "change", "before", "after"),
    [
        (Organisation, {"side": "other"}, "side=hong_kong", "side=other"),
        (Organisation, {"slug": "new"}, "owner=body-old", "owner=new"),
        (Area, {"slug": "new"}, "area=old", "area=new"),
        (Release, {"slug": "new"}, "release=old", "release=new"),
        (Release, {"issued_on": date(2020, 1, 1)}, "as_of=2019-12-31", "as_of=2020-01-01"),
    ],
)
def test_what_staff_edit_beside_the_ledger_shows_at_once(db, model, change, before, after):
    owner = factories.OrganisationFactory(slug="body-old")
    place = {"release": factories.ReleaseFactory(slug="old"), "area": factories.AreaFactory(slug="old")}
    factories.published(owners=[owner], **place)
    assert result(before).total == 1
    model.objects.update(**change)
    name, _is, value = before.partition("=")
    assert result().counts.get(name, {}).get(value, 0) == 0
    assert result(after).total == 1
    if name == "as_of":
        assert result(before).total == 0


def test_each_day_has_counts_of_its_own(db):
    commitment = factories.published()
    factories.record("report", commitment, date="2019-05-05", status="in_progress")
    days = ["2018-08-23", "2018-08-24", "2019-05-05", "2018-08-24", "2018-08-23"]
    assert [result(f"as_of={day}").total for day in days] == [0, 1, 1, 1, 0]
    assert [result(f"as_of={day}").counts["status"]["in_progress"] for day in days] == [0, 0, 1, 0, 0]


def test_only_so_many_days_are_kept(db):
    for day in range(1, MAX_INDEXES + 3):
        result(f"as_of=2026-11-0{day}")
    assert index_for.cache_info().currsize == MAX_INDEXES


@pytest.mark.parametrize(
    ("query", "first", "then"),
    [
        ("", 2, 1),
        ("status=in_progress&area=of-all&owner=body-of-all&side=hong_kong&sort=reference", 2, 1),
        ("sort=-deadline", 3, 1),
        ("q=thing&deadline_from=2018&deadline_to=2030&sort=title", 4, 2),
    ],
)
def test_a_question_takes_one_query_where_the_day_is_kept_and_one_more_for_words_or_days(db, query, first, then):
    crowd([1, 2, 3], owners=[factories.OrganisationFactory(slug="body-of-all")])
    question = valid_filter(query)
    taken = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as captured:
            count_choices(question).references(0, 25)
        taken.append(len(captured))
    assert taken == [first, then]


RACE = """
from datetime import date
from threading import Barrier, Thread
from django.db import connection
from django.db.models import Max
from django.http import QueryDict
from commitments.query.facets import count_choices
from commitments.query.filters import CommitmentFilter

asked, answers, start = [], [], Barrier(8)
WORDS = ('JOIN "commitments_partnership"', '"title" ASC')  # of the query that fills an index, and of a sort

def note(execute, sql, *rest):
    asked.append(sql)
    return execute(sql, *rest)

def one():
    with connection.execute_wrapper(note):
        question = CommitmentFilter(QueryDict("sort=title&status=completed"), date(2026, 11, 29))
        assert question.is_valid()
        start.wait()
        found = count_choices(question)
        answers.append((found.total, tuple(found.references(0, 25))))
    connection.close()

threads = [Thread(target=one) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(answers), len(set(answers)), *(sum(word in sql for sql in asked) for word in WORDS))
"""


@pytest.mark.processes
def test_threads_that_ask_at_once_share_one_reading(installation):
    done = installation.python(RACE)
    assert done.stdout.split() == ["8", "1", "1", "1"], done.stderr
