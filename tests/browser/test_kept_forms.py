"""However a sign-in ends while somebody types: the text is there afterwards, in every form of staff's."""

import pytest

from tests.helpers import databases
from tests.helpers.browser import look, press, sign_in
from tests.helpers.staff import PASSWORD
from tests.helpers.staff_forms import FORMS, FURTHER_WORK

pytestmark = pytest.mark.browser
NEW_PASSWORD = "another-long-password"
NOTE = "#id_note"

# Types into each box of text of the one form that has any, whether or not it is unfolded; gives the form's address.
TYPE = """() => {
  const form = [...document.querySelectorAll("#content form[method=post]")].find((one) => one.id !== "changelist-form"
    && one.querySelector("textarea, input[type=text], input[type=email], input[type=url]"));
  for (const box of form.elements)
    if (["textarea", "text", "email", "url"].includes(box.type) && box.name && !box.name.includes("__prefix__")) {
      box.value = `typed ${box.name}`;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  form.id = "typed";
  return form.action;
}"""
SEND = """() => {
  const form = document.getElementById("typed");
  form.requestSubmit([...form.querySelectorAll("input[type=submit], button[type=submit]")].at(-1));
}"""
TYPED = """() => Object.fromEntries([...document.querySelectorAll("#content form :is(textarea, input)")]
  .filter((box) => box.type !== "hidden" && box.value.startsWith("typed ")).map((box) => [box.name, box.value]))"""


@pytest.fixture(scope="module")
def workplace(staffed_template, tmp_path_factory):
    """With something to type into everywhere."""
    made = databases.own_copy(staffed_template, tmp_path_factory.mktemp("workplace"))
    done = made.python(FURTHER_WORK)
    assert done.returncode == 0, done.stderr
    return made


def by_the_server(installation, _server, _page, _chromium):
    done = installation.python("from django.contrib.sessions.models import Session; Session.objects.all().delete()")
    assert done.returncode == 0, done.stderr
    return PASSWORD


def by_another_tab(_installation, server, page, _chromium):
    page.goto(f"{server.url}/admin/")
    press(page, "Log out")
    return PASSWORD


def by_a_new_password(_installation, server, _page, chromium):
    """At another computer."""
    with chromium.new_context() as context:
        page = context.new_page()
        sign_in(page, server)
        page.goto(f"{server.url}/admin/password_change/")
        for box, text in {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}.items():
            page.fill(f"#id_{box}", text)
        with page.expect_navigation():
            page.locator("#content form button[type=submit], #content form input[type=submit]").last.click()
        assert page.url.endswith("/admin/"), page.inner_text("body")
    return NEW_PASSWORD


def open_form(page, server, address):
    """In a tab; by an action of a list, where the form is opened by one."""
    address, _hash, action = address.partition("#")
    page.goto(server.url + address)
    if action:
        page.check("#action-toggle")
        page.select_option("select[name=action]", action)
        press(page, "Go")


# Each way with a few of the forms: how a session ended is all the same to a form (tests/admin/test_kept_forms.py), and
# tests/slow/test_every_kept_form.py walks through all of them.
ENDINGS = (by_the_server, by_another_tab, by_a_new_password)
EVERY = 10


@pytest.mark.parametrize("end_session", ENDINGS)
def test_after_signing_in_again_the_text_is_there(workplace, chromium, tmp_path, end_session):
    forms = [*FORMS.items()][ENDINGS.index(end_session) :: EVERY]
    the_text_is_there_again(workplace, chromium, tmp_path, end_session, forms)


def the_text_is_there_again(workplace, chromium, tmp_path, end_session, forms):
    installation = databases.own_copy(workplace, tmp_path)
    with installation.serve(workers=1) as server, chromium.new_context() as context:
        page = context.new_page()
        context.route("**/*.css", lambda route: route.abort())  # for time
        sign_in(page, server)
        tabs, typed = {}, {}
        for name, address in forms:
            tabs[name] = context.new_page()
            open_form(tabs[name], server, address)
            target = tabs[name].evaluate(TYPE)
            typed[target] = tabs[name].evaluate(TYPED)
            assert typed[target], name
        password = end_session(installation, server, page, chromium)
        for tab in tabs.values():
            with tab.expect_navigation():
                tab.evaluate(SEND)
            assert "/admin/login/" in tab.url
            tab.close()
        page.goto(f"{server.url}/admin/")
        page.fill("#id_login", "clerk")
        page.fill("#id_password", password)
        press(page, "Sign in")
        page.goto(f"{server.url}/admin/")
        assert page.locator("#desk .module", has_text="What you typed and did not send").locator("li").count() == len(
            forms
        )
        for target, texts in typed.items():
            page.goto(target)
            assert page.evaluate(TYPED) == texts, target


def test_the_tab_in_which_one_typed_leads_back_to_the_text_by_itself(workplace, tmp_path, open_page, chromium):
    installation = databases.own_copy(workplace, tmp_path)
    with installation.serve(workers=1) as server, open_page() as page:
        sign_in(page, server)
        page.goto(f"{server.url}{FORMS['commitments_draftupdate_add']}")
        page.fill(NOTE, "Half a page of text.")
        by_the_server(installation, server, page, chromium)
        press(page, "Save draft")
        assert "what you typed is kept" in page.inner_text(".messagelist, .content")
        look(page)
        page.fill("#id_login", "clerk")
        page.fill("#id_password", PASSWORD)
        press(page, "Sign in")
        assert page.input_value(NOTE) == "Half a page of text."
        look(page)
        press(page, "Save draft")
        assert "was added successfully" in page.inner_text(".messagelist")


def test_after_a_sign_in_in_another_tab_the_form_comes_back_and_can_be_saved(office, open_page, as_clerk):
    with open_page(**as_clerk) as page:
        page.goto(f"{office.url}{FORMS['commitments_draftupdate_add']}")
        page.fill(NOTE, "Typed before the other tab.")
        page.context.clear_cookies()
        sign_in(page.context.new_page(), office)
        press(page, "Save draft")
        assert page.input_value(NOTE) == "Typed before the other tab."
        assert "What you typed is here again" in page.inner_text("#typed-again")
        look(page)
        press(page, "Save draft")
        assert "was added successfully" in page.inner_text(".messagelist")


def test_after_a_sign_in_of_somebody_else_the_page_says_whose_form_it_was(office, chromium, as_clerk):
    with chromium.new_context(**as_clerk) as context:  # the console tells of the 403
        page = context.new_page()
        page.goto(f"{office.url}{FORMS['commitments_draftupdate_add']}")
        page.fill(NOTE, "Typed by the clerk.")
        context.clear_cookies()
        sign_in(context.new_page(), office, "contributor")
        press(page, "Save draft")
        assert "opened for another account" in page.inner_text("#content")
        assert page.get_by_text("Typed by the clerk.").count() == 0
        look(page)


@pytest.mark.parametrize("typed", ["", "Something."])
def test_whoever_leaves_is_asked_where_something_is_typed_and_else_not(office, open_page, as_clerk, typed):
    with open_page(**as_clerk) as page:
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.goto(f"{office.url}{FORMS['commitments_draftupdate_add']}")
        page.locator(NOTE).click()
        page.keyboard.type(typed)
        page.get_by_role("link", name="Home").click()
        page.get_by_role("heading", name="Desk").wait_for()
        assert asked == (["beforeunload"] if typed else [])


def test_whoever_leaves_what_came_back_with_a_mistake_is_asked_and_whoever_sends_is_not(office, open_page, as_clerk):
    with open_page(**as_clerk) as page:
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.goto(f"{office.url}{FORMS['commitments_draftupdate_add']}")
        page.fill("#id_date", "soon")
        press(page, "Save draft")
        assert asked == []
        page.get_by_role("link", name="Home").click()
        page.get_by_role("heading", name="Desk").wait_for()
        assert asked == ["beforeunload"]


def test_whoever_types_on_while_signed_out_is_told(office, chromium, as_clerk):
    with chromium.new_context(**as_clerk) as context:
        page = context.new_page()
        page.clock.install()
        page.goto(f"{office.url}{FORMS['commitments_draftupdate_add']}")
        context.clear_cookies()
        page.clock.fast_forward("05:00")
        assert page.locator("#signed-out").is_hidden()
        page.locator(NOTE).press_sequentially("On 1")
        page.locator("#signed-out").wait_for(state="visible")
        assert page.input_value(NOTE) == "On 1"
