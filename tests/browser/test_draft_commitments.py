"""Draft commitments in a real browser, with the clicks counted: twelve published at once, and one typed by hand."""

import pytest

from tests.helpers.browser import look, sign_in
from tests.helpers.installation import Installation

pytestmark = pytest.mark.browser
MOST_FOR_TWELVE, MOST_BY_HAND = 8, 9
# Twelve that somebody else sent, and what the staff's forms need.
SENT = """
from django.contrib.auth.models import User
from commitments.models import *
from commitments.workflow.draft_edits import note_edits
from commitments.workflow.publications import send_commitments
release, owner = Release.objects.get(slug="4th-plenary-2018"), Organisation.objects.get(slug="lcsd")
area, author = release.sections.exclude(area=None).first().area, User.objects.get(username="beginner")
things = ("bridge", "school", "harbour", "library", "museum", "station", "tunnel", "market", "garden", "theatre",
    "hospital", "airport")
drafts = []
for number, thing in enumerate(things, start=1):
    draft = Commitment.objects.create(
        reference=f"ZZ-{number:02}", title=f"Open the {thing} to everybody", quote=f"the {thing} will be open",
        release=release, area=area, paragraph=90 + number, kind="action", force="promise", done_when="It is open."
    )
    draft.owners.set([owner])
    drafts.append(draft)
note_edits(author, commitments=[draft.pk for draft in drafts])
send_commitments(drafts, author)
"""


class Mouse:
    """Counts every press of a button of the mouse; between boxes one goes by the key Tab."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, place):
        self.clicks += 1
        place.click()
        self.page.wait_for_load_state()

    def choose(self, box, value=None, **which):
        self.clicks += 1  # opens the box; the arrow keys do the rest
        self.page.select_option(box, value, **which)


@pytest.fixture
def sent(staffed: Installation) -> Installation:
    done = staffed.python(SENT)
    assert done.returncode == 0, done.stderr
    return staffed


def test_twelve_drafts_are_published_from_the_desk_in_at_most_eight_clicks(sent, open_page):
    with sent.serve(workers=1) as server, open_page() as page:
        sign_in(page, server)
        hand = Mouse(page)
        hand.click(page.get_by_role("link", name="12 draft commitments wait for you to publish them"))
        hand.click(page.locator("#action-toggle"))
        hand.choose("select[name=action]", "publish_selected")
        hand.click(page.get_by_role("button", name="Go"))
        preview = page.frame_locator("iframe").locator("main")
        assert "Open the airport to everybody" in preview.inner_text()
        assert page.locator("iframe").count() == 1
        look(page, "twelve before they are published")
        hand.click(page.get_by_role("button", name="Publish 12 commitments"))
        assert page.inner_text(".messagelist").count(" is public, entry ") == 12
        assert hand.clicks <= MOST_FOR_TWELVE
        assert page.request.get(f"{server.url}/commitments/ZZ-12/").status == 200


def test_a_pledge_is_typed_and_published_without_an_error_in_at_most_nine_clicks(staffed, open_page):
    with staffed.serve(workers=1) as server, open_page() as page:
        sign_in(page, server)
        hand = Mouse(page)
        hand.click(page.locator(".model-commitment .addlink"))
        page.focus("#id_reference")
        page.keyboard.type("ZZ-01")
        hand.choose("#id_release", index=1)
        hand.choose("#id_area", index=1)
        for box, words in {
            "paragraph": "99",
            "title": "Open the cable car to everybody",
            "quote": "the cable car will be open to all",
        }.items():
            page.focus(f"#id_{box}")
            page.keyboard.type(words)
        hand.choose("#id_kind", "action")
        hand.choose("#id_force", "promise")
        page.focus("#id_done_when")
        page.keyboard.type("It is open.")
        hand.click(page.locator(".field-owners .select2-selection"))
        page.keyboard.type("Leisure")
        page.locator(".select2-results__option--highlighted", has_text="Leisure").wait_for()
        page.keyboard.press("Enter")
        hand.click(page.get_by_role("button", name="Save, and look at it before publishing"))
        assert page.locator(".errornote:visible").count() == 0
        hand.click(page.get_by_role("button", name="Publish it"))
        assert "ZZ-01 is public, entry" in page.inner_text(".messagelist")
        assert hand.clicks <= MOST_BY_HAND


def test_axe_finds_nothing_where_drafts_are_sent_returned_and_assigned(sent, open_page):
    with sent.serve(workers=1) as server, open_page() as page:
        sign_in(page, server)
        page.goto(f"{server.url}/admin/commitments/commitment/?draft=waiting")
        look(page, "the queue of draft commitments")
        for action in ("return_selected", "assign_selected"):
            page.goto(f"{server.url}/admin/commitments/commitment/?draft=waiting")
            page.check("#action-toggle")
            page.select_option("select[name=action]", action)
            page.get_by_role("button", name="Go").click()
            look(page, action)
        page.select_option("#id_desk_officer", label="contributor")
        page.get_by_role("button", name="Assign", exact=True).click()
        assert "12 commitments are assigned." in page.inner_text(".messagelist")
        page.goto(f"{server.url}/admin/commitments/commitment/?assigned=yes")
        page.get_by_role("link", name="ZZ-01").click()
        look(page, "a draft that waits")
