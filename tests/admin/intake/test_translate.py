"""Translating the pledges of a release: each text once, filled beforehand, and nothing of two people is lost."""

from types import SimpleNamespace

import pytest
from django.test import Client

from commitments.admin.intake.rows import write_drafts
from commitments.admin.intake.translate import SUGGESTED_FIELD
from commitments.ledger.append import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import Intake
from commitments.workflow.intake import deciding
from commitments.workflow.intake.aligning import form_of
from commitments.workflow.intake.deciding import Decider
from tests import factories
from tests.helpers.admin_forms import Form
from tests.helpers.chinese_intakes import CHINESE_TITLES, TEN_PLEDGES_IN_CHINESE
from tests.helpers.intakes import TEN_PLEDGES, begin_intake
from tests.helpers.people import member, signed_in

pytestmark = pytest.mark.django_db
HANT, HANS = "zh-hant", "zh-hans"
PILOTS, MAP = "Train 25 pilots", "Publish a common map of the harbours"


@pytest.fixture(scope="module")
def work(module_db):
    """Of each role somebody; two governments; a release read with its Traditional Chinese text, all ten accepted."""
    for name, side in (("HKSAR Government", "hong_kong"), ("Shanghai Municipal Government", "shanghai")):
        factories.OrganisationFactory(name=name, kind="government", side=side)
    staff = {role.lower(): member(role) for role in ("Contributor", "Editor", "Publisher", "Administrator")}
    return SimpleNamespace(**staff, intake=accepted(staff["editor"], TEN_PLEDGES_IN_CHINESE))


@pytest.fixture
def intake(work):
    return Intake.objects.get(pk=work.intake.pk)


@pytest.fixture
def editor(work):
    return signed_in(work.editor)


def accepted(user, chinese_text):
    intake = begin_intake(user, TEN_PLEDGES, chinese_text)
    for span in intake.spans.filter(promises=True):
        deciding.accept(Decider(user, span.pk, span.revision), span.cells, None)
    return intake


def page(intake, query=""):
    return f"/admin/commitments/intake/{intake.pk}/translate/{query}"


def boxes(answer):
    """By text and language."""
    return {(row.text, box.language): box for row in answer.context["rows"] for box in row.boxes}


def send(client, intake, typed, *, opened=None, query="", **fields):
    """Type into the boxes of some texts of a page, and save it."""
    opened = opened or client.get(page(intake, query))
    names = {boxes(opened)[place].name: text for place, text in typed.items()}
    return Form(opened).send(client, page(intake, query), "_save", **names, **fields)


def cells(intake, column, text):
    return [span.cells for span in intake.spans.order_by("start") if span.cells.get(column) == text]


# What the page shows


def test_each_text_stands_once_with_every_pledge_that_has_it_and_as_what(intake, editor):
    rows = editor.get(page(intake)).context["rows"]
    assert len({row.text for row in rows}) == len(rows)
    places = {row.text: row.places for row in rows}
    assert places[PILOTS] == "Title: PL-09, PL-10"
    assert places["pilots"] == "Unit: PL-09, PL-10"
    assert [row.text for row in rows][:2] == [
        "Hold a Harbour Week in Shanghai",
        "The Leisure and Cultural Services Department will hold a Harbour Week in Shanghai in 2027",
    ]


def test_all_ten_titles_are_filled_from_the_chinese_text_in_its_own_form_alone(intake, editor):
    shown = boxes(editor.get(page(intake)))
    spans = intake.spans.filter(promises=True)
    titles = {span.words: shown[span.cells["title"], HANT].text for span in spans}
    assert {begin: titles[words] for begin in CHINESE_TITLES for words in titles if words.startswith(begin)} == (
        CHINESE_TITLES
    )
    assert {shown[span.cells["title"], HANS].text for span in spans} == {""}


def test_a_suggestion_says_that_it_is_not_saved_and_where_it_comes_from_and_the_chinese_stands_beside(intake, editor):
    answer = editor.get(page(intake))
    box = boxes(answer)[MAP, HANT]
    assert box.missing
    assert box.source == "Suggested, not saved yet: from the Chinese text of the release."
    assert box.source in answer.text
    assert '<p lang="zh-Hant-HK">雙方將於兩年內出版共同的海港地圖</p>' in answer.text


def test_a_deadline_is_suggested_in_the_words_of_the_chinese_text_and_a_quote_is_not(intake, editor):
    shown = boxes(editor.get(page(intake)))
    assert shown["by 30 June 2027", HANT].text == "於2027年6月30日或之前"
    assert shown["Both sides will publish a common map of the harbours within two years", HANT].text == ""


def test_when_a_pledge_counts_as_done_is_drafted_from_its_chinese_title(intake, editor):
    draft = "the owner has published a common map of the harbours"
    assert boxes(editor.get(page(intake)))[draft, HANT].text == "已出版共同的海港地圖"
    assert boxes(editor.get(page(intake)))[draft, HANS].text == ""
    send(editor, intake, {(MAP, HANS): "出版共同的港区地图"})
    assert boxes(editor.get(page(intake)))[draft, HANS].text == "已出版共同的港区地图"


@pytest.mark.postgresql
def test_what_was_translated_before_is_suggested_whatever_its_case_and_spaces(intake, editor):
    commitment = factories.published(reference="TT-01")
    source = "publish  a common MAP of the harbours"
    for text in ("海港圖", "兩地共用的海港地圖"):
        record_translations([NewTranslation(commitment, HANT, source, text)], Actor())
    box = boxes(editor.get(page(intake)))[MAP, HANT]
    assert (box.text, box.source) == (
        "兩地共用的海港地圖",
        "Suggested, not saved yet: so it was translated for TT-01.",
    )
    record_translations([NewTranslation(commitment, HANT, source, "")], Actor())
    assert boxes(editor.get(page(intake)))[MAP, HANT].text == "出版共同的海港地圖"


def test_a_note_that_the_reader_wrote_has_its_wording_in_both_forms(intake, editor):
    note = "The release speaks of both sides; the two governments are taken as owners."
    shown = boxes(editor.get(page(intake)))
    assert all("fixed wording" in shown[note, language].source for language in (HANT, HANS))


def test_what_is_unlike_the_english_text_is_shown_beside_and_not_filled_in(work, editor):
    text = TEN_PLEDGES_IN_CHINESE.replace("雙方將就綠色金融舉行定期會議。\n", "")
    work.intake.release.delete()
    answer = editor.get(page(accepted(work.editor, text)))
    assert boxes(answer)["Hold regular meetings on green finance", HANT].text == ""
    assert "In the Chinese text of the release, perhaps:" in answer.text


@pytest.mark.parametrize(
    ("text", "form"), [("港口城市同意深化合作，將簽署協議", HANT), ("港口城市将签署协议", HANS), ("文化中心", "")]
)
def test_the_form_of_a_chinese_text_is_known_by_its_characters(text, form):
    assert form_of(text) == form


def test_how_many_texts_are_left_is_said_for_each_form_and_they_can_be_shown_alone(intake, editor):
    total = len(editor.get(page(intake)).context["rows"])
    send(editor, intake, {(MAP, HANS): "出版共同的港区地图"})
    answer = editor.get(page(intake, "?missing=1"))
    left = sum(box.missing for box in boxes(editor.get(page(intake))).values() if box.language == HANT)
    assert f"{left} of {total} texts are still without Traditional Chinese." in answer.text
    assert MAP not in {text for text, _language in boxes(answer)}


def test_what_of_the_release_itself_lacks_chinese_is_said_with_the_way_to_its_form(intake, editor):
    intake.release.sections.create(position=1, heading="Ports")
    intake.release.title_zh_hant = "港口城市同意深化合作"
    intake.release.save()
    answer = editor.get(page(intake))
    assert answer.context["gaps"][0].endswith("Traditional Chinese yet: publisher, headings of its sections (Ports).")
    assert f'href="/admin/commitments/release/{intake.release.pk}/change/"' in answer.text


# What is saved


@pytest.mark.postgresql
def test_a_translation_goes_to_every_pledge_that_has_the_text(intake, editor):
    answer = send(editor, intake, {(PILOTS, HANT): "培訓25名領港員", (PILOTS, HANS): "培训25名引航员"})
    assert answer.status_code == 302
    both = cells(intake, "title", PILOTS)
    assert [row["title_zh_hans"] for row in both] == ["培训25名引航员"] * 2


def test_suggestions_are_saved_with_the_button_and_become_translations_of_the_drafts(intake, editor, work):
    send(editor, intake, {})
    [row] = cells(intake, "title", MAP)
    assert row["title_zh_hant"] == "出版共同的海港地圖"
    intake.spans.exclude(cells__title=MAP).update(decision="undecided")
    span = intake.spans.get(cells__title=MAP)
    span.cells |= {"owners": "HKSAR Government"}
    span.save()
    [draft] = write_drafts(intake, work.editor).values()
    assert draft.translations.get(language=HANT, source=MAP).text == "出版共同的海港地圖"


def test_an_empty_box_removes_a_translation(intake, editor):
    send(editor, intake, {(MAP, HANS): "图"})
    send(editor, intake, {(MAP, HANS): ""})
    assert cells(intake, "title", MAP)[0]["title_zh_hans"] == ""


def test_a_pledge_accepted_later_with_the_same_text_is_said_to_lack_it_and_gets_it(intake, editor):
    late = intake.spans.filter(cells__title=PILOTS).last()
    type(late).objects.filter(pk=late.pk).update(decision="undecided")
    send(editor, intake, {(PILOTS, HANS): "培训25名引航员"})
    type(late).objects.filter(pk=late.pk).update(decision="accepted")
    box = boxes(editor.get(page(intake)))[PILOTS, HANS]
    assert (box.text, box.missing) == ("培训25名引航员", True)
    send(editor, intake, {})
    assert {row["title_zh_hans"] for row in cells(intake, "title", PILOTS)} == {"培训25名引航员"}


def test_what_somebody_else_saved_meanwhile_stays_both_are_shown_and_all_others_are_saved(intake, editor, work):
    opened = editor.get(page(intake))
    other = signed_in(work.publisher)
    send(other, intake, {(MAP, HANS): "港区图", (PILOTS, HANT): "訓練25名領港員"})
    answer = send(editor, intake, {(MAP, HANS): "海港图", ("pilots", HANS): "名引航员"}, opened=opened)
    assert "“港区图”" in boxes(answer)[MAP, HANS].problem
    assert boxes(answer)[MAP, HANS].text == "海港图"
    assert cells(intake, "title", MAP)[0]["title_zh_hans"] == "港区图"
    assert cells(intake, "title", PILOTS)[0]["title_zh_hant"] == "訓練25名領港員"  # of ours it was a suggestion
    assert cells(intake, "unit", "pilots")[0]["unit_zh_hans"] == "名引航员"
    assert "1 translation was not saved" in answer.text
    Form(answer).send(editor, page(intake), "_save")
    assert cells(intake, "title", MAP)[0]["title_zh_hans"] == "海港图"


def test_what_was_typed_for_a_text_that_is_gone_comes_back_to_be_copied(intake, editor, work):
    opened = editor.get(page(intake))
    span = intake.spans.get(cells__title=MAP)
    deciding.reject(Decider(work.publisher, span.pk, span.revision))
    answer = send(editor, intake, {(MAP, HANS): "海港图", ("pilots", HANS): "名引航员"}, opened=opened)
    assert answer.context["lost"] == ["海港图"]
    assert cells(intake, "unit", "pilots")[0]["unit_zh_hans"] == "名引航员"


def test_one_that_is_too_long_comes_back_as_typed_and_the_others_are_saved(intake, editor):
    answer = send(editor, intake, {(MAP, HANS): "图" * 10_001, ("pilots", HANS): "名引航员"})
    box = boxes(answer)[MAP, HANS]
    assert box.text == "图" * 10_001
    assert "at most 10000 characters" in box.problem
    assert cells(intake, "unit", "pilots")[0]["unit_zh_hans"] == "名引航员"


@pytest.mark.parametrize("fields", [{"seen": "?"}, {"seen": ""}])
def test_a_form_that_does_not_say_what_it_showed_saves_nothing_and_keeps_what_was_typed(intake, editor, fields):
    answer = send(editor, intake, {(MAP, HANS): "海港图"}, **fields)
    assert boxes(answer)[MAP, HANS].text == "海港图"
    assert "title_zh_hans" not in cells(intake, "title", MAP)[0]


@pytest.mark.parametrize("suggested", ["", "?", "[]", '{"x": 1}'])
def test_whatever_stands_in_the_box_of_suggestions_the_texts_are_saved(intake, editor, suggested):
    assert send(editor, intake, {(MAP, HANS): "海港图"}, **{SUGGESTED_FIELD: suggested}).status_code == 302
    assert cells(intake, "title", MAP)[0]["title_zh_hans"] == "海港图"


def test_a_span_that_is_accepted_again_keeps_the_translations_of_texts_that_stay(intake, editor, work):
    send(editor, intake, {(MAP, HANT): "地圖", ("within two years", HANT): "兩年內"})
    span = intake.spans.get(cells__title=MAP)
    changed = span.cells | {"title": "Publish a map"}
    deciding.accept(Decider(work.editor, span.pk, span.revision), changed, None)
    span.refresh_from_db()
    assert (span.cells["title_zh_hant"], span.cells["deadline_as_stated_zh_hant"]) == ("", "兩年內")
    bare = {name: cell for name, cell in span.cells.items() if "_zh_" not in name}
    deciding.accept(Decider(work.editor, span.pk, span.revision), bare, None)
    span.refresh_from_db()
    assert span.cells["deadline_as_stated_zh_hant"] == "兩年內"


# Who


def test_only_those_who_work_for_all_may_open_it(intake, work):
    assert signed_in(work.publisher).get(page(intake)).status_code == 200
    for client in (signed_in(work.contributor), signed_in(work.administrator)):
        assert client.get(page(intake)).status_code == 403
        assert client.post(page(intake), {}).status_code == 403
    assert Client().get(page(intake)).status_code == 302


def test_without_accepted_pledges_it_leads_to_marking(intake, editor):
    intake.spans.update(decision="undecided")
    assert f'href="/admin/commitments/intake/{intake.pk}/mark/"' in editor.get(page(intake)).text
