"""The columns of the other tables that can be taken away whole."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import (
    Copy,
    EntryKind,
    OrganisationKind,
    Relation,
    ReportBasis,
    Role,
    Side,
    Source,
    Status,
    StopReason,
)
from commitments.exports.columns import (
    BESIDE_SOURCE,
    Column,
    RowContext,
    address,
    code,
    day,
    named_text,
    number,
    partial_date,
    read_codes,
    read_lines,
    text,
    texts,
    time,
    whole,
)
from commitments.models import Ownership, Partnership
from commitments.query.expressions import joined_organisations

update_text = partial(text, translated_from="commitment__translated")
evidence_text = partial(text, translated_from="update__commitment__translated")


def _entry_address(context: RowContext, reference: str, entry: int) -> str:
    return f"{context.address('commitment', reference)}#entry-{entry}"


def page_column(name: str) -> Column:
    """The address of the row's own page here; `name`: the page's name in `urls.py`, which takes the slug."""
    return address(
        "url",
        _("Page"),
        _("Its page here."),
        "slug",
        read=lambda context, slug: context.address(name, slug),
        required=True,
    )


SLUG_COLUMNS = (
    texts(
        "owner_slugs",
        _("Owners’ slugs"),
        _("The same owners, as the table of organisations names them."),
        joined_organisations(Ownership, "organisation__slug"),
        read=read_codes,
    ),
    texts(
        "partner_slugs",
        _("Partners’ slugs"),
        _("The same partners, as the table of organisations names them."),
        joined_organisations(Partnership, "organisation__slug"),
        read=read_codes,
    ),
)

UPDATE_COLUMNS = (
    whole("entry", _("Entry"), _("Its entry in the ledger."), "pk", required=True),
    code("reference", _("Reference"), _("The commitment that it is about."), "commitment__reference", required=True),
    code("kind", _("Kind"), _("Report, context or check."), choices=EntryKind, required=True),
    partial_date("date", _("Date"), _("When it happened; for a check the day on which somebody looked.")),
    day(
        "counts_from",
        _("Counts from"),
        _("The day from which it counts: the last day of its date, or the day of its recording if that is earlier."),
        "effective_on",
        required=True,
    ),
    code("status", _("Status"), _("Of a report: the status."), choices=Status),
    code("stop_reason", _("Reason for stopping"), _("Why it was stopped; empty otherwise."), choices=StopReason),
    code("basis", _("Rests on"), _("Of a report: evidence, or the release’s own statement."), choices=ReportBasis),
    number("achieved", _("Achieved"), _("The quantity reported.")),
    partial_date("deadline", _("Revised deadline"), _("Where a new one was announced.")),
    update_text("deadline_reason", _("Reason for the new deadline"), _("The reason given for it.")),
    update_text("note", _("Note"), _("What happened, in our words.")),
    update_text("searched", _("Searched"), _("Of a check: where somebody looked.")),
    code("reply_of", _("Reply of"), _("Slug of the owner or partner whose words the note gives."), "reply_of_id"),
    time("recorded_at", _("Recorded at"), _("When it was recorded, UTC."), required=True),
    code("role", _("Role"), _("The role in which it was recorded."), choices=Role, required=True),
    code("organisation", _("Organisation"), _("Slug of the organisation for which it was recorded.")),
    whole(
        "retracted_by", _("Retracted by"), _("The entry that retracts it: then it counts nowhere."), "retracted_by_id"
    ),
    whole("redacted_by", _("Redacted by"), _("The entry that says which text was removed, and why."), "redacted_by_id"),
    address(
        "url",
        _("Page"),
        _("Its place on the commitment’s page."),
        "commitment__reference",
        "pk",
        read=_entry_address,
        required=True,
    ),
)

EVIDENCE_COLUMNS = (
    whole("entry", _("Entry"), _("The update’s entry in the ledger."), "update_id", required=True),
    whole("position", _("Position"), _("Its place among the evidence of that update, from 1."), required=True),
    code(
        "reference",
        _("Reference"),
        _("The commitment that it is about."),
        "update__commitment__reference",
        required=True,
    ),
    evidence_text("title", _("Title"), _("Title of the page.")),
    evidence_text("publisher", _("Publisher"), _("Who published it.")),
    address("url", _("Address"), _("Its address.")),
    partial_date("date", _("Date"), _("Its date; empty where it is undated.")),
    address("archived_url", _("Archived copy"), _("Address of an archived copy.")),
    code(
        "relation",
        _("Relation"),
        _("What it has to do with the pledge. Only “direct” moves a status."),
        choices=Relation,
        required=True,
    ),
    code("source", _("Source"), _("Who is speaking."), choices=Source, required=True),
    code(
        "copy",
        _("Copy"),
        _("Whether it is a reprint or a mirror of another’s text; empty where it is neither."),
        choices=Copy,
    ),
)

ORGANISATION_COLUMNS = (
    code("slug", _("Slug"), _("Its identity: lower-case letters, digits and hyphens. Never changes."), required=True),
    named_text("name", _("Name"), _("Its full name, which no other has."), required=True),
    named_text("short_name", _("Short name"), _("For tables.")),
    code("kind", _("Kind"), _("What sort of body it is."), choices=OrganisationKind, required=True),
    code("side", _("Side"), _("Which side of the table it sits on."), choices=Side, required=True),
    address("site", _("Site"), _("Address of its own site.")),
    named_text("note", _("Note"), _("For readers.")),
)

AREA_COLUMNS = (
    code("slug", _("Slug"), _("Its identity. Never changes."), required=True),
    named_text("name", _("Name"), _("Its name."), required=True),
    whole("position", _("Position"), _("Its place in lists of areas."), required=True),
)

RELEASE_COLUMNS = (
    code("slug", _("Slug"), _("Its identity. Never changes."), required=True),
    named_text("title", _("Title"), _("Its title."), required=True),
    day("issued_on", _("Issued on"), _("The day on which it was published."), required=True),
    named_text("publisher", _("Publisher"), _("Who published it."), required=True),
    named_text("place", _("Place"), _("Where it was announced.")),
    code("language", _("Language"), _("Language of its text, as a code."), required=True),
    address("source_url", _("Address of the text"), _("Where its text stands."), "url"),
    named_text("note", _("Note"), _("For readers.")),
    whole("agreements_stated", _("Agreements stated"), _("How many agreements it says were signed.")),
    named_text("agreements_note", _("Note on the agreements"), _("What is known of them.")),
)

NEWS_SOURCE_COLUMNS = (
    code("slug", _("Slug"), _("Its identity. Never changes."), required=True),
    named_text("name", _("Name"), _("What the publisher is called, which no other is."), required=True),
    code("source", _("Source"), _("The class that its word belongs to."), choices=Source, required=True),
    named_text("why", _("Why"), _("Why it belongs to that class."), required=True),
)

TRANSLATION_COLUMNS = (
    whole(
        "translation",
        _("Translation"),
        _("Its number. A text that is translated anew has a new one."),
        "pk",
        required=True,
    ),
    code(
        "reference",
        _("Reference"),
        _("The commitment of whose record the text is a part."),
        "commitment__reference",
        required=True,
    ),
    code(
        "language",
        _("Language"),
        _("The language of the translation: zh-hant (Traditional Chinese) or zh-hans (Simplified Chinese)."),
        required=True,
    ),
    text("source", _("Text on record"), _("The text that is translated."), required=True),
    text("text", _("Text"), _("The translation."), required=True),
)

# Added since: they stand at the end of their tables.
ALIASES_COLUMN = texts(
    "aliases",
    _("Other names"),
    _("What releases and reports call it, too."),
    read=read_lines,
    translated_from=BESIDE_SOURCE,
)
KNOWN_THROUGH_COLUMN = named_text(
    "known_through", _("Known through"), _("What it is known from, where its text itself could not be had.")
)
NOT_READ_COLUMN = named_text(
    "not_read", _("Why it was not read"), _("Why none of its pledges is on record; empty where it was read.")
)
