"""The review: what drafts would change, before publishers publish them or return them, one or many at once.

Whoever recorded progress of many commitments is led here, too: to publish the drafts, to send them, or to drop them.
"""

import json
from typing import Any

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin import effects
from commitments.admin.base import may_publish, staff_user
from commitments.admin.decisions import Decisions
from commitments.admin.deleted_drafts import way_back_words
from commitments.admin.entity_changes import refusal_words
from commitments.admin.publishing import update_message
from commitments.domain.choices import DraftState
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

MAX_EXPLAINED = 100  # of so many, all that cannot be published are named; of more, the first
DROP_BUTTON = "_drop"  # the name of the button


class UpdateDecisions(Decisions):
    """What may be done with drafts of updates."""

    template = "admin/commitments/draftupdate/review.html"
    salt = "review"
    chosen_by = "draft"
    most = 1000
    titles = {
        "publish": gettext_lazy("Publish these updates?"),
        "return": gettext_lazy("Return these drafts?"),
        "send": gettext_lazy("Send these drafts for publishing?"),
    }
    nothing_to_do = gettext_lazy("All of these are on record already.")
    changed_meanwhile = gettext_lazy("The draft, or what it would change, is not what this page showed. Look again.")
    queue_query = "?state=waiting"

    def refuse_role(self, name: str) -> None:
        if name != "send" and not may_publish(self.request):
            raise PermissionDenied(_("Only publishers decide on drafts. Yours wait for one of them."))
        if not self.request.user.has_perm("commitments.add_draftupdate"):
            raise PermissionDenied

    def undecided(self, queryset: QuerySet[DraftUpdate], name: str) -> QuerySet[DraftUpdate]:
        return queryset.filter(published_as=None)

    def refuse_decided(self, draft: DraftUpdate) -> None:
        refuse_published(draft)

    def refusal(self, draft: DraftUpdate, message: str) -> DraftRefusedError:
        return DraftRefusedError(draft, ValidationError(message))

    def digest_of(self, draft: DraftUpdate) -> str:
        content = [draft_content(draft, draft.evidence.all()), str(effects.draft_effect(draft))]
        return self.short_digest(json.dumps(content))

    def blockers(self, drafts: list[DraftUpdate], name: str) -> dict[str, Any]:
        # It only reads: nobody who writes waits for who looks.
        if name != "publish":
            return {}
        user = staff_user(self.request)
        try:
            check_publication(drafts, user)
        except DraftRefusedError as refusal:
            refusals = {refusal.draft.pk: refusal}
        else:
            return {}
        if len(drafts) <= MAX_EXPLAINED:
            refusals |= refusals_by_draft(drafts, user)
        blocked = _(
            "Not all of these can be published as they are. Choose again without the rows that are marked, return "
            "those, or open them and put them right."
        )
        stopped = {pk: refusal_words(DraftUpdate, refusal) for pk, refusal in refusals.items()}
        return {"stopped": stopped, "blocked": blocked}

    def row(self, draft: DraftUpdate) -> dict[str, Any]:
        return {"effect": effects.draft_effect(draft)}

    def context(self, drafts: list[DraftUpdate], name: str) -> dict[str, Any]:
        number, may_drop = len(drafts), name != "return" and all(self.is_own_unsent(draft) for draft in drafts)
        notes = {
            "publish": [_("All or none. What is published is public at once and stays on record.")],
            "send": [_("All or none.")],
        }
        button = {
            "publish": ngettext("Publish %(number)s update", "Publish %(number)s updates", number),
            "send": ngettext("Send %(number)s update for publishing", "Send %(number)s updates for publishing", number),
            "return": _("Return"),
        }
        return {
            "button": button[name] % {"number": number},
            "notes": notes.get(name, []) + ([_("Until then they stay among your drafts.")] if may_drop else []),
            "warnings": effects.address_warnings(*(row for draft in drafts for row in draft.evidence.all())),
            "may_drop": may_drop,
        }

    def is_own_unsent(self, draft: DraftUpdate) -> bool:
        """Whether the user wrote it and nobody else was asked about it yet."""
        return draft.state == DraftState.DRAFT and draft.author_id == self.request.user.pk

    def carry_out(self, drafts: list[DraftUpdate], name: str) -> SafeString | str:
        user, number = staff_user(self.request), len(drafts)
        if DROP_BUTTON in self.request.POST or name == "send":
            for draft in drafts:
                if not self.is_own_unsent(draft):
                    raise self.refusal(draft, _("It is somebody else’s, or was sent already."))
        if DROP_BUTTON in self.request.POST:
            return drop(drafts, user)
        if name == "publish":
            entries = publish_drafts(drafts, user)
            self.log(drafts, name)
            return update_message(entries)
        if name == "send":
            submit(drafts, user)
            done = ngettext(
                "%(number)s update waits for a publisher.", "%(number)s updates wait for a publisher.", number
            )
        else:
            return_drafts(drafts, self.request.POST.get("reason", ""), user)
            done = ngettext("%(number)s draft is returned.", "%(number)s drafts are returned.", number)
        self.log(drafts, name)
        return done % {"number": number}


def drop(drafts: list[DraftUpdate], user: User) -> SafeString:
    """Delete drafts, which can be had back for a week, and say so."""
    LogEntry.objects.log_actions(user.pk, drafts, DELETION)
    for draft in drafts:
        keep_deleted(draft, user)
    DraftUpdate.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    done = ngettext("%(number)s draft is thrown away.", "%(number)s drafts are thrown away.", len(drafts))
    return format_html("{} {}", done % {"number": len(drafts)}, way_back_words())
