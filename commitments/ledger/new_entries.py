"""What is about to be appended to the ledger, and in whose name."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from commitments.domain.choices import Role
from commitments.ledger.contents import Content
from commitments.models import Commitment, LedgerEntry


@dataclass(frozen=True, slots=True)
class Actor:
    """In which role, and for which organisation (its slug), something is recorded. No person's name."""

    role: str = Role.PUBLISHER
    organisation: str = ""


@dataclass(slots=True)
class NewEntry:
    """An entry to be appended. Salt and time are made on recording, unless a fixture brings them.

    `entity`: what an entity entry is about, as "organisation/hksarg".
    """

    kind: str
    content: Content
    commitment: Commitment | None = None
    target: LedgerEntry | None = None
    by: Actor = field(default_factory=Actor)
    key: str | None = None
    recorded_at: datetime | None = None
    salt: str = field(default_factory=lambda: secrets.token_hex(16))
    entity: str = ""
