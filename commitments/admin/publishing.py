"""Draft commitments: what the public will see of them, and what comes with each, is looked at and confirmed.

They are sent for publishing, published or returned, one or many at once, as drafts of updates are in the review.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin.base import may_publish, staff_user
from commitments.admin.concurrency import LedgerAdmin
from commitments.admin.decisions import Decisions
from commitments.admin.entities import entry_link
from commitments.admin.entity_changes import refusal_words
from commitments.admin.preview import render_public_page
from commitments.domain.choices import UPDATE_KINDS, DraftState
from commitments.domain.hash_chain import canonical_json
from commitments.ledger.append import new_publication
from commitments.ledger.contents import PARTIES, publication_content
from commitments.ledger.entity_contents import entity_fields
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, DraftUpdate, LedgerEntry, Release
from commitments.models.entity import Entity
from commitments.workflow.draft_edits import hands_in_commitments
from commitments.workflow.draft_states import in_draft_state
from commitments.workflow.drafts import draft_content
from commitments.workflow.duplicates import DuplicateFinder
from commitments.workflow.entity_proposals import first_recorded_with
from commitments.workflow.publications import PublicationRefusedError, publish_commitments
from commitments.workflow.release_reports import (
    attempt_with_reports,
    publish_reports,
    reports_of,
    return_with_reports,
    send_with_reports,
)

MAX_NAMED = 20  # of so many published at once each is named, of more the number


def publication_address(commitment: Commitment) -> str:
    """The page of confirmation for one draft."""
    return f"{reverse('admin:commitments_commitment_publish')}?commitment={commitment.pk}"


class CommitmentDecisions(Decisions):
    """What may be done with draft commitments."""

    template = "admin/commitments/commitment/publish.html"
    salt = "publish commitments"
    chosen_by = "commitment"
    most = 200
    queue_query = "?draft=waiting"
    titles = {
        "publish": gettext_lazy("Publish these commitments?"),
        "return": gettext_lazy("Return these drafts?"),
        "send": gettext_lazy("Send these drafts for publishing?"),
    }
    nothing_to_do = gettext_lazy("None of these is a draft for which there is this to do.")
    changed_meanwhile = gettext_lazy(
        "The draft, or what becomes public with it, is not what this page showed. Look again."
    )

    def __init__(self, model_admin: LedgerAdmin, request: HttpRequest) -> None:
        super().__init__(model_admin, request)
        self.along: dict[int, list[Entity]] = {}
        self.reports: dict[int, DraftUpdate] = {}

    def refuse_role(self, name: str) -> None:
        if name != "send" and not may_publish(self.request):
            raise PermissionDenied(_("Only publishers publish commitments. Ask one of them."))
        if not self.request.user.has_perm("commitments.change_commitment"):
            raise PermissionDenied

    def undecided(self, queryset: QuerySet[Commitment], name: str) -> QuerySet[Commitment]:
        drafts = queryset.filter(published_at=None)
        return drafts.exclude(in_draft_state(DraftState.WAITING)) if name == "send" else drafts

    def refuse_decided(self, draft: Commitment) -> None:
        if draft.published_at:
            raise self.refusal(draft, _("%(reference)s is public already.") % {"reference": draft.reference})

    def refusal(self, draft: Commitment, message: str) -> PublicationRefusedError:
        return PublicationRefusedError(draft, ValidationError(message))

    def prepare(self, drafts: list[Commitment]) -> None:
        """Read of all of them at once what their release itself reports of them, and is published with them."""
        self.reports = {report.commitment_id: report for report in reports_of(drafts)}

    def chosen(self, keys: Iterable[Any]) -> list[Commitment]:
        drafts = super().chosen(keys)
        self.prepare(drafts)
        return drafts

    def page(self, drafts: list[Commitment], name: str, problem: ValidationError | None = None) -> HttpResponse:
        self.prepare(drafts)
        return super().page(drafts, name, problem)

    def digest_of(self, draft: Commitment) -> str:
        return self.short_digest(shown_of(draft, self.along_with(draft), self.reports.get(draft.pk)))

    def along_with(self, draft: Commitment) -> list[Entity]:
        """`becoming_public_with`, asked once for each draft."""
        if draft.pk not in self.along:
            self.along[draft.pk] = becoming_public_with(draft)
        return self.along[draft.pk]

    def title(self, drafts: list[Commitment], name: str) -> str:
        if name == "publish" and len(drafts) == 1:
            return _("Publish %(reference)s?") % {"reference": drafts[0].reference}
        return super().title(drafts, name)

    # The page

    def blockers(self, drafts: list[Commitment], name: str) -> dict[str, Any]:
        # Found out by trying, which leaves nothing; those that it would stop are left out of what is shown.
        self.authors = hands_in_commitments(drafts)
        self.duplicates = DuplicateFinder().find_for(drafts)
        if name == "return":
            return {"previews": []}
        stopped: dict[int, str] = {}
        left = [draft for draft in drafts if draft.published_at is None]
        user = staff_user(self.request) if name == "publish" else None
        previews: list[tuple[str, str]] = []
        while left:
            try:
                previews, refusals = attempt_with_reports(left, partial(self.previews, drafts), user)
            except PublicationRefusedError as refusal:
                refused = refusal.commitment.pk
                stopped[refused] = refusal_words(Commitment, refusal)
                left = [draft for draft in left if draft.pk != refused]
            else:
                stopped |= {key: refusal_words(DraftUpdate, refusal) for key, refusal in refusals.items()}
                break
        message = _("It cannot be published like this: see what is marked, and open it to put it right.")
        return {"stopped": stopped, "blocked": message if stopped else "", "previews": previews}

    def previews(self, drafts: list[Commitment]) -> list[tuple[str, str]]:
        """While the drafts are public: of one its page, of several that of each release that they are of."""
        if len(drafts) == 1:
            pages: list[Commitment | Release] = [drafts[0]]
        else:
            keys = {draft.release_id for draft in drafts}
            pages = list(Release.objects.filter(pk__in=keys).order_by("issued_on", "slug"))
        return [(str(page), text) for page in pages if (text := render_public_page(self.request, page))]

    def row(self, draft: Commitment) -> dict[str, Any]:
        return {
            "along": self.along_with(draft),
            "duplicate": self.duplicates.get(draft.pk, ""),
            "report": self.reports.get(draft.pk),
            "authors": self.authors[draft.pk],
        }

    def context(self, drafts: list[Commitment], name: str) -> dict[str, Any]:
        number = len(drafts)
        button = {
            "publish": ngettext("Publish it", "Publish %(number)s commitments", number),
            "send": ngettext(
                "Send %(number)s commitment for publishing", "Send %(number)s commitments for publishing", number
            ),
            "return": _("Return"),
        }
        notes = {
            "publish": [_("Once published it stays on record. Its reference is never used again.")],
            "send": [_("All or none.")],
        }
        one = reverse("admin:commitments_commitment_change", args=[drafts[0].pk]) if number == 1 else ""
        return {
            "button": button[name] % {"number": number},
            "notes": notes.get(name, []),
            "cancel": one or self.list_address,
        }

    # What is confirmed

    def carry_out(self, drafts: list[Commitment], name: str) -> SafeString | str:
        user, number = staff_user(self.request), len(drafts)
        if name == "publish":
            return self.publish(drafts)
        if name == "send":
            send_with_reports(drafts, user)
            done = ngettext(
                "%(number)s commitment waits for a publisher.", "%(number)s commitments wait for a publisher.", number
            )
        else:
            return_with_reports(drafts, self.request.POST.get("reason", ""), user)
            done = ngettext("%(number)s draft is returned.", "%(number)s drafts are returned.", number)
        self.log(drafts, name)
        return done % {"number": number}

    def publish(self, drafts: list[Commitment]) -> SafeString | str:
        """Put them on record, and what the release itself reports of them, each with its entry in the admin's log."""
        user = staff_user(self.request)
        entries = publish_commitments(drafts, user)
        for entry in entries:
            message = _("Published as entry %(entry)s.") % {"entry": entry.sequence}
            published = [entry.commitment] if entry.commitment else []
            LogEntry.objects.log_actions(user.pk, published, CHANGE, message, single_object=True)
        reports, report_entries = publish_reports(drafts, user)
        self.log(reports, "publish")
        said = [published_message(entries), update_message(report_entries) if report_entries else ""]
        return format_html_join(" ", "{}", [(words,) for words in said if words])


def published_message(entries: list[LedgerEntry]) -> SafeString | str:
    """What is public now, each with its page and its entry; of many how many they are."""
    if len(entries) > MAX_NAMED:
        message = ngettext(
            "%(number)s commitment is public, the last of them by entry %(entry)s.",
            "%(number)s commitments are public, the last of them by entry %(entry)s.",
            len(entries),
        )
        return message % {"number": len(entries), "entry": entries[-1].sequence}
    return format_html_join(
        " ", "{}", [(entry_sentence(entry, _("{name} is public, entry {entry}.")),) for entry in entries]
    )


def update_message(entries: list[LedgerEntry]) -> SafeString | str:
    """What updates are public now, each with its place on its page; of many how many they are."""
    if len(entries) > MAX_NAMED:
        text = ngettext("{number} update is published.", "{number} updates are published.", len(entries))
        link = format_html('<a href="{}">{}</a>', reverse("updates"), _("Look at the latest entries"))
        return format_html("{} {}", format_html(text, number=len(entries)), link)
    return format_html_join(
        " ", "{}", [(entry_sentence(entry, _("The update of {name} is public, entry {entry}.")),) for entry in entries]
    )


def entry_sentence(entry: LedgerEntry, text: str) -> SafeString:
    """What an entry about a commitment did; `name` leads to its page, `entry` to the entry's."""
    commitment = entry.commitment
    address = commitment.get_absolute_url() if commitment else ""
    if entry.kind in UPDATE_KINDS:
        address += f"#entry-{entry.sequence}"
    name = format_html('<a href="{}">{}</a>', address, entry.commitment_id)
    return format_html(text, name=name, entry=entry_link(entry))


def becoming_public_with(draft: Commitment) -> list[Entity]:
    """What has its first entry with a draft; nothing for one that is public."""
    return [] if draft.published_at else first_recorded_with([new_publication(draft, Actor())])


def shown_of(draft: Commitment, along: list[Entity], report: DraftUpdate | None) -> str:
    """What a draft says, and what becomes public with it, as text."""
    stored = Commitment.objects.select_related("release", "area", "part_of").prefetch_related(*PARTIES).get(pk=draft.pk)
    fields = {row.entity: entity_fields(row) for row in along}
    reported = draft_content(report, report.evidence.all()) if report else None
    return canonical_json({"commitment": publication_content(stored), "along": fields, "report": reported})
