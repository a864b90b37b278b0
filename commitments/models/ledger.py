"""The ledger: one append-only table. `ledger.append.append_entries` is the only way in; triggers refuse the rest."""

from __future__ import annotations

import json
from typing import Any

from django.db import connections, models, router
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import EntryKind, Role
from commitments.models.commitment import Commitment
from commitments.models.fields import choice_field, vocabulary_constraint

NEEDS_TARGET = (EntryKind.RETRACTION, EntryKind.REDACTION)


class LedgerEntry(models.Model):
    """One entry. `content` is canonical JSON, empty once redacted; see `domain.hash_chain` for the digests."""

    sequence = models.PositiveBigIntegerField(_("sequence"), primary_key=True)
    kind = choice_field(EntryKind, _("kind"))
    # The reference itself is stored, not a number: the digest covers it, and the database holds the two together.
    commitment = models.ForeignKey(
        Commitment,
        models.PROTECT,
        to_field="reference",
        db_column="reference",
        related_name="entries",
        null=True,
        verbose_name=_("commitment"),
    )
    # What an entity entry is about, as kind and slug: "organisation/hksarg". Empty in every other entry.
    entity = models.CharField(_("what it is about"), max_length=80, blank=True)
    target = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="targeted_by", verbose_name=_("the entry it is about")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    role = choice_field(Role, _("role"))
    organisation = models.CharField(_("organisation"), max_length=50, blank=True)
    key = models.CharField(_("key"), max_length=80, null=True, unique=True)
    content = models.TextField(_("content"), blank=True)
    salt = models.CharField(_("salt"), max_length=64, blank=True)
    content_digest = models.CharField(_("digest of the content"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    class Meta:
        ordering = ["sequence"]
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        permissions = [("publish", _("Can publish to the ledger"))]
        indexes = [
            models.Index(fields=["-recorded_at", "-sequence"], name="entry_recorded_at"),
            models.Index(fields=["kind", "-recorded_at", "-sequence"], name="entry_kind_recorded_at"),
            models.Index(fields=["entity", "sequence"], name="entry_entity", condition=~Q(entity="")),
        ]
        constraints = [
            vocabulary_constraint("kind", EntryKind, "entry_kind_known"),
            vocabulary_constraint("role", Role, "entry_role_known"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="entry_sequence_from_one"),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.REDACTION, commitment=None, entity="")
                | (Q(kind=EntryKind.ENTITY, commitment=None) & ~Q(entity=""))
                | (~Q(kind__in=(EntryKind.REDACTION, EntryKind.ENTITY)) & Q(commitment__isnull=False, entity="")),
                name="entry_is_about_something",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=NEEDS_TARGET, target__isnull=False) | (~Q(kind__in=NEEDS_TARGET) & Q(target=None)),
                name="entry_target_where_needed",
            ),
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(kind=EntryKind.PUBLISHED), name="entry_published_once"
            ),
            models.UniqueConstraint(fields=["target", "kind"], name="entry_targeted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.get_kind_display()} {self.commitment_id or self.entity}".strip()

    @property
    def subject(self) -> LedgerEntry:
        """The entry whose text is at stake: a redaction of a redaction is about what the first one was about."""
        return self.target.subject if self.kind == EntryKind.REDACTION and self.target else self

    @property
    def data(self) -> dict[str, Any] | None:
        """The content as it was recorded; None once redacted."""
        return json.loads(self.content) if self.content else None


class LedgerHead(models.Model):
    """The one row that a writer locks: the last sequence and digest. Losing the ledger's tail shows here."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.PositiveBigIntegerField(_("sequence"), default=0)
    digest = models.CharField(_("digest"), max_length=64)
    # Raised when projections are rebuilt, so that nothing kept from before is taken for current.
    rebuilds = models.PositiveIntegerField(_("rebuilds"), default=0)

    class Meta:
        verbose_name = _("head of the ledger")
        verbose_name_plural = _("head of the ledger")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="head_is_one_row")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.digest}"


class Edition(models.Model):
    """The one row whose token changes with whatever staff edit beside the ledger: triggers see to it.

    The token is random, so that a restored backup never comes upon a token that other rows have had.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.CharField(_("mark"), max_length=36)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="edition_is_one_row")]

    def __str__(self) -> str:
        return self.token


# The ledger's head stands for all that is in the ledger, the token for what staff edit beside it (`EDITED_TABLES`).
RECORD_VERSION_SQL = "SELECT h.digest, h.rebuilds, e.token FROM commitments_ledgerhead h, commitments_edition e"


def record_version() -> str:
    """What names the record as it is now, in one query. It changes within each transaction that changes the record."""
    with connections[router.db_for_read(LedgerHead)].cursor() as cursor:
        cursor.execute(RECORD_VERSION_SQL)
        return "-".join(map(str, cursor.fetchone()))
