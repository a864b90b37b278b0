"""Items of lists, and sentences that say what to do without saying who: "Replace council tax with …"."""

import re
from dataclasses import replace

from commitments.domain.reading.english_clauses import (
    cut_tail,
    first_word,
    has_finite_verb,
    split_listed,
    split_verbs,
)
from commitments.domain.reading.english_triggers import MODAL, place
from commitments.domain.reading.english_words import (
    AGREEMENTS,
    READER_ACTS,
)
from commitments.domain.reading.outline import ITEM, SMALL_WORDS, Block, leads_on
from commitments.domain.reading.source_text import trim
from commitments.domain.reading.spans import DOUBTFUL, LIKELY, SURE, Span
from commitments.domain.reading.tokens import Token, tokenize
from commitments.domain.reading.verbs import (
    ACTS_AS_THINGS,
    ALSO_NOUNS,
    BASE_FORMS,
    GERUNDS,
    PARTICIPLES,
    THIRD_PERSONS,
)

# "Within 90 days after issuance, develop …": what may stand before a verb that tells somebody to act.
CIRCUMSTANCE = re.compile(
    r"(?:within|by|before|after|at|upon|on|from|during|where|when|following|as soon as|as|through|no later than|"
    r"not later than|"
    r"over|starting|beginning|until|in|if|working with|together with|with|once)\b[^:;]{2,200}?,\s+",
    re.IGNORECASE,
)
SCOPE = re.compile(
    r"\b(?:to )?(?:look(?:ing)? (?:at|into)|consider(?:ing)?|examin(?:e|ing)|explor(?:e|ing)|cover(?:s|ing)?|"
    r"includ(?:e|es|ing)|"
    r"contain(?:s|ing)?|compris(?:e|es|ing)|address(?:es|ing)?|on|about|focus(?:es|ing)? on|such as|"
    r"for example)\s*(?:the following\s*)?[:;]?\s*$",
    re.IGNORECASE,
)
OPEN_LEAD = re.compile(
    r"(?:\b(?:to|by|will|shall|must|that|including by|as follows|ensuring|ensure|configuring|namely)\b(?:\s+\w+ing)?|"
    r"\b(?:following|these|below)\b[^.:;]{0,60}|\b(?:actions?|measures?|steps?|commitments?|priorities|initiatives|"
    r"recommendations|"
    r"targets?|objectives|goals|pledges|we (?:will|shall)))\s*[:;]?\s*$",
    re.IGNORECASE,
)
DEEDS_LEAD = re.compile(
    r"\b(?:actions?|measures?|steps?|commitments?|initiatives|pledges|agreed|will|shall|undertake|commits?|intends?|"
    r"aims?|plans?|co-?operate|collaborate)\b",
    re.I,
)
OPEN_END = re.compile(r"\b(?:will|shall|to|by|must|that|would)$")
PART_END = re.compile(r"\b(?:ensuring|ensure|configuring|including)$")
UMBRELLA = re.compile(
    r"\b(?:following|these)\s+(?:[\w-]+\s+){0,4}?(?:actions?|measures?|steps?|commitments?|priorities|initiatives|areas|"
    r"principles|points|projects|targets?|ways)\b[^,;]{0,30}$|\bthe following$|\bas follows$|\bbelow$",
    re.IGNORECASE,
)
FEW_WORDS = 9
VERB_END = re.compile(r"\b(?:to|by|ensuring|ensure|configuring)\s*[:;]?$")
CLAUSE_END = re.compile(r"\b(?:that|ensuring|ensure|will|shall|by|to)\s*[:;]?$")
NEW_THING = re.compile(
    r"(?:an? (?:new|national|single|independent)\b|new\b|more\b|free\b|better\b|extra\b|additional\b|"
    r"[£$€]?\d[\d,.]*\b)",
    re.I,
)
HEADLINE = re.compile(r"[^.,:;]{3,80}?\bto\s+(?P<be>be\s+)?(?P<verb>[a-z-]+)\b")
BEHIND_A_THING = ("for", "of", "from", "is", "are", "", "on", ":", ",", "team", "group", "plan", "centre", "committee")
FEWEST_WORDS = 3  # of a title, or of a verb with its object
REMARKS = ("welcome", "recognise", "recognize", "note", "support", "respect")  # of councils, which promise nothing
NOT_BEHIND_A_VERB = ("is", "are", "was", "were", "has", "have", "will", "of", "'s", ":")
TITLED = 0.7  # share of words with a capital that makes a title
VAGUE = re.compile(
    r"\b(?:facts?|definitions?|principles?|values|questions?|examples?|contacts?|members|attend\w*|see also|benefits?|"
    r"reasons?|challenges?|findings|key points|background)\b",
    re.IGNORECASE,
)


def is_bare_lead(words: str, tokens: list[Token]) -> bool:
    """Whether a sentence only leads on to its list: "All agencies are required to:", "We will:"."""
    bare = words.rstrip(" :;")
    if re.search(r"\bby$", bare) and len(tokens) < FEW_WORDS:
        return True
    if OPEN_END.search(bare):
        return not re.search(r"\b(?:will|shall|to)\b.{30,}\b(?:to|by)$", bare)
    return bool(UMBRELLA.search(bare)) or (len(tokens) < 2 * FEW_WORDS and bool(PART_END.search(bare)))


def item_of_lead(copy: str, tokens: list[Token], block: Block) -> list[Span]:
    """An item whose lead has the verb: "We will: … a new fund". Where the lead lists what a review looks at, none."""
    lead = block.lead
    if lead is None or not leads_on(copy, lead):
        return []
    words = " ".join(copy[lead.start : lead.end].split())
    last = re.split(r"(?<=[.!?])\s+", words)[-1]
    span = Span(
        tokens[0].start,
        tokens[-1].end,
        "item",
        LIKELY,
        lead=(lead.start, lead.end),
        sentence=(tokens[0].start, tokens[-1].end),
    )
    if re.search(rf"\b{AGREEMENTS}\b", copy[span.start : span.end], re.IGNORECASE) and re.search(r"\bsigned\b", last):
        a, b = trim(copy, *_without_and(copy, span.start, span.end))
        return [replace(span, start=a, end=b, why="signed", kind="agreement", force="statement", sure=SURE)]
    if not _lead_promises(last) or (has_finite_verb(tokens) and not CLAUSE_END.search(last)):
        return []
    a, b = trim(copy, *_without_and(copy, span.start, span.end))
    at = first_word(tokens)
    verb = tokens[at].low if at < len(tokens) else ""
    verb = GERUNDS.get(verb, verb)
    item = replace(span, start=a, end=b, verb=verb, verb_start=a)
    item, _tail = cut_tail(copy, item)
    return split_verbs(copy, item, gerunds=True) if verb in BASE_FORMS else [item]


def _lead_promises(words: str) -> bool:
    """Whether what a list continues promises its items, and does not only say what a review looks at."""
    if VAGUE.search(words) and not MODAL.search(words):
        return False
    if SCOPE.search(words) and len(words.split()) >= FEW_WORDS and MODAL.search(words):
        return False
    return bool(OPEN_LEAD.search(words)) and bool(DEEDS_LEAD.search(words) or VERB_END.search(words))


def _without_and(copy: str, start: int, end: int) -> tuple[int, int]:
    match = re.search(r"[;,.]?\s*(?:\band\b|\bor\b)?\s*[;,.]?\s*$", copy[start:end])
    return (start, start + match.start()) if match else (start, end)


def read_imperative(copy: str, tokens: list[Token], block: Block, *, first: bool) -> list[Span]:
    """Such as "Replace council tax with …"; in lists also "Investing £17 million", "Introduction of …"."""
    at = _verb_of_order(copy, tokens)
    if at >= len(tokens):
        return []
    why, sure = _order_kind(copy, tokens, at, block, first=first)
    if not why:
        return []
    start, end = tokens[0].start, tokens[-1].end
    a, b = trim(copy, *_without_and(copy, start, end))
    low = tokens[at].low
    verb = GERUNDS.get(low, THIRD_PERSONS.get(low, low))
    whole = Span(a, b, why, sure, verb=verb, verb_start=tokens[at].start, sentence=(start, end))
    span, _tail = cut_tail(copy, whole)
    if why == "headline":
        return [span]
    pieces = split_listed(copy, span)
    return [
        part
        for piece in pieces
        for part in ([piece] if piece.why == "list" else split_verbs(copy, piece, gerunds=why == "gerund"))
    ]


def _verb_of_order(copy: str, tokens: list[Token]) -> int:
    """The place of the first word or, behind "Within 90 days …,", of the verb that follows."""
    at = first_word(tokens)
    if at < len(tokens) and tokens[at].low not in BASE_FORMS:
        words = copy[tokens[0].start : tokens[-1].end].replace("\n", " ")
        match = CIRCUMSTANCE.match(words)
        behind = place(tokens, tokens[0].start + match.end()) if match else len(tokens)
        if behind < len(tokens) and tokens[behind].low in BASE_FORMS:
            return behind
    return at


def _order_kind(copy: str, tokens: list[Token], at: int, block: Block, *, first: bool) -> tuple[str, float]:
    """By which rule it says what to do, and how sure that is; an empty rule where it does not."""
    low = tokens[at].low
    item = block.kind == ITEM
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    if low in BASE_FORMS and following not in NOT_BEHIND_A_VERB and not _is_title_noun(tokens, at, item=item):
        return ("imperative", SURE if item else LIKELY) if item or low not in READER_ACTS else ("", 0)
    finite = has_finite_verb(tokens)
    if item and first and low in GERUNDS and (not finite or _siblings_act(copy, block)):
        return "gerund", DOUBTFUL
    if finite:
        return "", 0
    if (
        item
        and first
        and low in THIRD_PERSONS
        and THIRD_PERSONS[low] not in REMARKS
        and len(tokens) - at > FEWEST_WORDS
    ):
        return "imperative", DOUBTFUL
    if item and first and low in ACTS_AS_THINGS and "of" in [token.low for token in tokens[at : at + 5]]:
        return "act_as_thing", LIKELY
    return _headline_kind(copy, tokens, block, first=first)


def starts_with_order(tokens: list[Token]) -> bool:
    """Whether the first word is a verb that says what to do."""
    at = first_word(tokens)
    if at >= len(tokens) or tokens[at].low not in BASE_FORMS or tokens[at].low in READER_ACTS:
        return False
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    return following not in NOT_BEHIND_A_VERB and not _is_title_noun(tokens, at, item=False)


def _headline_kind(copy: str, tokens: list[Token], block: Block, *, first: bool) -> tuple[str, float]:
    """Such as "Guidance to be published by March" and, among items that say what to do, "A fund to help firms"."""
    words = copy[tokens[0].start : tokens[-1].end].replace("\n", " ")
    match = HEADLINE.match(words)
    if match and match["be"] and (match["verb"] in PARTICIPLES or match["verb"].endswith("ed")):
        return "headline", LIKELY
    thing = (match and match["verb"] in BASE_FORMS) or NEW_THING.match(words)
    if thing and first and block.kind == ITEM and _siblings_act(copy, block):
        return "headline", DOUBTFUL
    return "", 0


def _is_title_noun(tokens: list[Token], at: int, *, item: bool) -> bool:
    """Such as "Research and development of …", "Support for …": a word that is a thing here."""
    low = tokens[at].low
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    if low not in ALSO_NOUNS:
        return following == "" and not item
    words = [token.text for token in tokens if token.text[0].isalpha() and token.low not in SMALL_WORDS]
    if len(words) >= FEWEST_WORDS and sum(word[0].isupper() for word in words) > TITLED * len(words):
        return True
    named = tokens[at + 1].text[0].isupper() if following else False  # "Network Rail would …"
    if following in BEHIND_A_THING or (named and has_finite_verb(tokens)):
        return True
    if following == "and":
        after = tokens[at + 2].low if at + 2 < len(tokens) else ""
        return after not in BASE_FORMS and after != "be"
    return False


def _siblings_act(copy: str, block: Block) -> bool:
    """Whether the heading or list around an item holds deeds: its siblings or its parent begin with a verb."""
    family = [*block.run, *([block.lead] if block.lead is not None else [])]
    words = [tokenize(copy, other.start, min(other.end, other.start + 80)) for other in family if other is not block]
    return any(
        tokens and tokens[first_word(tokens)].low in BASE_FORMS for tokens in words if first_word(tokens) < len(tokens)
    )
