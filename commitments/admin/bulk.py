"""Recording the same for many commitments: one form, a page that shows what would be written, one transaction.

To look takes no lock, however much it is; only what was looked at and still stands is written, under the ledger's lock.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
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
from commitments.admin.base import MAX_EVIDENCE, accessible_commitments, check_lengths, staff_user
from commitments.admin.concurrency import LedgerAdmin
from commitments.admin.preview import PREVIEW_BUTTON
from commitments.domain.choices import DraftState, EntryKind
from commitments.ledger.append import lock_head
from commitments.ledger.contents import ADDED_EVIDENCE_FIELDS, EVIDENCE_FIELDS
from commitments.models import Commitment, DraftEvidence, DraftUpdate
from commitments.workflow.drafts import DraftRefusedError, check_contents, may_publish_draft, publish_drafts

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

    def clean(self) -> dict[str, Any]:
        """No text is too long."""
        cleaned = super().clean() or self.cleaned_data
        check_lengths(self)
        return cleaned


EvidenceForms = forms.modelformset_factory(
    DraftEvidence,
    fields=(*EVIDENCE_FIELDS, *ADDED_EVIDENCE_FIELDS),
    formfield_callback=lambda column, **kwargs: column.formfield(
        **kwargs | ({"assume_scheme": "https"} if column.name.endswith("url") else {})
    ),
    extra=2,
    max_num=MAX_EVIDENCE,
    absolute_max=MAX_EVIDENCE,
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
    commitments = chosen_commitments(request, keys)
    form, evidence = BulkForm(request.POST), EvidenceForms(request.POST, queryset=DraftEvidence.objects.none())
    if not (form.is_valid() and evidence.is_valid()):
        return bulk_page(model_admin, request, commitments, form, evidence)
    rows = [row.instance for row in evidence.forms if row.has_changed()]
    update = BulkUpdate(staff_user(request), form.cleaned_data, rows)
    preview = update.preview(commitments)
    looked_at = "" if PREVIEW_BUTTON in request.POST else request.POST.get("looked_at", "")
    problem: dict[str, Any] = {}
    if looked_at == preview["looked_at"]:
        with transaction.atomic():
            lock_head()
            commitments = chosen_commitments(request, keys)
            preview = update.preview(commitments)
            writes = looked_at == preview["looked_at"]
            if writes:
                try:
                    update.write(commitments)
                except DraftRefusedError as refusal:
                    writes, problem = False, stopped_row(refusal, commitments)
            transaction.set_rollback(not writes)
        if writes:
            return bulk_done(model_admin, request, len(commitments), publishes=update.publishes)
    problem = problem or update.problem(commitments)
    return bulk_page(model_admin, request, commitments, form, evidence, **preview, **problem)


def chosen_commitments(request: HttpRequest, keys: list[int]) -> list[Commitment]:
    """Those that were chosen and that the user works on, in order, with all that an effect is computed from."""
    commitments = accessible_commitments(request).for_staff(localdate()).filter(pk__in=keys)
    return list(commitments.order_by("reference_key").prefetch_related("updates__evidence"))


@dataclass(frozen=True, slots=True)
class BulkUpdate:
    """What somebody says of many commitments: the same values, and the same evidence."""

    author: User
    values: dict[str, Any]
    evidence: list[DraftEvidence]

    @property
    def publishes(self) -> bool:
        """Whether it is published at once; else it waits for a publisher."""
        return may_publish_draft(None, self.author)

    def drafts(self, commitments: list[Commitment]) -> list[DraftUpdate]:
        """The drafts that it comes to, not stored."""
        return [
            DraftUpdate(commitment=commitment, author=self.author, state=DraftState.WAITING, **self.values)
            for commitment in commitments
        ]

    def preview(self, commitments: list[Commitment]) -> dict[str, Any]:
        """What would be written of each, what must be seen first, and a digest of it all. Only reads."""
        drafts, day = self.drafts(commitments), localdate()
        rows = [(draft.commitment, effects.draft_effect(draft, day, self.evidence)) for draft in drafts]
        preview = {"rows": rows, "warnings": effects.address_warnings(*self.evidence)}
        preview["looked_at"] = preview_digest(self.values, self.evidence, preview)
        return preview

    def problem(self, commitments: list[Commitment]) -> dict[str, Any]:
        """What stops it, and at which commitment; nothing where nothing does. Only reads."""
        try:
            self._check(commitments)
        except DraftRefusedError as refusal:
            return stopped_row(refusal, commitments)
        return {}

    def _check(self, commitments: list[Commitment]) -> None:
        check_contents([(draft, self.evidence) for draft in self.drafts(commitments)])

    def write(self, commitments: list[Commitment]) -> None:
        """Store the drafts, each with its own copy of the evidence, and publish them where that may be. All or none.

        DraftRefusedError where one of them could not be published, by whomever.
        """
        if not self.publishes:
            self._check(commitments)
        drafts = self.drafts(commitments)
        DraftUpdate.objects.bulk_create(drafts, batch_size=200)
        evidence_values = [evidence_row(row) for row in self.evidence]
        DraftEvidence.objects.bulk_create(
            (DraftEvidence(draft=draft, **values) for draft in drafts for values in evidence_values), batch_size=200
        )
        if self.publishes:
            publish_drafts(drafts, self.author)
        LogEntry.objects.log_actions(self.author.pk, drafts, ADDITION, _("Recorded together."))


def evidence_row(row: DraftEvidence) -> dict[str, Any]:
    """What somebody typed of a page of evidence."""
    return {name: getattr(row, name) for name in (*EVIDENCE_FIELDS, *ADDED_EVIDENCE_FIELDS)}


def preview_digest(values: dict[str, Any], evidence: list[DraftEvidence], preview: dict[str, Any]) -> str:
    """A digest of what was looked at: if anything of it differs when it is sent, it is looked at again."""
    typed = {name: str(value) for name, value in values.items()}
    typed_evidence = [[str(value) for value in evidence_row(row).values()] for row in evidence]
    shown = [[commitment.pk, str(effect.as_list())] for commitment, effect in preview["rows"]]
    content = json.dumps([typed, typed_evidence, shown, preview["warnings"]])
    return salted_hmac(SALT, content, algorithm="sha256").hexdigest()


def stopped_row(refusal: DraftRefusedError, commitments: list[Commitment]) -> dict[str, Any]:
    """Which row stopped it, and why."""
    stopped = refusal.draft.commitment
    row = next(number for number, commitment in enumerate(commitments, 1) if commitment.pk == stopped.pk)
    message = _("Nothing was written. Row %(row)s, %(reference)s: %(problem)s")
    values = {"row": row, "reference": stopped.reference, "problem": review.refusal_text(refusal)}
    return {"problem": message % values, "stopped": stopped.pk}


def bulk_done(model_admin: LedgerAdmin, request: HttpRequest, number: int, *, publishes: bool) -> HttpResponse:
    """Back to the list, which says what was written."""
    published = ngettext("%(number)s update is published.", "%(number)s updates are published.", number)
    waiting = ngettext("%(number)s update waits for a publisher.", "%(number)s updates wait for a publisher.", number)
    model_admin.message_user(request, (published if publishes else waiting) % {"number": number}, messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:commitments_commitment_changelist"))
