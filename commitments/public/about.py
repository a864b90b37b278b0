"""What the tracker says of itself: method, vocabulary, who answers for it, and the components of its pages."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.domain import choices
from commitments.domain.choices import Schedule, Source
from commitments.i18n.collation import collation_key
from commitments.i18n.languages import current_language
from commitments.models import Commitment, LedgerHead, NewsSource, Release, Update
from commitments.models.commitment import CommitmentQuerySet
from commitments.public.commitment_list import filter_panel
from commitments.public.tallies import legend, sum_tallies, tally_by
from commitments.query.entries import prefetch_evidence
from commitments.query.filters import CommitmentFilter
from commitments.query.findings import count_by_release, find
from commitments.query.list_rows import list_rows
from commitments.query.localized import localize
from commitments.query.standing import STANDINGS, Standing, standing
from commitments.query.verdicts import verdict_of
from commitments.web.links import DayLinks
from commitments.web.pages import day_page, render_page

MAX_SAMPLES = 6  # commitments on the page of components
MAX_CELLS = 60  # and the cells of its bar


@day_page
def about_page(request: HttpRequest, day: date, as_of: date | None) -> HttpResponse:
    """Method, vocabulary, publisher, corrections, licence, privacy and accessibility."""
    vocabularies = [
        (_("Status"), choices.Status),
        (_("Schedule"), choices.Schedule),
        (_("Evidence"), choices.EvidenceLevel),
        (_("Freshness"), choices.Freshness),
        (_("Why something was stopped"), choices.StopReason),
        (_("What changed between two days"), choices.Change),
        (_("Kind"), choices.Kind),
        (_("Force"), choices.Force),
        (_("Level"), choices.Level),
        (_("Where a deadline comes from"), choices.DeadlineBasis),
        (_("Relation of evidence to the pledge"), choices.Relation),
        (_("Source of evidence"), choices.Source),
        (_("Evidence that is a copy"), choices.Copy),
        (_("What a report rests on"), choices.ReportBasis),
        (_("How an agreement is known"), choices.AgreementBasis),
        (_("Entries of the ledger"), choices.EntryKind),
        (_("What becomes of an error report"), choices.ErrorReportState),
    ]
    return render_page(
        request,
        "about",
        day,
        as_of=as_of,
        vocabularies=vocabularies,
        news_sources=news_sources_by_class(localdate()),
        head=LedgerHead.objects.get(),
        log_days=settings.LOG_DAYS,
    )


def news_sources_by_class(today: date) -> list[tuple[Source, list[NewsSource]]]:
    """The news sources on the list today, by their class, each class in the order of the language."""
    by_class: dict[str, list[NewsSource]] = {source: [] for source in Source}
    for row in NewsSource.objects.public(today):
        by_class[row.source].append(row)
    language = current_language()
    return [
        (Source(source), sorted(rows, key=lambda row: collation_key(localize(row, "name").text, language)))
        for source, rows in by_class.items()
    ]


@day_page
def design_page(request: HttpRequest, day: date, as_of: date | None) -> HttpResponse:
    """Every component of the pages, with commitments from the record in it where there are any."""
    commitments = Commitment.objects.as_of(day)
    release = Release.objects.public(day).order_by("issued_on").first()
    counts = count_by_release(commitments).get(release.pk) if release else None
    commitment = sample_commitment(commitments)
    return render_page(
        request,
        "design",
        day,
        as_of=as_of,
        standings=STANDINGS.values(),
        schedules=choices.Schedule,
        states=choices.ErrorReportState,
        release=release,
        finding=find(release, counts, DayLinks(as_of).commitments) if release and counts else None,
        tally=pledges_by_standing(commitments),
        rows=list_rows(commitments).order_by("reference_key")[:MAX_SAMPLES],
        commitment=commitment,
        verdict=verdict_of(commitment) if commitment else None,
        updates=updates_by_day(commitment, day),
        legend=legend(sum_tallies(tally_by(commitments, "level")), DayLinks(as_of)),
        **filter_panel(CommitmentFilter(QueryDict(), day), {}),
    )


def sample_commitment(commitments: CommitmentQuerySet) -> Commitment | None:
    """One whose page shows much: delivered late if there is such a one."""
    late_first = Case(When(schedule=Schedule.MET_LATE, then=0), default=1)
    return commitments.for_pages().order_by(late_first, "reference_key").first()


def pledges_by_standing(commitments: CommitmentQuerySet) -> list[tuple[Standing, list[Commitment]]]:
    """Some pledges by how they stand, in the order of the legend."""
    by_role: dict[str, list[Commitment]] = {role: [] for role in STANDINGS}
    for commitment in commitments.counted().order_by("reference_key")[:MAX_CELLS]:
        by_role[standing(commitment).role].append(commitment)
    return [(STANDINGS[role], pledges) for role, pledges in by_role.items() if pledges]


def updates_by_day(commitment: Commitment | None, day: date) -> QuerySet[Update]:
    """Its updates by the day, with evidence."""
    updates = Update.objects.filter(commitment=commitment, effective_on__lte=day)
    return updates.select_related("retracted_by", "redacted_by", "reply_of").prefetch_related(prefetch_evidence())
