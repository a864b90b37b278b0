"""What became of a pledge, in a sentence or two: composed by rule from what is on record, and from nothing else.

One presenter for the page, its description for sharing, feeds, calendar, the API and the progress report. A sentence is
one message with its values, so that each language has its own order of words; `<strong>` marks the words that answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from commitments.domain.assessment import AGEING_WITHIN
from commitments.domain.choices import ANNOUNCED, DeadlineBasis, EvidenceLevel, Kind, Schedule, Status, StopReason
from commitments.domain.partial_dates import PartialDate
from commitments.i18n.collation import has_chinese
from commitments.i18n.phrases import MONTHS_IN_A_YEAR, duration, join_sentences, whole_months
from commitments.models import Commitment
from commitments.query.localized import LocalizedText, localize, localize_record_text
from commitments.query.standing import late_by

ARTICLES = ("A ", "An ", "The ")
# Where a sentence ends within a note: at a line's end, too, and behind the quotation mark or bracket that closes it.
# What is no end: "Mr. Chan", "the U.S. Mint", “Hello, Hong Kong!” as a name.
END_OF_SENTENCE = re.compile(
    r"\s*\n\s*"
    r"|(?<=[.!?])(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bNo\.)(?<!\bvs\.)(?<![A-Z]\.)\s+(?=[A-Z0-9“‘(])"
    r"|(?<=\.[”’)])\s+(?=[A-Z0-9“‘(])"
    r"|(?<=[。！？])(?![」』”’）])"
    r"|(?<=。[」』”’）])"
)
LAST_STOP = re.compile(r"[.。!！?？]+(?P<closers>[”’」』)）]*)$")
# How what is kept up was put on record until November 2026: as a sentence that already says that it has no end.
EARLIER_FORM = re.compile(
    r"(?:Continuing: reports show |持續工作：有報道顯示|持续性工作：有报道显示)(?P<what>.+?)"
    r"(?:; it has no end of its own|；工作本身沒有終結日期|；不设终止期限)[.。]?"
)
MARKUP = re.compile(r"</?strong>")


@dataclass(frozen=True, slots=True)
class VerdictFacts:
    """What a verdict is composed of. `done_when` and `background_note` are in the reader's language.

    `stated_deadline`: what the release named; the first deadline of all, `original_deadline`, may be of a later report.
    `timeless`: tell neither ages nor what has passed, which the clock alone changes.
    """

    kind: str
    status: str
    stop_reason: str
    status_on: PartialDate | None
    completed_on: PartialDate | None
    deadline: PartialDate | None
    original_deadline: PartialDate | None
    stated_deadline: PartialDate | None
    deadline_basis: str
    schedule: str
    evidence: str
    last_news_on: date | None
    last_checked_on: date | None
    done_when: str
    background_note: str
    day: date
    timeless: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message with markup and the values to fill it with, which are plain text."""

    message: str
    values: dict[str, str]

    @property
    def html(self) -> SafeString:
        return format_html(self.message, **self.values) if self.values else SafeString(self.message)

    @property
    def text(self) -> str:
        return MARKUP.sub("", self.message).format(**self.values)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`says`: what became of it. `rests`: when it was to be, who says so, how old that is and when somebody looked."""

    says: Sentence
    rests: tuple[Sentence, ...]

    @property
    def rests_html(self) -> SafeString:
        """The sentences after the first, for a page."""
        between = join_sentences(["", ""])
        return format_html_join(between, "{}", ((sentence.html,) for sentence in self.rests))

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return join_sentences(sentence.text for sentence in (self.says, *self.rests))


def verdict_of(commitment: Commitment, *, timeless: bool = False) -> Verdict:
    """The verdict on a commitment as of the day that it was asked for (`as_of`), in the language of the moment.

    `timeless`: for feeds and calendars, which whoever has them is not sent again until something is recorded.
    """
    state = commitment.state
    return compose_verdict(
        VerdictFacts(
            kind=commitment.kind,
            status=state.status,
            stop_reason=state.stop_reason,
            status_on=state.status_on,
            completed_on=state.completed_on,
            deadline=state.deadline,
            original_deadline=state.original_deadline,
            stated_deadline=commitment.deadline,
            deadline_basis=commitment.deadline_basis,
            schedule=commitment.schedule,
            evidence=state.evidence,
            last_news_on=state.last_news_on,
            last_checked_on=state.last_checked_on,
            done_when=localize(commitment, "done_when").text,
            background_note=localize_record_text(commitment, state.background_note).text,
            day=commitment.day,
            timeless=timeless,
        )
    )


def compose_verdict(facts: VerdictFacts) -> Verdict:
    """The verdict that these facts come to, in the language of the moment."""
    says = {
        Status.NO_REPORT: _say_nothing_found,
        Status.NOT_STARTED: _say_not_started,
        Status.IN_PROGRESS: _say_in_progress,
        Status.COMPLETED: _say_completed,
        Status.STOPPED: _say_stopped,
    }[Status(facts.status)]
    return Verdict(says(facts), tuple(_rests(facts)))


def _sentence(message: str, **values: str) -> Sentence:
    return Sentence(message, values)


# What became of it


def _say_nothing_found(facts: VerdictFacts) -> Sentence:
    if facts.last_checked_on is None:
        message = _("<strong>Not searched for yet.</strong> What would count as done: {what}.")
        return _sentence(message, what=_clause(facts))
    if facts.kind == Kind.CONTINUING:
        return _sentence(_("<strong>No evidence was found</strong> of {what}."), what=_clause(facts))
    return _sentence(_("<strong>No public report</strong> says that {what}."), what=_clause(facts))


def _say_not_started(facts: VerdictFacts) -> Sentence:
    message = _("<strong>Not started,</strong> as last reported {on}. What would count as done: {what}.")
    return _sentence(message, on=_date_phrase(facts.status_on), what=_clause(facts))


def _say_in_progress(facts: VerdictFacts) -> Sentence:
    if facts.kind == Kind.CONTINUING:
        message = _("<strong>In progress,</strong> as last reported {on}: {what}.")
    else:
        message = _("<strong>In progress,</strong> as last reported {on}. What would count as done: {what}.")
    return _sentence(message, on=_date_phrase(facts.status_on), what=_clause(facts))


def _say_completed(facts: VerdictFacts) -> Sentence:
    if facts.kind in ANNOUNCED:
        return _sentence(_("<strong>Already done when it was announced:</strong> {what}."), what=_clause(facts))
    if facts.schedule == Schedule.MET_LATE:
        message = _("<strong>Delivered late,</strong> {on}: {what}.")
    else:
        message = _("<strong>Delivered</strong> {on}: {what}.")
    return _sentence(message, on=_date_phrase(facts.completed_on), what=_clause(facts))


def _say_stopped(facts: VerdictFacts) -> Sentence:
    messages = {
        StopReason.CANCELLED: _("<strong>Stopped,</strong> as reported {on}: it was called off."),
        StopReason.WITHDRAWN: _("<strong>Stopped,</strong> as reported {on}: whoever gave the pledge took it back."),
        StopReason.OVERTAKEN: _("<strong>Stopped,</strong> as reported {on}: events made it pointless."),
    }
    return _sentence(messages[StopReason(facts.stop_reason)], on=_date_phrase(facts.status_on))


# When it was to be, who says so, how old that is


def _rests(facts: VerdictFacts) -> Iterator[Sentence]:
    yield from _background(facts)
    yield from _timing(facts)
    if facts.status == Status.NO_REPORT:
        if facts.last_checked_on:
            yield _sentence(_("Last checked on {date}."), date=str(date_format(facts.last_checked_on)))
            yield _sentence(_("This is no accusation: it may have been done without a public report."))
        return
    yield from _age_of_news(facts)
    yield _whose_word(facts.evidence)


def _background(facts: VerdictFacts) -> Iterator[Sentence]:
    """Of what nobody reported on, what is known around it: the first sentence of the latest."""
    note = facts.background_note.strip()
    if facts.status == Status.NO_REPORT and note:
        first = END_OF_SENTENCE.split(note, maxsplit=1)[0].strip()
        yield _sentence(_("Background: {note}"), note=_with_stop(first))


def _timing(facts: VerdictFacts) -> Iterator[Sentence]:
    """How it stands against the time that was named."""
    if facts.deadline is None or facts.schedule in (Schedule.NO_DEADLINE, Schedule.ENDED):
        return
    if facts.status == Status.COMPLETED and facts.kind in ANNOUNCED:
        return
    say = {
        Schedule.MET: _say_met,
        Schedule.MET_LATE: _say_late,
        Schedule.OVERDUE: _say_due if facts.timeless else _say_overdue,
        Schedule.UNREPORTED: _say_due if facts.timeless else _say_unreported,
        Schedule.DUE_SOON: _say_due,
        Schedule.UPCOMING: _say_due,
    }[Schedule(facts.schedule)]
    yield say(facts, facts.deadline)
    if facts.original_deadline and facts.original_deadline != facts.deadline:
        yield _sentence(_("The time named first was {date}."), date=_in_sentence(facts.original_deadline))


def _say_met(facts: VerdictFacts, deadline: PartialDate) -> Sentence:
    certain = facts.completed_on is not None and facts.completed_on.last <= deadline.last
    if facts.deadline_basis == DeadlineBasis.EVENT:
        message = _("The date of the event: {date}.")
    elif not certain:
        message = _("Not certainly late: the time named is {date}.")
    elif facts.stated_deadline == deadline:
        message = _("In time: the release named {date}.")
    else:
        message = _("In time: the time named is {date}.")
    return _sentence(message, date=_in_sentence(deadline))


def _say_late(facts: VerdictFacts, deadline: PartialDate) -> Sentence:
    message = _("At least {length} after the time that was named, {date}.")
    length = late_by(facts.schedule, deadline, facts.completed_on, facts.day)
    return _sentence(message, length=length, date=_in_sentence(deadline))


def _say_overdue(facts: VerdictFacts, deadline: PartialDate) -> Sentence:
    message = _("It is {length} past the time that was named, {date}.")
    if facts.deadline_basis == DeadlineBasis.EVENT:
        message = _("It is {length} past the date of the event, {date}.")
    length = late_by(facts.schedule, deadline, facts.completed_on, facts.day)
    return _sentence(message, date=_in_sentence(deadline), length=length)


def _say_unreported(facts: VerdictFacts, deadline: PartialDate) -> Sentence:
    message = _("The time that was named, {date}, has passed: outcome unknown.")
    if facts.deadline_basis == DeadlineBasis.EVENT:
        message = _("The date of the event, {date}, has passed: outcome unknown.")
    return _sentence(message, date=_in_sentence(deadline))


def _say_due(facts: VerdictFacts, deadline: PartialDate) -> Sentence:
    message = _("The time named is {date}.")
    if facts.deadline_basis == DeadlineBasis.EVENT:
        message = _("The date of the event: {date}.")
    return _sentence(message, date=_in_sentence(deadline))


def _age_of_news(facts: VerdictFacts) -> Iterator[Sentence]:
    """Of what goes on, whether background came after the report, and how long there was nothing."""
    news, status_on = facts.last_news_on, facts.status_on
    if facts.status not in (Status.NOT_STARTED, Status.IN_PROGRESS) or news is None or status_on is None:
        return
    since_report = news > status_on.last
    if since_report:
        yield _sentence(_("Background news came since, last on {date}."), date=str(date_format(news)))
    if facts.day - news > AGEING_WITHIN and not facts.timeless:
        yield _silence(news, facts.day, since_report=since_report)


def _silence(news: date, day: date, *, since_report: bool) -> Sentence:
    """How long there was nothing; of one year alone nobody says "in the 1 year"."""
    one_year = whole_months(news, day) == MONTHS_IN_A_YEAR
    if since_report:
        message = _("Nothing was found in the {length} after that.")
        message = _("Nothing was found in the year after that.") if one_year else message
    else:
        message = _("Nothing newer was found in the {length} since.")
        message = _("Nothing newer was found in the year since.") if one_year else message
    return _sentence(message, length=duration(news, day))


def _whose_word(evidence: str) -> Sentence:
    return _sentence(
        {
            EvidenceLevel.PARTY: _("Rests on the parties’ own word."),
            EvidenceLevel.STATE_MEDIA: _("Rests on state media, not on any independent source."),
            EvidenceLevel.INDEPENDENT: _("Rests on at least one independent source."),
        }.get(EvidenceLevel(evidence), _("No page on record supports this."))
    )


# Words


def done_when_sentence(commitment: Commitment) -> LocalizedText:
    """What counts as done, where it stands alone: with a capital, and for what is not kept up with a full stop."""
    localized_text = localize(commitment, "done_when")
    text = _bare(localized_text.text)
    if commitment.kind != Kind.CONTINUING:
        text = _with_stop(capfirst(text))
    return replace(localized_text, text=text)


def _clause(facts: VerdictFacts) -> str:
    """What would count as done, as part of a sentence: without a full stop, and without a capital article."""
    text = _bare(facts.done_when)
    return text[:1].lower() + text[1:] if text.startswith(ARTICLES) else text


def _bare(done_when: str) -> str:
    """On one line, without its last full stop, and without what the sentence around it says."""
    text = " ".join(done_when.split())
    earlier = EARLIER_FORM.fullmatch(text)
    return LAST_STOP.sub(r"\g<closers>", earlier["what"] if earlier else text)


def _with_stop(text: str) -> str:
    """A sentence by itself: with a full stop of its own language where it has none."""
    return text if LAST_STOP.search(text) or text.endswith("…") else text + ("。" if has_chinese(text) else ".")


def _date_phrase(partial_date: PartialDate | None) -> str:
    """A date with its preposition: "on 1 November 2019", "in April 2024", "in the first half of 2018"."""
    if partial_date is None:
        return _("on a day that is not known")
    if partial_date.first == partial_date.last:
        form = pgettext("a day in a sentence", "on %(date)s")
    else:
        form = pgettext("a time longer than a day in a sentence", "in %(date)s")
    return form % {"date": _in_sentence(partial_date)}


def _in_sentence(partial_date: PartialDate) -> str:
    """A date as a sentence has it: "2019", "the first half of 2018"."""
    if partial_date.text.partition("-")[2][:1] in ("H", "Q"):
        return pgettext("a half-year or quarter in a sentence", "the %(date)s") % {"date": partial_date.label}
    return partial_date.label
