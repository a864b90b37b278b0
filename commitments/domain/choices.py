"""Every vocabulary: the value on record, its label, its colour role and what it means. No logic.

The words are those of the tracker's domain: see "The words" on the about page, which is made from here.
"""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Vocabulary(models.TextChoices):
    """A choice of texts: `value, role, meaning, label`. The role is a name that the stylesheet colours."""

    role: str
    meaning: str | Promise

    def __new__(cls, value: str, role: str = "", meaning: str | Promise = "") -> Vocabulary:
        member = str.__new__(cls, value)
        member._value_ = value
        member.role = role
        member.meaning = meaning
        return member


class Kind(Vocabulary):
    """What sort of pledge it is."""

    AGREEMENT = "agreement", "", _("A document that the release reports as signed."), _("agreement")
    ACTION = "action", "", _("Something to be done once."), _("action")
    CONTINUING = "continuing", "", _("Something to be kept up: open-ended."), _("continuing")
    TARGET = "target", "", _("A number to be reached."), _("target")
    DONE_AT_RELEASE = (
        "done_at_release",
        "",
        _("Something that the release reports as already in place."),
        _("done when announced"),
    )


# What a release itself may report as done: told apart, everywhere, from what was delivered since.
ANNOUNCED = (Kind.AGREEMENT, Kind.DONE_AT_RELEASE)


class Force(Vocabulary):
    """How firmly the release put it."""

    PROMISE = "promise", "", _("“will”"), _("promise")
    PLAN = "plan", "", _("“is planning to”"), _("plan")
    ESTIMATE = "estimate", "", _("“it is estimated that”"), _("estimate")
    STATEMENT = "statement", "", _("Said as a fact."), _("statement")


class Level(Vocabulary):
    """Whether it is counted."""

    PRIMARY = "primary", "", _("A pledge of its own. Counts are of these."), _("pledge")
    AIM = "aim", "", _("A purpose or outcome that hangs on another pledge. Listed, not counted."), _("aim")
    UMBRELLA = (
        "umbrella",
        "",
        _("A heading over pledges of their own. Listed, not counted."),
        pgettext_lazy("level", "heading"),
    )


class DeadlineBasis(Vocabulary):
    """Where a deadline comes from."""

    STATED = "stated", "", _("The release says by when."), _("stated in the release")
    EVENT = (
        "event",
        "",
        _("The date of an event that the pledge serves, not a day on which the pledge falls due."),
        _("date of the event"),
    )


class Status(Vocabulary):
    """What was last reported. The only thing on record; everything else is computed from it."""

    NO_REPORT = (
        "no_report",
        "none",
        _("No public page was found that reports on the pledge itself. This is no verdict."),
        _("no evidence found"),
    )
    NOT_STARTED = "not_started", "waiting", _("Reported as not begun."), _("not started")
    IN_PROGRESS = "in_progress", "moving", _("Reported as begun or going on."), _("in progress")
    COMPLETED = "completed", "done", _("Reported as done."), _("delivered")
    STOPPED = "stopped", "ended", _("Reported as given up, with the reason."), _("stopped")


class StopReason(Vocabulary):
    """Why a stopped commitment was stopped."""

    CANCELLED = "cancelled", "", _("It was called off."), _("cancelled")
    WITHDRAWN = "withdrawn", "", _("Whoever gave the pledge took it back."), _("withdrawn")
    OVERTAKEN = "overtaken", "", _("Events made it pointless."), _("overtaken by events")


class Schedule(Vocabulary):
    """How it stands against its deadline. Computed: see `domain.assessment.assess_schedule`."""

    ENDED = "ended", "ended", _("Stopped, so no deadline runs."), _("ended")
    NO_DEADLINE = (
        "no_deadline",
        "none",
        _("The release states no deadline and none was announced since."),
        _("no deadline"),
    )
    MET = "met", "done", _("Delivered, and not certainly late."), pgettext_lazy("deadline", "kept")
    MET_LATE = "met_late", "late", _("Delivered, certainly after the deadline."), pgettext_lazy("deadline", "late")
    OVERDUE = (
        "overdue",
        "overdue",
        _("The deadline has passed and the last report says that it is unfinished."),
        _("overdue"),
    )
    UNREPORTED = (
        "unreported",
        "none",
        _("The deadline has passed and no report of the outcome was found. This is no accusation."),
        _("outcome unknown"),
    )
    DUE_SOON = "due_soon", "waiting", _("The deadline ends within 90 days."), _("due soon")
    UPCOMING = "upcoming", "waiting", _("The deadline lies further ahead."), _("upcoming")


PAST_DEADLINE = (Schedule.OVERDUE, Schedule.UNREPORTED)


class Change(Vocabulary):
    """What happened to it between two days, in the order of a report. Computed: see `query.period.classify_changes`."""

    COMPLETED = "completed", "done", _("Delivered at the end, and not yet at the start."), _("delivered")
    STARTED = (
        "started",
        "moving",
        _("In progress at the end, and not begun, as far as known, at the start."),
        _("started"),
    )
    DEADLINE_MOVED = (
        "deadline_moved",
        "overdue",
        _("The last day of its deadline is another than at the start."),
        _("slipped or brought forward"),
    )
    STOPPED = "stopped", "ended", _("Stopped at the end, and not at the start."), _("stopped")
    NEWLY_PROMISED = (
        "newly_promised",
        "waiting",
        _("Announced after the start. What was done when it was announced is no progress since."),
        _("newly promised"),
    )
    OTHER = (
        "other",
        "waiting",
        _("Another change of status, such as from completed to in progress."),
        _("other changes"),
    )
    NO_REPORT = (
        "no_report",
        "none",
        _("Without direct evidence at the start and at the end."),
        _("still no evidence found"),
    )


class EvidenceLevel(Vocabulary):
    """Whose word the current status rests on. Computed: see `domain.assessment.Assessment.evidence`."""

    NONE = "none", "none", _("No status is reported, and nothing else is on record."), pgettext_lazy("evidence", "none")
    BACKGROUND = (
        "background",
        "none",
        _("No status is reported, but related or background evidence is on record."),
        _("background only"),
    )
    PARTY = "party", "", _("Only the parties’ own word."), _("the parties’ own word")
    STATE_MEDIA = (
        "state_media",
        "",
        _("At best media that a state or its ruling party owns or directs."),
        _("state media"),
    )
    INDEPENDENT = (
        "independent",
        "",
        _("At least one source that is neither a party to it nor state media."),
        _("independent"),
    )


class Freshness(Vocabulary):
    """How old the last news of it is. Computed: see `domain.assessment.assess_freshness`."""

    NEVER = (
        "never",
        "",
        _("No report and no background is on record. To look and find nothing is not news."),
        _("no news"),
    )
    FRESH = "fresh", "", _("The last report or background is at most 180 days old."), _("news in the past half-year")
    AGEING = (
        "ageing",
        "",
        _("The last report or background is at most 365 days old."),
        _("no news for over half a year"),
    )
    STALE = "stale", "", _("The last report or background is more than 365 days old."), _("no news for over a year")
    SETTLED = "settled", "", _("Delivered or stopped: nothing more is expected."), _("nothing more expected")


class Relation(Vocabulary):
    """What a piece of evidence has to do with the pledge."""

    DIRECT = "direct", "", _("Reports on the pledge itself. Only this moves a status."), _("direct")
    RELATED = "related", "", _("Reports on something close to it."), _("related")
    CONTEXT = "context", "", _("Helps to understand it."), _("background")


class Source(Vocabulary):
    """Who is speaking in a piece of evidence."""

    PARTY = (
        "party",
        "",
        _("An owner or partner, its government or broadcaster, a reprint of their words, or a paid post."),
        _("party"),
    )
    STATE_MEDIA = (
        "state_media",
        "",
        _("Media owned or directed by a state or by its ruling party, of whichever side."),
        _("state media"),
    )
    INDEPENDENT = "independent", "", _("Anyone else."), _("independent")


class Copy(Vocabulary):
    """Whether evidence is another's text under another's address; most is neither."""

    REPRINT = "reprint", "", _("Another publisher’s text, whole, under that publisher’s name and date."), _("reprint")
    MIRROR = "mirror", "", _("A copy by a host without standing of its own. Alone it moves no status."), _("mirror")


class LinkOutcome(Vocabulary):
    """What came of asking for a page of evidence."""

    ANSWERS = "answers", "done", _("The page answers."), _("answers")
    GONE = "gone", "overdue", _("Its host says that there is no such page."), _("gone")
    UNREACHABLE = (
        "unreachable",
        "overdue",
        _("Its host does not answer, or answers with an error."),
        _("does not answer"),
    )
    UNCLEAR = "unclear", "waiting", _("Its host asks programs to stay away: look yourself."), _("closed to programs")
    PRIVATE = "private", "none", _("Its host lies in a private network, and was not asked."), _("not public")


class EntryKind(Vocabulary):
    """What an entry of the ledger says."""

    PUBLISHED = "published", "", _("The pledge as it became public."), _("published")
    REPORT = "report", "", _("A status on a date, with its evidence."), _("report")
    CONTEXT = "context", "", _("Bears on the pledge. This does not change the status."), _("background")
    CHECK = "check", "", _("Someone looked on a day and found nothing new."), _("check")
    CORRECTION = "correction", "", _("Public wording put right, with the reason."), _("correction")
    RETRACTION = "retraction", "", _("An earlier entry was wrong; it counts nowhere."), _("retraction")
    REDACTION = "redaction", "", _("The text of an earlier entry was removed, with the reason."), _("redaction")
    ENTITY = (
        "entity",
        "",
        _("What an organisation, area, release, occasion or news source is called and is, from then on."),
        _("name or description"),
    )


# The kinds that tell of a commitment's progress; the rest tell of its wording or of other entries.
UPDATE_KINDS = (EntryKind.REPORT, EntryKind.CONTEXT, EntryKind.CHECK)


class EntityKind(Vocabulary):
    """What an entity entry is about. The first part of its `entity`: `organisation/hksarg`."""

    ORGANISATION = "organisation", "", "", _("organisation")
    AREA = "area", "", "", _("area")
    RELEASE = "release", "", "", _("release")
    OCCASION = "occasion", "", "", _("occasion")
    NEWS_SOURCE = "news_source", "", "", _("news source")


class DraftState(Vocabulary):
    """How far a draft of an update has come."""

    DRAFT = "draft", "none", _("Somebody is still working on it."), _("being drafted")
    WAITING = "waiting", "waiting", _("A publisher is to decide on it."), _("waits for publishing")
    RETURNED = "returned", "overdue", _("A publisher sent it back, with the reason."), _("returned")
    PUBLISHED = "published", "done", _("It is on record."), _("published")


class IntakeDecision(Vocabulary):
    """What staff decided of a span of a release's text."""

    UNDECIDED = "undecided", "waiting", _("Nobody has decided on it."), _("undecided")
    ACCEPTED = "accepted", "done", _("It is a pledge."), _("accepted")
    REJECTED = "rejected", "ended", _("It is no pledge."), _("no pledge")


class ProposalState(Vocabulary):
    """What has become of a proposed change of a name or description."""

    WAITING = "waiting", "waiting", _("A publisher is to decide on it."), _("waits for publishing")
    RECORDED = "recorded", "done", _("It is on record."), _("recorded")
    DECLINED = "declined", "ended", _("A publisher declined it, with the reason."), _("declined")


class AccountPart(Vocabulary):
    """What of an account was changed: by it one signs in, or may do more."""

    PASSWORD = "password", "", "", pgettext_lazy("of an account", "password")
    FACTORS = "factors", "", "", pgettext_lazy("of an account", "second factors")
    ADDRESS = "address", "", "", pgettext_lazy("of an account", "e-mail address")
    ROLES = "roles", "", "", pgettext_lazy("of an account", "roles")
    ACTIVE = "active", "", "", pgettext_lazy("of an account", "mark “active”")


class ProposedAct(Vocabulary):
    """What a publisher asks another one to put on record, where that takes two."""

    CORRECTION = "correction", "", "", _("correction")
    RETRACTION = "retraction", "", "", _("retraction")
    TRANSLATION = "translation", "", "", _("translation")


class ReportBasis(Vocabulary):
    """What a report rests on."""

    EVIDENCE = "evidence", "", _("Direct evidence."), _("evidence")
    RELEASE = (
        "release",
        "",
        _("The release’s own statement that it is signed or in place."),
        _("the release’s own statement"),
    )


class AgreementBasis(Vocabulary):
    """How an agreement is known to be among those that were signed."""

    NAMED = "named", "", _("Named in the text as one of them."), _("named in the text")
    INFERRED = "inferred", "", _("Described in the text as signed; that it is one of them is inferred."), _("inferred")


class OrganisationKind(Vocabulary):
    """What sort of body an organisation is."""

    GOVERNMENT = "government", "", "", _("government")
    DEPARTMENT = "department", "", "", _("government department")
    CENTRAL_GOVERNMENT = "central_government", "", "", _("central government")
    STATUTORY_BODY = "statutory_body", "", "", _("statutory body")
    PUBLIC_BODY = "public_body", "", "", _("public body")
    ASSOCIATION = "association", "", "", _("association")
    ENTERPRISE = "enterprise", "", "", _("enterprise")
    INSTITUTION = "institution", "", "", _("institution")
    JOINT_BODY = "joint_body", "", "", _("joint body")


class Side(Vocabulary):
    """Which side of the table an organisation sits on."""

    HONG_KONG = "hong_kong", "", "", _("Hong Kong")
    SHANGHAI = "shanghai", "", "", _("Shanghai")
    BOTH = "both", "", "", _("both sides")
    NATIONAL = "national", "", "", _("national")
    OTHER = "other", "", "", _("other")


class ErrorReportState(Vocabulary):
    """What has become of a reader's report of an error."""

    NEW = "new", "waiting", _("Received; nobody has looked at it yet."), pgettext_lazy("state of a report", "received")
    IN_HAND = "in_hand", "moving", _("Somebody is looking into it."), _("in hand")
    UPHELD = "upheld", "done", _("It was right, and the record was put right."), _("put right")
    DECLINED = "declined", "ended", _("The record stays as it is, and the answer says why."), _("not changed")


# States that an answer goes with; then nothing more is expected.
CLOSED_STATES = (ErrorReportState.UPHELD, ErrorReportState.DECLINED)


class Role(Vocabulary):
    """In which role an entry was recorded."""

    PUBLISHER = "publisher", "", "", pgettext_lazy("role", "publisher")
    ADMINISTRATOR = "administrator", "", "", _("administrator")


class TranslatorRole(Vocabulary):
    """In which role a translation was recorded: editors translate what is not public yet."""

    EDITOR = "editor", "", "", pgettext_lazy("role", "editor")
    PUBLISHER = "publisher", "", "", pgettext_lazy("role", "publisher")
    ADMINISTRATOR = "administrator", "", "", _("administrator")
