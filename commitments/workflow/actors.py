"""In which role, and for which organisation, a member of staff records: no name goes into the ledger.

What a member of staff may open and draft for is `CommitmentQuerySet.accessible_to` in `models.commitment`.
"""

from dataclasses import replace

from django.contrib.auth.models import User

from commitments.domain.choices import Role, TranslatorRole
from commitments.ledger.new_entries import Actor


def actor_for(user: User) -> Actor:
    """The role and organisation of a user who appends to the ledger."""
    affiliation = getattr(user, "affiliation", None)
    role = Role.ADMINISTRATOR if user.is_superuser else Role.PUBLISHER
    return Actor(role, affiliation.organisation.slug if affiliation else "")


def translator_for(user: User) -> Actor:
    """The same for a translation, which editors may record of what is not public yet."""
    by = actor_for(user)
    return by if user.has_perm("commitments.publish") else replace(by, role=TranslatorRole.EDITOR)
