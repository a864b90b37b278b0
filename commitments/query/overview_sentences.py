"""Sentences of the overview whose numbers lead to lists with exactly so many rows, right for every number.

Small numbers are words in English and figures in Chinese: the catalogues say so.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from commitments.domain.choices import Freshness, Level, Schedule, Status
from commitments.i18n.phrases import join_list, join_parts, join_sentences
from commitments.query.findings import Link

NAMED_A_DATE = {"deadline_from": "1900"}  # the list's filter that whatever has a deadline passes
FIRST_LETTER = re.compile(r"^((?:<[^>]*>)*)([a-z])")


@dataclass(frozen=True, slots=True)
class DatedCounts:
    """Of all pledges: how many name a date, by schedule (`ended` where stopped), and how many name none.

    `undated_stopped` are of those that name none.
    """

    dated: Counter[str]
    undated: int = 0
    undated_stopped: int = 0

    @property
    def total(self) -> int:
        """How many name a date."""
        return self.dated.total()


def number_word(number: int) -> str:
    """A number in a sentence: "three", "41"."""
    words = (
        pgettext("a number in a sentence", "one"),
        pgettext("a number in a sentence", "two"),
        pgettext("a number in a sentence", "three"),
        pgettext("a number in a sentence", "four"),
        pgettext("a number in a sentence", "five"),
        pgettext("a number in a sentence", "six"),
        pgettext("a number in a sentence", "seven"),
        pgettext("a number in a sentence", "eight"),
        pgettext("a number in a sentence", "nine"),
    )
    return words[number - 1] if 1 <= number <= len(words) else str(number)


def dated_heading(counts: DatedCounts, link: Link) -> SafeString:
    """How many pledges name a date: "Six named a date"."""
    if not counts.total:
        return escape(_("None named a date"))
    href = link(level=Level.PRIMARY.value, **NAMED_A_DATE)
    form = ngettext("{number} named a date", "{number} named a date", counts.total)
    return _capitalised(format_html(form, number=_linked(number_word(counts.total), href)))


def dated_sentence(counts: DatedCounts, link: Link) -> SafeString:
    """What came of those that name a date, and how many name none."""

    def of_pledges(**filters: str) -> str:
        return link(level=Level.PRIMARY.value, **filters)

    sentences = []
    if counts.total:
        stop = pgettext("at the end of a sentence", ".")
        clauses = join_parts(_dated_clauses(counts.dated, of_pledges))
        sentences.append(_capitalised(mark_safe(clauses + stop)))  # noqa: S308  (each clause is escaped)
    if counts.undated:
        sentences.append(_undated(counts, of_pledges))
    return mark_safe(join_sentences(sentences))  # noqa: S308


def _dated_clauses(dated: Counter[str], link: Link) -> Iterator[SafeString]:
    """What is said of those that came to the same; their order is that of the words on the page."""
    to_come = dated[Schedule.DUE_SOON] + dated[Schedule.UPCOMING]
    due = f"{Schedule.DUE_SOON.value},{Schedule.UPCOMING.value}"
    if number := dated[Schedule.MET]:
        form = ngettext("{number} was kept in time", "{number} were kept in time", number)
        yield _clause(form, number, link(schedule=Schedule.MET.value))
    if number := dated[Schedule.MET_LATE]:
        form = ngettext("{number} came late", "{number} came late", number)
        yield _clause(form, number, link(schedule=Schedule.MET_LATE.value))
    if number := dated[Schedule.OVERDUE]:
        form = ngettext("{number} is overdue", "{number} are overdue", number)
        yield _clause(form, number, link(schedule=Schedule.OVERDUE.value))
    if number := dated[Schedule.UNREPORTED]:
        form = ngettext("of {number} the outcome is unknown", "of {number} the outcome is unknown", number)
        yield _clause(form, number, link(schedule=Schedule.UNREPORTED.value))
    if to_come:
        form = ngettext("{number} is still to come", "{number} are still to come", to_come)
        yield _clause(form, to_come, link(schedule=due))
    if number := dated[Schedule.ENDED]:
        form = ngettext("{number} was stopped", "{number} were stopped", number)
        yield _clause(form, number, link(schedule=Schedule.ENDED.value, **NAMED_A_DATE))


def _undated(counts: DatedCounts, link: Link) -> SafeString:
    """How many name no date.

    What was stopped has a schedule of its own, with a date or without. Where there are both kinds no list has exactly
    the rest: then the number is no link.
    """
    schedules = [Schedule.NO_DEADLINE.value, *([Schedule.ENDED.value] if counts.undated_stopped else [])]
    exact = not (counts.undated_stopped and counts.dated[Schedule.ENDED])
    href = link(schedule=",".join(schedules)) if exact else ""
    if counts.total:
        form = ngettext("The other {number} names no date.", "The other {number} name no date.", counts.undated)
    else:
        form = ngettext("The {number} pledge names no date.", "The {number} pledges name no date.", counts.undated)
    return _clause(form, counts.undated, href)


def silence_sentence(in_progress: int, silent: int, link: Link) -> SafeString:
    """Of how many that are in progress there has been no news for long."""
    filters = {"level": Level.PRIMARY.value, "status": Status.IN_PROGRESS.value}
    total = _linked(number_word(in_progress), link(**filters))
    number = _linked(number_word(silent), link(**filters, freshness=Freshness.STALE.value))
    if not silent:
        form = ngettext(
            "The {total} in progress has had news within the past year.",
            "All {total} in progress have had news within the past year.",
            in_progress,
        )
    elif silent == in_progress:
        form = ngettext(
            "The {total} in progress has had none for over a year.",
            "All {total} in progress have had none for over a year.",
            in_progress,
        )
    else:
        form = ngettext(
            "Of {total} in progress, {number} has had none for over a year.",
            "Of {total} in progress, {number} have had none for over a year.",
            silent,
        )
    return format_html(form, total=total, number=number)


def long_silence_sentence(number: int, names: list[SafeString], link: Link) -> SafeString:
    """On how many nobody reported anything for over five years, and which: all of `names`, or the first of more."""
    if number > len(names):
        form = _("Nobody has reported anything on {number} of the pledges for over five years, such as {names}.")
    else:
        form = _("Nobody has reported anything on {number} of the pledges for over five years: {names}.")
    counted = _linked(number_word(number), link(level=Level.PRIMARY.value, silent="five_years"))
    return format_html(form, number=counted, names=mark_safe(join_list(names)))  # noqa: S308  (each is escaped)


def not_counted_sentence(number: int, href: str = "") -> SafeString:
    """How many aims and headings are listed beside the pledges; `href`: the list of these, where there is one."""
    form = ngettext(
        "We also list {number} aim or group heading. It is not counted.",
        "We also list {number} aims and group headings. They are not counted.",
        number,
    )
    return _clause(form, number, href)


def _clause(form: str, number: int, href: str) -> SafeString:
    return format_html(form, number=_linked(number_word(number), href))


def _linked(words: str, href: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', href, words) if href else format_html("{}", words)


def _capitalised(html: SafeString) -> SafeString:
    """With a capital at the beginning of its words, where its script has any."""
    return mark_safe(FIRST_LETTER.sub(lambda match: match[1] + match[2].upper(), html))  # noqa: S308
