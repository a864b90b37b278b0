"""A release of ten pledges from its text to its public page: by keyboard alone; by mouse without JavaScript; killed."""

import signal

import pytest

from tests.helpers.browser import Keys, look, press, sign_in
from tests.helpers.intakes import TEN_PLEDGES

pytestmark = pytest.mark.browser
ADD, LIST = "/admin/commitments/intake/add/", "/admin/commitments/intake/"
FACTS = {"id_title": "Harbour Cities agree", "id_issued_on": "12 March 2026", "id_publisher": "HKSAR Government"}
MARK = f"{LIST}1/mark/"


def progress(page):
    return page.inner_text("#progress")


def test_by_keyboard_alone_ten_pledges_are_started_marked_and_published(staffed, open_page):
    with staffed.serve(workers=1) as server, open_page() as page:
        sign_in(page, server)
        page.goto(server.url + ADD)
        keys = Keys(page)
        for box, text in FACTS.items():
            keys.reach(box)
            page.keyboard.type(text)
        keys.reach("id_text")
        page.keyboard.insert_text(TEN_PLEDGES)
        keys.click("button", "Read the text")
        look(page, "outline", dark=False)
        keys.click("link", "Mark")
        look(page, "mark")
        for language in ("zh-hant", "zh-hans"):
            page.goto(f"{server.url}/{language}{MARK}")
            look(page, f"mark, {language}", dark=False)
        page.goto(server.url + MARK)
        for _pledge in range(10):
            with page.expect_navigation():
                page.keyboard.press("a")
        assert "10 of 14 sentences decided, 10 of them pledges" in progress(page)
        look(page, "passed over", dark=False)
        with page.expect_navigation():
            page.keyboard.press("x")
        keys.click("link", "Review")
        for box in range(page.get_by_role("checkbox").count()):
            page.get_by_role("checkbox").nth(box).press("Space")
        keys.click("button", "Store the ticks")
        keys.click("button", "Make 10 drafts")
        keys.click("link", "Look and publish")
        keys.click("button", "Publish 10 commitments")
        assert "Published: 10 pledges" in progress(page)
    staffed.run_well("verify_ledger")


def test_by_mouse_without_javascript_every_kind_of_decision_is_made(staffed, open_page):
    with staffed.serve(workers=1) as server, open_page(javascript=False) as page:
        sign_in(page, server)
        page.goto(server.url + ADD)
        for box, text in (FACTS | {"id_text": TEN_PLEDGES}).items():
            page.fill(f"#{box}", text)
        press(page, "Read the text")  # and once more: without JavaScript the form shows how it read the day
        press(page, "Read the text")
        page.goto(server.url + MARK)
        words = page.inner_text("blockquote")
        page.get_by_text("Other words: split, merge, widen").click()
        press_act(page, "split")
        assert page.inner_text("blockquote") != words
        page.get_by_text("Other words: split, merge, widen").click()
        press_act(page, "merge")
        assert page.inner_text("blockquote") == words
        page.get_by_text("Other words: split, merge, widen").click()
        press_act(page, "start_later")
        assert page.inner_text("blockquote") == words.removeprefix("The ")
        page.fill("#id_card-title", "Hold a week of the harbour")
        press_act(page, "accept")
        press_act(page, "aim")
        press_act(page, "reject")
        for _pledge in range(7):
            press_act(page, "accept")
        press_act(page, "pass_rest")
        assert "14 of 14 sentences decided, 9 of them pledges" in progress(page)


def press_act(page, act):
    with page.expect_navigation():
        page.click(f'[name="act"][value="{act}"]')


@pytest.mark.processes
def test_what_was_answered_is_there_after_the_server_was_killed(staffed, open_page, chromium):
    with staffed.serve(workers=1) as server, chromium.new_context() as context:
        page = context.new_page()
        sign_in(page, server)
        page.goto(server.url + ADD)
        for box, text in (FACTS | {"id_text": TEN_PLEDGES}).items():
            page.fill(f"#{box}", text)
        press(page, "Read the text")
        page.goto(server.url + MARK)
        for _pledge in range(3):
            press_act(page, "accept")
        decided = progress(page)
        page.fill("#id_card-title", "Typed and not sent")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    with staffed.serve(workers=1) as server, open_page() as page:  # another browser, too
        sign_in(page, server)
        page.goto(server.url + MARK)
        assert progress(page) == decided
        assert "3 of 14 sentences decided, 3 of them pledges" in decided
        assert page.get_by_text("Typed and not sent").count() == 0
