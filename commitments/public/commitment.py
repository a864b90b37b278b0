"""A commitment's page: its place, its facts and its record."""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from commitments.domain.choices import UPDATE_KINDS, EntryKind
from commitments.models import Commitment, Evidence, LedgerHead, Section
from commitments.public import seo
from commitments.query.entries import describe_corrections, with_status_changes
from commitments.web.links import DayLinks
from commitments.web.pages import day_page, render_page


@day_page
def commitment_page(request: HttpRequest, day: date, as_of: date | None, reference: str) -> HttpResponse:
    """One commitment: its place, its facts and its record."""
    commitment = get_object_or_404(Commitment.objects.as_of(day).for_pages(), reference=reference)
    record = (
        commitment.updates.filter(effective_on__lte=day)
        .select_related("retracted_by", "redacted_by", "reply_of")
        .prefetch_related(Prefetch("evidence", queryset=Evidence.objects.order_by("position")))
        .order_by("-effective_on", "-entry")
    )
    entries = commitment.entries.exclude(kind__in=UPDATE_KINDS).select_related("target").order_by("-sequence")
    pairs, issued_on = with_status_changes(record), commitment.release.issued_on
    return render_page(
        request,
        "commitment",
        day,
        as_of=as_of,
        commitment=commitment,
        section=Section.objects.filter(release=commitment.release, area=commitment.area).first(),
        record=[pair for pair in pairs if pair[0].effective_on >= issued_on],
        earlier=[pair for pair in pairs if pair[0].effective_on < issued_on],
        revisions=[update for update in record if update.deadline and update.stands],
        publication=next((entry for entry in entries if entry.kind == EntryKind.PUBLISHED), None),
        corrections=describe_corrections(entries),
        parts=Commitment.objects.as_of(day).filter(part_of=commitment).order_by("reference"),
        neighbours=neighbours(commitment, day),
        head=LedgerHead.objects.get(),
        cited=request.build_absolute_uri(DayLinks(day).page("commitment", reference)),
        data=seo.commitment_json_ld(commitment, request.build_absolute_uri),
    )


def neighbours(commitment: Commitment, day: date) -> dict[str, Commitment | None]:
    """The commitments before and after it in its area, by reference."""
    area = Commitment.objects.as_of(day).filter(area=commitment.area_id)
    return {
        "previous": area.filter(reference__lt=commitment.reference).order_by("-reference").first(),
        "next": area.filter(reference__gt=commitment.reference).order_by("reference").first(),
    }
