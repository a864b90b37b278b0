"""What the tracker says of itself: method, vocabulary, who answers for it, and the components of its pages."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Case, QuerySet, When
from django.http import HttpResponse, QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.domain import choices
from commitments.domain.choices import Schedule, Source
from commitments.i18n.collation import collation_key
from commitments.i18n.languages import current_language
from commitments.models import Commitment, LedgerHead, NewsSource, Release, Update
from commitments.models.commitment import CommitmentQuerySet
from commitments.public.commitment_list import filter_panel
from commitments.public.named_index import index_areas
from commitments.public.tallies import legend, sum_tallies, tally_by
from commitments.query.entries import prefetch_evidence
from commitments.query.filters import CommitmentFilter
from commitments.query.findings import count_by_release, find
from commitments.query.list_rows import list_rows
from commitments.query.localized import localize
from commitments.query.standing import STANDINGS
from commitments.query.tally_figure import tally_figure
from commitments.query.verdicts import verdict_of
from commitments.query.years import axis_of
from commitments.web.links import DayLinks
from commitments.web.pages import Page, day_page

MAX_SAMPLES = 6  # commitments on the page of components
# To see how Chinese is set: quotation marks, dashes and dots are those of its own fonts.
CHINESE_SPECIMENS = (
    ("zh-Hant-HK", "滬港合作會議第四次會議：「文化合作及創意產業」——2018年8月24日……"),
    ("zh-Hans-CN", "沪港合作会议第四次会议：“文化合作及创意产业”——2018年8月24日……"),
)


@day_page
def about_page(page: Page) -> HttpResponse:
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
    return page.render(
        "about",
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
def design_page(page: Page) -> HttpResponse:
    """Every component of the pages, with commitments from the record in it where there are any."""
    day, commitments, links = page.day, Commitment.objects.as_of(page.day), page.links
    commitment = sample_commitment(commitments)
    return page.render(
        "design",
        specimens=CHINESE_SPECIMENS,
        standings=STANDINGS.values(),
        schedules=choices.Schedule,
        states=choices.ErrorReportState,
        rows=list_rows(commitments).order_by("reference_key")[:MAX_SAMPLES],
        commitment=commitment,
        verdict=verdict_of(commitment) if commitment else None,
        updates=updates_by_day(commitment, day),
        legend=legend(sum_tallies(tally_by(commitments, "level")), links),
        **sample_finding(commitments, day, links),
        **filter_panel(CommitmentFilter(QueryDict(), day), {}),
    )


def sample_finding(commitments: CommitmentQuerySet, day: date, links: DayLinks) -> dict[str, Any]:
    """The finding of the first release that has commitments, its bar, and one area by name; nothing without one."""
    counts = count_by_release(commitments)
    release = Release.objects.public(day).filter(pk__in=counts).order_by("issued_on").first()
    if not release:
        return {}
    found = counts[release.pk]
    of_release = commitments.filter(release=release)
    return {
        "release": release,
        "finding": find(release, found, links.commitments, links.page("repeated")),
        "figure": tally_figure(release, found, links.commitments, found.to_be_kept + found.announced),
        "axis": axis_of([release], day),
        "areas": index_areas(of_release, tally_by(of_release, "area_id"), [release], day, links)[:1],
    }


def sample_commitment(commitments: CommitmentQuerySet) -> Commitment | None:
    """One whose page shows much: delivered late if there is such a one."""
    late_first = Case(When(schedule=Schedule.MET_LATE, then=0), default=1)
    return commitments.for_pages().order_by(late_first, "reference_key").first()


def updates_by_day(commitment: Commitment | None, day: date) -> QuerySet[Update]:
    """Its updates by the day, with evidence."""
    updates = Update.objects.filter(commitment=commitment, effective_on__lte=day)
    return updates.select_related("retracted_by", "redacted_by", "reply_of").prefetch_related(prefetch_evidence())
