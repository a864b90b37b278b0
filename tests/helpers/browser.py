"""Somebody at a browser: signs in, presses buttons and keys."""

from axe_playwright_python.sync_playwright import Axe

from tests.helpers.staff import PASSWORD


def press(page, name):
    """Press a button, and wait for the page that it leads to: the press itself only sets out for it."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def sign_in(page, server, name="clerk"):
    page.goto(f"{server.url}/admin/")
    page.fill("#id_login", name)
    page.fill("#id_password", PASSWORD)
    press(page, "Sign in")


FOCUSED = "(({ id, textContent, value }) => [id, textContent.trim(), value])(document.activeElement)"


class Keys:
    """Somebody at a keyboard, with nothing else."""

    def __init__(self, page):
        self.page, self.clicks, self.pages = page, 0, []
        page.on("framenavigated", lambda frame: self.pages.append(frame.url))

    def reach(self, wanted):
        for _press in range(200):
            self.page.keyboard.press("Tab")
            if any(wanted in str(one) for one in self.page.evaluate(FOCUSED) if one):
                return
        raise AssertionError(f"Tab never reached {wanted}")

    def click(self, _role, name):
        self.reach(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, box, value):
        self.reach(box.removeprefix("#"))
        self.page.keyboard.type(value.replace("_", " "))


# A world in which every page of the staff's has something to show.
WORLD = """
from django.contrib.auth.models import Group, User
from commitments import publishing
from commitments.models import *
body = Organisation.objects.get(slug="hksarg")
for name in ("Contributor", "Administrator"):
    user = User.objects.create_user(name.lower(), password={password!r}, is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    Affiliation.objects.create(user=user, organisation=body)
one = Commitment.objects.get(reference="CU-06")
author, administrator = User.objects.get(username="contributor"), User.objects.get(username="administrator")
said = dict(title="A page", publisher="Gazette", relation="direct", source="party")
for state in ("waiting", "returned"):
    draft = one.drafts.create(date="2020", status="completed", note=state, state=state, author=author)
    draft.evidence.create(url=f"https://example.org/{{state}}", **said)
DraftUpdate.objects.filter(state="returned").update(returned_because="Name the course.")
entry = LedgerEntry.objects.get(pk=80)
publishing.ask_for_redaction(entry, dict(entry.data, note="Removed."), "A name.", administrator)
"""


def look(page, name):
    """Axe, and the width. Axe itself would write styles into the page to look at imported ones; select2 is stock."""
    findings = Axe().run(page, context={"exclude": [[".select2"]]}, options={"preload": False})
    assert findings.violations_count == 0, f"{name}: {findings.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name
