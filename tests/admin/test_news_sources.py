"""Evidence takes its class from the list of news sources; where it differs somebody is asked, once."""

import pytest
from django.contrib.auth.models import User

from commitments.ledger.verify import verify_ledger
from commitments.models import DraftEvidence, DraftUpdate, EntityProposal, Evidence, NewsSource
from tests import factories
from tests.helpers.admin_forms import CONTEXT, REPORT, Form, change, errors, fill, record_address
from tests.helpers.html import find_all, link_texts, parse_page, visible_text
from tests.helpers.imports import as_csv, changes, counts, exported, imported, member, report, rows_of, upload, wrong
from tests.helpers.news_sources import listed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_stands_still", "uploads")]
UNCLASSED = {"evidence-0-source": ""}
ONCE = "The list of news sources has Gazette as “party”. If this page is something else"


@pytest.fixture
def commitment(db, the_day_stands_still):
    return factories.published(reference="AA-01")


@pytest.fixture
def desk(client):
    client.force_login(User.objects.create_superuser("boss"))
    return client


@pytest.fixture
def gazette(db, the_day_stands_still):
    return listed("gazette", "Gazette", "party", name_zh_hant="憲報", name_zh_hans="宪报")


def row_errors(answer, number=0):
    """The messages beside the fields of one row of evidence."""
    return {name: " ".join(messages) for name, messages in errors(answer)["rows"][number].items()}


# The form


@pytest.mark.postgresql
@pytest.mark.usefixtures("gazette")
@pytest.mark.parametrize("publisher", ["Gazette", "gazette (Bastille Post)", "憲報（轉載）"])
def test_a_class_left_empty_is_filled_in_from_the_list(commitment, desk, publisher):
    typed = REPORT | UNCLASSED | {"evidence-0-publisher": publisher}
    assert fill(desk, record_address(commitment), "_publish", **typed).status_code == 302
    row = Evidence.objects.get()
    assert (row.publisher, row.source) == (publisher, "party")


@pytest.mark.usefixtures("gazette")
@pytest.mark.parametrize("button", ["_save", "_publish"])
def test_an_unknown_publisher_without_a_class_is_refused_beside_it(commitment, desk, button):
    answer = fill(desk, record_address(commitment), button, **REPORT | UNCLASSED | {"evidence-0-publisher": "Herald"})
    assert row_errors(answer) == {"source": "Choose one: this publisher is not on the list of news sources."}
    assert Form(answer).fields["evidence-0-publisher"] == "Herald"
    assert not DraftUpdate.objects.exists()


@pytest.mark.usefixtures("gazette")
def test_an_unknown_publisher_with_a_class_is_taken_at_once(commitment, desk):
    typed = REPORT | {"evidence-0-publisher": "Herald", "evidence-0-source": "independent"}
    assert fill(desk, record_address(commitment), **typed).status_code == 302
    assert DraftEvidence.objects.get().source == "independent"


def test_a_draft_of_a_source_fills_nothing_in(commitment, desk):
    NewsSource.objects.create(slug="gazette", name="Gazette", source="party", why="The government prints it.")
    assert set(row_errors(fill(desk, record_address(commitment), **REPORT | UNCLASSED))) == {"source"}


@pytest.mark.usefixtures("gazette")
def test_a_class_that_differs_is_pointed_out_once_and_taken_the_second_time(commitment, desk):
    address = record_address(commitment)
    first = fill(desk, address, "_publish", **REPORT)
    assert row_errors(first)["source"].startswith(ONCE)
    assert not Evidence.objects.exists()
    assert Form(first).fields["evidence-0-source"] == "independent"
    assert Form(first).send(desk, address, "_publish").status_code == 302
    assert Evidence.objects.get().source == "independent"


@pytest.mark.usefixtures("gazette")
def test_another_class_that_differs_is_pointed_out_again(commitment, desk):
    address = record_address(commitment)
    first = fill(desk, address, **REPORT)
    second = Form(first).send(desk, address, "_save", **{"evidence-0-source": "state_media"})
    assert row_errors(second)["source"].startswith(ONCE)
    assert Form(second).send(desk, address, "_save").status_code == 302


@pytest.mark.usefixtures("gazette")
def test_the_class_of_the_list_is_taken_without_a_word(commitment, desk):
    assert fill(desk, record_address(commitment), **REPORT | {"evidence-0-source": "party"}).status_code == 302


@pytest.mark.usefixtures("gazette")
def test_the_form_offers_the_names_on_the_list_with_their_class(commitment, desk):
    page = parse_page(desk.get(record_address(commitment)))
    [names] = find_all(page, "datalist", id="news-sources")
    offered = [dict(option.attributes) for option in find_all(names, "option")]
    assert [(option["value"], option["data-source"]) for option in offered] == [("Gazette", "party")]
    [box] = [dict(box.attributes) for box in find_all(page, "input", name="evidence-0-publisher")]
    assert box["list"] == "news-sources"


# Files


@pytest.fixture
def editor(commitment):
    return member("Editor")


@pytest.mark.postgresql
@pytest.mark.usefixtures("gazette")
def test_a_file_may_leave_the_class_of_listed_sources_empty(editor):
    imported(editor, "draftupdate", as_csv(report(evidence_1_publisher="Gazette (page 3)", evidence_1_source="")))
    assert DraftEvidence.objects.get().source == "party"


@pytest.mark.usefixtures("gazette")
def test_a_file_must_give_the_class_of_others(editor):
    preview = upload(editor, "draftupdate", as_csv(report(evidence_1_publisher="Herald", evidence_1_source="")))
    assert wrong(preview) == [(2, "evidence", "Evidence 1, source: This field cannot be blank.")]
    assert not DraftUpdate.objects.exists()


@pytest.mark.usefixtures("gazette")
def test_a_file_keeps_a_class_that_differs(editor):
    imported(editor, "draftupdate", as_csv(report(evidence_1_source="independent")))
    assert DraftEvidence.objects.get().source == "independent"


@pytest.mark.usefixtures("gazette")
def test_a_class_that_is_taken_out_of_a_file_is_that_of_the_list_again(editor):
    imported(editor, "draftupdate", as_csv(report(evidence_1_source="independent")))
    [row] = rows_of(exported(editor, "draftupdate"))
    preview = upload(editor, "draftupdate", as_csv(row | {"evidence_1_source": ""}))
    assert changes(preview) == [(row["draft"], "evidence_1_source", "independent", "party")]


@pytest.mark.usefixtures("gazette")
def test_a_class_that_is_taken_out_of_a_file_and_is_that_of_the_list_changes_nothing(editor):
    imported(editor, "draftupdate", as_csv(report()))
    [row] = rows_of(exported(editor, "draftupdate"))
    assert counts(upload(editor, "draftupdate", as_csv(row | {"evidence_1_source": ""}))) == (0, 0, 1, 0)


# The page of a news source


def other_classes(answer):
    """The rows of the page that were recorded under another class: their words, and where they lead."""
    return {
        visible_text(row): [*link_texts(row)]
        for section in find_all(parse_page(answer), "section", id="other-classes")
        for row in find_all(section, "li")
    }


@pytest.fixture
def paid_post(commitment, gazette):
    """Context by the Gazette, recorded as independent."""
    row = factories.evidence(publisher="Gazette (paid post)", source="independent", relation="context")
    return factories.record("context", commitment, date="2019-05", evidence=[row])


def test_the_page_of_a_news_source_lists_rows_recorded_under_another_class(desk, gazette, paid_post):
    assert other_classes(desk.get(change(gazette))) == {
        "AA-01 May 2019: Report, Gazette (paid post) (independent)": [f"/commitments/AA-01/#entry-{paid_post.pk}"]
    }


def test_where_all_rows_have_its_class_the_page_says_nothing(desk, commitment, gazette):
    factories.record("context", commitment, evidence=[factories.evidence(source="party")])
    assert "recorded under another class" not in desk.get(change(gazette)).text


@pytest.mark.postgresql
def test_after_a_change_of_its_class_a_message_leads_to_what_was_recorded_before(desk, commitment, gazette):
    factories.record("report", commitment, evidence=[factories.evidence(source="party")])
    answer = fill(desk, change(gazette), source="state_media", reason="It was sold to the state.")
    [message] = [
        text
        for one in find_all(parse_page(desk.get(answer.headers["Location"])), "li", _class="warning")
        for text in [(visible_text(one), [*link_texts(one)])]
    ]
    assert message == (
        "Gazette : 1 row of evidence was recorded under another class. Look at it.",
        [change(gazette)],
    )
    assert len(other_classes(desk.get(change(gazette)))) == 1
    assert Evidence.objects.get().source == "party"  # evidence keeps the class that it was recorded with
    assert list(verify_ledger()) == []


def test_a_change_that_an_editor_proposes_leads_nowhere_yet(commitment, gazette):
    factories.record("report", commitment, evidence=[factories.evidence(source="party")])
    editor = member("Editor")
    answer = fill(editor, change(gazette), source="state_media", reason="It was sold to the state.")
    assert EntityProposal.objects.get().changes == {"source": {"before": "party", "after": "state_media"}}
    assert "recorded under another class" not in editor.get(answer.headers["Location"]).text


def test_context_that_a_form_records_under_another_class_is_on_the_page(desk, commitment, gazette):
    first = fill(desk, record_address(commitment), "_publish", **CONTEXT)
    Form(first).send(desk, record_address(commitment), "_publish")
    assert len(other_classes(desk.get(change(gazette)))) == 1
