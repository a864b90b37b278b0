"""Translations of what is on record: beside the chain, with their own history."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, Func, OuterRef
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import TranslatorRole
from commitments.i18n.languages import CHINESE, language_names
from commitments.models.commitment import Commitment
from commitments.models.fields import choice_field, vocabulary_constraint


class TranslationQuerySet(models.QuerySet[Any]):
    """Translations as they were recorded; what holds now is the latest of each text, while the text is on record."""

    def in_force(self) -> TranslationQuerySet:
        """What the pages say today."""
        same = {name: OuterRef(name) for name in ("commitment", "language", "source")}
        later = self.model._default_manager.filter(pk__gt=OuterRef("pk"), **same)
        return self.filter(IsOnRecord("commitment__translated", "language", "source", "text"), ~Exists(later))


class IsOnRecord(Func):
    """Whether a commitment's projection has this text as the translation, in this language, of that one."""

    output_field = models.BooleanField()
    templates: ClassVar = {
        "sqlite": """EXISTS (SELECT 1 FROM json_each({0}, '$."' || {1} || '"') AS known
WHERE known.key = {2} AND known.value = {3})""",
        "postgresql": "({0} -> {1} ->> {2} = {3})",
    }

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # type: ignore[override]  # takes no template
        # In the database's words: of its four parts none is a value.
        parts = [compiler.compile(part)[0] for part in self.get_source_expressions()]
        return self.templates[connection.vendor].format(*parts), []


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
        _("language"), max_length=10, choices=[(language, language_names()[language]) for language in CHINESE]
    )
    source = models.TextField(_("text on record"), blank=True)
    text = models.TextField(_("translation"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    role = choice_field(TranslatorRole, _("role"))
    organisation = models.CharField(_("organisation"), max_length=50, blank=True)

    objects = TranslationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        constraints = [
            vocabulary_constraint("role", TranslatorRole, "translation_role_known"),
            models.CheckConstraint(condition=models.Q(language__in=CHINESE), name="translation_language_known"),
        ]

    def __str__(self) -> str:
        return self.text
