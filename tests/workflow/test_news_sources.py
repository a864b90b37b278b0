"""The list of news sources at work: which of them a publisher of evidence is, and what stands under another class."""

import pytest

from commitments.domain.news_sources import fold_publisher, publisher_candidates
from commitments.models import NewsSource
from commitments.workflow.news_sources import NewsSourceLookup, recorded_under_another_class
from tests import factories
from tests.helpers.ledger_acts import redact, retract
from tests.helpers.news_sources import listed

pytestmark = pytest.mark.django_db


# Names, before anybody looks at the list


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("XINHUA", "Xinhua"),
        ("  People's   Daily\tOnline ", "People's Daily Online"),
        ("People’s Daily Online", "People's Daily Online"),
        ("ＨＫ０１", "HK01"),
        ("Xinhua(People's Daily Online)", "Xinhua (People's Daily Online)"),
        ("文匯報（香港）", "文匯報 (香港)"),
    ],
    ids=["case", "blanks", "apostrophe", "width", "blank before a bracket", "wide brackets"],
)
def test_a_name_is_the_same_without_regard_to(typed, same):
    assert fold_publisher(typed) == fold_publisher(same)


def test_names_that_differ_stay_apart():
    names = ["China Daily", "China Daily Hong Kong", "ChinaDaily", "澎湃新聞", "澎湃新闻", "Xinhua"]
    assert len({fold_publisher(name) for name in names}) == len(names)


def test_the_longest_name_is_looked_for_first_then_without_what_stands_in_brackets():
    assert publisher_candidates("Xinhua (People’s Daily Online) (copy)") == [
        "xinhua (people's daily online) (copy)",
        "xinhua (people's daily online)",
        "xinhua",
    ]
    assert publisher_candidates("新華社（人民網）") == ["新華社 (人民網)", "新華社"]
    assert publisher_candidates("Gazette") == ["gazette"]
    assert publisher_candidates("(untitled)") == ["(untitled)"]


# On the list


@pytest.fixture
def sources():
    return [
        listed("xinhua", "Xinhua", "state_media", name_zh_hant="新華社", name_zh_hans="新华社"),
        listed("china-daily", "China Daily", "state_media"),
        listed("china-daily-hong-kong", "China Daily Hong Kong", "state_media"),
        listed("wen-wei-po", "Wen Wei Po", "state_media", name_zh_hant="文匯報（香港）", name_zh_hans="文汇报（香港）"),
        listed(
            "wenhui-daily", "Wenhui Daily", "state_media", name_zh_hant="文匯報（上海）", name_zh_hans="文汇报（上海）"
        ),
        listed("scmp", "South China Morning Post", "independent"),
        listed("scmp-paid", "South China Morning Post (paid post)", "party"),
    ]


@pytest.mark.parametrize(
    ("publisher", "slug"),
    [
        ("Xinhua", "xinhua"),
        ("xinhua (People's Daily Online)", "xinhua"),
        ("新華社（人民網）", "xinhua"),
        ("新华社 (ujoy.net)", "xinhua"),
        ("China Daily (ming7.cn)", "china-daily"),
        ("China Daily Hong Kong", "china-daily-hong-kong"),
        ("China Daily Hong Kong (Xinhua)", "china-daily-hong-kong"),
        ("文匯報（香港）", "wen-wei-po"),
        ("文匯報 (上海)", "wenhui-daily"),
        ("文汇报（上海）（转载）", "wenhui-daily"),
        ("South China Morning Post", "scmp"),
        ("South China Morning Post (PressReader)", "scmp"),
        ("South China Morning Post (Paid Post)", "scmp-paid"),
    ],
)
@pytest.mark.usefixtures("sources")
def test_a_publisher_is_found_by_its_name_in_any_language_and_the_longer_name_wins(publisher, slug):
    assert NewsSourceLookup().find(publisher).slug == slug


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize(
    "publisher",
    ["", "Gazette", "China Daily Asia", "New China Daily", "Xinhua Finance", "文匯報", "Gazette (Xinhua)", "(Xinhua)"],
)
def test_what_is_not_on_the_list_is_not_found(publisher):
    assert NewsSourceLookup().find(publisher) is None


def test_a_draft_is_not_on_the_list_yet():
    NewsSource.objects.create(slug="gazette", name="Gazette", source="party", why="The government prints it.")
    assert NewsSourceLookup().find("Gazette") is None


def test_where_two_share_a_name_the_one_of_the_record_s_language_is_meant():
    listed("etnet", "etnet", "independent", name_zh_hant="Economic Times", name_zh_hans="Economic Times")
    listed("economic-times", "Economic Times", "party")
    assert NewsSourceLookup().find("Economic Times").slug == "economic-times"


def test_the_list_is_read_once(django_assert_num_queries, sources):
    with django_assert_num_queries(1):
        lookup = NewsSourceLookup()
        assert [lookup.find(source.name).slug for source in sources] == [source.slug for source in sources]


# What was recorded under another class


def record_context(commitment, *sources):
    """Context by so many pages of the Gazette, each of a class, at addresses of their own."""
    rows = [
        factories.evidence(publisher="Gazette (page)", source=source, url=f"https://example.org/{source}")
        for source in sources
    ]
    return factories.record("context", commitment, evidence=rows)


@pytest.mark.postgresql
def test_rows_recorded_under_another_class_are_listed_by_reference_and_those_of_others_are_not():
    gazette = listed("gazette", "Gazette", "state_media")
    second, first = factories.published(reference="TT-02"), factories.published(reference="TT-01")
    record_context(second, "party", "state_media")
    record_context(first, "independent")
    factories.record("context", first, evidence=[factories.evidence(publisher="Another gazette")])
    rows = recorded_under_another_class(gazette)
    assert [(row.update.commitment.reference, row.source) for row in rows] == [
        ("TT-01", "independent"),
        ("TT-02", "party"),
    ]


def test_what_was_retracted_or_redacted_is_not_listed():
    gazette = listed("gazette", "Gazette", "state_media")
    commitment, mistake = factories.published(), factories.published()
    retract(record_context(commitment, "party"))
    redact(record_context(commitment, "party"))
    record_context(mistake, "party")
    retract(mistake.entries.get(kind="published"))
    assert recorded_under_another_class(gazette) == []


def test_what_the_list_has_since_is_not_what_was_recorded():
    """Evidence keeps its class, and a change of the list's moves no evidence level."""
    commitment = factories.published()
    factories.record("report", commitment, evidence=[factories.evidence(source="independent")])
    gazette = listed("gazette", "Gazette", "party")
    [row] = recorded_under_another_class(gazette)
    assert (row.source, commitment.states.last().evidence) == ("independent", "independent")
