"""Searching: what is looked through, phrases, spellings; in Chinese either form of a character finds both."""

from datetime import date

import pytest

from commitments.ledger.append import append_entries, new_correction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import Commitment
from commitments.query.search import search_commitments
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql, pytest.mark.usefixtures("the_day_is_fixed")]
TODAY = date(2026, 11, 29)
BY = Actor()


def references(words, day=TODAY):
    return list(search_commitments(Commitment.objects.as_of(day), words, day).values_list("reference", flat=True))


def translate(commitment, source, text, language="zh-hant"):
    record_translations([NewTranslation(commitment, language, source, text)], BY)


def pledge(**fields):
    """A public commitment beside another one that no question here finds."""
    factories.published(reference="TT-02", title="去年的事")
    return factories.published(reference="TT-01", **fields)


def test_either_form_of_an_owner_s_name_finds_its_commitments():
    pledge(owners=[factories.OrganisationFactory(name="Leisure Department", name_zh_hant="康樂及文化事務署")])
    words = ["康樂", "康乐", "康樂及文化事務署", "文化事务署", "康樂 文化"]
    assert {word: references(word) for word in words} == {word: ["TT-01"] for word in words}


def test_either_form_of_a_title_on_record_in_chinese_is_found():
    pledge(title="在上海舉辦「香港周」、上海周")
    words = ["上海周", "舉辦", "举办", "「香港", "辦"]
    assert {word: references(word) for word in words} == {word: ["TT-01"] for word in words}


def test_a_title_is_found_by_its_translation_and_by_itself():
    commitment = pledge(title="Build a bridge")
    translate(commitment, "Build a bridge", "興建大橋")
    words = ["橋", "桥", "大橋", "大桥", "Bridge", "bridge"]
    assert {word: references(word) for word in words} == {word: ["TT-01"] for word in words}


def test_a_translation_in_simplified_chinese_is_found_by_traditional_characters():
    commitment = pledge(quote="will build a bridge")
    translate(commitment, "will build a bridge", "将兴建大桥", "zh-hans")
    assert references("興建大橋") == ["TT-01"]


def test_a_word_of_both_scripts_is_found_whatever_its_width_and_case():
    pledge(title="開放M+博物館")
    words = ["M+博物館", "M+博物馆", "m+博物", "Ｍ＋博物館"]
    assert {word: references(word) for word in words} == {word: ["TT-01"] for word in words}


def test_words_of_both_scripts_are_found_together():
    commitment = pledge(title="Build a bridge")
    translate(commitment, "Build a bridge", "興建大橋")
    assert references("大桥 bridge TT-01") == ["TT-01"]
    assert references("大桥 tunnel") == []


def test_a_note_is_found_from_the_day_from_which_it_counts():
    commitment = pledge()
    factories.record("report", commitment, date="2020-05-05", note="The bridge is open.")
    translate(commitment, "The bridge is open.", "大橋已經開通。")
    assert references("开通", date(2020, 5, 5)) == ["TT-01"]
    assert references("开通", date(2020, 5, 4)) == []


def test_a_note_that_is_retracted_is_not_found():
    commitment = pledge()
    entry = factories.record("report", commitment, note="大橋已經開通。")
    assert references("開通") == ["TT-01"]
    append_entries([new_retraction(entry, "Wrong.", BY)])
    assert references("開通") == []


def test_a_translation_of_a_draft_s_text_finds_nothing():
    draft = factories.CommitmentFactory(title="Keep a secret")
    translate(draft, "Keep a secret", "保守秘密")
    commitment = pledge()
    translate(commitment, "A note that is no entry yet.", "尚未記錄的說明")
    assert references("秘密") == references("說明") == []


def test_a_translation_that_was_taken_back_finds_nothing():
    commitment = pledge(title="Build a bridge")
    translate(commitment, "Build a bridge", "興建大橋")
    translate(commitment, "Build a bridge", "")
    assert references("大橋") == []
    assert references("bridge") == ["TT-01"]


def test_a_corrected_title_is_found_by_what_it_says_now():
    commitment = pledge(title="興建大橋")
    append_entries([new_correction(commitment, {"title": "興建隧道"}, "A slip.", BY)])
    assert (references("隧道"), references("大橋")) == (["TT-01"], [])


def test_signs_that_databases_take_for_any_text_stand_for_themselves():
    pledge(title="博物館達標")
    assert [word for word in ("%", "博_館", "100%達標") if references(word)] == []


@pytest.mark.parametrize(("prefix", "word"), [("", "康乐"), ("/zh-hant", "康乐"), ("/zh-hans", "leisure")])
def test_the_same_is_found_in_every_language(client, prefix, word):
    pledge(owners=[factories.OrganisationFactory(name="Leisure Department", name_zh_hant="康樂及文化事務署")])
    rows = client.get(f"{prefix}/api/v1/commitments/?q={word}").json()["results"]
    assert [row["reference"] for row in rows] == ["TT-01"]


def test_names_of_areas_and_partners_short_titles_and_titles_of_evidence_are_looked_through():
    area = factories.AreaFactory(name="Civil aviation", name_zh_hant="民航")
    partner = factories.OrganisationFactory(name="Airport Group", aliases="SAG\nAirports of Shanghai")
    commitment = pledge(short_title="Training staff", area=area, partners=[partner])
    factories.record("context", commitment, evidence=[factories.evidence(relation="related", title="Note on a course")])
    words = ["civil aviation", "民航", "airport group", "SAG", "training staff", "note on a course", "tt01"]
    assert {word: references(word) for word in words} == {word: ["TT-01"] for word in words}


def test_titles_of_evidence_are_found_from_the_day_from_which_they_count():
    row = factories.evidence(relation="related", title="Note on a course")
    factories.record("context", pledge(), date="2020-05-05", evidence=[row])
    assert (references("course", date(2020, 5, 4)), references("course", date(2020, 5, 5))) == ([], ["TT-01"])


def test_a_phrase_is_found_as_a_whole_and_its_words_in_any_order():
    pledge(title="Hold a Hong Kong Week in Shanghai")
    found = ['"hong kong week"', "“Hong Kong Week”", "week kong", '"kong week" shanghai']
    assert [words for words in [*found, '"week hong"', '"kong  hong"'] if references(words)] == found


def test_a_plural_finds_its_singular_and_each_script_of_a_word_is_looked_for():
    pledge(title="Train staff of an airport agency for 2021年世界技能大賽")
    found = ["airports", "agencies", "airport trainees", "世界技能大賽2021", "2021年世界技能大賽"]
    assert [words for words in [*found, "airport class", '"世界技能大賽2021"'] if references(words)] == found


@pytest.mark.parametrize("words", ["", "  ", '""', "–", "\u200b"])
def test_where_nothing_is_looked_for_all_is_found(words):
    pledge()
    assert references(words) == ["TT-01", "TT-02"]
