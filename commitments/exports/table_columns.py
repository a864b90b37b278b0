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
        ("slug",),
        lambda context, slug: context.address(name, slug),
        required=True,
    )


SLUG_COLUMNS = (
    Column(
        "owner_slugs",
        _("Owners’ slugs"),
        ColumnType.TEXTS,
        _("The same owners, as the table of organisations names them."),
        (joined_organisations(Ownership, "organisation__slug"),),
        read_codes,
    ),
    Column(
        "partner_slugs",
        _("Partners’ slugs"),
        ColumnType.TEXTS,
        _("The same partners, as the table of organisations names them."),
        (joined_organisations(Partnership, "organisation__slug"),),
        read_codes,
    ),
)

UPDATE_COLUMNS = (
    Column("entry", _("Entry"), ColumnType.WHOLE, _("Its entry in the ledger."), ("pk",), required=True),
    Column(
        "reference",
        _("Reference"),
        ColumnType.CODE,
        _("The commitment that it is about."),
        ("commitment__reference",),
        required=True,
    ),
    Column(
        "kind",
        _("Kind"),
        ColumnType.CODE,
        _("Report, context or check."),
        ("kind",),
        choices=choices.EntryKind,
        required=True,
    ),
    Column(
        "date",
        _("Date"),
        ColumnType.PARTIAL_DATE,
        _("When it happened; for a check the day on which somebody looked."),
        (as_text("date"),),
    ),
    Column(
        "counts_from",
        _("Counts from"),
        ColumnType.DAY,
        _("The day from which it counts: the last day of its date, or the day of its recording if that is earlier."),
        (as_text("effective_on"),),
        required=True,
    ),
    Column("status", _("Status"), ColumnType.CODE, _("Of a report: the status."), ("status",), choices=choices.Status),
    Column(
        "stop_reason",
        _("Reason for stopping"),
        ColumnType.CODE,
        _("Why it was stopped; empty otherwise."),
        ("stop_reason",),
        choices=choices.StopReason,
    ),
    Column(
        "basis",
        _("Rests on"),
        ColumnType.CODE,
        _("Of a report: evidence, or the release’s own statement."),
        ("basis",),
        choices=choices.ReportBasis,
    ),
    Column(
        "achieved", _("Achieved"), ColumnType.NUMBER, _("The quantity reported."), (as_text("achieved"),), read_number
    ),
    Column(
        "deadline",
        _("Revised deadline"),
        ColumnType.PARTIAL_DATE,
        _("Where a new one was announced."),
        (as_text("deadline"),),
    ),
    Column(
        "deadline_reason",
        _("Reason for the new deadline"),
        ColumnType.TEXT,
        _("The reason given for it."),
        ("deadline_reason",),
        translated_from="commitment__translated",
    ),
    Column(
        "note",
        _("Note"),
        ColumnType.TEXT,
        _("What happened, in our words."),
        ("note",),
        translated_from="commitment__translated",
    ),
    Column(
        "searched",
        _("Searched"),
        ColumnType.TEXT,
        _("Of a check: where somebody looked."),
        ("searched",),
        translated_from="commitment__translated",
    ),
    Column(
        "reply_of",
        _("Reply of"),
        ColumnType.CODE,
        _("Slug of the owner or partner whose words the note gives."),
        ("reply_of_id",),
    ),
    Column(
        "recorded_at",
        _("Recorded at"),
        ColumnType.TIME,
        _("When it was recorded, UTC."),
        ("recorded_at",),
        read_time,
        required=True,
    ),
    Column(
        "role",
        _("Role"),
        ColumnType.CODE,
        _("The role in which it was recorded."),
        ("role",),
        choices=choices.Role,
        required=True,
    ),
    Column(
        "organisation",
        _("Organisation"),
        ColumnType.CODE,
        _("Slug of the organisation for which it was recorded."),
        ("organisation",),
    ),
    Column(
        "retracted_by",
        _("Retracted by"),
        ColumnType.WHOLE,
        _("The entry that retracts it: then it counts nowhere."),
        ("retracted_by_id",),
    ),
    Column(
        "redacted_by",
        _("Redacted by"),
        ColumnType.WHOLE,
        _("The entry that says which text was removed, and why."),
        ("redacted_by_id",),
    ),
    Column(
        "url",
        _("Page"),
        ColumnType.ADDRESS,
        _("Its place on the commitment’s page."),
        ("commitment__reference", "pk"),
        _entry_address,
        required=True,
    ),
)

EVIDENCE_COLUMNS = (
    Column(
        "entry", _("Entry"), ColumnType.WHOLE, _("The update’s entry in the ledger."), ("update_id",), required=True
    ),
    Column(
        "position",
        _("Position"),
        ColumnType.WHOLE,
        _("Its place among the evidence of that update, from 1."),
        ("position",),
        required=True,
    ),
    Column(
        "reference",
        _("Reference"),
        ColumnType.CODE,
        _("The commitment that it is about."),
        ("update__commitment__reference",),
        required=True,
    ),
    Column(
        "title",
        _("Title"),
        ColumnType.TEXT,
        _("Title of the page."),
        ("title",),
        translated_from="update__commitment__translated",
    ),
    Column(
        "publisher",
        _("Publisher"),
        ColumnType.TEXT,
        _("Who published it."),
        ("publisher",),
        translated_from="update__commitment__translated",
    ),
    Column("url", _("Address"), ColumnType.ADDRESS, _("Its address."), ("url",)),
    Column("date", _("Date"), ColumnType.PARTIAL_DATE, _("Its date; empty where it is undated."), (as_text("date"),)),
    Column(
        "archived_url", _("Archived copy"), ColumnType.ADDRESS, _("Address of an archived copy."), ("archived_url",)
    ),
    Column(
        "relation",
        _("Relation"),
        ColumnType.CODE,
        _("What it has to do with the pledge. Only “direct” moves a status."),
        ("relation",),
        choices=choices.Relation,
        required=True,
    ),
    Column(
        "source",
        _("Source"),
        ColumnType.CODE,
        _("Who is speaking."),
        ("source",),
        choices=choices.Source,
        required=True,
    ),
    Column(
        "copy",
        _("Copy"),
        ColumnType.CODE,
        _("Whether it is a reprint or a mirror of another’s text; empty where it is neither."),
        ("copy",),
        choices=choices.Copy,
    ),
)

ORGANISATION_COLUMNS = (
    Column(
        "slug",
        _("Slug"),
        ColumnType.CODE,
        _("Its identity: lower-case letters, digits and hyphens. Never changes."),
        ("slug",),
        required=True,
    ),
    Column(
        "name",
        _("Name"),
        ColumnType.TEXT,
        _("Its full name, which no other has."),
        ("name",),
        required=True,
        translated_from=BESIDE_SOURCE,
    ),
    Column(
        "short_name", _("Short name"), ColumnType.TEXT, _("For tables."), ("short_name",), translated_from=BESIDE_SOURCE
    ),
    Column(
        "kind",
        _("Kind"),
        ColumnType.CODE,
        _("What sort of body it is."),
        ("kind",),
        choices=choices.OrganisationKind,
        required=True,
    ),
    Column(
        "side",
        _("Side"),
        ColumnType.CODE,
        _("Which side of the table it sits on."),
        ("side",),
        choices=choices.Side,
        required=True,
    ),
    Column("site", _("Site"), ColumnType.ADDRESS, _("Address of its own site."), ("site",)),
    Column("note", _("Note"), ColumnType.TEXT, _("For readers."), ("note",), translated_from=BESIDE_SOURCE),
)

AREA_COLUMNS = (
    Column("slug", _("Slug"), ColumnType.CODE, _("Its identity. Never changes."), ("slug",), required=True),
    Column("name", _("Name"), ColumnType.TEXT, _("Its name."), ("name",), required=True, translated_from=BESIDE_SOURCE),
    Column(
        "position", _("Position"), ColumnType.WHOLE, _("Its place in lists of areas."), ("position",), required=True
    ),
)

RELEASE_COLUMNS = (
    Column("slug", _("Slug"), ColumnType.CODE, _("Its identity. Never changes."), ("slug",), required=True),
    Column(
        "title", _("Title"), ColumnType.TEXT, _("Its title."), ("title",), required=True, translated_from=BESIDE_SOURCE
    ),
    Column(
        "issued_on",
        _("Issued on"),
        ColumnType.DAY,
        _("The day on which it was published."),
        (as_text("issued_on"),),
        required=True,
    ),
    Column(
        "publisher",
        _("Publisher"),
        ColumnType.TEXT,
        _("Who published it."),
        ("publisher",),
        required=True,
        translated_from=BESIDE_SOURCE,
    ),
    Column(
        "place", _("Place"), ColumnType.TEXT, _("Where it was announced."), ("place",), translated_from=BESIDE_SOURCE
    ),
    Column(
        "language", _("Language"), ColumnType.CODE, _("Language of its text, as a code."), ("language",), required=True
    ),
    Column("source_url", _("Address of the text"), ColumnType.ADDRESS, _("Where its text stands."), ("url",)),
    Column("note", _("Note"), ColumnType.TEXT, _("For readers."), ("note",), translated_from=BESIDE_SOURCE),
    Column(
        "agreements_stated",
        _("Agreements stated"),
        ColumnType.WHOLE,
        _("How many agreements it says were signed."),
        ("agreements_stated",),
    ),
    Column(
        "agreements_note",
        _("Note on the agreements"),
        ColumnType.TEXT,
        _("What is known of them."),
        ("agreements_note",),
        translated_from=BESIDE_SOURCE,
    ),
)

NEWS_SOURCE_COLUMNS = (
    Column("slug", _("Slug"), ColumnType.CODE, _("Its identity. Never changes."), ("slug",), required=True),
    Column(
        "name",
        _("Name"),
        ColumnType.TEXT,
        _("What the publisher is called, which no other is."),
        ("name",),
        required=True,
        translated_from=BESIDE_SOURCE,
    ),
    Column(
        "source",
        _("Source"),
        ColumnType.CODE,
        _("The class that its word belongs to."),
        ("source",),
        choices=choices.Source,
        required=True,
    ),
    Column(
        "why",
        _("Why"),
        ColumnType.TEXT,
        _("Why it belongs to that class."),
        ("why",),
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
        ("pk",),
        required=True,
    ),
    Column(
        "reference",
        _("Reference"),
        ColumnType.CODE,
        _("The commitment of whose record the text is a part."),
        ("commitment__reference",),
        required=True,
    ),
    Column(
        "language",
        _("Language"),
        ColumnType.CODE,
        _("The language of the translation: zh-hant (Traditional Chinese) or zh-hans (Simplified Chinese)."),
        ("language",),
        required=True,
    ),
    Column(
        "source", _("Text on record"), ColumnType.TEXT, _("The text that is translated."), ("source",), required=True
    ),
    Column("text", _("Text"), ColumnType.TEXT, _("The translation."), ("text",), required=True),
)

# Added since: they stand at the end of their tables.
ALIASES_COLUMN = Column(
    "aliases",
    _("Other names"),
    ColumnType.TEXTS,
    _("What releases and reports call it, too."),
    ("aliases",),
    read_lines,
    translated_from=BESIDE_SOURCE,
)
KNOWN_THROUGH_COLUMN = Column(
    "known_through",
    _("Known through"),
    ColumnType.TEXT,
    _("What it is known from, where its text itself could not be had."),
    ("known_through",),
    translated_from=BESIDE_SOURCE,
)
