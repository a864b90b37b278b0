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

from commitments import choices, content
from commitments.choices import Kind, Status
from commitments.dates import parse
from commitments.languages import TAGS
from commitments.models import Commitment
from commitments.models.commitment import role_of
from commitments.public.browse import Choice
from commitments.public.links import Links
from commitments.translations import Said, said, said_of
from commitments.wording import bracketed, listed, quoted

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
    words = f"{commitment}: {status_words(commitment.state.status, commitment.role)}"
    return format_html(
        '<li><a class="unit role-{}{}" href="{}" title="{}"><span class="visually-hidden">{}</span></a></li>',
        commitment.role,
        "" if commitment.level == choices.Level.PRIMARY else " minor",
        links.page("commitment", commitment.reference),
        words,
        words,
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


def marked(one: Said) -> SafeString:
    """A text; with its language where that is not the page's."""
    if one.is_foreign:
        return format_html('<span lang="{}">{}</span>', TAGS[one.language], one.text)
    return format_html("{}", one.text)


@register.filter(name="said")
def said_here(thing: Any, name: str) -> SafeString:
    """A text of a record or of what staff name, in the page's language: `{{ commitment|said:"title" }}`."""
    return marked(said(thing, name))


@register.filter
def language_tag(code: str) -> str:
    """A language as the attribute `lang` says it."""
    return TAGS[code]


@register.filter
def plainly(thing: Any, name: str) -> str:
    """The same without a mark, for attributes and titles: `{{ body|plainly:"name" }}`."""
    return said(thing, name).text


@register.filter(name="said_of")
def said_of_here(text: str, commitment: Commitment | None) -> SafeString:
    """A text of a commitment's record, such as a reason: `{{ entry.data.reason|said_of:commitment }}`."""
    return marked(said_of(commitment, text))


register.filter("quoted", quoted)
register.filter("bracketed", bracketed)


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
