"""Atom feeds of the record: of what the list's filter finds, of one commitment, of one organisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commitments.choices import EntryKind, Status
from commitments.languages import HREFLANGS, RECORD, current, path_in
from commitments.models import Commitment, Evidence, LedgerEntry, Update
from commitments.public.record import corrections, entries_of, known_by, whole, with_changes
from commitments.public.subscriptions import (
    Asked,
    for_subscribers,
    identity,
    last_recorded,
    legal,
    of_commitment,
    of_organisation,
    of_the_list,
    one_line,
    titled,
)
from commitments.translations import named
from commitments.wording import labelled, listed

LATEST = 50  # entries in a feed


@for_subscribers
def updates(request: HttpRequest) -> HttpResponse:
    """What was recorded of the commitments that the list's filter finds."""
    asked = of_the_list(request)
    return atom(request, asked, asked.page if asked.title else asked.links.page("updates"))


@for_subscribers
def commitment(request: HttpRequest, reference: str) -> HttpResponse:
    """What was recorded of one commitment."""
    asked = of_commitment(request, reference)
    return atom(request, asked, asked.page)


@for_subscribers
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """What was recorded of the commitments that an organisation owns or takes part in."""
    asked = of_organisation(request, slug)
    return atom(request, asked, asked.page)


class Feed(Atom1Feed):
    """An Atom feed that never asks the clock when it was last updated: the same record is the same feed."""

    def add_root_elements(self, handler: Any) -> None:
        """In Chinese also with the addresses of the same feed in the other languages."""
        super().add_root_elements(handler)
        for language, address in self.feed["others"].items():
            link = {"rel": "alternate", "type": "application/atom+xml", "hreflang": language, "href": address}
            handler.addQuickElement("link", None, link)

    def latest_post_date(self) -> datetime:
        """The time of its latest entry; where it has none, that of the whole ledger's last."""
        latest: datetime = max([item["updateddate"] for item in self.items], default=self.feed["otherwise"])
        return latest


def atom(request: HttpRequest, asked: Asked, page: str) -> HttpResponse:
    """The latest entries about the commitments. `page`: where a reader finds the same."""
    feed = Feed(
        title=titled(asked, _("Public commitments: updates")),
        link=request.build_absolute_uri(page),
        description="",
        language=get_language(),
        author_name=one_line(settings.PUBLISHER or _("Public commitments")),
        feed_url=request.build_absolute_uri(request.path + asked.query),
        feed_guid=asked.name(request.path).urn,
        otherwise=last_recorded(),
        others=in_other_languages(request, asked),
    )
    for item in items(request, asked):
        feed.add_item(**item)
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def in_other_languages(request: HttpRequest, asked: Asked) -> dict[str, str]:
    """By what a link calls each language, the address of the same feed there; the record's own feed names no other."""
    if current() == RECORD:
        return {}
    others = [language for language in HREFLANGS if language != current()]
    return {
        HREFLANGS[language]: request.build_absolute_uri(path_in(language, request.path) + asked.query)
        for language in others
    }


def items(request: HttpRequest, asked: Asked) -> Iterator[dict[str, Any]]:
    """Each entry as the feed's generator takes it."""
    entries = latest(asked)
    before = statuses_before(entries, asked.day)
    later = {about.sequence: {one.kind: one for one in about.targeted_by.all()} for about in entries}
    retractions = [of[EntryKind.RETRACTION] for of in later.values() if EntryKind.RETRACTION in of]
    corrected = {one["entry"].sequence: one["changes"] for one in corrections([*entries, *retractions])}
    for entry in entries:
        about = about_commitment(entry)
        told = {
            "entry": entry,
            "commitment": about,
            "before": before.get(entry.sequence, ""),
            "changes": corrected.get(entry.sequence, []),
            "retraction": later[entry.sequence].get(EntryKind.RETRACTION),
            "redaction": later[entry.sequence].get(EntryKind.REDACTION),
        }
        yield {
            "title": one_line(labelled(named(about), happened(told))),
            "link": request.build_absolute_uri(f"{asked.links.page('commitment', about.reference)}#{anchor(entry)}"),
            "description": legal(render_to_string("commitments/feed_entry.html", told)),
            "pubdate": entry.recorded_at,
            "updateddate": max(one.recorded_at for one in (entry, told["retraction"], told["redaction"]) if one),
            "unique_id": identity(entry.digest).urn,
        }


def latest(asked: Asked) -> list[LedgerEntry]:
    """The latest entries about the commitments, with all that is told of them.

    All that is out, where nothing narrows it: to look each commitment up would tell the same, and read them all.
    """
    found = known_by(asked.day).filter(about_any(asked.found)) if asked.title else entries_of(asked.day)
    evidence = Prefetch("update__evidence", queryset=Evidence.objects.order_by("position"))
    entries = whole(found.values_list("pk", flat=True)[:LATEST])
    return list(entries.select_related("target__target__commitment").prefetch_related(evidence, "targeted_by"))


def about_any(commitments: QuerySet[Commitment]) -> Q:
    """Entries about one of them. A redaction belongs to none itself: it is about that of what it is aimed at."""
    found = commitments.order_by().values("reference")
    redactions = LedgerEntry.objects.filter(kind=EntryKind.REDACTION)
    removed = redactions.filter(Q(target__commitment__in=found) | Q(target__target__commitment__in=found))
    numbers = list(removed.values_list("pk", flat=True))
    return Q(commitment__in=found) | Q(pk__in=numbers) if numbers else Q(commitment__in=found)


def about_commitment(entry: LedgerEntry) -> Commitment:
    """The commitment that an entry is about, if only as the redaction of an entry about it."""
    if entry.commitment:
        return entry.commitment
    return about_commitment(entry.target)  # type: ignore[arg-type]  # only a redaction has no commitment, and it has a target


def statuses_before(entries: Sequence[LedgerEntry], day: date) -> dict[int, str]:
    """The status before each report that changed it, by the report's sequence."""
    mentioned = {entry.commitment_id for entry in entries if entry.kind == EntryKind.REPORT}
    reports = Update.objects.filter(
        kind=EntryKind.REPORT, effective_on__lte=day, commitment__reference__in=mentioned
    ).order_by("commitment", "-effective_on", "-entry")
    return {
        update.pk: before
        for _commitment, record in groupby(reports, key=lambda update: update.commitment_id)
        for update, before in with_changes(record)
    }


def happened(told: dict[str, Any]) -> str:
    """What an entry says, in a few words: "in progress", "check", "correction: title"."""
    entry: LedgerEntry = told["entry"]
    status = entry.update.status if hasattr(entry, "update") else ""
    words = str(Status(status).label if status else EntryKind(entry.kind).label)
    if told["changes"]:
        words = labelled(words, listed(str(change["field"]) for change in told["changes"]))
    if entry.target_id:
        words = _("%(what)s of entry %(number)s") % {"what": words, "number": entry.target_id}
    return _("%(what)s (retracted)") % {"what": words} if told["retraction"] else words


def anchor(entry: LedgerEntry) -> str:
    """Where on the commitment's page the entry stands: a retraction or redaction with what it is about."""
    while entry.target:
        entry = entry.target
    return f"entry-{entry.sequence}"
