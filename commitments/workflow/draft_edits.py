"""Who had a hand in a draft: in its fields, its evidence or its translations. With four eyes none of them publishes it.

Who wrote an organisation, an area or a release is in Django's log: `entity_proposals.editors_among`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.contrib.auth.models import User
from django.utils import timezone

from commitments.ledger.translations import places_of_texts
from commitments.models import Commitment, DraftCommitment, DraftEdit, DraftUpdate


def note_edits(user: User, drafts: Iterable[int] = (), commitments: Iterable[int] = ()) -> None:
    """Remember that the user wrote or changed a part of drafts of updates and of draft commitments, by their keys.

    Whoever is the first to have a hand in a commitment is its author.
    """
    commitments = set(commitments)
    edits = [DraftEdit(user=user, draft_id=key) for key in sorted(set(drafts))]
    edits += [DraftEdit(user=user, commitment_id=key) for key in sorted(commitments)]
    DraftEdit.objects.bulk_create(edits, batch_size=200, ignore_conflicts=True)
    begin_drafts(commitments, user)
    now = timezone.now()
    DraftCommitment.objects.filter(commitment__in=commitments).update(changed_by=user, changed_at=now)


def begin_drafts(commitments: Iterable[int], author: User | None = None) -> None:
    """See that draft commitments, by their keys, have a state: that they are being drafted, where they had none."""
    states = [DraftCommitment(commitment_id=key, author=author) for key in sorted(commitments)]
    DraftCommitment.objects.bulk_create(states, batch_size=200, ignore_conflicts=True)


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
    """The same of draft commitments."""
    hands = hands_in_commitments(commitments)
    return defaultdict(set, {key: {user.pk for user in users} for key, users in hands.items()})


def hands_in_commitments(commitments: Collection[Commitment]) -> dict[int, list[User]]:
    """By the key of each draft commitment, whoever had a hand in it, the first first."""
    hands: dict[int, list[User]] = defaultdict(list)
    edits = DraftEdit.objects.filter(commitment__in=[commitment.pk for commitment in commitments])
    for edit in edits.select_related("user"):
        hands[edit.commitment_id or 0].append(edit.user)
    return hands
