"""What a part of a text is for, by its heading; and what in it speakers say."""

import re

from commitments.domain.reading.chinese_words import ACTS
from commitments.domain.reading.outline import Block, heading_words
from commitments.domain.reading.source_text import is_chinese

ACTIONS, BACKGROUND, GOALS, PRINCIPLES, ASIDE, PLAIN = "actions", "background", "goals", "principles", "aside", "plain"
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            ASIDE,
            (
                r"\b(?:definitions?|glossary|case stud(?:y|ies)|notes? (?:to|for) editors|"
                r"contacts?|further information|"
                r"methodology|"
                r"references|(?:key )?resources|acknowledge?ments|disclaimer|copyright|"
                r"media enquiries|further reading)\b|"
                r"释义|定义|名词解释|附注|参考资料|出席|列席"
            ),
        ),
        (
            BACKGROUND,
            (
                r"^\W*(?:(?:the|our|policy|strategic|ministerial|minister's|some|potential|budgetary|legal|economic|"
                r"current)\s+){0,3}"
                r"(?:background|contexts?|introduction|foreword|preface|preamble|implications|"
                r"basis|status|annex(?:es)?|"
                r"appendix|"
                r"achievements?|situation|challenges?|problems?|issues?|vision)\b(?!\s+(?:of|to)\b)|"
                r"\b(?:what we (?:heard|have done)|progress (?:so far|to date)|where we are|state of play|why (?:it|"
                r"this) matters|"
                r"about (?:the|this|us))\b|"
                r"背景|意义|形势|现状|基础|回顾|成绩|成就|成效|问题|挑战|经验|机遇|发展环境|序言|前言|引言|附录"
            ),
        ),
        (PRINCIPLES, r"指导思想|基本原则|工作原则|总体思路|主要原则|指导原则|基本要求|总体要求$|原则$"),
        (GOALS, r"目标|愿景|任务目标|预期|指标"),
        (
            ACTIONS,
            r"\b(?:required actions?|requirements?|actions?|responsibilities|obligations|implementation|tasks?)\b",
        ),
    )
)
SPEECH = re.compile(
    r"\b(?:said|says|say|added|adds|commented|comments|remarked|told|noted|stated|explained|concluded|"
    r"welcomed|quoted|according to)\b|表示|指出|说|強調|强调|称",
    re.IGNORECASE,
)
QUOTATION = re.compile(r"“[^“”]{1,4000}(?:”|(?=\n|\Z))|\"[^\"\n]{1,4000}\"|「[^「」]{1,4000}」")
SHORTEST_SPEECH = 12  # characters
TOPICS, SHORT_TOPIC = ("发展", "改革", "建设", "教育", "工作", "实施", "保护"), 6  # 发展基础: a thing, not an act
LONGEST_TOPIC = 60  # characters of a heading that only names a topic
NEAR = 160  # characters before or behind a quotation in which its speaker is named


def section_kind(copy: str, block: Block) -> str:
    """What the nearest heading that says so says the part is for."""
    for heading in reversed(block.path):
        words = heading_words(copy, heading)
        says_what_to_do = (
            is_chinese(words)
            and (len(words) > SHORT_TOPIC or not words.startswith(TOPICS))
            and any(words.startswith(act) for act in ACTS)
        )  # 夯实…基础
        for kind, pattern in KINDS:
            if pattern.search(words) and not (kind == BACKGROUND and says_what_to_do) and len(words) <= LONGEST_TOPIC:
                return kind
    return PLAIN


def quoted_spans(copy: str) -> tuple[tuple[int, int], ...]:
    """The spans that speakers say. What is quoted as a name ("right to shelter") is none."""
    spans = []
    for match in QUOTATION.finditer(copy):
        around = copy[max(0, match.start() - NEAR) : match.start()] + "\n" + copy[match.end() : match.end() + NEAR]
        if len(match[0]) < SHORTEST_SPEECH:
            continue
        if SPEECH.search(around) and (
            is_chinese(match[0]) or re.search(r"\b(?:is|are|will|have|has|was|we|our)\b", match[0])
        ):
            spans.append(match.span())
    return tuple(spans)
