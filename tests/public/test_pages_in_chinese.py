"""Public pages in Chinese: translations where there are some, the text on record marked where there are none."""

import re
from decimal import Decimal

import pytest
from django.utils.translation import override

from commitments.i18n.phrases import quote_html
from commitments.ledger.append import append_entries
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import Commitment
from tests import factories
from tests.helpers.commitment_page import passage
from tests.helpers.crowds import crowd, queries
from tests.helpers.html import find_all, visible_text

pytestmark = pytest.mark.django_db
PAGES = ("/", "/commitments/", "/commitments/QQ-0001/", "/releases/of-all/", "/updates/", "/timeline/")


def translate(commitment, **texts):
    """Say texts of a commitment in Traditional Chinese, by the text on record."""
    new = [NewTranslation(commitment, "zh-hant", source, text) for source, text in texts.items()]
    record_translations(new, Actor())


@pytest.fixture
def commitment():
    """One whose title and quote are translated, owned by a body that has a short name."""
    body = factories.OrganisationFactory(
        name="Leisure and Cultural Services Department",
        short_name="LCSD",
        name_zh_hant="康樂及文化事務署",
        short_name_zh_hant="康文署",
    )
    pledge = factories.published(
        reference="CU-06", title="Hold a Hong Kong Week", quote="will hold a Hong Kong Week", owners=[body]
    )
    translate(pledge, **{"Hold a Hong Kong Week": "舉辦香港周", "will hold a Hong Kong Week": "將舉辦香港周"})
    return Commitment.objects.get(pk=pledge.pk)


def body_of(client, address):
    """A page, its lines and their indents taken together."""
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_commitment_is_told_in_the_language_of_its_page(client, commitment):
    page = body_of(client, "/zh-hant/commitments/CU-06/")
    assert '<p class="ref">CU-06</p> <h1>舉辦香港周</h1>' in page
    assert "<title>CU-06 舉辦香港周" in page


def test_where_nobody_translated_it_stands_the_text_on_record_marked_with_its_language(client, commitment):
    page = body_of(client, "/zh-hans/commitments/CU-06/")
    assert '<p class="ref">CU-06</p> <h1><span lang="en-GB">Hold a Hong Kong Week</span></h1>' in page


def test_a_commitments_page_in_chinese_leads_to_the_text_on_record(client, commitment):
    link = '<a href="/commitments/CU-06/" hreflang="en" lang="en-GB">Hold a Hong Kong Week</a>'
    assert link in body_of(client, "/zh-hant/commitments/CU-06/")
    assert link.replace('/"', '/?as_of=2020-01-01"') in body_of(client, "/zh-hant/commitments/CU-06/?as_of=2020-01-01")


def test_the_words_of_the_release_stand_by_their_translation_which_is_marked_as_ours(client, commitment):
    answer = client.get("/zh-hant/commitments/CU-06/")
    [quote] = find_all(passage(answer), "blockquote")
    assert dict(quote.attributes)["lang"] == "zh-Hant-HK"
    assert visible_text(quote) == "…… 將舉辦香港周 ……"
    [original] = find_all(passage(answer), "p", _class="original", lang="en")
    assert visible_text(original) == "… will hold a Hong Kong Week …"
    assert visible_text(find_all(passage(answer), "figcaption")[0]).endswith("譯文由本站提供，原文為英文。")


def test_what_the_release_says_in_another_language_is_not_called_english(client):
    release = factories.ReleaseFactory(language="zh-Hans")
    translate(factories.published(reference="TT-01", quote="将开门", release=release), 将开门="將開門")
    place = visible_text(find_all(passage(client.get("/zh-hant/commitments/TT-01/")), "figcaption")[0])
    assert place.endswith("本站譯文。")


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_nothing_stands_beside_a_quote_that_has_no_translation_in_the_pages_language(client, commitment, prefix):
    answer = client.get(f"{prefix}/commitments/CU-06/")
    [quote] = find_all(passage(answer), "blockquote", lang="en")
    assert visible_text(quote) == "… will hold a Hong Kong Week …"
    assert not find_all(passage(answer), "p", _class="original")
    assert visible_text(find_all(passage(answer), "figcaption")[0]).endswith(("24 August 2018.", "2018年8月24日。"))


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_on_the_release_s_page_a_quote_without_translation_stands_alone(client, commitment, prefix):
    address = f"/releases/{commitment.release.slug}/"
    assert 'class="translation' not in body_of(client, prefix + address)
    assert "「……將舉辦香港周……」" in body_of(client, f"/zh-hant{address}")


def test_the_reason_of_a_correction_and_what_it_changed_are_told_in_the_language_of_the_page(client, commitment):
    change = {"field": "done_when", "before": "The thing is done.", "after": "The week was held."}
    content = {"changes": [change], "reason": "Said more exactly."}
    append_entries([NewEntry("correction", content, commitment)])
    translate(
        commitment,
        **{
            "Said more exactly.": "說得更準確。",
            "The thing is done.": "事情已完成。",
            "The week was held.": "香港周已舉行。",
        },
    )
    page = body_of(client, "/zh-hant/commitments/CU-06/")
    assert "<p>說得更準確。</p>" in page
    assert "<del>事情已完成。</del> <ins>香港周已舉行。</ins>" in page
    assert "說得更準確。" in body_of(client, "/zh-hant/updates/")


def test_the_owners_before_and_after_a_correction_are_named_in_the_language_of_the_page(client, commitment):
    other = factories.OrganisationFactory(slug="zzz", name="Education Bureau", name_zh_hant="教育局")
    mine = commitment.owners.get()
    change = {"field": "owners", "before": [mine.slug], "after": [mine.slug, other.slug]}
    append_entries([NewEntry("correction", {"changes": [change], "reason": "Both."}, commitment)])
    page = body_of(client, "/zh-hant/commitments/CU-06/")
    assert "<del>康樂及文化事務署</del> <ins>康樂及文化事務署、教育局</ins>" in page


def test_a_table_names_an_organisation_by_its_short_name_in_the_language_of_the_page(client, commitment):
    assert ">康文署</td>" in body_of(client, "/zh-hant/areas/" + commitment.area.slug + "/")
    assert '><span lang="en-GB">LCSD</span></td>' in body_of(client, f"/zh-hans/areas/{commitment.area.slug}/")


def test_without_a_short_name_in_its_language_a_table_has_the_name():
    body = factories.OrganisationFactory(name="Education Bureau", short_name="EDB", name_zh_hant="教育局")
    assert body.translation("label", "zh-hant") == "教育局"


def test_a_long_note_in_chinese_is_cut_though_it_has_no_spaces(client, commitment):
    factories.record("report", commitment, note="It was held.")
    translate(commitment, **{"It was held.": "字" * 500})
    assert f"<p>{'字' * 119}…</p>" in body_of(client, "/zh-hant/updates/")


def test_how_many_of_what_is_said_without_a_space_in_chinese(client):
    pledge = factories.published(reference="AV-04", kind="target", target=Decimal(40), unit="employees")
    assert '<dd>40 <span lang="en-GB">employees</span>' in body_of(client, "/zh-hant/commitments/AV-04/")
    translate(pledge, employees="名員工")
    assert "<dd>40名員工" in body_of(client, "/zh-hant/commitments/AV-04/")


def test_quotation_marks_within_quotation_marks_are_inner_ones_in_chinese():
    with override("zh-hant"):
        assert quote_html("舉辦「香港周」") == "「舉辦『香港周』」"
    with override("zh-hans"):
        assert quote_html("举办“香港周”") == "“举办‘香港周’”"
    with override("en-gb"):
        assert quote_html("hold a “Hong Kong Week”") == "“hold a “Hong Kong Week””"


@pytest.mark.postgresql
def test_a_page_takes_as_many_queries_in_each_language(client):
    body = factories.OrganisationFactory(name="Body of all", name_zh_hant="全部機構")
    for pledge in crowd(range(1, 6), owners=[body]):
        translate(pledge, **{"Do the thing": "做這件事", "will do it": "將會做"})
        factories.record("report", pledge)
        factories.record("context", pledge, reply_of=body.slug)
        factories.record("check", pledge)

    for page in PAGES:
        client.get(f"{page}?elsewhere=1")  # what is read once and kept
        assert queries(client, f"/zh-hant{page}") == queries(client, f"/zh-hans{page}") == queries(client, page), page
