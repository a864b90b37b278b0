"""Boxes of the admin in which a date is typed as people write it.

What is typed in the notation that is stored is taken. Anything else is shown as it was understood before it is stored:
with JavaScript beside the box as soon as it is left, else by the form, which comes back once.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, JsonResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from commitments.domain.partial_dates import PartialDate, PartialDateError
from commitments.domain.typed_dates import DateQuestionError, deadline_label, is_notation, read_date, span_label
from commitments.i18n.phrases import join_sentences
from commitments.models.fields import PartialDateField, PartialDateFormField, to_partial_date

DEADLINE, DATE, DAY = "deadline", "date", "day"  # what a box takes; a deadline is told by the day on which it ends


class TypedDateMixin(forms.Field):
    """A box whose text is read by `domain.typed_dates`."""

    takes = DATE

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # Where the script of the box asks what is understood.
        return super().widget_attrs(widget) | {
            "data-read-date": reverse_lazy("admin:read_date"),
            "data-takes": self.takes,
        }

    def bound_data(self, data: Any, initial: Any) -> Any:
        # What was understood stands in the box in its notation, so that to send the form again is to agree.
        typed = super().bound_data(data, initial)
        understood = _understood(typed, self.takes)
        return str(understood) if understood and not is_notation(typed) else typed

    def read(self, value: Any) -> PartialDate | None:
        """What a text says; ValidationError where it must be asked about, or looked at before it is stored."""
        if not isinstance(value, str) or not value.strip():
            return to_partial_date(value or None)
        understood = read_typed(value, self.takes)
        if not is_notation(value):
            message = _(
                "“%(text)s” is read as %(label)s, and stands here as %(notation)s now. If that is right, send the form "
                "again."
            )
            values = {"text": value.strip(), "label": date_label(understood, self.takes), "notation": understood}
            raise ValidationError(message % values, code="understood")
        return understood

    def has_changed(self, initial: Any, data: Any) -> bool:
        # Compare what is meant, not how it is spelt.
        return str(initial or "") != str(_understood(data, self.takes) or (data or "").strip())


class TypedDateInput(forms.TextInput):
    """A box for a date that may be a year, half-year, quarter, month or day."""

    class Media:
        js = ("commitments/dates.js",)


class TypedDateField(TypedDateMixin, PartialDateFormField):
    """A box for a date that may be a year, half-year, quarter, month or day."""

    widget = TypedDateInput

    def to_python(self, value: Any) -> Any:
        # A PartialDate, or None where the box is empty.
        return self.read(value)


class TypedDayInput(AdminDateWidget):
    """Django's box for a day, with its calendar."""

    class Media:
        js = ("commitments/dates.js",)

    def __init__(self, attrs: Any = None, format: str | None = None) -> None:  # noqa: A002  (Django's name)
        super().__init__(attrs, format or "%Y-%m-%d")


class TypedDayField(TypedDateMixin, forms.DateField):
    """A box for a day."""

    widget = TypedDayInput
    takes = DAY

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date):
            return value
        day = self.read(value)
        return day.first if day else None


# For `formfield_overrides` of the admin's classes.
TYPED_DATES: dict[type[models.Field[Any, Any]], Any] = {
    PartialDateField: {"form_class": TypedDateField, "widget": TypedDateInput},
    models.DateField: {"form_class": TypedDayField, "widget": TypedDayInput},
}


def expect_deadline(form_field: forms.Field | None, name: str) -> None:
    """Have the box of a deadline say until when it runs."""
    if isinstance(form_field, TypedDateMixin) and name == DEADLINE:
        form_field.takes = DEADLINE
        form_field.widget.attrs["data-takes"] = DEADLINE
        form_field.help_text = form_field.help_text or _(
            "As you would write it: 2019, Q3 2018, Nov 2018 or 12 November 2026."
        )


def read_typed(text: str, takes: str) -> PartialDate:
    """The date that a text says; ValidationError asks, or says what may be written."""
    try:
        understood = read_date(text)
    except PartialDateError as error:
        raise ValidationError(str(error), code="partial_date") from error
    if takes == DAY and understood.first != understood.last:
        message = _("“%(text)s” is no day. Write one as 2018-11-05.") % {"text": text.strip()[:40]}
        raise ValidationError(message, code="partial_date")
    return understood


def date_label(understood: PartialDate, takes: str) -> str:
    """What was understood, for whoever typed it: "until 30 June 2022" of a deadline."""
    return deadline_label(understood) if takes == DEADLINE else span_label(understood)


def read_date_view(request: HttpRequest) -> JsonResponse:
    """What `text` says in a box for `takes`: its notation and in words, or the question, and what can be chosen."""
    text, takes = request.GET.get("text", "")[:200], request.GET.get("takes", DATE)
    try:
        understood = read_typed(text, takes)
    except ValidationError as problem:
        question = problem.__cause__
        suggestions = question.suggestions if isinstance(question, DateQuestionError) else ()
        choices = [{"notation": str(one), "label": date_label(one, takes)} for one in suggestions if _fits(one, takes)]
        words = (
            question.why if isinstance(question, DateQuestionError) and choices else join_sentences(problem.messages)
        )
        return JsonResponse({"problem": words, "choices": choices})
    return JsonResponse({"notation": str(understood), "label": date_label(understood, takes)})


def _fits(understood: PartialDate, takes: str) -> bool:
    return takes != DAY or understood.first == understood.last


def _understood(text: Any, takes: str) -> PartialDate | None:
    try:
        return read_typed(text, takes) if isinstance(text, str) and text.strip() else None
    except ValidationError:
        return None
