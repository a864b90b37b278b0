"""The tables of the record that can be taken away whole: what is in each, and how they hang together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments import choices
from commitments.filters import CommitmentFilter
from commitments.models import Area, Evidence, Organisation, Ownership, Partnership, Release, Translation, Update
from commitments.reports.columns import (
    COLUMNS,
    FURTHER,
    NAMED,
    Column,
    Context,
    Type,
    as_text,
    number,
    organisations,
    time,
)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table. `key`: the columns that name a row, and settle its place. `refers`: column to table and column.

    `found` gives its public rows for a question that was put to the list: those that have to do with the
    commitments that it finds, as of its day, in the order of the key.
    """

    name: str
    title: str | Promise
    description: str | Promise
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    found: Callable[[CommitmentFilter], QuerySet[Any]]
    refers: dict[str, tuple[str, str]] = field(default_factory=dict)


def _slugs(_context: Context, text: str | None) -> list[str]:
    return sorted(text.split(",")) if text else []


def _entry_address(context: Context, reference: str, entry: int) -> str:
    return f"{context.address('commitment', reference)}#entry-{entry}"


def _page(name: str) -> Column:
    return Column(
        "url",
        _("Page"),
        Type.ADDRESS,
        _("Its page here."),
        ("slug",),
        lambda context, slug: context.address(name, slug),
        filled=True,
    )


def commitments(asked: CommitmentFilter) -> QuerySet[Any]:
    """What the list shows."""
    found: QuerySet[Any] = asked.qs
    return found


def updates(asked: CommitmentFilter) -> QuerySet[Any]:
    """What was recorded of the commitments by the day, as their pages show it: what was retracted, too."""
    found = Update.objects.filter(commitment__in=asked.qs.order_by().values("pk"), effective_on__lte=asked.day)
    return found.order_by("pk")


def evidence(asked: CommitmentFilter) -> QuerySet[Any]:
    """What these updates rest on."""
    return Evidence.objects.filter(update__in=updates(asked).order_by().values("pk")).order_by("update_id", "position")


def bodies(asked: CommitmentFilter) -> QuerySet[Any]:
    """Owners and partners; without a filter, parties to agreements too."""
    public = Organisation.objects.public(asked.day).order_by("slug")
    if not asked.narrows:
        return public
    found = asked.qs.order_by().values("pk")
    parts = [
        Exists(model.objects.filter(organisation=OuterRef("pk"), commitment__in=found))
        for model in (Ownership, Partnership)
    ]
    return public.filter(Q(parts[0]) | Q(parts[1]))


def areas(asked: CommitmentFilter) -> QuerySet[Any]:
    """Where they stand."""
    public = Area.objects.public(asked.day).order_by("slug")
    return public.filter(pk__in=asked.qs.order_by().values("area")) if asked.narrows else public


def releases(asked: CommitmentFilter) -> QuerySet[Any]:
    """Where they were announced."""
    public = Release.objects.filter(issued_on__lte=asked.day).order_by("slug")
    return public.filter(pk__in=asked.qs.order_by().values("release")) if asked.narrows else public


def translations(asked: CommitmentFilter) -> QuerySet[Any]:
    """How the texts of their record are said in Chinese, as it is today."""
    standing = Translation.objects.standing()
    return standing.filter(commitment__in=asked.qs.order_by().values("pk")).order_by("pk")


SLUGS = (
    Column(
        "owner_slugs",
        _("Owners’ slugs"),
        Type.TEXTS,
        _("The same owners, as the table of organisations names them."),
        (organisations(Ownership, "organisation__slug"),),
        _slugs,
    ),
    Column(
        "partner_slugs",
        _("Partners’ slugs"),
        Type.TEXTS,
        _("The same partners, as the table of organisations names them."),
        (organisations(Partnership, "organisation__slug"),),
        _slugs,
    ),
)
UPDATES = (
    Column("entry", _("Entry"), Type.WHOLE, _("Its entry in the ledger."), ("pk",), filled=True),
    Column(
        "reference",
        _("Reference"),
        Type.CODE,
        _("The commitment that it is about."),
        ("commitment__reference",),
        filled=True,
    ),
    Column(
        "kind", _("Kind"), Type.CODE, _("Report, context or check."), ("kind",), choices=choices.EntryKind, filled=True
    ),
    Column(
        "date",
        _("Date"),
        Type.PARTIAL_DATE,
        _("When it happened; for a check the day on which somebody looked."),
        (as_text("date"),),
    ),
    Column(
        "counts_from",
        _("Counts from"),
        Type.DAY,
        _("The day from which it counts: the last day of its date, or the day of its recording if that is earlier."),
        (as_text("effective_on"),),
        filled=True,
    ),
    Column("status", _("Status"), Type.CODE, _("Of a report: the status."), ("status",), choices=choices.Status),
    Column(
        "stop_reason",
        _("Reason for stopping"),
        Type.CODE,
        _("Why it was stopped; empty otherwise."),
        ("stop_reason",),
        choices=choices.StopReason,
    ),
    Column(
        "basis",
        _("Rests on"),
        Type.CODE,
        _("Of a report: evidence, or the release’s own statement."),
        ("basis",),
        choices=choices.ReportBasis,
    ),
    Column("achieved", _("Achieved"), Type.NUMBER, _("The quantity reported."), (as_text("achieved"),), number),
    Column(
        "deadline",
        _("Revised deadline"),
        Type.PARTIAL_DATE,
        _("Where a new one was announced."),
        (as_text("deadline"),),
    ),
    Column(
        "deadline_reason",
        _("Reason for the new deadline"),
        Type.TEXT,
        _("The reason given for it."),
        ("deadline_reason",),
        spoken="commitment__translated",
    ),
    Column("note", _("Note"), Type.TEXT, _("What happened, in our words."), ("note",), spoken="commitment__translated"),
    Column(
        "searched",
        _("Searched"),
        Type.TEXT,
        _("Of a check: where somebody looked."),
        ("searched",),
        spoken="commitment__translated",
    ),
    Column(
        "reply_of",
        _("Reply of"),
        Type.CODE,
        _("Slug of the owner or partner whose words the note gives."),
        ("reply_of_id",),
    ),
    Column(
        "recorded_at", _("Recorded at"), Type.TIME, _("When it was recorded, UTC."), ("recorded_at",), time, filled=True
    ),
    Column(
        "role",
        _("Role"),
        Type.CODE,
        _("The role in which it was recorded."),
        ("role",),
        choices=choices.Role,
        filled=True,
    ),
    Column(
        "organisation",
        _("Organisation"),
        Type.CODE,
        _("Slug of the organisation for which it was recorded."),
        ("organisation",),
    ),
    Column(
        "retracted_by",
        _("Retracted by"),
        Type.WHOLE,
        _("The entry that retracts it: then it counts nowhere."),
        ("retracted_by_id",),
    ),
    Column(
        "redacted_by",
        _("Redacted by"),
        Type.WHOLE,
        _("The entry that says which text was removed, and why."),
        ("redacted_by_id",),
    ),
    Column(
        "url",
        _("Page"),
        Type.ADDRESS,
        _("Its place on the commitment’s page."),
        ("commitment__reference", "pk"),
        _entry_address,
        filled=True,
    ),
)
EVIDENCE = (
    Column("entry", _("Entry"), Type.WHOLE, _("The update’s entry in the ledger."), ("update_id",), filled=True),
    Column(
        "position",
        _("Position"),
        Type.WHOLE,
        _("Its place among the evidence of that update, from 1."),
        ("position",),
        filled=True,
    ),
    Column(
        "reference",
        _("Reference"),
        Type.CODE,
        _("The commitment that it is about."),
        ("update__commitment__reference",),
        filled=True,
    ),
    Column(
        "title", _("Title"), Type.TEXT, _("Title of the page."), ("title",), spoken="update__commitment__translated"
    ),
    Column(
        "publisher",
        _("Publisher"),
        Type.TEXT,
        _("Who published it."),
        ("publisher",),
        spoken="update__commitment__translated",
    ),
    Column("url", _("Address"), Type.ADDRESS, _("Its address."), ("url",)),
    Column("date", _("Date"), Type.PARTIAL_DATE, _("Its date; empty where it is undated."), (as_text("date"),)),
    Column("archived_url", _("Archived copy"), Type.ADDRESS, _("Address of an archived copy."), ("archived_url",)),
    Column(
        "relation",
        _("Relation"),
        Type.CODE,
        _("What it has to do with the pledge. Only “direct” moves a status."),
        ("relation",),
        choices=choices.Relation,
        filled=True,
    ),
    Column("source", _("Source"), Type.CODE, _("Who is speaking."), ("source",), choices=choices.Source, filled=True),
)
ORGANISATIONS = (
    Column(
        "slug",
        _("Slug"),
        Type.CODE,
        _("Its identity: lower-case letters, digits and hyphens. Never changes."),
        ("slug",),
        filled=True,
    ),
    Column("name", _("Name"), Type.TEXT, _("Its full name, which no other has."), ("name",), filled=True, spoken=NAMED),
    Column("short_name", _("Short name"), Type.TEXT, _("For tables."), ("short_name",), spoken=NAMED),
    Column(
        "kind",
        _("Kind"),
        Type.CODE,
        _("What sort of body it is."),
        ("kind",),
        choices=choices.OrganisationKind,
        filled=True,
    ),
    Column(
        "side",
        _("Side"),
        Type.CODE,
        _("Which side of the table it sits on."),
        ("side",),
        choices=choices.Side,
        filled=True,
    ),
    Column("site", _("Site"), Type.ADDRESS, _("Address of its own site."), ("site",)),
    Column("note", _("Note"), Type.TEXT, _("For readers."), ("note",), spoken=NAMED),
)
AREAS = (
    Column("slug", _("Slug"), Type.CODE, _("Its identity. Never changes."), ("slug",), filled=True),
    Column("name", _("Name"), Type.TEXT, _("Its name."), ("name",), filled=True, spoken=NAMED),
    Column("position", _("Position"), Type.WHOLE, _("Its place in lists of areas."), ("position",), filled=True),
)
RELEASES = (
    Column("slug", _("Slug"), Type.CODE, _("Its identity. Never changes."), ("slug",), filled=True),
    Column("title", _("Title"), Type.TEXT, _("Its title."), ("title",), filled=True, spoken=NAMED),
    Column(
        "issued_on",
        _("Issued on"),
        Type.DAY,
        _("The day on which it was published."),
        (as_text("issued_on"),),
        filled=True,
    ),
    Column("publisher", _("Publisher"), Type.TEXT, _("Who published it."), ("publisher",), filled=True, spoken=NAMED),
    Column("place", _("Place"), Type.TEXT, _("Where it was announced."), ("place",), spoken=NAMED),
    Column("language", _("Language"), Type.CODE, _("Language of its text, as a code."), ("language",), filled=True),
    Column("source_url", _("Address of the text"), Type.ADDRESS, _("Where its text stands."), ("url",)),
    Column("note", _("Note"), Type.TEXT, _("For readers."), ("note",), spoken=NAMED),
    Column(
        "agreements_stated",
        _("Agreements stated"),
        Type.WHOLE,
        _("How many agreements it says were signed."),
        ("agreements_stated",),
    ),
    Column(
        "agreements_note",
        _("Note on the agreements"),
        Type.TEXT,
        _("What is known of them."),
        ("agreements_note",),
        spoken=NAMED,
    ),
)
TRANSLATIONS = (
    Column(
        "translation",
        _("Translation"),
        Type.WHOLE,
        _("Its number. A text that is translated anew has a new one."),
        ("pk",),
        filled=True,
    ),
    Column(
        "reference",
        _("Reference"),
        Type.CODE,
        _("The commitment of whose record the text is a part."),
        ("commitment__reference",),
        filled=True,
    ),
    Column(
        "language",
        _("Language"),
        Type.CODE,
        _("The language of the translation: zh-hant (Traditional Chinese) or zh-hans (Simplified Chinese)."),
        ("language",),
        filled=True,
    ),
    Column("source", _("Text on record"), Type.TEXT, _("The text that is translated."), ("source",), filled=True),
    Column("text", _("Text"), Type.TEXT, _("The translation."), ("text",), filled=True),
)
DATASETS = {
    one.name: one
    for one in (
        Dataset(
            "commitments",
            _("Commitments"),
            _("Every pledge as it stands on the day, with all that is public of it."),
            (*COLUMNS, *FURTHER, *SLUGS),
            ("reference",),
            commitments,
            {
                "release": ("releases", "slug"),
                "area": ("areas", "slug"),
                "part_of": ("commitments", "reference"),
            },
        ),
        Dataset(
            "updates",
            _("Updates"),
            _("Every report, context and check, with what was retracted."),
            UPDATES,
            ("entry",),
            updates,
            {"reference": ("commitments", "reference"), "reply_of": ("organisations", "slug")},
        ),
        Dataset(
            "evidence",
            _("Evidence"),
            _("The pages that the updates rest on."),
            EVIDENCE,
            ("entry", "position"),
            evidence,
            {"entry": ("updates", "entry"), "reference": ("commitments", "reference")},
        ),
        Dataset(
            "organisations",
            _("Organisations"),
            _("Owners, partners and parties to agreements."),
            (*ORGANISATIONS, _page("organisation")),
            ("slug",),
            bodies,
        ),
        Dataset(
            "areas",
            _("Areas"),
            _("The headings under which pledges stand."),
            (*AREAS, _page("area")),
            ("slug",),
            areas,
        ),
        Dataset(
            "releases",
            _("Releases"),
            _("The documents in which the pledges were made."),
            (*RELEASES, _page("release")),
            ("slug",),
            releases,
        ),
        Dataset(
            "translations",
            _("Translations"),
            _("The texts on record in Chinese, as they are translated today."),
            TRANSLATIONS,
            ("translation",),
            translations,
            {"reference": ("commitments", "reference")},
        ),
    )
}
