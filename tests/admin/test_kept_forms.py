"""What was typed is there again after signing in, for every form of staff's; and nobody else ever sees it."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from commitments.accounts.kept_forms import MOST_KEPT, SALT, STAMP_FIELD
from commitments.models import DraftUpdate, KeptForm
from tests.helpers.admin_forms import Form
from tests.helpers.people import signed_in
from tests.helpers.staff import PASSWORD
from tests.helpers.staff_forms import FORMS, STOCK, WITHOUT_A_FORM, WITHOUT_TEXT, WORK

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
        return fields | typed | {name: "1" for name in buttons[-1:]}, typed


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
    assert needed <= FORMS.keys() | STOCK
    assert named <= FORMS.keys() | WITHOUT_TEXT | WITHOUT_A_FORM


def patterns(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern)
        else:
            yield pattern
