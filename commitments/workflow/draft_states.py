"""How far drafts have come, of updates and of commitments alike: sent for publishing, returned to who wrote them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.domain.choices import DraftState
from commitments.domain.text_lengths import length_problem
from commitments.models import Commitment, DraftCommitment, DraftUpdate


@dataclass(frozen=True, slots=True)
class ReturnedDraft:
    """A draft that a publisher sent back: whose it is, of which commitment, and why.

    `page`: the model on whose form it is changed. `key`: its key there.
    """

    author_id: int | None
    commitment: Commitment
    label: str
    reason: str
    page: str
    key: int

    @property
    def address(self) -> str:
        """Its form, in the language of whoever is told."""
        return reverse(f"admin:commitments_{self.page}_change", args=[self.key])


def mark_waiting(drafts: QuerySet[Any]) -> None:
    """They wait for a publisher; what they were returned for is done with."""
    drafts.update(state=DraftState.WAITING, returned_because="")


def mark_returned(drafts: QuerySet[Any], reason: str) -> None:
    """They are their authors' again. What is published stays. ValidationError for a reason that nobody can act on."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is to be changed. The author reads it.")})
    if problem := length_problem(reason):
        raise ValidationError({"reason": problem})
    unpublished = drafts.filter(published_as=None)
    unpublished.update(state=DraftState.RETURNED, returned_because=reason, changed_at=timezone.now())


def in_draft_state(state: str) -> Q:
    """Of commitments, drafts that have come so far. One without a row of its own is being drafted."""
    found = Q(drafting__state=state)
    if state == DraftState.DRAFT:
        found |= Q(drafting=None)
    return Q(published_at=None) & found


def drafting_of(commitment: Commitment) -> DraftCommitment:
    """How far a draft commitment has come; one without a row of its own is being drafted."""
    return getattr(commitment, "drafting", None) or DraftCommitment(commitment=commitment)


def returned_drafts(authors: Iterable[User]) -> list[ReturnedDraft]:
    """What publishers sent back to some of the staff, draft commitments first, in two queries."""
    authors = list(authors)
    commitments = DraftCommitment.objects.filter(state=DraftState.RETURNED, author__in=authors)
    commitments = commitments.filter(commitment__published_at=None)
    updates = DraftUpdate.objects.filter(state=DraftState.RETURNED, author__in=authors, commitment__retracted_at=None)
    order = ("commitment__reference_key", "pk")
    return [
        *(_returned(draft, "commitment", draft.commitment_id) for draft in _with_commitment(commitments, order)),
        *(_returned(draft, "draftupdate", draft.pk) for draft in _with_commitment(updates, order)),
    ]


def _with_commitment(drafts: QuerySet[Any], order: tuple[str, ...]) -> QuerySet[Any]:
    return drafts.select_related("commitment").order_by(*order)


def _returned(draft: Any, page: str, key: int) -> ReturnedDraft:
    return ReturnedDraft(draft.author_id, draft.commitment, str(draft), draft.returned_because, page, key)
