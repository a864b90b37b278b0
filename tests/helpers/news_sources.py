"""News sources on record."""

from commitments.ledger.append import append_entries, new_entity_entry
from commitments.ledger.new_entries import Actor
from commitments.models import NewsSource


def listed(slug, name, source, **fields):
    """A publisher on the list."""
    row = NewsSource.objects.create(slug=slug, name=name, source=source, why="Somebody looked.", **fields)
    append_entries([new_entity_entry(row, Actor())])
    return NewsSource.objects.get(pk=row.pk)
