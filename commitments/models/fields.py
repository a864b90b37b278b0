"""A model field for partial dates, and the constraints that several tables share."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commitments.domain.choices import Vocabulary
from commitments.domain.evidence_addresses import AddressError, check_address, host_of
from commitments.domain.partial_dates import PartialDate, PartialDateError, parse_partial_date
from commitments.domain.public_addresses import is_public_host
from commitments.i18n.languages import CHINESE, RECORD_LANGUAGE, column_suffix, current_language, language_names

if TYPE_CHECKING:
    CharField = models.CharField[str | PartialDate | None, PartialDate | None]
else:
    CharField = models.CharField


def to_partial_date(value: Any) -> PartialDate | None:
    """A partial date from its notation, itself, or nothing; ValidationError says what may be written."""
    if value is None or isinstance(value, PartialDate):
        return value
    try:
        return parse_partial_date(value) if value.strip() else None
    except PartialDateError as error:
        raise ValidationError(str(error), code="partial_date") from error


class PartialDateFormField(forms.CharField):
    """One box for a date that may be a year, half-year, quarter, month or day."""

    def __init__(self, **kwargs: Any) -> None:
        # As a text box of ten characters, with the forms that it takes as its hint.
        kwargs.setdefault("help_text", _("2019, 2018-H1, 2018-Q3, 2018-11 or 2018-11-05"))
        super().__init__(**{**kwargs, "max_length": None})

    def to_python(self, value: Any) -> Any:
        # A PartialDate, or None where the box is empty.
        return to_partial_date(super().to_python(value))

    def prepare_value(self, value: Any) -> Any:
        # What is typed stays as typed; what is stored is shown in its notation.
        return str(value) if isinstance(value, PartialDate) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        # Compare what is meant, not how it is spelt: 2018-40 is 2018-H1.
        try:
            return to_partial_date(initial) != to_partial_date(data)
        except ValidationError:
            return True


class _IntervalDescriptor:
    """Sets `<name>_first` and `<name>_last` whenever the date itself is set, so that they cannot drift apart."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: models.Model | None, owner: Any = None) -> Any:
        if instance is None:
            return self
        if self.name not in instance.__dict__:
            instance.refresh_from_db(fields=[self.name])
        return instance.__dict__[self.name]

    def __set__(self, instance: models.Model, value: Any) -> None:
        partial_date = to_partial_date(value)
        instance.__dict__[self.name] = partial_date
        instance.__dict__[f"{self.name}_first"] = partial_date.first if partial_date else None
        instance.__dict__[f"{self.name}_last"] = partial_date.last if partial_date else None


class PartialDateField(CharField):
    """The notation of a partial date in one column, as a PartialDate (or None) in Python.

    The model declares `<name>_first` and `<name>_last`, both null, **above** this field: a model's
    constructor sets fields in order, and this one sets those two.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A text column of ten characters, empty where there is no date.
        kwargs.setdefault("default", "")
        super().__init__(*args, **{**kwargs, "max_length": 10})

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        # Put the descriptor in place that keeps first and last day in step.
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _IntervalDescriptor(name))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> PartialDate | None:
        """What the column holds was checked on its way in."""
        return parse_partial_date(value) if value else None

    def to_python(self, value: Any) -> Any:
        return to_partial_date(value)

    def run_validators(self, value: Any) -> None:
        """None: the parser has checked everything by now."""

    def get_prep_value(self, value: Any) -> str:
        return str(to_partial_date(value) or "")

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": PartialDateFormField, **kwargs})


def interval_days(first: Any, last: Any) -> tuple[models.DateField[Any, Any], models.DateField[Any, Any]]:
    """The two columns that PartialDateField fills, by their labels."""
    return (
        models.DateField(first, null=True, blank=True, editable=False),
        models.DateField(last, null=True, blank=True, editable=False),
    )


def staff_key(label: Any, **kwargs: Any) -> models.ForeignKey[Any, Any]:
    """Who of the staff did something: accounts are never deleted (R9)."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=label, **kwargs)


def interval_constraint(name: str, constraint: str) -> models.CheckConstraint:
    """No date and no days, or a date whose first day is not after its last."""
    first, last = f"{name}_first", f"{name}_last"
    nothing = Q(**{name: "", f"{first}__isnull": True, f"{last}__isnull": True})
    interval = ~Q(**{name: ""}) & Q(**{f"{first}__isnull": False, f"{last}__isnull": False, f"{first}__lte": F(last)})
    return models.CheckConstraint(condition=nothing | interval, name=constraint)


def validate_address(value: str) -> None:
    """Raise ValidationError where an address says more than where a page is (domain.evidence_addresses)."""
    try:
        check_address(value)
    except AddressError as error:
        raise ValidationError(str(error)) from error


def validate_public_url(value: str) -> None:
    """Raise ValidationError unless an address is a page's and nothing else, at a host that anybody can reach."""
    scheme, _separator, rest = value.partition("://")
    host = host_of(value)
    if scheme.lower() not in ("http", "https"):
        raise ValidationError(_("Write the address of a web page: it begins with https:// or http://."))
    validate_address(value)
    if not is_public_host(host):
        raise ValidationError(
            _("Nobody outside can open an address at “%(host)s”: give a public one."), params={"host": host or rest}
        )


def vocabulary_constraint(
    name: str, vocabulary: type[Vocabulary], constraint: str, *, blank: bool = False
) -> models.CheckConstraint:
    """The column holds a value of its vocabulary, or nothing where `blank`."""
    values = [*vocabulary.values, ""] if blank else vocabulary.values
    return models.CheckConstraint(condition=Q(**{f"{name}__in": values}), name=constraint)


def choice_field(vocabulary: type[Vocabulary], label: Any, **kwargs: Any) -> models.CharField[Any, Any]:
    """A column for one value of a vocabulary."""
    return models.CharField(label, max_length=20, choices=vocabulary.choices, **kwargs)


class TranslatedFields(models.Model):
    """What staff name and describe beside the ledger: each text has a column for each language, `name_zh_hant`."""

    class Meta:
        abstract = True

    def translation(self, name: str, language: str) -> str:
        """A text in a language of Chinese; empty where there is none."""
        return str(getattr(self, name + column_suffix(language)))

    def in_language(self, name: str) -> str:
        """A text in the language of the moment; in English where it has none."""
        language = current_language()
        translation = "" if language == RECORD_LANGUAGE else self.translation(name, language)
        return translation or str(getattr(self, name))


def chinese_columns(label: Any, length: int | None = None) -> tuple[Any, Any]:
    """The columns of a text in Traditional and in Simplified Chinese; of one line where it has a length."""
    form = pgettext_lazy("a text, and its language", "{text} ({language})")
    traditional, simplified = (
        format_lazy(form, text=label, language=language_names()[language]) for language in CHINESE
    )
    if length is None:
        return models.TextField(traditional, blank=True), models.TextField(simplified, blank=True)
    line = partial(models.CharField, max_length=length, blank=True)
    return line(traditional), line(simplified)


def language_columns(name: str) -> tuple[str, ...]:
    """A text's columns, in the order in which staff see them: English, Traditional, Simplified Chinese."""
    return tuple(name + column_suffix(language) for language in (RECORD_LANGUAGE, *CHINESE))
