"""The boxes in which a commitment's owners and partners are found by name, and one that is missing is added."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple, RelatedFieldWidgetWrapper
from django.http import HttpRequest
from django.utils.text import capfirst

from commitments.ledger.contents import PARTIES
from commitments.models import Commitment, Organisation


def party_field(name: str) -> forms.ModelMultipleChoiceField[Organisation]:
    """A box that finds organisations by name. Declared here because the relations have tables of their own."""
    field: Any = Commitment._meta.get_field(name)
    widget = AutocompleteSelectMultiple(field, admin.site)
    return forms.ModelMultipleChoiceField(
        Organisation.objects.all(), required=False, label=capfirst(field.verbose_name), widget=widget
    )


def offer_adding(form: Any, request: HttpRequest) -> Any:
    """The class of a form, with a “+” beside these boxes for whoever may add an organisation.

    It opens a window of its own, so that nothing typed is left; what is added is a draft until an entry names it.
    """
    if admin.site.get_model_admin(Organisation).has_add_permission(request):
        for name in {*PARTIES} & {*form.base_fields}:
            adding = deepcopy(form.base_fields[name])  # the class shares its boxes with every other
            relation: Any = Commitment._meta.get_field(name)
            adding.widget = RelatedFieldWidgetWrapper(
                adding.widget, relation.remote_field, admin.site, can_add_related=True, can_change_related=False
            )
            form.base_fields[name] = adding
    return form
