"""What the templates of staff need beside `tracker`."""

import re
from typing import Any

from django import template
from django.template.defaultfilters import truncatewords
from django.urls import Resolver404, resolve
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from commitments.domain.choices import Status
from commitments.i18n.languages import language_links
from commitments.i18n.phrases import join_clauses, join_sentences, with_detail
from commitments.ledger.contents import format_decimal
from commitments.models import Commitment
from commitments.templatetags.tracker import labelled, parts, status_badge, vocabulary_label

register = template.Library()


@register.simple_tag(takes_context=True)
def page_languages(context: template.Context) -> list[dict[str, Any]]:
    """The page in each language; none where no page was asked for, as in a mail."""
    request = context.get("request")
    return language_links(request) if request else []


@register.filter
def standing_sentences(commitment: Commitment) -> str:
    """How a commitment stands, in three sentences, for mails."""
    state = commitment.state
    status = str(Status(state.status).label)
    reported = {"status": status, "day": state.status_on.label if state.status_on else ""}
    checked = date_format(state.last_checked_on, "DATE_FORMAT") if state.last_checked_on else ""
    return join_sentences(
        [
            _("Deadline: %(deadline)s.") % {"deadline": state.deadline.label} if state.deadline else _("No deadline."),
            (_("Status: %(status)s, last reported %(day)s.") if state.status_on else _("Status: %(status)s."))
            % reported,
            _("Last checked: %(day)s.") % {"day": checked} if checked else _("Not checked yet."),
        ]
    )


@register.filter
def status_on_record(commitment: Commitment) -> SafeString:
    """A commitment's status, why it was stopped, since when, and what the report said."""
    state = commitment.state
    status = parts(status_badge(state.status, commitment.kind), vocabulary_label("StopReason", state.stop_reason))
    return labelled(
        with_detail(status, state.status_on.label) if state.status_on else status, truncatewords(state.note, 30)
    )


@register.filter
def target_on_record(commitment: Commitment) -> str:
    """The number that is to be reached, and what was reported of it; nothing where there is none."""
    if not commitment.target:
        return ""
    form = _("Target: about %(target)s %(unit)s") if commitment.target_approximate else _("Target: %(target)s %(unit)s")
    clauses = [form % {"target": format_decimal(commitment.target), "unit": commitment.unit}]
    if commitment.state.achieved is not None:
        clauses.append(_("%(achieved)s reported") % {"achieved": format_decimal(commitment.state.achieved)})
    return join_clauses(clauses)


register.filter("with_detail", with_detail)


# What a form says that can only be read, where it leads to a form of its own.
READ_ONLY_LINK = re.compile(r'(?<=<div class="readonly">)<a href="([^"]+)">(.*?)</a>(?=</div>)', re.DOTALL)


@register.filter
def without_refused_links(fields: str, user: Any) -> SafeString:
    """A form's fields without Django's links to what they name where the user may not look."""
    return mark_safe(READ_ONLY_LINK.sub(lambda link: link[0] if _may_open(link[1], user) else link[2], fields))  # noqa: S308  # Django escaped it


def _may_open(address: str, user: Any) -> bool:
    """Whether a form of the admin is open to a user; true of any other address."""
    try:
        app, model, page = str(resolve(address).url_name).split("_")
    except (Resolver404, ValueError):
        return True
    return page != "change" or any(user.has_perm(f"{app}.{act}_{model}") for act in ("view", "change"))
