"""Translations of what is on record: beside the chain, with their own history."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from commitments.choices import TranslatorRole
from commitments.languages import CHINESE, names
from commitments.models.commitment import Commitment
from commitments.models.fields import choice_field, vocabulary_constraint
from commitments.querysets import TranslationQuerySet


class Translation(models.Model):
    """How one text of a commitment's record is said in another language, from one time on: the latest row counts.

    A row is never changed or deleted (triggers refuse it), and an empty `text` takes a translation back. It belongs to
    a text, not to an entry: where the same words are on record again, they are translated already, and where they
    are corrected, the new ones are not. Redaction empties both texts of a row, and nothing else does.
    """

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="translations", verbose_name=_("commitment")
    )
    language = models.CharField(
        _("language"), max_length=10, choices=[(language, names()[language]) for language in CHINESE]
    )
    source = models.TextField(_("text on record"), blank=True)
    text = models.TextField(_("translation"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    role = choice_field(TranslatorRole, _("role"))
    organisation = models.CharField(_("organisation"), max_length=50, blank=True)

    objects = TranslationQuerySet.as_manager()

    class Meta:
        """In the order in which they were made."""

        ordering = ["pk"]
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        constraints = [
            vocabulary_constraint("role", TranslatorRole, "translation_role_known"),
            models.CheckConstraint(condition=models.Q(language__in=CHINESE), name="translation_language_known"),
        ]

    def __str__(self) -> str:
        """What it says."""
        return self.text
