"""Recording the same for many commitments: one form makes a draft of each, and the review shows what they would change.

All of them or none: where one could not be published, by whomever, it is named, and nothing is stored.
"""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin.base import (
    MAX_EVIDENCE,
    STAFF_EVIDENCE_FIELDS,
    StaffForm,
    accessible_commitments,
    parse_key,
    refusal_so_far,
    staff_page,
    staff_user,
)
from commitments.admin.concurrency import LedgerAdmin
from commitments.admin.date_fields import TypedDateField
from commitments.admin.entity_changes import refusal_words
from commitments.admin.review import UpdateDecisions
from commitments.domain.choices import EntryKind
from commitments.i18n.phrases import join_sentences
from commitments.models import Commitment, DraftEvidence, DraftUpdate
from commitments.workflow.drafts import DraftRefusedError, check_contents, may_publish_draft

MAX_AT_ONCE = 500  # commitments on one page


class BulkForm(StaffForm):
    """What is said of every one of them."""

    class Meta:
        # What can be the same for many; a deadline or a reply belongs to one.
        model = DraftUpdate
        fields = ("kind", "status", "stop_reason", "date", "note", "searched")
        field_classes = {"date": TypedDateField}
        widgets = {"note": forms.Textarea(attrs={"rows": 3}), "searched": forms.TextInput(attrs={"size": 60})}
        help_texts = {
            "status": gettext_lazy("For a report. It needs direct evidence, which must report on every one of them.")
        }


EvidenceForms = forms.modelformset_factory(
    DraftEvidence,
    fields=STAFF_EVIDENCE_FIELDS,
    field_classes={"date": TypedDateField},
    formfield_callback=lambda column, **kwargs: column.formfield(
        **kwargs | ({"assume_scheme": "https"} if column.name.endswith("url") else {})
    ),
    extra=2,
    max_num=MAX_EVIDENCE,
    absolute_max=MAX_EVIDENCE,
)


def ask_bulk(model_admin: LedgerAdmin, request: HttpRequest, queryset: QuerySet[Commitment]) -> HttpResponse | None:
    """The empty form for commitments chosen in the list; None, with a message, where it cannot be for them."""
    commitments = chosen_commitments(model_admin, request, queryset)
    form = BulkForm(initial={"date": localdate().isoformat(), "kind": EntryKind.CHECK})
    evidence = EvidenceForms(queryset=DraftEvidence.objects.none())
    return bulk_page(model_admin, request, commitments, form, evidence) if commitments else None


def chosen_commitments(
    model_admin: LedgerAdmin, request: HttpRequest, queryset: QuerySet[Commitment]
) -> list[Commitment]:
    """Those of which progress can be recorded, in order; none, with a message, where there are none or too many."""
    published = queryset.filter(published_at__isnull=False, retracted_at=None).order_by("reference_key")
    commitments = list(published[: MAX_AT_ONCE + 1])
    if 0 < len(commitments) <= MAX_AT_ONCE:
        return commitments
    message = _("Choose between 1 and %(most)s published commitments.") % {"most": MAX_AT_ONCE}
    model_admin.message_user(request, message, messages.WARNING)
    return []


def bulk_page(
    model_admin: LedgerAdmin,
    request: HttpRequest,
    commitments: list[Commitment],
    form: BulkForm,
    evidence: Any,
    **context: Any,
) -> HttpResponse:
    """The form, with what stops it."""
    title = ngettext(
        "Record progress of %(number)s commitment", "Record progress of %(number)s commitments", len(commitments)
    )
    context |= {"commitments": commitments, "form": form, "evidence": evidence}
    context["chosen"] = ",".join(str(commitment.pk) for commitment in commitments)
    template = "admin/commitments/commitment/record.html"
    return staff_page(model_admin, request, template, title % {"number": len(commitments)}, **context)


def record_bulk(model_admin: LedgerAdmin, request: HttpRequest) -> HttpResponse:
    """Make the drafts and show what they would change, or say what stops it and keep what was typed."""
    if not request.user.has_perm("commitments.add_draftupdate"):
        raise PermissionDenied
    keys = [parse_key(key) for key in request.POST.get("chosen", "").split(",")[: MAX_AT_ONCE + 1]]
    queryset = accessible_commitments(request).for_staff(localdate()).filter(pk__in=keys)
    commitments = chosen_commitments(model_admin, request, queryset)
    if not commitments:
        return HttpResponseRedirect(reverse("admin:commitments_commitment_changelist"))
    form, evidence = BulkForm(request.POST), EvidenceForms(request.POST, queryset=DraftEvidence.objects.none())
    if not (form.is_valid() and evidence.is_valid()):
        return bulk_page(model_admin, request, commitments, form, evidence)
    if refusal := refusal_so_far(request):
        problem = join_sentences(refusal.messages)
        return bulk_page(model_admin, request, commitments, form, evidence, problem=problem)
    user, pages = staff_user(request), [row.instance for row in evidence.forms if row.has_changed()]
    drafts = [DraftUpdate(commitment=commitment, author=user, **form.cleaned_data) for commitment in commitments]
    try:
        check_contents([(draft, pages) for draft in drafts])
    except DraftRefusedError as refusal:
        return bulk_page(model_admin, request, commitments, form, evidence, problem=refused_row(refusal, commitments))
    with transaction.atomic():
        DraftUpdate.objects.bulk_create(drafts, batch_size=200)
        rows = [{name: getattr(row, name) for name in STAFF_EVIDENCE_FIELDS} for row in pages]
        copies = [DraftEvidence(draft=draft, **row) for draft in drafts for row in rows]
        DraftEvidence.objects.bulk_create(copies, batch_size=200)
        LogEntry.objects.log_actions(user.pk, drafts, ADDITION, _("Recorded together."))
    draft_admin = cast("LedgerAdmin", model_admin.admin_site.get_model_admin(DraftUpdate))
    stored = draft_admin.get_queryset(request).filter(pk__in=[draft.pk for draft in drafts]).order_by("pk")
    name = "publish" if may_publish_draft(None, user) else "send"
    return UpdateDecisions(draft_admin, request).page(list(stored), name)


def refused_row(refusal: DraftRefusedError, commitments: list[Commitment]) -> str:
    """Which row stopped it, and why."""
    commitment = refusal.draft.commitment
    message = _("Nothing was written. Row %(row)s, %(reference)s: %(problem)s")
    row = commitments.index(commitment) + 1
    return message % {"row": row, "reference": commitment.reference, "problem": refusal_words(DraftUpdate, refusal)}
