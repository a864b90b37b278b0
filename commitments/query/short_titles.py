"""What a commitment is called where it stands beside its neighbours."""

from __future__ import annotations

from commitments.models import Commitment
from commitments.query.localized import LocalizedText, localize


def localize_short_title(commitment: Commitment) -> LocalizedText:
    """Its short title, else its title, in the language of the moment.

    A title in the reader's language comes before a short one that nobody has translated.
    """
    if not commitment.short_title:
        return localize(commitment, "title")
    short_title = localize(commitment, "short_title")
    title = localize(commitment, "title") if short_title.is_foreign else short_title
    return short_title if title.is_foreign else title
