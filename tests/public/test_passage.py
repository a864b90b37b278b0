"""The passage of a commitment's page: its own quote marked among the other pledges of the paragraph, in their order."""

import pytest

from commitments.ledger.append import append_entries, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import Commitment, LedgerHead
from tests import factories
from tests.helpers.commitment_page import own_quote, passage
from tests.helpers.html import find_all, link_texts, visible_text
from tests.helpers.ledger_acts import BY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
PALER = "The paler phrases are the other pledges of this paragraph."


@pytest.fixture
def pledge():
    """Publishes a pledge of one paragraph, where nothing else is said."""
    place = {"release": factories.ReleaseFactory(), "area": factories.AreaFactory()}

    def published(reference, quote, **fields):
        return factories.published(reference=reference, quote=quote, **place | fields)

    return published


def quoted(answer):
    [quote] = find_all(passage(answer), "blockquote")
    return quote


def of(client, query=""):
    """The passage of TT-01, and the same as text."""
    element = quoted(client.get(f"/commitments/TT-01/{query}"))
    return element, visible_text(element)


def test_one_s_own_quote_is_marked_and_the_others_are_linked_in_the_order_of_the_text(release, client):
    answer = client.get("/commitments/CU-07/")
    quotes = dict(
        Commitment.objects.filter(reference__in=("CU-06", "CU-07", "CU-08")).values_list("reference", "quote")
    )
    assert own_quote(answer) == quotes["CU-07"]
    assert list(link_texts(quoted(answer)).items()) == [
        ("/commitments/CU-06/", quotes["CU-06"]),
        ("/commitments/CU-08/", quotes["CU-08"]),
    ]
    assert visible_text(quoted(answer)) == f"… {quotes['CU-06']} … {quotes['CU-07']} … {quotes['CU-08']}"
    assert PALER in visible_text(passage(answer))


def test_a_pledge_alone_in_its_paragraph_stands_alone(client, pledge):
    pledge("TT-01", "will open the gate")
    pledge("TT-02", "will paint the door", paragraph=2)
    pledge("TT-03", "will sweep the yard", area=factories.AreaFactory())
    pledge("TT-04", "will plant a tree", release=factories.ReleaseFactory())
    mistaken = pledge("TT-05", "will sell the house")
    append_entries([new_retraction(mistaken.entries.get(), "Promised by nobody.", BY)])
    factories.CommitmentFactory(reference="TT-06", release=mistaken.release, area=mistaken.area, quote="will dance")
    element, text = of(client)
    assert text == "… will open the gate …"
    assert not link_texts(element)
    answer = client.get("/commitments/TT-01/")
    assert PALER not in visible_text(passage(answer))
    [place] = find_all(passage(answer), "span", _class="place")
    assert [dict(paragraph.attributes).get("class") for paragraph in find_all(place, "i")] == ["here", None]


def test_they_stand_in_the_order_of_their_numbers(client, pledge):
    for reference, quote in (("TT-100", "will sing."), ("TT-99", "will dance,"), ("TT-01", "will play,")):
        pledge(reference, quote)
    element, text = of(client)
    assert text == "… will play, … will dance, … will sing."
    assert list(link_texts(element)) == ["/commitments/TT-99/", "/commitments/TT-100/"]


def test_quotes_that_overlap_are_laid_together(client, pledge):
    pledge("TT-01", "will open the gate and paint it green")
    pledge("TT-02", "paint it green by the summer.")
    element, text = of(client)
    assert text == "… will open the gate and paint it green by the summer."
    assert visible_text(find_all(element, "mark")[0]) == "will open the gate and paint it green"
    assert link_texts(element) == {"/commitments/TT-02/": "by the summer."}


def test_a_quote_within_one_s_own_is_linked_within_the_mark(client, pledge):
    pledge("TT-01", "will open the gate and paint the door")
    pledge("TT-02", "paint the door")
    element, text = of(client)
    assert text == "… will open the gate and paint the door …"
    [mark] = find_all(element, "mark")
    assert link_texts(mark) == link_texts(element) == {"/commitments/TT-02/": "paint the door"}


def test_the_same_word_elsewhere_is_not_taken_for_the_same_place(client, pledge):
    pledge("TT-01", "will open the gate")
    pledge("TT-02", "gate keepers will be hired.")
    assert of(client)[1] == "… will open the gate … gate keepers will be hired."


def test_a_link_says_what_it_leads_to_and_keeps_the_day(client, pledge):
    pledge("TT-01", "will open the gate")
    pledge("TT-02", "will paint the door", title='Paint <b>"the door"</b>')
    [link] = find_all(of(client, "?as_of=2020-01-01")[0], "a")
    assert dict(link.attributes)["href"] == "/commitments/TT-02/?as_of=2020-01-01"
    assert dict(link.attributes)["title"] == 'TT-02 Paint <b>"the door"</b>'


def test_at_an_entry_stands_what_was_on_record_by_then(client, pledge):
    pledge("TT-01", "will open the gate")
    before = LedgerHead.objects.get().sequence
    pledge("TT-02", "will paint the door")
    assert of(client, f"?entry={before}")[1] == "… will open the gate …"
    after = LedgerHead.objects.get().sequence
    assert of(client, f"?entry={after}")[1] == of(client)[1] == "… will open the gate … will paint the door …"


def test_what_nobody_translated_stands_in_its_own_language_among_what_is(client, pledge):
    first = pledge("TT-01", "will open the gate")
    pledge("TT-02", "will paint the door")
    record_translations([NewTranslation(first, "zh-hant", first.quote, "將打開大門")], Actor())
    quote = quoted(client.get("/zh-hant/commitments/TT-01/"))
    assert dict(quote.attributes)["lang"] == "zh-Hant-HK"
    assert visible_text(quote) == "…… 將打開大門 …… will paint the door …"
    [other] = find_all(quote, "span", lang="en")
    assert link_texts(other) == {"/zh-hant/commitments/TT-02/": "will paint the door"}
