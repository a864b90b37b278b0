"""Who makes commitments and who takes part in them."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import EntityKind, OrganisationKind, Side
from commitments.i18n.phrases import with_detail
from commitments.models.entity import SearchedEntity, entity_constraint
from commitments.models.fields import chinese_columns, choice_field, vocabulary_constraint


class Organisation(SearchedEntity):
    """A body that owns commitments or takes part in them."""

    entity_kind = EntityKind.ORGANISATION
    title_field = "name"
    searched_fields = ("name", "short_name", "aliases")

    name = models.CharField(_("name"), max_length=200, unique=True)
    name_zh_hant, name_zh_hans = chinese_columns(_("name"), 200)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    short_name_zh_hant, short_name_zh_hans = chinese_columns(_("short name"), 60)
    aliases = models.TextField(
        _("other names"), blank=True, help_text=_("As releases and reports call it, too; one on each line.")
    )
    aliases_zh_hant, aliases_zh_hans = chinese_columns(_("other names"))
    kind = choice_field(OrganisationKind, _("kind"))
    side = choice_field(Side, _("side"))
    site = models.URLField(_("site"), blank=True)
    note = models.TextField(_("note"), blank=True)
    note_zh_hant, note_zh_hans = chinese_columns(_("note"))

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            vocabulary_constraint("kind", OrganisationKind, "organisation_kind_known"),
            vocabulary_constraint("side", Side, "organisation_side_known"),
            entity_constraint("organisation_on_record"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.slug])

    def translation(self, name: str, language: str) -> str:
        """A text in a language of Chinese, its label, too; empty where there is none."""
        if name == "label":
            return super().translation("short_name", language) or super().translation("name", language)
        return super().translation(name, language)

    @property
    def label(self) -> str:
        """The short name where it has one: for tables."""
        return self.short_name or self.name

    @property
    def label_with_side(self) -> str:
        """The same where no mark of its side stands beside it: organisations of two sides may share a short name."""
        side = str(Side(self.side).label)
        return with_detail(self.in_language("short_name"), side) if self.short_name else str(self)
