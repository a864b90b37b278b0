"""Corrections, retractions and translations that one publisher proposed: another puts them on record or declines them.

They are made where they always are, on the pages of a commitment and of an entry, and come here with FOUR_EYES=1.
"""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from commitments.admin.base import (
    ReadOnlyAdmin,
    may_publish,
    refusal_of,
    request_actor,
    staff_user,
    stop_if_refused,
)
from commitments.admin.effects import FieldChange, changes_html
from commitments.admin.entities import entry_link
from commitments.admin.entity_changes import field_label, refusal_words
from commitments.admin.list_filters import ProposalStateFilter, badge
from commitments.admin.preview import preview_entry
from commitments.domain.choices import ProposalState, ProposedAct
from commitments.i18n.languages import language_names
from commitments.i18n.phrases import join_list
from commitments.ledger.contents import to_text
from commitments.models import Commitment, EntryProposal
from commitments.workflow.entry_proposals import decline_proposal, proposed_entry, record_proposal, refuse_same_person


@admin.register(EntryProposal)
class EntryProposalAdmin(ReadOnlyAdmin):
    """Those that wait come first. A proposal is never edited: a better one is made, and this one declined."""

    change_form_template = "admin/commitments/proposal_change_form.html"
    list_display = ("about", "would_change", "reason", "author", "created_at", "how_far")
    list_filter = (ProposalStateFilter, "act", ("author", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("commitment", "target", "author", "published_as", "decided_by")
    search_fields = ("commitment__reference", "commitment__title")
    fields = ("about", "would_change", "reason", "proposed_by", "created_at", "how_far")
    readonly_fields = fields

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.decide)
        return [path("<int:pk>/decide/", view, name="commitments_entryproposal_decide"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # With the public page as it would be and the buttons, while it waits.
        proposal = kwargs.get("obj")
        if proposal and proposal.state == ProposalState.WAITING and may_publish(request):
            not_second = refusal_of(partial(refuse_same_person, proposal, staff_user(request)))
            address = reverse("admin:commitments_entryproposal_decide", args=[proposal.pk])
            context |= {"waits": True, "not_second": not_second, "record_address": address, "decline_address": address}
            try:
                context["preview"] = self._preview(request, proposal)
            except ValidationError as problem:
                context["problem"] = refusal_words(Commitment, problem)
        return super().render_change_form(request, context, *args, **kwargs)

    def _preview(self, request: HttpRequest, proposal: EntryProposal) -> str:
        if proposal.act == ProposedAct.TRANSLATION:
            return ""
        commitment = proposal.commitment
        return preview_entry(request, proposed_entry(proposal, request_actor(request, commitment)), commitment)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put it on record or decline it."""
        if not may_publish(request):
            raise PermissionDenied(_("Only publishers decide on proposed changes. Yours wait for one of them."))
        proposal = get_object_or_404(EntryProposal, pk=pk)
        if {"_record", "_decline"} & request.POST.keys():
            try:
                stop_if_refused(request)
                self._carry_out(request, proposal)
            except ValidationError as problem:
                return self._sent_back(request, pk, refusal_words(Commitment, problem))
        return HttpResponseRedirect(reverse("admin:commitments_entryproposal_change", args=[pk]))

    def _sent_back(self, request: HttpRequest, pk: int, problem: str) -> HttpResponse:
        """The page of the proposal with what stopped the decision, and the reason as it was typed."""
        request.method = "GET"
        context = {"undecided": problem, "reason": request.POST.get("reason", "")}
        return self.changeform_view(request, str(pk), extra_context=context)

    def _carry_out(self, request: HttpRequest, proposal: EntryProposal) -> None:
        user = staff_user(request)
        if "_record" not in request.POST:
            decline_proposal(proposal, request.POST.get("reason", ""), user)
            self.log_change(request, proposal, pgettext("a proposed change", "Declined."))
            self.message_user(request, _("It is declined, and nothing was changed."), messages.SUCCESS)
            return
        entry = record_proposal(proposal, user).published_as
        message = _("Recorded as entry %(entry)s.") % {"entry": entry.sequence} if entry else _("Recorded.")
        self.log_change(request, proposal, message)
        self.log_change(request, proposal.commitment, message)
        self.message_user(request, message, messages.SUCCESS)

    @admin.display(description=gettext_lazy("what it is about"), ordering="commitment__reference")
    def about(self, obj: EntryProposal) -> str:
        """What is to be done, and to what."""
        target = str(obj.target) if obj.target else str(obj.commitment)
        return f"{obj.get_act_display()} · {target}"

    @admin.display(description=gettext_lazy("would change"))
    def would_change(self, obj: EntryProposal) -> SafeString | str:
        """From what to what."""
        changes = [
            FieldChange(field_label(Commitment, row["field"]), change_text(row["before"]), change_text(row["after"]))
            for row in obj.content.get("changes", [])
        ]
        changes += [
            FieldChange(f"{row['source']} ({language_names()[row['language']]})", row["before"], row["text"])
            for row in obj.content.get("translations", [])
        ]
        return changes_html(changes) if changes else "–"

    @admin.display(description=gettext_lazy("reason"))
    def reason(self, obj: EntryProposal) -> str:
        """Why, which will be public; translations have none."""
        return str(obj.content.get("reason", "")) or "–"

    @admin.display(description=gettext_lazy("author"))
    def proposed_by(self, obj: EntryProposal) -> str:
        """Whoever proposed it; without a link, for few may see the pages of users."""
        return str(obj.author)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def how_far(self, obj: EntryProposal) -> SafeString:
        """Its state; the entry that it became, or why it was declined; and by whom."""
        words = [badge(ProposalState(obj.state))]
        if obj.published_as:
            words.append(format_html(_("entry {number}"), number=entry_link(obj.published_as)))
        if obj.declined_because:
            words.append(format_html("{}", obj.declined_because))
        if obj.decided_by:
            words.append(format_html("{}", obj.decided_by))
        return format_html("<br>".join(["{}"] * len(words)), *words)


def change_text(value: Any) -> str:
    """What a field of a commitment says in a correction, as text: lists of slugs, or what is repeated and why."""
    if isinstance(value, list):
        return join_list(row["reference"] if isinstance(row, dict) else str(row) for row in value)
    return to_text(value)
