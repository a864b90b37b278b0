"""The spans of an English block that promise, and the sentences that were passed over."""

import re
from dataclasses import dataclass, replace

from commitments.domain.reading.english_clauses import (
    cut_clauses,
    cut_tail,
    first_word,
    has_finite_verb,
    is_aim,
    split_gerund_parts,
    split_listed,
    split_parties,
    split_passive_subjects,
    split_verbs,
)
from commitments.domain.reading.english_triggers import MODAL, find_triggers, place
from commitments.domain.reading.english_words import (
    AGREEMENTS,
    BOILERPLATE,
    READER_ACTS,
    SIGNED,
    WERE_SIGNED,
)
from commitments.domain.reading.outline import ITEM, SMALL_WORDS, Block, leads_on
from commitments.domain.reading.source_text import trim
from commitments.domain.reading.spans import DOUBTFUL, LIKELY, LONGEST_SENTENCE, SURE, Passed, Span
from commitments.domain.reading.tokens import Token, split_sentences, tokenize
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
    r"(?:within|by|before|after|at|upon|on|from|during|where|when|following|as soon as|as|through|no later than|not later than|"
    r"over|starting|beginning|until|in|if|working with|together with|with|once)\b[^:;]{2,200}?,\s+", re.IGNORECASE,
)  # fmt: skip
SCOPE = re.compile(
    r"\b(?:to )?(?:look(?:ing)? (?:at|into)|consider(?:ing)?|examin(?:e|ing)|explor(?:e|ing)|cover(?:s|ing)?|includ(?:e|es|ing)|"
    r"contain(?:s|ing)?|compris(?:e|es|ing)|address(?:es|ing)?|on|about|focus(?:es|ing)? on|such as|for example)\s*(?:the following\s*)?[:;]?\s*$",
    re.IGNORECASE,
)
OPEN_LEAD = re.compile(
    r"(?:\b(?:to|by|will|shall|must|that|including by|as follows|ensuring|ensure|configuring|namely)\b(?:\s+\w+ing)?|"
    r"\b(?:following|these|below)\b[^.:;]{0,60}|\b(?:actions?|measures?|steps?|commitments?|priorities|initiatives|recommendations|"
    r"targets?|objectives|goals|pledges|we (?:will|shall)))\s*[:;]?\s*$", re.IGNORECASE,
)  # fmt: skip
DEEDS_LEAD = re.compile(
    r"\b(?:actions?|measures?|steps?|commitments?|initiatives|pledges|agreed|will|shall|undertake|commits?|intends?|aims?|plans?|co-?operate|collaborate)\b",
    re.I,
)
NEW_THING = re.compile(
    r"(?:an? (?:new|national|single|independent)\b|new\b|more\b|free\b|better\b|extra\b|additional\b|[£$€]?\d[\d,.]*\b)",
    re.I,
)
NOT_BEHIND_A_VERB = ("is", "are", "was", "were", "has", "have", "will", "of", "'s", ":")
TITLED = 0.7  # share of words with a capital that makes a title
VAGUE = re.compile(r"\b(?:facts?|definitions?|principles?|values|questions?|examples?|contacts?|members|attend\w*|see also|benefits?|"
                   r"reasons?|challenges?|findings|key points|background)\b", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a block stands. `demands`: among a directive's actions; `quoted`: the spans of what speakers say."""

    demands: bool = False
    background: bool = False
    quoted: tuple[tuple[int, int], ...] = ()


def read_block(copy: str, block: Block, setting: Setting) -> tuple[list[Span], list[Passed]]:
    """The spans of a paragraph or an item."""
    spans: list[Span] = []
    passed: list[Passed] = []
    for number, (start, end) in enumerate(split_sentences(copy, block.start, block.end)):
        found, why = _read_sentence(copy, start, end, block, setting, first=number == 0)
        spans += found
        if not found:
            passed.append(Passed(start, end, why))
    return spans, passed


def _read_sentence(
    copy: str, start: int, end: int, block: Block, setting: Setting, *, first: bool
) -> tuple[list[Span], str]:
    tokens = tokenize(copy, start, end)
    if not any(token.low[0].isalpha() for token in tokens):
        return [], "figures"
    if any(a <= start and end <= b + 2 for a, b in setting.quoted):
        return [], "quoted"
    if end - start and tokens[-1].low == "?":
        return [], "question"
    words = copy[start:end].replace("\n", " ")
    if len(words) > LONGEST_SENTENCE:
        return [], "endless"
    if BOILERPLATE.search(words):
        return [], "boilerplate"
    open_lead = bool(block.items) and leads_on(copy, block) and end >= block.end - 2
    if open_lead and _is_bare_lead(words, tokens):
        return [], "umbrella"
    spans = _signed(copy, tokens, words)
    if not spans:
        tokens_read = _outside_quotes(tokens, setting.quoted)
        triggers = find_triggers(copy, tokens_read, demands=setting.demands)
        spans = _promised(copy, tokens_read, triggers)
    if not spans and first and block.kind == ITEM and block.lead is not None:
        spans = _item_of_lead(copy, tokens, block)
    if not spans:
        spans = _imperative(copy, tokens, block, first=first)
    if setting.background:
        spans = [span for span in spans if span.sure >= SURE]
    return spans, "background" if setting.background else "nothing_promised"


def _outside_quotes(tokens: list[Token], quoted: tuple[tuple[int, int], ...]) -> list[Token]:
    return [token for token in tokens if not any(a <= token.start < b for a, b in quoted)]


def _promised(copy: str, tokens: list[Token], triggers: list) -> list[Span]:
    spans: list[Span] = []
    for span, trigger in zip(cut_clauses(copy, tokens, triggers), triggers, strict=False):
        cut, tail = cut_tail(copy, span)
        pieces = split_passive_subjects(copy, cut, trigger)
        pieces = [part for piece in pieces for part in split_gerund_parts(copy, piece)]
        pieces = [part for piece in pieces for part in _split(copy, piece, splits_to=trigger.splits_to)]
        pieces = [part for piece in pieces for part in split_listed(copy, piece)]
        spans += pieces
    return spans


def _split(copy: str, span: Span, *, splits_to: bool) -> list[Span]:
    return [span] if span.why in ("part", "list") else split_verbs(copy, span, splits_to=splits_to)


def _signed(copy: str, tokens: list[Token], words: str) -> list[Span]:
    """Agreements that a text reports as signed; their purposes are what was agreed, and count as aims."""
    start, end = tokens[0].start, tokens[-1].end
    matches = list(SIGNED.finditer(words))
    passive = WERE_SIGNED.search(words)
    if not matches and passive:
        return _were_signed(copy, tokens, passive)
    if (
        not matches
        or re.search(r"\b(?:had|in (?:19|20)\d\d|previously|since)\b", words[: matches[0].start()])
        or MODAL.search(words[: matches[0].start()])
    ):
        return []
    spans: list[Span] = []
    cuts = [_clause_before(words, match.start(), number) for number, match in enumerate(matches)]
    subject = trim(copy, start + cuts[0], start + matches[0].start())
    for number, match in enumerate(matches):
        stop = cuts[number + 1] if number + 1 < len(matches) else end - start
        a, b = trim(copy, start + cuts[number], start + stop)
        b = re.sub(r"[\s,]+and\s*$", "", copy[a:b]).__len__() + a
        span = Span(a, b, "signed", SURE, "statement", "agreement", match["verb"].lower(), start + match.start(), subject,
                    sentence=(start, end))  # fmt: skip
        spans += _agreement_parts(copy, span)
    return spans


def _clause_before(words: str, at: int, number: int) -> int:
    if number == 0:
        opening = re.match(
            r"(?:In view of|Following|After|To|In order to|As part of|During|At|In|On)\b[^,]*,\s+", words[:at]
        )
        return opening.end() if opening else 0
    return at


def _agreement_parts(copy: str, span: Span) -> list[Span]:
    cut, tail = cut_tail(copy, span)
    parts = split_parties(copy, cut)
    last = parts[-1]
    words = copy[last.start : last.end].replace("\n", " ")
    deed = re.search(
        r",\s+(?P<deed>(?:\w+ly\s+)?(?:entrusting|committing|requiring|granting|providing|setting|establishing|agreeing|undertaking))\b",
        words,
    )
    aims = split_verbs(copy, replace(last, verb_start=max(last.verb_start, last.start)))
    if deed:
        parts[-1] = replace(last, end=last.start + deed.start())
        parts.append(replace(last, start=last.start + deed.start("deed"), why="part", kind="action", force="promise", sure=LIKELY,
                             verb=GERUNDS.get(deed["deed"].lower(), ""), verb_start=last.start + deed.start("deed")))  # fmt: skip
    elif len(aims) > 1:
        parts[-1:] = [
            aims[0],
            *(replace(aim, why="part", kind="action", force="promise", sure=LIKELY) for aim in aims[1:]),
        ]
    elif also := re.search(r",\s+as well as\s+", words):
        parts[-1] = replace(last, end=last.start + also.start())
        parts.append(replace(last, start=last.start + also.end(), why="list", kind="continuing", force="promise", sure=LIKELY,
                             lead=(last.start, last.start + also.start())))  # fmt: skip
    if tail and is_aim(copy, tail):
        parts.append(replace(span, start=tail[0], end=tail[1], why="aim", sure=LIKELY, kind="continuing", force="promise",
                             level="aim", verb_start=tail[0]))  # fmt: skip
    return parts


def _were_signed(copy: str, tokens: list[Token], match: re.Match[str]) -> list[Span]:
    start, end = tokens[0].start, tokens[-1].end
    tail = re.search(r",\s+(?:including|among them|such as)\b", copy[start + match.end() : end])
    stop = start + match.end() + tail.start() if tail else end
    a, b = trim(copy, start, stop)
    return [Span(a, b, "signed", LIKELY, "statement", "agreement", match["verb"].lower(), start + match.start("verb"),
                 sentence=(start, end))]  # fmt: skip


def _is_bare_lead(words: str, tokens: list[Token]) -> bool:
    """Whether a sentence only leads on to its list: "All agencies are required to:", "We will:"."""
    bare = words.rstrip(" :;")
    if re.search(r"\b(?:will|shall|to|by|must|that|would)$", bare):
        return (
            not re.search(r"\b(?:will|shall|to)\b.{30,}\b(?:to|by)$", bare)
            or bool(re.search(r"\bby$", bare))
            and len(tokens) < 9
        )
    umbrella = re.search(
        r"\b(?:following|these)\s+(?:[\w-]+\s+){0,4}?(?:actions?|measures?|steps?|commitments?|priorities|initiatives|areas|"
        r"principles|points|projects|targets?|ways)\b[^,;]{0,30}$|\bthe following$|\bas follows$|\bbelow$", bare, re.IGNORECASE,
    )  # fmt: skip
    return bool(umbrella) or bool(re.search(r"\b(?:ensuring|ensure|configuring|including)$", bare) and len(tokens) < 16)


def _item_of_lead(copy: str, tokens: list[Token], block: Block) -> list[Span]:
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
    if VAGUE.search(last) and not re.search(r"\b(?:will|shall)\b", last):
        return []
    if SCOPE.search(last) and len(last.split()) > 6 and MODAL.search(last):
        return []
    if not (
        OPEN_LEAD.search(last)
        and (DEEDS_LEAD.search(last) or re.search(r"\b(?:to|by|ensuring|ensure|configuring)\s*[:;]?$", last))
    ):
        return []
    if has_finite_verb(tokens) and not re.search(r"\b(?:that|ensuring|ensure|will|shall|by|to)\s*[:;]?$", last):
        return []
    a, b = trim(copy, *_without_and(copy, span.start, span.end))
    at = first_word(tokens)
    verb = tokens[at].low if at < len(tokens) else ""
    verb = GERUNDS.get(verb, verb)
    item = replace(span, start=a, end=b, verb=verb, verb_start=a)
    item, _tail = cut_tail(copy, item)
    return split_verbs(copy, item, gerunds=True) if verb in BASE_FORMS else [item]


def _without_and(copy: str, start: int, end: int) -> tuple[int, int]:
    match = re.search(r"[;,.]?\s*(?:\band\b|\bor\b)?\s*[;,.]?\s*$", copy[start:end])
    return (start, start + match.start()) if match else (start, end)


def _imperative(copy: str, tokens: list[Token], block: Block, *, first: bool) -> list[Span]:
    """ "Replace council tax with …"; in lists also "Investing £17 million", "Introduction of …", "Fund to help …"."""
    start, end = tokens[0].start, tokens[-1].end
    words = copy[start:end].replace("\n", " ")
    offset = 0
    at = first_word(tokens)
    if at >= len(tokens):
        return []
    if tokens[at].low not in BASE_FORMS and (match := CIRCUMSTANCE.match(words)):
        behind = place(tokens, start + match.end())
        if behind < len(tokens) and tokens[behind].low in BASE_FORMS:
            offset = match.end()
            at = behind
    item = block.kind == ITEM
    low = tokens[at].low
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    why, sure = "", 0.0
    thing = following in NOT_BEHIND_A_VERB or (low in BASE_FORMS and _is_title_noun(tokens, at, item=item))
    if low in BASE_FORMS and not thing and not (low in READER_ACTS and not item):
        why, sure = "imperative", SURE if item else LIKELY
    elif item and first and low in THIRD_PERSONS and _looks_like_object(tokens, at):
        why, sure = "imperative", DOUBTFUL
    elif item and first and low in GERUNDS and (not has_finite_verb(tokens) or _siblings_act(copy, block)):
        why, sure = "gerund", DOUBTFUL
    elif (
        item
        and first
        and low in ACTS_AS_THINGS
        and "of" in [token.low for token in tokens[at : at + 5]]
        and not has_finite_verb(tokens)
    ):
        why, sure = "act_as_thing", LIKELY
    elif (match := re.match(r"[^.,:;]{3,80}?\bto\s+(?:be\s+)?(?P<verb>[a-z-]+)\b", words)) and not has_finite_verb(
        tokens
    ):
        verb = match["verb"]
        passive = (verb in PARTICIPLES or verb.endswith("ed")) and bool(re.search(r"\sbe\s", match[0]))
        if passive or (item and first and verb in BASE_FORMS and _siblings_act(copy, block)):
            why, sure = "headline", LIKELY if passive else DOUBTFUL
    elif item and first and NEW_THING.match(words) and not has_finite_verb(tokens) and _siblings_act(copy, block):
        why, sure = "headline", DOUBTFUL
    if not why:
        return []
    a, b = trim(copy, *_without_and(copy, start, end))
    span = Span(a, b, why, sure, verb=GERUNDS.get(low, THIRD_PERSONS.get(low, low)), verb_start=tokens[at].start if not offset else start + offset,
                sentence=(start, end))  # fmt: skip
    span, _tail = cut_tail(copy, span)
    return [
        part
        for piece in split_listed(copy, span)
        for part in (
            split_verbs(copy, piece, gerunds=why == "gerund") if piece.why not in ("list", "headline") else [piece]
        )
    ]


def _is_title_noun(tokens: list[Token], at: int, *, item: bool) -> bool:
    """ "Research and development of …", "Support for …": a word that is a thing here."""
    low = tokens[at].low
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    if low not in ALSO_NOUNS:
        return following == "" and not item
    words = [token.text for token in tokens if token.text[0].isalpha() and token.low not in SMALL_WORDS]
    if len(words) > 2 and sum(word[0].isupper() for word in words) > TITLED * len(words):
        return True
    if following in (
        "for",
        "of",
        "from",
        "is",
        "are",
        "",
        "on",
        ":",
        ",",
        "team",
        "group",
        "plan",
        "centre",
        "committee",
    ):
        return True
    if following == "and":
        after = tokens[at + 2].low if at + 2 < len(tokens) else ""
        return after not in BASE_FORMS and after != "be"
    return False


def _looks_like_object(tokens: list[Token], at: int) -> bool:
    return not has_finite_verb(tokens) and len(tokens) - at > 3


def _siblings_act(copy: str, block: Block) -> bool:
    """Whether the heading or list around an item holds deeds: its siblings or its parent begin with a verb."""
    family = [*block.run, *([block.lead] if block.lead is not None else [])]
    words = [tokenize(copy, other.start, min(other.end, other.start + 80)) for other in family if other is not block]
    return any(
        tokens and tokens[first_word(tokens)].low in BASE_FORMS for tokens in words if first_word(tokens) < len(tokens)
    )
