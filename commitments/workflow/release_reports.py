"""Draft commitments on their way to the record, with the reports of what their release itself says is done."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import transaction

from commitments.domain.choices import ReportBasis
from commitments.ledger.append import append_entries
from commitments.ledger.new_entries import NewEntry
from commitments.models import Commitment, DraftUpdate, LedgerEntry
from commitments.workflow.draft_states import mark_waiting
from commitments.workflow.drafts import (
    DraftRefusedError,
    check_publication,
    check_publishable,
    draft_content,
    publish_drafts,
    refusals_by_draft,
    return_drafts,
)
from commitments.workflow.publications import (
    PublicationRefusedError,
    attempt_publication,
    return_commitments,
    send_commitments,
)

T = TypeVar("T")
Refusals = dict[int, DraftRefusedError]  # by the key of the commitment


def reports_of(commitments: Sequence[Commitment]) -> list[DraftUpdate]:
    """The unpublished reports by the release's own statement, in the order of the commitments' references."""
    reports = DraftUpdate.objects.filter(commitment__in=[commitment.pk for commitment in commitments])
    reports = reports.filter(published_as=None, basis=ReportBasis.RELEASE)
    reports = reports.select_related("commitment").prefetch_related("evidence")
    return list(reports.order_by("commitment__reference_key", "pk"))


def publish_reports(commitments: Sequence[Commitment], user: User) -> tuple[list[DraftUpdate], list[LedgerEntry]]:
    """Publish the reports of commitments that were published just now, all or none, in the caller's transaction.

    Raises PublicationRefusedError, so that whoever publishes both takes all of it back.
    """
    reports = reports_of(commitments)
    try:
        return reports, publish_drafts(reports, user) if reports else []
    except DraftRefusedError as refusal:
        raise PublicationRefusedError(refusal.draft.commitment, refusal) from refusal


def attempt_with_reports(
    commitments: Sequence[Commitment], look: Callable[[], T], user: User | None = None
) -> tuple[T, Refusals]:
    """What `look` sees once drafts and those of their reports that can be are public, and why the others cannot.

    Nothing of it stays. Raises PublicationRefusedError. `user`: who is to publish them; without one, whoever may.
    """
    reports = reports_of(commitments)

    def look_with_reports() -> tuple[T, Refusals]:
        refusals = _report_refusals(reports, user)
        standing = [report for report in reports if report.commitment_id not in refusals]
        if standing:
            append_entries(
                [NewEntry(one.kind, draft_content(one, one.evidence.all()), one.commitment) for one in standing]
            )
        return look(), refusals

    return attempt_publication(commitments, look_with_reports, user)


def _report_refusals(reports: Sequence[DraftUpdate], user: User | None) -> Refusals:
    """What is wrong with reports whose commitments are public by now. One by one only where something is."""
    if not reports:
        return {}
    try:
        check_publication(reports, user) if user else check_publishable(reports)
    except DraftRefusedError as refusal:
        first = {refusal.draft.commitment_id: refusal}
    else:
        return {}
    if user is None:
        return first
    by_draft = refusals_by_draft(reports, user)
    return first | {refusal.draft.commitment_id: refusal for refusal in by_draft.values()}


def send_with_reports(commitments: Sequence[Commitment], user: User) -> None:
    """Ask the publishers to decide on drafts and their reports. PublicationRefusedError where nobody could publish."""
    with transaction.atomic():
        send_commitments(commitments, user)
        _nothing, refusals = attempt_with_reports(commitments, lambda: None)
        for refusal in refusals.values():
            raise PublicationRefusedError(refusal.draft.commitment, refusal)
        reports = [report.pk for report in reports_of(commitments)]
        mark_waiting(DraftUpdate.objects.filter(pk__in=reports))


def return_with_reports(commitments: Sequence[Commitment], reason: str, user: User) -> None:
    """Return drafts and their reports to those who wrote them, with the reason. ValidationError without one."""
    with transaction.atomic():
        return_commitments(commitments, reason, user)
        if reports := reports_of(commitments):
            return_drafts(reports, reason, user)
