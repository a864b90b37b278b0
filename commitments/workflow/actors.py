"""In which role, and for which organisation, a member of staff records: no name goes into the ledger.

What a member of staff may open and draft for is `CommitmentQuerySet.accessible_to` in `models.commitment`.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.contrib.auth.models import User

from commitments.domain.choices import Role, TranslatorRole
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment


def actor_for(user: User, commitment: Commitment | None = None) -> Actor:
    """The role and organisation of a user who appends an entry, about a commitment or about no single one."""
    return actors_for(user, [commitment] if commitment else [])(commitment)


def actors_for(user: User, commitments: Iterable[Commitment]) -> Callable[[Commitment | None], Actor]:
    """The same for entries about several commitments, in two queries: a function that gives the actor of each.

    Where somebody looks after a commitment whose public owner is another body, the entry names nobody: who is assigned
    is never public. Nor does an entry name a body that is not on record, unless it becomes public as an owner.
    """
    affiliation = getattr(user, "affiliation", None)
    unnamed = Actor(Role.ADMINISTRATOR if user.is_superuser else Role.PUBLISHER)
    if affiliation is None:
        return lambda _commitment: unnamed
    organisation, keys = affiliation.organisation, [commitment.pk for commitment in commitments]
    within = Commitment.objects.filter(pk__in=keys)
    owned = set(within.owned_by([organisation.pk]).values_list("pk", flat=True))
    assigned = set(within.assigned_to([organisation.pk], [user.pk]).values_list("pk", flat=True))
    named = replace(unnamed, organisation=organisation.slug)

    def actor(commitment: Commitment | None) -> Actor:
        if commitment and commitment.pk in owned:
            return named
        hidden = organisation.published_at is None or (commitment and commitment.pk in assigned)
        return unnamed if hidden else named

    return actor


def translator_for(user: User) -> Actor:
    """The same for a translation, which editors may record of what is not public yet."""
    by = actor_for(user)
    return by if user.has_perm("commitments.publish") else replace(by, role=TranslatorRole.EDITOR)
