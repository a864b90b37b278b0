"""What was typed is there again after signing in, for every form of staff's; and nobody else ever sees it."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from commitments.accounts.kept_forms import MOST_KEPT, STAMP_FIELD, form_stamp
from commitments.models import Assignment, DraftUpdate, KeptForm
from tests.helpers.admin_forms import Form
from tests.helpers.people import signed_in
from tests.helpers.staff import PASSWORD
from tests.helpers.staff_forms import DRAFT_KEY, FORMS, STOCK, WITHOUT_A_FORM, WITHOUT_TEXT, WORK

pytestmark = pytest.mark.django_db
RECORD = FORMS["commitments_draftupdate_add"]
STOCK_PAGES = {"changelist", "add", "change", "delete", "history"}


@pytest.fixture(autouse=True)
def work(release):
    exec(WORK, {})
    return User.objects.get(username="clerk")


@pytest.fixture
def clerk(work):
    return signed_in(work)


def open_form(client, name):
    """The form as a browser would send it, and where to."""
    address, _hash, action = FORMS[name].partition("#")
    answer = client.get(address)
    if action:
        keys = re.findall(r'name="_selected_action" value="(\d+)"', answer.text)
        answer = client.post(address, {"action": action, "_selected_action": keys})
    return text_form(answer, name, address)


def text_form(answer, name, address):
    """Of a page with several forms the one with boxes of text."""
    forms = [one for one in re.findall(r'<form[^>]*method="post".*?</form>', answer.text, re.DOTALL) if BOX.search(one)]
    [form] = forms
    action = re.match(r'<form[^>]*action="([^"]+)"', form)
    return Page(form), action[1] if action else address


BOX = re.compile(r'<textarea|<input[^>]*type="(?:text|email|url)"')


class Page(Form):
    """A form that is given as text."""

    def __init__(self, text):
        self.texts = set(re.findall(r'<textarea[^>]*\sname="([^"]+)"', text))
        for box in re.findall(r"<input[^>]*>", text):
            if re.search(r'type="(?:text|email|url)"', box):
                self.texts.add(re.search(r'name="([^"]+)"', box)[1])
        super().__init__(type("Answer", (), {"text": text}))

    def typed(self):
        """Something in each box of text, and what is chosen elsewhere."""
        fields = {name: "" if value is None else value for name, value in self.fields.items() if name}
        typed = {name: f"typed {name}" for name in self.texts if "__prefix__" not in name}
        buttons = [name for name in self.buttons if name]
        return fields | typed | dict.fromkeys(buttons[-1:], "1"), typed


def sign_in(client, user):
    client.force_login(user)


@pytest.mark.parametrize("name", FORMS)
def test_sent_by_whoever_is_signed_out_it_is_there_again_after_signing_in(clerk, work, name):
    page, address = open_form(clerk, name)
    sent, typed = page.typed()
    assert typed
    clerk.logout()
    answer = clerk.post(address, sent)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/?next=")
    sign_in(clerk, work)
    shown, _address = text_form(clerk.get(address), name, address)
    assert {box: shown.fields.get(box) for box in typed} == typed


def test_what_was_chosen_from_lists_alone_is_chosen_again_too(clerk, work):
    address = f"/admin/commitments/commitment/assign/?commitment={DRAFT_KEY}"
    form = Form(clerk.get(address))
    clerk.logout()
    form.send(clerk, "/admin/commitments/commitment/assign/", "_confirm", desk_officer=str(work.pk))
    sign_in(clerk, work)
    assert Form(clerk.get("/admin/commitments/commitment/assign/")).fields["desk_officer"] == str(work.pk)
    assert not Assignment.objects.exists()


def test_every_address_of_the_admin_is_in_a_table(rf):
    request = rf.get("/")
    request.user = User.objects.get(username="clerk")
    named = {pattern.name for pattern in patterns(get_resolver().namespace_dict["admin"][1])} - {None}
    needed = set()
    for model, model_admin in admin.site._registry.items():
        start = f"{model._meta.app_label}_{model._meta.model_name}_"
        named -= {f"{start}{page}" for page in STOCK_PAGES}
        needed |= {f"{start}add"} if model_admin.has_add_permission(request) else set()
        needed |= {f"{start}change"} if model_admin.has_change_permission(request) else set()
    assert needed <= FORMS.keys() | WITHOUT_TEXT | STOCK
    assert named <= FORMS.keys() | WITHOUT_TEXT | WITHOUT_A_FORM


def keep_note(client, note="Typed.", address=RECORD):
    """Somebody types into the form of an update, and is signed out when it is sent."""
    page = Form(client.get(address))
    client.logout()
    return page.send(client, address, "_publish", note=note)


def note_at(client, address=RECORD):
    return Form(client.get(address)).fields["note"]


def test_without_javascript_the_sign_in_page_says_what_becomes_of_it_and_leads_back(clerk, work):
    answer = keep_note(clerk)
    page = clerk.get(answer.headers["Location"])
    assert "what you typed is kept for you for three days" in page.text
    work.set_password(PASSWORD)
    work.save()
    answer = Form(page).send(clerk, answer.headers["Location"], "", login="clerk", password=PASSWORD)
    assert answer.headers["Location"] == RECORD
    assert note_at(clerk) == "Typed."


def test_to_show_it_writes_nothing(clerk, work):
    keep_note(clerk)
    sign_in(clerk, work)
    drafts = DraftUpdate.objects.count()
    page = clerk.get(RECORD)
    assert "Nothing of it is saved yet." in page.text
    assert "was added successfully" not in clerk.get("/admin/").text
    assert DraftUpdate.objects.count() == drafts


def test_it_is_there_at_each_visit_and_the_desk_names_it_until_it_is_sent(clerk, work):
    keep_note(clerk)
    sign_in(clerk, work)
    assert note_at(clerk) == note_at(clerk) == "Typed."
    assert f'href="{RECORD}"' in clerk.get("/admin/").text
    Form(clerk.get(RECORD)).send(clerk, RECORD, "_save")
    assert not KeptForm.objects.exists()
    assert DraftUpdate.objects.filter(note="Typed.").count() == 1
    assert f'href="{RECORD}"' not in clerk.get("/admin/").text


def test_its_owner_can_throw_it_away(clerk, work):
    keep_note(clerk)
    sign_in(clerk, work)
    answer = clerk.post(f"/admin/kept/{KeptForm.objects.get().pk}/forget/")
    assert answer.headers["Location"] == RECORD
    assert note_at(clerk) == ""


def test_nobody_else_sees_it_whoever_signs_in_next(clerk):
    keep_note(clerk)
    sign_in(clerk, User.objects.get(username="beginner"))
    assert note_at(clerk) == ""
    assert clerk.post(f"/admin/kept/{KeptForm.objects.get().pk}/forget/").status_code == 404


def test_a_form_that_a_colleague_sends_is_kept_for_whoever_opened_it(clerk, work):
    page = Form(clerk.get(RECORD))
    sign_in(clerk, User.objects.get(username="beginner"))
    answer = page.send(clerk, RECORD, "_save", note="Typed.")
    assert answer.status_code == 403
    assert "opened for another account" in answer.text
    assert "clerk" not in answer.text
    assert not DraftUpdate.objects.filter(note="Typed.").exists()
    sign_in(clerk, work)
    assert note_at(clerk) == "Typed."


def test_after_a_sign_in_in_another_tab_it_comes_back_at_once_and_can_be_sent(work):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, work)
    page = Form(browser.get(RECORD))
    browser.cookies["csrftoken"] = "x" * 32  # what a sign-in does
    answer = page.send(browser, RECORD, "_save", note="Typed.")
    assert answer.status_code == 200
    assert not DraftUpdate.objects.filter(note="Typed.").exists()
    assert "What you typed is here again" in answer.text
    Form(answer).send(browser, RECORD, "_save")
    assert DraftUpdate.objects.filter(note="Typed.").exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [("", "This form is too old"), ("/zh-hant", "表格"), ("/zh-hans", "表单")],
)
def test_another_form_that_django_cannot_be_sure_of_is_refused_in_the_language_of_its_page(language, words):
    answer = Client(enforce_csrf_checks=True).post(f"{language}/admin/login/", {"login": "x"})
    assert answer.status_code == 403
    assert words in answer.text
    assert "DEBUG" not in answer.text


@pytest.mark.parametrize("stamp", [{}, {STAMP_FIELD: "forged"}, {STAMP_FIELD: ""}])
def test_nothing_is_kept_of_a_form_that_was_opened_for_nobody(client, stamp):
    client.post(RECORD, {"note": "Typed."} | stamp)
    assert not KeptForm.objects.exists()


def test_secrets_are_never_kept(clerk):
    secrets = dict.fromkeys(("password", "password1", "new_password", "otp", "code", "api_key", "pin"), "secret")
    page = Form(clerk.get(RECORD))
    clerk.logout()
    page.send(clerk, RECORD, "_save", note="Typed.", **secrets)
    data = KeptForm.objects.get().data
    assert data["note"] == ["Typed."]
    assert not {*secrets, "csrfmiddlewaretoken", STAMP_FIELD} & data.keys()


@pytest.mark.parametrize("path", ["login/", "password_change/", "account/second-factor/totp/activate/", "logout/"])
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_pages_for_signing_in_keep_and_show_nothing_whatever_is_sent_to_them(work, path, is_signed_in):
    browser = Client(enforce_csrf_checks=True)
    if is_signed_in:
        sign_in(browser, work)
    sent = {
        STAMP_FIELD: form_stamp(work),
        "login": "clerk",
        "oldpassword": "mine",
        "password1": "new",
        "note": "Typed.",
    }
    answer = browser.post(f"/admin/{path}", sent)
    assert answer.status_code == 403
    assert "Typed." not in answer.text
    assert not KeptForm.objects.exists()


def test_it_is_gone_after_three_days(clerk, work):
    keep_note(clerk)
    KeptForm.objects.update(kept_at=timezone.now() - timedelta(days=3))
    sign_in(clerk, work)
    assert note_at(clerk) == ""
    KeptForm.objects.delete_expired(timezone.now())
    assert not KeptForm.objects.exists()


def test_of_one_person_so_many_are_kept_and_the_oldest_goes(clerk, work):
    page = Form(clerk.get(RECORD))
    clerk.logout()
    for number in range(MOST_KEPT + 1):
        page.send(clerk, f"{RECORD}&number={number}", "_save", note="Typed.")
    assert KeptForm.objects.count() == MOST_KEPT
    assert not KeptForm.objects.filter(path__endswith="number=0").exists()


def test_whoever_may_no_longer_do_it_finds_what_was_typed_in_a_list(clerk, work):
    keep_note(clerk)
    work.is_superuser = False
    work.save()
    sign_in(clerk, work)
    page = clerk.get(RECORD)
    assert "Typed." in page.text
    assert "It cannot be sent to where it was meant for." in page.text


def test_what_django_s_own_form_held_comes_back_in_a_list_and_is_sent_at_a_press(clerk, work):
    page = Form(clerk.get("/admin/auth/group/add/"))
    clerk.logout()
    page.send(clerk, "/admin/auth/group/add/", "_save", name="Translators")
    sign_in(clerk, work)
    shown = clerk.get("/admin/auth/group/add/")
    assert "Translators" in shown.text
    assert not Group.objects.filter(name="Translators").exists()
    Form(shown).send(clerk, "/admin/auth/group/add/", "")
    assert Group.objects.filter(name="Translators").exists()


def test_without_a_second_factor_that_is_a_must_by_now_it_waits(clerk, work, settings):
    page = Form(clerk.get(RECORD))
    settings.REQUIRE_MFA = True
    assert page.send(clerk, RECORD, "_save", note="Typed.").status_code == 403
    settings.REQUIRE_MFA = False
    assert note_at(clerk) == "Typed."


def test_only_superusers_see_that_something_is_kept_and_never_what(clerk, work):
    keep_note(clerk, "The words.")
    sign_in(clerk, work)
    page = clerk.get("/admin/commitments/keptform/")
    assert page.status_code == 200
    assert (
        "The words."
        not in page.text + clerk.get(f"/admin/commitments/keptform/{KeptForm.objects.get().pk}/change/").text
    )
    clerk.logout()
    sign_in(clerk, User.objects.get(username="administrator"))
    assert clerk.get("/admin/commitments/keptform/").status_code == 403


def test_whoever_is_signed_out_is_told_so_while_typing(client, clerk):
    assert client.get("/admin/account/stay/").status_code == 401
    assert clerk.get("/admin/account/stay/").status_code == 204


def patterns(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern)
        else:
            yield pattern
