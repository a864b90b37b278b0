"""The pages behind overview and list. Each starts at `Commitment.objects.as_of(day)`, which starts at `public()`."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.paginator import EmptyPage, Paginator
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

from commitments import outage
from commitments.choices import UPDATE_KINDS, EntryKind, Level, OrganisationKind, Side
from commitments.filters import PER_PAGE
from commitments.models import (
    Area,
    Commitment,
    Evidence,
    LedgerHead,
    Organisation,
    Release,
    Section,
)
from commitments.public import finding
from commitments.public.counts import by_standing, key, parts_of_a_bar, tallies, together
from commitments.public.links import Links, replaced
from commitments.public.pages import as_of_a_day, day_of, page
from commitments.public.record import corrections, entries_of, whole, with_changes
from commitments.querysets import CommitmentQuerySet
from commitments.reading import safe_only

SHOWN = 100  # commitments on the page of an area or organisation; the list has the rest
SHOWN_OF_A_RELEASE = 400


@as_of_a_day
def commitment(request: HttpRequest, day: date, as_of: date | None, reference: str) -> HttpResponse:
    """One commitment: its place, its facts and its record."""
    found = get_object_or_404(Commitment.objects.as_of(day).for_pages(), reference=reference)
    record = (
        found.updates.filter(effective_on__lte=day)
        .select_related("retracted_by", "redacted_by", "reply_of")
        .prefetch_related(Prefetch("evidence", queryset=Evidence.objects.order_by("position")))
        .order_by("-effective_on", "-entry")
    )
    entries = found.entries.exclude(kind__in=UPDATE_KINDS).select_related("target").order_by("-sequence")
    told, issued_on = with_changes(record), found.release.issued_on
    return page(
        request,
        "commitment",
        day,
        as_of=as_of,
        commitment=found,
        section=Section.objects.filter(release=found.release, area=found.area).first(),
        record=[pair for pair in told if pair[0].effective_on >= issued_on],
        earlier=[pair for pair in told if pair[0].effective_on < issued_on],
        revisions=[update for update in record if update.deadline and update.stands],
        publication=next((entry for entry in entries if entry.kind == EntryKind.PUBLISHED), None),
        corrections=corrections(entries),
        parts=Commitment.objects.as_of(day).filter(part_of=found).order_by("reference"),
        neighbours=neighbours(found, day),
        head=LedgerHead.objects.get(),
        cited=request.build_absolute_uri(Links(day).page("commitment", reference)),
        data=finding.of_commitment(found, request.build_absolute_uri),
    )


def neighbours(found: Commitment, day: date) -> dict[str, Commitment | None]:
    """The commitments before and after it in its area, by reference."""
    area = Commitment.objects.as_of(day).filter(area=found.area_id)
    return {
        "previous": area.filter(reference__lt=found.reference).order_by("-reference").first(),
        "next": area.filter(reference__gt=found.reference).order_by("reference").first(),
    }


@as_of_a_day
def area(request: HttpRequest, day: date, as_of: date | None, slug: str) -> HttpResponse:
    """Progress of one area."""
    found = get_object_or_404(Area.objects.public(localdate()), slug=slug)
    rows = Commitment.objects.as_of(day).filter(area=found)
    tally = together(tallies(rows, "area_id"))
    first = list(rows.for_rows().order_by("reference")[:SHOWN])
    return page(
        request,
        "area",
        day,
        as_of=as_of,
        area=found,
        sections=Section.objects.filter(area=found, release__issued_on__lte=day).select_related("release"),
        key=key(tally, Links(as_of), area=slug),
        rows=first,
        squares=sorted(first, key=by_standing),
        tally=tally,
        bar=parts_of_a_bar(tally.pledges),
        shown=SHOWN,
    )


@as_of_a_day
def organisation(request: HttpRequest, day: date, as_of: date | None, slug: str) -> HttpResponse:
    """What one organisation owns, and what it takes part in; a government's page shows both sides."""
    found = get_object_or_404(Organisation.objects.public(localdate()), slug=slug)
    rows = Commitment.objects.as_of(day)
    tally = together(tallies(rows.owned_by([found]), "level"))
    return page(
        request,
        "organisation",
        day,
        as_of=as_of,
        organisation=found,
        owned=shown(rows.owned_by([found])),
        joined=shown(rows.joined_by([found])),
        pledges=tally.total,
        key=key(tally, Links(as_of), owner=slug),
        sides=sides(rows, Links(as_of)) if found.kind == OrganisationKind.GOVERNMENT else [],
        shown=SHOWN,
    )


def shown(rows: CommitmentQuerySet) -> dict[str, Any]:
    """The first rows, and how many there are in all."""
    return {"rows": rows.for_rows().order_by("reference")[:SHOWN], "total": rows.count()}


def sides(rows: CommitmentQuerySet, links: Links) -> list[dict[str, Any]]:
    """How the pledges of each side stand; what both must deliver counts for both."""
    return [
        {
            "side": side,
            "tally": tally,
            "key": key(tally, links, side=side),
            "address": links.commitments(level=Level.PRIMARY, side=side),
        }
        for side in (Side.HONG_KONG, Side.SHANGHAI)
        for tally in [together(tallies(rows.of_side([side]), "level"))]
    ]


@as_of_a_day
def release(request: HttpRequest, day: date, as_of: date | None, slug: str) -> HttpResponse:
    """The release in the reader's order, with its commitments in place."""
    found = get_object_or_404(Release, slug=slug, issued_on__lte=day)
    in_order = (F("area__position").asc(nulls_last=True), "paragraph", "reference")
    rows = Commitment.objects.as_of(day).filter(release=found).order_by(*in_order)
    total = rows.count()
    by_area: defaultdict[int | None, list[Commitment]] = defaultdict(list)
    for row in rows[:SHOWN_OF_A_RELEASE]:
        by_area[row.area_id].append(row)
    outline = [
        (section, paragraphs(by_area.pop(section.area_id, []))) for section in found.sections.select_related("area")
    ]
    public = Prefetch("commitments", queryset=Commitment.objects.as_of(day).order_by("reference"))
    agreements = list(found.agreements.prefetch_related("parties", public))
    return page(
        request,
        "release",
        day,
        as_of=as_of,
        release=found,
        outline=outline,
        elsewhere=[row for rest in by_area.values() for row in rest],
        agreements=agreements,
        total=total,
        shown=SHOWN_OF_A_RELEASE,
        unidentified=(found.agreements_stated or 0) - len(agreements),
    )


def paragraphs(rows: Iterable[Commitment]) -> list[tuple[int, list[Commitment]]]:
    """Commitments of one section by paragraph."""
    return [(number, list(group)) for number, group in groupby(rows, lambda row: row.paragraph)]


@as_of_a_day
def updates(request: HttpRequest, day: date, as_of: date | None) -> HttpResponse:
    """What changed: every entry of the ledger, the latest recorded first; with `entry`, those of one kind."""
    kind = request.GET.get("entry", "")
    if kind and kind not in EntryKind:
        return page(request, "bad_page", day, as_of=as_of, status=400, kinds=EntryKind)
    found = entries_of(day).filter(kind=kind) if kind else entries_of(day)
    paginator = Paginator(found.values_list("pk", flat=True), PER_PAGE)
    twice = any(len(request.GET.getlist(name)) > 1 for name in ("entry", "page"))
    try:
        shown_page = paginator.page(0 if twice else int(request.GET.get("page") or 1))
    except (ValueError, EmptyPage):
        return page(request, "bad_page", day, as_of=as_of, status=400, last=paginator.num_pages)
    return page(
        request,
        "updates",
        day,
        as_of=as_of,
        kinds=kinds_of_entries(request, EntryKind(kind) if kind else None),
        entries=whole(shown_page),
        page=shown_page,
        previous=replaced(request.GET, page=shown_page.number - 1),
        next=replaced(request.GET, page=shown_page.number + 1),
    )


def kinds_of_entries(request: HttpRequest, shown: EntryKind | None) -> list[dict[str, Any]]:
    """The kinds of entries that the page can be asked for, and all."""
    choices: list[tuple[str | None, Any]] = [(None, _("All")), *((kind.value, kind.label) for kind in EntryKind)]
    return [
        {"label": label, "address": replaced(request.GET, entry=value, page=None), "shown": value == shown}
        for value, label in choices
    ]


@safe_only
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for it unasked."""
    return redirect(static("commitments/favicon.svg"), permanent=True)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with ways on, on the day that was asked for."""
    try:
        form = day_of(request)
    except SuspiciousOperation as too_much:
        return bad_request(request, too_much)
    as_of = form.cleaned_data["as_of"] if form.is_valid() else None
    return page(request, "not_found", as_of or form.today, as_of=as_of, status=404)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 where more was sent than is read.

    503 where Django takes a session that could not be stored for one that was deleted meanwhile.
    """
    if outage.is_one(exception):
        return outage.answer(request)
    if not isinstance(exception, RequestDataTooBig):
        return bad_request(request, exception)
    sizes = {"text": settings.DATA_UPLOAD_MAX_MEMORY_SIZE, "file": settings.IMPORT_MAX_BYTES}
    said = {name: filesizeformat(size) for name, size in sizes.items()}
    return render(request, "413.html", said, status=413)


def broken(request: HttpRequest) -> HttpResponse:
    """503 where the database cannot be asked, else 500: by templates that ask it nothing."""
    if outage.is_one(sys.exception()):
        return outage.answer(request)
    return render(request, "500.html", {"contact": settings.CONTACT}, status=500)
