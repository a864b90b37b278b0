"""Drafts that somebody deleted can be had back for a week, with everything that hung on them."""

import json
from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.contrib.auth.models import User
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from commitments.models import Commitment, DeletedDraft, DraftUpdate


def keep_deleted(draft: Commitment | DraftUpdate, user: User) -> DeletedDraft:
    """Keep a draft that is about to be deleted. The caller deletes it in the same transaction."""
    update = draft if isinstance(draft, DraftUpdate) else None
    return DeletedDraft.objects.create(
        title=str(draft)[:300],
        commitment_key=update.commitment_id if update else draft.pk,
        draft_key=update.pk if update else None,
        rows=rows_of(draft),
        deleted_by=user,
    )


def rows_of(draft: models.Model) -> list[dict[str, Any]]:
    """A draft and every row that goes with it, as Django serializes them; without what the database computes."""
    collected = NestedObjects(using=DEFAULT_DB_ALIAS)
    collected.collect([draft])
    objects = [row for instances in collected.data.values() for row in instances]
    rows: list[dict[str, Any]] = json.loads(serializers.serialize("json", objects))
    for row, instance in zip(rows, objects, strict=True):
        for field in instance._meta.concrete_fields:
            if field.generated:
                row["fields"].pop(field.name, None)
    return rows


def restore(deleted: DeletedDraft) -> None:
    """Put a draft back as it was; ValidationError where its place is taken, or what it names is gone."""
    kind = _("draft update") if deleted.draft_key else _("draft commitment")
    try:
        with transaction.atomic():
            for row in serializers.deserialize("python", deleted.rows):
                row.save(force_insert=True)
            connection.check_constraints()
            deleted.delete()
    except (IntegrityError, serializers.base.DeserializationError) as error:
        message = _(
            "%(title)s cannot be had back: its reference or number was given to another %(kind)s, or something that it "
            "names is gone."
        )
        raise ValidationError(message % {"title": deleted.title, "kind": kind}) from error
