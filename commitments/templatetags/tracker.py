"""What the templates need beyond Django's own tags."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from commitments import choices, content
from commitments.choices import Kind, Status
from commitments.dates import parse
from commitments.languages import RECORD, TAGS, current, path_in
from commitments.models import Commitment
from commitments.models.commitment import role_of
from commitments.public.browse import Choice
from commitments.public.links import Links
from commitments.translations import guessed, named, said, said_of, shortened
from commitments.wording import bracketed, clauses, labelled, listed, parts, quoted, sentences

register = template.Library()


@register.simple_tag
def badge(vocabulary: str, value: str) -> SafeString:
    """A value of a vocabulary as word, shape and colour role: `{% badge "Schedule" commitment.schedule %}`."""
    choice = getattr(choices, vocabulary)(value)
    return badge_of(choice.role, choice.label)


@register.simple_tag
def status_badge(status: str, kind: str) -> SafeString:
    """A commitment's status as word, shape and colour role; what was done when announced is not called completed."""
    role = role_of(status, kind)
    return badge_of(role, status_words(status, role))


def badge_of(role: str, words: str | Promise) -> SafeString:
    """The badge itself."""
    return format_html('<span class="badge role-{}">{}</span>', role, words)


def status_words(status: str, role: str) -> str | Promise:
    """What a status is called: what a release reported as done, apart from what was delivered since."""
    return Kind.DONE_AT_RELEASE.label if role == "announced" else Status(status).label


@register.simple_tag
def label(vocabulary: str, value: str) -> str:
    """The words for a value of a vocabulary; nothing for nothing."""
    return str(getattr(choices, vocabulary)(value).label) if value else ""


@register.simple_tag
def meaning(vocabulary: str, value: str) -> str:
    """What a value of a vocabulary means, in a sentence."""
    return str(getattr(choices, vocabulary)(value).meaning)


@register.simple_tag(takes_context=True)
def unit(context: template.Context, commitment: Commitment) -> SafeString:
    """One square of the unit chart: a link with a name, its status as shape and colour."""
    links: Links = context["links"]
    status = status_words(commitment.state.status, commitment.role)
    return format_html(
        '<li><a class="unit role-{}{}" href="{}" title="{}"><span class="visually-hidden">{}</span></a></li>',
        commitment.role,
        "" if commitment.level == choices.Level.PRIMARY else " minor",
        links.page("commitment", commitment.reference),
        labelled(named(commitment), status),
        format_html(labelled("{}", "{}"), named_here(commitment), status),
    )


@register.simple_tag
def structured(data: dict[str, Any] | None) -> SafeString:
    """A page's structured data (JSON-LD): a block of data, which no browser runs. Nothing for nothing."""
    if not data:
        return SafeString("")
    text = json.dumps(data, ensure_ascii=False).translate({ord(c): f"\\u{ord(c):04x}" for c in "<>&"})
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


@register.simple_tag
def tick_box(name: str, choice: Choice) -> SafeString:
    """One choice of the filter panel, with the number that it would give. A tag, because a page has a hundred."""
    return format_html(
        '<label{}><input type="checkbox" id="{}_{}" name="{}" value="{}"{}> {}{}</label>',
        SafeString(' class="nothing"' if choice.count == 0 else ""),
        name,
        choice.value,
        name,
        choice.value,
        SafeString(" checked" if choice.ticked else ""),
        choice.label,
        "" if choice.count is None else format_html(' <span class="count">{}</span>', choice.count),
    )


@register.filter(name="said")
def said_here(thing: Any, name: str) -> SafeString:
    """A text of a record or of what staff name, in the page's language: `{{ commitment|said:"title" }}`."""
    return said(thing, name).marked


@register.filter
def plainly(thing: Any, name: str) -> str:
    """The same without a mark, for attributes and titles: `{{ body|plainly:"name" }}`."""
    return said(thing, name).text


@register.filter(name="said_of")
def said_of_here(text: str, commitment: Commitment | None) -> SafeString:
    """A text of a commitment's record, such as a reason: `{{ entry.data.reason|said_of:commitment }}`."""
    return said_of(commitment, text).marked


@register.filter(name="guessed")
def guessed_here(text: str) -> SafeString:
    """A text whose language nobody says: `{{ line.title|guessed }}`."""
    return guessed(text).marked


@register.filter
def translation(thing: Any, name: str) -> str:
    """How a text is said in the page's language where that is not the record's; nothing where nobody translated it."""
    one = said(thing, name)
    return "" if one.is_foreign or one.language == RECORD else one.text


@register.simple_tag
def beginning(text: str, commitment: Commitment | None, words: int) -> SafeString:
    """The first words of a text of a commitment's record: `{% beginning update.note commitment 60 %}`."""
    return shortened(said_of(commitment, text), words).marked


@register.simple_tag
def quantity(value: Decimal | None, commitment: Commitment) -> SafeString:
    """How much of what the commitment counts: "40 employees", 「40名員工」."""
    unit = said(commitment, "unit")
    # A word of another script keeps its distance.
    form = "{} {}" if unit.is_foreign else pgettext("a number and what is counted", "{} {}")
    return format_html(form, content.number_text(value), unit.marked)


register.filter("named_plainly", named)
register.filter("quoted", quoted)
register.filter("bracketed", bracketed)


@register.filter(name="named")
def named_here(commitment: Commitment) -> SafeString:
    """A commitment by its reference and title."""
    return format_html("{} {}", commitment.reference, said(commitment, "title").marked)


@register.filter
def as_sentences(said: Iterable[str]) -> str:
    """Some sentences, one after the other."""
    return sentences(said)


@register.filter
def as_list(items: Iterable[Any]) -> str:
    """Some words in a row, as the page's language separates them."""
    return listed(map(str, items))


@register.filter
def as_said(date: str) -> str:
    """A partial date's notation as people say it; nothing for nothing."""
    return parse(date).label if date else ""


@register.filter
def host(url: str) -> str:
    """The host of an address, by which readers know whose page it is."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.filter
def number(value: Decimal | None) -> str:
    """A quantity without trailing zeros."""
    return content.number_text(value)


@register.simple_tag(takes_context=True)
def list_address(context: template.Context, **filters: str) -> str:
    """The list with these filters, on the day that this page is asked for: `{% list_address status="completed" %}`.

    Several values of one filter are joined by commas.
    """
    links: Links = context["links"]
    return links.commitments(**filters)


@register.simple_tag(takes_context=True)
def address(context: template.Context, name: str, *args: str) -> str:
    """A page's address, on the day that this page is asked for: `{% address "area" area.slug %}`."""
    links: Links = context["links"]
    return links.page(name, *args)


@register.simple_tag(takes_context=True)
def address_on_record(context: template.Context, name: str, *args: str) -> str:
    """The same in the language of the record."""
    return path_in(RECORD, address(context, name, *args))


# What stands between texts, as the page's language writes it: `{{ day }}{% colon %}{{ status }}`.


@register.simple_tag
def space() -> str:
    """Between two sentences or words: nothing in Chinese."""
    return sentences(["", ""])


@register.simple_tag
def comma() -> str:
    """Between parts of a sentence."""
    return parts(["", ""])


@register.simple_tag
def list_comma() -> str:
    """Between the words of a list."""
    return listed(["", ""])


@register.simple_tag
def semicolon() -> str:
    """Between the clauses of a sentence."""
    return clauses(["", ""])


@register.simple_tag
def colon() -> str:
    """Between a label and its value."""
    return labelled("", "")


@register.simple_tag
def full_stop() -> str:
    """At the end of a sentence; a space after it is another tag's."""
    return pgettext("at the end of a sentence", ".")


@register.simple_tag
def language_tag() -> str:
    """The page's language, as `lang` says it."""
    return TAGS[current()]
