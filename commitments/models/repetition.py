"""What a release promises again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from commitments.models.commitment import Commitment


class Repetition(models.Model):
    """A commitment of a later release promises an earlier one again: the same action, or the same subject."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="repetitions", verbose_name=_("commitment"))
    repeated = models.ForeignKey(
        Commitment, models.PROTECT, related_name="repeated_by", verbose_name=_("promised before")
    )
    why = models.CharField(_("why"), max_length=300, help_text=_("What is the same, in a sentence."))

    class Meta:
        verbose_name = _("repetition")
        verbose_name_plural = _("repetitions")
        constraints = [models.UniqueConstraint(fields=["commitment", "repeated"], name="repetition_unique")]

    def __str__(self) -> str:
        return str(self.repeated)

    def translation(self, name: str, language: str) -> str:
        """Why, in another language; empty where there is no translation."""
        return self.commitment.translation_of(str(getattr(self, name)), language)
