"""The columns of the other tables that can be taken away whole."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from commitments.domain import choices
from commitments.exports.columns import (
    BESIDE_SOURCE,
    Column,
    ColumnType,
    RowContext,
    read_codes,
    read_lines,
    read_number,
    read_time,
)
from commitments.models import Ownership, Partnership
from commitments.query.expressions import as_text, joined_organisations


def _entry_address(context: RowContext, reference: str, entry: int) -> str:
    return f"{context.address('commitment', reference)}#entry-{entry}"


def page_column(name: str) -> Column:
    """The address of the row's own page here; `name`: the page's name in `urls.py`, which takes the slug."""
    return Column(
        "url",
        _("Page"),
        ColumnType.ADDRESS,
        _("Its page here."),
        sources=("slug",),
        read=lambda context, slug: context.address(name, slug),
        required=True,
    )


SLUG_COLUMNS = (
    Column(
        "owner_slugs",
        _("Owners’ slugs"),
        ColumnType.TEXTS,
        _("The same owners, as the table of organisations names them."),
        sources=(joined_organisations(Ownership, "organisation__slug"),),
        read=read_codes,
    ),
    Column(
        "partner_slugs",
        _("Partners’ slugs"),
        ColumnType.TEXTS,
        _("The same partners, as the table of organisations names them."),
        sources=(joined_organisations(Partnership, "organisation__slug"),),
        read=read_codes,
    ),
)

UPDATE_COLUMNS = (
    Column("entry", _("Entry"), ColumnType.WHOLE, _("Its entry in the ledger."), sources=("pk",), required=True),
    Column(
        "reference",
        _("Reference"),
        ColumnType.CODE,
        _("The commitment that it is about."),
        sources=("commitment__reference",),
        required=True,
    ),
    Column(
        "kind", _("Kind"), ColumnType.CODE, _("Report, context or check."), choices=choices.EntryKind, required=True
    ),
    Column(
        "date",
        _("Date"),
        ColumnType.PARTIAL_DATE,
        _("When it happened; for a check the day on which somebody looked."),
        sources=(as_text("date"),),
    ),
    Column(
        "counts_from",
        _("Counts from"),
        ColumnType.DAY,
        _("The day from which it counts: the last day of its date, or the day of its recording if that is earlier."),
        sources=(as_text("effective_on"),),
        required=True,
    ),
    Column("status", _("Status"), ColumnType.CODE, _("Of a report: the status."), choices=choices.Status),
    Column(
        "stop_reason",
        _("Reason for stopping"),
        ColumnType.CODE,
        _("Why it was stopped; empty otherwise."),
        choices=choices.StopReason,
    ),
    Column(
        "basis",
        _("Rests on"),
        ColumnType.CODE,
        _("Of a report: evidence, or the release’s own statement."),
        choices=choices.ReportBasis,
    ),
    Column(
        "achieved",
        _("Achieved"),
        ColumnType.NUMBER,
        _("The quantity reported."),
        sources=(as_text("achieved"),),
        read=read_number,
    ),
    Column(
        "deadline",
        _("Revised deadline"),
        ColumnType.PARTIAL_DATE,
        _("Where a new one was announced."),
        sources=(as_text("deadline"),),
    ),
    Column(
        "deadline_reason",
        _("Reason for the new deadline"),
        ColumnType.TEXT,
        _("The reason given for it."),
        translated_from="commitment__translated",
    ),
    Column(
        "note", _("Note"), ColumnType.TEXT, _("What happened, in our words."), translated_from="commitment__translated"
    ),
    Column(
        "searched",
        _("Searched"),
        ColumnType.TEXT,
        _("Of a check: where somebody looked."),
        translated_from="commitment__translated",
    ),
    Column(
        "reply_of",
        _("Reply of"),
        ColumnType.CODE,
        _("Slug of the owner or partner whose words the note gives."),
        sources=("reply_of_id",),
    ),
    Column(
        "recorded_at", _("Recorded at"), ColumnType.TIME, _("When it was recorded, UTC."), read=read_time, required=True
    ),
    Column(
        "role", _("Role"), ColumnType.CODE, _("The role in which it was recorded."), choices=choices.Role, required=True
    ),
    Column(
        "organisation", _("Organisation"), ColumnType.CODE, _("Slug of the organisation for which it was recorded.")
    ),
    Column(
        "retracted_by",
        _("Retracted by"),
        ColumnType.WHOLE,
        _("The entry that retracts it: then it counts nowhere."),
        sources=("retracted_by_id",),
    ),
    Column(
        "redacted_by",
        _("Redacted by"),
        ColumnType.WHOLE,
        _("The entry that says which text was removed, and why."),
        sources=("redacted_by_id",),
    ),
    Column(
        "url",
        _("Page"),
        ColumnType.ADDRESS,
        _("Its place on the commitment’s page."),
        sources=("commitment__reference", "pk"),
        read=_entry_address,
        required=True,
    ),
)

EVIDENCE_COLUMNS = (
    Column(
        "entry",
        _("Entry"),
        ColumnType.WHOLE,
        _("The update’s entry in the ledger."),
        sources=("update_id",),
        required=True,
    ),
    Column(
        "position",
        _("Position"),
        ColumnType.WHOLE,
        _("Its place among the evidence of that update, from 1."),
        required=True,
    ),
    Column(
        "reference",
        _("Reference"),
        ColumnType.CODE,
        _("The commitment that it is about."),
        sources=("update__commitment__reference",),
        required=True,
    ),
    Column(
        "title", _("Title"), ColumnType.TEXT, _("Title of the page."), translated_from="update__commitment__translated"
    ),
    Column(
        "publisher",
        _("Publisher"),
        ColumnType.TEXT,
        _("Who published it."),
        translated_from="update__commitment__translated",
    ),
    Column("url", _("Address"), ColumnType.ADDRESS, _("Its address.")),
    Column(
        "date",
        _("Date"),
        ColumnType.PARTIAL_DATE,
        _("Its date; empty where it is undated."),
        sources=(as_text("date"),),
    ),
    Column("archived_url", _("Archived copy"), ColumnType.ADDRESS, _("Address of an archived copy.")),
    Column(
        "relation",
        _("Relation"),
        ColumnType.CODE,
        _("What it has to do with the pledge. Only “direct” moves a status."),
        choices=choices.Relation,
        required=True,
    ),
    Column("source", _("Source"), ColumnType.CODE, _("Who is speaking."), choices=choices.Source, required=True),
    Column(
        "copy",
        _("Copy"),
        ColumnType.CODE,
        _("Whether it is a reprint or a mirror of another’s text; empty where it is neither."),
        choices=choices.Copy,
    ),
)

ORGANISATION_COLUMNS = (
    Column(
        "slug",
        _("Slug"),
        ColumnType.CODE,
        _("Its identity: lower-case letters, digits and hyphens. Never changes."),
        required=True,
    ),
    Column(
        "name",
        _("Name"),
        ColumnType.TEXT,
        _("Its full name, which no other has."),
        required=True,
        translated_from=BESIDE_SOURCE,
    ),
    Column("short_name", _("Short name"), ColumnType.TEXT, _("For tables."), translated_from=BESIDE_SOURCE),
    Column(
        "kind",
        _("Kind"),
        ColumnType.CODE,
        _("What sort of body it is."),
        choices=choices.OrganisationKind,
        required=True,
    ),
    Column(
        "side",
        _("Side"),
        ColumnType.CODE,
        _("Which side of the table it sits on."),
        choices=choices.Side,
        required=True,
    ),
    Column("site", _("Site"), ColumnType.ADDRESS, _("Address of its own site.")),
    Column("note", _("Note"), ColumnType.TEXT, _("For readers."), translated_from=BESIDE_SOURCE),
)

AREA_COLUMNS = (
    Column("slug", _("Slug"), ColumnType.CODE, _("Its identity. Never changes."), required=True),
    Column("name", _("Name"), ColumnType.TEXT, _("Its name."), required=True, translated_from=BESIDE_SOURCE),
    Column("position", _("Position"), ColumnType.WHOLE, _("Its place in lists of areas."), required=True),
)

RELEASE_COLUMNS = (
    Column("slug", _("Slug"), ColumnType.CODE, _("Its identity. Never changes."), required=True),
    Column("title", _("Title"), ColumnType.TEXT, _("Its title."), required=True, translated_from=BESIDE_SOURCE),
    Column(
        "issued_on",
        _("Issued on"),
        ColumnType.DAY,
        _("The day on which it was published."),
        sources=(as_text("issued_on"),),
        required=True,
    ),
    Column(
        "publisher",
        _("Publisher"),
        ColumnType.TEXT,
        _("Who published it."),
        required=True,
        translated_from=BESIDE_SOURCE,
    ),
    Column("place", _("Place"), ColumnType.TEXT, _("Where it was announced."), translated_from=BESIDE_SOURCE),
    Column("language", _("Language"), ColumnType.CODE, _("Language of its text, as a code."), required=True),
    Column("source_url", _("Address of the text"), ColumnType.ADDRESS, _("Where its text stands."), sources=("url",)),
    Column("note", _("Note"), ColumnType.TEXT, _("For readers."), translated_from=BESIDE_SOURCE),
    Column(
        "agreements_stated", _("Agreements stated"), ColumnType.WHOLE, _("How many agreements it says were signed.")
    ),
    Column(
        "agreements_note",
        _("Note on the agreements"),
        ColumnType.TEXT,
        _("What is known of them."),
        translated_from=BESIDE_SOURCE,
    ),
)

NEWS_SOURCE_COLUMNS = (
    Column("slug", _("Slug"), ColumnType.CODE, _("Its identity. Never changes."), required=True),
    Column(
        "name",
        _("Name"),
        ColumnType.TEXT,
        _("What the publisher is called, which no other is."),
        required=True,
        translated_from=BESIDE_SOURCE,
    ),
    Column(
        "source",
        _("Source"),
        ColumnType.CODE,
        _("The class that its word belongs to."),
        choices=choices.Source,
        required=True,
    ),
    Column(
        "why",
        _("Why"),
        ColumnType.TEXT,
        _("Why it belongs to that class."),
        required=True,
        translated_from=BESIDE_SOURCE,
    ),
)

TRANSLATION_COLUMNS = (
    Column(
        "translation",
        _("Translation"),
        ColumnType.WHOLE,
        _("Its number. A text that is translated anew has a new one."),
        sources=("pk",),
        required=True,
    ),
    Column(
        "reference",
        _("Reference"),
        ColumnType.CODE,
        _("The commitment of whose record the text is a part."),
        sources=("commitment__reference",),
        required=True,
    ),
    Column(
        "language",
        _("Language"),
        ColumnType.CODE,
        _("The language of the translation: zh-hant (Traditional Chinese) or zh-hans (Simplified Chinese)."),
        required=True,
    ),
    Column("source", _("Text on record"), ColumnType.TEXT, _("The text that is translated."), required=True),
    Column("text", _("Text"), ColumnType.TEXT, _("The translation."), required=True),
)

# Added since: they stand at the end of their tables.
ALIASES_COLUMN = Column(
    "aliases",
    _("Other names"),
    ColumnType.TEXTS,
    _("What releases and reports call it, too."),
    read=read_lines,
    translated_from=BESIDE_SOURCE,
)
KNOWN_THROUGH_COLUMN = Column(
    "known_through",
    _("Known through"),
    ColumnType.TEXT,
    _("What it is known from, where its text itself could not be had."),
    translated_from=BESIDE_SOURCE,
)
