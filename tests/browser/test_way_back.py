"""A morning of checks at a real browser: every click is counted."""

import pytest

from tests.browser.test_staff import Hands
from tests.helpers.browser import look, sign_in

pytestmark = pytest.mark.browser
CHECKS = 14
# On the list of the desk "due for review": more than the one checks.
DUE = """
from commitments.models import Commitment, State
from django.utils.timezone import localdate
open_ones = State.objects.filter(until_day__gt=localdate()).exclude(status__in=("completed", "stopped"))
open_ones = open_ones.values_list("commitment", flat=True)
Commitment.objects.filter(pk__in=list(open_ones[:20])).update(review_on=localdate())
State.objects.update(last_checked_on=None)
"""


def test_fourteen_checks_in_a_row_take_at_most_thirty_clicks(staffed, open_page):
    done = staffed.python(DUE)
    assert done.returncode == 0, done.stderr
    with staffed.serve(workers=1) as server, open_page() as page:
        sign_in(page, server)
        page.wait_for_url(f"{server.url}/admin/")
        hands = Hands(page)
        hands.click("link", "due for review")
        listed = page.url
        assert page.locator("#result_list tbody tr").count() > CHECKS
        hands.clicks += 1
        page.locator("#result_list tbody th a").first.click()
        checked = []
        for number in range(CHECKS):
            if number:
                hands.clicks += 1
                page.locator(".messagelist .info a").click()
            page.locator(".came-from").wait_for()
            checked.append(page.locator("#content h2").first.inner_text())
            if number == 1:
                look(page, "record progress, from a list")
            hands.click("button", "Checked, nothing new")
            page.locator(".messagelist .success").wait_for()
            assert page.url == listed
            if number == 1:
                look(page, "back at the list")
        assert len(set(checked)) == CHECKS
        assert hands.clicks <= 30
        public = page.locator(".messagelist .success a").first
        public.click()
        assert "#entry-" in page.url
