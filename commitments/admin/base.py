"""What the admin's modules share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy

from commitments.admin.date_fields import TYPED_DATES
from commitments.domain.text_lengths import length_problem
from commitments.i18n.phrases import join_sentences
from commitments.ledger.contents import ADDED_EVIDENCE_FIELDS, EVIDENCE_FIELDS
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, DraftUpdate
from commitments.models.commitment import CommitmentQuerySet
from commitments.workflow.actors import actor_for

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
else:
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm

STAFF_EVIDENCE_FIELDS = (*EVIDENCE_FIELDS, *ADDED_EVIDENCE_FIELDS)
MAX_EVIDENCE = 50  # pages of evidence of one update, in whichever form
KEY_DIGITS = 18  # that every database takes for a key
# Dates as people write them; an address typed without its scheme is a secure one.
FIELD_OVERRIDES: dict[type[models.Field[Any, Any]], Any] = TYPED_DATES | {
    models.URLField: {
        "assume_scheme": "https",
        "error_messages": {"invalid": gettext_lazy("Write the whole address of a page, beginning with https://.")},
    }
}


def staff_user(request: HttpRequest) -> User:
    """Who asks: the admin lets nobody else in."""
    return cast("User", request.user)


def parse_key(text: Any) -> int:
    """A primary key from an address or a form; 0, which is none, where it cannot be one."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= KEY_DIGITS else 0


def url_name(model_admin: ModelAdmin, page: str) -> str:
    """What an address of a model's pages is called, as Django calls its own."""
    return f"{model_admin.opts.app_label}_{model_admin.opts.model_name}_{page}"


def staff_page(
    model_admin: ModelAdmin, request: HttpRequest, template: str, title: str, status: int = 200, **context: Any
) -> TemplateResponse:
    """A page beside a model's own, within the admin's frame."""
    frame = model_admin.admin_site.each_context(request) | {"title": title, "opts": model_admin.opts}
    return TemplateResponse(request, template, frame | context, status=status)


def refusal_of(act: Callable[[], object]) -> str:
    """Why something is refused, in a line; empty where it is not."""
    try:
        act()
    except ValidationError as problem:
        return join_sentences(problem.messages)
    return ""


def accessible_commitments(request: HttpRequest) -> CommitmentQuerySet:
    """The commitments that the user works on."""
    return Commitment.objects.accessible_to(request.user)


def may_publish(request: HttpRequest) -> bool:
    """Whether this user may append to the ledger."""
    return request.user.has_perm("commitments.publish")


def request_actor(request: HttpRequest, commitment: Commitment | None = None) -> Actor:
    """In which role, and for which organisation, the user records, about a commitment or about no single one."""
    return actor_for(staff_user(request), commitment)


def add_refusal(problem: ValidationError, form: forms.BaseForm) -> None:
    """Put a refusal beside the fields that it speaks of, and the rest at the top of the form."""
    if not hasattr(problem, "error_dict"):
        form.add_error(None, problem)
        return
    for name, errors in problem.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def check_lengths(form: forms.BaseForm) -> None:
    """Say beside each text that was changed and is too long how long it may be. What was there before may stay."""
    for name in form.changed_data:
        text = form.cleaned_data.get(name)
        if isinstance(text, str) and (problem := length_problem(text.replace("\r\n", "\n"))):
            form.add_error(name, problem)


def refusal_so_far(request: HttpRequest) -> ValidationError | None:
    """Why what is sent cannot be saved, as far as that was found before the form itself looks: None where it can."""
    refusal: ValidationError | None = getattr(request, "refusal", None)
    return refusal


def stop_if_refused(request: HttpRequest) -> None:
    """Raise what `refusal_so_far` knows: for pages whose form is none of Django's."""
    if refusal := refusal_so_far(request):
        raise refusal


class RefusableForm(ModelForm):
    """A form whose saving may be refused for reasons that were found outside of it."""

    refusal: ValidationError | None = None

    def clean(self) -> dict[str, Any]:
        # Show the refusal beside the fields; everything typed stays.
        cleaned = super().clean() or self.cleaned_data
        if self.refusal:
            add_refusal(self.refusal, self)
        return cleaned


class StaffForm(RefusableForm):
    """And whose texts are measured."""

    def clean(self) -> dict[str, Any]:
        # What is too long is said beside it.
        cleaned = super().clean()
        check_lengths(self)
        return cleaned


class ReadOnlyAdmin(ModelAdmin):
    """A projection or the ledger itself: to be looked at. The only way in is `ledger.append.append_entries`."""

    formfield_overrides = FIELD_OVERRIDES

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class HiddenAdmin(ReadOnlyAdmin):
    """A table that staff reach by its address or by a link, and that would only clutter the index."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


class PartAdmin(ReadOnlyAdmin):
    """What hangs on a row and goes with it, not by itself: what was looked at would no longer be what is published."""

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        raise PermissionDenied


class DraftPartAdmin(PartAdmin, HiddenAdmin):
    """What hangs on a draft: it is seen and edited on the draft's page, and goes with the draft and nothing else."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # By itself it would be everybody's, of whatever organisation.
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        draft = getattr(obj, "draft", None) or getattr(obj, "commitment", None)
        if isinstance(draft, Commitment):
            return draft.published_at is None and request.user.has_perm("commitments.delete_commitment")
        if isinstance(draft, DraftUpdate):
            return draft.published_as_id is None and request.user.has_perm("commitments.delete_draftupdate")
        return False
