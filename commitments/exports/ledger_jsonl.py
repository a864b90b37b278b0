"""The ledger as a file that anybody can check: a line of canonical JSON for each entry (docs/ledger.md)."""

from collections.abc import Generator
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, When

from commitments.domain.choices import EntityKind, EntryKind
from commitments.domain.hash_chain import canonical_json
from commitments.ledger.append import entry_metadata
from commitments.models import Commitment, LedgerEntry, Release
from commitments.query.expressions import BATCH_SIZE


def stream_ledger(day: date) -> Generator[bytes]:
    """Every entry in order, a piece a batch, in one query.

    Content and salt are withheld while the release of the commitment that an entry is about is not out
    by `day`, or the release that an entity entry is about or came with: the chain still verifies, because
    the content's digest stands.
    """
    released_commitments = Commitment.objects.on_record().filter(release__issued_on__lte=day)
    releases_to_come = Release.objects.filter(issued_on__gt=day)
    of_entity = Case(
        When(entity_change__kind=EntityKind.RELEASE, then=F("entity_change__slug")), default=F("entity_change__release")
    )
    entries = (
        LedgerEntry.objects.order_by("sequence")
        .annotate(
            out=Exists(released_commitments.filter(reference=OuterRef("commitment"))),
            of_entity=of_entity,
            to_come=Exists(releases_to_come.filter(slug=OuterRef("of_entity"))),
        )
        .iterator(chunk_size=BATCH_SIZE)
    )
    withheld: set[int] = set()
    while batch := list(islice(entries, BATCH_SIZE)):
        yield "".join([entry_line(entry, withheld) for entry in batch]).encode()


def entry_line(entry: Any, withheld: set[int]) -> str:
    """One entry, which knows whether its commitment is `out`, or its release `to_come`.

    Adds it to those `withheld` before it, if it is to be.
    A redaction names no commitment: it is withheld with the entry that it is about, which stands before it.
    """
    if entry.kind == EntryKind.REDACTION:
        hidden = entry.target_id in withheld
    elif entry.kind == EntryKind.ENTITY:
        hidden = entry.to_come
    else:
        hidden = not entry.out
    if hidden:
        withheld.add(entry.sequence)
    content = {"content": None, "salt": ""} if hidden else {"content": entry.data, "salt": entry.salt}
    digests = {"content_digest": entry.content_digest, "digest": entry.digest}
    return canonical_json(entry_metadata(entry) | content | digests) + "\n"
