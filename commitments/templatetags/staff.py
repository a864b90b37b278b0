"""What the templates of staff need beside `tracker`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.choices import Status
from commitments.languages import of_page
from commitments.models import Commitment
from commitments.wording import explained, sentences

register = template.Library()


@register.simple_tag(takes_context=True)
def languages_of_page(context: template.Context) -> list[dict[str, Any]]:
    """The page in each language; none where no page was asked for, as in a mail."""
    request = context.get("request")
    return of_page(request) if request else []


@register.filter
def standing(commitment: Commitment) -> str:
    """How a commitment stands, in three sentences, for mails."""
    state = commitment.state
    status = str(Status(state.status).label)
    reported = {"status": status, "day": state.status_on.label if state.status_on else ""}
    last = date_format(state.last_entry_on, "DATE_FORMAT") if state.last_entry_on else ""
    return sentences(
        [
            _("Deadline: %(deadline)s.") % {"deadline": state.deadline.label} if state.deadline else _("No deadline."),
            (_("Status: %(status)s, last reported %(day)s.") if state.status_on else _("Status: %(status)s."))
            % reported,
            _("Last entry: %(day)s.") % {"day": last} if last else _("No entry yet."),
        ]
    )


register.filter("explained", explained)
