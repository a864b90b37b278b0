"""What stands beside a box: what each of its choices means, how long a text is, what each role may do."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import Vocabulary
from commitments.domain.quotes import CHARACTERS_PER_WORD, MAX_WORDS

ROLES = {
    "Contributor": _("drafts updates for their own organisation, and sends them for publishing"),
    "Editor": _(
        "drafts everything for every organisation: updates, commitments, names and descriptions; imports files; "
        "answers readers’ reports"
    ),
    "Publisher": _(
        "does what editors do; publishes, returns, corrects and retracts; decides on proposed changes, and translates "
        "what is public"
    ),
    "Administrator": _(
        "makes accounts and gives roles; asks for redactions and carries out those of others; publishes nothing"
    ),
}


def explain(words: Any) -> SafeString:
    """A list of words, each with what it means."""
    return format_html('<ul class="meanings">{}</ul>', format_html_join("", "<li><strong>{}</strong> {}</li>", words))


def _meanings(vocabulary: type[Vocabulary]) -> SafeString:
    return explain((choice.label, choice.meaning) for choice in vocabulary)


def _roles() -> SafeString:
    return explain(ROLES.items())


# In the language of whoever opens the form.
meanings = lazy(_meanings, SafeString)
roles = lazy(_roles, SafeString)


class CountedQuote(forms.TextInput):
    """A line that says how many words it has, or characters of Chinese, as long as it is typed (quote-counter.js)."""

    class Media:
        js = ("commitments/quote-counter.js",)

    def __init__(self) -> None:
        super().__init__(
            attrs={
                "class": "vLargeTextField",
                "data-most": MAX_WORDS,
                "data-per-word": CHARACTERS_PER_WORD,
                "data-words": _("{number} of {most} words"),
                "data-characters": _("{number} of {most} Chinese characters"),
            }
        )
