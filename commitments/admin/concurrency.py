"""How forms are saved: nobody overwrites anybody (R7), and what the ledger refuses comes back as it was typed.

Each form carries what stood on it when it was opened. When it is sent, that is compared with what is stored,
under a lock. Where somebody saved in between, the form comes back merged, says what changed, by whom and when,
and a second try is let through.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.admin import way_back
from commitments.admin.base import FIELD_OVERRIDES, ModelAdmin, StaffForm, may_publish, refusal_so_far, staff_page
from commitments.admin.date_fields import expect_deadline
from commitments.admin.form_snapshot import (
    FieldValues,
    FormSnapshot,
    MergeResult,
    form_values,
    merge_forms,
    typed_texts,
)
from commitments.i18n.phrases import join_clauses, join_list
from commitments.ledger.append import lock_head
from commitments.models.drafting import Draft

SNAPSHOT_FIELD = "seen"  # the name of the hidden box
MAX_VALUE_LENGTH = 80  # characters of a value in a message


class OptimisticLockAdmin(ModelAdmin):
    """Stops a form that somebody else's save has overtaken, and says what changed, by whom and when."""

    form = StaffForm
    formfield_overrides = FIELD_OVERRIDES

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # The form, with the refusal of a first try.
        form = super().get_form(request, *args, **kwargs)
        form.refusal = refusal_so_far(request)  # type: ignore[attr-defined]  # StaffForm's
        return form

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # Called by what it lists: what to do with it depends on who looks.
        title = {"title": str(self.opts.verbose_name_plural).capitalize()}
        return super().changelist_view(request, title | (extra_context or {}))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Compare what the sender saw with what is stored, while nobody else can save.
        object_id = kwargs.get("object_id") or (args[0] if args else None)
        if request.method != "POST" or not object_id:
            return super().changeform_view(request, *args, **kwargs)
        with transaction.atomic():
            obj = self._lock(request, unquote(str(object_id)))
            if obj is None or not self.has_change_permission(request, obj):
                return self.unsaved_input(request, obj)
            self.stop_if_overtaken(request, obj)
            return super().changeform_view(request, *args, **kwargs)

    def _lock(self, request: HttpRequest, pk: str) -> models.Model | None:
        obj: models.Model | None = self.get_object(request, pk)
        if obj is None:
            return None
        # Without the key: an entry of the ledger that names the row need not wait for it.
        list(self.model._base_manager.select_for_update(no_key=True).filter(pk=obj.pk))
        return self.get_object(request, pk)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # Without the buttons that lead away from a form half typed, or delete what it names.
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for button in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if form_field is not None and hasattr(form_field.widget, button):
                setattr(form_field.widget, button, False)
        expect_deadline(form_field, db_field.name)
        return form_field

    def stop_if_overtaken(self, request: HttpRequest, obj: models.Model) -> None:
        """Compare and merge; the form comes back where anything was changed in between."""
        stored_snapshot = self.snapshot_of(request, obj)
        opened_snapshot = FormSnapshot.loads(request.POST.get(SNAPSHOT_FIELD, ""))
        if opened_snapshot is None:
            message = _("The form did not say what was on the page when you opened it. Check it and send it again.")
            request.refusal = ValidationError(message)  # type: ignore[attr-defined]  # read by StaffForm
            return
        merged = merge_forms(request.POST, opened_snapshot, stored_snapshot)
        if merged.changed or merged.changed_formsets:
            request.refusal = self._overtaken_error(request, obj, opened_snapshot, stored_snapshot, merged)  # type: ignore[attr-defined]
            request.POST = merged.data  # type: ignore[assignment]  # django-stubs: the immutable kind

    def snapshot_of(self, request: HttpRequest, obj: models.Model) -> FormSnapshot:
        """What the form of an object says now."""
        form = self._form_of(request, obj)
        rows: dict[str, list[FieldValues]] = {}
        for inline in self.get_inline_instances(request, obj):
            formset_class = inline.get_formset(request, obj)
            formset = formset_class(
                instance=obj, prefix=formset_class.get_default_prefix(), queryset=inline.get_queryset(request)
            )
            hidden = {formset.fk.name, "DELETE"}
            rows[str(formset.prefix)] = [
                {name: value for name, value in form_values(row).items() if name not in hidden}
                for row in formset.initial_forms
            ]
        return FormSnapshot(form_values(form), rows, timezone.now().isoformat())

    def _form_of(self, request: HttpRequest, obj: models.Model) -> forms.BaseForm:
        fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        form: forms.BaseForm = self.get_form(request, obj, change=True, fields=fields)(instance=obj)
        return form

    def _overtaken_error(
        self,
        request: HttpRequest,
        obj: models.Model,
        opened_snapshot: FormSnapshot,
        stored_snapshot: FormSnapshot,
        merged: MergeResult,
    ) -> ValidationError:
        """What changed, from what to what, by whom and when; and beside each field that both changed, what it says."""
        form = self._form_of(request, obj)
        changes = [
            _("%(field)s (from “%(before)s” to “%(after)s”)")
            % {
                "field": form[name].label,
                "before": display_value(form, name, opened_snapshot.values[name]),
                "after": display_value(form, name, stored_snapshot.values[name]),
            }
            for name in merged.changed
        ]
        changes += [self._group_label(request, obj, prefix) for prefix in merged.changed_formsets]
        message = _(
            "%(who)s saved this after you had opened it. Changed: %(changes)s. What you did not touch says what is "
            "stored now, and what you typed is kept: check it and send it again."
        ) % {
            "who": self.last_editor(obj, datetime.fromisoformat(opened_snapshot.opened_at)),
            "changes": join_clauses(changes),
        }
        conflict_message = _("It says now: “%(now)s”. You typed something else: send it again to replace that.")
        earlier = refusal_so_far(request)
        return ValidationError(
            {NON_FIELD_ERRORS: [*(earlier.messages if earlier else []), message]}
            | {
                name: [conflict_message % {"now": display_value(form, name, stored_snapshot.values[name])}]
                for name in merged.conflicts
            }
        )

    def _group_label(self, request: HttpRequest, obj: models.Model, prefix: str) -> str:
        inlines = self.get_inline_instances(request, obj)
        names = {
            inline.get_formset(request, obj).get_default_prefix(): inline.opts.verbose_name_plural for inline in inlines
        }
        return str(names[prefix])

    def last_editor(self, obj: models.Model, since: datetime) -> str:
        """Who saved an object last since a time, and when, as the admin's log tells."""
        log_entries = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(obj), object_id=str(obj.pk), action_time__gte=since
        )
        log_entry = log_entries.select_related("user").order_by("-action_time").first()
        if log_entry is None:
            return _("Somebody else")
        when = date_format(timezone.localtime(log_entry.action_time), "DATETIME_FORMAT")
        return _("%(who)s (%(when)s)") % {"who": log_entry.user.get_username(), "when": when}

    def unsaved_input(self, request: HttpRequest, obj: models.Model | None) -> HttpResponse:
        """It cannot be saved any more: say why, and show what was typed, to be used elsewhere."""
        snapshot = FormSnapshot.loads(request.POST.get(SNAPSHOT_FIELD, "")) or FormSnapshot()
        typed = typed_texts(request.POST, snapshot.all_values())
        template, status = "admin/commitments/unsaved_input.html", 403 if obj else 404
        why = self.denial_reason(obj)
        return staff_page(self, request, template, _("This was not saved"), status, why=why, typed=typed)

    def denial_reason(self, obj: models.Model | None) -> str:
        """Why an object cannot be changed, and what to do."""
        if obj is None:
            return _("It is not there, or not within your reach: somebody may have deleted it. Start anew if need be.")
        return _("You may look at it and not change it. Ask a publisher or an administrator if it must change.")

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        self.message_user(request, self.denial_reason(None), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:index"))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # With what stands on the page, for the comparison when it is sent.
        obj = kwargs.get("obj")
        if obj is not None and obj.pk and context.get("object_id"):
            stored = self.get_object(request, str(obj.pk))  # `obj` holds what was typed
            context["seen"] = self.snapshot_of(request, stored).dumps() if stored else ""
            context["stored"] = context["subtitle"] = str(stored or obj)
        context |= way_back.place_in_list(self, request, self.listed_row(request, obj))
        return super().render_change_form(request, context, *args, **kwargs)

    # Where one comes back to

    def listed_row(self, request: HttpRequest, obj: Any) -> Any:
        """The row of the list that one came from: the object itself, unless it is made from a list of others."""
        return obj

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        # The list as it was filtered, and what comes next in it.
        back = way_back.back_to_list(self, request, self.listed_row(request, obj))
        return back or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        # The same.
        back = way_back.back_to_list(self, request, self.listed_row(request, obj))
        return back or super().response_post_save_change(request, obj)


class LedgerAdmin(OptimisticLockAdmin):
    """Saves through the ledger. A refusal rolls everything back and shows the form again as it was typed."""

    def _lock(self, request: HttpRequest, pk: str) -> models.Model | None:
        lock_head()
        return super()._lock(request, pk)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Try; on a refusal the transaction is gone, and the same question is answered with its reasons.
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as problem:
            request.refusal = problem  # type: ignore[attr-defined]  # read by StaffForm
            return super().changeform_view(request, *args, **kwargs)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["may_publish"] = may_publish(request)
        return super().render_change_form(request, context, *args, **kwargs)


class DraftAdmin(LedgerAdmin):
    """Forms of what publishers may return: nobody sends a draft again without having read why it came back."""

    def draft_of(self, obj: models.Model) -> Draft | None:
        """How far an object has come; None where it is no draft."""
        raise NotImplementedError

    def way_on(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """The list that one came from; else the desk."""
        back = way_back.back_to_list(self, request, self.listed_row(request, obj))
        return back or HttpResponseRedirect(reverse("admin:index"))

    def stop_if_overtaken(self, request: HttpRequest, obj: models.Model) -> None:
        """A draft that was returned meanwhile, too: its author must have read why."""
        super().stop_if_overtaken(request, obj)
        draft = self.draft_of(obj)
        reason = draft.returned_because if draft else ""
        if reason and request.POST.get("returned", "").replace("\r\n", "\n") != reason.replace("\r\n", "\n"):
            message = _(
                "A publisher returned this draft while you had it open: “%(reason)s”. Send it again when ready."
            )
            request.refusal = ValidationError(message % {"reason": reason})  # type: ignore[attr-defined]  # StaffForm's

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = kwargs.get("obj")
        draft = self.draft_of(obj) if obj is not None and obj.pk else None
        context["returned_because"] = draft.returned_because if draft else ""
        return super().render_change_form(request, context, *args, **kwargs)


def display_value(form: forms.BaseForm, name: str, value: list[str]) -> str:
    """What a field says, as people read it, shortened."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        text = join_list(map(str, field.queryset.filter(pk__in=value)))
    elif isinstance(field, forms.ChoiceField):
        labels = dict(field.choices)  # type: ignore[arg-type]  # ours are pairs, never groups
        text = join_list(str(labels.get(key, key)) for key in value)
    elif isinstance(field, forms.BooleanField):
        text = _("yes") if value else _("no")
    else:
        text = join_clauses(value)
    text = text or "–"
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[:MAX_VALUE_LENGTH]}…"
