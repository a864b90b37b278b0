"""The page of what was promised again: its sentence, its rows, and the lists to which its numbers lead."""

import random
from datetime import date, timedelta

import pytest

from commitments.ledger.append import append_entries, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment
from commitments.query.repetitions import repetitions_by, with_updates_between
from tests import factories
from tests.helpers.crowds import queries
from tests.helpers.html import find_all, link_texts, listed, main_element, table_references, visible_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]


@pytest.fixture
def releases():
    return [factories.ReleaseFactory(issued_on=f"{year}-04-25") for year in (2018, 2021, 2024)]


def promised_again(first, second, number=1, **fields):
    """A pledge of the first release, and one of the second that promises it again."""
    earlier = factories.published(reference=f"AA-{number:02}", release=first, **fields)
    factories.published(reference=f"BB-{number:02}", release=second, repeats=[earlier], **fields)
    return earlier


def finding(answer):
    [sentence] = find_all(main_element(answer), "p", _class="finding")
    return sentence


def references(answer, name):
    """Of the earlier pledges below a heading."""
    blocks = find_all(main_element(answer), "section", **{"aria-labelledby": name})
    return [visible_text(row).split()[0] for block in blocks for row in find_all(block, "tr") if find_all(row, "td")]


SENTENCES = {
    (0, 0): "No pledge had been promised again by this day.",
    (1, 0): "One pledge was promised again with nothing reported in between.",
    (0, 1): "One pledge was promised again, and something was reported in between.",
    (2, 0): "2 pledges were promised again, all of them with nothing reported in between.",
    (0, 2): "2 pledges were promised again, each with something reported in between.",
    (1, 1): "Of 2 pledges that were promised again, 1 had nothing reported in between.",
    (2, 1): "Of 3 pledges that were promised again, 2 had nothing reported in between.",
}


@pytest.mark.parametrize(("unreported", "reported"), SENTENCES)
def test_the_sentence_is_right_for_every_number_and_each_number_is_that_of_its_list(
    client, releases, unreported, reported
):
    for number in range(unreported + reported):
        earlier = promised_again(*releases[:2], number + 1)
        if number >= unreported:
            factories.record("report", earlier, date="2019")
    answer = client.get("/repeated/")
    assert visible_text(finding(answer)) == SENTENCES[unreported, reported]
    numbers = [listed(client, address) for address in link_texts(finding(answer))]
    both = [unreported + reported] if not (unreported and reported) else [unreported + reported, unreported]
    assert numbers == [number for number in both if number]
    assert len(references(answer, "unreported")) == unreported
    assert len(references(answer, "reported")) == reported


# What counts as reported in between, of a pledge of 25 April 2018 that is promised again on 25 April 2021.
BETWEEN = {
    "a report of a day in between": ("report", "2019-06-01", True),
    "one of the day of the first release": ("report", "2018-04-25", False),
    "one of the day after it": ("report", "2018-04-26", True),
    "one of the day of the later release": ("report", "2021-04-25", False),
    "one of the day before it": ("report", "2021-04-24", True),
    "one of a year that ends after the later release": ("report", "2021", False),
    "background": ("context", "2019-06-01", False),
}


@pytest.mark.postgresql
@pytest.mark.parametrize(("kind", "day", "counts"), BETWEEN.values(), ids=BETWEEN)
def test_only_a_report_that_counts_from_a_day_in_between_is_one(client, releases, kind, day, counts):
    factories.record(kind, promised_again(*releases[:2]), date=day)
    answer = client.get("/repeated/")
    assert (references(answer, "reported"), references(answer, "unreported")) == (
        (["AA-01"], []) if counts else ([], ["AA-01"])
    )
    assert listed(client, "/commitments/?repeated=unreported") == (not counts)


def test_background_alone_is_named_as_such(client, releases):
    entry = factories.record("context", promised_again(*releases[:2]), date="2019-06")
    page = main_element(client.get("/repeated/"))
    assert "nothing reported Background only: June 2019" in visible_text(page)
    assert f"/commitments/AA-01/#entry-{entry.sequence}" in link_texts(page)


def test_a_report_that_was_retracted_is_none(client, releases):
    entry = factories.record("report", promised_again(*releases[:2]), date="2019")
    append_entries([new_retraction(entry, "It was about another pledge.", Actor())])
    assert references(client.get("/repeated/"), "unreported") == ["AA-01"]


def test_on_a_past_day_only_what_was_promised_again_by_then_stands_there(client, releases):
    promised_again(releases[0], releases[1], 1)
    promised_again(releases[0], releases[2], 2)
    days = {"2021-04-24": [], "2021-04-25": ["AA-01"], "2024-04-25": ["AA-01", "AA-02"]}
    shown = {day: sorted(references(client.get(f"/repeated/?as_of={day}"), "unreported")) for day in days}
    assert shown == days


def test_an_aim_is_marked_and_not_counted_and_a_draft_is_not_there(client, releases):
    promised_again(*releases[:2], level="aim")
    draft = factories.CommitmentFactory(reference="ZZ-01", release=releases[2])
    draft.repetitions.create(repeated=Commitment.objects.get(reference="AA-01"), why="The same.")
    answer = client.get("/repeated/")
    assert visible_text(finding(answer)) == SENTENCES[0, 0]
    [row] = [row for row in find_all(main_element(answer), "tr") if find_all(row, "td")]
    assert "aim" in visible_text(row)
    assert "ZZ-01" not in answer.text


@pytest.mark.postgresql
def test_rows_and_list_follow_the_same_rule_on_random_histories(client, releases):
    dice = random.Random(23)
    for number in range(1, 13):
        first, second = sorted(dice.sample(releases, 2), key=lambda release: release.issued_on)
        earlier = promised_again(first, second, number)
        for _report in range(dice.randint(0, 2)):
            day = date(2018, 4, 20) + timedelta(days=dice.choice([0, 5, 6, 400, 1100, 1101, 1102, 2190, 2197, 3000]))
            factories.record(dice.choice(["report", "report", "context"]), earlier, date=str(day))
    for day in (date(2021, 4, 25), date(2026, 11, 29)):
        pairs = with_updates_between(repetitions_by(day))
        unreported = {pair.earlier.reference for pair in pairs if not pair.reports}
        answer = client.get(f"/commitments/?repeated=unreported&per_page=100&as_of={day}")
        assert set(table_references(answer)) == unreported


def test_the_page_takes_the_same_few_queries_however_many_there_are(client, releases):
    promised_again(*releases[:2])
    few = queries(client, "/repeated/")
    for number in range(2, 8):
        factories.record("report", promised_again(*releases[:2], number), date="2019")
    assert queries(client, "/repeated/?utm_source=again") == few <= 9


def test_the_footer_the_overview_and_the_pages_of_both_releases_lead_there(client, releases):
    promised_again(*releases[:2])
    for address in ("/about/", "/"):
        assert 'href="/repeated/"' in client.get(address).text
    for release in releases[:2]:
        assert "/repeated/" in link_texts(main_element(client.get(f"/releases/{release.slug}/")))
    factories.published(release=releases[2])
    assert "/repeated/" not in link_texts(main_element(client.get(f"/releases/{releases[2].slug}/")))
