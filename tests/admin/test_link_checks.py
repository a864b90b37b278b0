"""The pages of evidence and whether they answer: where to look for another, and of which commitments they are."""

import pytest

from commitments.models import LinkCheck
from tests import factories
from tests.helpers.days import NOW
from tests.helpers.html import find_all, link_texts, parse_page, visible_text
from tests.helpers.ledger_acts import retract
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
LIST = "/admin/commitments/linkcheck/"
GONE = "https://example.org/gone"


@pytest.fixture
def entries():
    """The same page, which is gone, as evidence of two commitments; and a page that answers."""
    LinkCheck.objects.create(url=GONE, outcome="gone", http_status=404, checked_at=NOW, failing_since=NOW)
    sound = {"url": "https://example.org/old", "final_url": "https://example.org/new"}
    LinkCheck.objects.create(**sound, outcome="answers", http_status=200, checked_at=NOW)
    rows = [factories.evidence(url=GONE), factories.evidence(url=sound["url"])]
    return [
        factories.record("context", factories.published(reference=reference), evidence=rows[:number])
        for reference, number in (("TT-02", 1), ("TT-01", 2))
    ]


@pytest.fixture
def editor(db):
    return signed_in(member("Editor"))


def listed(client, query=""):
    """The words of each row and where its links lead but to the row's own page, by the address of the page."""
    tables = find_all(parse_page(client.get(LIST + query)), "table", id="result_list")
    rows = [row for table in tables for body in find_all(table, "tbody") for row in find_all(body, "tr")]
    links = [[link for link in link_texts(row) if not link.startswith(LIST)] for row in rows]
    return {leads[0]: (visible_text(row), leads) for row, leads in zip(rows, links, strict=True)}


def test_a_page_that_is_gone_leads_to_its_commitments_and_to_where_a_copy_may_be(editor, entries):
    page = parse_page(editor.get(LIST))
    assert [link for link in find_all(page, "a") if find_all(link, "a")] == []  # a link within a link leads nowhere
    words, links = listed(editor)[GONE]
    assert "gone 404" in words
    copies = f"https://web.archive.org/web/*/{GONE}"
    assert links == [GONE, "/commitments/TT-01/", "/commitments/TT-02/", copies]


def test_a_page_that_leads_elsewhere_says_where(editor, entries):
    assert "led to https://example.org/new" in listed(editor)["https://example.org/old"][0]


@pytest.mark.parametrize(
    ("query", "urls"),
    [
        ("?outcome=failed", [GONE]),
        ("?outcome=gone", [GONE]),
        ("?outcome=answers", ["https://example.org/old"]),
        ("?outcome=unreachable", []),
        ("?q=old", ["https://example.org/old"]),
    ],
)
def test_the_list_is_narrowed(editor, entries, query, urls):
    assert list(listed(editor, query)) == urls


def test_a_page_of_what_was_retracted_is_not_listed(editor, entries):
    retract(entries[0])
    assert "/commitments/TT-02/" not in listed(editor)[GONE][1]
    retract(entries[1])
    assert listed(editor) == {}
