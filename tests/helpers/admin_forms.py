"""The admin's forms, filled and sent as a browser would."""

from html.parser import HTMLParser

from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from commitments.models import DraftUpdate


def clerk(*permissions):
    """A member of staff with these permissions, signed in."""
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


class Form(HTMLParser):
    """The fields of a page's form as a browser would send them, untouched."""

    def __init__(self, answer):
        super().__init__()
        self.fields, self.buttons, self.select, self.textarea = {}, [], None, None
        self.feed(answer.text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        kind, name = given.get("type", "text"), given.get("name")
        if tag == "input" and kind == "submit":
            self.buttons.append(name)
        elif tag == "input" and name and (kind not in ("checkbox", "radio") or "checked" in given):
            self.fields[name] = given.get("value", "on" if kind == "checkbox" else "")
        elif tag == "select":
            self.select, several = name, "multiple" in given
            self.fields[name] = [] if several else None
        elif tag == "option" and self.select:
            self._option(given)
        elif tag == "textarea":
            self.textarea, self.fields[name] = name, ""

    def _option(self, given):
        chosen = self.fields[self.select]
        if isinstance(chosen, list):
            chosen += [given.get("value")] if "selected" in given else []
        elif chosen is None or "selected" in given:
            self.fields[self.select] = given.get("value")

    def handle_endtag(self, tag):
        self.select = None if tag == "select" else self.select
        self.textarea = None if tag == "textarea" else self.textarea

    def handle_data(self, data):
        if self.textarea:
            self.fields[self.textarea] += data.removeprefix("\n") if not self.fields[self.textarea] else data

    def send(self, client, address, button, **typed):
        """Press a button."""
        data = {name: "" if value is None else value for name, value in (self.fields | typed).items()}
        return client.post(address, data | {button: "1"})


def change(row):
    return reverse(f"admin:commitments_{row._meta.model_name}_change", args=[row.pk])


def add(model):
    return reverse(f"admin:commitments_{model._meta.model_name}_add")


def fill(client, address, button="_save", **typed):
    """Open a form, type and press a button."""
    return Form(client.get(address)).send(client, address, button, **typed)


def errors(answer):
    """Every message of the form that came back, beside its field or at the top."""
    form = answer.context["adminform"].form
    rows = [row for formset in answer.context["inline_admin_formsets"] for row in formset.formset.errors]
    return (
        {name: " ".join(messages) for name, messages in form.errors.items()} | {"rows": rows}
        if form.errors
        else {"rows": rows}
    )


RECORD = add(DraftUpdate)

REPORT = {
    "kind": "report",
    "date": "2019-11",
    "status": "in_progress",
    "achieved": "",
    "note": "The doors were opened.",
    "evidence-0-title": "Notice of the opening",
    "evidence-0-publisher": "Gazette",
    "evidence-0-url": "https://example.org/notice",
    "evidence-0-date": "2019-11-05",
    "evidence-0-relation": "direct",
    "evidence-0-source": "independent",
}

UNSUPPORTED = REPORT | {"evidence-0-relation": "related"}

CONTEXT = REPORT | {"kind": "context", "status": "", "evidence-0-relation": "context"}

CHECK = {"kind": "check", "date": "2026-11-20", "searched": "Public web pages.", "note": ""}


def record_address(commitment):
    return f"{RECORD}?commitment={commitment.pk}"


def publish_draft(client, address, **typed):
    """Fill the form of a draft commitment, look at the page of confirmation that follows, and confirm it."""
    answer = fill(client, address, "_publish", **typed)
    return Form(client.get(answer.headers["Location"])).send(client, answer.headers["Location"], "_confirm")
