"""The review of a release's text and its publication in a real browser: ticks, drafts, the public page; axe."""

import pytest

from tests.helpers.browser import look, press, sign_in

pytestmark = pytest.mark.browser
# A release of ten pledges, all of them accepted.
ACCEPTED = """
from django.contrib.auth.models import User
from tests.helpers.intakes import accept_all, begin_intake
author = User.objects.get(username="beginner")
accept_all(begin_intake(author), author)
"""
REVIEW = "/admin/commitments/intake/1/review/"


@pytest.fixture
def accepted(staffed):
    done = staffed.python(ACCEPTED)
    assert done.returncode == 0, done.stderr
    return staffed


def test_deadlines_are_ticked_and_ten_pledges_published_without_javascript(accepted, open_page):
    with accepted.serve(workers=1) as server, open_page() as page, open_page(javascript=False) as plain:
        sign_in(plain, server)
        plain.goto(server.url + REVIEW)
        page.context.add_cookies(plain.context.cookies())
        page.goto(server.url + REVIEW, wait_until="networkidle")
        look(page, "review")
        for box in plain.get_by_role("checkbox").all():
            box.check()
        press(plain, "Make 10 drafts")
        plain.get_by_role("link", name="Look and publish").click()
        page.goto(plain.url, wait_until="networkidle")
        look(page, "page of confirmation")
        press(plain, "Publish 10 commitments")
        assert "Published: 10 pledges" in plain.inner_text("#progress")
        page.goto(plain.url, wait_until="networkidle")
        look(page, "published")
        plain.get_by_role("link", name="The release’s public page").click()
        assert "Hold a Harbour Week in Shanghai" in plain.inner_text("main")
        page.goto(f"{server.url}/zh-hant{REVIEW}", wait_until="networkidle")
        look(page, "review, nothing left", dark=False)
