"""The main job in a real browser: a civil servant records progress, and the public sees it at once."""

from dataclasses import replace

import pytest

from commitments.i18n.languages import LANGUAGE_TAGS, path_in_language
from tests.helpers.browser import Keys, look, nothing_scrolls_sideways, sign_in

pytestmark = pytest.mark.browser


def test_recorded_progress_is_on_the_page_the_list_and_the_csv_at_once(staffed, open_page):
    with staffed.serve(workers=1) as server, open_page() as page:
        sign_in(page, server)
        page.goto(f"{server.url}/admin/commitments/commitment/?q=AV-04")
        page.get_by_role("link", name="AV-04").click()
        page.select_option("#id_status", "in_progress")
        page.fill("#id_date", "2018-11")
        page.fill("#id_achieved", "12")
        page.fill("#id_note", "Twelve employees took the first course.")
        page.get_by_role("button", name="Publish", exact=True).click()
        assert "needs direct evidence" in page.locator(".errorlist").first.inner_text()
        assert page.input_value("#id_note") == "Twelve employees took the first course."
        page.fill("#id_evidence-0-title", "Notice of the first course")
        page.fill("#id_evidence-0-publisher", "The Academy")
        page.fill("#id_evidence-0-url", "https://example.org/course")
        page.select_option("#id_evidence-0-relation", "direct")
        page.select_option("#id_evidence-0-source", "party")
        page.get_by_role("button", name="Publish", exact=True).click()
        page.locator(".messagelist .success a").first.click()
        assert "/commitments/AV-04/#entry-" in page.url
        assert "Twelve employees took the first course." in page.inner_text("main")
        assert "about 40 employees\n\n12 reported" in page.inner_text("main .facts")
        page.goto(f"{server.url}/commitments/?q=AV-04")
        assert "in progress" in page.inner_text("tbody")
        csv = page.request.get(f"{server.url}/commitments.csv?q=AV-04").text()
        assert ",in_progress,,2018-11,overdue,party," in csv


class Hands:
    """Somebody at a mouse: counts what is clicked, and the pages that are opened."""

    def __init__(self, page):
        self.page, self.clicks, self.pages = page, 0, []
        page.on("framenavigated", lambda frame: self.pages.append(frame.url))

    def click(self, role, name):
        self.clicks += 1
        self.page.get_by_role(role, name=name).first.click()
        self.page.wait_for_load_state()

    def choose(self, box, value):
        self.clicks += 1  # opens the box; the arrow keys do the rest
        self.page.select_option(box, value)


@pytest.mark.parametrize("at_work", [Hands, Keys])
def test_it_is_published_in_six_clicks_from_the_desk_and_a_seventh_leads_to_the_page(staffed, open_page, at_work):
    with staffed.serve(workers=1) as server, open_page() as page:
        sign_in(page, server)
        page.wait_for_url(f"{server.url}/admin/")
        worker = at_work(page)
        type_into = worker.reach if at_work is Keys else lambda box: page.focus(f"#{box}")
        worker.click("link", "past their deadline")
        worker.click("link", "AV-04")
        worker.choose("#id_status", "completed")
        for box, text in {
            "id_date": "2018-12",
            "id_note": "Forty employees took the courses.",
            "id_evidence-0-title": "Annual report",
            "id_evidence-0-publisher": "The Academy",
            "id_evidence-0-url": "https://example.org/annual",
        }.items():
            type_into(box)
            page.keyboard.type(text)
        worker.choose("#id_evidence-0-relation", "direct")
        worker.choose("#id_evidence-0-source", "independent")
        worker.click("button", "Publish")
        page.wait_for_url("**/admin/commitments/commitment/?schedule=past")
        assert worker.clicks <= 6
        assert len([url for url in worker.pages if "/admin/" in url]) == 3
        worker.click("link", "AV-04")
        page.wait_for_url("**/commitments/AV-04/#entry-*")
        assert "Forty employees took the courses." in page.inner_text("main")


PAGES = {
    "desk": "",
    "record progress": "commitments/draftupdate/add/?commitment=11",
    "a draft": "commitments/draftupdate/2/change/",
    "the queue": "commitments/draftupdate/?state=waiting",
    "return": "commitments/draftupdate/return/?draft=1",
    "publish": "commitments/draftupdate/publish/?draft=1",
    "commitments": "commitments/commitment/",
    "correct": "commitments/commitment/11/change/",
    "translations": "commitments/commitment/11/translations/",
    "an organisation": "commitments/organisation/1/change/",
    "a release": "commitments/release/1/change/",
    "proposed changes": "commitments/entityproposal/",
    "an entry": "commitments/ledgerentry/158/change/",
    "retract": "commitments/ledgerentry/158/retract/",
    "redact": "commitments/redactionrequest/ask/158/",
    "a redaction asked for": "commitments/redactionrequest/1/change/",
    "deleted drafts": "commitments/deleteddraft/",
    "releases being read": "commitments/intake/",
}


@pytest.mark.parametrize("name", PAGES)
def test_in_each_language_axe_finds_nothing_on_a_page_of_the_staff_s_and_it_breaks_no_rule_of_content(
    office, open_page, as_clerk, name
):
    with open_page(**as_clerk) as page:
        for language in LANGUAGE_TAGS:
            page.goto(office.url + path_in_language(language, f"/admin/{PAGES[name]}"))
            if language == "en-gb":  # the others: tests/slow/test_axe_in_chinese.py
                look(page, name)
            else:
                nothing_scrolls_sideways(page, f"{name}, {language}")


def test_axe_finds_nothing_in_a_preview(office, open_page, as_clerk):
    with open_page(**as_clerk) as page:
        page.goto(f"{office.url}/admin/commitments/ledgerentry/158/retract/")
        page.fill("#id_reason", "The wrong page.")
        page.get_by_role("button", name="Preview").click()
        assert "Retracted on" in page.frame_locator("iframe").locator("#entry-158").inner_text()
        look(page, "a preview")


def test_many_that_were_looked_through_are_published_at_once_and_axe_finds_nothing_on_the_way(staffed, open_page):
    with staffed.serve(workers=1) as server, open_page() as page:
        sign_in(page, server)
        page.goto(f"{server.url}/admin/commitments/commitment/?schedule=past")
        page.check("#action-toggle")
        page.select_option("select[name=action]", "record_selected")
        page.get_by_role("button", name="Go").click()
        look(page, "many")
        page.fill("#id_searched", "Press releases of both governments")
        page.get_by_role("button", name="Save drafts, and look at them").click()
        look(page, "many, looked through")
        page.get_by_role("button", name="Publish 2 updates").click()
        assert page.inner_text(".messagelist").count("is public, entry") == 2


def test_two_at_the_same_draft_in_two_browsers_lose_nothing(office, open_page, as_clerk):
    with open_page(**as_clerk) as first, open_page() as second:
        sign_in(second, office, "contributor")
        for page in (first, second):
            page.goto(f"{office.url}/admin/commitments/draftupdate/3/change/")
        first.fill("#id_note", "The first to save.")
        first.get_by_role("button", name="Save draft").click()
        second.fill("#id_date", "2021")
        second.get_by_role("button", name="Save draft").click()
        said = second.inner_text(".errorlist")
        assert "clerk" in said
        assert "to “The first to save.”" in said
        assert (second.input_value("#id_note"), second.input_value("#id_date")) == ("The first to save.", "2021")
        second.get_by_role("button", name="Save draft").click()
        assert "was changed successfully" in second.inner_text(".messagelist")


def test_what_a_full_database_could_not_record_is_recorded_when_the_page_that_says_so_is_loaded_again(
    staffed, chromium, tmp_path
):
    pages = tmp_path / "most-pages"
    pages.write_text("100000")
    small = replace(staffed, settings={"MOST_PAGES": str(pages)})
    with small.serve(application="tests.helpers.small_disk") as server, chromium.new_context() as context:
        page = context.new_page()
        sign_in(page, server)
        page.goto(f"{server.url}/admin/commitments/draftupdate/add/?commitment=1")
        page.fill("#id_note", "很長的說明。" * 1600)
        pages.write_text("1")  # SQLite takes that for: no more than there are
        page.get_by_role("button", name="Save draft").click()
        assert "Nothing of what you sent was recorded." in page.inner_text("main")
        pages.write_text("100000")
        page.reload()
        assert "was added successfully" in page.inner_text(".messagelist")
