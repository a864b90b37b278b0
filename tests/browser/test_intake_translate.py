"""Translating a release's pledges in a real browser: without JavaScript, wide and narrow, light and dark, by axe."""

import pytest

from tests.helpers.browser import look, sign_in

pytestmark = pytest.mark.browser
# In an installation of its own: the release of ten pledges with its Chinese text, three of them accepted.
READ = """
from django.contrib.auth.models import User
from commitments.workflow.intake.deciding import Decider, accept
from tests.helpers.chinese_intakes import TEN_PLEDGES_IN_CHINESE
from tests.helpers.intakes import TEN_PLEDGES, begin_intake
clerk = User.objects.get(username="clerk")
intake = begin_intake(clerk, TEN_PLEDGES, TEN_PLEDGES_IN_CHINESE)
for span in intake.spans.filter(promises=True)[:3]:
    accept(Decider(clerk, span.pk, span.revision), span.cells, None)
print(intake.pk)
"""


def test_titles_are_saved_at_a_press_without_javascript_and_axe_finds_nothing(staffed, open_page):
    done = staffed.python(READ)
    assert done.returncode == 0, done.stderr
    address = f"/admin/commitments/intake/{done.stdout.split()[-1]}/translate/"
    with staffed.serve(workers=1) as server:
        with open_page(javascript=False) as page:
            sign_in(page, server)
            page.goto(server.url + address)
            before = page.locator(".translation:has(.badge)").count()
            page.get_by_role("button", name="Save").first.click()
            assert "translations are saved." in page.inner_text(".messagelist")
            assert page.locator(".translation:has(.badge)").count() <= before - 3
            page.get_by_role("link", name="Show only those without a translation").click()
            assert page.locator(".translations > li").count() == page.locator(".translations > .missing").count() > 0
            signed_in = page.context.storage_state()
        with open_page(storage_state=signed_in) as page:
            page.goto(f"{server.url}/zh-hant{address}?missing=1", wait_until="networkidle")
            look(page, "translate")
            hant, hans = (page.locator("textarea").nth(number).bounding_box() for number in (0, 1))
            assert hant["y"] == hans["y"]
            page.locator("textarea").first.fill("長" * 10_001)
            page.locator("input[name=_save]").first.click()
            assert page.locator(".translation .errors").count() == 1
