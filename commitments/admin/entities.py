"""How organisations, areas, releases, occasions and news sources are edited.

A draft is saved as it is typed. What is on record is never written by a form: what was typed becomes an entry of the
ledger or, from whoever may not record it, a proposal that waits for a publisher (R5a).
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import StaffForm, may_publish, request_actor, staff_page, staff_user, url_name
from commitments.admin.concurrency import LedgerAdmin
from commitments.admin.effects import changes_html
from commitments.admin.entity_changes import describe_changes, describe_fields, refusal_words
from commitments.admin.preview import PREVIEW_BUTTON, preview_entry, render_public_page
from commitments.domain.choices import ProposalState
from commitments.domain.hash_chain import canonical_json
from commitments.ledger.append import lock_head, new_entity_entry
from commitments.ledger.contents import Content
from commitments.ledger.entity_contents import entity_fields
from commitments.models import EntityProposal, LedgerEntry, Release
from commitments.models.entity import Entity
from commitments.workflow.entity_proposals import (
    Changes,
    change_entry,
    changes_on_record,
    first_recorded_with,
    may_record_changes,
    propose_change,
    put_on_record,
    record_change,
)

SALT = "first entry"
DraftLinks = dict[int, set[int]]  # by the number of an agreement, the keys of the drafts that staff noted under it


class EntityForm(StaffForm):
    """The public fields; of what is on record also the reason for changing them."""

    reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Public, and kept for good."),
    )


class EntityAdmin(LedgerAdmin):
    """Drafts are edited; what is on record is changed by an entry, or a change is proposed."""

    form = EntityForm
    change_form_template = "admin/commitments/entity_change_form.html"
    # Whether a publisher may put it on record by itself. Other things become public with the first commitment.
    stands_alone = False

    # Who may see and do what

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The slug, once it is there: it is its identity, in addresses and in the ledger.
        return ["slug"] if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # With a box for the reason, where it is on record.
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj and obj.published_at and self.has_change_permission(request, obj):
            fieldsets.append((_("Change of what is on record"), {"fields": ("reason",)}))
        return fieldsets

    def view_on_site(self, obj: Any) -> str | None:
        # Its public page, where it has one: a draft has none.
        return obj.get_absolute_url() if obj.published_at and hasattr(obj, "get_absolute_url") else None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.published_at is None)

    def delete_model(self, request: HttpRequest, obj: Entity) -> None:
        # Not what was put on record while somebody looked at the question.
        self._refuse_recorded(self.model._default_manager.filter(pk=obj.pk))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._refuse_recorded(queryset)
        super().delete_queryset(request, queryset)

    def _refuse_recorded(self, queryset: QuerySet[Any]) -> None:
        lock_head()
        if queryset.filter(published_at__isnull=False).exists():
            raise PermissionDenied(_("It was put on record meanwhile, and stays."))

    def get_urls(self) -> list[Any]:
        # Putting on record beside the stock pages, for what may stand alone.
        if not self.stands_alone:
            return list(super().get_urls())
        view = self.admin_site.admin_view(self.put_on_record_view)
        return [path("<int:pk>/put-on-record/", view, name=url_name(self, "put_on_record")), *super().get_urls()]

    @admin.display(description=gettext_lazy("name"))
    def called(self, obj: Entity) -> str:
        """In the language of the page."""
        return obj.in_language(obj.title_field)

    @admin.display(description=gettext_lazy("on record"), boolean=True, ordering="published_at")
    def on_record(self, obj: Entity) -> bool:
        """Whether it has an entry."""
        return obj.published_at is not None

    # Saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # A draft. What is on record is dealt with below, once the rows under it are known, too.
        if obj.published_at is None:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        # The rows under a draft; of what is on record, what was typed as a whole.
        if form.instance.published_at is None:
            super().save_related(request, form, formsets, change)
            return
        fields, links = self._typed_fields(request, form, formsets, change=change)
        stored = self.model._default_manager.get(pk=form.instance.pk)
        self._bring_to_record(request, stored, fields, form.cleaned_data["reason"])
        if PREVIEW_BUTTON not in request.POST:
            write_draft_links(stored, links)

    def _typed_fields(
        self, request: HttpRequest, form: Any, formsets: Any, *, change: bool
    ) -> tuple[Content, DraftLinks]:
        """What the row would say if the form were saved. It is saved, looked at, and all of it taken back."""
        try:
            with transaction.atomic():
                super().save_model(request, form.instance, form, change)
                super().save_related(request, form, formsets, change)
                saved = self.model._default_manager.get(pk=form.instance.pk)
                typed = entity_fields(saved), draft_links(saved)
                transaction.set_rollback(True)
        except IntegrityError as error:
            message = _("Two rows would have the same number for a moment. Give one of them a number of its own first.")
            raise ValidationError(message) from error
        return typed

    def _bring_to_record(self, request: Any, stored: Entity, fields: Content, reason: str) -> None:
        """Preview the change, record it or propose it; what became of it is read when the request is answered."""
        changes = changes_on_record(stored, fields)
        user = staff_user(request)
        if PREVIEW_BUTTON in request.POST:
            if not changes:
                raise ValidationError(_("Nothing is changed, so there is nothing to record."))
            entry = change_entry(stored, changes, reason, request_actor(request))
            request.preview, request.changes = preview_entry(request, entry, stored), changes
        elif changes and may_record_changes(user):
            request.outcome = record_change(stored, changes, reason, user)
        elif changes:
            request.outcome = propose_change(stored, changes, reason, user)

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        # What became of it; nothing of what was only looked at.
        outcome = getattr(request, "outcome", None)
        if isinstance(outcome, LedgerEntry):
            return super().log_change(request, obj, _("Changed by entry %(entry)s.") % {"entry": outcome.sequence})
        if isinstance(outcome, EntityProposal):
            super().log_addition(request, outcome, _("Proposed."))
            return super().log_change(request, obj, _("Proposed a change."))
        return super().log_change(request, obj, message) if obj.published_at is None else None

    def response_change(self, request: Any, obj: Any) -> HttpResponse:
        # After a preview the same form as it was typed; else what became of it, in a message.
        if obj.published_at is None:
            return super().response_change(request, obj)
        if PREVIEW_BUTTON in request.POST:
            request.refusal = ValidationError(_("It is not on record yet."))  # read by StaffForm
            return self.changeform_view(request, str(obj.pk))
        self.tell_outcome(request, obj)
        return self.response_post_save_change(request, obj)

    def tell_outcome(self, request: Any, obj: Any) -> None:
        """What became of a change, in a message."""
        outcome = getattr(request, "outcome", None)
        stored = self.model._default_manager.get(pk=obj.pk)
        if isinstance(outcome, LedgerEntry):
            text = _("{name} is changed, entry {entry}.")
            words = format_html(text, name=page_link(stored), entry=entry_link(outcome))
            self.message_user(request, words, messages.SUCCESS)
        elif isinstance(outcome, EntityProposal):
            address = reverse("admin:commitments_entityproposal_change", args=[outcome.pk])
            link = format_html('<a href="{}">{}</a>', address, stored)
            text = _("The change of {name} waits for a publisher.")
            self.message_user(request, format_html(text, name=link), messages.SUCCESS)
        else:
            self.message_user(request, _("Nothing that is public was changed."), messages.WARNING)

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # With the buttons that fit, what would change, and what others proposed.
        row = context.get("original")
        if row is not None and row.pk:
            may_change = self.has_change_permission(request, row)
            waiting = EntityProposal.objects.filter(kind=row.entity_kind, slug=row.slug, state=ProposalState.WAITING)
            context |= {
                "on_record": row.published_at is not None,
                "records_at_once": may_record_changes(staff_user(request)),
                "may_put_on_record": self.stands_alone and may_change and may_publish(request) and not row.published_at,
                "waiting": waiting.select_related("author"),
            }
        changes: Changes | None = getattr(request, "changes", None)
        if changes:
            effect = changes_html(describe_changes(row.entity_kind, changes))
            context |= {"preview": request.preview, "effect": effect, "errors": []}
        return super().render_change_form(request, context, *args, **kwargs)

    # Putting a draft on record by itself

    def put_on_record_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what would be on record, and put exactly that there."""
        if not may_publish(request):
            raise PermissionDenied(_("Only publishers put something on record. Ask one of them."))
        with transaction.atomic():
            lock_head()
            row = get_object_or_404(self.get_queryset(request), pk=pk)
            if not self.has_change_permission(request, row):
                raise PermissionDenied
            address = reverse(f"admin:{url_name(self, 'change')}", args=[pk])
            if row.published_at:
                self.message_user(request, _("“%(name)s” is on record already.") % {"name": row}, messages.WARNING)
                return HttpResponseRedirect(address)
            if request.method == "POST" and request.POST.get("shown") == entity_digest(row):
                try:
                    entry = put_on_record(row, staff_user(request))
                except ValidationError as problem:
                    return self._first_entry_page(request, row, refusal_words(type(row), problem))
                self.log_change(request, row, _("Put on record by entry %(entry)s.") % {"entry": entry.sequence})
                text = _("{name} is on record, entry {entry}.")
                words = format_html(text, name=page_link(row), entry=entry_link(entry))
                self.message_user(request, words, messages.SUCCESS)
                return HttpResponseRedirect(address)
            changed = _("It has changed since this page showed it. Look again.") if request.method == "POST" else ""
            return self._first_entry_page(request, row, changed)

    def _first_entry_page(self, request: HttpRequest, row: Entity, problem: str) -> HttpResponse:
        preview, refusal = self._preview_first_entry(request, row)
        title = _("Put “%(name)s” on record?") % {"name": row}
        context: dict[str, Any] = {
            "original": row,
            "lines": describe_fields(row.entity_kind, entity_fields(row)),
            "along": [
                draft for draft in first_recorded_with([new_entity_entry(row, request_actor(request))]) if draft != row
            ],
            "preview": preview,
            "problem": problem or refusal,
            "blocked": bool(refusal),
            "shown": entity_digest(row),
        }
        return staff_page(self, request, "admin/commitments/entity_first_entry.html", title, **context)

    def _preview_first_entry(self, request: HttpRequest, row: Entity) -> tuple[str, str]:
        """Its public page as it would be, and why it cannot be put on record, if so. Stores nothing."""
        with transaction.atomic():
            try:
                put_on_record(row, staff_user(request))
                return render_public_page(request, row), ""
            except ValidationError as problem:
                return "", refusal_words(type(row), problem)
            finally:
                transaction.set_rollback(True)


def entity_digest(row: Entity) -> str:
    """A digest of what a page of confirmation shows of a draft."""
    return salted_hmac(
        SALT, canonical_json({"entity": row.entity, **entity_fields(row)}), algorithm="sha256"
    ).hexdigest()


def page_link(row: models.Model) -> str:
    """What it is called, with a link to its public page where it has one."""
    if not hasattr(row, "get_absolute_url"):
        return str(row)
    return format_html('<a href="{}">{}</a>', row.get_absolute_url(), row)


def entry_link(entry: LedgerEntry) -> str:
    """The number of an entry, with a link to its page."""
    address = reverse("admin:commitments_ledgerentry_change", args=[entry.sequence])
    return format_html('<a href="{}">{}</a>', address, entry.sequence)


def draft_links(row: Entity) -> DraftLinks:
    """Which drafts staff noted under a release's agreements. No entry says it: they become public with the drafts."""
    if not isinstance(row, Release):
        return {}
    agreements = row.agreements.prefetch_related("commitments")
    return {
        agreement.number: {draft.pk for draft in agreement.commitments.all() if draft.published_at is None}
        for agreement in agreements
    }


def write_draft_links(row: Entity, links: DraftLinks) -> None:
    """Note drafts under a release's agreements as a form says; an agreement that is only proposed has none yet."""
    if not isinstance(row, Release):
        return
    before = draft_links(row)
    for agreement in row.agreements.all():
        wanted = links.get(agreement.number)
        if wanted is None:  # under another number, which is only proposed
            continue
        agreement.commitments.remove(*before[agreement.number] - wanted)
        agreement.commitments.add(*wanted - before[agreement.number])
