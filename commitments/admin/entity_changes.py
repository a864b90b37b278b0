"""What would change of an organisation, area, release, occasion or news source, in words: from what to what."""

from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.admin.effects import FieldChange
from commitments.i18n.phrases import join_sentences, with_label
from commitments.ledger.contents import Content
from commitments.query.entity_field_changes import describe_field_changes, entity_field_label, names_in_lists
from commitments.workflow.entity_proposals import Changes


def describe_changes(kind: str, changes: Changes) -> list[FieldChange]:
    """Each field that changes, with what it said and what it would say; of a release's lists each row."""
    listed = [{"field": name, **values} for name, values in changes.items()]
    described = describe_field_changes(kind, listed, names_in_lists(listed))
    return [FieldChange(capfirst(change.field), change.before, change.after) for change in described]


def describe_fields(kind: str, fields: Content) -> list[FieldChange]:
    """Everything that the fields say, as changes from nothing."""
    changes: Changes = {
        name: {"before": [] if isinstance(value, list) else "", "after": value} for name, value in fields.items()
    }
    return describe_changes(kind, changes)


def refusal_words(model: type[models.Model], problem: ValidationError) -> str:
    """A refusal in one line, each field named."""
    if not hasattr(problem, "error_dict"):
        return join_sentences(problem.messages)
    return join_sentences(
        join_sentences(texts)
        if name == NON_FIELD_ERRORS
        else with_label(field_label(model, name), join_sentences(texts))
        for name, texts in problem.message_dict.items()
    )


def field_label(model: type[models.Model], name: str) -> str:
    """What a field is called on the forms; `reason` and the like are words of their own."""
    try:
        return capfirst(entity_field_label(model, name))
    except FieldDoesNotExist:
        return capfirst(_(name.replace("_", " ")))
