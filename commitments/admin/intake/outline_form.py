"""The form of an outline: for each part of the text, the area under which it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.form_snapshot import FormSnapshot, form_values
from commitments.models import Area, IntakeSection
from commitments.workflow.intake.outline import ABOVE, NO_AREA, filed_under

PREFIX = "part-"


class OutlineForm(forms.Form):
    """A box for each part, by where in the text the part begins."""

    refusal: ValidationError | None = None

    def __init__(self, request: HttpRequest, sections: Sequence[IntakeSection], data: QueryDict | None = None) -> None:
        super().__init__(data)
        areas = [(str(area.pk), str(area)) for area in Area.objects.all()]
        may_add = admin.site.get_model_admin(Area).has_add_permission(request)
        for number, section in enumerate(sections):
            self.fields[box_name(section)] = area_field(section, areas, is_first=not number, may_add=may_add)

    def clean(self) -> dict[str, Any]:
        # What was found before the form itself looked.
        cleaned = super().clean() or self.cleaned_data
        if self.refusal:
            self.add_error(None, self.refusal)
        return cleaned

    def snapshot(self) -> FormSnapshot:
        """What it says now, to be compared with when it is sent."""
        return FormSnapshot(form_values(self), {}, timezone.now().isoformat())

    def choices(self) -> dict[int, str]:
        """By where a part begins, what it is filed under."""
        return {int(name.removeprefix(PREFIX)): choice for name, choice in self.cleaned_data.items()}


def box_name(section: IntakeSection) -> str:
    """The name of a part's box: the same whatever is begun or joined beside it."""
    return f"{PREFIX}{section.start}"


def area_field(
    section: IntakeSection, areas: list[tuple[str, str]], *, is_first: bool, may_add: bool
) -> forms.ChoiceField:
    """Every area, drafts among them; or none; or that of the part above. With a “+” for whoever may add an area."""
    rest: list[tuple[str, Any]] = [] if is_first else [(ABOVE, gettext_lazy("goes with the part above"))]
    rest.append((NO_AREA, gettext_lazy("no area of co-operation, like a signing ceremony or an introduction")))
    relation: Any = IntakeSection._meta.get_field("area")
    widget = RelatedFieldWidgetWrapper(
        forms.Select(),
        relation.remote_field,
        admin.site,
        can_add_related=may_add,
        can_change_related=False,
        can_view_related=False,
    )
    return forms.ChoiceField(
        choices=[*rest, *areas],
        initial=filed_under(section),
        label=gettext_lazy("Area"),
        widget=widget,
        error_messages={"invalid_choice": _("This area is no longer there. Choose another.")},
    )
