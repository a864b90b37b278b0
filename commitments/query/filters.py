"""What a query string means, once: for the page, its exports, feeds, the calendar and the API.

An unknown value or an impossible date is an error, never the unfiltered list. An unknown name is an
error for programs (`query_errors`) and passed over on pages, because shared links carry tracking names.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, FilterSet, MultipleChoiceFilter
from django_filters.fields import MultipleChoiceField as FilterMultipleChoiceField
from django_filters.filters import Filter

from commitments.domain.choices import ANNOUNCED, EvidenceLevel, Freshness, Kind, Level, Schedule, Side, Status
from commitments.domain.partial_dates import PartialDate
from commitments.i18n.collation import collation_key
from commitments.i18n.languages import RECORD_LANGUAGE, column_suffix, current_language
from commitments.i18n.phrases import in_quotes, join_list, join_sentences, with_label
from commitments.models import Area, Commitment, Organisation, Release
from commitments.models.commitment import CommitmentQuerySet
from commitments.models.fields import PartialDateFormField
from commitments.query.expressions import PROMISED_AGAIN, PROMISED_AGAIN_UNREPORTED, PROMISES_AGAIN
from commitments.query.forms import FIRST_DAY, DayForm, ListForm, PeriodForm, drop_blank_params
from commitments.query.search import search_commitments
from commitments.query.sorting import ordering, sort_column

MAX_WORDS = 20
MAX_CHOICES_IN_ERROR = 40  # a message names the allowed values up to so many
CERTAINLY_LATE = (Schedule.MET_LATE, Schedule.OVERDUE)


class StrictMultipleChoiceField(FilterMultipleChoiceField):
    """Any of some values; the message for any other says what is allowed."""

    def validate(self, value: Any) -> None:
        # Every value must be one of the choices.
        allowed = [str(choice) for choice, _label in self.choices]
        unknown = [text for text in value or () if str(text) not in allowed]
        if not unknown:
            return
        names = join_list(allowed[:MAX_CHOICES_IN_ERROR]) + (" …" if len(allowed) > MAX_CHOICES_IN_ERROR else "")
        raise ValidationError(
            _("“%(value)s” is not one of the values allowed here: %(allowed)s.")
            % {"value": str(unknown[0])[:60], "allowed": names or _("none on this day")}
        )


class InFilter(MultipleChoiceFilter):
    """Rows whose column holds any of the values asked for."""

    field_class = StrictMultipleChoiceField

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        # A filterset copies its filters for each question. Their many choices are replaced, never changed in place.
        duplicate = copy(self)
        duplicate.extra = dict(self.extra)
        duplicate.method = self.method  # bound to the filter that has it
        return duplicate

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        # One IN; nothing asked for is no filter.
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class ConditionFilter(InFilter):
    """Rows that meet any of the conditions asked for; unlike the values of a column, a row may meet several."""

    def __init__(self, conditions: Mapping[str, tuple[Q, str | Promise]], **kwargs: Any) -> None:
        # `conditions`: by the value in the query string, what holds after `as_of(day)`, and its words.
        self.conditions = {value: condition for value, (condition, _label) in conditions.items()}
        choices = [(value, label) for value, (_condition, label) in conditions.items()]
        super().__init__(choices=choices, **kwargs)

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        return qs.filter(reduce(or_, (self.conditions[name] for name in value))) if value else qs


COMPLETED, OF_ANNOUNCED_KIND = Q(state__status=Status.COMPLETED), Q(kind__in=ANNOUNCED)
# No ~Q of the status: to Django the states of a commitment are many, and it would ask for those that have none.
UNFINISHED = Q(state__status__in=[status for status in Status if status != Status.COMPLETED])
DELIVERED = {
    "announced": (COMPLETED & OF_ANNOUNCED_KIND, gettext_lazy("done when announced")),
    "since": (COMPLETED & ~OF_ANNOUNCED_KIND, gettext_lazy("delivered since")),
    "not_announced": (UNFINISHED | ~OF_ANNOUNCED_KIND, gettext_lazy("not done when announced")),
}
LATE = {"yes": (Q(schedule__in=CERTAINLY_LATE), gettext_lazy("yes"))}
SILENT = {"five_years": (Q(long_silent=True), gettext_lazy("no news for over five years"))}
REPEATED = {
    "yes": (Q(PROMISED_AGAIN), gettext_lazy("promised again later")),
    "unreported": (Q(PROMISED_AGAIN_UNREPORTED), gettext_lazy("promised again, nothing reported in between")),
    "earlier": (Q(PROMISES_AGAIN), gettext_lazy("promises an earlier one again")),
}
CHECKED = {
    "yes": (Q(state__last_checked_on__isnull=False), gettext_lazy("yes")),
    "no": (Q(state__last_checked_on=None), gettext_lazy("no")),
}


class SearchField(forms.CharField):
    """Some words to look for."""

    def validate(self, value: Any) -> None:
        # Not more than the database should be asked to look for at once.
        super().validate(value)
        if len(value.split()) > MAX_WORDS:
            raise ValidationError(_("Ask for at most %(most)s words.") % {"most": MAX_WORDS})


class SearchFilter(CharFilter):
    """Words in any order."""

    field_class = SearchField


class PartialDateFilter(Filter):
    """A partial date in the query string: 2019 as a start is 1 January, as an end 31 December."""

    field_class = PartialDateFormField


class CommitmentFilter(FilterSet):
    """The list's filters over the public commitments as of a day. `qs` is empty unless `is_valid()`."""

    q = SearchFilter(method="by_words", max_length=200, label=gettext_lazy("Search"))
    status = InFilter("state__status", choices=Status.choices, label=gettext_lazy("Status"))
    schedule = InFilter("schedule", choices=Schedule.choices, label=gettext_lazy("Named date"))
    evidence = InFilter("state__evidence", choices=EvidenceLevel.choices, label=gettext_lazy("Evidence"))
    freshness = InFilter("freshness", choices=Freshness.choices, label=gettext_lazy("Age of news"))
    area = InFilter("area__slug", label=gettext_lazy("Area"))
    owner = InFilter(method="by_owner", label=gettext_lazy("Organisation"))
    partner = InFilter(method="by_partner", label=gettext_lazy("Taking part"))
    side = InFilter(method="by_side", choices=Side.choices, label=gettext_lazy("Who must deliver"))
    kind = InFilter("kind", choices=Kind.choices, label=gettext_lazy("Kind"))
    level = InFilter("level", choices=Level.choices, label=gettext_lazy("Level"))
    release = InFilter("release__slug", label=gettext_lazy("Release"))
    delivered = ConditionFilter(DELIVERED, label=gettext_lazy("Delivered"))
    late = ConditionFilter(LATE, label=gettext_lazy("Late"))
    silent = ConditionFilter(SILENT, label=gettext_lazy("Silent"))
    repeated = ConditionFilter(REPEATED, label=gettext_lazy("Repeated"))
    checked = ConditionFilter(CHECKED, label=gettext_lazy("Searched for"))
    deadline_from = PartialDateFilter(method="by_deadline_from", label=gettext_lazy("Due from"))
    deadline_to = PartialDateFilter(method="by_deadline_to", label=gettext_lazy("Due by"))

    class Meta:
        # The names as declared; nothing is derived from the model.
        model = Commitment
        fields: list[str] = []
        form: type[DayForm] = ListForm

    def __init__(self, data: QueryDict, today: date) -> None:
        # `data`: the query string. `today`: the day that it is, for pages that are not asked for another.
        super().__init__(drop_blank_params(data), queryset=Commitment.objects.none())
        self.today = today
        self.filters["area"].extra["choices"] = slug_choices(Area.objects.public(today), "name")
        releases = releases_read_by(self.day_asked(data, today) or today)
        self.filters["release"].extra["choices"] = slug_choices(releases, "title")
        organisation_choices = slug_choices(Organisation.objects.public(today), "name")
        if current_language() != RECORD_LANGUAGE:
            organisation_choices.sort(key=lambda choice: collation_key(choice[1], current_language()))
        self.filters["owner"].extra["choices"] = self.filters["partner"].extra["choices"] = organisation_choices
        self.form.today = today

    @classmethod
    def day_asked(cls, data: QueryDict, today: date) -> date | None:
        """The day that a query string asks for, if it is one: the choices depend on it."""
        form = DayForm.from_query(data, today)
        return form.cleaned_data["as_of"] if form.is_valid() else None

    # Filters whose choices grow with the record, where a vocabulary's stay the same.
    data_driven_filters = ("area", "owner", "partner", "release")

    @property
    def as_of(self) -> date | None:
        """The day asked for, if any, and if it is one."""
        day: date | None = self.form.cleaned_data.get("as_of")
        return day

    @property
    def day(self) -> date:
        """The day asked for, else today."""
        return self.as_of or self.today

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the day is asked for."""
        return any(name in self.filters for name in self.data)

    @property
    def description(self) -> list[str]:
        """Each filter that is set: "Status: completed, in progress"."""
        descriptions = []
        for name, value in self.form.cleaned_data.items():
            if name in self.filters and value:
                field = self.form.fields[name]
                labels = {str(choice): str(label) for choice, label in getattr(field, "choices", ())}
                values = [labels[choice] for choice in value] if isinstance(value, list) else [value_label(value)]
                descriptions.append(with_label(field.label, join_list(values)))
        return descriptions

    def filter_queryset(self, queryset: QuerySet[Commitment]) -> QuerySet[Commitment]:
        # The public commitments as of the day, filtered and in order; none where anything asked for is wrong.
        if not self.form.is_valid():
            return queryset.none()
        commitments: QuerySet[Commitment] = Commitment.objects.as_of(self.day)
        for name, list_filter in self.filters.items():
            commitments = list_filter.filter(commitments, self.form.cleaned_data[name])
        return commitments.order_by(*ordering(sort_column(self.form.cleaned_data.get("sort", ""))))

    def by_words(self, commitments: CommitmentQuerySet, _name: str, words: str) -> CommitmentQuerySet:
        """Every word is found somewhere."""
        return search_commitments(commitments, words, self.day)

    def by_owner(self, commitments: CommitmentQuerySet, _name: str, slugs: list[str]) -> CommitmentQuerySet:
        """Any of them must deliver."""
        return commitments.owned_by(Organisation.objects.filter(slug__in=slugs))

    def by_partner(self, commitments: CommitmentQuerySet, _name: str, slugs: list[str]) -> CommitmentQuerySet:
        """Any of them takes part."""
        return commitments.joined_by(Organisation.objects.filter(slug__in=slugs))

    def by_side(self, commitments: CommitmentQuerySet, _name: str, sides: list[str]) -> CommitmentQuerySet:
        """An owner is of one of the sides."""
        return commitments.of_side(sides)

    def by_deadline_from(self, commitments: CommitmentQuerySet, _name: str, deadline: Any) -> CommitmentQuerySet:
        """The deadline ends on this day or later."""
        return commitments.due(first=deadline.first)

    def by_deadline_to(self, commitments: CommitmentQuerySet, _name: str, deadline: Any) -> CommitmentQuerySet:
        """The deadline ends on this day or earlier."""
        return commitments.due(last=deadline.last)


class PeriodFilter(CommitmentFilter):
    """The list's filters as of the last day of a period. Days that are not asked for are filled in."""

    class Meta(CommitmentFilter.Meta):
        # Its own form: two days, and nothing of how a list is shown.
        form = PeriodForm

    def __init__(self, data: QueryDict, today: date) -> None:
        # From the day of the earliest release that was out before the end, until today.
        params = drop_blank_params(data)
        last = self.day_asked(data, today) or today
        params.setdefault("to", today.isoformat())
        if "from" not in params:
            params["from"] = earliest_release_day(last).isoformat()
        super().__init__(params, today)

    @classmethod
    def day_asked(cls, data: QueryDict, today: date) -> date | None:
        """The last day of the period."""
        form = PeriodForm.from_query(data, today)
        form.full_clean()
        day: date | None = form.cleaned_data.get("to")
        return day

    @property
    def as_of(self) -> date | None:
        """The last day of the period, if it is one."""
        day: date | None = self.form.cleaned_data.get("to")
        return day

    @property
    def first(self) -> date:
        """The first day of the period."""
        day: date = self.form.cleaned_data["from"]
        return day


def earliest_release_day(last: date) -> date:
    """The day on which the earliest release before this one was issued; where there is none, the day before."""
    issued = (
        Release.objects.on_record().filter(issued_on__gte=FIRST_DAY, issued_on__lt=last).order_by("issued_on").first()
    )
    return issued.issued_on if issued else last - timedelta(days=1)


def releases_read_by(day: date) -> QuerySet[Any]:
    """The releases that were out by the day, without those that were not read: of these there is nothing to list."""
    with_pledges = Exists(Commitment.objects.public().filter(release=OuterRef("pk")))
    return Release.objects.public(day).filter(Q(not_read="") | with_pledges)


def value_label(value: str | PartialDate) -> str:
    """Words that are looked for, or one end of a time."""
    return value.label if isinstance(value, PartialDate) else in_quotes(value)


def slug_choices(queryset: QuerySet[Any], name: str) -> list[tuple[str, str]]:
    """By slug, what each is called in the language of the moment, or else in that of the record."""
    rows = queryset.values_list("slug", name, f"{name}{column_suffix(current_language())}")
    return [(slug, in_language or text) for slug, text, in_language in rows]


def list_params() -> list[str]:
    """Every name that a query string may have, in the order in which they are documented."""
    return [*CommitmentFilter.base_filters, *ListForm.base_fields]


def period_params() -> list[str]:
    """Every name that the query string of a report between two days may have."""
    return ["from", "to", "by", *CommitmentFilter.base_filters]


def query_errors(data: QueryDict, form: forms.BaseForm, allowed: Iterable[str] = ()) -> list[str]:
    """What is wrong with a program's question, a line each. `allowed`: the names, if other than the list's."""
    names = list(allowed) or list_params()
    unknown = [
        _("“%(name)s” is not a name known here. The names are: %(names)s.")
        % {"name": name[:60], "names": join_list(names)}
        for name in data
        if name not in names
    ]
    return unknown + [with_label(name, join_sentences(map(str, messages))) for name, messages in form.errors.items()]
