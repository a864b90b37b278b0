"""How words are found: in what a commitment says, in its parties' and areas' names, and in what was recorded of it."""

import re
from datetime import date
from typing import Any

from django.db.models import QuerySet

from commitments.i18n.collation import HAN, fold
from commitments.models import Area, Commitment, Organisation, Ownership, Partnership, Update
from commitments.models.commitment import CommitmentQuerySet

# A phrase in quotation marks of any sort, or a word.
TERM = re.compile(r'"([^"]+)"|\u201c([^\u201d]+)\u201d|\u300c([^\u300d]+)\u300d|\uff02([^\uff02]+)\uff02|(\S+)')


# Between Chinese characters and figures or letters: 「世界技能大賽2021」 is two words.
SCRIPTS_MEET = re.compile(rf"(?<={HAN.pattern})(?=[a-z0-9])|(?<=[a-z0-9])(?={HAN.pattern})")
MAX_PARTS = 3  # of one word: each is looked for by itself
PLURAL = re.compile(r"(?:(?<=[a-z]{4})ies|(?<=[a-z]{3})(?<![suia])s)$")


def search_terms(words: str) -> list[str]:
    """What is looked for, folded: each word, and each phrase in quotation marks as a whole; nothing for nothing."""
    terms: list[str] = []
    for match in TERM.finditer(words):
        folded = fold(next(filter(None, match.groups())))
        terms += [folded] if match[5] is None else _parts_of_word(folded)
    return list(dict.fromkeys(term for term in terms if term.strip('"')))


def _parts_of_word(word: str) -> list[str]:
    """A word as it is looked for: what stands in another script by itself, and without the ending of a plural."""
    parts = SCRIPTS_MEET.split(word)
    return [_singular(part) for part in parts] if len(parts) <= MAX_PARTS else [word]


def _singular(word: str) -> str:
    """Without the ending of a plural: what is left is looked for within words, so that "agencies" finds "agency"."""
    return PLURAL.sub("", word) if word.isascii() and word.isalpha() else word


def search_commitments(commitments: CommitmentQuerySet, words: str, day: date) -> CommitmentQuerySet:
    """Those in which every term is found.

    Looked through are reference, title, short title, quote, parties as stated and note; the names of owners, partners
    and area; the notes of updates that count by the day, and the titles of their evidence; in every language.
    """
    for term in search_terms(words):
        commitments = commitments.filter(pk__in=_keys_with(term, day))
    return commitments


def _keys_with(term: str, day: date) -> QuerySet[Any, Any]:
    """The keys of what says the term: table by table, because no index serves an OR over several."""
    own = Commitment.objects.filter(search_text__contains=term)
    updates = Update.objects.filter(search_text__contains=term, retracted_by=None, effective_on__lte=day)
    bodies = Organisation.objects.filter(search_text__contains=term)
    parties = [model.objects.filter(organisation__in=bodies) for model in (Ownership, Partnership)]
    in_area = Commitment.objects.filter(area__in=Area.objects.filter(search_text__contains=term))
    others = [rows.order_by().values("commitment") for rows in (updates, *parties)]
    return own.order_by().values("pk").union(*others, in_area.order_by().values("pk"), all=True)
