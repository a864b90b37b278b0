"""What is on record: the ledger and its projections, to be looked at; and the two acts upon an entry.

A retraction says that an entry was wrong. A redaction removes words from it, and takes a second administrator:
see `redactions`. Both are looked at as the public will see them before they are written.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import (
    DraftPartAdmin,
    HiddenAdmin,
    ReadOnlyAdmin,
    add_refusal,
    may_publish,
    request_actor,
    staff_page,
    staff_user,
    stop_if_refused,
)
from commitments.admin.entity_changes import describe_fields
from commitments.admin.preview import PREVIEW_BUTTON, preview_entry
from commitments.domain.choices import (
    Copy,
    DeadlineBasis,
    EntryKind,
    Force,
    Kind,
    Level,
    Relation,
    ReportBasis,
    Source,
    Status,
    StopReason,
    Vocabulary,
)
from commitments.domain.text_lengths import length_problem
from commitments.i18n.phrases import join_clauses
from commitments.ledger.append import new_retraction
from commitments.ledger.entity_contents import split_entity
from commitments.ledger.validation import RETRACTABLE_KINDS
from commitments.models import (
    Commitment,
    DraftCommitment,
    DraftEdit,
    DraftEvidence,
    Edition,
    EntryProposal,
    Evidence,
    LedgerEntry,
    LedgerHead,
    LoadedItem,
    Ownership,
    Partnership,
    Repetition,
    State,
    Translation,
    Update,
)
from commitments.query.entries import with_retractions
from commitments.workflow.entry_proposals import record_or_propose

# By the name of a field of an entry's content: the words that its values stand for.
VOCABULARIES: dict[str, type[Vocabulary]] = {
    "status": Status,
    "stop_reason": StopReason,
    "basis": ReportBasis,
    "deadline_basis": DeadlineBasis,
    "kind": Kind,
    "force": Force,
    "level": Level,
    "relation": Relation,
    "source": Source,
    "copy": Copy,
}
PUBLICATION_HELP = gettext_lazy(
    "For a commitment that was put on record by mistake. It is final: what was meant needs a new reference. What its "
    "owners no longer promise is no mistake: report it as stopped, withdrawn."
)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Public, and kept for good."),
        error_messages={"required": gettext_lazy("Give the reason. It will be public.")},
    )

    def clean_reason(self) -> str:
        """No longer than a text may be."""
        reason: str = self.cleaned_data["reason"]
        if problem := length_problem(reason.replace("\r\n", "\n")):
            raise ValidationError(problem)
        return reason


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Entries, latest first."""

    change_form_template = "admin/commitments/ledgerentry/change_form.html"
    fieldsets = (
        (None, {"fields": ("sequence", "kind", "about", "says", "recorded_at", "role", "organisation", "target")}),
        (
            gettext_lazy("As it is stored"),
            {"fields": ("content", "key", "salt", "content_digest", "digest"), "classes": ["collapse"]},
        ),
    )
    readonly_fields = ("about", "says")
    list_display = ("sequence", "kind", "about", "recorded_at", "role", "organisation")
    list_filter = ("kind", "role")
    search_fields = ("commitment__reference", "entity", "content")
    ordering = ("-sequence",)
    list_select_related = ("commitment",)

    @admin.display(description=gettext_lazy("what it is about"), ordering="commitment__reference")
    def about(self, obj: LedgerEntry) -> str:
        """The commitment, or what else has a name."""
        return str(obj.commitment or obj.entity or "–")

    @admin.display(description=gettext_lazy("what it says"))
    def says(self, obj: LedgerEntry) -> SafeString | str:
        """Each thing that it says, in words."""
        return lines_html(entry_lines(obj)) or "–"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.retract)
        return [path("<int:pk>/retract/", view, name="commitments_ledgerentry_retract"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # With what can be done about the entry.
        entry = kwargs.get("obj")
        if entry:
            context["retracted_as"] = with_retractions(LedgerEntry.objects.filter(pk=entry.pk)).get().retracted_as  # type: ignore[attr-defined]
            context["may_retract"] = may_publish(request) and can_be_retracted(entry, context["retracted_as"])
            context["may_correct"] = may_publish(request) and can_be_corrected(entry.commitment)
        context["may_redact"] = entry and entry.content and request.user.has_perm("commitments.redact")
        return super().render_change_form(request, context, *args, **kwargs)

    def retract(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that an entry was wrong: first looked at, then written."""
        if not may_publish(request):
            raise PermissionDenied(_("Only publishers retract entries. Ask one of them."))
        entry = get_object_or_404(LedgerEntry.objects.select_related("commitment"), pk=pk)
        form = ReasonForm(request.POST or None)
        context: dict[str, Any] = {}
        if form.is_valid() and entry.commitment:
            by = request_actor(request, entry.commitment)
            retraction = new_retraction(entry, form.cleaned_data["reason"], by)
            try:
                stop_if_refused(request)
                if PREVIEW_BUTTON not in request.POST:
                    return self._retracted(request, entry, record_or_propose(retraction, staff_user(request)))
                context |= {"preview": preview_entry(request, retraction, entry.commitment), "looked_at": True}
            except ValidationError as problem:
                add_refusal(problem, form)
        title = _("Retract entry %(entry)s?") % {"entry": entry.sequence}
        if entry.kind == EntryKind.PUBLISHED:
            title = _("Retract the publication of %(reference)s?") % {"reference": entry.commitment_id}
            context["help"] = PUBLICATION_HELP
        return entry_action_page(self, request, entry, form, title=title, button=_("Retract it"), **context)

    def _retracted(
        self, request: HttpRequest, entry: LedgerEntry, retraction: LedgerEntry | EntryProposal
    ) -> HttpResponse:
        """What was done, in the history and in a message; then the public page, of a publication the commitment."""
        commitment = entry.commitment
        if commitment is None:
            raise LookupError(entry.sequence)
        if isinstance(retraction, EntryProposal):
            self.log_change(request, entry, _("Proposed to retract it."))
            text = _("The retraction of entry %(entry)s waits for another publisher.")
            self.message_user(request, text % {"entry": entry.sequence}, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:commitments_entryproposal_changelist"))
        message = _("Retracted by entry %(entry)s.") % {"entry": retraction.sequence}
        self.log_change(request, entry, message)
        if entry.kind != EntryKind.PUBLISHED:
            page = format_html(
                '<a href="{}#entry-{}">{}</a>', commitment.get_absolute_url(), entry.pk, commitment.reference
            )
            words = format_html(_("Entry {entry} of {name} is retracted."), entry=entry.pk, name=page)
            self.message_user(request, words, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:commitments_ledgerentry_change", args=[entry.pk]))
        self.log_change(request, commitment, message)
        text = _("%(reference)s is retracted, entry %(entry)s.")
        values = {"reference": commitment.reference, "entry": retraction.sequence}
        self.message_user(request, text % values, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:commitments_commitment_change", args=[commitment.pk]))


def can_be_retracted(entry: LedgerEntry, retracted_as: int | None) -> bool:
    """Whether an entry, which the one of that number has retracted if any, can be said to have been wrong."""
    standing = entry.commitment is not None and entry.commitment.retracted_at is None
    return standing and entry.kind in RETRACTABLE_KINDS and retracted_as is None


def can_be_corrected(commitment: Commitment | None) -> bool:
    """Whether the public wording of a commitment can be put right."""
    return commitment is not None and commitment.published_at is not None and commitment.retracted_at is None


def lines_html(lines: list[tuple[str, str]]) -> SafeString:
    """What an entry says, as a list of names and words."""
    pairs = format_html_join("", "<dt>{}</dt><dd>{}</dd>", ((name, linebreaksbr(words)) for name, words in lines))
    return format_html('<dl class="kept">{}</dl>', pairs) if lines else SafeString("")


def entry_action_page(
    model_admin: Any, request: HttpRequest, entry: LedgerEntry, form: forms.Form, **context: Any
) -> HttpResponse:
    """The page of an act upon an entry: what the entry says, the form and, once asked for, the preview."""
    context |= {"opts": LedgerEntry._meta, "entry": entry, "lines": entry_lines(entry), "form": form}
    return staff_page(model_admin, request, "admin/commitments/entry_action.html", **context)


def field_label(name: str) -> str:
    """What a field of an entry's content is called: `deadline_basis` is "deadline basis"."""
    return _(name.replace("_", " "))


def value_text(name: str, value: Any) -> str:
    """What a field of an entry's content says, in words: of a vocabulary its word."""
    if isinstance(value, bool):
        return _("yes") if value else ""
    vocabulary = VOCABULARIES.get(name)
    return str(vocabulary(value).label) if vocabulary and value in vocabulary.values else str(value)


def entry_lines(entry: LedgerEntry) -> list[tuple[str, str]]:
    """What an entry says, a line for each thing that is not empty."""
    lines: list[tuple[str, str]] = []
    data = entry.data or {}
    if entry.kind == EntryKind.ENTITY and data:
        kind, _slug = split_entity(entry.entity)
        lines = [(change.label, change.after) for change in describe_fields(kind, data.pop("fields"))]
    for name, value in data.items():
        rows = value if isinstance(value, list) else [value]
        texts = [
            join_clauses(value_text(part, cell) for part, cell in row.items() if cell)
            if isinstance(row, dict)
            else value_text(name, row)
            for row in rows
        ]
        lines += [(field_label(name), text) for text in texts if text]
    return lines


@admin.register(Update)
class UpdateAdmin(ReadOnlyAdmin):
    """Published updates."""

    list_display = ("entry_id", "commitment", "kind", "date", "status", "recorded_at")
    list_filter = ("kind", "status")
    search_fields = ("commitment__reference", "commitment__title", "note")
    list_select_related = ("commitment",)


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    """Evidence of published updates."""

    list_display = ("title", "publisher", "date", "relation", "source", "update")
    list_filter = ("relation", "source")
    search_fields = ("title", "publisher", "url")
    list_select_related = ("update",)


@admin.register(State)
class StateAdmin(HiddenAdmin):
    """How commitments stood, from day to day."""

    list_display = ("commitment", "from_day", "until_day", "status", "deadline")
    search_fields = ("commitment__reference",)
    list_select_related = ("commitment",)


@admin.register(Translation)
class TranslationAdmin(HiddenAdmin):
    """Every translation that was recorded; they are made on the commitment's page of translations."""

    list_display = ("text", "commitment", "language", "recorded_at", "role", "organisation")
    list_filter = ("language",)
    search_fields = ("commitment__reference", "source", "text")
    ordering = ("-pk",)
    list_select_related = ("commitment",)


admin.site.register((Edition, LedgerHead, LoadedItem), HiddenAdmin)
admin.site.register((Ownership, Partnership, Repetition, DraftCommitment, DraftEdit, DraftEvidence), DraftPartAdmin)
