"""How words are put together in the language of the moment: lists, quotation marks, brackets, what names a text."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext, pgettext

from commitments.i18n.collation import has_chinese

MONTHS_IN_A_YEAR = 12


def join_list(words: Iterable[str]) -> str:
    """Words in a row: "a, b", 「a、b」. HTML where any of them is."""
    given = [*words]
    if any(isinstance(word, SafeString) for word in given):
        return format_html_join(list_separator(), "{}", ((word,) for word in given))
    return list_separator().join(given)


def list_separator() -> str:
    """What stands between the words of a list."""
    return pgettext("between the words of a list", ", ")


def join_parts(words: Iterable[str]) -> str:
    """Parts of a sentence in a row: "Gazette, 2019", 「《憲報》，2019年」."""
    return pgettext("between the parts of a sentence", ", ").join(words)


def join_clauses(words: Iterable[str]) -> str:
    """Parts of a sentence that have commas of their own: "a; b"."""
    return pgettext("between the clauses of a sentence", "; ").join(words)


def join_sentences(sentences: Iterable[str]) -> str:
    """Whole sentences, one after the other: with a space between them in English, with none in Chinese."""
    between = pgettext("two sentences", "%(first)s %(second)s") % {"first": "", "second": ""}
    return between.join(sentences)


def with_label(name: Any, value: Any) -> str:
    """What something is called, and what it is: "Status: completed"."""
    return pgettext("a label and its value", "%(name)s: %(value)s") % {"name": name, "value": value}


def quote_html(text: Any) -> SafeString:
    """In quotation marks: “a”, 「a」; the text's own become inner ones: 「a『b』」."""
    outer = _halves(pgettext("quotation marks", "“%(text)s”"))
    inner = _halves(pgettext("quotation marks inside others", "“%(text)s”"))
    escaped = str(conditional_escape(text))
    for mark, within in zip(outer, inner, strict=True):
        escaped = escaped.replace(mark, within)
    return _around(outer, escaped)


def bracket_html(text: Any) -> SafeString:
    """In brackets: (a), （a）."""
    return _around(_halves(pgettext("brackets", "(%(text)s)")), str(conditional_escape(text)))


def in_quotes(text: str) -> str:
    """In quotation marks, where nothing is HTML: in files, feeds, calendars and messages."""
    return pgettext("quotation marks", "“%(text)s”") % {"text": text}


def with_ellipses(text: str, verbatim: str = "") -> str:
    """A quote with an ellipsis on each side where it is cut out of its sentence: "… will hold a Hong Kong Week …".

    `verbatim`: the quote itself where the text is its translation, which has its cuts where the quote has them.
    """
    quote = verbatim or text
    before, after = ("……", "……") if has_chinese(text) else ("…\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}…")
    begins, ends = quote[:1].islower(), not quote.rstrip().endswith((".", "!", "?", "。", "！", "？"))
    return f"{before if begins else ''}{text}{after if ends else ''}" if quote else text


def with_detail(words: Any, more: Any) -> SafeString:
    """Something, and more about it: "overdue (12 days)"."""
    form = pgettext("something, and more about it in brackets", "%(words)s (%(more)s)")
    return mark_safe(form % {"words": conditional_escape(words), "more": conditional_escape(more)})  # noqa: S308


def duration(first: date, last: date) -> str:
    """The whole years and months between two days, at least so many: "3 years 3 months"; under a month the days."""
    years, months = divmod(whole_months(first, last), MONTHS_IN_A_YEAR)
    days = (last - first).days
    in_years = ngettext("%(number)s year", "%(number)s years", years) % {"number": years}
    in_months = ngettext("%(number)s month", "%(number)s months", months) % {"number": months}
    if years and months:
        form = pgettext("years and months", "%(years)s %(months)s")
        return form % {"years": in_years, "months": in_months}
    if years or months:
        return in_years if years else in_months
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}


def whole_months(first: date, last: date) -> int:
    """How many months have passed whole between two days."""
    months = (last.year - first.year) * MONTHS_IN_A_YEAR + last.month - first.month - (last.day < first.day)
    return max(months, 0)


def _halves(form: str) -> tuple[str, str]:
    before, after = form.split("%(text)s")
    return before, after


def _around(marks: tuple[str, str], escaped: str) -> SafeString:
    before, after = marks
    return format_html("{}{}{}", before, mark_safe(escaped), after)  # noqa: S308  (escaped)
