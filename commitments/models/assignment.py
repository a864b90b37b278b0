"""Who looks after a commitment inside the house, beside those who publicly must deliver it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models.commitment import Commitment
from commitments.models.fields import staff_key
from commitments.models.organisation import Organisation


class Assignment(models.Model):
    """The lead office or the desk officer of a commitment, or both (R8).

    Never public: no page, file, feed or answer of the API reads this table, and no entry names who is assigned.
    """

    commitment = models.OneToOneField(
        Commitment, models.CASCADE, primary_key=True, related_name="assignment", verbose_name=_("commitment")
    )
    lead_office = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name=_("lead office")
    )
    desk_officer = staff_key(_("desk officer"), null=True, blank=True)

    class Meta:
        ordering = ["commitment"]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.CheckConstraint(
                condition=Q(lead_office__isnull=False) | Q(desk_officer__isnull=False), name="assignment_to_somebody"
            )
        ]

    def __str__(self) -> str:
        return " · ".join(str(one) for one in (self.lead_office, self.desk_officer) if one)
