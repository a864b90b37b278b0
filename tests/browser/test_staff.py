"""The main job in a real browser: a civil servant records progress, and the public sees it at once."""

import pytest

from tests.staff import PASSWORD, add_staff

pytestmark = pytest.mark.browser


def sign_in(page, server):
    page.goto(f"{server.url}/admin/")
    page.fill("#id_login", "clerk")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_recorded_progress_is_on_the_page_the_list_and_the_csv_at_once(installation, open_page):
    add_staff(installation)
    with installation.serve() as server, open_page() as page:
        sign_in(page, server)
        page.goto(f"{server.url}/admin/commitments/commitment/?q=AV-04")
        page.get_by_role("link", name="AV-04").click()
        page.get_by_role("link", name="Record progress").click()
        page.select_option("#id_status", "in_progress")
        page.fill("#id_date", "2018-11")
        page.fill("#id_achieved", "12")
        page.fill("#id_note", "Twelve employees took the first course.")
        page.get_by_role("button", name="Publish").click()
        assert "needs direct evidence" in page.locator(".errorlist").first.inner_text()
        assert page.input_value("#id_note") == "Twelve employees took the first course."
        page.fill("#id_evidence-0-title", "Notice of the first course")
        page.fill("#id_evidence-0-publisher", "The Academy")
        page.fill("#id_evidence-0-url", "https://example.org/course")
        page.select_option("#id_evidence-0-relation", "direct")
        page.select_option("#id_evidence-0-source", "party")
        page.get_by_role("button", name="Publish").click()
        assert "/commitments/AV-04/#entry-" in page.url
        assert "Twelve employees took the first course." in page.inner_text("main")
        assert "about 40 employees; 12 reported" in page.inner_text("main")
        page.goto(f"{server.url}/commitments/?q=AV-04")
        assert "in progress" in page.inner_text("tbody")
        csv = page.request.get(f"{server.url}/commitments.csv?q=AV-04").text()
        assert ",in_progress,,2018-11,overdue,party," in csv


def test_the_admin_breaks_no_rule_of_the_content_security_policy(installation, open_page):
    add_staff(installation)
    with installation.serve() as server, open_page() as page:
        sign_in(page, server)
        for path in ("", "commitments/commitment/", "commitments/commitment/1/change/", "commitments/draftupdate/add/"):
            page.goto(f"{server.url}/admin/{path}", wait_until="networkidle")
