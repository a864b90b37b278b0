"""Deleting a release's text once staff need it no more: its words go, what was decided stays."""

from django.utils import timezone

from commitments.domain.choices import IntakeDecision
from commitments.models import Intake
from commitments.workflow.intake.outline import count_up, held_intake


def undecided_sentences(intake: Intake) -> int:
    """How many sentences nobody has decided on."""
    return intake.spans.filter(decision=IntakeDecision.UNDECIDED).count()


def delete_text(pk: int) -> None:
    """Delete both texts, the words of all spans and what was read from them.

    The cells of what was accepted stay: they are what was decided, and become drafts.
    """
    with held_intake(pk) as intake:
        if intake.text_deleted_at:
            return
        intake.text = intake.chinese_text = ""
        intake.text_deleted_at = timezone.now()
        intake.save(update_fields=["text", "chinese_text", "text_deleted_at"])
        count_up(intake)
        intake.spans.update(words="", reading={}, revision=intake.revision)
        intake.spans.exclude(decision=IntakeDecision.ACCEPTED).update(cells={})
