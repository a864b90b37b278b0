"""Whether the ledger continues a list of its heads that was kept elsewhere (docs/ledger.md)."""

from collections.abc import Sequence
from typing import Any

from commitments.domain.head_list import ListedHead
from commitments.ledger.stored_rows import stored_rows
from commitments.models import LedgerEntry

BATCH_SIZE = 500  # entries that are asked for at a time


def first_difference(heads: Sequence[ListedHead]) -> str:
    """What is wrong with the first line whose entry is not in the ledger with that digest; empty where all fit.

    With a chain that verifies, a line that fits says that no entry up to its own was changed since: its digest is made
    from all of them. So what was changed lies after the last line that fits.
    """
    before: ListedHead | None = None
    for start in range(0, len(heads), BATCH_SIZE):
        batch = heads[start : start + BATCH_SIZE]
        entries = LedgerEntry.objects.filter(pk__in=[head.entry for head in batch])
        digests = dict(stored_rows(entries, ("sequence", "digest")))
        for head in batch:
            if digests.get(head.entry) != head.digest:
                return (
                    f"{head}: {_difference(head, digests)}; {f'{before} fits' if before else 'no line before it fits'}"
                )
            before = head
    return ""


def _difference(head: ListedHead, digests: dict[Any, Any]) -> str:
    if head.entry in digests:
        return f"the list has the digest {head.digest}, the ledger has {digests[head.entry]}"
    last = LedgerEntry.objects.order_by("-sequence").values_list("sequence", flat=True).first()
    return f"the ledger has no such entry, it ends with entry {last or 0}"
