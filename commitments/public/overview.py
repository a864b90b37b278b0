"""The overview: what became of each release's pledges, every pledge by its name, and what a reader asks next."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commitments.domain.choices import ANNOUNCED, DeadlineBasis, EntryKind, Freshness, Level, Schedule, Status
from commitments.domain.partial_dates import PartialDate
from commitments.i18n.languages import CHINESE
from commitments.i18n.phrases import duration, join_sentences, with_label
from commitments.models import Commitment, Occasion, Release, Update
from commitments.models.commitment import CommitmentQuerySet
from commitments.public.charts import percent
from commitments.public.named_index import index_areas
from commitments.public.overview_counts import OverviewCounts, count_groups
from commitments.public.seo import dataset_json_ld, is_schema_date
from commitments.public.tallies import Tally
from commitments.query.findings import IN_PROGRESS, ReleaseCounts, count_by_release, find
from commitments.query.localized import LocalizedText, localize, localize_record_text, localize_short_title, shorten
from commitments.query.overview_sentences import (
    NAMED_A_DATE,
    dated_heading,
    dated_sentence,
    long_silence_sentence,
    silence_sentence,
)
from commitments.query.sorting import ordering
from commitments.query.standing import standing
from commitments.query.tally_figure import TallyFigure, tally_figure
from commitments.query.verdicts import END_OF_SENTENCE
from commitments.query.years import axis_of
from commitments.web.links import DayLinks
from commitments.web.pages import Page, day_page

MAX_NAMED = 8  # in a sentence
MAX_SHOWN = 20  # rows of a table; the list has the rest
MAX_NEWS, MAX_ALIKE = 6, 4  # pieces of news, and how many of them may be the same of several pledges
NOTE_LENGTH, NOTE_WORDS = 220, 60  # of a piece of news: characters in whole sentences, half as many in Chinese; words
MAX_DESCRIPTION = 300  # characters of what search engines show


@day_page
def overview(page: Page) -> HttpResponse:
    """What was promised, and what came of it."""
    day, commitments, links = page.day, Commitment.objects.as_of(page.day), page.links
    counts, by_release = count_groups(commitments), count_by_release(commitments)
    sources = list_sources(day, counts.by_release, by_release, links)
    read = [source.release for source in sources if source.release and source.is_read]
    return page.render(
        "overview",
        description=describe(sources),
        data=dataset_json_ld(page.request.build_absolute_uri),
        kicker=known_on(day, page.as_of, counts.last_checked_on),
        sources=sources,
        newest_first=sources[::-1],
        only=next((source for source in sources if source.is_read), None) if len(read) == 1 else None,
        switch=release_links(sources, links) if len(read) > 1 else [],
        commitments=counts.commitments,
        areas=index_areas(commitments, counts.by_area, read, day, links),
        axis=axis_of(read, day),
        not_counted=counts.not_counted,
        long_silence=long_silence(commitments, by_release.values(), links),
        silence=silence(commitments, by_release.values(), day, links),
        dated=dated(commitments, counts, links) if counts.commitments else None,
        news=latest_news(day),
    )


def known_on(day: date, as_of: date | None, checked: date | None) -> str:
    """Of which day the page speaks, and when somebody last looked for reports; the year of that only where another."""
    values = {"day": date_format(day, "DATE_FORMAT")}
    if not checked:
        return (_("As of %(day)s.") if as_of else _("As known on %(day)s.")) % values
    form = (
        _("As of %(day)s, last checked on %(checked)s.")
        if as_of
        else _("As known on %(day)s, last checked on %(checked)s.")
    )
    values["checked"] = date_format(checked, "MONTH_DAY_FORMAT" if checked.year == day.year else "DATE_FORMAT")
    return form % values


# Where the pledges come from


@dataclass(frozen=True, slots=True)
class Source:
    """A release, or a day on which one may have been issued that is not on record.

    `finding` and `figure` only where commitments of it are on record; `not_read`, in sentences, only where none is.
    """

    day: date
    name: SafeString
    release: Release | None = None
    pledges: int = 0
    commitments: int = 0
    finding: SafeString | None = None
    figure: TallyFigure | None = None
    not_read: SafeString | None = None

    @property
    def is_read(self) -> bool:
        """Whether anything of it is on record."""
        return self.commitments > 0


def list_sources(
    day: date, tallies: dict[int, Tally], by_release: dict[int, ReleaseCounts], links: DayLinks
) -> list[Source]:
    """The releases that were out on the day, and the occasions on whose days none was issued; the oldest first."""
    releases = list(Release.objects.public(day))
    longest = max((tally.total for tally in tallies.values()), default=0)
    sources = [
        release_source(release, tallies.get(release.pk), by_release.get(release.pk, ReleaseCounts()), links, longest)
        for release in releases
    ]
    issued = {release.issued_on for release in releases}
    occasions = Occasion.objects.on_record().filter(day__lte=day).exclude(day__in=issued)
    unread = escape(_("Not read into this record yet."))
    sources += [Source(occasion.day, localize(occasion, "name").marked, not_read=unread) for occasion in occasions]
    return sorted(sources, key=lambda source: source.day)


def release_source(
    release: Release, tally: Tally | None, counts: ReleaseCounts, links: DayLinks, longest: int
) -> Source:
    """One release. Its finding is in the language of the moment."""
    name = localize(release, "title").marked
    if not tally:
        return Source(release.issued_on, name, release, not_read=not_read_sentences(release))
    finding = find(release, counts, links.commitments, links.page("repeated"))
    figure = tally_figure(release, counts, links.commitments, longest) if tally.total else None
    return Source(release.issued_on, name, release, tally.total, tally.commitments, finding, figure)


def not_read_sentences(release: Release) -> SafeString:
    """That it was not read, with what is known of it and why; the latter two only where somebody said why."""
    sentences: list[str] = [_("Not read into this record yet.")]
    if release.not_read:
        sentences = [localize(release, "note").marked, *sentences, localize(release, "not_read").marked]
    return format_html_join(join_sentences(["", ""]), "{}", ((sentence,) for sentence in sentences if sentence))


def release_links(sources: Iterable[Source], links: DayLinks) -> list[dict[str, Any]]:
    """The list of each release, the newest first: by month, or by day where two are of one month."""
    read = [source for source in sources if source.release and source.is_read]
    months = [date_format(source.day, "YEAR_MONTH_FORMAT") for source in read]
    return [
        {
            "address": links.commitments(release=source.release.slug),
            "label": month if months.count(month) == 1 else date_format(source.day, "DATE_FORMAT"),
            "number": source.commitments,
        }
        for source, month in zip(read, months, strict=True)
        if source.release
    ][::-1]


def describe(sources: Iterable[Source]) -> str:
    """The findings for search engines and whoever shares a link: the newest first, cut at a whole sentence."""
    found = [source for source in sources if source.finding][::-1]
    texts = [strip_tags(source.finding) for source in found if source.finding]
    if len(found) > 1:
        months = [date_format(source.day, "YEAR_MONTH_FORMAT") for source in found]
        texts = [with_label(month, text) for month, text in zip(months, texts, strict=True)]
    if not texts:
        return ""
    whole = _("What Hong Kong and Shanghai promised: %(finding)s") % {"finding": join_sentences(texts)}
    return cut_at_sentence(whole, MAX_DESCRIPTION)


def cut_at_sentence(text: str, most: int) -> str:
    """As many whole sentences as have room, and the first one in any case."""
    if len(text) <= most:
        return text
    ends = [match.start() for match in END_OF_SENTENCE.finditer(text) if match.start() <= most]
    first = END_OF_SENTENCE.search(text)
    return text[: ends[-1]] if ends else text[: first.start()] if first else text


# No news at all, and begun, then no news


def long_silence(
    commitments: CommitmentQuerySet, by_release: Iterable[ReleaseCounts], links: DayLinks
) -> SafeString | None:
    """Which open pledges nobody has reported anything on for over five years; nothing where there are none."""
    number = sum(counts.long_silent for counts in by_release)
    if not number:
        return None
    rows = commitments.counted().long_silent().order_by(*ordering("reference_key"))[:MAX_NAMED]
    names = [
        format_html('<a href="{}">{}</a>', links.page("commitment", row.reference), localize_short_title(row).marked)
        for row in rows
    ]
    return long_silence_sentence(number, names, links.commitments)


def silence(
    commitments: CommitmentQuerySet, by_release: Iterable[ReleaseCounts], day: date, links: DayLinks
) -> dict[str, Any] | None:
    """Pledges in progress without news for long, the longest first; nothing where none is in progress."""
    in_progress = silent = 0
    for counts in by_release:
        in_progress, silent = in_progress + counts.in_progress, silent + counts.silent
    if not in_progress:
        return None
    rows = commitments.counted().stale().filter(IN_PROGRESS).order_by(*ordering("state__last_news_on"))[:MAX_SHOWN]
    filters = {"status": Status.IN_PROGRESS.value, "freshness": Freshness.STALE.value}
    return {
        "sentence": silence_sentence(in_progress, silent, links.commitments),
        "rows": silence_rows(list(rows) if silent else [], day),
        "total": silent,
        "more": links.commitments(level=Level.PRIMARY.value, **filters),
    }


def silence_rows(rows: list[Commitment], day: date) -> list[dict[str, Any]]:
    """Each with a bar as long as the silence, the longest as long as there is room."""
    lengths = [(day - commitment.state.last_news_on).days for commitment in rows if commitment.state.last_news_on]
    return [
        {
            "commitment": commitment,
            "name": localize_short_title(commitment).marked,
            "width": percent(100 * length / lengths[0]),
            "length": duration(commitment.state.last_news_on, day),
        }
        for commitment, length in zip(rows, lengths, strict=True)
        if commitment.state.last_news_on
    ]


# Those that named a date


def dated(commitments: CommitmentQuerySet, counts: OverviewCounts, links: DayLinks) -> dict[str, Any]:
    """Pledges that name a date, the earliest first, and what came of each."""
    by_outcome = counts.dated
    rows = commitments.counted().due(first=date.min) if by_outcome.total else commitments.none()
    return {
        "heading": dated_heading(by_outcome, links.commitments),
        "sentence": dated_sentence(by_outcome, links.commitments),
        "rows": [dated_row(one) for one in rows.order_by(*ordering("state__deadline_last"))[:MAX_SHOWN]],
        "total": by_outcome.total,
        "more": links.commitments(level=Level.PRIMARY.value, **NAMED_A_DATE),
    }


def dated_row(commitment: Commitment) -> dict[str, Any]:
    """One of them: what it is called, by when, and the outcome as role and word."""
    schedule = Schedule(commitment.schedule)
    # "ended" is said of deadlines; of a pledge readers are told that it was stopped.
    label = Status.STOPPED.label if schedule == Schedule.ENDED else schedule.label
    shows_standing = schedule == Schedule.UNREPORTED or (schedule == Schedule.MET and commitment.kind in ANNOUNCED)
    return {
        "commitment": commitment,
        "name": localize_short_title(commitment).marked,
        "by": commitment.state.deadline,
        "is_event": commitment.deadline_basis == DeadlineBasis.EVENT,
        "role": standing(commitment).role if shows_standing else schedule.role,
        "label": label,
    }


# Latest news


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One report or background, as the overview tells it, with each pledge of which the same was recorded.

    `machine_day` is empty where HTML has no form for the date.
    """

    update: Update
    pledges: list[tuple[Update, SafeString]]
    note: SafeString
    machine_day: str

    @property
    def dated(self) -> PartialDate | None:
        return self.update.date


def latest_news(day: date) -> list[NewsItem]:
    """The reports and background that happened last, of all that counts on the day."""
    items: dict[tuple[str, ...], NewsItem] = {}
    for update in latest_updates(day)[: MAX_NEWS * MAX_ALIKE]:
        name = localize_short_title(update.commitment).marked
        # What nothing is said of is alike with nothing; the words of an owner are alike with its own alone.
        key = (str(update.date), update.status, str(update.reply_of_id or ""), update.note or str(update.pk))
        if key in items:
            items[key].pledges.append((update, name))
        elif len(items) < MAX_NEWS:
            note = shorten_note(localize_record_text(update.commitment, update.note)).marked
            machine_day = str(update.date) if is_schema_date(update.date) else ""
            items[key] = NewsItem(update, [(update, name)], note, machine_day)
    return list(items.values())


def shorten_note(note: LocalizedText) -> LocalizedText:
    """Its first whole sentences; of a sentence that is longer, the beginning."""
    most = NOTE_LENGTH // 2 if note.language in CHINESE else NOTE_LENGTH
    return shorten(replace(note, text=cut_at_sentence(note.text, most)), NOTE_WORDS)


def latest_updates(day: date) -> QuerySet[Update]:
    """Reports and background that count on the day, the latest event first."""
    return (
        Update.objects.filter(effective_on__lte=day, retracted_by=None, date_last__isnull=False)
        .filter(kind__in=(EntryKind.REPORT, EntryKind.CONTEXT), commitment__release__issued_on__lte=day)
        .filter(commitment__retracted_at=None)
        .select_related("commitment", "reply_of")
        .order_by("-effective_on", F("entry").desc())
    )
