"""Three languages by their addresses: what each says of itself, how one leads to another, what has none."""

import re
from urllib.parse import urlsplit

import pytest
from django.utils import translation

from commitments.i18n import languages
from commitments.i18n.collation import build_search_text, fold, sort_key
from commitments.i18n.languages import CHINESE, HREFLANGS, LANGUAGE_TAGS, path_in_language
from commitments.i18n.phrases import with_ellipses
from tests import factories
from tests.helpers.html import Head

PATHS = ["/", "/commitments/", "/commitments/TT-01/", "/timeline/", "/updates/", "/about/", "/data/", "/nothing/"]
LINK = re.compile(
    r'<a href="(?P<address>[^"]*)" lang="(?P<tag>[^"]*)" hreflang="[^"]*"(?P<shown> aria-current="true")?>'
)


@pytest.fixture
def pledge(db):
    return factories.published(reference="TT-01")


def switcher(answer):
    """From each language's tag to its address, and the tag of the one that is shown."""
    matches = list(LINK.finditer(answer.content.decode()))
    return {match["tag"]: match["address"].replace("&amp;", "&") for match in matches}, [
        match["tag"] for match in matches if match["shown"]
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGE_TAGS)
def test_a_page_says_which_language_it_is_in(client, pledge, language):
    for path in PATHS:
        answer = client.get(path_in_language(language, path))
        assert f'<html lang="{LANGUAGE_TAGS[language]}"' in answer.content.decode(), path
        assert answer.headers["Content-Language"] == LANGUAGE_TAGS[language], path


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/commitments/", "/nothing/", "/updates.atom", "/api/v1/"])
def test_what_a_browser_would_rather_have_changes_nothing(client, pledge, path):
    answer = client.get(path, headers={"accept-language": "zh-Hant"})
    usual = client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == usual.status_code
    assert answer.headers["Content-Language"] == "en-GB"
    assert "Accept-Language" not in answer.headers.get("Vary", "")


@pytest.mark.django_db
def test_who_would_rather_read_chinese_is_offered_it_in_chinese(client, pledge):
    text = client.get("/commitments/TT-01/").content.decode()
    assert '<p class="suggestion" lang="zh-Hant-HK" hidden><a href="/zh-hant/commitments/TT-01/">' in text
    assert '<p class="suggestion" lang="en-GB"' not in text


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGE_TAGS)
def test_the_switcher_keeps_page_filter_sort_and_day(client, pledge, language):
    question = "?status=no_report&kind=action&sort=-title&as_of=2021-08-30&page=1"
    addresses, shown = switcher(client.get(path_in_language(language, "/commitments/") + question))
    assert addresses == {
        LANGUAGE_TAGS[code]: path_in_language(code, "/commitments/") + question for code in LANGUAGE_TAGS
    }
    assert shown == [LANGUAGE_TAGS[language]]


@pytest.mark.django_db
def test_a_list_that_changes_in_place_changes_the_switcher_too(client, pledge):
    assert "#languages" in client.get("/commitments/").content.decode().partition("hx-select-oob=")[2].partition(">")[0]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGE_TAGS)
def test_a_page_names_itself_and_its_other_languages_to_search_engines(client, pledge, language):
    answer = client.get(path_in_language(language, "/commitments/TT-01/"))
    site = "http://testserver"
    assert Head(answer).canonical == [f"{site}{path_in_language(language, '/commitments/TT-01/')}"]
    named = dict(re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', answer.content.decode()))
    wanted = {HREFLANGS[code]: f"{site}{path_in_language(code, '/commitments/TT-01/')}" for code in LANGUAGE_TAGS}
    assert named == wanted | {"x-default": wanted["en"]}


@pytest.mark.django_db
def test_a_filtered_page_is_named_to_no_search_engine(client, pledge):
    assert "hreflang" not in re.sub(r"<a [^>]*>", "", client.get("/zh-hant/commitments/?kind=action").content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("language", CHINESE)
def test_links_of_a_page_stay_in_its_language(client, pledge, language):
    text = client.get(path_in_language(language, "/commitments/TT-01/")).content.decode()
    text = re.sub(r'<a [^>]*hreflang=[^>]*>|<p class="suggestion".*?</p>', "", text, flags=re.DOTALL)
    paths = {urlsplit(address).path for address in re.findall(r'<a [^>]*href="(/[^"]*)"', text)}
    assert paths
    assert all(path.startswith(f"/{language}/") for path in paths), paths


@pytest.mark.django_db
def test_what_programs_ask_for_has_no_language(client):
    for path in ("/healthz", "/robots.txt", "/sitemap.xml", "/.well-known/security.txt", "/csp-report/"):
        assert client.get(f"/zh-hant{path}").status_code == 404, path


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/en-gb/", "/zh/", "/zh-HANT/", "/zh-hant/zh-hans/", "/fr/commitments/"])
def test_no_other_prefix_is_a_language(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_a_prefix_without_its_slash_is_completed(client):
    assert client.get("/zh-hans").headers["Location"] == "/zh-hans/"


@pytest.mark.django_db
def test_search_engines_find_each_language_and_stay_out_of_what_is_staffs(client, pledge):
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /zh-hant/admin/\n" in robots
    assert "Disallow: /zh-hans/report-an-error/\n" in robots
    index = client.get("/sitemap.xml").content.decode()
    assert "/sitemap-commitments-zh-hant.xml</loc>" in index
    assert (
        "http://testserver/zh-hant/commitments/TT-01/</loc>"
        in client.get("/sitemap-commitments-zh-hant.xml").content.decode()
    )


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
def test_other_sites_may_read_files_and_no_pages_in_any_language(client, pledge, prefix):
    allowed = "Access-Control-Allow-Origin"
    origin = {"origin": "https://elsewhere.example"}
    assert client.get(f"{prefix}/commitments.csv", headers=origin).headers[allowed] == "*"
    assert client.get(f"{prefix}/api/v1/", headers=origin).headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert allowed not in client.get(f"{prefix}/commitments/", headers=origin).headers
    assert allowed not in client.get(f"{prefix}/admin/login/", headers=origin).headers


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
def test_pages_of_staff_are_kept_by_no_cache_in_any_language(client, prefix):
    assert "no-store" in client.get(f"{prefix}/admin/login/").headers["Cache-Control"]


@pytest.mark.django_db
def test_each_language_has_an_answer_and_a_name_of_its_own(client, pledge):
    answers = [client.get(path_in_language(language, "/commitments/")) for language in LANGUAGE_TAGS]
    assert len({answer.headers["ETag"] for answer in answers}) == 3
    assert len({answer.content for answer in answers}) == 3


def test_a_path_goes_from_any_language_to_any():
    for language in LANGUAGE_TAGS:
        for other in LANGUAGE_TAGS:
            assert path_in_language(other, path_in_language(language, "/areas/culture/")) == path_in_language(
                other, "/areas/culture/"
            )
    assert languages.strip_language("/zh-hantastic/") == "/zh-hantastic/"


def test_both_forms_of_a_word_are_found_alike():
    assert fold("康樂及文化事務署") == fold("康乐及文化事务署")
    assert fold("裏面") == fold("里面") == fold("裡面")
    assert fold("Ｍ＋博物館") == fold("m+博物馆")


def test_a_word_is_found_in_a_text_only_where_it_stands():
    text = build_search_text("滬港合作會議", "A text in English")
    assert [word for word in ("合作", "作合", "English", "議 A") if fold(word) in text] == ["合作", "English"]


@pytest.mark.parametrize(
    "spellings",
    [
        ("CU-06", "cu06", "CU–06", "ＣＵ－０６", "cu\u201106"),
        ("co-operation", "cooperation", "Co\u00adoperation"),
        ("programme", "program", "PROGRAMME"),
        ("Each other’s", "each  other's", "each\u00a0other`s", "each\u200b other´s"),
        ("2019年 香港周", "2019 年香港周", "2019年　香港周"),
        ("the centre", "The Center"),
    ],
)
def test_what_is_written_in_several_ways_is_one_to_a_search(spellings):
    assert len({fold(spelling) for spelling in spellings}) == 1


# A quote, and where it is a translation the text that was quoted; and how it is shown.
CUT = [
    ("will hold a week", "", "…\xa0will hold a week\xa0…"),
    ("will hold a week.", "", "…\xa0will hold a week."),
    ("Both places will hold a week", "", "Both places will hold a week\xa0…"),
    ("Both places will hold a week.", "", "Both places will hold a week."),
    ("", "", ""),
    ("兩地將舉辦香港周。", "", "兩地將舉辦香港周。"),
    ("將舉辦香港周", "will hold a week", "……將舉辦香港周……"),
    ("將舉辦香港周。", "will hold a week.", "……將舉辦香港周。"),
    ("两地将举办香港周", "Both places will hold a week", "两地将举办香港周……"),
]


@pytest.mark.parametrize(("text", "verbatim", "shown"), CUT)
def test_a_quote_has_ellipses_where_it_is_cut_out_of_its_sentence(text, verbatim, shown):
    assert with_ellipses(text, verbatim) == shown


def test_traditional_sorts_by_strokes_and_simplified_by_pinyin():
    words = ["澳門", "航空", "一帶一路", "文化", "上海"]
    by_strokes = sorted(words, key=lambda word: sort_key(word, "zh-hant"))
    assert by_strokes == ["一帶一路", "上海", "文化", "航空", "澳門"]  # 1, 3, 4, 10, 15 strokes
    words = ["一带一路", "文化", "上海", "航空", "澳门"]
    by_pinyin = sorted(words, key=lambda word: sort_key(word, "zh-hans"))
    assert by_pinyin == ["澳门", "航空", "上海", "文化", "一带一路"]  # ao, hang, shang, wen, yi


def test_a_language_that_django_does_not_have_is_taken_for_english():
    with translation.override("fr"):
        assert languages.current_language() == "en-gb"
