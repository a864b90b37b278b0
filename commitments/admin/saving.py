"""How forms are saved: nobody overwrites anybody (R7), and what the ledger refuses comes back as it was typed.

Each form carries what stood on it when it was opened. When it is sent, that is compared with what is stored,
under a lock. Where somebody saved in between, the form comes back merged, says what changed, by whom and when,
and a second try is let through.
"""

from __future__ import annotations

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
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments import ledger
from commitments.admin.base import SECURE_ADDRESSES, ModelAdmin, StaffForm, may_publish
from commitments.admin.merging import Merge, Page, Said, merge, of_form, typed
from commitments.wording import clauses, listed

SEEN = "seen"  # the name of the hidden box
LONGEST_WORDS = 80  # characters of a value in a message


class GuardedAdmin(ModelAdmin):
    """Stops a form that somebody else's save has overtaken, and says what changed, by whom and when."""

    form = StaffForm
    formfield_overrides = SECURE_ADDRESSES

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form, with the refusal of a first try."""
        form = super().get_form(request, *args, **kwargs)
        form.refusal = getattr(request, "refusal", None)  # type: ignore[attr-defined]  # StaffForm's
        return form

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Called by what it lists: what to do with it depends on who looks."""
        title = {"title": str(self.opts.verbose_name_plural).capitalize()}
        return super().changelist_view(request, title | (extra_context or {}))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Compare what the sender saw with what is stored, while nobody else can save."""
        object_id = kwargs.get("object_id") or (args[0] if args else None)
        if request.method != "POST" or not object_id:
            return super().changeform_view(request, *args, **kwargs)
        with transaction.atomic():
            obj = self._locked(request, unquote(str(object_id)))
            if obj is None or not self.has_change_permission(request, obj):
                return self.kept(request, obj)
            self.stop_if_overtaken(request, obj)
            return super().changeform_view(request, *args, **kwargs)

    def _locked(self, request: HttpRequest, pk: str) -> models.Model | None:
        obj: models.Model | None = self.get_object(request, pk)
        if obj is None:
            return None
        # Without the key: an entry of the ledger that names the row need not wait for it.
        list(self.model._base_manager.select_for_update(no_key=True).filter(pk=obj.pk))
        return self.get_object(request, pk)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the buttons that lead away from a form half typed, or delete what it names."""
        box = super().formfield_for_dbfield(db_field, request, **kwargs)
        for button in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if box is not None and hasattr(box.widget, button):
                setattr(box.widget, button, False)
        return box

    def stop_if_overtaken(self, request: HttpRequest, obj: models.Model) -> None:
        """Compare and merge; the form comes back where anything was changed in between."""
        now, seen = self.page_of(request, obj), Page.loads(request.POST.get(SEEN, ""))
        if seen is None:
            message = _("The form did not say what was on the page when you opened it. Check it and send it again.")
            request.refusal = ValidationError(message)  # type: ignore[attr-defined]  # read by StaffForm
            return
        merged = merge(request.POST, seen, now)
        if merged.changed or merged.groups:
            request.refusal = self._overtaken(request, obj, seen, now, merged)  # type: ignore[attr-defined]
            request.POST = merged.data  # type: ignore[assignment]  # django-stubs: the immutable kind

    def page_of(self, request: HttpRequest, obj: models.Model) -> Page:
        """What the form of an object says now."""
        form = self._form_of(request, obj)
        rows: dict[str, list[Said]] = {}
        for inline in self.get_inline_instances(request, obj):
            kind = inline.get_formset(request, obj)
            formset = kind(instance=obj, prefix=kind.get_default_prefix(), queryset=inline.get_queryset(request))
            hidden = {formset.fk.name, "DELETE"}
            rows[str(formset.prefix)] = [
                {name: value for name, value in of_form(row).items() if name not in hidden}
                for row in formset.initial_forms
            ]
        return Page(of_form(form), rows, timezone.now().isoformat())

    def _form_of(self, request: HttpRequest, obj: models.Model) -> forms.BaseForm:
        fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        form: forms.BaseForm = self.get_form(request, obj, change=True, fields=fields)(instance=obj)
        return form

    def _overtaken(
        self, request: HttpRequest, obj: models.Model, seen: Page, now: Page, merged: Merge
    ) -> ValidationError:
        """What changed, from what to what, by whom and when; and beside each field that both changed, what it says."""
        form = self._form_of(request, obj)
        changes = [
            _("%(field)s (from “%(before)s” to “%(after)s”)")
            % {
                "field": form[name].label,
                "before": in_words(form, name, seen.said[name]),
                "after": in_words(form, name, now.said[name]),
            }
            for name in merged.changed
        ]
        changes += [self._group_label(request, obj, prefix) for prefix in merged.groups]
        message = _(
            "%(who)s saved this after you had opened it. Changed: %(changes)s. What you did not touch says what is "
            "stored now, and what you typed is kept: check it and send it again."
        ) % {"who": self.by_whom(obj, datetime.fromisoformat(seen.at)), "changes": clauses(changes)}
        beside = _("It says now: “%(now)s”. You typed something else: send it again to replace that.")
        return ValidationError(
            {NON_FIELD_ERRORS: [message]}
            | {name: [beside % {"now": in_words(form, name, now.said[name])}] for name in merged.both}
        )

    def _group_label(self, request: HttpRequest, obj: models.Model, prefix: str) -> str:
        inlines = self.get_inline_instances(request, obj)
        names = {one.get_formset(request, obj).get_default_prefix(): one.opts.verbose_name_plural for one in inlines}
        return str(names[prefix])

    def by_whom(self, obj: models.Model, since: datetime) -> str:
        """Who saved an object last since a time, and when, as the admin's log tells."""
        log = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(obj), object_id=str(obj.pk), action_time__gte=since
        )
        last = log.select_related("user").order_by("-action_time").first()
        if last is None:
            return _("Somebody else")
        when = date_format(timezone.localtime(last.action_time), "DATETIME_FORMAT")
        return _("%(who)s (%(when)s)") % {"who": last.user.get_username(), "when": when}

    def kept(self, request: HttpRequest, obj: models.Model | None) -> HttpResponse:
        """It cannot be saved any more: say why, and show what was typed, to be used elsewhere."""
        seen = Page.loads(request.POST.get(SEEN, "")) or Page()
        rows = {f"{prefix}-{n}-{name}": said for prefix in seen.rows for n, row in enumerate(seen.rows[prefix])
                for name, said in row.items()}  # fmt: skip
        shown = {**seen.said, **rows}
        hidden = ("csrfmiddlewaretoken", SEEN, "pointed_out", "returned", "check_searched")
        words = [
            (name.replace("-", " ").replace("_", " "), "\n".join(typed(request.POST, name)))
            for name in request.POST
            if name not in hidden and not name.startswith("_") and not name.endswith(("_FORMS", "-id", "-draft"))
            if "__prefix__" not in name and typed(request.POST, name) not in ([], shown.get(name))
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("This was not saved"),
            "why": self.why_not(obj),
            "typed": words,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/commitments/kept.html", context, status=403 if obj else 404)

    def why_not(self, obj: models.Model | None) -> str:
        """Why an object cannot be changed, and what to do."""
        if obj is None:
            return _("It is not there, or not within your reach: somebody may have deleted it. Start anew if need be.")
        return _("You may look at it and not change it. Ask a publisher or an administrator if it must change.")

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        self.message_user(request, self.why_not(None), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:index"))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """With what stands on the page, for the comparison when it is sent."""
        obj = kwargs.get("obj")
        if obj is not None and obj.pk and context.get("object_id"):
            stored = self.get_object(request, str(obj.pk))  # `obj` holds what was typed
            context["seen"] = self.page_of(request, stored).dumps() if stored else ""
            context["stored"] = context["subtitle"] = str(stored or obj)
        return super().render_change_form(request, context, *args, **kwargs)


class LedgerAdmin(GuardedAdmin):
    """Saves through the ledger. A refusal rolls everything back and shows the form again as it was typed."""

    def _locked(self, request: HttpRequest, pk: str) -> models.Model | None:
        ledger.hold()
        return super()._locked(request, pk)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try; on a refusal the transaction is gone, and the same question is answered with its reasons."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as problem:
            request.refusal = problem  # type: ignore[attr-defined]  # read by StaffForm
            return super().changeform_view(request, *args, **kwargs)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """With the buttons that fit."""
        context["may_publish"] = may_publish(request)
        return super().render_change_form(request, context, *args, **kwargs)


class SlugFixedAdmin(GuardedAdmin):
    """Something whose slug is its identity, in addresses and in the ledger: given once."""

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """The slug, once it is there."""
        return ["slug"] if obj else []


def in_words(form: forms.BaseForm, name: str, value: list[str]) -> str:
    """What a field says, as people read it, shortened."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        words = listed(map(str, field.queryset.filter(pk__in=value)))
    elif isinstance(field, forms.ChoiceField):
        labels = dict(field.choices)  # type: ignore[arg-type]  # ours are pairs, never groups
        words = listed(str(labels.get(one, one)) for one in value)
    elif isinstance(field, forms.BooleanField):
        words = _("yes") if value else _("no")
    else:
        words = clauses(value)
    words = words or "–"
    return words if len(words) <= LONGEST_WORDS else f"{words[:LONGEST_WORDS]}…"
