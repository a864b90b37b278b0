"""Deleting a release's text once staff need it no more: its words go, what was decided stays."""

from django.contrib.auth.models import User
from django.utils import timezone

from commitments.domain.choices import IntakeDecision
from commitments.models import Intake
from commitments.workflow.intake.outline import count_up, held_intake


def undecided_sentences(intake: Intake) -> int:
    """How many sentences nobody has decided on."""
    return intake.spans.filter(decision=IntakeDecision.UNDECIDED).count()


def delete_text(pk: int, user: User) -> None:
    """Delete both texts, the words of all spans and what was read from them.

    The cells of what was accepted stay: they are what was decided, and become drafts. What nobody has decided on is
    taken for no pledge, by whoever deletes: it cannot be decided without its words.
    """
    with held_intake(pk) as intake:
        if intake.text_deleted_at:
            return
        intake.text = intake.chinese_text = ""
        intake.text_deleted_at = timezone.now()
        intake.save(update_fields=["text", "chinese_text", "text_deleted_at"])
        count_up(intake)
        intake.spans.filter(decision=IntakeDecision.UNDECIDED).update(
            decision=IntakeDecision.REJECTED, decided_by=user, decided_at=timezone.now()
        )
        intake.spans.update(words="", reading={}, revision=intake.revision)
        intake.spans.exclude(decision=IntakeDecision.ACCEPTED).update(cells={})
