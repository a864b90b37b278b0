"""Who makes commitments and who takes part in them."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.choices import OrganisationKind, Side
from commitments.models.fields import choice_field, vocabulary_constraint
from commitments.querysets import OrganisationQuerySet


class Organisation(models.Model):
    """A body that owns commitments or takes part in them. The slug is its identity in addresses and in the ledger."""

    slug = models.SlugField(_("slug"), unique=True, help_text=_("Short, lower case; never changed once in use."))
    name = models.CharField(_("name"), max_length=200, unique=True)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    kind = choice_field(OrganisationKind, _("kind"))
    side = choice_field(Side, _("side"))
    site = models.URLField(_("site"), blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        """Sorted by name, vocabularies held by the database."""

        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            vocabulary_constraint("kind", OrganisationKind, "organisation_kind_known"),
            vocabulary_constraint("side", Side, "organisation_side_known"),
        ]

    def __str__(self) -> str:
        """The full name."""
        return self.name

    def get_absolute_url(self) -> str:
        """Its public page."""
        return reverse("organisation", args=[self.slug])

    @property
    def label(self) -> str:
        """The short name where it has one: for tables."""
        return self.short_name or self.name
