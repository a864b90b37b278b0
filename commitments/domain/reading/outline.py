"""A text's outline: headings, paragraphs, items of lists, and under which heading each stands."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from commitments.domain.reading.chinese_words import MODAL, TOPIC_END
from commitments.domain.reading.source_text import is_chinese
from commitments.domain.reading.verbs import BASE_FORMS
from commitments.domain.reading.word_lists import words

HEADING, PARAGRAPH, ITEM = "heading", "paragraph", "item"
LONGEST_HEADING, MOST_HEADING_WORDS = 130, 18
FEW_WORDS, SOME_WORDS = 6, 12  # of headings that are no titles
TITLED = 0.7  # share of words with a capital that makes a title
SENTENCE = re.compile(r"[.!?;,](?<!etc\.)(?<!U\.S\.)$|\b(?:will|shall|must)\b")
LONGEST_CHINESE_HEADING, SHORTEST_CHINESE_LINE, LONGEST_TOPIC, SHORT_TOPIC = 46, 25, 24, 8
NARROWEST_MARGIN, WIDEST_MARGIN = 35, 140  # characters of a line that is broken at its margin
NUMERAL = "〇零一二三四五六七八九十百"
# The style of a marker says which headings and items are of one rank.
MARKERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("#", re.compile(r"(#{1,6})\s+")),
    ("章", re.compile(rf"第[{NUMERAL}\d]{{1,4}}[章节部篇編编]\s*")),
    ("条", re.compile(rf"第[{NUMERAL}\d]{{1,4}}[条條]\s*")),
    ("一、", re.compile(rf"[{NUMERAL}]{{1,4}}[、．]\s*")),
    ("（一）", re.compile(rf"[（(][{NUMERAL}]{{1,4}}[)）]\s*[、．]?\s*")),
    ("——", re.compile(r"(?:——|—|──)\s*")),
    ("①", re.compile(r"[①-⑳]\s*")),
    ("1.1", re.compile(r"\d{1,3}(?:\.\d{1,3})+\.?\s+|\d{1,2}(?:\.\d{1,2}){1,3}(?=[^\d\s.%])")),
    ("1.", re.compile(r"\d{1,3}(?:[.)](?!\d)|[、．])\s*")),
    ("(1)", re.compile(r"[（(]\d{1,3}[)）]\s*")),
    ("i.", re.compile(r"(?:\((?:ix|iv|v|vi{1,3}|x|xi{1,3}|i{1,3})\)|(?:ix|iv|v|vi{1,3}|x|i{1,3})[.)])\s+")),
    ("I.", re.compile(r"(?:\((?:IX|IV|V|VI{1,3}|X|XI{1,3}|I{1,3})\)|(?:IX|IV|V|VI{1,3}|X|I{1,3})[.)])\s+")),
    ("a.", re.compile(r"(?:\([a-z]\)|[a-z][.)])\s+")),
    ("A.", re.compile(r"(?:\([A-Z]\)|[A-Z][.)])\s+")),
    ("-", re.compile(r"(?:[-*+•●○▪■◆◇·∙◦‣⁃▶►✓✔➢●]|o(?=\s{1,4}[A-Z])|–|—)\s+|[•●○▪■◆◇➢]\s*")),
)
BULLETS = ("-", "①", "——", "|")
CELL = re.compile(r"[^|\t\s](?:[^|\t]*[^|\t\s])?")
FEWEST_CELLS = 2
QUOTED_LINE = re.compile(r"[ \t]*(?:>[ \t]*)*")
ENDS_SENTENCE = re.compile(r"[.!?。！？；;][\"'”’」』)）]*\s*$")
LEADS_ON = re.compile(r"[:：;；]\s*$|\b(?:to|by|the following|will|shall)\s*$|(?:如下|以下)\S{0,6}\s*$")
FINITE = re.compile(r"\b(?:will|shall|must|is|are|was|were|has|have|had|should|would|can|may)\b", re.IGNORECASE)
SMALL_WORDS = words("a an and as at by for from in into of on or the to with via under within")
CHINESE_INLINE = re.compile(r"[^。！？!?\n]{2,40}[。．:：]\s*(?=\S)|[^。！？!?\s]{2,30}[ \t]{1,4}(?=\S)")


@dataclass(slots=True)
class Block:
    """A paragraph, an item or a heading. `start` stands behind the marker. `path`: the headings above, outermost first.

    `lead`: the block that an item continues, such as "All agencies are required to:".
    """

    kind: str
    start: int
    end: int
    marker: str = ""  # the style of its marker; "" where it has none
    depth: int = 0  # of an item, by its indentation and marker
    gap: int = 0  # blank lines before it
    path: tuple["Block", ...] = ()
    lead: "Block | None" = None
    items: list["Block"] = field(default_factory=list)
    run: list["Block"] = field(default_factory=list)  # the items of its list, itself among them


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    indent: int
    marker: str
    content: int  # where the words begin
    gap: int


def read_outline(copy: str) -> list[Block]:
    """The blocks of a text in order."""
    lines = _lines(copy)
    blocks = _split_rows(copy, _join_lines(copy, lines))
    _split_inline_headings(copy, blocks)
    _find_headings(copy, blocks)
    _set_paths(copy, blocks)
    _set_leads(copy, blocks)
    return blocks


def heading_words(copy: str, block: Block) -> str:
    """What a heading says, in one line."""
    return " ".join(copy[block.start : block.end].strip(" :：#*。.").split())


def _lines(copy: str) -> list[_Line]:
    lines: list[_Line] = []
    at = gap = 0
    for text in copy.split("\n"):
        prefix = QUOTED_LINE.match(text)
        shift = prefix.end() if prefix else 0
        if text[shift:].strip():
            indent = len(text[:shift].expandtabs(4))
            marker, width = _marker(text[shift:])
            end = at + len(text.rstrip())
            lines.append(_Line(at + shift, end, indent, marker, at + shift + width, gap))
            gap = 0
        else:
            gap += 1
        at += len(text) + 1
    return lines


def _marker(words: str) -> tuple[str, int]:
    for style, pattern in MARKERS:
        if match := pattern.match(words):
            name = f"#{len(match[1])}" if style == "#" else style
            if len(words) > match.end() or style == "#":
                return name, match.end()
    return "", 0


def _join_lines(copy: str, lines: list[_Line]) -> list[Block]:
    """Blocks of lines: a text that is broken at its margin has its lines joined."""
    wrapped = _is_wrapped(copy, lines)
    blocks: list[Block] = []
    indents: list[tuple[int, str]] = []
    last: _Line | None = None
    for line in lines:
        if last is not None and blocks and _continues(copy, last, line, blocks[-1], wrapped=wrapped):
            blocks[-1].end = line.end
        else:
            kind = ITEM if line.marker and not line.marker.startswith("#") else PARAGRAPH
            depth = _depth(indents, line) if kind == ITEM else 0
            if kind == PARAGRAPH and line.indent == 0:
                indents.clear()
            block_kind = HEADING if line.marker.startswith("#") else kind
            blocks.append(Block(block_kind, line.content, line.end, line.marker, depth, line.gap))
        last = line
    return blocks


def _depth(indents: list[tuple[int, str]], line: _Line) -> int:
    """How deep an item stands: the same style of marker at the same indentation is the same depth."""
    key = (line.indent, line.marker)
    if key in indents:
        del indents[indents.index(key) + 1 :]
    else:
        while indents and indents[-1][0] > line.indent:
            indents.pop()
        indents.append(key)
    return len(indents)


def _is_wrapped(copy: str, lines: list[_Line]) -> bool:
    """Whether lines end at a margin and not with their paragraph."""
    neighbours = [(a, b) for a, b in pairwise(lines) if b.gap == 0 and not b.marker]
    if not neighbours:
        return False
    broken = sum(1 for a, b in neighbours if a.end - a.start >= NARROWEST_MARGIN and copy[b.start].islower())
    return broken >= max(2, len(neighbours) // 6)


def _continues(copy: str, last: _Line, line: _Line, block: Block, *, wrapped: bool) -> bool:
    if line.gap or line.marker or block.marker.startswith("#"):
        return False
    before, first = copy[last.start : last.end], copy[line.start]
    if is_chinese(before):
        broken = len(before) > (LONGEST_CHINESE_HEADING if last.marker else SHORTEST_CHINESE_LINE)
        return is_chinese(copy[line.start : line.end]) and broken and before[-1] not in "。：:；;！？"
    if block.kind == ITEM:
        indented = line.indent > 0 and first.islower()
        return indented or (wrapped and (first.islower() or line.indent > 0 or not ENDS_SENTENCE.search(before)))
    if wrapped:
        return NARROWEST_MARGIN <= len(before) <= WIDEST_MARGIN
    return first.islower() and not before.endswith((":", ";", "."))


def _split_rows(copy: str, blocks: list[Block]) -> list[Block]:
    """The cells of a table's rows as items: "Publish standards | Ministry | June 2022"."""
    split: list[Block] = []
    for block in blocks:
        words = copy[block.start : block.end]
        cells = list(CELL.finditer(words))
        if "\n" in words or len(cells) < FEWEST_CELLS or not (" | " in words or "\t" in words):
            split.append(block)
            continue
        for cell in cells:
            start, end = block.start + cell.start(), block.start + cell.end()
            if re.search(r"[^\W_]", cell[0]):
                split.append(Block(ITEM, start, end, "|", 1, block.gap if not cell.start() else 0))
    return split


def _split_inline_headings(copy: str, blocks: list[Block]) -> None:
    """`（一）夯实基础。深入实施…`: the first sentence of a numbered Chinese block is its heading."""
    at = 0
    while at < len(blocks):
        block = blocks[at]
        words = copy[block.start : block.end]
        if block.kind == ITEM and block.marker not in BULLETS and is_chinese(words[:60]):
            match = CHINESE_INLINE.match(words)
            if match and match.end() < len(words) and not _is_clause_of_act(match[0]):
                cut = block.start + match.end()
                rest = Block(PARAGRAPH, cut, block.end)
                blocks.insert(at + 1, rest)
                block.kind, block.end = HEADING, cut
        at += 1


def _is_clause_of_act(words: str) -> bool:
    """A first sentence that says who does what is no heading: it has a modal, a date, or is long."""
    if TOPIC_END.search(words.strip()) and len(words) <= LONGEST_TOPIC:
        return False
    return bool(MODAL.search(words) or re.search(r"\d{4}年", words)) or len(words) > LONGEST_CHINESE_HEADING - 6


def _find_headings(copy: str, blocks: list[Block]) -> None:
    for at, block in enumerate(blocks):
        if block.kind == HEADING:
            continue
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        before = blocks[at - 1] if at else None
        if _is_heading(copy, block, before, following):
            block.kind = HEADING


def _is_heading(copy: str, block: Block, before: Block | None, following: Block | None) -> bool:
    words = copy[block.start : block.end].strip()
    if block.marker in BULLETS or "\n" in words or not words:
        return False
    if is_chinese(words):
        return _is_chinese_heading(words, block, before, following)
    opens_text = following is not None and bool(ENDS_SENTENCE.search(copy[following.start : following.end]))
    return _is_english_heading(words, block, before, following, opens_text=opens_text)


def _is_chinese_heading(words: str, block: Block, before: Block | None, following: Block | None) -> bool:
    bare = words.rstrip("。")
    if len(bare) > LONGEST_CHINESE_HEADING or re.search(r"[。；！？]", bare):
        return False
    if following is None or (
        block.marker
        and following.marker == block.marker
        and before is not None
        and before.marker == block.marker
        and before.kind != HEADING
    ):
        return False
    if block.marker in ("一、", "章"):
        return not words.endswith("。") or len(bare) <= SHORT_TOPIC
    if block.marker:
        alone = following.marker != block.marker and following.gap <= 1
        return (alone and not words.endswith(("。", "；"))) or len(bare) <= SHORT_TOPIC
    return not words.endswith(("。", "；", "，", "！", "？"))


def _is_english_heading(
    words: str, block: Block, before: Block | None, following: Block | None, *, opens_text: bool
) -> bool:
    tokens = re.findall(r"[A-Za-z][\w'’&-]*", words)
    if not tokens or len(words) > LONGEST_HEADING or len(tokens) > MOST_HEADING_WORDS or SENTENCE.search(words):
        return False
    finite = bool(FINITE.search(words))
    if words.endswith(":"):
        return not block.marker and len(tokens) <= FEW_WORDS and not finite and block.kind == PARAGRAPH
    if block.marker and _is_numbered_item(block, before, following, opens_text=opens_text):
        return False
    if block.marker in ("I.", "A.") or words.isupper():
        return True
    if following is None or finite:
        return False
    capitals = [token for token in tokens if token.lower() not in SMALL_WORDS]
    titled = sum(token[0].isupper() for token in capitals) >= TITLED * len(capitals)
    if block.marker:
        return following.marker == "" and (titled or len(tokens) <= SOME_WORDS)
    if tokens[0].lower() in BASE_FORMS and not titled and _in_run_of_lines(block, before, following):
        return False
    return words[0].isupper() and (titled or len(tokens) <= SOME_WORDS)


def _is_numbered_item(block: Block, before: Block | None, following: Block | None, *, opens_text: bool) -> bool:
    """Whether its neighbours are items of the same list; one right before a paragraph may be its heading."""
    if following is not None and following.kind == ITEM and following.marker == block.marker:
        return True
    if before is None or before.kind != ITEM or before.marker != block.marker:
        return False
    return following is None or following.kind != PARAGRAPH or following.gap > 1 or not opens_text


def _in_run_of_lines(block: Block, before: Block | None, following: Block | None) -> bool:
    """Lines under one another without a blank one are items, whatever begins them."""
    return (
        block.gap == 0
        and before is not None
        and before.kind != HEADING
        and following is not None
        and following.gap == 0
    )


def _set_paths(copy: str, blocks: list[Block]) -> None:
    """Each block's headings. A block after more blank lines than usual, without a heading, stands under none."""
    gaps = [block.gap for at, block in enumerate(blocks) if at and block.kind == PARAGRAPH]
    usual = max(set(gaps), key=gaps.count) if gaps else 0
    path: list[Block] = []
    for block in blocks:
        if block.kind == HEADING:
            style = block.marker or _style(copy, block)
            styles = [_style(copy, heading) if not heading.marker else heading.marker for heading in path]
            if style in styles:
                del path[styles.index(style) :]
            block.path = tuple(path)
            path.append(block)
            continue
        if block.kind == PARAGRAPH and not block.marker and 0 < usual < block.gap and path and not path[-1].marker:
            path.pop()
        block.path = tuple(path)


def _style(copy: str, block: Block) -> str:
    """Headings without a marker are of one rank, but for those in capitals."""
    return "CAPITALS" if copy[block.start : block.end].isupper() else ""


def _set_leads(copy: str, blocks: list[Block]) -> None:
    """Each item's lead: the deeper item's parent, or the paragraph before the list that leads on to it."""
    parents: list[Block] = []
    opener: Block | None = None
    runs: dict[tuple[int, int], list[Block]] = {}
    for block in blocks:
        if block.kind != ITEM:
            parents.clear()
            runs.clear()
            opener = block if block.kind == PARAGRAPH and leads_on(copy, block) else None
            continue
        while parents and parents[-1].depth >= block.depth:
            parents.pop()
        block.lead = parents[-1] if parents else opener
        block.run = runs.setdefault((id(block.lead), block.depth), [])
        block.run.append(block)
        if block.lead is not None:
            block.lead.items.append(block)
        parents.append(block)


def leads_on(copy: str, block: Block) -> bool:
    """Whether a block ends so that a list must follow: "will:", "to look at;", "以下:"."""
    return bool(LEADS_ON.search(copy[block.start : block.end].rstrip(" *_")))
