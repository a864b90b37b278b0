"""Verifying the ledger (its chain, its head, the triggers, the projections), and mending all but the chain."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import F

from commitments.ledger import triggers
from commitments.ledger.append import lock_head
from commitments.ledger.chain_verification import Progress, verify_chain, verify_head
from commitments.ledger.entity_reconciliation import entities_on_record, reconcile_entities
from commitments.ledger.reconciliation import ProjectionError, reconcile_projections
from commitments.ledger.suspects import suspect_batches
from commitments.models import LedgerHead
from commitments.models.snapshot import read_snapshot


def verify_ledger(progress: Progress | None = None, *, accept_ahead: bool = False) -> Iterator[str]:
    """Each thing that does not fit: the chain's entries in order, the head, the triggers, the projections.

    All of it in one snapshot of the database, without a lock: nobody waits, and nothing is written. `progress` is
    told now and then how far it is. `accept_ahead`: see `verify_chain`.
    """
    with read_snapshot():
        yield from map(str, verify_chain(progress, accept_ahead=accept_ahead))
        yield from verify_head()
        yield from (f"trigger {name} is missing or changed" for name in triggers.broken_triggers(connection))
        yield from (f"trigger {name} is not the tracker’s" for name in triggers.foreign_triggers(connection))
        yield from map(str, _diff_projections(set(), repair=False, progress=progress))


def rebuild_projections(progress: Progress | None = None) -> Iterator[str]:
    """Lay the triggers and mend the projections, each thing as it is mended.

    The chain is never mended, and a commitment with an entry that does not fit is left as it is: its
    projections would only spread what somebody put there. Triggers that are not the tracker's stay: whoever laid
    them may take them away.
    """
    yield from (f"trigger {name}" for name in triggers.broken_triggers(connection))
    triggers.install(connection)
    broken = {error.reference for error in verify_chain(progress)}
    with transaction.atomic():
        lock_head()
        differences = list(_diff_projections(broken, repair=True, progress=progress))
        if differences:
            LedgerHead.objects.update(rebuilds=F("rebuilds") + 1)
    yield from map(str, differences)


def _diff_projections(broken: set[str], *, repair: bool, progress: Progress | None) -> Iterator[ProjectionError]:
    """What of the projections differs from the ledger; with `repair`, puts it right: the caller holds the head.

    `broken`: commitments and entities with an entry that does not fit, which are left alone.
    """
    entities = [entity for entity in entities_on_record() if entity not in broken]
    yield from reconcile_entities(entities, repair=repair, tolerant=True)
    for suspects in suspect_batches(progress):
        references = [reference for reference in suspects if reference not in broken]
        yield from reconcile_projections(references, repair=repair, tolerant=True)
