"""Recording the same for many commitments: one form, a page that shows what would be written, one transaction."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin import effects, review
from commitments.admin.base import accessible_commitments, staff_user
from commitments.admin.concurrency import LedgerAdmin
from commitments.admin.preview import PREVIEW_BUTTON
from commitments.domain.choices import DraftState, EntryKind
from commitments.ledger.append import lock_head
from commitments.ledger.contents import ADDED_EVIDENCE_FIELDS, EVIDENCE_FIELDS
from commitments.models import Commitment, DraftEvidence, DraftUpdate
from commitments.workflow.drafts import DraftRefusedError, check_publishable, may_publish_draft, publish_drafts

MAX_AT_ONCE = 500  # commitments on one page
SALT = "bulk"


class BulkForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """What is said of every one of them."""

    class Meta:
        """What can be the same for many; a deadline or a reply belongs to one."""

        model = DraftUpdate
        fields = ("kind", "status", "stop_reason", "date", "note", "searched")
        widgets = {"note": forms.Textarea(attrs={"rows": 3}), "searched": forms.TextInput(attrs={"size": 60})}
        help_texts = {
            "status": gettext_lazy("For a report. It needs direct evidence, which must report on every one of them.")
        }


EvidenceForms = forms.modelformset_factory(
    DraftEvidence,
    fields=(*EVIDENCE_FIELDS, *ADDED_EVIDENCE_FIELDS),
    formfield_callback=lambda column, **kwargs: column.formfield(
        **kwargs | ({"assume_scheme": "https"} if column.name.endswith("url") else {})
    ),
    extra=2,
)


def bulk_urls(model_admin: LedgerAdmin) -> list[Any]:
    """Where the page is sent to."""
    view = model_admin.admin_site.admin_view(lambda request: record_bulk(model_admin, request))
    return [path("record/", view, name="commitments_commitment_record")]


def ask_bulk(model_admin: LedgerAdmin, request: HttpRequest, queryset: QuerySet[Commitment]) -> HttpResponse | None:
    """The empty form for commitments chosen in the list; None, with a message, where it cannot be for them."""
    commitments = list(queryset.filter(published_at__isnull=False, retracted_at=None)[: MAX_AT_ONCE + 1])
    if not 0 < len(commitments) <= MAX_AT_ONCE:
        message = _("Choose between 1 and %(most)s published commitments.") % {"most": MAX_AT_ONCE}
        model_admin.message_user(request, message, messages.WARNING)
        return None
    form = BulkForm(initial={"date": localdate().isoformat(), "kind": EntryKind.CHECK})
    return bulk_page(model_admin, request, commitments, form, EvidenceForms(queryset=DraftEvidence.objects.none()))


def bulk_page(
    model_admin: LedgerAdmin,
    request: HttpRequest,
    commitments: list[Commitment],
    form: BulkForm,
    evidence: Any,
    **context: Any,
) -> HttpResponse:
    """The form and, once it was looked through, what would be written of each commitment."""
    context |= {
        **model_admin.admin_site.each_context(request),
        "title": ngettext(
            "Record progress of %(number)s commitment", "Record progress of %(number)s commitments", len(commitments)
        )
        % {"number": len(commitments)},
        "opts": model_admin.opts,
        "commitments": commitments,
        "form": form,
        "evidence": evidence,
        "may_publish": may_publish_draft(None, staff_user(request)),
        "chosen": signing.dumps([commitment.pk for commitment in commitments], salt=SALT, compress=True),
    }
    return TemplateResponse(request, "admin/commitments/commitment/record.html", context)


def record_bulk(model_admin: LedgerAdmin, request: HttpRequest) -> HttpResponse:
    """Look it through, or write it: all or none."""
    if not request.user.has_perm("commitments.add_draftupdate"):
        raise PermissionDenied
    try:
        keys = signing.loads(request.POST.get("chosen", ""), salt=SALT)
    except signing.BadSignature:
        model_admin.message_user(request, _("Choose the commitments in the list first."), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:commitments_commitment_changelist"))
    commitments = list(
        accessible_commitments(request).for_staff(localdate()).filter(pk__in=keys).order_by("reference_key")
    )
    form, evidence = BulkForm(request.POST), EvidenceForms(request.POST, queryset=DraftEvidence.objects.none())
    if not (form.is_valid() and evidence.is_valid()):
        return bulk_page(model_admin, request, commitments, form, evidence)
    drafts = [
        DraftUpdate(commitment=commitment, author=staff_user(request), **form.cleaned_data)
        for commitment in commitments
    ]
    rows = [row.instance for row in evidence.forms if row.has_changed()]
    publishes = may_publish_draft(None, staff_user(request))
    with transaction.atomic():
        lock_head()
        preview = store_drafts(drafts, rows)
        digest = preview_digest(form, rows, keys, preview)
        writes = PREVIEW_BUTTON not in request.POST and request.POST.get("looked_at") == digest
        try:
            if writes and publishes:
                publish_drafts(drafts, staff_user(request))
            else:
                check_publishable(drafts)
        except DraftRefusedError as refusal:
            preview |= stopped_row(refusal, drafts)
            writes = False
        if writes:
            LogEntry.objects.log_actions(staff_user(request).pk, drafts, ADDITION, _("Recorded together."))
        transaction.set_rollback(not writes)  # what was only looked at leaves nothing
    if writes:
        return bulk_done(model_admin, request, len(drafts), publishes=publishes)
    return bulk_page(model_admin, request, commitments, form, evidence, looked_at=digest, **preview)


def preview_digest(form: BulkForm, evidence: list[DraftEvidence], keys: list[int], preview: dict[str, Any]) -> str:
    """A digest of what was looked at: if anything of it differs when it is sent, it is looked at again."""
    values = {name: str(value) for name, value in form.cleaned_data.items()}
    evidence_values = [
        [str(getattr(row, name)) for name in (*EVIDENCE_FIELDS, *ADDED_EVIDENCE_FIELDS)] for row in evidence
    ]
    effect_lists = [str(effect.as_list()) for _commitment, effect in preview["rows"]]
    return salted_hmac(SALT, json.dumps([keys, values, evidence_values, effect_lists]), algorithm="sha256").hexdigest()


def store_drafts(drafts: list[DraftUpdate], evidence: list[DraftEvidence]) -> dict[str, Any]:
    """Store the drafts, each with its own copy of the evidence; give what each would change, row by row."""
    for draft in drafts:
        draft.state = DraftState.WAITING
    DraftUpdate.objects.bulk_create(drafts, batch_size=200)
    evidence_values = [
        {name: getattr(row, name) for name in (*EVIDENCE_FIELDS, *ADDED_EVIDENCE_FIELDS)} for row in evidence
    ]
    DraftEvidence.objects.bulk_create(
        (DraftEvidence(draft=draft, **values) for draft in drafts for values in evidence_values), batch_size=200
    )
    stored_drafts = effects.prefetch_for_effect(DraftUpdate.objects.filter(pk__in=[draft.pk for draft in drafts]))
    day = localdate()
    return {
        "rows": [(draft.commitment, effects.draft_effect(draft, day)) for draft in stored_drafts.order_by("commitment")]
    }


def stopped_row(refusal: DraftRefusedError, drafts: list[DraftUpdate]) -> dict[str, Any]:
    """Which row stopped it, and why."""
    row = next(number for number, draft in enumerate(drafts, 1) if draft.pk == refusal.draft.pk)
    message = _("Nothing was written. Row %(row)s, %(reference)s: %(problem)s")
    values = {"row": row, "reference": refusal.draft.commitment.reference, "problem": review.refusal_text(refusal)}
    return {"problem": message % values, "stopped": refusal.draft.commitment.pk}


def bulk_done(model_admin: LedgerAdmin, request: HttpRequest, number: int, *, publishes: bool) -> HttpResponse:
    """Back to the list, which says what was written."""
    published = ngettext("%(number)s update is published.", "%(number)s updates are published.", number)
    waiting = ngettext("%(number)s update waits for a publisher.", "%(number)s updates wait for a publisher.", number)
    model_admin.message_user(request, (published if publishes else waiting) % {"number": number}, messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:commitments_commitment_changelist"))
