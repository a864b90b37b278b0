"""The step “publish”: the drafts of a release are sent, returned or published, with what the release itself reports.

The pages of confirmation are those of draft commitments (`admin.publishing`); what is looked at is the release's page.
"""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin.base import ModelAdmin, may_publish, parse_key, staff_user
from commitments.admin.entity_changes import refusal_words
from commitments.admin.intake.pages import PUBLISH, REVIEW, step_address, step_page
from commitments.admin.preview import render_public_page
from commitments.admin.publishing import CommitmentDecisions
from commitments.domain.choices import DraftState, IntakeDecision, ReportBasis
from commitments.domain.hash_chain import canonical_json
from commitments.ledger.append import new_publication
from commitments.ledger.contents import PARTIES, publication_content
from commitments.ledger.entity_contents import entity_fields
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, DraftUpdate, Intake
from commitments.models.entity import Entity
from commitments.workflow.draft_edits import hands_in_commitments
from commitments.workflow.draft_states import drafting_of
from commitments.workflow.drafts import draft_content
from commitments.workflow.duplicates import DuplicateFinder
from commitments.workflow.entity_proposals import first_recorded_with
from commitments.workflow.publications import PublicationRefusedError, in_order_of_parts
from commitments.workflow.release_reports import attempt_with_reports

if TYPE_CHECKING:
    from commitments.admin.concurrency import LedgerAdmin

MOST_EXPLAINED = 10  # refusals that are looked for: each is a try
ACT = "act"  # in the address: what is to be done


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A commitment of the text: how far it has come, and its report where the release itself makes one."""

    commitment: Commitment
    state: DraftState
    report: DraftUpdate | None


class IntakeDecisions(CommitmentDecisions):
    """What may be done with all drafts of a release's text at once."""

    template = "admin/commitments/intake/decide.html"
    salt = "publish a release's text"
    titles = CommitmentDecisions.titles | {"publish": gettext_lazy("Publish this release’s commitments?")}

    def __init__(self, request: HttpRequest, intake: Intake, opts: Any) -> None:
        super().__init__(cast("LedgerAdmin", admin.site.get_model_admin(Commitment)), request)
        self.intake, self.opts = intake, opts
        self.left_over = 0  # drafts that one page does not take

    def prepare(self, drafts: list[Commitment]) -> None:
        # Also what they say, and what comes with them.
        super().prepare(drafts)
        stored = Commitment.objects.filter(pk__in=[draft.pk for draft in drafts], published_at=None)
        stored = stored.select_related("release", "area", "part_of").prefetch_related(*PARTIES)
        self.contents = {draft.pk: publication_content(draft) for draft in stored}
        self.with_them = first_recorded_with([new_publication(draft, Actor()) for draft in stored])
        self.fields_with_them = {row.entity: entity_fields(row) for row in self.with_them}

    @cached_property
    def list_address(self) -> str:
        """The step from which one came."""
        return step_address(self.intake, PUBLISH)

    @cached_property
    def list_query(self) -> str:
        """None: it is no list."""
        return ""

    def address_of(self, name: str) -> str:
        return f"{self.list_address}?{ACT}={name}"

    def drafts(self, name: str) -> list[Commitment]:
        """As many as one page takes, wholes before parts; of a single one its key is in the address."""
        drafts = self.undecided(self.model_admin.get_queryset(self.request), name)
        drafts = drafts.filter(intake_span__intake=self.intake)
        if "commitment" in self.request.GET:
            drafts = drafts.filter(pk=parse_key(self.request.GET["commitment"]))
        ordered = in_order_of_parts(list(drafts))
        self.left_over = max(0, len(ordered) - self.most)
        return ordered[: self.most]

    def confirmation(self, name: str) -> HttpResponse:
        """The page that asks, or back to the step where there is nothing to ask."""
        self.refuse_role(name)
        if drafts := self.drafts(name):
            return self.page(drafts, name)
        messages.warning(self.request, str(self.nothing_to_do))
        return HttpResponseRedirect(self.list_address)

    def title(self, drafts: list[Commitment], name: str) -> str:
        return str(self.titles[name])

    def digest_of(self, draft: Commitment) -> str:
        report = self.reports.get(draft.pk)
        said = {
            "commitment": self.contents.get(draft.pk),
            "report": draft_content(report, report.evidence.all()) if report else None,
            "along": self.fields_with_them,
        }
        return self.short_digest(canonical_json(said))

    def along_with(self, draft: Commitment) -> list[Entity]:
        """Nothing beside each: what comes with them is said once, for all."""
        return []

    # The page

    def blockers(self, drafts: list[Commitment], name: str) -> dict[str, Any]:
        # As for commitments by themselves, and with their reports on record, too.
        self.authors = hands_in_commitments(drafts)
        self.duplicates = DuplicateFinder().find_for(drafts)
        stopped: dict[int, str] = {}
        left = [draft for draft in drafts if draft.published_at is None]
        if name == "return":
            return {"previews": []}
        user = staff_user(self.request) if name == "publish" else None
        previews: list[tuple[str, str]] = []
        while left and len(stopped) < MOST_EXPLAINED:
            try:
                previews, refusals = attempt_with_reports(left, partial(self.previews, left), user)
            except PublicationRefusedError as refusal:
                stopped[refusal.commitment.pk] = refusal_words(Commitment, refusal)
                left = [draft for draft in left if draft.pk not in stopped]
            else:
                stopped |= {key: refusal_words(DraftUpdate, refusal) for key, refusal in refusals.items()}
                break
        message = _("It cannot be published like this: see what is marked, and open it to put it right.")
        return {"stopped": stopped, "blocked": message if stopped else "", "previews": previews}

    def previews(self, drafts: list[Commitment]) -> list[tuple[str, str]]:
        text = render_public_page(self.request, self.intake.release)
        return [(str(self.intake.release), text)] if text else []

    def context(self, drafts: list[Commitment], name: str) -> dict[str, Any]:
        context = super().context(drafts, name) | {"opts": self.opts, "cancel": self.list_address}
        context["with_them"] = self.with_them if name != "return" else []
        if self.left_over:
            words = ngettext(
                "%(number)s more draft waits for its turn: at most %(most)s go at once, wholes before parts.",
                "%(number)s more drafts wait for their turn: at most %(most)s go at once, wholes before parts.",
                self.left_over,
            )
            context["notes"] = [words % {"number": self.left_over, "most": self.most}, *context["notes"]]
        return context


def publish_view(model_admin: ModelAdmin, request: HttpRequest, intake: Intake) -> HttpResponse:
    """Where the drafts stand, or the page of confirmation that the address names."""
    name = request.GET.get(ACT, "")
    if name in IntakeDecisions.titles:
        decisions = IntakeDecisions(request, intake, model_admin.opts)
        return decisions.decide(name) if request.method == "POST" else decisions.confirmation(name)
    if request.method == "POST":
        raise PermissionDenied
    return step_page(model_admin, request, intake, PUBLISH, **standing(request, intake))


def standing(request: HttpRequest, intake: Intake) -> dict[str, Any]:
    """What the step shows: each draft and how far it has come, and what can be done with them."""
    drafts = Commitment.objects.filter(intake_span__intake=intake).select_related("drafting")
    reports = {report.commitment_id: report for report in _reports(intake)}
    rows = [
        DraftRow(draft, _state(draft), reports.get(draft.pk))
        for draft in drafts.order_by("intake_span__start", "intake_span__end")
    ]
    unpublished = [row for row in rows if row.state != DraftState.PUBLISHED]
    reports_left = sum(
        row.state == DraftState.PUBLISHED and row.report is not None and row.report.state != DraftState.PUBLISHED
        for row in rows
    )
    return {
        "rows": rows,
        "counts": _counts(rows),
        "may_send": any(row.state != DraftState.WAITING for row in unpublished),
        "may_act": bool(unpublished),
        "may_publish": bool(unpublished) and may_publish(request),
        "all_published": bool(rows) and not unpublished and not reports_left,
        "reports_left": reports_left,
        "left_out": left_out_words(intake),
        "review_address": step_address(intake, REVIEW),
        "public_address": intake.release.get_absolute_url() if intake.release.published_at else "",
        "not_drafted": intake.spans.filter(decision=IntakeDecision.ACCEPTED, commitment=None).count(),
    }


def _state(draft: Commitment) -> DraftState:
    return DraftState.PUBLISHED if draft.published_at else DraftState(drafting_of(draft).state)


def _reports(intake: Intake) -> QuerySet[DraftUpdate]:
    reports = DraftUpdate.objects.filter(commitment__intake_span__intake=intake, basis=ReportBasis.RELEASE)
    return reports.order_by("pk")


def _counts(rows: list[DraftRow]) -> list[tuple[DraftState, int]]:
    states = [row.state for row in rows]
    return [(state, states.count(state)) for state in DraftState if state in states]


def left_out_words(intake: Intake) -> str:
    """How many sentences of the text became no draft, as staff decided."""
    rejected = intake.spans.filter(decision=IntakeDecision.REJECTED).count()
    text = ngettext(
        "%(number)s sentence was rejected or passed over.",
        "%(number)s sentences were rejected or passed over.",
        rejected,
    )
    return text % {"number": rejected}
