"""What each public page says: of the first release as it was loaded, and of what staff record afterwards."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

import pytest
from django.test import Client

from commitments.domain import choices
from commitments.domain.choices import DraftState, IntakeDecision, LinkOutcome, ProposalState, Vocabulary
from commitments.ledger.append import append_entries, new_correction, new_redaction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, LedgerEntry
from commitments.query.overview_sentences import number_word
from tests import factories
from tests.helpers.commitment_page import facts, own_quote, passage, record, sources, title, verdict
from tests.helpers.html import (
    REFERENCE,
    find_all,
    link_texts,
    main_element,
    parse_page,
    table_references,
    visible_text,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
BY = Actor()


# List


def test_the_list_shows_a_page_of_rows_and_how_many_there_are(release, client):
    answer = client.get("/commitments/?per_page=25")
    assert len(table_references(answer)) == 25
    assert visible_text(find_all(main_element(answer), "h1")[0]) == "All pledges 57"
    assert visible_text(find_all(main_element(answer), "p", id="announcement")[0]) == "57 pledges, page 1 of 3"


@pytest.mark.postgresql
def test_the_pages_of_the_list_together_hold_every_commitment_once(release, client):
    pages = [client.get(f"/commitments/?per_page=20&page={number}") for number in (1, 2, 3)]
    listed = [reference for answer in pages for reference in table_references(answer)]
    assert len(listed) == len(set(listed)) == 57
    assert "Page 3 of 3" in visible_text(main_element(pages[2]))


def test_previous_and_next_keep_filter_sort_and_day(release, client):
    answer = client.get("/commitments/?level=primary&sort=-title&per_page=10&as_of=2021-08-30&page=2")
    query = "level=primary&sort=-title&per_page=10&as_of=2021-08-30"
    turns = [
        address
        for address, label in link_texts(main_element(answer)).items()
        if label in ("Previous page", "Next page")
    ]
    assert turns == [f"?{query}&page=1", f"?{query}&page=3"]


def test_a_header_sorts_by_its_column_and_says_how_the_table_is_sorted(release, client):
    answer = client.get("/commitments/?sort=deadline&per_page=25&page=2")
    headers = {visible_text(cell): cell for cell in find_all(find_all(main_element(answer), "thead")[0], "th")}
    assert dict(headers["Due"].attributes)["aria-sort"] == "ascending"
    assert list(link_texts(headers["Due"])) == ["?per_page=25&sort=-deadline"]
    assert list(link_texts(headers["Pledge"])) == ["?per_page=25&sort=title"]
    assert not link_texts(headers["Who must deliver"])


def test_an_unsorted_list_says_that_it_is_sorted_by_reference(release, client):
    headers = find_all(find_all(main_element(client.get("/commitments/")), "thead")[0], "th")
    assert [visible_text(cell) for cell in headers if "aria-sort" in dict(cell.attributes)] == ["Ref."]


def test_the_download_of_a_list_has_its_filter_and_no_page(release, client):
    answer = client.get("/commitments/?area=culture&as_of=2021-08-30&per_page=5&page=2")
    assert link_texts(main_element(answer))["/commitments.csv?area=culture&as_of=2021-08-30"] == "CSV"


def test_the_filter_form_shows_what_was_asked_for(release, client):
    form = find_all(
        main_element(client.get("/commitments/?q=airport&status=completed&sort=-title&as_of=2021-08-30")), "form"
    )[0]
    given = [dict(box.attributes) for box in find_all(form, "input")]
    assert [box["value"] for box in given if box["name"] == "q"] == ["airport"]
    assert [box["value"] for box in given if "checked" in box] == ["completed"]
    assert [box["value"] for box in given if box["name"] == "as_of"] == ["2021-08-30"]
    [sort] = find_all(form, "select", name="sort")
    assert [visible_text(option) for option in find_all(sort, "option") if "selected" in dict(option.attributes)] == [
        "Title (Z–A)"
    ]


def test_a_list_that_finds_nothing_says_so(release, client):
    answer = client.get("/commitments/?q=nowhere")
    assert answer.status_code == 200
    assert "Nothing matches" in visible_text(main_element(answer))
    assert not find_all(main_element(answer), "table")


def test_a_row_has_reference_title_owners_status_deadline_and_latest_news(release, client):
    row = visible_text(find_all(find_all(main_element(client.get("/commitments/?q=CU-06")), "tbody")[0], "tr")[0])
    assert row == "CU-06 Hold a Hong Kong Week in Shanghai HK Government delivered 2019 kept (Nov 2019)"


# Commitment


def test_a_commitment_is_quoted_with_its_place_in_the_release(release, client):
    answer = client.get("/commitments/CU-06/")
    assert own_quote(answer) == Commitment.objects.get(reference="CU-06").quote
    assert visible_text(passage(answer)).startswith("… will hold a Hong Kong Week in Shanghai in 2019 … ")
    place = visible_text(find_all(passage(answer), "figcaption")[0])
    assert place.startswith("“Cultural Co-operation and Creative Industries”, paragraph 2. 4th Plenary Session")
    assert "Conference, 24 August 2018." in place
    assert "/releases/4th-plenary-2018/#CU-06" in link_texts(passage(answer))


def test_a_place_without_heading_is_told_as_it_is(release, client):
    place = visible_text(find_all(main_element(client.get("/commitments/ED-01/")), "figcaption")[0])
    assert "Education (no heading in the text), paragraph" in place


def test_a_commitment_outside_the_outline_of_its_release_is_not_said_to_stand_in_none(client):
    factories.published(reference="TT-01", area=None)
    answer = client.get("/commitments/TT-01/")
    assert "None" not in visible_text(main_element(answer)).replace("None found.", "")  # of sources
    assert visible_text(find_all(passage(answer), "figcaption")[0]).startswith("Paragraph 1.")


def test_hong_kong_week_was_met_by_a_report_of_november_2019(release, client):
    answer = client.get("/commitments/CU-06/")
    assert verdict(answer) == (
        "Delivered on 1 November 2019: a Hong Kong Week has opened in Shanghai. In time: the release named 2019. "
        "Rests on state media, not on any independent source."
    )
    assert facts(answer)["By when"].startswith("2019")
    assert facts(answer)["Counts as done when"] == "A Hong Kong Week has opened in Shanghai."
    assert facts(answer)["Last checked"] == "29 November 2026"
    assert "taken to be the Hong Kong Week" in visible_text(main_element(answer))


def test_shanghai_week_was_met_late_by_at_least_three_years_and_three_months_without_a_slip(release, client):
    answer = client.get("/commitments/CU-07/")
    assert verdict(answer).startswith(
        "Delivered late, on 27 April 2024: a Shanghai Week has opened in Hong Kong. "
        "At least 3 years 3 months after the time that was named, 2020."
    )
    assert facts(answer)["Late by"] == "at least 3 years 3 months"
    assert facts(answer)["Last checked"] == "29 November 2026"
    assert facts(answer)["By when"] == "2020 (“in 2020”)"
    assert facts(answer)["Strength of wording"] == "plan: “is planning to”"


def test_forty_employees_are_a_number_that_nobody_reported(release, client):
    answer = client.get("/commitments/AV-04/")
    assert facts(answer)["Target"] == "about 40 employees Number trained: not reported."
    assert not find_all(main_element(answer), "meter")
    assert verdict(answer).endswith(
        "The time that was named, 2018, has passed: outcome unknown. Last checked on 29 November 2026. "
        "This is no accusation: it may have been done without a public report."
    )


def test_a_reported_number_is_shown_with_a_bar(client):
    commitment = factories.published(reference="TT-01", target=Decimal(40), unit="employees", target_approximate=True)
    factories.record("report", commitment, status="in_progress", achieved="12.50")
    answer = client.get("/commitments/TT-01/")
    assert facts(answer)["Target"].startswith("about 40 employees 12.5 reported")
    assert dict(find_all(main_element(answer), "meter")[0].attributes) == {"min": "0", "max": "40", "value": "12.5"}


def test_the_owner_of_forty_employees_is_inferred_and_the_page_says_why(release, client):
    owners = facts(client.get("/commitments/AV-04/"))["Who must deliver"]
    assert "Inferred. The release names the Academy" in owners


def test_a_date_of_an_event_is_no_deadline_and_the_page_says_so(release, client):
    answer = client.get("/commitments/PR-01/")
    assert (
        "This is the date of the event, not a day on which the pledge falls due." in facts(answer)["Date of the event"]
    )
    assert "The date of the event, 2021, has passed: outcome unknown. Last checked on 29 November 2026." in verdict(
        answer
    )
    assert facts(answer)["Evidence"] == "background only"


def test_the_words_of_the_release_for_a_deadline_are_shown_as_stated(release, client):
    assert facts(client.get("/commitments/AV-04/"))["By when"] == "2018 (“In 2018”)"


def test_a_commitment_without_deadline_gets_none(release, client):
    assert facts(client.get("/commitments/BR-03/"))["By when"] == "none named"


def test_what_the_release_itself_reports_as_done_says_on_whose_word_it_stands(release, client):
    answer = client.get("/commitments/FM-03/")
    assert "Completed by the release’s own statement that it is signed or in place." in visible_text(
        main_element(answer)
    )
    assert verdict(answer).endswith("Rests on the parties’ own word.")
    assert facts(answer)["Evidence"] == "the parties’ own word"
    assert facts(answer)["Kind"].startswith("done when announced")
    assert facts(answer)["Strength of wording"] == "statement: Said as a fact."


def test_the_umbrella_lists_its_nine_parts_and_is_not_counted(release, client):
    answer = client.get("/commitments/SC-01/")
    assert facts(answer)["Level"] == "heading, listed, not counted"
    [parts] = find_all(main_element(answer), "section", **{"aria-labelledby": "parts"})
    assert [address[13:18] for address in link_texts(parts)] == [
        "CU-01", "CU-02", "CU-03", "CU-04", "ED-01", "IT-01", "IT-03", "IT-05", "LE-02",
    ]  # fmt: skip


def test_a_part_names_what_it_is_part_of(release, client):
    assert facts(client.get("/commitments/CU-01/"))["Part of"].startswith("SC-01 Sign fifteen")


@pytest.mark.postgresql
def test_the_record_stands_newest_first_with_the_publication_last(release, client):
    dates = [re.match(r"(\d+ )?(\w+ )?\d{4}", entry).group() for entry in record(client.get("/commitments/CU-07/"))]
    assert dates == ["2 August 2024", "27 April 2024", "1 November 2019", "24 August 2018"]


def test_the_record_says_which_report_changed_the_status(client):
    commitment = factories.published(reference="TT-01")
    factories.record("report", commitment, date="2019", status="in_progress")
    factories.record("report", commitment, date="2020", status="in_progress")
    factories.record("report", commitment, date="2021", status="completed")
    arrows = [entry.partition("→")[0] if "→" in entry else "" for entry in record(client.get("/commitments/TT-01/"))]
    assert arrows == ["2021 in progress ", "", "2019 no evidence found ", ""]


def test_overdue_is_counted_to_the_day_that_is_shown_and_not_at_least(client):
    commitment = factories.published(reference="TT-01", deadline="2019")
    factories.record("report", commitment, date="2019-10", status="in_progress")
    answer = client.get("/commitments/TT-01/?as_of=2020-01-10")
    assert "It is 10 days past the time that was named, 2019." in verdict(answer)
    assert facts(answer)["Late by"] == "10 days so far"


def test_a_slip_is_shown_with_both_dates_and_its_reason(client):
    commitment = factories.published(reference="TT-01", deadline="2019", deadline_as_stated="in 2019")
    slip = {"deadline": "2020-H1", "deadline_reason": "The site was flooded."}
    factories.record("report", commitment, date="2019-10", status="in_progress", **slip)
    deadline = facts(client.get("/commitments/TT-01/"))["By when"]
    assert deadline.startswith("first half of 2020")
    assert "First 2019 (“in 2019”); moved back by 182 days." in deadline
    assert "October 2019: first half of 2020. The site was flooded." in deadline


def test_the_release_s_words_for_the_first_deadline_do_not_stand_beside_a_later_one(client):
    commitment = factories.published(reference="TT-01", deadline="2019", deadline_as_stated="in 2019")
    slip = {"deadline": "2020-H1", "deadline_reason": "The site was flooded."}
    factories.record("report", commitment, date="2019-10", status="in_progress", **slip)
    assert "first half of 2020 (“in 2019”)" not in facts(client.get("/commitments/TT-01/"))["By when"]


def test_a_deadline_brought_forward_is_told_as_such(client):
    commitment = factories.published(reference="TT-01", deadline="2020-01-06")
    slip = {"deadline": "2020-01-01", "deadline_reason": "Good weather."}
    factories.record("report", commitment, date="2019-10", status="in_progress", **slip)
    deadline = facts(client.get("/commitments/TT-01/"))["By when"]
    assert "First 6 January 2020; brought forward by 5 days." in deadline


def test_a_stopped_commitment_gives_its_reason(client):
    commitment = factories.published(reference="TT-01")
    factories.record("report", commitment, status="stopped", stop_reason="overtaken", note="A flood.")
    assert verdict(client.get("/commitments/TT-01/")).startswith(
        "Stopped, as reported in 2019: events made it pointless."
    )


def test_evidence_is_linked_with_publisher_date_relation_and_source(client):
    commitment = factories.published(reference="TT-01")
    row = factories.evidence(date="2019-H2", source="independent", archived_url="https://archive.example/1")
    factories.record("report", commitment, evidence=[row])
    answer = client.get("/commitments/TT-01/")
    assert sources(answer) == {
        "From the parties": [],
        "State media": [],
        "Independent": ["Report Gazette, second half of 2019; about the pledge itself; archived copy"],
    }
    links = link_texts(find_all(main_element(answer), "div", _class="sources")[0])
    assert links == {"https://example.org/report": "Report", "https://archive.example/1": "archived copy"}


def test_a_correction_is_shown_with_before_after_and_reason(client):
    commitment = factories.published(reference="TT-01", title="Do the thnig")
    append_entries([new_correction(commitment, {"title": "Do the thing"}, "A slip of the pen.", BY)])
    answer = client.get("/commitments/TT-01/")
    assert title(answer) == "TT-01 Do the thing"
    assert "A slip of the pen. title Do the thnig Do the thing" in visible_text(main_element(answer))


def test_corrected_owners_are_told_as_words_and_not_as_a_program_s_list(client):
    commitment = factories.published(reference="TT-01")
    [entry] = append_entries(
        [new_correction(commitment, {"owners": [factories.OrganisationFactory()]}, "Not theirs.", BY)]
    )
    changed = visible_text(find_all(main_element(client.get("/commitments/TT-01/")), "dl", _class="changes")[0])
    assert entry.data["changes"][0]["field"] in changed
    assert "[" not in changed


def test_a_retracted_report_is_struck_through_with_its_reason_and_counts_nowhere(client):
    commitment = factories.published(reference="TT-01")
    entry = factories.record("report", commitment, status="completed", note="It was finished.")
    append_entries([new_retraction(entry, "It was another bridge.", BY)])
    answer = client.get("/commitments/TT-01/")
    retracted = find_all(main_element(answer), "li", _class="retracted")[0]
    assert "It was finished." in visible_text(find_all(retracted, "del")[0])
    assert "counted nowhere. Reason: It was another bridge." in visible_text(retracted)
    assert verdict(answer).startswith("Not searched for yet.")
    assert not any(sources(answer).values())


def test_a_redacted_report_says_that_its_text_was_removed_when_and_why(client):
    commitment = factories.published(reference="TT-01")
    entry = factories.record("report", commitment, note="Mr Chan of 4 Some Street said so.")
    append_entries([new_redaction(entry, None, "It named a person.", BY)])
    answer = client.get("/commitments/TT-01/")
    assert "Text of this entry was removed on 29 November 2026. Reason: It named a person." in visible_text(
        main_element(answer)
    )
    assert "Mr Chan" not in answer.content.decode()


@pytest.mark.postgresql
def test_a_report_whose_words_were_removed_still_moves_the_status_on_the_page(client):
    commitment = factories.published(reference="TT-01")
    entry = factories.record("report", commitment, status="completed", date="2019", note="It named a person.")
    append_entries([new_redaction(entry, entry.data | {"note": "[removed]"}, "It named a person.", BY)])
    page = visible_text(main_element(client.get("/commitments/TT-01/")))
    assert "no evidence found → delivered" in page
    assert "Reason: It named a person." in page
    assert "[removed]" in page


@pytest.mark.postgresql
def test_a_retracted_correction_is_shown_struck_through_with_its_reason(client):
    commitment = factories.published(reference="TT-01", title="Do the thing")
    [entry] = append_entries([new_correction(commitment, {"title": "Undo the thing"}, "A slip of the pen.", BY)])
    append_entries([new_retraction(entry, "The first was right.", BY)])
    answer = client.get("/commitments/TT-01/")
    assert title(answer) == "TT-01 Do the thing"
    assert "The first was right." in visible_text(main_element(answer))


def test_text_of_staff_is_never_markup(client):
    hostile = "<script>alert(1)</script><u>&amp;"
    texts = ("title", "quote", "note", "parties_as_stated", "done_when")
    commitment = factories.published(reference="TT-01", **dict.fromkeys(texts, hostile))
    commitment.release.sections.create(position=1, heading=hostile, area=commitment.area)
    factories.record(
        "report", commitment, note=hostile, evidence=[factories.evidence(title=hostile, publisher=hostile)]
    )
    for address in ("/", "/commitments/", "/commitments/TT-01/", "/updates/", commitment.release.get_absolute_url()):
        page = client.get(address).content.decode()
        assert hostile not in page
        assert "<script>" not in page
        assert "<u>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;u&gt;&amp;amp;" in page


# Release


HEADINGS = [
    "The Belt and Road Initiative",
    "Cultural Co-operation and Creative Industries",
    "Education (no heading in the text)",
    "Finance (no heading in the text)",
    "Youth Development",
    "Innovation and Technology",
    "Facilitation Measures for Hong Kong People",
    "Legal and Dispute Resolution Services",
    "Commerce, Trade, Investment and Co-operation in Relation to the Shanghai Free Trade Zone (SHFTZ)",
    "Civil Aviation, Maritime Transport and Logistics",
    "Exchange of Professionals",
    "Healthcare, Food and Medicine",
    "Other Co-operation Areas",
    "Hong Kong/Shanghai Co-operation Agreement Signing Ceremony",
]
RELEASE = "/releases/4th-plenary-2018/"


def test_the_release_has_its_fourteen_sections_in_order_two_of_them_without_heading(release, client):
    headings = [visible_text(heading) for heading in find_all(main_element(client.get(RELEASE)), "h2")]
    assert headings == [*HEADINGS, "The agreements"]


def test_every_commitment_stands_once_in_its_place_in_the_release(release, client):
    places = [dict(item.attributes).get("id", "") for item in find_all(main_element(client.get(RELEASE)), "li")]
    assert sorted(filter(REFERENCE.fullmatch, places)) == sorted(Commitment.objects.values_list("reference", flat=True))


def test_a_commitment_outside_the_outline_still_stands_on_the_page_of_its_release(client):
    commitment = factories.published(reference="TT-01")
    assert "/commitments/TT-01/" in link_texts(main_element(client.get(commitment.release.get_absolute_url())))


def test_paragraphs_are_numbered_upwards_within_a_section(release, client):
    culture = find_all(main_element(client.get(RELEASE)), "section")[1]
    numbers = [int(visible_text(mark).removeprefix("¶ ")) for mark in find_all(culture, "p", _class="when")]
    assert numbers == sorted(set(numbers))
    assert len(numbers) > 1


def test_nine_agreements_are_identified_and_six_are_not(release, client):
    agreements = find_all(find_all(main_element(client.get(RELEASE)), "ol", _class="agreements")[0], "li")
    assert len(agreements) == 10
    assert visible_text(agreements[-1]) == "6 more that the text does not let us identify."
    texts = [visible_text(agreement) for agreement in agreements[:-1]]
    assert [sum(mark in text for text in texts) for mark in ("named in the text", "inferred")] == [2, 7]


def test_the_release_says_that_its_sixteen_areas_are_not_settled_by_its_text(release, client):
    assert "16 areas" in visible_text(main_element(client.get(RELEASE)))


# Area, organisation, updates


def test_an_area_shows_its_commitments_and_its_heading_in_the_release(release, client):
    answer = client.get("/areas/culture/")
    assert table_references(answer) == [f"CU-{number:02}" for number in range(1, 11)]
    assert "In the release: “Cultural Co-operation and Creative Industries”." in visible_text(main_element(answer))
    assert link_texts(main_element(answer))["/commitments/?area=culture"] == "10 in the list"
    assert link_texts(main_element(answer))["/commitments/?level=primary&area=culture"] == "9 pledges"


def test_an_area_without_heading_says_so(release, client):
    assert "The text gives this paragraph no heading." in visible_text(main_element(client.get("/areas/finance/")))


@pytest.mark.postgresql
def test_an_organisation_has_what_it_owns_and_what_it_takes_part_in_apart(release, client):
    owns, joins = find_all(main_element(client.get("/organisations/sag/")), "section")
    assert REFERENCE.findall(visible_text(owns)) == ["AV-03"]
    assert REFERENCE.findall(visible_text(joins)) == ["AV-04"]


@pytest.mark.parametrize("slug", ["hksarg", "csiaf"])
def test_the_counts_of_an_organisation_lead_to_lists_with_that_many_rows(release, client, slug):
    counted = {
        a: label for a, label in link_texts(main_element(client.get(f"/organisations/{slug}/"))).items() if "?" in a
    }
    assert counted
    numbers = {word: number for number in range(58) for word in (str(number), number_word(number))}  # "1", "one"
    for address, label in counted.items():
        assert len(table_references(client.get(f"{address}&per_page=100"))) == numbers[label.split()[0]]


@pytest.mark.postgresql
def test_updates_show_every_entry_of_the_ledger_latest_recorded_first(release, client):
    shown, number, last = [], 0, 1
    while number < last:
        number += 1
        answer = client.get(f"/updates/?page={number}")
        last = int(re.search(r"Page \d+ of (\d+)", visible_text(main_element(answer))).group(1))
        shown += re.findall(r"Ledger entry (\d+),", visible_text(main_element(answer)))
    assert sorted(map(int, shown)) == list(range(1, LedgerEntry.objects.count() + 1))


@pytest.mark.postgresql
def test_what_was_recorded_later_stands_above(client, time_machine):
    commitment = factories.published(title="Build a bridge")
    factories.record("report", commitment, date="2026-11", note="The first.")
    time_machine.move_to(datetime(2026, 11, 30, 10, tzinfo=UTC))
    factories.record("report", commitment, date="2019", note="The second.")
    text = visible_text(main_element(client.get("/updates/")))
    assert text.index("The second.") < text.index("The first.")


def test_updates_name_the_entry_that_a_retraction_or_redaction_is_about(client):
    commitment = factories.published(reference="TT-01")
    first, second = (
        factories.record("report", commitment, note="One."),
        factories.record("report", commitment, note="Two."),
    )
    append_entries([new_retraction(first, "Wrong bridge.", BY), new_redaction(second, None, "A name.", BY)])
    text = visible_text(main_element(client.get("/updates/")))
    assert f"retraction of entry {first.sequence} Wrong bridge." in text
    assert f"redaction of entry {second.sequence} ( TT-01 ) A name." in text
    assert "Retracted, and counted nowhere. One." in text
    assert "Two." not in text


# About, and what is no page of content


def vocabularies():
    """Every vocabulary whose values have a meaning for readers; drafts, proposals and links are the staff's alone."""
    named = [getattr(choices, name) for name in dir(choices)]
    classes = [
        vocabulary
        for vocabulary in named
        if isinstance(vocabulary, type) and issubclass(vocabulary, Vocabulary) and vocabulary is not Vocabulary
    ]
    return [
        vocabulary
        for vocabulary in classes
        if vocabulary not in (DraftState, IntakeDecision, ProposalState, LinkOutcome)
        and any(choice.meaning for choice in vocabulary)
    ]


def test_about_explains_every_value_of_every_vocabulary(client):
    text = visible_text(main_element(client.get("/about/")))
    assert len(vocabularies()) > 10
    values = [choice for vocabulary in vocabularies() for choice in vocabulary]
    assert [choice for choice in values if f"{choice.label} {choice.value} {choice.meaning}" not in text] == []


def test_about_names_publisher_and_contact_where_they_are_set(client, settings):
    settings.PUBLISHER, settings.CONTACT = "Office of Records", "records@example.org"
    text = visible_text(main_element(client.get("/about/")))
    assert "write to records@example.org" in text
    assert "The publisher is Office of Records." in text


def test_a_page_with_a_missing_slash_is_found(release, client):
    assert client.get("/commitments/CU-06").headers["Location"] == "/commitments/CU-06/"


def test_the_favicon_is_where_browsers_look_for_it(client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 301
    assert re.fullmatch(r"/static/commitments/favicon\.\w+\.svg", answer.headers["Location"])


# What holds of every page: each is asked once for today, and once for a past day


ADDRESSES = [
    "/",
    "/commitments/",
    "/commitments/CU-06/",
    "/commitments/LE-02/",
    "/areas/culture/",
    "/organisations/wkcda/",
    RELEASE,
    "/repeated/",
    "/updates/",
    "/about/",
    "/ledger/",
]


@cache
def shown(query=""):
    """The answers of these addresses on the release, which is the same for every test that asks for it."""
    return {address: Client().get(address + query) for address in ADDRESSES}


def test_a_public_page_sets_no_cookie_and_asks_nothing_of_other_sites(release):
    pattern = r'<(?:script|img|iframe|link rel="(?!canonical|alternate)[^"]*")[^>]+(?:src|href)="(?:https?:)?//'
    for address, answer in shown().items():
        assert not answer.cookies, address
        assert not re.search(pattern, answer.content.decode()), address
        assert " style=" not in answer.content.decode(), address


def test_every_internal_link_of_a_page_leads_somewhere(release, client):
    targets = {
        address + target if target.startswith("?") else target.partition("#")[0]
        for address, answer in shown().items()
        for target in link_texts(parse_page(answer))
        if target.startswith(("/", "?")) and not target.startswith("/admin")
    }
    assert len(targets) > 100
    assert {target for target in targets if client.get(target).status_code != 200} == set()


def test_every_link_within_a_page_has_its_place(release):
    for address, answer in shown().items():
        content = answer.content.decode()
        assert set(re.findall(r'href="#([^"]+)"', content)) <= set(re.findall(r' id="([^"]+)"', content)), address


def test_no_name_of_an_element_is_given_twice_on_a_page(release):
    for address, answer in shown().items():
        names = re.findall(r' id="([^"]+)"', answer.content.decode())
        assert len(names) == len(set(names)), address


def test_a_page_of_a_past_day_says_so_and_offers_today(release):
    for address, answer in shown("?as_of=2021-08-30").items():
        [note] = find_all(parse_page(answer), "section", _class="as-of")
        assert "As of 30 August 2021." in visible_text(note)
        assert link_texts(note) == {address: "Show today"}


# As of a day


OPENED = "a Hong Kong Week has opened in Shanghai."
STATE_MEDIA = "Rests on state media, not on any independent source."
BEGUN = f"In progress, as last reported on 16 October 2018. What would count as done: {OPENED} The time named is 2019."


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2018-10-15", f"Not searched for yet. What would count as done: {OPENED} The time named is 2019."),
        ("2018-10-16", f"{BEGUN} Rests on the parties’ own word."),
        ("2019-10-31", f"{BEGUN} Nothing newer was found in the year since. Rests on the parties’ own word."),
        ("2019-11-01", f"Delivered on 1 November 2019: {OPENED} In time: the release named 2019. {STATE_MEDIA}"),
    ],
)
def test_a_commitment_stands_as_it_stood_on_the_day(release, client, day, said):
    assert verdict(client.get(f"/commitments/CU-06/?as_of={day}")) == said


def test_a_later_slip_does_not_show_on_a_past_day(client):
    commitment = factories.published(reference="TT-01", deadline="2019")
    slip = {"deadline": "2020-H1", "deadline_reason": "The site was flooded."}
    factories.record("report", commitment, date="2019-10-05", status="in_progress", **slip)
    deadline = facts(client.get("/commitments/TT-01/?as_of=2019-10-04"))["By when"]
    assert deadline == "2019"


def test_each_number_of_the_ledger_leads_to_its_entry_and_none_to_one_of_a_later_day(client):
    commitment = factories.published(reference="TT-01")
    [publication] = commitment.entries.all()
    [correction] = append_entries([new_correction(commitment, {"title": "Do the thing"}, "A slip of the pen.", BY)])
    report = factories.record("report", commitment, date="2020", status="completed")
    taken_back = append_entries([new_retraction(entry, "It was wrong.", BY) for entry in (correction, report)])
    then = [publication, correction, taken_back[0]]
    for query, entries in (("", [*then, report, taken_back[1]]), ("?as_of=2019-12-31", then)):
        answer = client.get(f"/commitments/TT-01/{query}")
        [aside] = find_all(main_element(answer), "aside", _class="facts")
        numbers = {label for address, label in link_texts(aside).items() if address.startswith("#entry-")}
        assert numbers == {str(entry.pk) for entry in entries}
        assert {f"entry-{number}" for number in numbers} <= set(re.findall(r' id="([^"]+)"', answer.text))
