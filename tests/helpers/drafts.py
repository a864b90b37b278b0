"""Draft updates in the review queue."""

from commitments.domain.choices import DraftState
from tests import factories


def waiting(commitment, number=1, **fields):
    """A draft that waits, where the fields say nothing else."""
    usual = {"date": "2019-11", "status": "in_progress", "note": f"Note {number}.", "state": DraftState.WAITING}
    draft = commitment.drafts.create(**usual | fields)
    draft.evidence.create(**factories.evidence())
    return draft
