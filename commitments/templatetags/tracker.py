"""What the templates need beyond Django's own tags."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from commitments.domain import choices
from commitments.domain.partial_dates import parse_partial_date
from commitments.i18n.languages import LANGUAGE_TAGS, RECORD_LANGUAGE, current_language
from commitments.i18n.phrases import (
    bracket_html,
    join_clauses,
    join_list,
    join_parts,
    join_sentences,
    list_separator,
    quote_html,
    with_ellipses,
    with_label,
)
from commitments.i18n.site_name import name_plate, seal_lines, site_name
from commitments.ledger.contents import format_decimal
from commitments.models import Commitment, LedgerEntry, Organisation, Update
from commitments.models.entity import Entity
from commitments.public.charts import percent
from commitments.public.commitment_list import FilterChoice
from commitments.query import entity_changes
from commitments.query.localized import (
    display_title,
    guess_language,
    localize,
    localize_record_text,
    localize_short_title,
    quantity,
    shorten,
)
from commitments.query.overview_sentences import not_counted_sentence
from commitments.query.standing import standing, standing_of
from commitments.web.links import DayLinks

register = template.Library()
register.simple_tag(not_counted_sentence)
register.simple_tag(entity_changes.former_name)
register.simple_tag(entity_changes.former_side)
register.simple_tag(quantity)
register.simple_tag(site_name)
register.simple_tag(name_plate)
register.simple_tag(seal_lines)
register.filter("ellipses", with_ellipses)
register.filter("standing", standing)
register.filter("titled_plain", display_title)
register.filter("quoted", quote_html)
register.filter("bracketed", bracket_html)
register.filter("as_sentences", join_sentences)
register.filter("decimal", format_decimal)
register.filter(percent)


@register.simple_tag
def badge(vocabulary: str, value: str) -> SafeString:
    """A value of a vocabulary as word, shape and colour role: `{% badge "Schedule" commitment.schedule %}`."""
    choice = getattr(choices, vocabulary)(value)
    return render_chip(choice.role, choice.label)


@register.simple_tag
def chip(commitment: Commitment) -> SafeString:
    """How a commitment stands, as word, shape and colour: after `as_of(day)`."""
    shown = standing(commitment)
    return render_chip(shown.role, shown.label)


@register.simple_tag
def status_badge(status: str, kind: str, schedule: str = "") -> SafeString:
    """A status on record, such as a report's, as word, shape and colour; late where `schedule` says so."""
    shown = standing_of(status, kind, schedule)
    return render_chip(shown.role, shown.label)


@register.simple_tag
def mark(role: str, more: str = "") -> SafeString:
    """A role's shape alone, beside which its word must stand: `{% mark "late" %}`, `{% mark "none" "minor" %}`."""
    return format_html('<i class="mark role-{}{}" aria-hidden="true"></i>', role, f" {more}" if more else "")


def render_chip(role: str, words: str | Promise) -> SafeString:
    """The chip itself; a mere tag where a word has no role."""
    if not role:
        return format_html('<span class="tag">{}</span>', words)
    return format_html('<span class="chip role-{}">{} {}</span>', role, mark(role), words)


@register.simple_tag
def vocabulary_label(vocabulary: str, value: str) -> str:
    """The words for a value of a vocabulary; nothing for nothing."""
    return str(getattr(choices, vocabulary)(value).label) if value else ""


@register.simple_tag
def vocabulary_meaning(vocabulary: str, value: str) -> str:
    """The words for a value of a vocabulary, and what they mean."""
    choice = getattr(choices, vocabulary)(value)
    return with_label(choice.label, choice.meaning)


@register.simple_tag
def json_ld(data: dict[str, Any] | None) -> SafeString:
    """A page's structured data (JSON-LD): a block of data, which no browser runs. Nothing for nothing."""
    if not data:
        return SafeString("")
    text = json.dumps(data, ensure_ascii=False).translate(
        {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}
    )
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


@register.simple_tag
def tick_box(name: str, choice: FilterChoice) -> SafeString:
    """One choice of the filter panel, with the number that it would give. A tag, because a page has a hundred."""
    return format_html(
        '<label{}><input type="checkbox" id="{}_{}" name="{}" value="{}"{}> {}{}{}</label>',
        SafeString(' class="zero"' if choice.count == 0 else ""),
        name,
        choice.value,
        name,
        choice.value,
        SafeString(" checked" if choice.ticked else ""),
        mark(choice.role) if choice.role else "",
        choice.label,
        "" if choice.count is None else format_html(' <span class="count">{}</span>', choice.count),
    )


@register.filter
def localized(item: Any, name: str) -> SafeString:
    """A text of a record or of what staff name, in the page's language: `{{ commitment|localized:"title" }}`."""
    return localize(item, name).marked


@register.filter
def localized_plain(item: Any, name: str) -> str:
    """The same without a mark, for attributes and titles: `{{ organisation|localized_plain:"name" }}`."""
    return localize(item, name).text


@register.simple_tag(takes_context=True)
def formerly(context: template.Context, row: Entity) -> SafeString:
    """In brackets behind an entity's name: what it was called on the page's day; nothing where that is its name."""
    former = entity_changes.former_name(row, context["day"])
    if former is None:
        return SafeString("")
    words = format_html(gettext("formerly %(name)s") % {"name": "{}"}, former.marked)
    return format_html('{}<span class="quiet">{}</span>', join_sentences(["", ""]), bracket_html(words))


@register.filter
def localized_record_text(text: str, commitment: Commitment | None) -> SafeString:
    """A text of a commitment's record, such as a reason: `{{ entry.data.reason|localized_record_text:commitment }}`."""
    return localize_record_text(commitment, text).marked


@register.filter
def reason(entry: LedgerEntry, commitment: Commitment | None) -> SafeString:
    """Why an entry of a commitment's record was made: `{{ retraction|reason:commitment }}`."""
    return localize_record_text(commitment, (entry.data or {}).get("reason", "")).marked


@register.filter
def guessed_language(text: str) -> SafeString:
    """A text whose language nobody says: `{{ line.title|guessed_language }}`."""
    return guess_language(text).marked


@register.filter
def translation_only(item: Any, name: str) -> str:
    """How a text is said in the page's language where that is not the record's; nothing where nobody translated it."""
    localized_text = localize(item, name)
    return "" if localized_text.is_foreign or localized_text.language == RECORD_LANGUAGE else localized_text.text


@register.simple_tag
def opening_words(text: str, commitment: Commitment | None, words: int) -> SafeString:
    """The first words of a text of a commitment's record: `{% opening_words update.note commitment 60 %}`."""
    return shorten(localize_record_text(commitment, text), words).marked


@register.filter
def titled(commitment: Commitment) -> SafeString:
    """A commitment by its reference and title."""
    return format_html("{} {}", commitment.reference, localize(commitment, "title").marked)


@register.filter
def short_titled(commitment: Commitment) -> SafeString:
    """A commitment by its reference and short title, where it stands beside its neighbours."""
    return format_html("{} {}", commitment.reference, localize_short_title(commitment).marked)


@register.filter
def text_lines(text: str) -> list[str]:
    """The lines of a text, such as other names: `{{ aliases|text_lines|as_list }}`."""
    return text.splitlines()


@register.filter
def as_list(items: Iterable[Any]) -> str:
    """Some words in a row, as the page's language separates them."""
    return join_list(map(str, items))


@register.filter
def partial_date_label(date: str) -> str:
    """A partial date's notation as people say it; nothing for nothing."""
    return parse_partial_date(date).label if date else ""


@register.filter
def url_host(url: str) -> str:
    """The host of an address, by which readers know whose page it is."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.simple_tag(takes_context=True)
def list_url(context: template.Context, **filters: str) -> str:
    """The list with these filters, on the day that this page is asked for: `{% list_url status="completed" %}`.

    Several values of one filter are joined by commas.
    """
    links: DayLinks = context["links"]
    return links.commitments(**filters)


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, name: str, *args: str, **params: str) -> str:
    """A page's address, on the day that this page is asked for: `{% page_url "timeline" area=area.slug %}`."""
    links: DayLinks = context["links"]
    return links.page(name, *args, **params)


# What stands between texts, as the page's language writes it: `{{ day }}{% colon %}{{ status }}`.
register.simple_tag(lambda: join_sentences(["", ""]), name="space")
register.simple_tag(list_separator, name="list_comma")
register.simple_tag(lambda: with_label("", ""), name="colon")


@register.simple_tag
def parts(*words: Any) -> SafeString:
    """Parts of a sentence in a row, without those that are empty: `{% parts title day %}`."""
    return format_html_join(join_parts(["", ""]), "{}", ((word,) for word in words if word))


@register.simple_tag
def labelled(name: Any, value: Any) -> SafeString:
    """What something is called, and what it is; one alone where the other is empty: `{% labelled entry title %}`."""
    return format_html(with_label("{}", "{}") if name and value else "{}{}", name, value)


@register.simple_tag(takes_context=True)
def pledge_links(context: template.Context, pledges: Iterable[tuple[Update, SafeString]]) -> SafeString:
    """The pledges that a piece of news is of, each with its name and a link to its entry."""
    links: DayLinks = context["links"]
    return format_html_join(
        list_separator(),
        '<a class="name" href="{}#entry-{}">{}</a>',
        ((links.page("commitment", update.commitment.reference), update.pk, name) for update, name in pledges),
    )


@register.simple_tag(takes_context=True)
def party_links(context: template.Context, bodies: Iterable[Organisation]) -> SafeString:
    """Organisations in a row, and what they were called on the page's day."""
    links: DayLinks = context["links"]
    return format_html_join(
        list_separator(),
        '<a href="{}">{}</a>{}',
        ((links.page("organisation", body.slug), localized(body, "name"), formerly(context, body)) for body in bodies),
    )


@register.filter
def source_links(update: Update, commitment: Commitment) -> SafeString:
    """Who published what an update rests on, with links."""
    return format_html_join(
        join_clauses(["", ""]),
        '<a href="{}" rel="noopener external">{}</a>',
        ((piece.url, localized_record_text(piece.publisher, commitment)) for piece in update.evidence_rows),
    )


@register.simple_tag
def language_tag() -> str:
    """The page's language, as `lang` says it."""
    return LANGUAGE_TAGS[current_language()]
