"""Drafts of what a pledge is called, what sort it is, and when it counts as done."""

import re
from collections.abc import Callable, Sequence

from commitments.domain.quotes import CHINESE_CHARACTER, MAX_WORDS, quote_words
from commitments.domain.reading.chinese_words import ADVERBS as CHINESE_ADVERBS
from commitments.domain.reading.chinese_words import MODAL as CHINESE_MODAL
from commitments.domain.reading.source_text import is_chinese
from commitments.domain.reading.spans import DOUBTFUL, LIKELY, SURE, Span
from commitments.domain.reading.verbs import BASE_FORMS, GERUNDS, PARTICIPLES, gerund, participle
from commitments.domain.reading.word_lists import words

ADVERBS = re.compile(r"(?:(?:\w+ly|also|further|together)\s+)+", re.IGNORECASE)
SECOND_VERB = re.compile(r"^((?:and|or)\s+)([a-z]+)(?=\s)")
SHORTEST_CUT = 40  # characters that a title keeps
TWO = 2  # places for which “both sides” can stand
FURTHEST_MODAL, SHORTEST_ACT = 40, 4  # characters before a Chinese modal, and behind it
CHINESE_JOINTS = ("并", "并且", "还", "也", "亦", "以及", "再", "又", "和", "同时")
SHORTEST_TITLE, LONGEST_TITLE, MOST_OF_TITLE = 15, 120, 200  # characters; what is longer ends before a clause
BRACKETS = re.compile(r"\s*\([^()]*\)")
# What says why, in which fields or for example: the title stands without.
FURTHER_CLAUSE = re.compile(
    r",?\s(?=(?:in order to|so as to|with a view to|such as|including|covering|in areas such as|in facilitating)\b)|"
    r",\s(?=\w+ing\b|which\b)"
)
BOTH_PLACES = re.compile(
    r"\b(?:the two (?:places|sides|cities|governments)|both (?:places|sides|cities))\b", re.IGNORECASE
)
OTHERS_INCLUDING = re.compile(r"\bin other (?:areas|fields) including\b")
ONE_OF_AREAS = re.compile(r"\bin the areas of\b")
SEVERAL_WITH_ONE = re.compile(r"^(\w+) ((?:[\w-]+ )?)agreements (?=with\b)")
JOINED_GERUND = re.compile(r"(?<=\sand )([a-z]+ing)\b|(?<=, )([a-z]+ing)\b")
DETERMINED = re.compile(r"(?:an?|the|two|three|\d+|[a-z]+teen|[a-z]+ty)\s", re.IGNORECASE)
QUOTE_PIECE = re.compile(rf"{CHINESE_CHARACTER.pattern}|(?:(?!{CHINESE_CHARACTER.pattern})\S)+")
CHINESE_PLAN = re.compile("(?<![年动项])计划(?=[于在为推开设举建成])")
# What is kept up rather than done once.
CONTINUING = words("""
continue support encourage promote strengthen enhance improve work collaborate cooperate co-operate explore
facilitate foster maintain deepen boost advance monitor engage liaise partner share help assist protect ensure
uphold respect comply contribute participate coordinate co-ordinate encourage intensify increase reduce expand use
factor consider pursue seek tackle address raise welcome champion nurture safeguard prioritise prioritize focus
invest build develop drive accelerate optimise require operate manage capitalise leverage organise organize invite
consult report review cultivate empower rely select
""")
ONCE = words("""
establish set launch publish hold open sign create introduce appoint complete conduct commission abolish repeal
replace amend legislate ratify host convene issue adopt build construct release submit finalise finalize announce
allocate recruit ban implement provide invest roll start begin set-up draft produce prepare update configure align
endorse enact convert relocate
""")
CHINESE_ONCE = words("""
建立 建成 成立 设立 制定 制订 编制 出台 推出 发布 公布 举办 举行 召开
启动 启用 完成 修订 颁布 印发 组建 新建 签署 开通 取消 废除 研究制定 创建
""")
MODAL_WORDS = re.compile(
    r"^(?:.*?\b(?:will|shall|must)\b(?:\s+(?:also|now|further|then|therefore|not only))*\s+|.*?\b(?:is|are|"
    r"am)\s+(?:also\s+|now\s+|currently\s+)*(?:planning|going|"
    r"committed|aiming|intending|seeking|required|working)\s+(?:with\s+.{1,80}?\s+)?to\s+|.*?\b(?:plans?|intends?|"
    r"aims?|commits?|pledges?|agrees?|agreed|undertakes?|"
    r"decided|resolved?|proposes?|seeks?)\s+to\s+|.*?\bis estimated that\s+)",
    re.IGNORECASE | re.DOTALL,
)
PASSIVE = re.compile(
    r"^(?P<what>(?:(?!\b(?:will|shall|must)\b).)+?)\s+(?:will|shall|must|is to|are to|to)\s+(?P<how>(?:also\s+|"
    r"\w+ly\s+)*)be\s+(?P<how2>(?:also\s+|\w+ly\s+)*)(?P<verb>\w[\w-]*)\b\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)


def title_of(copy: str, text: str, span: Span, deadline: str, places: Sequence[str] = ()) -> tuple[str, float]:
    """The clause without its modal and its deadline, from its verb on; a bare item shares the words of its list.

    `places`: those of the two governments, which "both sides" stands for.
    """
    if is_chinese(copy[span.start : span.end]):
        start = span.start + _chinese_start(copy[span.start : span.end])
        clause = re.sub("(?<=[签簽]署)了", "", _plain(text[start : span.end]), count=1)
        return _cut(_without_opening_day(clause, deadline)), LIKELY
    words = _plain(text[span.start : span.end])
    if span.why == "signed" or span.kind == "agreement":
        return _finished(_agreement_title(words, span, text), places), LIKELY
    core, sure = _core(words, span)
    if span.why == "list" and span.lead:
        lead = _core(_plain(text[span.lead[0] : span.lead[1]]), span)[0].rstrip(" :;")
        core, sure = f"{lead} {core}", LIKELY
    if deadline and len(core) - len(deadline) > SHORTEST_TITLE:
        core = re.sub(rf"[\s,]*{re.escape(' '.join(deadline.split()))}[\s,]*", " ", core, count=1).strip()
    return _finished(_capital(_without_adverbs(core)), places, is_one=span.why == "list"), sure


def _finished(title: str, places: Sequence[str], *, is_one: bool = False) -> str:
    """A title that is understood without the text around it, and ends with a clause. `is_one`: of several in a list."""
    title = OTHERS_INCLUDING.sub("in", title)
    title = ONE_OF_AREAS.sub("in the area of", title) if is_one else title
    if len(places) == TWO:
        title = BOTH_PLACES.sub(" and ".join(places), title)
    return _cut(title)


def _without_adverbs(core: str) -> str:
    """From the verb on: "actively participate", "jointly explore" say no more without."""
    match = ADVERBS.match(core)
    return core[match.end() :] if match and core[match.end() :].partition(" ")[0].lower() in BASE_FORMS else core


def _plain(words: str) -> str:
    return " ".join(words.split())


def _core(words: str, span: Span) -> tuple[str, float]:
    """The words from the verb on."""
    if (match := PASSIVE.match(words)) and match["verb"].lower() in PARTICIPLES:
        verb = PARTICIPLES[match["verb"].lower()]
        return f"{verb} {_small(match['what'])} {match['rest']}".strip(" .,"), LIKELY
    if match := MODAL_WORDS.match(words):
        rest = words[match.end() :]
        if rest.lower().startswith("be "):
            return words, DOUBTFUL
        return rest, LIKELY
    first = words.partition(" ")[0].lower()
    if first in GERUNDS:
        return f"{GERUNDS[first]} {words.partition(' ')[2]}", LIKELY
    if span.level == "aim":
        aim = re.sub(
            r"^(?:with (?:a|the) (?:view|aim|goal|objective) (?:to|of)|in order to|so as to|so that|to)\s+",
            "",
            words,
            flags=re.IGNORECASE,
        )
        first = aim.partition(" ")[0].lower()
        return (f"{GERUNDS[first]} {_joined_verbs(aim.partition(' ')[2])}" if first in GERUNDS else aim), LIKELY
    return words, LIKELY if first in BASE_FORMS else DOUBTFUL


def _joined_verbs(words: str) -> str:
    """Of "enhancing this and promoting that" the second verb as the first."""
    return JOINED_GERUND.sub(lambda match: GERUNDS.get(match[0], match[0]), words)


def _agreement_title(words: str, span: Span, text: str) -> str:
    match = re.search(r"\b(?:signed|renewed|extended|concluded|entered into|initialled)\b", words, re.IGNORECASE)
    verbs = {
        "signed": "Sign",
        "renewed": "Renew",
        "extended": "Extend",
        "concluded": "Conclude",
        "entered into": "Enter into",
        "initialled": "Initial",
    }
    if match and re.search(r"\b(?:was|were|been)\s+(?:also\s+)?$", words[: match.start()]):
        return f"Sign {_small(words[: match.start()])}".removesuffix(" were ").removesuffix(" was ").strip()
    if match:
        return f"{verbs[match[0].lower()]} {words[match.end() :].strip()}"
    lead = _plain(text[span.lead[0] : span.lead[1]]) if span.lead else ""
    found = re.search(r"\bsigned\b\s*(.*)$", lead, re.IGNORECASE)
    if found and re.search(r"\bwith$", found[1].strip()):
        return SEVERAL_WITH_ONE.sub(r"\1 a \2agreement ", f"Sign {found[1].strip()} {words}")
    return f"Sign {_small(words)}" if DETERMINED.match(words) else f"Sign the {words}"


def _chinese_start(words: str) -> int:
    """Where a Chinese clause begins behind its subject and modal, or behind "and"."""
    at = 0
    match = CHINESE_MODAL.search(words) or CHINESE_PLAN.search(words)
    if match and match.start() <= FURTHEST_MODAL:
        at = match.end() if len(words) - match.end() >= SHORTEST_ACT else 0
    while (match := CHINESE_ADVERBS.match(words, at)) and match[0] in CHINESE_JOINTS:
        at = match.end()
    return at


def _without_opening_day(words: str, deadline: str) -> str:
    """Without the deadline where the clause begins with it; of 将于2027年举办, 于 may go with the modal."""
    for day in filter(None, (deadline, deadline.lstrip("於于在到至"))):
        if words.startswith(day) and len(words) - len(day) >= SHORTEST_ACT:
            return words.removeprefix(day).removeprefix("或之前").removeprefix("前").lstrip("，、")
    return words


def _small(words: str) -> str:
    """A beginning "The" as it stands within a sentence."""
    return re.sub(r"^[A-Z](?=[a-z-]*(?:\s+[a-z\d(]|$))|^(?:The|A|An|All|Both)\b", lambda match: match[0].lower(), words)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _cut(words: str) -> str:
    """Where it is long without what stands in brackets and without its further clauses; else cut between words."""
    words = words.strip(" .,;:，。；：")
    if len(words) > LONGEST_TITLE:
        words = BRACKETS.sub("", words)
    if len(words) > LONGEST_TITLE:
        ends = [match.start() for match in FURTHER_CLAUSE.finditer(words, SHORTEST_CUT, LONGEST_TITLE)]
        words = words[: ends[-1]] if ends else words
    if len(words) <= MOST_OF_TITLE:
        return words
    short = words[: MOST_OF_TITLE - 1]
    return (short.rpartition(" ")[0] or short).rstrip(" ,;") + "…"


def kind_of(span: Span, *, dated: bool, counted: bool) -> tuple[str, float]:
    """What sort of pledge it is, by its verb, its date and its number."""
    if span.kind == "agreement":
        return "agreement", SURE
    if span.force == "estimate" and counted:
        return "target", LIKELY
    if span.kind in ("continuing", "action"):
        return span.kind, LIKELY
    if span.verb in ONCE or span.verb in CHINESE_ONCE or PARTICIPLES.get(span.verb) in ONCE:
        return "action", LIKELY
    if dated:
        return ("target" if counted else "action"), LIKELY
    verb = PARTICIPLES.get(span.verb, span.verb)
    return ("continuing", LIKELY) if verb in CONTINUING or is_chinese(span.verb) else ("action", DOUBTFUL)


def chinese_done_when(title: str, kind: str, *, traditional: bool) -> str:
    """When it counts as done, by its Chinese title, in words that a person goes on from."""
    if kind == "agreement":
        return "協議已經簽署" if traditional else "协议已经签署"
    if kind == "continuing":
        return f"已有下列事項的報告：{title}" if traditional else f"已有下列事项的报告：{title}"
    return f"已{title}"


def done_when(title: str, kind: str, span: Span) -> str:
    """When it counts as done, in words that a person goes on from."""
    if is_chinese(title):
        return chinese_done_when(title, kind, traditional=False)
    if kind == "agreement":
        return "the agreement has been signed"
    first, _blank, rest = title.partition(" ")
    verb = first.lower()
    if verb in BASE_FORMS and rest:
        inflected = gerund if kind == "continuing" else participle
        rest = SECOND_VERB.sub(lambda match: _inflect_second(match, inflected), rest, count=1)
        return f"{gerund(verb)} {rest}" if kind == "continuing" else f"the owner has {participle(verb)} {rest}"
    return f"it is reported that this was done: {title[:1].lower()}{title[1:]}"


def _inflect_second(match: re.Match[str], inflected: Callable[[str], str]) -> str:
    """Of "encourage and support" the second, too."""
    return f"{match[1]}{inflected(match[2])}" if match[2] in BASE_FORMS else match[0]


def quote_of(text: str, span: Span) -> str:
    """As many words in a row as a quote may have, as they stand in the text: from the verb on where there are more."""
    start = span.start
    if quote_words(text[start : span.end]) > MAX_WORDS and span.start < span.verb_start < span.end:
        start = span.verb_start
    end = start
    for piece in QUOTE_PIECE.finditer(text, start, span.end):
        if quote_words(text[start : piece.end()]) > MAX_WORDS:
            break
        end = piece.end()
    return text[start:end].rstrip(",;:.，；：。、")
