"""How words are found: in what a commitment says, in its owners' names, and in what was recorded of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from commitments.i18n.collation import fold, has_chinese
from commitments.models import Commitment, Organisation, Ownership, Update
from commitments.models.commitment import CommitmentQuerySet


def search_commitments(commitments: CommitmentQuerySet, words: str, day: date) -> CommitmentQuerySet:
    """Those in which every word is found: in reference, title, quote, owners, parties as stated or notes by the day."""
    for word in words.split():
        commitments = commitments.filter(pk__in=_keys_with(word, day))
    return commitments


def _keys_with(word: str, day: date) -> QuerySet[Any, Any]:
    """The keys of what says the word: table by table, because no index serves an OR over several."""
    own = Commitment.objects.filter(_contains(word, "reference", "title", "quote", "parties_as_stated", "note"))
    updates = Update.objects.filter(_contains(word, "note"), retracted_by=None, effective_on__lte=day)
    named = Organisation.objects.filter(_contains(word, "name", "short_name"))
    owned = Ownership.objects.filter(organisation__in=named)
    others = [rows.order_by().values("commitment") for rows in (updates, owned)]
    return own.order_by().values("pk").union(*others, all=True)


def _contains(word: str, *columns: str) -> Q:
    """A word of Chinese is looked for in both its forms, and in the translations of what the columns say."""
    if has_chinese(word):
        return Q(search_text_zh__contains=fold(word))
    return Q(*((f"{column}__icontains", word) for column in columns), _connector=Q.OR)
