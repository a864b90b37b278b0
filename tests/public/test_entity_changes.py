"""What was renamed says so: on its page, on pages of past days, among the updates and in the feeds (R5a)."""

from datetime import date

import feedparser
import pytest

from commitments.ledger.append import append_entries, new_entity_entry
from commitments.ledger.entity_contents import entity_fields, make_entity_content
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.models import LedgerEntry, Occasion, Organisation, Release
from tests import factories
from tests.helpers.html import find_all, main_element, visible_text
from tests.helpers.ledger_acts import redact

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
BY = Actor()


@pytest.fixture
def renamed(time_machine):
    """An organisation of TT-01 that was renamed and changed sides on 29 November; today is two days later."""
    owner = factories.OrganisationFactory(slug="harbour", name="Harbour Office", name_zh_hant="海港處")
    area, release = factories.AreaFactory(slug="harbours"), factories.ReleaseFactory(slug="first")
    factories.published(reference="TT-01", owners=[owner], area=area, release=release)
    fields = {"name": "Port Authority", "name_zh_hant": "港務局", "side": "shanghai"}
    change(Organisation.objects.get(slug="harbour"), "The office was merged.", **fields)
    time_machine.move_to("2026-12-01T04:00:00Z")
    return Organisation.objects.get(slug="harbour")


def change(row, reason, **fields):
    content = make_entity_content(entity_fields(row) | fields, reason)
    return append_entries([NewEntry("entity", content, by=BY, entity=row.entity)])[0]


def without_the_name(entry):
    return entry.data | {"fields": entry.data["fields"] | {"name": "Office"}}


def text(client, address):
    return visible_text(main_element(client.get(address)))


PAGES = ("/organisations/harbour/", "/commitments/TT-01/", "/commitments/")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_past_day_says_what_it_was_called(renamed, client, page):
    assert "Port Authority (formerly Harbour Office)" in text(client, f"{page}?as_of=2026-11-28")
    assert "Port Authority" in text(client, f"{page}?as_of=2026-11-29")
    assert "formerly" not in text(client, f"{page}?as_of=2026-11-29")


def test_in_chinese_too(renamed, client):
    assert "（前稱海港處）" in text(client, "/zh-hant/organisations/harbour/?as_of=2026-11-28")


def test_the_side_of_a_past_day_is_said_beside_today_s(renamed, client):
    assert "Shanghai (formerly Hong Kong)" in text(client, "/organisations/harbour/?as_of=2026-11-28")


def test_its_page_has_each_change_with_what_stood_before_and_the_reason(renamed, client):
    [record] = find_all(
        main_element(client.get("/organisations/harbour/")), "section", **{"aria-labelledby": "changes"}
    )
    said = visible_text(record)
    assert "Harbour Office Port Authority" in said
    assert "Hong Kong Shanghai" in said
    assert "The office was merged." in said


def test_of_a_release_s_agreements_each_that_changed_is_told_and_no_other(renamed, client):
    release = Release.objects.get(slug="first")
    first, second, third = (
        {
            "number": number,
            "basis": "named",
            "title": f"Agreement <{number}>",
            "parties": ["harbour"],
            "commitments": [],
        }
        | {"title_zh_hant": "", "title_zh_hans": ""}
        for number in (1, 2, 3)
    )
    change(release, "Found in the annex.", agreements=[first, second])
    changed = [first, second | {"title": "Ferries"}, third]
    entry = change(Release.objects.get(slug="first"), "Read again.", agreements=changed)
    [told] = find_all(main_element(client.get("/releases/first/")), "li", id=f"entry-{entry.sequence}")
    said = visible_text(told)
    assert "agreement 2 title: Agreement <2> title: Ferries" in said
    assert "agreement 3 – title: Agreement <3>; basis: named in the text; parties: Port Authority" in said
    assert "Agreement <1>" not in said


def test_its_page_says_of_which_entry_text_was_removed_and_why(renamed, client):
    first, later = LedgerEntry.objects.filter(entity=renamed.entity).order_by("sequence")
    redact(first, without_the_name(first), "A person’s name.")
    redact(later, later.data | {"reason": "Removed."}, "A person’s name.")
    said = text(client, "/organisations/harbour/")
    assert said.count("Text of this entry was removed on 1 December 2026. Reason: A person’s name.") == 2
    assert "The office was merged." not in said


def test_the_updates_tell_of_the_change_and_of_what_came_on_record(renamed, client):
    said = text(client, "/updates/?entry=entity")
    assert "Harbour Office Port Authority" in said
    assert "On record from here on." in said


@pytest.mark.parametrize("feed", ["/updates.atom", "/organisations/harbour.atom"])
def test_a_feed_tells_of_the_change_and_not_of_how_it_came_on_record(renamed, client, feed):
    entries = [entry for entry in feedparser.parse(client.get(feed).content).entries if "Port Authority" in entry.title]
    assert len(entries) == 1
    assert "Harbour Office" in entries[0].summary
    assert entries[0].link.startswith("http://testserver/organisations/harbour/#entry-")
    assert f'id="{entries[0].link.partition("#")[2]}"' in client.get("/organisations/harbour/").text


def test_a_filter_s_feed_tells_of_commitments_alone(renamed, client):
    titles = [entry.title for entry in feedparser.parse(client.get("/updates.atom?owner=harbour").content).entries]
    assert titles
    assert [title for title in titles if not title.startswith("TT-01")] == []


def test_a_renamed_release_and_area_say_so(renamed, client):
    for model, page in ((Release, "/releases/first/"), (renamed.owned.get().area.__class__, "/areas/harbours/")):
        row = model.objects.get(slug=page.strip("/").partition("/")[2])
        before = getattr(row, row.title_field)
        change(row, "Better words.", **{row.title_field: "Another name"})
        assert f"Another name (formerly {before})" in text(client, f"{page}?as_of=2026-11-30")
        assert "Better words." in text(client, page)


def test_a_release_that_nobody_read_is_public_by_its_own_entry_and_not_from_being_saved(client):
    release = factories.ReleaseFactory(slug="unread", title="Unread release")
    assert client.get("/releases/unread/").status_code == 404
    append_entries([new_entity_entry(release, BY)])
    assert "Unread release" in text(client, "/releases/unread/")


def test_an_occasion_is_offered_once_it_is_on_record_and_its_day_has_come(client):
    occasion = Occasion.objects.create(slug="session", day=date(2021, 8, 30), name="5th Session")
    assert "5th Session" not in client.get("/").text
    append_entries([new_entity_entry(occasion, BY)])
    assert "5th Session" in client.get("/").text
