"""Proposed changes of names and descriptions: publishers see before and after, and record or decline them."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from commitments.admin import way_back
from commitments.admin.base import (
    ReadOnlyAdmin,
    may_publish,
    parse_key,
    refusal_of,
    request_actor,
    staff_page,
    staff_user,
    stop_if_refused,
    url_name,
)
from commitments.admin.effects import changes_html
from commitments.admin.entities import entry_link, page_link
from commitments.admin.entity_changes import describe_changes, refusal_words
from commitments.admin.list_filters import ProposalStateFilter, badge
from commitments.admin.preview import preview_entry
from commitments.domain.choices import ProposalState
from commitments.i18n.phrases import with_detail
from commitments.ledger.entity_contents import ENTITY_MODELS, rows_for_entities
from commitments.models import EntityProposal, LedgerEntry
from commitments.workflow.entity_proposals import (
    ProposalRefusedError,
    decline_proposals,
    proposal_entry,
    record_proposals,
    refuse_same_person,
)

MAX_AT_ONCE = 200  # proposals on one page of confirmation


class ProposalList(ChangeList):
    """A list whose rows know what they are about, in as many queries as there are kinds."""

    def get_results(self, request: HttpRequest) -> None:
        # Look up what the rows of this page are about.
        super().get_results(request)
        rows = rows_for_entities(proposal.entity for proposal in self.result_list)
        for proposal in self.result_list:
            proposal.row = rows.get(proposal.entity)


@admin.register(EntityProposal)
class EntityProposalAdmin(ReadOnlyAdmin):
    """Those that wait come first. A proposal is never edited: a better one is made, and this one declined."""

    change_form_template = "admin/commitments/proposal_change_form.html"
    list_display = ("about", "would_change", "reason", "author", "created_at", "how_far")
    list_filter = (ProposalStateFilter, "kind", ("author", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("author", "published_as", "decided_by")
    list_per_page = 50
    search_fields = ("slug", "reason")
    fields = ("about", "would_change", "reason", "proposed_by", "created_at", "how_far", "decided")
    readonly_fields = ("about", "would_change", "proposed_by", "how_far", "decided")
    actions = ("record_selected", "decline_selected")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        return actions if may_publish(request) else {}

    def get_urls(self) -> list[Any]:
        # The two pages of confirmation beside the stock ones.
        view = self.admin_site.admin_view(self._decide)
        own = [path(f"{name}/", view, {"name": name}, name=url_name(self, name)) for name in ("record", "decline")]
        return [*own, *super().get_urls()]

    @admin.action(description=gettext_lazy("Put on record…"))
    def record_selected(self, request: HttpRequest, queryset: QuerySet[EntityProposal]) -> HttpResponse | None:
        """Show what would be recorded, and ask."""
        return self._ask(request, queryset, "record")

    @admin.action(description=gettext_lazy("Decline…"))
    def decline_selected(self, request: HttpRequest, queryset: QuerySet[EntityProposal]) -> HttpResponse | None:
        """Ask for the reason."""
        return self._ask(request, queryset, "decline")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        # The list whose rows know what they are about.
        return ProposalList

    # The page of one

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # With the public page as it would be and the buttons, while it waits.
        proposal = kwargs.get("obj")
        if proposal:
            context |= {"title": _("Proposed change"), "stored": self.about(proposal), "subtitle": self.about(proposal)}
        if proposal and proposal.state == ProposalState.WAITING and may_publish(request):
            not_second = refusal_of(partial(refuse_same_person, proposal, staff_user(request)))
            context |= {"waits": True, "not_second": not_second} | {
                f"{act}_address": f"{reverse(f'admin:{url_name(self, act)}')}?proposal={proposal.pk}"
                for act in ("record", "decline")
            }
            try:
                row = rows_for_entities([proposal.entity])[proposal.entity]
                entry = proposal_entry(proposal, request_actor(request))
                context["preview"] = preview_entry(request, entry, row)
            except ValidationError as problem:
                context["problem"] = refusal_words(ENTITY_MODELS[proposal.kind], problem)
        return super().render_change_form(request, context, *args, **kwargs)

    # The pages of confirmation

    def _ask(self, request: HttpRequest, queryset: QuerySet[EntityProposal], name: str) -> HttpResponse | None:
        waiting = list(queryset.filter(state=ProposalState.WAITING)[: MAX_AT_ONCE + 1])
        if not 0 < len(waiting) <= MAX_AT_ONCE:
            message = _("Choose between 1 and %(most)s changes that wait for a decision.") % {"most": MAX_AT_ONCE}
            self.message_user(request, message, messages.WARNING)
            return None
        return self._decision_page(request, waiting, name)

    def _decide(self, request: HttpRequest, name: str) -> HttpResponse:
        """Record or decline what was shown, all or none."""
        if not may_publish(request):
            raise PermissionDenied(_("Only publishers decide on proposed changes. Yours wait for one of them."))
        query = way_back.decision_query(request, "proposal", "?state=waiting")
        list_address = reverse("admin:commitments_entityproposal_changelist") + query
        chosen = request.POST.getlist("proposal") or request.GET.getlist("proposal")
        proposals = list(self.get_queryset(request).filter(pk__in=map(parse_key, chosen)))
        if not proposals:
            return HttpResponseRedirect(list_address)
        if request.method != "POST":
            return self._decision_page(request, proposals, name)
        try:
            stop_if_refused(request)
            message = self._carry_out(request, proposals, name)
        except ValidationError as problem:
            return self._decision_page(request, proposals, name, problem)
        self.message_user(request, message, messages.SUCCESS)
        return HttpResponseRedirect(list_address)

    def _carry_out(self, request: HttpRequest, proposals: list[EntityProposal], name: str) -> SafeString | str:
        user = staff_user(request)
        with transaction.atomic():
            if name == "decline":
                decline_proposals(proposals, request.POST.get("reason", ""), user)
                for proposal in proposals:
                    super().log_change(request, proposal, pgettext("a proposed change", "Declined."))
                number = len(proposals)
                declined = ngettext("%(number)s change is declined.", "%(number)s changes are declined.", number)
                return declined % {"number": number}
            entries = record_proposals(proposals, user)
            recorded = list(self.get_queryset(request).filter(published_as__in=entries))
            self._log_recorded(request, recorded)
        return recorded_message(entries)

    def _log_recorded(self, request: HttpRequest, proposals: list[EntityProposal]) -> None:
        """In the history of each proposal and of what it is about."""
        rows = rows_for_entities(proposal.entity for proposal in proposals)
        for proposal in proposals:
            message = _("Recorded as entry %(entry)s.") % {"entry": proposal.published_as_id}
            super().log_change(request, proposal, message)
            super().log_change(request, rows[proposal.entity], message)

    def _decision_page(
        self, request: HttpRequest, proposals: list[EntityProposal], name: str, problem: ValidationError | None = None
    ) -> HttpResponse:
        """What would be recorded or declined, row by row; what stops it is said at its row."""
        stopped = self._blockers(request, proposals) if name == "record" else {}
        problem_text = ""
        if problem:
            refused = getattr(problem, "proposal", None)
            problem_text = refusal_words(ENTITY_MODELS[(refused or proposals[0]).kind], problem)
            stopped |= {refused.pk: problem_text} if refused else {}
        title = _("Put these changes on record?") if name == "record" else _("Decline these changes?")
        context = {
            "rows": [
                {
                    "proposal": row,
                    "stopped": stopped.get(row.pk, ""),
                    "about": self.about(row),
                    "effect": self.would_change(row),
                }
                for row in proposals
            ],
            "name": name,
            "list_query": way_back.decision_query(request, "proposal", "?state=waiting"),
            "blocked": bool(stopped),
            "problem": problem_text,
            "reason": request.POST.get("reason", ""),
        }
        template, status = "admin/commitments/entityproposal/decide.html", 409 if problem else 200
        return staff_page(self, request, template, title, status, **context)

    def _blockers(self, request: HttpRequest, proposals: list[EntityProposal]) -> dict[int, str]:
        """What would stop their recording now, by their keys; nothing of the attempt stays."""
        with transaction.atomic():
            try:
                record_proposals(proposals, staff_user(request))
            except ProposalRefusedError as refusal:
                return {refusal.proposal.pk: refusal_words(ENTITY_MODELS[refusal.proposal.kind], refusal)}
            finally:
                transaction.set_rollback(True)
        return {}

    # The list

    @admin.display(description=gettext_lazy("what it is about"), ordering="slug")
    def about(self, obj: EntityProposal) -> str:
        """Its kind and what it is called now."""
        row = obj.row if hasattr(obj, "row") else rows_for_entities([obj.entity]).get(obj.entity)
        return f"{obj.get_kind_display()} · {row or obj.slug}"

    @admin.display(description=gettext_lazy("would change"))
    def would_change(self, obj: EntityProposal) -> SafeString | str:
        """From what to what."""
        return changes_html(describe_changes(obj.kind, obj.changes)) if obj.changes else "–"

    @admin.display(description=gettext_lazy("author"))
    def proposed_by(self, obj: EntityProposal) -> str:
        """Whoever proposed it; without a link, for few may see the pages of users."""
        return str(obj.author or "–")

    @admin.display(description=gettext_lazy("decided by"))
    def decided(self, obj: EntityProposal) -> str:
        """Whoever decided on it, and when."""
        if not obj.decided_at:
            return "–"
        return with_detail(obj.decided_by or "–", date_format(localtime(obj.decided_at), "DATETIME_FORMAT"))

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def how_far(self, obj: EntityProposal) -> SafeString:
        """Its state; the entry that it became, or why it was declined."""
        state = badge(ProposalState(obj.state))
        if obj.published_as:
            entry = _("entry {number}")
            return format_html("{}<br>{}", state, format_html(entry, number=entry_link(obj.published_as)))
        return format_html("{}<br>{}", state, obj.declined_because) if obj.declined_because else state


def recorded_message(entries: list[LedgerEntry]) -> SafeString:
    """What is changed now, each with its entry."""
    rows = rows_for_entities(entry.entity for entry in entries)
    text = _("{name} is changed, entry {entry}.")
    pairs = [(format_html(text, name=page_link(rows[entry.entity]), entry=entry_link(entry)),) for entry in entries]
    return format_html_join(" ", "{}", pairs)
