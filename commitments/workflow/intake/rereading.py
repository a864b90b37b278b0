"""Reading owners and partners again after organisations were added or got other names."""

from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import override

from commitments.domain.choices import IntakeDecision
from commitments.domain.reading.reader import Proposal, read_spans
from commitments.i18n.languages import RECORD_LANGUAGE
from commitments.models import Intake, IntakeSpan
from commitments.workflow.intake.cells import SEPARATOR, Cells, plain_values, proposal_cells
from commitments.workflow.intake.deciding import log_hands
from commitments.workflow.intake.outline import count_up
from commitments.workflow.intake.record import read_record
from commitments.workflow.intake.starting import BATCH_SIZE

PARTY_CELLS = ("owners", "partners", "owner_inferred", "owner_note", "parties_as_stated")
PARTY_VALUES = (*PARTY_CELLS, "owner_reason", "owner_sure")


def read_owners_again(intake: Intake, user: User) -> int:
    """Of the proposals that nobody has decided on: how many have other owners or partners now.

    What somebody chose by hand stays, and so does what was accepted. The caller holds the intake.
    """
    spans = [span for span in _undecided(intake) if _as_read(span)]
    if not spans:
        return 0
    places = [(span.start, span.end) for span in spans]
    changed = []
    for span, proposal in zip(
        spans, read_spans(intake.text, read_record(intake.release.issued_on), places), strict=True
    ):
        cells, values = _parties(proposal)
        if any(span.cells.get(name) != text for name, text in cells.items()):
            span.cells, span.reading = span.cells | cells, span.reading | values
            changed.append(span)
    if changed:
        count_up(intake)
    for span in changed:
        span.revision = intake.revision
    IntakeSpan.objects.bulk_update(changed, ["cells", "reading", "revision"], batch_size=BATCH_SIZE)
    log_hands(changed, user)
    return len(changed)


def _undecided(intake: Intake) -> list[IntakeSpan]:
    if not intake.text:
        return []
    return list(intake.spans.filter(promises=True, decision=IntakeDecision.UNDECIDED, commitment=None))


def _as_read(span: IntakeSpan) -> bool:
    """Whether its owners and partners are those that were read, and not somebody's choice."""
    return all(span.cells.get(name) == SEPARATOR.join(span.reading.get(name, ())) for name in ("owners", "partners"))


def _parties(proposal: Proposal) -> tuple[Cells, dict[str, Any]]:
    with override(RECORD_LANGUAGE):
        cells, values = proposal_cells(proposal), plain_values(proposal)
    return {name: cells[name] for name in PARTY_CELLS}, {name: values[name] for name in PARTY_VALUES}
