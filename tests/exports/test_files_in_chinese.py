"""Files, the API, feeds and calendars in Chinese: what is translated is, the rest stays as it is on record.

Read back by what programs read them with. What is the same in each language is held to the English answers.
"""

import csv
import io
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import feedparser
import openpyxl
import pytest
import time_machine
import vobject
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from commitments.exports.columns import ColumnType
from commitments.exports.datasets import DATASETS
from commitments.exports.list_columns import COLUMN_NAMES, LIST_COLUMNS
from commitments.exports.xlsx import CUT_MARK, MAX_CELL_LENGTH
from commitments.i18n.languages import CHINESE
from commitments.ledger.append import append_entries, new_correction, new_entity_entry
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import Commitment, NewsSource, Organisation
from tests import factories
from tests.helpers.crowds import queries
from tests.helpers.days import NOW
from tests.helpers.exports import document
from tests.helpers.ledger_acts import before_texts_had_a_length

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
BY = Actor()
ATOM = "{http://www.w3.org/2005/Atom}"
# By column, a text of the record and how it is said in Chinese.
SAID = {
    "title": ("Hold a week", "在上海舉辦「香港周」", "在上海举办“香港周”"),
    "note": ("It was held.", "已經舉行。", "已经举行。"),
    "unit": ("events", "項活動", "项活动"),
    "done_when": ("The week is over.", "活動完結。", "活动结束。"),
    "measure": ("number held", "舉辦數目", "举办数量"),
    "parties_as_stated": ("enterprises", "企業", "企业"),
    "owner_note": ("It says so.", "公報如此說。", "公报如此说。"),
    "deadline_as_stated": ("by 2019", "2019年或之前", "2019年前"),
    "commitment_note": ("Once a year.", "一年一次。", "每年一次。"),
    "deadline_reason": ("The site was flooded.", "場地水浸。", "场地被淹。"),
    "searched": ("Public pages.", "公開網頁。", "公开网页。"),
    "publisher": ("Gazette", "《憲報》", "《宪报》"),
    "quote": ("will hold a week", "將舉辦香港周", "将举办香港周"),
}
PLACES = {"zh-hant": 1, "zh-hans": 2}
# What is written in both forms is held in both; where the form decides nothing, in one.
languages = pytest.mark.parametrize("language", CHINESE)
traditional, simplified = (pytest.mark.parametrize("language", [language]) for language in ("zh-hant", "zh-hans"))


def text_in(name, language):
    return SAID[name][PLACES[language]]


@pytest.fixture(scope="module", autouse=True)
def small_world(module_db):
    """A commitment of which everything is translated, and a later one of which nothing is."""
    with time_machine.travel(NOW, tick=False):
        make_the_world()


@pytest.fixture
def pledge(db):
    """The commitment of which everything is translated."""
    return Commitment.objects.public().get(reference="CU-06")


def make_the_world():
    place = {
        "release": factories.ReleaseFactory(
            slug="first", title="Plenary", title_zh_hant="全體會議", title_zh_hans="全体会议"
        ),
        "area": factories.AreaFactory(slug="culture", name="Culture", name_zh_hant="文化", name_zh_hans="文化领域"),
    }
    names = {"name": "Leisure Department", "name_zh_hant": "康樂及文化事務署", "name_zh_hans": "康乐及文化事务署"}
    commitment = factories.published(
        reference="CU-06",
        deadline="2019",
        target=Decimal(2),
        owner_inferred=True,
        owners=[factories.OrganisationFactory(slug="lcsd", short_name="LCSD", **names)],
        note=SAID["commitment_note"][0],
        **{name: SAID[name][0] for name in SAID if name in FIELDS},
        **place,
    )
    slip = {"deadline": "2020", "deadline_reason": SAID["deadline_reason"][0]}
    evidence = [factories.evidence(publisher=SAID["publisher"][0])]
    factories.record("report", commitment, date="2019", note=SAID["note"][0], evidence=evidence, **slip)
    factories.record("check", commitment, searched=SAID["searched"][0])
    record_translations(
        [
            NewTranslation(commitment, language, texts[0], texts[PLACES[language]])
            for texts in SAID.values()
            for language in CHINESE
        ],
        BY,
    )
    factories.published(reference="CU-07", title="Build a bridge", owners=[factories.OrganisationFactory()], **place)


FIELDS = ("title", "quote", "unit", "done_when", "measure", "parties_as_stated", "owner_note", "deadline_as_stated")


def body(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, b"".join(answer)
    return b"".join(answer)


def table(client, address):
    data = body(client, address)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def parsed(client, address):
    feed = feedparser.parse(body(client, address))
    assert not feed.bozo, feed.bozo_exception
    return feed


def events(client, address):
    return vobject.readOne(body(client, address).decode()).vevent_list


# CSV


@languages
@pytest.mark.postgresql
def test_the_list_s_file_says_each_text_in_the_language_of_its_address(client, pledge, language):
    row, _untranslated = table(client, f"/{language}/commitments.csv")
    for name in ("title", "unit", "note"):
        assert row[name] == text_in(name, language)
    assert row["owners"] == getattr(pledge.owners.get(), f"name_{language.replace('-', '_')}")
    assert row["quote"] == SAID["quote"][0]


@simplified
def test_what_is_not_translated_stays_as_it_is_on_record(client, pledge, language):
    row = table(client, f"/{language}/commitments.csv")[1]
    english = table(client, "/commitments.csv")[1]
    assert row == english | {"url": english["url"].replace("/commitments/", f"/{language}/commitments/")}


@traditional
def test_names_of_columns_codes_and_numbers_are_the_same_in_every_language(client, pledge, language):
    assert tuple(table(client, f"/{language}/commitments.csv")[0]) == COLUMN_NAMES
    words = [
        column.name for column in LIST_COLUMNS if column.translated_from or column.name in ("owners", "partners", "url")
    ]
    for row, english in zip(
        table(client, f"/{language}/commitments.csv"), table(client, "/commitments.csv"), strict=True
    ):
        assert {name: row[name] for name in COLUMN_NAMES if name not in words} == {
            name: english[name] for name in COLUMN_NAMES if name not in words
        }


@simplified
@pytest.mark.postgresql
def test_every_table_has_its_texts_in_the_language(client, pledge, language):
    commitment = table(client, f"/{language}/data/commitments.csv")[0]
    for name in ("done_when", "measure", "parties_as_stated", "owner_note", "deadline_as_stated", "commitment_note"):
        assert commitment[name] == text_in(name, language)
    assert text_in("done_when", language) in commitment["verdict"]
    assert not re.search("[A-Za-z]", commitment["verdict"])
    report, check = table(client, f"/{language}/data/updates.csv")
    assert (report["note"], report["deadline_reason"]) == (
        text_in("note", language),
        text_in("deadline_reason", language),
    )
    assert check["searched"] == text_in("searched", language)
    [evidence] = table(client, f"/{language}/data/evidence.csv")
    assert (evidence["title"], evidence["publisher"]) == ("Report", text_in("publisher", language))


@pytest.mark.postgresql
def test_what_staff_name_is_in_the_language_with_its_gaps_filled_from_english(client, pledge):
    body = next(row for row in table(client, "/zh-hant/data/organisations.csv") if row["slug"] == "lcsd")
    assert (body["name"], body["short_name"]) == ("康樂及文化事務署", "LCSD")
    assert table(client, "/zh-hans/data/areas.csv")[0]["name"] == "文化领域"
    [release] = table(client, "/zh-hant/data/releases.csv")
    assert (release["title"], release["publisher"]) == ("全體會議", "HKSAR Government")


@pytest.mark.postgresql
def test_news_sources_say_their_name_and_why_in_the_language(client):
    words = {"name": "The Wire", "name_zh_hant": "通訊社", "why": "A state owns it.", "why_zh_hant": "由國家擁有。"}
    source = NewsSource.objects.create(slug="the-wire", source="state_media", **words)
    append_entries([new_entity_entry(source, BY)])
    said = [table(client, f"{at}/data/news_sources.csv")[0] for at in ("", "/zh-hant", "/zh-hans")]
    assert [(row["name"], row["why"]) for row in said] == [
        ("The Wire", "A state owns it."),
        ("通訊社", "由國家擁有。"),
        ("The Wire", "A state owns it."),
    ]


@pytest.mark.postgresql
def test_owners_in_a_cell_are_in_the_order_of_the_language(client):
    named = {"一": "Zone", "龍": "Arts", "中": "Mid"}
    bodies = [
        factories.OrganisationFactory(name=english, name_zh_hant=name, name_zh_hans=name.replace("龍", "龙"))
        for name, english in named.items()
    ]
    factories.published(reference="AA-01", owners=bodies)
    cells = [table(client, f"{prefix}/commitments.csv")[0]["owners"] for prefix in ("", "/zh-hant", "/zh-hans")]
    assert cells == ["Arts; Mid; Zone", "一; 中; 龍", "龙; 一; 中"]  # by letters, by strokes, by pinyin


@simplified
def test_labels_are_words_of_the_language_and_never_english(client, pledge, language):
    [headings, *_rows] = csv.reader(
        io.StringIO(body(client, f"/{language}/data/commitments.csv?labels=1").decode("utf-8-sig"))
    )
    with translation.override(language):
        assert headings == [str(column.label) for column in DATASETS["commitments"].columns]
    assert [heading for heading in headings if heading.isascii()] == []


def test_a_formula_in_a_translation_is_defused(client, pledge):
    record_translations([NewTranslation(pledge, "zh-hant", "events", "=1+1")], BY)
    assert table(client, "/zh-hant/commitments.csv")[0]["unit"] == "'=1+1"


@traditional
@pytest.mark.postgresql
def test_what_changed_between_two_days_is_told_in_the_language(client, pledge, language):
    row = table(client, f"/{language}/reports/progress.csv?from=2018-08-24&to=2026-11-29")[0]
    assert (row["title"], row["unit"], row["note"]) == tuple(
        text_in(name, language) for name in ("title", "unit", "note")
    )
    assert row["slip_reasons"] == text_in("deadline_reason", language)
    assert row["owners"] == getattr(pledge.owners.get(), f"name_{language.replace('-', '_')}")


@traditional
def test_the_translations_themselves_are_a_table(client, pledge, language):
    rows = [row for row in table(client, f"/{language}/data/translations.csv") if row["language"] == language]
    assert {row["source"]: row["text"] for row in rows} == {
        texts[0]: texts[PLACES[language]] for texts in SAID.values()
    }
    assert {row["reference"] for row in rows} == {"CU-06"}


@pytest.mark.postgresql
def test_only_what_is_on_record_and_holds_is_in_the_table_of_translations(client, pledge):
    draft = factories.CommitmentFactory(title="Keep a secret")
    new = [
        (draft, "Keep a secret", "保守秘密"),
        (pledge, "A note that is no entry yet.", "尚未記錄"),
        (pledge, "events", "個活動"),
        (pledge, "It was held.", ""),
        (pledge, "Once a year.", "一年兩次。"),
        (pledge, "Once a year.", "一年一次。"),
    ]
    record_translations([NewTranslation(commitment, "zh-hant", source, text) for commitment, source, text in new], BY)
    append_entries([new_correction(pledge, {"measure": "number of them"}, "A slip.", BY)])
    rows = [
        (row["source"], row["text"]) for row in table(client, "/data/translations.csv") if row["language"] == "zh-hant"
    ]
    assert len(rows) == len(set(rows)) == len(SAID) - 1
    assert {("events", "個活動"), ("Once a year.", "一年一次。"), SAID["measure"][:2]} <= set(rows)


@pytest.mark.postgresql
def test_a_source_with_every_sign_is_found_in_the_table_of_translations(client):
    hostile = "2019 \"a\" [b] 'c' $.d \\ 100% “e”\n…"
    commitment = factories.published(done_when=hostile)
    record_translations([NewTranslation(commitment, "zh-hans", hostile, f"译：{hostile}")], BY)
    [row] = [row for row in table(client, "/data/translations.csv") if row["reference"] == commitment.reference]
    assert (row["source"], row["text"]) == (hostile, f"译：{hostile}")


# XLSX, JSON, Data Package


@simplified
def test_the_workbook_is_in_the_language_its_sheets_and_what_it_says_of_itself_too(client, pledge, language):
    book = openpyxl.load_workbook(io.BytesIO(body(client, f"/{language}/commitments.xlsx?area=culture")))
    rows, about = book.worksheets
    assert [cell.value for cell in rows[1]] == list(COLUMN_NAMES)
    assert rows.cell(2, 2).value == text_in("title", language)
    assert not any(sheet.title.isascii() for sheet in book.worksheets)
    facts = dict(about.iter_rows(values_only=True))
    area = getattr(pledge.area, f"name_{language.replace('-', '_')}")
    assert any(value.endswith(f"：{area}") for value in facts.values())
    assert [name for name in facts if name.isascii()] == list(COLUMN_NAMES)
    with translation.override(language):
        assert facts["title"] == f"{LIST_COLUMNS[1].label}：{LIST_COLUMNS[1].description}"


def test_a_text_that_a_cell_cannot_hold_is_cut_with_words_of_the_language(client, pledge):
    commitment = factories.published(reference="AA-01")
    with before_texts_had_a_length():
        factories.record("report", commitment, note="長" * 33_000)
    book = openpyxl.load_workbook(io.BytesIO(body(client, "/zh-hant/commitments.xlsx")))
    cell = book.worksheets[0].cell(2, COLUMN_NAMES.index("note") + 1).value
    with translation.override("zh-hant"):
        assert cell.endswith(str(CUT_MARK))
    assert len(cell) == MAX_CELL_LENGTH


@traditional
def test_the_json_has_the_texts_of_the_language_under_the_same_names(client, pledge, language):
    data = json.loads(body(client, f"/{language}/commitments.json"))
    english = document(client)
    assert data["rows"][0]["title"] == text_in("title", language)
    assert [list(row) for row in data["rows"]] == [list(row) for row in english["rows"]]
    assert not data["title"].isascii()


@simplified
def test_the_data_package_describes_the_tables_in_the_language_under_the_same_names(client, pledge, language):
    package, english = (json.loads(body(client, f"{at}/data/datapackage.json")) for at in (f"/{language}", ""))
    for resource, other in zip(package["resources"], english["resources"], strict=True):
        assert (resource["name"], resource["path"]) == (other["name"], other["path"])
        assert not resource["title"].isascii()
        assert not resource["description"].isascii()
        for field, same in zip(resource["schema"]["fields"], other["schema"]["fields"], strict=True):
            assert {**field, "title": "", "description": ""} == {**same, "title": "", "description": ""}
            assert not field["title"].isascii()
            assert not field["description"].isascii()


# API


@traditional
def test_the_api_answers_in_the_language_and_its_pages_follow_each_other(client, pledge, language):
    data = client.get(f"/{language}/api/v1/commitments/CU-06/").json()
    assert (data["title"], data["updates"][0]["note"]) == (text_in("title", language), text_in("note", language))
    assert data["updates"][0]["evidence"][0]["publisher"] == text_in("publisher", language)
    first = client.get(f"/{language}/api/v1/commitments/?per_page=1").json()
    assert first["next"].startswith(f"http://testserver/{language}/api/v1/commitments/")
    assert client.get(first["next"]).json()["results"][0]["reference"] == "CU-07"


@simplified
def test_the_description_of_the_api_is_in_the_language_and_of_the_same_addresses(client, pledge, language):
    schema, english = (client.get(f"{at}/api/v1/schema/").json() for at in (f"/{language}", ""))
    columns, same = (
        description["components"]["schemas"]["Commitment"]["properties"] for description in (schema, english)
    )
    assert list(columns) == list(same)
    assert not any(column["description"].isascii() for column in columns.values())
    assert not any(
        parameter["description"].isascii()
        for methods in schema["paths"].values()
        for parameter in methods["get"].get("parameters", ())
    )


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("/zh-hant", ["TT-00", "TT-02", "TT-01", "TT-03", "TT-04"]),
        ("/zh-hans", ["TT-01", "TT-03", "TT-00", "TT-02", "TT-04"]),
    ],
)
def test_pages_by_title_give_each_row_once_in_the_order_of_the_language(client, prefix, expected):
    for number, (english, chinese) in enumerate([("C", "一"), ("A", "龍"), ("B", "中"), ("D", "龍"), ("E", "")]):
        commitment = factories.published(reference=f"TT-0{number}", title=english)
        new = [NewTranslation(commitment, language, english, chinese) for language in CHINESE if chinese]
        record_translations(new, BY)
    for sign in ("", "-"):
        whole = [row["reference"] for row in table(client, f"{prefix}/commitments.csv?q=TT-0&sort={sign}title")]
        walked, address = [], f"{prefix}/api/v1/commitments/?q=TT-0&sort={sign}title&per_page=1"
        while address:
            page = client.get(address).json()
            walked += [row["reference"] for row in page["results"]]
            address = page["next"]
        assert walked == whole
        assert sorted(walked) == sorted(expected)
        if not sign:
            assert walked == expected


def test_a_cursor_of_one_language_is_none_in_another(client):
    for number in (1, 2):
        factories.published(reference=f"TT-0{number}")
    following = client.get("/zh-hant/api/v1/commitments/?sort=title&per_page=1").json()["next"]
    assert client.get(following.replace("/zh-hant/", "/zh-hans/")).status_code == 400


# Feeds


@simplified
@pytest.mark.parametrize("address", ["/updates.atom", "/commitments/CU-06.atom", "/organisations/lcsd.atom"])
def test_a_feed_says_its_language_and_where_the_others_are(client, pledge, language, address):
    feed = ET.fromstring(body(client, f"/{language}{address}"))
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    links = [link for link in feed.findall(f"{ATOM}link") if link.get("hreflang")]
    others = {"en": "", "zh-Hant": "/zh-hant", "zh-Hans": "/zh-hans"}
    assert {link.get("hreflang"): link.get("href") for link in links} == {
        name: f"http://testserver{prefix}{address}" for name, prefix in others.items() if name.lower() != language
    }


@simplified
def test_an_entry_is_told_in_the_language(client, pledge, language):
    feed = parsed(client, f"/{language}/commitments/CU-06.atom")
    assert feed.feed.title.endswith(f"CU-06 {text_in('title', language)}")
    assert all(entry.title.startswith(f"CU-06 {text_in('title', language)}：") for entry in feed.entries)
    assert all(entry.link.startswith(f"http://testserver/{language}/commitments/CU-06/#") for entry in feed.entries)


def test_a_feed_and_its_entries_have_names_of_their_own_in_each_language(client, pledge):
    feeds = [parsed(client, f"{prefix}/updates.atom") for prefix in ("", "/zh-hant", "/zh-hans")]
    assert len({feed.feed.id for feed in feeds}) == 3
    assert len({entry.id for feed in feeds for entry in feed.entries}) == 3 * len(feeds[0].entries)


@languages
def test_a_feed_of_a_filter_says_it_in_words_of_the_language(client, pledge, language):
    title = parsed(client, f"/{language}/updates.atom?area=culture&q=week").feed.title
    assert getattr(pledge.area, f"name_{language.replace('-', '_')}") in title
    assert {"zh-hant": "「week」", "zh-hans": "“week”"}[language] in title


@pytest.mark.postgresql
def test_a_translation_makes_a_feed_in_chinese_newer_and_the_english_one_not(client, pledge, time_machine):
    addresses = ["/updates.atom", "/zh-hant/updates.atom"]
    time_machine.move_to(datetime(2026, 11, 29, 12, tzinfo=UTC))
    before = [client.get(address).headers["Last-Modified"] for address in addresses]
    record_translations([NewTranslation(pledge, "zh-hant", "events", "個活動")], BY)
    after = [client.get(address).headers["Last-Modified"] for address in addresses]
    assert (before[0], before[1] < after[1]) == (after[0], True)


# Calendars


@traditional
def test_an_event_is_told_in_the_language_with_the_quote_as_it_was_released(client, pledge, language):
    event, review = events(client, f"/{language}/commitments/CU-06.ics")
    assert review.summary.value == f"CU-06 {text_in('title', language)}：下次覆檢"
    assert event.summary.value.startswith(f"CU-06 {text_in('title', language)}：")
    description = event.description.value
    assert f"…\xa0{SAID['quote'][0]}\xa0…" in description
    assert f"……{text_in('quote', language)}……" in description
    assert all(
        text_in(name, language) in description
        for name in ("quote", "deadline_as_stated", "deadline_reason", "done_when")
    )
    assert f"http://testserver/{language}/commitments/CU-06/" in description


def test_whoever_subscribes_in_two_languages_has_events_that_do_not_take_each_other_s_place(client, pledge):
    calendars = [vobject.readOne(body(client, f"{at}/deadlines.ics").decode()) for at in ("", "/zh-hant", "/zh-hans")]
    assert len({calendar.contents["uid"][0].value for calendar in calendars}) == 3
    assert len({event.uid.value for calendar in calendars for event in calendar.vevent_list}) == 3 * 3
    assert len({event.dtstart.value for calendar in calendars for event in calendar.vevent_list}) == 2
    assert len({calendar.contents["name"][0].value for calendar in calendars}) == 3


# Structured data


@languages
def test_the_structured_data_of_a_page_says_its_language(client, pledge, language):
    page = client.get(f"/{language}/commitments/CU-06/").text
    data = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert data["inLanguage"] == {"zh-hant": "zh-Hant-HK", "zh-hans": "zh-Hans-CN"}[language]
    assert data["mainEntity"]["name"] == text_in("title", language)
    assert data["mainEntity"]["agent"][0]["name"].endswith("署")


# In every language


@pytest.mark.postgresql
def test_an_answer_takes_as_many_queries_in_chinese_as_in_english(client, pledge):
    addresses = [*(f"/data/{name}.csv" for name in DATASETS), "/commitments.json?sort=title", "/reports/progress.csv"]
    addresses += ["/api/v1/commitments/?sort=title", "/api/v1/commitments/CU-06/", "/updates.atom", "/deadlines.ics"]
    english, chinese = (
        {address: queries(client, f"{at}{address}") for address in addresses} for at in ("", "/zh-hant")
    )
    assert chinese == english


@pytest.mark.postgresql
def test_an_english_file_reads_no_column_of_another_language(client, pledge):
    with CaptureQueriesContext(connection) as captured:
        for name in DATASETS:
            if name != "translations":
                body(client, f"/data/{name}.csv")
    assert [query["sql"] for query in captured if "translated" in query["sql"] or "_zh_" in query["sql"]] == []


def test_a_column_that_has_words_says_where_its_translations_are():
    words = {"quote", "place", "source", "text"}  # a quote stays as it was released
    for dataset in DATASETS.values():
        for column in dataset.columns:
            if column.type is ColumnType.TEXT and column.name not in words:
                assert column.translated_from, (dataset.name, column.name)


@pytest.mark.postgresql
def test_staff_take_away_and_bring_back_the_texts_on_record_whatever_language_they_work_in(admin_client, pledge):
    english, chinese = (table(admin_client, f"{at}/admin/commitments/commitment/export/") for at in ("", "/zh-hant"))
    assert [row | {"url": ""} for row in chinese] == [row | {"url": ""} for row in english]
    assert Organisation.objects.get(slug="lcsd").name in chinese[0]["owners"]
