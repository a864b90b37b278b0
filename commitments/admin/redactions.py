"""Redactions: one administrator says which words go and why, another one looks and carries it out."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import ReadOnlyAdmin, add_refusal, refusal_of, staff_user, stop_if_refused
from commitments.admin.ledger_entries import ReasonForm, entry_action_page, field_label
from commitments.admin.preview import PREVIEW_BUTTON, preview_entry
from commitments.domain.choices import UPDATE_KINDS, EntryKind
from commitments.i18n.phrases import join_sentences
from commitments.ledger.contents import FREE_TEXT_FIELDS, Content
from commitments.ledger.entity_contents import (
    AGREEMENT_TEXTS,
    ENTITY_TEXTS,
    RELEASE_LISTS,
    SECTION_TEXTS,
    rows_for_entities,
)
from commitments.ledger.redaction_rules import REDACTABLE_FIELDS
from commitments.models import LedgerEntry, RedactionRequest
from commitments.workflow.redactions import decide_redaction, redaction_by, refuse_same_administrator, request_redaction

ContentPath = tuple[str | int, ...]  # the way to a text within an entry's content
HOW_TO_REDACT = gettext_lazy(
    "Take out of the boxes the words that must go. Nothing is removed until another administrator has looked at it."
)
# By the name of a list in an entry's content: what of its rows is words.
WORDS_OF_ROWS: dict[str, tuple[str, ...]] = {
    "evidence": ("title", "publisher", "url", "archived_url"),
    "changes": ("before", "after"),
    "repeats": ("why",),
    "sections": SECTION_TEXTS,
    "agreements": AGREEMENT_TEXTS,
}


def redactable_texts(entry: LedgerEntry) -> dict[ContentPath, str]:
    """Every text of an entry that a redaction may touch, by its place."""
    data = entry.data or {}
    texts = _redactable_texts_in(entry.kind, data, ())
    remaining = data.get("remaining")
    if entry.kind == EntryKind.REDACTION and entry.target and remaining:  # what an earlier redaction left
        texts |= _redactable_texts_in(entry.target.kind, remaining, ("remaining",))
    return texts


def _redactable_texts_in(kind: str, data: Content, prefix: ContentPath) -> dict[ContentPath, str]:
    texts: dict[ContentPath, str] = {}
    for name in REDACTABLE_FIELDS[EntryKind(kind)]:
        value = data.get(name)
        if isinstance(value, str) and value:
            texts[(*prefix, name)] = value
        elif isinstance(value, dict):  # the public fields of an organisation, an area and so on
            texts |= _entity_texts(value, (*prefix, name))
        elif isinstance(value, list):
            texts |= _row_texts(name, value, (*prefix, name))
    return texts


def _entity_texts(fields: Content, prefix: ContentPath) -> dict[ContentPath, str]:
    names = {name for names in ENTITY_TEXTS.values() for name in names}
    texts: dict[ContentPath, str] = {(*prefix, name): text for name, text in fields.items() if name in names and text}
    for name in RELEASE_LISTS:
        texts |= _row_texts(name, fields.get(name, []), (*prefix, name))
    return texts


def _row_texts(name: str, rows: list[Content], prefix: ContentPath) -> dict[ContentPath, str]:
    """The texts of each row; of a correction's changes those of what is words."""
    texts: dict[ContentPath, str] = {}
    for number, row in enumerate(rows):
        if name == "changes" and row["field"] not in (*FREE_TEXT_FIELDS, "repeats"):
            continue
        for part in WORDS_OF_ROWS[name]:
            value = row.get(part)
            if isinstance(value, list):  # what a correction says of repetitions
                texts |= _row_texts("repeats", value, (*prefix, number, part))
            elif value:
                texts[*prefix, number, part] = value
    return texts


def removed_texts(redaction_request: RedactionRequest) -> list[tuple[str, str, str]]:
    """Each text that would go or be cut down: its place in words, what it says, and what remains of it."""
    removed = []
    for place, text in redactable_texts(redaction_request.entry).items():
        remaining: Any = redaction_request.remaining
        for step in place:
            remaining = remaining[step] if remaining is not None else None
        if remaining != text:
            removed.append((place_text(place), text, remaining or ""))
    return removed


def place_text(place: ContentPath) -> str:
    """A place in words: "evidence · 1 · title"."""
    steps = [str(step + 1) if isinstance(step, int) else field_label(step) for step in place]
    return " · ".join(steps)


class RedactionForm(ReasonForm):
    """The texts of an entry, each to be cut down; or everything, where the kind of entry allows it."""

    whole = forms.BooleanField(
        required=False,
        label=gettext_lazy("Remove everything that it says"),
        help_text=gettext_lazy("Then it counts nowhere. Only for reports, context and checks."),
    )
    field_order = ("whole",)

    def __init__(self, data: Any, entry: LedgerEntry) -> None:
        # A box for each text, filled in.
        super().__init__(data)
        self.entry, self.places = entry, redactable_texts(entry)
        self.fields["reason"].help_text = _("Public. It must not repeat what is removed.")
        if entry.kind not in UPDATE_KINDS:
            del self.fields["whole"]
        for number, (place, text) in enumerate(self.places.items()):
            widget = forms.Textarea(attrs={"rows": 2})
            self.fields[f"text-{number}"] = forms.CharField(
                label=place_text(place), initial=text, required=False, widget=widget, strip=False
            )
        self.order_fields([*[name for name in self.fields if name != "reason"], "reason"])

    def remaining(self) -> Content | None:
        """The content without what is to be removed; None where nothing remains."""
        if self.cleaned_data.get("whole"):
            return None
        content: Content = self.entry.data or {}
        for number, place in enumerate(self.places):
            holder: Any = content
            for step in place[:-1]:
                holder = holder[step]
            holder[place[-1]] = self.cleaned_data[f"text-{number}"].replace("\r\n", "\n")
        return content

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.remaining() == self.entry.data:
            raise ValidationError(_("Take out the words that must go: nothing is changed yet."))
        return cleaned


@admin.register(RedactionRequest)
class RedactionRequestAdmin(ReadOnlyAdmin):
    """Those that wait for a second administrator first."""

    change_form_template = "admin/commitments/redactionrequest/change_form.html"
    list_display = ("entry", "reason", "asked_by", "asked_at", "decided_by", "granted")
    list_select_related = ("entry", "entry__commitment", "asked_by", "decided_by")
    list_filter = (("decided_at", admin.EmptyFieldListFilter),)
    exclude = ("remaining",)

    def get_urls(self) -> list[Any]:
        # Asking and deciding beside the stock pages.
        view = self.admin_site.admin_view
        return [
            path("ask/<int:pk>/", view(self.ask), name="commitments_redactionrequest_ask"),
            path("<int:pk>/decide/", view(self.decide), name="commitments_redactionrequest_decide"),
            *super().get_urls(),
        ]

    def ask(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say which words of an entry must go, and why: first looked at, then asked for."""
        self._refuse_others(request)
        entry = get_object_or_404(LedgerEntry.objects.select_related("commitment", "target"), pk=pk)
        form = RedactionForm(request.POST or None, entry)
        context: dict[str, Any] = {}
        if form.is_valid():
            redaction = (entry, form.remaining(), form.cleaned_data["reason"])
            try:
                stop_if_refused(request)
                if PREVIEW_BUTTON not in request.POST:
                    self.log_addition(request, request_redaction(*redaction, staff_user(request)), _("Asked for."))
                    message = _("Another administrator must now look at it and carry it out.")
                    self.message_user(request, message, messages.SUCCESS)
                    return HttpResponseRedirect(reverse("admin:commitments_redactionrequest_changelist"))
                context |= {"preview": self._preview(request, *redaction), "looked_at": True}
            except ValidationError as problem:
                add_refusal(problem, form)
        context["title"] = _("Redact entry %(entry)s?") % {"entry": entry.sequence}
        context |= {"button": _("Ask another administrator"), "help": HOW_TO_REDACT}
        return entry_action_page(self, request, entry, form, **context)

    def _preview(self, request: HttpRequest, entry: LedgerEntry, remaining: Content | None, reason: str) -> str:
        subject = entry.subject
        row = subject.commitment or rows_for_entities([subject.entity]).get(subject.entity)
        redaction = redaction_by(entry, remaining, reason, staff_user(request))
        return preview_entry(request, redaction, row) if row else ""

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # With the preview and the buttons, while it waits.
        redaction_request = kwargs.get("obj")
        if redaction_request and redaction_request.decided_at is None and request.user.has_perm("commitments.redact"):
            context |= {
                "waits": True,
                "own": redaction_request.asked_by_id == request.user.pk,
                "not_second": refusal_of(partial(refuse_same_administrator, redaction_request, staff_user(request))),
                "removed": removed_texts(redaction_request),
            }
            try:
                context["preview"] = self._preview(
                    request, redaction_request.entry, redaction_request.remaining, redaction_request.reason
                )
            except ValidationError as problem:
                context["problem"] = join_sentences(problem.messages)
        return super().render_change_form(request, context, *args, **kwargs)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Carry it out or decline it."""
        self._refuse_others(request)
        redaction_request = get_object_or_404(RedactionRequest, pk=pk)
        if {"_grant", "_decline"} & request.POST.keys():
            granted = "_grant" in request.POST
            try:
                decide_redaction(redaction_request, staff_user(request), granted=granted)
            except ValidationError as problem:
                self.message_user(request, join_sentences(problem.messages), messages.ERROR)
            else:
                message = _("The words are removed.") if granted else _("It is declined, and nothing was removed.")
                self.message_user(request, message, messages.SUCCESS)
                self.log_change(request, redaction_request, _("Carried out.") if granted else _("Declined."))
        return HttpResponseRedirect(reverse("admin:commitments_redactionrequest_change", args=[pk]))

    def _refuse_others(self, request: HttpRequest) -> None:
        if not request.user.has_perm("commitments.redact"):
            raise PermissionDenied(_("Only administrators redact entries. Tell one of them which words must go."))
