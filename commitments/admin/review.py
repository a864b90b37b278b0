"""The review: what drafts would change, before publishers publish them or return them, one or many at once.

Whoever recorded progress of many commitments is led here, too: to publish the drafts, to send them, or to drop them.

What is confirmed is what was shown: the page carries a digest of each draft and of what it would change, signed. A
draft that was changed in between, or whose commitment now stands otherwise, stops the whole.
"""

import json
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin import effects, way_back
from commitments.admin.base import may_publish, parse_key, staff_page, staff_user, stop_if_refused
from commitments.admin.concurrency import LedgerAdmin
from commitments.admin.deleted_drafts import way_back_words
from commitments.admin.entity_changes import refusal_words
from commitments.admin.publishing import update_message
from commitments.domain.choices import DraftState
from commitments.ledger.append import lock_head
from commitments.models import DraftUpdate
from commitments.workflow.deleted_drafts import keep_deleted
from commitments.workflow.drafts import (
    DraftRefusedError,
    check_publication,
    draft_content,
    publish_drafts,
    refusals_by_draft,
    refuse_published,
    return_drafts,
    submit,
)

MAX_AT_ONCE = 1000  # drafts on one page of confirmation
MAX_EXPLAINED = 100  # of so many, all that cannot be published are named; of more, the first
SALT = "review"
DROP_BUTTON = "_drop"  # the name of the button
LOG_MESSAGES = {
    "publish": gettext_lazy("Published."),
    "return": gettext_lazy("Returned."),
    "send": gettext_lazy("Sent for publishing."),
}
TITLES = {
    "publish": gettext_lazy("Publish these updates?"),
    "return": gettext_lazy("Return these drafts?"),
    "send": gettext_lazy("Send these drafts for publishing?"),
}


def review_urls(model_admin: LedgerAdmin) -> list[Any]:
    """Where the pages of confirmation are sent to."""
    view = model_admin.admin_site.admin_view(partial(decide_drafts, model_admin))
    return [path(f"{name}/", view, {"name": name}, name=f"commitments_draftupdate_{name}") for name in TITLES]


def ask_review(
    model_admin: LedgerAdmin, request: HttpRequest, queryset: QuerySet[DraftUpdate], name: str
) -> HttpResponse | None:
    """The page of confirmation for drafts chosen in the list; None, with a message, where there are too many."""
    drafts = list(queryset.filter(published_as=None)[: MAX_AT_ONCE + 1])
    if not drafts:
        model_admin.message_user(request, _("All of these are on record already."), messages.WARNING)
        return None
    if len(drafts) > MAX_AT_ONCE:
        message = _("Choose at most %(most)s at once: narrow the list by a filter.") % {"most": MAX_AT_ONCE}
        model_admin.message_user(request, message, messages.WARNING)
        return None
    return review_page(model_admin, request, drafts, name)


def review_page(
    model_admin: LedgerAdmin, request: HttpRequest, drafts: list[DraftUpdate], name: str, **context: Any
) -> HttpResponse:
    """What would be written or returned, row by row; what stops it is said at its row."""
    status = HTTPStatus.CONFLICT if context.get("problem") else HTTPStatus.OK
    if name == "publish" and not context.get("problem"):
        context |= find_blockers(drafts, request)
    refusal_texts = context.get("stopped", {})
    rows = [
        {"draft": draft, "effect": effects.draft_effect(draft), "stopped": refusal_texts.get(draft.pk, "")}
        for draft in drafts
    ]
    context |= {
        "rows": rows,
        "warnings": effects.address_warnings(*(row for draft in drafts for row in draft.evidence.all())),
        "name": name,
        "list_query": way_back.decision_query(request, "?state=waiting"),
        "address": reverse(f"admin:commitments_draftupdate_{name}"),
        "may_drop": name != "return" and all(is_own_unsent(draft, request) for draft in drafts),
        "chosen": signing.dumps([(draft.pk, shown_digest(draft)) for draft in drafts], salt=SALT, compress=True),
    }
    template = "admin/commitments/draftupdate/review.html"
    return staff_page(model_admin, request, template, str(TITLES[name]), status, **context)


def find_blockers(drafts: list[DraftUpdate], request: HttpRequest) -> dict[str, Any]:
    """What would stop their publication now. It only reads: nobody who writes waits for who looks."""
    try:
        check_publication(drafts, staff_user(request))
    except DraftRefusedError as refusal:
        refusals = {refusal.draft.pk: refusal}
    else:
        return {}
    if len(drafts) <= MAX_EXPLAINED:
        refusals |= refusals_by_draft(drafts, staff_user(request))
    blocked = _(
        "Not all of these can be published as they are. Choose again without the rows that are marked, return those, "
        "or open them and put them right."
    )
    return {
        "stopped": {pk: refusal_words(DraftUpdate, refusal) for pk, refusal in refusals.items()},
        "blocked": blocked,
    }


def is_own_unsent(draft: DraftUpdate, request: HttpRequest) -> bool:
    """Whether the user wrote it and nobody else was asked about it yet."""
    return draft.state == DraftState.DRAFT and draft.author_id == request.user.pk


def decide_drafts(model_admin: LedgerAdmin, request: HttpRequest, name: str) -> HttpResponse:
    """Publish, return, send or drop what was shown, all or none."""
    if name != "send" and not may_publish(request):
        raise PermissionDenied(_("Only publishers decide on drafts. Yours wait for one of them."))
    if not request.user.has_perm("commitments.add_draftupdate"):
        raise PermissionDenied
    query = way_back.decision_query(request, "?state=waiting")
    list_address = reverse("admin:commitments_draftupdate_changelist") + query
    if request.method != "POST":
        key = parse_key(request.GET.get("draft"))
        queryset = model_admin.get_queryset(request).filter(pk=key)
        return (ask_review(model_admin, request, queryset, name) if key else None) or HttpResponseRedirect(list_address)
    try:
        shown_digests = dict(signing.loads(request.POST.get("chosen", ""), salt=SALT))
    except signing.BadSignature:
        model_admin.message_user(request, _("Choose the drafts again: the page was not complete."), messages.WARNING)
        return HttpResponseRedirect(list_address)
    try:
        stop_if_refused(request)
        with transaction.atomic():
            lock_head()
            drafts = list(model_admin.get_queryset(request).filter(pk__in=shown_digests))
            message = carry_out(drafts, shown_digests, request, name)
    except ValidationError as problem:
        draft = getattr(problem, "draft", None)
        context = {
            "problem": refusal_words(DraftUpdate, problem),
            "stopped": {draft.pk: refusal_words(DraftUpdate, problem)} if draft else {},
        }
        drafts = list(model_admin.get_queryset(request).filter(pk__in=shown_digests))
        return review_page(model_admin, request, drafts, name, reason=request.POST.get("reason", ""), **context)
    model_admin.message_user(request, message, messages.SUCCESS)
    return HttpResponseRedirect(list_address)


def carry_out(
    drafts: list[DraftUpdate], shown_digests: dict[int, str], request: HttpRequest, name: str
) -> SafeString | str:
    """Do with drafts what was asked for, and say so. ValidationError where any of them is no longer what was shown.

    The caller's transaction holds the ledger, so that nothing else is published meanwhile.
    """
    for draft in drafts:
        refuse_published(draft)
        if shown_digest(draft) != shown_digests[draft.pk]:
            message = _("The draft, or what it would change, is not what this page showed. Look again.")
            raise DraftRefusedError(draft, ValidationError(message))
    if len(drafts) < len(shown_digests):
        raise ValidationError(_("Some of the drafts are gone. These are left: look again before you decide."))
    user, number = staff_user(request), len(drafts)
    if DROP_BUTTON in request.POST or name == "send":
        for draft in drafts:
            if not is_own_unsent(draft, request):
                raise DraftRefusedError(draft, ValidationError(_("It is somebody else’s, or was sent already.")))
    if DROP_BUTTON in request.POST:
        return drop(drafts, user)
    if name == "publish":
        LogEntry.objects.log_actions(user.pk, drafts, CHANGE, str(LOG_MESSAGES[name]))
        return update_message(publish_drafts(drafts, user))
    if name == "send":
        submit(drafts)
        done = ngettext("%(number)s update waits for a publisher.", "%(number)s updates wait for a publisher.", number)
    else:
        return_drafts(drafts, request.POST.get("reason", ""))
        done = ngettext("%(number)s draft is returned.", "%(number)s drafts are returned.", number)
    LogEntry.objects.log_actions(user.pk, drafts, CHANGE, str(LOG_MESSAGES[name]))
    return done % {"number": number}


def drop(drafts: list[DraftUpdate], user: User) -> SafeString:
    """Delete drafts, which can be had back for a week, and say so."""
    LogEntry.objects.log_actions(user.pk, drafts, DELETION)
    for draft in drafts:
        keep_deleted(draft, user)
    DraftUpdate.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    done = ngettext("%(number)s draft is thrown away.", "%(number)s drafts are thrown away.", len(drafts))
    return format_html("{} {}", done % {"number": len(drafts)}, way_back_words())


def shown_digest(draft: DraftUpdate) -> str:
    """A digest of a draft with its evidence, and of what it would change as the record stands."""
    content = [draft_content(draft, draft.evidence.all()), str(effects.draft_effect(draft))]
    return salted_hmac(SALT, json.dumps(content), algorithm="sha256").hexdigest()[:32]
