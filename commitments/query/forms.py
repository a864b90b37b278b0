"""What a query string asks for beside the filters: the day, the days of a report, order and page."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.i18n.phrases import join_list
from commitments.query.sorting import SORT_COLUMNS, SORT_LABELS

PER_PAGE, MAX_PER_PAGE = 25, 100

# By what a report between two days may be broken down.
BREAKDOWNS = [("area", gettext_lazy("area")), ("owner", gettext_lazy("owner")), ("side", gettext_lazy("side"))]

FIRST_DAY = date(1900, 1, 1)


def day_field(**kwargs: Any) -> forms.DateField:
    """A box for one day."""
    invalid = {"invalid": gettext_lazy("Write a day that exists, as 2021-08-30.")}
    return forms.DateField(required=False, error_messages=invalid, input_formats=["%Y-%m-%d"], **kwargs)


def list_choices_in_error(field: forms.Field, allowed: Iterable[str]) -> None:
    """Have the refusal of any other value say which there are."""
    message = _("“%(value)s” is not one of the values allowed here: %(allowed)s.")
    field.error_messages["invalid_choice"] = message.replace("%(allowed)s", join_list(allowed))


def validate_past_day(day: date | None, today: date) -> date | None:
    """The day, unless it lies ahead or before everything: then ValidationError."""
    if day and day < FIRST_DAY:
        raise ValidationError(_("%(day)s lies too far back. Ask for 1900-01-01 or later.") % {"day": day})
    if day and day > today:
        raise ValidationError(_("%(day)s lies in the future. Ask for today or an earlier day.") % {"day": day})
    return day


class DayForm(forms.Form):
    """The day that a page is asked for."""

    as_of = day_field(label=gettext_lazy("As of"), help_text=gettext_lazy("A past day, as 2021-08-30"))

    today: date

    @classmethod
    def from_query(cls, data: QueryDict, today: date) -> Self:
        """The form over a query string."""
        form = cls(drop_blank_params(data))
        form.today = today
        return form

    def clean(self) -> dict[str, Any]:
        # One value for each name that takes one: which of two would be meant, nobody can know.
        for name, field in self.fields.items():
            values = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
            if len(values) > 1 and not isinstance(field, forms.MultipleChoiceField):
                self.add_error(name, _("Ask for one value only."))
        return self.cleaned_data

    def clean_as_of(self) -> date | None:
        """A past day, or today."""
        return validate_past_day(self.cleaned_data["as_of"], self.today)


class EntryForm(DayForm):
    """The entry of the ledger at which a page is asked for: that, or a day, and not both."""

    entry = forms.IntegerField(
        required=False,
        label=gettext_lazy("Ledger entry"),
        help_text=gettext_lazy("The number of an entry, as 180"),
        error_messages={"invalid": gettext_lazy("Write the number of a ledger entry, as 180.")},
    )

    head: int  # the number of the ledger's last entry

    def clean_entry(self) -> int | None:
        """The number of an entry that is on record."""
        entry: int | None = self.cleaned_data["entry"]
        if entry is not None and not 1 <= entry <= self.head:
            message = _("The ledger has no such entry. Its entries are numbered from 1 to %(last)s.")
            raise ValidationError(message % {"last": self.head})
        return entry

    def clean(self) -> dict[str, Any]:
        # An entry or a day: at an entry stands what was known then, on a day what is known today about it.
        cleaned_data = super().clean()
        if "as_of" in self.data and "entry" in self.data:
            self.add_error("entry", _("Ask for an entry or for a day, not for both."))
        return cleaned_data


class ListForm(DayForm):
    """How the list is shown; the filters themselves are added by the filterset."""

    sort = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Sort by"),
        choices=[
            ("", gettext_lazy("Reference")),
            *((sign + name, SORT_LABELS[sign + name]) for name in SORT_COLUMNS for sign in ("", "-")),
        ],
    )
    page = forms.IntegerField(required=False, min_value=1, label=gettext_lazy("Page"), widget=forms.HiddenInput)
    per_page = forms.IntegerField(
        required=False, min_value=1, max_value=MAX_PER_PAGE, label=gettext_lazy("Rows on a page")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Say which sorts there are where another is asked for.
        super().__init__(*args, **kwargs)
        list_choices_in_error(self.fields["sort"], [*SORT_COLUMNS, *(f"-{name}" for name in SORT_COLUMNS)])


class PeriodForm(DayForm):
    """The two days of a report, and by what it is broken down; the filters themselves are added by the filterset."""

    as_of = None  # type: ignore[assignment]  # Django's way to take out an inherited field: `to` stands in its place
    by = forms.ChoiceField(required=False, label=gettext_lazy("Broken down by"), choices=BREAKDOWNS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Add the days: "from" is no name that a class could give. Say which breakdowns there are.
        super().__init__(*args, **kwargs)
        day = forms.DateInput(attrs={"type": "date", "min": FIRST_DAY.isoformat()})
        days = {"from": day_field(label=_("From"), widget=day), "to": day_field(label=_("To"), widget=day)}
        self.fields = days | self.fields
        list_choices_in_error(self.fields["by"], [name for name, _label in BREAKDOWNS])

    def clean_from(self) -> date | None:
        """A past day, or today."""
        return validate_past_day(self.cleaned_data["from"], self.today)

    def clean_to(self) -> date | None:
        """A past day, or today."""
        return validate_past_day(self.cleaned_data["to"], self.today)

    def clean(self) -> dict[str, Any]:
        # One value for each name, and the days in their order.
        cleaned_data = super().clean()
        first, last = cleaned_data.get("from"), cleaned_data.get("to")
        if first and last and first >= last:
            self.add_error("from", _("%(first)s is not before %(last)s.") % {"first": first, "last": last})
        return cleaned_data


def drop_blank_params(data: QueryDict) -> QueryDict:
    """The query string without the fields that a form left empty."""
    params = data.copy()
    for name, values in data.lists():
        params.setlist(name, [value for value in values if value.strip()])
        if not params.getlist(name):
            del params[name]
    return params
