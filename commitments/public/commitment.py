"""A commitment's page: its place, its facts and its record."""

from dataclasses import replace
from datetime import date

from django.db.models import Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.domain.choices import UPDATE_KINDS
from commitments.models import Commitment, LedgerEntry, LedgerHead, Repetition, Section
from commitments.public import seo
from commitments.public.commitment_at_entry import commitment_at_entry
from commitments.public.commitment_context import page_context
from commitments.query.entries import describe_corrections, prefetch_evidence, retraction_of_publication
from commitments.query.forms import EntryForm
from commitments.web.pages import Page, day_page


@day_page
def commitment_page(page: Page, reference: str) -> HttpResponse:
    """One commitment: its place, its facts and its record; or, with `?entry=`, the same as the ledger stood then."""
    if "entry" not in page.request.GET:
        return _page_of_day(page, reference)
    form = EntryForm.from_query(page.request.GET, page.day)
    form.head = LedgerHead.objects.get().sequence
    if not form.is_valid():
        title = _("The page cannot be shown at that entry")
        return replace(page, as_of=None).refuse(form["entry"], title=title, again=_("The page as it is now"))
    sequence = form.cleaned_data["entry"]
    if sequence is None:  # a form was sent with an empty box
        return _page_of_day(page, reference)
    return commitment_at_entry(page.request, reference, sequence)


def _page_of_day(page: Page, reference: str) -> HttpResponse:
    """What is known today about a day."""
    if retraction := retraction_of_publication(reference, localdate()):
        retracted = Commitment.objects.for_pages().get(reference=reference)
        struck = retracted.updates.order_by("-entry")
        return page.render("retracted", noindex=True, commitment=retracted, retraction=retraction, updates=struck)
    day = page.day
    commitment = get_object_or_404(Commitment.objects.as_of(day).for_pages(), reference=reference)
    updates = list(
        commitment.updates.filter(effective_on__lte=day)
        .select_related("retracted_by", "redacted_by", "reply_of")
        .prefetch_related(prefetch_evidence())
        .order_by("-effective_on", "-entry")
    )
    for update in updates:
        update.commitment = commitment  # the translations of its texts
    entries = list(commitment.entries.exclude(kind__in=UPDATE_KINDS).select_related("target").order_by("-sequence"))
    repeats, repeated_by = repetitions(commitment, day)
    section = Section.objects.filter(release=commitment.release, area=commitment.area).first()
    shown = page_context(
        commitment,
        updates,
        links=page.links,
        section=section,
        mates=Commitment.objects.public().filter(release=commitment.release, area=commitment.area),
        repeats=repeats,
        repeated_by=repeated_by,
        entries=entries,
    )
    head = LedgerEntry.objects.latest("sequence")
    return page.render(
        "commitment",
        **shown,
        owners=commitment.owners.all(),
        partners=commitment.partners.all(),
        section=section,
        corrections=describe_corrections(entries),
        parts=Commitment.objects.as_of(day).filter(part_of=commitment).order_by("reference_key"),
        neighbours=neighbours(commitment, day),
        head=head,
        cited=page.request.build_absolute_uri(permanent_path(page, reference, head)),
        data=seo.commitment_json_ld(commitment, shown["verdict"].text, page.request.build_absolute_uri),
    )


def permanent_path(page: Page, reference: str, head: LedgerEntry) -> str:
    """Where what the page says can be seen again: at the ledger's last entry, or on the day that was asked for."""
    path = page.links.page("commitment", reference)
    return path if page.as_of else f"{path}?entry={head.sequence}"


def repetitions(commitment: Commitment, day: date) -> tuple[QuerySet[Repetition], QuerySet[Repetition]]:
    """What it promises again, and where it is promised again by the day, the earliest release first."""
    out = Commitment.objects.public().filter(release__issued_on__lte=day)
    repeats = commitment.repetitions.filter(repeated__in=out).select_related("repeated__release")
    repeated_by = commitment.repeated_by.filter(commitment__in=out).select_related("commitment__release")
    return (
        repeats.order_by("repeated__release__issued_on", "repeated__reference_key"),
        repeated_by.order_by("commitment__release__issued_on", "commitment__reference_key"),
    )


def neighbours(commitment: Commitment, day: date) -> dict[str, Commitment | None]:
    """The commitments before and after it in its area, by reference; one query."""
    area, key = Commitment.objects.as_of(day).filter(area=commitment.area_id), commitment.reference_key
    before = area.filter(reference_key__lt=key).order_by("-reference_key").values("pk")[:1]
    after = area.filter(reference_key__gt=key).order_by("reference_key").values("pk")[:1]
    found = list(area.filter(Q(pk=Subquery(before)) | Q(pk=Subquery(after))))
    return {
        "previous": next((other for other in found if other.reference_key < key), None),
        "next": next((other for other in found if other.reference_key > key), None),
    }
