"""Which words a redaction removes, and where else they stand: in what staff keep beside the ledger."""

import json
import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet

from commitments.models import Commitment, DeletedDraft, KeptForm

# A word, or a character of Chinese, which is written without spaces.
TOKEN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
MACHINE_VALUE = re.compile(r"[a-z0-9_:.-]*")  # a kind, a slug, a date: no words
TELLING_LENGTH = 4  # letters of a word by which a line is known to say it


def removed_words(content: Any, remaining: Any) -> set[str]:
    """What is in the texts of an entry's content and no longer in what remains of it; None where nothing remains.

    Each run of words, and of it the longer words and pairs of Chinese characters: lines may say a part of it.
    """
    if isinstance(content, dict):
        kept = remaining if isinstance(remaining, dict) else {}
        return _union(removed_words(value, kept.get(name)) for name, value in content.items())
    if isinstance(content, list):
        rows = remaining if isinstance(remaining, list) and len(remaining) == len(content) else [None] * len(content)
        return _union(removed_words(value, row) for value, row in zip(content, rows, strict=True))
    if not isinstance(content, str) or content == remaining or MACHINE_VALUE.fullmatch(content):
        return set()
    if "://" in content:
        return {content}
    return _removed_runs(content, remaining if isinstance(remaining, str) else "")


def _union(sets: Iterable[set[str]]) -> set[str]:
    return set().union(*sets)


def _removed_runs(before: str, after: str) -> set[str]:
    tokens, left = list(TOKEN.finditer(before)), TOKEN.findall(after)
    matcher = SequenceMatcher(None, [token.group() for token in tokens], left, autojunk=False)
    words: set[str] = set()
    for step, start, end, _left_start, _left_end in matcher.get_opcodes():
        if step in ("delete", "replace"):
            run = [token.group() for token in tokens[start:end]]
            pairs = {first + second for first, second in pairwise(run) if len(first) == len(second) == 1}
            words |= {before[tokens[start].start() : tokens[end - 1].end()], *pairs}
            words |= {word for word in run if len(word) >= TELLING_LENGTH and word not in left}
    return words


def say_any(words: set[str], *texts: str) -> bool:
    """Whether any of the texts says any of the words, as they are or as JSON writes them."""
    return any(word in text or json.dumps(word)[1:-1] in text for word in words for text in texts)


def clear_log(log_entries: QuerySet[LogEntry], words: set[str], name: str = "") -> None:
    """Empty the lines that say removed words, and call what they are about by its reference; others stay."""
    for line in log_entries:
        if say_any(words, line.object_repr, line.change_message):
            line.object_repr, line.change_message = name or line.object_repr, ""
            line.save(update_fields=["object_repr", "change_message"])


def drop_kept_work(commitment: Commitment | None, words: set[str]) -> None:
    """Delete what was kept to be had back and says it: forms of anybody, deleted drafts of the commitment.

    A single word is no reason: somebody's work would go for a word that anybody uses.
    """
    words = {word for word in words if len(TOKEN.findall(word)) > 1}
    for form in KeptForm.objects.all():
        if say_any(words, json.dumps(form.data, ensure_ascii=False)):
            form.delete()
    if commitment:
        for draft in DeletedDraft.objects.filter(commitment_key=commitment.pk):
            if say_any(words, json.dumps(draft.rows, ensure_ascii=False)):
                draft.delete()
