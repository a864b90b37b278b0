"""What verifying costs: seconds of this process's CPU to hash all entries, to verify everything, and megabytes.

The floor reads every entry with a bare cursor and recomputes both digests with the chain's own functions: less proves
nothing. Verifying also compares each row that the ledger projects with what its entries say.
"""

import gc
import os
import resource
import time
from collections.abc import Callable
from datetime import UTC

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
django.setup()

from django.db import connection  # noqa: E402

from commitments.domain.hash_chain import GENESIS, content_digest, entry_digest, utc_timestamp  # noqa: E402
from commitments.ledger.verify import verify_ledger  # noqa: E402

RUNS = 3
SQL = (
    "SELECT sequence, kind, reference, target_id, entity, recorded_at, role, organisation, key, content, salt, "
    "content_digest, digest FROM commitments_ledgerentry ORDER BY sequence"
)


def main() -> None:
    """Print the three figures."""
    gc.freeze()  # as the command does
    gc.set_threshold(100_000)
    floor, whole = best(hash_entries), best(lambda: list(verify_ledger()))
    print(floor, whole, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def best(work: Callable[[], object]) -> float:
    """Seconds of CPU in the run that was disturbed least. Whatever is found wrong is an AssertionError."""
    seconds = []
    for _ in range(RUNS):
        started = time.process_time()
        assert not work()
        seconds.append(time.process_time() - started)
    return min(seconds)


def hash_entries() -> None:
    """The chain alone, as anyone would compute it."""
    previous = GENESIS
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        while rows := cursor.fetchmany(1000):
            for sequence, kind, reference, target, entity, at, role, organisation, key, *texts, hashed, digest in rows:
                metadata = {
                    "sequence": sequence,
                    "kind": kind,
                    "commitment": reference or "",
                    "target": target or 0,
                    "recorded_at": utc_timestamp(at if at.tzinfo else at.replace(tzinfo=UTC)),
                    "role": role,
                    "organisation": organisation,
                    "key": key or "",
                } | ({"entity": entity} if kind == "entity" else {})
                assert content_digest(texts[1], texts[0]) == hashed
                assert entry_digest(previous, metadata, hashed) == digest
                previous = digest


if __name__ == "__main__":
    main()
