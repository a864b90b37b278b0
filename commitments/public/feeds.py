"""Atom feeds of the record: of what the list's filter finds, of one commitment, of one organisation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commitments.domain.choices import EntryKind, Relation, Schedule, Source, StopReason
from commitments.i18n.languages import HREFLANGS, RECORD_LANGUAGE, current_language, path_in_language
from commitments.i18n.phrases import (
    bracket_html,
    join_clauses,
    join_list,
    join_parts,
    join_sentences,
    quote_html,
    with_ellipses,
    with_label,
)
from commitments.i18n.site_name import site_name
from commitments.models import Commitment, Evidence, LedgerEntry, Update
from commitments.public.commitment_record import late_completions
from commitments.public.subscriptions import (
    FeedQuery,
    commitment_query,
    feed_title,
    item_uuid,
    last_recorded,
    list_query_of,
    organisation_query,
    single_line,
    strip_control_chars,
    subscription,
)
from commitments.query.entity_changes import DescribedChange, describe_entity_changes
from commitments.query.entries import (
    describe_corrections,
    entries_known_by,
    news_entries,
    with_details,
    with_status_changes,
)
from commitments.query.localized import display_title, localize, localize_record_text, quantity
from commitments.query.standing import standing_of
from commitments.query.verdicts import verdict_of

MAX_ENTRIES = 50  # entries in a feed


@subscription
def updates_feed(request: HttpRequest) -> HttpResponse:
    """What was recorded of the commitments that the list's filter finds."""
    query = list_query_of(request)
    return atom_response(request, query, query.page if query.title else query.links.page("updates"))


@subscription
def commitment_feed(request: HttpRequest, reference: str) -> HttpResponse:
    """What was recorded of one commitment."""
    query = commitment_query(request, reference)
    return atom_response(request, query, query.page)


@subscription
def organisation_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """What was recorded of the commitments that an organisation owns or takes part in."""
    query = organisation_query(request, slug)
    return atom_response(request, query, query.page)


class Feed(Atom1Feed):
    """An Atom feed that never asks the clock when it was last updated: the same record is the same feed."""

    def add_root_elements(self, handler: Any) -> None:
        # In Chinese also with the addresses of the same feed in the other languages.
        super().add_root_elements(handler)
        for language, address in self.feed["others"].items():
            link = {"rel": "alternate", "type": "application/atom+xml", "hreflang": language, "href": address}
            handler.addQuickElement("link", None, link)

    def latest_post_date(self) -> datetime:
        # The time of its latest entry; where it has none, that of the whole ledger's last.
        return max((item["updateddate"] for item in self.items), default=None) or last_recorded()


def atom_response(request: HttpRequest, query: FeedQuery, page: str) -> HttpResponse:
    """The latest entries about the commitments. `page`: where a reader finds the same."""
    feed = Feed(
        title=feed_title(query, _("%(site)s: updates") % {"site": site_name()}),
        link=request.build_absolute_uri(page),
        description="",
        language=get_language(),
        author_name=single_line(settings.PUBLISHER or site_name()),
        feed_url=request.build_absolute_uri(request.path + query.query),
        feed_guid=query.uuid(request.path).urn,
        others=feed_links(request, query),
    )
    for item in feed_items(request, query):
        feed.add_item(**item)
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def feed_links(request: HttpRequest, query: FeedQuery) -> dict[str, str]:
    """By what a link calls each language, the address of the same feed there; the record's own feed names no other."""
    if current_language() == RECORD_LANGUAGE:
        return {}
    others = [language for language in HREFLANGS if language != current_language()]
    return {
        HREFLANGS[language]: request.build_absolute_uri(path_in_language(language, request.path) + query.query)
        for language in others
    }


def feed_items(request: HttpRequest, query: FeedQuery) -> Iterator[dict[str, Any]]:
    """Each entry as the feed's generator takes it."""
    entries = latest_entries(query)
    changes = status_changes(entries, query.day)
    verdicts = verdicts_on(entries, query.day)
    named = describe_entity_changes([*entries, *(entry.target for entry in entries if entry.target)])
    later = {
        entry.sequence: {later_entry.kind: later_entry for later_entry in entry.targeted_by.all()} for entry in entries
    }
    retractions = [by_kind[EntryKind.RETRACTION] for by_kind in later.values() if EntryKind.RETRACTION in by_kind]
    corrected = {
        correction["entry"].sequence: correction["changes"]
        for correction in describe_corrections([*entries, *retractions])
    }
    for entry in entries:
        commitment, update = commitment_of(entry), getattr(entry, "update", None)
        about = named.get(entry.subject.sequence)
        moved = changes.get(entry.sequence, NO_CHANGE)
        context: dict[str, Any] = {
            "entry": entry,
            "commitment": commitment,
            "moved": moved,
            "happened": what_happened(update, moved, commitment) if update and commitment else "",
            "evidence": [evidence_line(commitment, piece) for piece in update.evidence.all()] if update else [],
            "verdict": verdicts.get(commitment.reference, "") if commitment else "",
            "as_of": query.as_of,
            "changes": about.changes if about and entry.kind == EntryKind.ENTITY else corrected.get(entry.sequence),
            "retraction": later[entry.sequence].get(EntryKind.RETRACTION),
            "redaction": later[entry.sequence].get(EntryKind.REDACTION),
            **(quotes(commitment) if commitment and entry.kind == EntryKind.PUBLISHED else {}),
        }
        yield {
            "title": single_line(with_label(item_subject(commitment, about), event_summary(context))),
            "link": request.build_absolute_uri(item_page(query, commitment, about) + f"#{entry_anchor(entry)}"),
            "description": strip_control_chars(render_to_string("commitments/feed_entry.html", context)),
            "pubdate": entry.recorded_at,
            "updateddate": max(
                ledger_entry.recorded_at
                for ledger_entry in (entry, context["retraction"], context["redaction"])
                if ledger_entry
            ),
            "unique_id": item_uuid(entry.digest).urn,
        }


def latest_entries(query: FeedQuery) -> list[LedgerEntry]:
    """The latest entries about the commitments, with all that is told of them.

    All that is out, where nothing narrows it: to look each commitment up would tell the same, and read them all.
    """
    queryset = (
        entries_known_by(query.day).filter(entries_about(query.commitments) | changes_about(query.entity))
        if query.title
        else news_entries(query.day)
    )
    evidence = Prefetch("update__evidence", queryset=Evidence.objects.order_by("position"))
    entries = with_details(queryset.values_list("pk", flat=True)[:MAX_ENTRIES])
    return list(entries.select_related("target__target__commitment").prefetch_related(evidence, "targeted_by"))


def entries_about(commitments: QuerySet[Commitment]) -> Q:
    """Entries about one of them. A redaction belongs to none itself: it is about that of what it is aimed at."""
    references = commitments.order_by().values("reference")
    redactions = LedgerEntry.objects.filter(kind=EntryKind.REDACTION)
    removed = redactions.filter(Q(target__commitment__in=references) | Q(target__target__commitment__in=references))
    numbers = list(removed.values_list("pk", flat=True))
    return Q(commitment__in=references) | Q(pk__in=numbers) if numbers else Q(commitment__in=references)


def changes_about(entity: str) -> Q:
    """Entries that changed what an entity is called or is, without the first; of no entity, none."""
    return Q(entity=entity, entity_change__is_first=False) if entity else Q(pk__in=[])


def commitment_of(entry: LedgerEntry) -> Commitment | None:
    """The commitment that an entry is about, if only as the redaction of one about it; None for an entity."""
    return entry.subject.commitment


def item_subject(commitment: Commitment | None, about: DescribedChange | None) -> str:
    """What an entry is about: a commitment by its title, or an entity by its name."""
    if commitment:
        return display_title(commitment)
    return with_label(about.kind, about.name.text) if about else ""


def item_page(query: FeedQuery, commitment: Commitment | None, about: DescribedChange | None) -> str:
    """The page that has the entry: of the commitment, of the entity, or of all entries where that has none."""
    if commitment:
        return query.links.page("commitment", commitment.reference)
    return about.page if about and about.page else query.links.page("updates")


@dataclass(frozen=True, slots=True)
class StatusChange:
    """The status before a report that changed it, and what the report's own is called: late where it certainly was."""

    before: str = ""
    after: str = ""


NO_CHANGE = StatusChange()


def status_changes(entries: Sequence[LedgerEntry], day: date) -> dict[int, StatusChange]:
    """What each report among the entries says of the status, by its sequence."""
    about = {
        entry.commitment.pk: entry.commitment
        for entry in entries
        if entry.kind == EntryKind.REPORT and entry.commitment
    }
    reports = Update.objects.filter(kind=EntryKind.REPORT, effective_on__lte=day, commitment__in=about)
    changes: dict[int, StatusChange] = {}
    for key, record in groupby(
        reports.order_by("commitment", "-effective_on", "-entry"), key=attrgetter("commitment_id")
    ):
        commitment, updates = about[key], list(record)
        late = late_completions(commitment, updates)
        for update, status_before in with_status_changes(updates):
            schedule = Schedule.MET_LATE if update.pk in late else ""
            before, after = (
                str(standing_of(status, commitment.kind, when).label) if status else ""
                for status, when in ((status_before, ""), (update.status, schedule))
            )
            changes[update.pk] = StatusChange(before, after)
    return changes


def verdicts_on(entries: Iterable[LedgerEntry], day: date) -> dict[str, str]:
    """How the commitments that the entries are about stand on the day, by reference; not what was retracted.

    Without ages: an entry would change each month, although nothing was recorded.
    """
    references = {commitment.reference for entry in entries if (commitment := commitment_of(entry))}
    commitments = Commitment.objects.as_of(day).filter(reference__in=references)
    return {commitment.reference: verdict_of(commitment, timeless=True).text for commitment in commitments}


def what_happened(update: Update, moved: StatusChange, commitment: Commitment) -> str:
    """What an update says first: its date, and the status that it reports or what else it is; else nothing."""
    if not update.date:
        return ""
    if not update.status:
        return with_label(update.date.label, EntryKind(update.kind).label)
    words = [" → ".join(filter(None, (moved.before, moved.after)))]
    if update.stop_reason:
        words[0] = join_sentences([words[0], bracket_html(StopReason(update.stop_reason).label)])
    if update.achieved is not None:
        words.append(quantity(update.achieved, commitment))
    return mark_safe(with_label(update.date.label, " · ".join(words)))  # noqa: S308  (labels of ours, and escaped)


def evidence_line(commitment: Commitment | None, piece: Evidence) -> SafeString:
    """A page that an entry rests on: its title, who published it and when, what it is, and its address."""
    title, publisher = (localize_record_text(commitment, text).marked for text in (piece.title, piece.publisher))
    dated = piece.date.label if piece.date else _("undated")
    labels = {"relation": Relation(piece.relation).label, "source": Source(piece.source).label}
    form = with_label(join_parts(['<a href="{}">{}</a>', "{}", "{}{}"]), "{}")
    line = format_html(form, piece.url, title, publisher, dated, _(" (%(relation)s; %(source)s)") % labels, piece.url)
    if not piece.archived_url:
        return line
    form = join_clauses(["{}", '<a href="{}">{}</a>'])
    return format_html(form, line, piece.archived_url, _("archived copy"))


def quotes(commitment: Commitment) -> dict[str, str]:
    """A commitment's quote, and how it is said in the language of the moment where it is translated."""
    translated = localize(commitment, "quote")
    words = quote_html(with_ellipses(translated.text, commitment.quote))
    is_translated = translated.language != RECORD_LANGUAGE
    return {
        "quote": with_ellipses(commitment.quote),
        "translation": format_html(with_label("{}", "{}"), _("Our translation"), words) if is_translated else "",
    }


def event_summary(context: dict[str, Any]) -> str:
    """What an entry says, in a few words: "in progress", "check", "correction: title"."""
    entry: LedgerEntry = context["entry"]
    words = context["moved"].after or str(EntryKind(entry.kind).label)
    changes = context["changes"]
    if changes or (entry.kind == EntryKind.ENTITY and changes is not None):
        words = with_label(words, join_list(change.field for change in changes))
    if entry.target_id:
        words = _("%(what)s of entry %(number)s") % {"what": words, "number": entry.target_id}
    return _("%(what)s (retracted)") % {"what": words} if context["retraction"] else words


def entry_anchor(entry: LedgerEntry) -> str:
    """Where on the commitment's page the entry stands: a retraction or redaction with what it is about."""
    while entry.target:
        entry = entry.target
    return f"entry-{entry.sequence}"
