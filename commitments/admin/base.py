"""What the admin's modules share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse

from commitments import publishing
from commitments.ledger import Recorder
from commitments.models import Commitment, DraftUpdate

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
else:
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm


def may_publish(request: HttpRequest) -> bool:
    """Whether this user may append to the ledger."""
    return request.user.has_perm("commitments.publish")


def recorder(request: HttpRequest) -> Recorder:
    """In which role, and for which organisation, the user records."""
    return publishing.recorder(cast("User", request.user))


def show(problem: ValidationError, form: forms.BaseForm) -> None:
    """Put a refusal of the ledger beside the fields it speaks of, and the rest at the top of the form."""
    if not hasattr(problem, "error_dict"):
        form.add_error(None, problem)
        return
    for name, errors in problem.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


class LedgerForm(ModelForm):
    """A form whose saving may be refused by the ledger, for reasons that only show under its lock."""

    refusal: ValidationError | None = None

    def clean(self) -> dict[str, Any]:
        """Show the refusal beside the fields; everything typed stays."""
        cleaned = super().clean() or self.cleaned_data
        if self.refusal:
            show(self.refusal, self)
        return cleaned


class LedgerAdmin(ModelAdmin):
    """Saves through the ledger. A refusal rolls everything back and shows the form again as it was typed."""

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form, with the refusal of a first try."""
        form = super().get_form(request, *args, **kwargs)
        form.refusal = getattr(request, "refusal", None)  # type: ignore[attr-defined]  # LedgerForm's
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try; on a refusal the transaction is gone, and the same question is answered with its reasons."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as problem:
            request.refusal = problem  # type: ignore[attr-defined]  # read by get_form above
            return super().changeform_view(request, *args, **kwargs)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """With the buttons that fit."""
        context["may_publish"] = may_publish(request)
        return super().render_change_form(request, context, *args, **kwargs)


# An address typed without its scheme is a secure one.
SECURE_ADDRESSES: dict[type[models.Field[Any, Any]], Any] = {models.URLField: {"assume_scheme": "https"}}


class ReadOnlyAdmin(ModelAdmin):
    """A projection or the ledger itself: to be looked at. The only way in is `ledger.append`."""

    formfield_overrides = SECURE_ADDRESSES

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class BehindTheScenesAdmin(ReadOnlyAdmin):
    """A table that staff reach by its address or by a link, and that would only clutter the index."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not in the index."""
        return False


class PartOfDraftAdmin(BehindTheScenesAdmin):
    """What hangs on a draft: it goes with the draft, and with nothing else."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Asked when its draft is deleted."""
        draft = getattr(obj, "draft", None) or getattr(obj, "commitment", None)
        if isinstance(draft, Commitment):
            return draft.published_at is None and request.user.has_perm("commitments.delete_commitment")
        if isinstance(draft, DraftUpdate):
            return draft.published_as_id is None and request.user.has_perm("commitments.delete_draftupdate")
        return False


class SlugFixedAdmin(ModelAdmin):
    """Something whose slug is its identity, in addresses and in the ledger: given once."""

    formfield_overrides = SECURE_ADDRESSES

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """The slug, once it is there."""
        return ["slug"] if obj else []
