"""Draft updates in the review queue."""

from commitments.domain.choices import DraftState
from tests import factories


def waiting(commitment, number=1, **said):
    """A draft that waits."""
    said = {"date": "2019-11", "status": "in_progress", "note": f"Note {number}."} | said
    draft = commitment.drafts.create(state=DraftState.WAITING, **said)
    draft.evidence.create(**factories.evidence())
    return draft
