"""Who had a hand in a draft: in its fields, its evidence or its translations. With four eyes none of them publishes it.

Who wrote an organisation, an area or a release is in Django's log: `entity_proposals.editors_among`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.contrib.auth.models import User

from commitments.ledger.translations import places_of_texts
from commitments.models import Commitment, DraftEdit, DraftUpdate


def note_edits(user: User, drafts: Iterable[int] = (), commitments: Iterable[int] = ()) -> None:
    """Remember that the user wrote or changed a part of drafts of updates and of draft commitments, by their keys."""
    edits = [DraftEdit(user=user, draft_id=key) for key in sorted(set(drafts))]
    edits += [DraftEdit(user=user, commitment_id=key) for key in sorted(set(commitments))]
    DraftEdit.objects.bulk_create(edits, batch_size=200, ignore_conflicts=True)


def note_translations(user: User, commitment: Commitment, sources: Collection[str]) -> None:
    """The same of every draft in which one of the translated texts stands."""
    places = [place for text, places in places_of_texts(commitment).items() if text in sources for place in places]
    drafts = [place.draft.pk for place in places if place.draft]
    note_edits(user, drafts, [] if commitment.published_at else [commitment.pk])


def authors_of_drafts(drafts: Collection[DraftUpdate]) -> dict[int, set[int | None]]:
    """By the key of each draft, whoever wrote or changed any part of it."""
    authors = {draft.pk: {draft.author_id, draft.changed_by_id} for draft in drafts}
    for draft, user in DraftEdit.objects.filter(draft__in=list(authors)).values_list("draft", "user"):
        authors[draft].add(user)
    return authors


def authors_of_commitments(commitments: Collection[Commitment]) -> dict[int, set[int | None]]:
    """The same of draft commitments, which name no author themselves."""
    authors: dict[int, set[int | None]] = defaultdict(set)
    edits = DraftEdit.objects.filter(commitment__in=[commitment.pk for commitment in commitments])
    for commitment, user in edits.values_list("commitment", "user"):
        authors[commitment].add(user)
    return authors
