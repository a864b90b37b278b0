"""What the list's exports say of a commitment, in the promised order, and the rest of what is public of it."""

from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import (
    DeadlineBasis,
    EvidenceLevel,
    Force,
    Freshness,
    Kind,
    Level,
    Schedule,
    Side,
    Status,
    StopReason,
)
from commitments.exports.columns import (
    address,
    code,
    day,
    number,
    partial_date,
    read_days_late,
    read_lines,
    read_names,
    read_references,
    read_repeating,
    read_sides,
    read_slip_days,
    read_verdict,
    record_text,
    text,
    texts,
    whole,
    yes_no,
)
from commitments.query.expressions import (
    CURRENT_DEADLINE,
    ORIGINAL_DEADLINE,
    OWNER_KEYS,
    PARTNER_KEYS,
    REPEATED,
    REPEATING,
    as_text,
)

# The promised columns, in their promised order.
LIST_COLUMNS = (
    code("reference", _("Reference"), _("The commitment’s identity. Never used twice."), required=True),
    record_text("title", _("Title"), _("What was promised, in our words."), required=True),
    code("release", _("Release"), _("Slug of the release in which it was made."), "release__slug", required=True),
    code("area", _("Area"), _("Slug of its area; empty where it stands in none."), "area__slug"),
    code("kind", _("Kind"), _("What sort of pledge it is."), choices=Kind, required=True),
    code("force", _("Force"), _("How firmly the release put it."), choices=Force, required=True),
    code("level", _("Level"), _("Whether it is counted: counts are of “primary” ones."), choices=Level, required=True),
    texts("owners", _("Owners"), _("Who must deliver: full names."), OWNER_KEYS, read=read_names),
    yes_no("owner_inferred", _("Owner inferred"), _("Whether the release names no owner, and we infer one.")),
    texts("partners", _("Partners"), _("Who takes part: full names."), PARTNER_KEYS, read=read_names),
    texts("sides", _("Sides"), _("The owners’ sides."), OWNER_KEYS, read=read_sides, choices=Side),
    text("quote", _("Quote"), _("The release’s own words."), required=True),
    partial_date("deadline", _("Deadline"), _("The current deadline."), CURRENT_DEADLINE),
    code(
        "deadline_basis",
        _("Basis of the deadline"),
        _("Stated, or the date of an event that it serves."),
        choices=DeadlineBasis,
    ),
    day(
        "deadline_last_day",
        _("Last day of the deadline"),
        _("The day on which the deadline ends, in Hong Kong."),
        "state__deadline_last",
    ),
    partial_date(
        "original_deadline", _("First deadline"), _("The deadline that was announced first."), ORIGINAL_DEADLINE
    ),
    whole(
        "slip_days",
        _("Days slipped"),
        _("Days from the first deadline’s end to the current one’s; negative where it was brought forward."),
        ORIGINAL_DEADLINE,
        CURRENT_DEADLINE,
        read=read_slip_days,
    ),
    whole(
        "days_late",
        _("Days late"),
        _("Days past the deadline, at least; empty unless certainly late."),
        "state__status",
        CURRENT_DEADLINE,
        as_text("state__completed_on"),
        read=read_days_late,
    ),
    code("status", _("Status"), _("The last status reported."), "state__status", choices=Status, required=True),
    code(
        "stop_reason",
        _("Reason for stopping"),
        _("Why it was stopped; empty otherwise."),
        "state__stop_reason",
        choices=StopReason,
    ),
    partial_date("status_on", _("Status on"), _("The date of that status."), "state__status_on"),
    code(
        "schedule", _("Schedule"), _("How it stands against its deadline. Computed."), choices=Schedule, required=True
    ),
    code(
        "evidence",
        _("Evidence"),
        _("Whose word the status rests on. Computed."),
        "state__evidence",
        choices=EvidenceLevel,
        required=True,
    ),
    code("freshness", _("Freshness"), _("How old the last news of it is. Computed."), choices=Freshness, required=True),
    number("achieved", _("Achieved"), _("The quantity last reported."), "state__achieved"),
    number("target", _("Target"), _("The quantity aimed at.")),
    record_text("unit", _("Unit"), _("What the quantities count.")),
    day(
        "last_entry_on", _("Last entry on"), _("The day of the last report, context or check."), "state__last_entry_on"
    ),
    record_text("note", _("Note"), _("The note of the last report."), "state__note"),
    texts(
        "evidence_urls",
        _("Addresses of the evidence"),
        _("The pages that the status rests on."),
        "state__evidence_urls",
        read=read_lines,
    ),
    address(
        "url",
        _("Page"),
        _("The commitment’s page."),
        "reference",
        read=lambda context, reference: context.address("commitment", reference),
        required=True,
    ),
    # Added since: new columns go to the end, and none is ever renamed or moved.
    record_text("short_title", _("Short title"), _("Two to four words that tell it from its neighbours.")),
    day("last_news_on", _("Last news on"), _("The day of the last report or context."), "state__last_news_on"),
    day(
        "last_checked_on",
        _("Last checked on"),
        _("The day of the last check, or of the recording of a report or context if that is later."),
        "state__last_checked_on",
    ),
    texts(
        "repeats",
        _("Repeats"),
        _("References of earlier commitments that it promises again."),
        REPEATED,
        read=read_references,
    ),
    texts(
        "repeated_by",
        _("Repeated by"),
        _("References of later commitments that promise it again."),
        REPEATING,
        read=read_repeating,
    ),
)

VERDICT_COLUMN = record_text(
    "verdict",
    _("Verdict"),
    _("What became of it, in a sentence or two, composed from the other columns."),
    "kind",
    "state__status",
    "state__stop_reason",
    as_text("state__status_on"),
    as_text("state__completed_on"),
    CURRENT_DEADLINE,
    ORIGINAL_DEADLINE,
    as_text("deadline"),
    "deadline_basis",
    "schedule",
    "state__evidence",
    "state__last_news_on",
    "state__last_checked_on",
    "done_when",
    "state__background_note",
    read=read_verdict,
    required=True,
)

COLUMN_NAMES = tuple(column.name for column in LIST_COLUMNS)

# The rest of what is public of a commitment: in the Data Package, the API and the files of staff.
FURTHER_COLUMNS = (
    whole(
        "paragraph",
        _("Paragraph"),
        _("Where the release says it: counted within its section of the text."),
        required=True,
    ),
    code("part_of", _("Part of"), _("Reference of the commitment that it is part of."), "part_of__reference"),
    record_text("parties_as_stated", _("Parties as stated"), _("Parties that are no organisation.")),
    record_text("owner_note", _("Note on the owner"), _("Why the owner is inferred.")),
    record_text("deadline_as_stated", _("Deadline as stated"), _("The release’s own words for the deadline.")),
    record_text("measure", _("Measure"), _("What the figure is: number trained.")),
    yes_no("target_approximate", _("Target approximate"), _("Whether it is “about” so many.")),
    record_text("done_when", _("Done when"), _("What would count as done."), required=True),
    day("review_on", _("Review on"), _("When to look again.")),
    record_text("commitment_note", _("Note on the commitment"), _("The commitment’s own note."), "note"),
)
