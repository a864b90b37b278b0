"""The accepted spans of a release's text as the rows of an import: its rules, its messages, all or none."""

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commitments.admin.imports.base import WRONG, RowOutcome
from commitments.admin.imports.commitments import CommitmentResource
from commitments.admin.imports.files import Sheet, SheetRow
from commitments.domain.choices import IntakeDecision
from commitments.models import Commitment, Intake, IntakeSpan
from commitments.workflow.intake.cells import OF_THE_RELEASE, new_references

FIRST_ROW = 2  # below the header, as in a file
Outcomes = dict[int, RowOutcome]  # by the key of the span


def accepted_spans(intake: Intake) -> list[IntakeSpan]:
    """Those that become drafts, in the order of the text."""
    accepted = intake.spans.filter(decision=IntakeDecision.ACCEPTED, commitment=None)
    return list(accepted.order_by("start", "end", "pk"))


def references_of(intake: Intake, spans: Sequence[IntakeSpan]) -> dict[int, str]:
    """By the key of each span the reference that it would get now; those that became drafts have theirs."""
    references = new_references((span.cells.get("area") or None for span in spans), intake.prefix)
    drafted = intake.spans.filter(commitment__isnull=False).values_list("pk", "commitment__reference")
    return dict(drafted) | {span.pk: reference for span, reference in zip(spans, references, strict=True)}


def judge_spans(
    intake: Intake, spans: Sequence[IntakeSpan], user: User, *, resource: CommitmentResource | None = None
) -> Outcomes:
    """What an import of these spans would say of each. `resource`: one that is to write them; it locks."""
    sheet = _sheet(intake, spans)
    outcomes = (resource or CommitmentResource()).judge(sheet, user, lock=resource is not None)
    return {span.pk: outcome for span, outcome in zip(spans, outcomes, strict=True)}


def _sheet(intake: Intake, spans: Sequence[IntakeSpan]) -> Sheet:
    references = references_of(intake, spans)
    columns = dict.fromkeys((*OF_THE_RELEASE, *(name for span in spans for name in span.cells)))
    rows = []
    for number, span in enumerate(spans, FIRST_ROW):
        cells = dict.fromkeys(columns, "") | span.cells
        cells |= {"reference": references[span.pk], "release": intake.release.slug}
        cells["part_of"] = references.get(span.whole_id or 0, "")
        rows.append(SheetRow(number, cells))
    return Sheet(list(columns), rows)


def quote_problem(intake: Intake, quote: str) -> str:
    """Why a quote cannot stand: it must be in the text word for word. Empty where it can, or the text was deleted."""
    if not intake.text or not quote or _in_one_line(quote) in _in_one_line(intake.text):
        return ""
    return _("The text does not say this word for word. Copy the words from it.")


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def write_drafts(intake: Intake, user: User) -> dict[int, Commitment]:
    """Draft commitments of all accepted spans, by their keys, in the caller's transaction, all or none.

    ValidationError, which names the first row, where one of them is wrong.
    """
    with transaction.atomic():
        spans, resource = accepted_spans(intake), CommitmentResource()
        outcomes = judge_spans(intake, spans, user, resource=resource)
        for outcome in outcomes.values():
            if outcome.kind == WRONG:
                raise ValidationError(first_problem(outcome))
        resource.write(list(outcomes.values()), [])
        drafts = Commitment.objects.in_bulk([outcome.name for outcome in outcomes.values()], field_name="reference")
        for span in spans:
            span.commitment = drafts[outcomes[span.pk].name]
        IntakeSpan.objects.bulk_update(spans, ["commitment"], batch_size=200)
    return {span.pk: drafts[outcomes[span.pk].name] for span in spans}


def first_problem(outcome: RowOutcome) -> str:
    """What is wrong with a row, in a line."""
    problem = outcome.problems[0]
    values = {"reference": outcome.name, "title": outcome.cells.get("title", ""), "problem": problem.message}
    return _("%(reference)s %(title)s: %(problem)s") % values


def problems_by_cell(outcome: RowOutcome) -> Mapping[str, str]:
    """What is wrong, by column; with the row as a whole under an empty name."""
    return {problem.column: problem.message for problem in outcome.problems}
