"""Somebody at a browser: signs in, presses buttons and keys, and looks at what a page is like."""

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
            if any(wanted in str(value) for value in self.page.evaluate(FOCUSED) if value):
                return
        raise AssertionError(f"Tab never reached {wanted}")

    def click(self, _role, name):
        self.reach(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, box, value):
        self.reach(box.removeprefix("#"))
        self.page.keyboard.type(self.page.inner_text(f"{box} option[value={value}]"))


# What moved by itself while the page was loading, with Chromium's score for it.
LAYOUT_SHIFT = """new Promise((done) => {
  const moved = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      moved.push([value, ...sources.map(({ node }) => node?.outerHTML)]);
    }
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 150);
})"""

# What every page of the staff's has something to show of, and somebody for each test who needs an account of their own.
# Drafts: 1 and 2 are CU-06's, waiting and returned; 3 is for two at once; three commitments lack translations.
STAFFED = """
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from commitments.workflow.redactions import request_redaction
from commitments.models import *
body = Organisation.objects.get(slug="hksarg")
password = make_password({password!r})
for name in ("clerk", "app-owner", "passkey-owner", "beginner"):
    User.objects.create(username=name, password=password, is_staff=True, is_superuser=True)
for name in ("Contributor", "Administrator"):
    user = User.objects.create(username=name.lower(), password=password, is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    Affiliation.objects.create(user=user, organisation=body)
one = Commitment.objects.get(reference="CU-06")
author, administrator = User.objects.get(username="contributor"), User.objects.get(username="administrator")
said = dict(title="A page", publisher="Gazette", relation="direct", source="party")
for number, state in enumerate(("waiting", "returned", "waiting"), start=1):
    draft = one.drafts.create(date="2020", status="completed", note=state, state=state, author=author)
    draft.evidence.create(url=f"https://example.org/{{number}}", **said)
DraftUpdate.objects.filter(state="returned").update(returned_because="Name the course.")
for number in (3, 4, 5):
    Commitment.objects.get(pk=number).drafts.create(date="2020", note="It was painted.")
entry = LedgerEntry.objects.filter(kind="report").first()
request_redaction(entry, dict(entry.data, note="Removed."), "A name.", administrator)
"""


def look(page, name="", *, dark=True):
    """A page of the staff's or a form: axe and the widths. No language changes colours: one does for contrast and dark.

    Dark is looked at where it is narrow: what only a narrow page shows is looked at as well.
    """
    name = name or page.url
    axe_finds_nothing(page, name, contrast=dark)
    nothing_scrolls_sideways(page, name)
    if dark:
        page.set_viewport_size({"width": 390, "height": 900})
        turn(page, "dark")
        axe_finds_nothing(page, f"{name}, dark and narrow")
        turn(page, "light")
        page.set_viewport_size({"width": 1280, "height": 900})


def turn(page, scheme):
    """Dark or light, once all colours that fade have faded."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => null)")


def axe_finds_nothing(page, name, *, contrast=True, **options):
    """Axe itself would write styles into the page to look at imported ones; select2 is stock.

    Contrast takes half of its time.
    """
    page.locator("main").first.wait_for(state="attached")  # on a busy machine a page may only have begun to come
    page.wait_for_load_state()
    options = {"preload": False, "resultTypes": ["violations"], **options}
    if not contrast:
        options["rules"] = {"color-contrast": {"enabled": False}}
    findings = Axe().run(page, context={"exclude": [[".select2"]]}, options=options)
    assert findings.violations_count == 0, f"{name}: {findings.generate_report()}"


CUT_ROWS = """() => [...document.querySelectorAll(".form-row")]
  .filter((row) => row.scrollWidth > row.clientWidth).map((row) => row.className)"""


def nothing_scrolls_sideways(page, name, widths=(1280, 390, 320), size="100%"):
    """Nor with letters of another size; no row of a form is cut. Afterwards the page is as it was."""
    before = page.viewport_size
    page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name}, {width} wide, letters {size}"
        assert page.evaluate(CUT_ROWS) == [], f"{name}, {width} wide, letters {size}"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(before)
