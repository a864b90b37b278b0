"""The public pages. Each starts at `Commitment.objects.as_of(day)`, which starts at `public()`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import EmptyPage, Paginator
from django.db import connection
from django.db.models import F, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.templatetags.static import static
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments import choices
from commitments.choices import ANNOUNCED, UPDATE_KINDS, EntryKind, Kind, Level, Schedule, Status
from commitments.filters import PER_PAGE, CommitmentFilter
from commitments.models import Area, Commitment, Evidence, LedgerEntry, Organisation, Release, Section, Update
from commitments.public.links import Links, replaced
from commitments.public.pages import as_of_a_day, page
from commitments.public.tables import CommitmentTable, Ordered
from commitments.reading import for_reading

SHOWN = 100  # commitments on the page of an area or organisation; the list has the rest
LATELY = 6
PAST_DEADLINE = (Schedule.OVERDUE, Schedule.UNREPORTED)
SINCE = tuple(kind for kind in Kind if kind not in ANNOUNCED)


@as_of_a_day
def overview(request: HttpRequest, day: date, as_of: date | None) -> HttpResponse:
    """What was promised, and what came of it."""
    found = list(
        Commitment.objects.as_of(day)
        .select_related("area")
        .order_by(F("area__position").asc(nulls_last=True), "reference")
    )
    counted = [commitment for commitment in found if commitment.level == Level.PRIMARY]
    overdue = [commitment for commitment in found if commitment.schedule in PAST_DEADLINE]
    review = [commitment for commitment in found if commitment.review_due]
    review.sort(key=lambda commitment: (commitment.state.last_entry_on or date.min, commitment.reference))
    return page(
        request,
        "overview",
        day,
        as_of=as_of,
        releases=Release.objects.filter(issued_on__lte=day),
        total=len(counted),
        counts=overview_counts(counted, Links(as_of)),
        areas=[(area, list(rows)) for area, rows in groupby(found, key=lambda commitment: commitment.area)],
        overdue=sorted(overdue, key=lambda commitment: (commitment.state.deadline_last, commitment.reference)),
        latest=latest_updates(day)[:LATELY],
        review=review[:LATELY],
    )


def overview_counts(counted: Iterable[Commitment], links: Links) -> list[dict[str, Any]]:
    """The key of the unit chart: each status with its count and the list that it counts.

    What a release reports as done is told apart from what was delivered since.
    """
    by_role = Counter(commitment.role for commitment in counted)
    completed = Status.COMPLETED.value
    key = [
        ("announced", _("done when announced"), {"status": completed, "kind": ",".join(ANNOUNCED)}),
        (Status.COMPLETED.role, _("delivered since"), {"status": completed, "kind": ",".join(SINCE)}),
    ]
    others = (Status.IN_PROGRESS, Status.NOT_STARTED, Status.STOPPED, Status.NO_REPORT)
    key += [(status.role, str(status.label), {"status": status.value}) for status in others]
    return [
        {
            "role": role,
            "label": label,
            "count": by_role[role],
            "address": links.commitments(level=Level.PRIMARY, **filters),
        }
        for role, label, filters in key
    ]


def latest_updates(day: date) -> QuerySet[Update]:
    """What came in last and what is latest in it: reports and context that count by the day."""
    return (
        Update.objects.filter(effective_on__lte=day, retracted_by=None, date_last__isnull=False)
        .filter(kind__in=(EntryKind.REPORT, EntryKind.CONTEXT), commitment__release__issued_on__lte=day)
        .select_related("commitment")
        .order_by("-recorded_at", "-effective_on", "-entry")
    )


@for_reading
def commitments(request: HttpRequest) -> HttpResponse:
    """The list: filters, search, sort, pages."""
    today = localdate()
    found = CommitmentFilter(request.GET, today)
    if not found.is_valid():
        return page(request, "commitments", today, status=400, filter=found, form=found.form)
    asked = found.form.cleaned_data
    sort = asked["sort"] or "reference"
    table = CommitmentTable(Ordered(found.qs.for_rows()), order_by=sort)
    try:
        table.paginate(page=asked["page"] or 1, per_page=asked["per_page"] or PER_PAGE)
    except EmptyPage:
        found.form.add_error("page", _("There is no page %(page)s: see the first page.") % {"page": asked["page"]})
        return page(request, "commitments", found.day, status=400, filter=found, form=found.form)
    return page(
        request,
        "commitments",
        found.day,
        as_of=asked["as_of"],
        filter=found,
        form=found.form,
        table=table,
        headers=headers(table, found),
        total=table.paginator.count,
        pages=neighbours(table.page, found),
        export=replaced(found.data, page=None, per_page=None).removeprefix("."),
        filtered=any(name in found.filters for name in found.data),
    )


def headers(table: CommitmentTable, found: CommitmentFilter) -> list[dict[str, Any]]:
    """The table's headers: title, the address that sorts by it, and how it is sorted now."""
    sort = found.form.cleaned_data["sort"] or "reference"
    return [
        {
            "title": column.header,
            "name": column.name,
            "address": replaced(found.data, sort=f"-{column.name}" if sort == column.name else column.name, page=None)
            if column.orderable
            else None,
            "sorted": {column.name: "ascending", f"-{column.name}": "descending"}.get(sort),
        }
        for column in table.columns
    ]


def neighbours(shown: Any, found: CommitmentFilter) -> dict[str, str | None]:
    """Addresses of the pages before and after."""
    return {
        "previous": replaced(found.data, page=shown.number - 1) if shown.has_previous() else None,
        "next": replaced(found.data, page=shown.number + 1) if shown.has_next() else None,
    }


@as_of_a_day
def commitment(request: HttpRequest, day: date, as_of: date | None, reference: str) -> HttpResponse:
    """One commitment: its place, its facts and its record."""
    found = get_object_or_404(Commitment.objects.as_of(day).for_rows().select_related("part_of"), reference=reference)
    record = (
        found.updates.filter(effective_on__lte=day)
        .select_related("retracted_by", "redacted_by")
        .prefetch_related(Prefetch("evidence", queryset=Evidence.objects.order_by("position")))
        .order_by("-effective_on", "-entry")
    )
    entries = found.entries.exclude(kind__in=UPDATE_KINDS).select_related("target").order_by("-sequence")
    return page(
        request,
        "commitment",
        day,
        as_of=as_of,
        commitment=found,
        section=Section.objects.filter(release=found.release, area=found.area).first(),
        record=with_changes(record),
        revisions=[update for update in record if update.deadline and update.stands],
        publication=next((entry for entry in entries if entry.kind == EntryKind.PUBLISHED), None),
        corrections=corrections(entries),
        parts=Commitment.objects.as_of(day).filter(part_of=found).order_by("reference"),
    )


def corrections(entries: Iterable[LedgerEntry]) -> list[dict[str, Any]]:
    """Each correction, latest first: its entry, its changes in words, and its retraction where there is one."""
    retractions = {entry.target_id: entry for entry in entries if entry.kind == EntryKind.RETRACTION}
    found = [entry for entry in entries if entry.kind == EntryKind.CORRECTION]
    names = dict(Organisation.objects.values_list("slug", "name")) if found else {}

    def in_words(value: Any) -> str:
        return ", ".join(str(names.get(slug, slug)) for slug in value) if isinstance(value, list) else str(value)

    return [
        {
            "entry": entry,
            "retraction": retractions.get(entry.sequence),
            "changes": [
                {
                    "field": Commitment._meta.get_field(change["field"]).verbose_name,  # type: ignore[union-attr]  # public fields are no reverse relations
                    "before": in_words(change["before"]),
                    "after": in_words(change["after"]),
                }
                for change in (entry.data or {}).get("changes", ())
            ],
        }
        for entry in found
    ]


def with_changes(record: Iterable[Update]) -> list[tuple[Update, str]]:
    """Each update, latest first, with the status before it where it changed the status."""
    changes: list[tuple[Update, str]] = []
    before: str = Status.NO_REPORT
    for update in reversed(list(record)):
        moves = update.kind == EntryKind.REPORT and update.stands and update.status != before
        changes.append((update, before if moves else ""))
        if moves:
            before = update.status
    return changes[::-1]


@as_of_a_day
def area(request: HttpRequest, day: date, as_of: date | None, slug: str) -> HttpResponse:
    """Progress of one area."""
    found = get_object_or_404(Area, slug=slug)
    rows = Commitment.objects.as_of(day).filter(area=found).for_rows().order_by("reference")
    sections = Section.objects.filter(area=found, release__issued_on__lte=day).select_related("release")
    return page(request, "area", day, as_of=as_of, area=found, sections=sections, **shown(rows))


@as_of_a_day
def organisation(request: HttpRequest, day: date, as_of: date | None, slug: str) -> HttpResponse:
    """What one organisation owns, and what it takes part in."""
    found = get_object_or_404(Organisation, slug=slug)
    rows = Commitment.objects.as_of(day).for_rows().order_by("reference")
    return page(
        request,
        "organisation",
        day,
        as_of=as_of,
        organisation=found,
        owned=shown(rows.owned_by([found])),
        joined=shown(rows.joined_by([found])),
    )


def shown(rows: QuerySet[Commitment]) -> dict[str, Any]:
    """The first rows, and how many there are in all."""
    return {"rows": rows[:SHOWN], "total": rows.count()}


@as_of_a_day
def release(request: HttpRequest, day: date, as_of: date | None, slug: str) -> HttpResponse:
    """The release in the reader's order, with its commitments in place."""
    found = get_object_or_404(Release, slug=slug, issued_on__lte=day)
    rows = Commitment.objects.as_of(day).filter(release=found).for_rows().order_by("paragraph", "reference")
    by_area: defaultdict[int | None, list[Commitment]] = defaultdict(list)
    for row in rows:
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
        unidentified=(found.agreements_stated or 0) - len(agreements),
    )


def paragraphs(rows: Iterable[Commitment]) -> list[tuple[int, list[Commitment]]]:
    """Commitments of one section by paragraph."""
    return [(number, list(group)) for number, group in groupby(rows, lambda row: row.paragraph)]


@as_of_a_day
def updates(request: HttpRequest, day: date, as_of: date | None) -> HttpResponse:
    """What changed: every entry of the ledger, the latest recorded first."""
    of_the_day = Q(update__effective_on__lte=day) | Q(update=None, recorded_at__date__lte=day)
    entries = (
        LedgerEntry.objects.filter(of_the_day)
        .filter(Q(commitment=None) | Q(commitment__release__issued_on__lte=day))
        .select_related("commitment", "target", "target__commitment", "update", "update__retracted_by")
        .order_by("-recorded_at", F("update__effective_on").desc(nulls_last=True), "-sequence")
    )
    paginator = Paginator(entries, PER_PAGE)
    try:
        number = int(request.GET.get("page") or 1)
        shown_page = paginator.page(number)
    except (ValueError, EmptyPage):
        return page(request, "bad_page", day, as_of=as_of, status=400, last=paginator.num_pages)
    return page(
        request,
        "updates",
        day,
        as_of=as_of,
        page=shown_page,
        previous=replaced(request.GET, page=shown_page.number - 1),
        next=replaced(request.GET, page=shown_page.number + 1),
    )


@as_of_a_day
def about(request: HttpRequest, day: date, as_of: date | None) -> HttpResponse:
    """Method, vocabulary, publisher and contact."""
    vocabularies = [
        (_("Status"), choices.Status),
        (_("Schedule"), choices.Schedule),
        (_("Evidence"), choices.EvidenceLevel),
        (_("Freshness"), choices.Freshness),
        (_("Why something was stopped"), choices.StopReason),
        (_("Kind"), choices.Kind),
        (_("Force"), choices.Force),
        (_("Level"), choices.Level),
        (_("Where a deadline comes from"), choices.DeadlineBasis),
        (_("Relation of evidence to the pledge"), choices.Relation),
        (_("Source of evidence"), choices.Source),
        (_("What a report rests on"), choices.ReportBasis),
        (_("How an agreement is known"), choices.AgreementBasis),
        (_("Entries of the ledger"), choices.EntryKind),
    ]
    return page(request, "about", day, as_of=as_of, vocabularies=vocabularies)


@for_reading
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@for_reading
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for it unasked."""
    return redirect(static("commitments/favicon.svg"), permanent=True)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with ways on."""
    return page(request, "not_found", localdate(), status=404)
