"""The published document that pledges come from, and its outline."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from commitments.domain.choices import AgreementBasis, EntityKind
from commitments.models.entity import Entity, SearchedEntity, entity_constraint
from commitments.models.fields import TranslatedFields, chinese_columns, choice_field, vocabulary_constraint
from commitments.models.organisation import Organisation


def name_with_day(name: str, day: date) -> str:
    """What something is called, and its day, by which it is told from its like."""
    return pgettext("a name, and its day", "{name} ({day})").format(name=name, day=day)


class Area(SearchedEntity):
    """A co-operation area, the heading under which a pledge stands."""

    entity_kind = EntityKind.AREA
    title_field = "name"
    searched_fields = ("name",)

    name = models.CharField(_("name"), max_length=120, unique=True)
    name_zh_hant, name_zh_hans = chinese_columns(_("name"), 120)
    position = models.PositiveSmallIntegerField(_("position"), help_text=_("Its place in lists of areas."))

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        constraints = [entity_constraint("area_on_record")]

    def get_absolute_url(self) -> str:
        return reverse("area", args=[self.slug])


class Release(Entity):
    """A published document in which pledges were made."""

    entity_kind = EntityKind.RELEASE
    title_field = "title"

    title = models.CharField(_("title"), max_length=200)
    title_zh_hant, title_zh_hans = chinese_columns(_("title"), 200)
    issued_on = models.DateField(_("issued on"))
    publisher = models.CharField(_("publisher"), max_length=120)
    publisher_zh_hant, publisher_zh_hans = chinese_columns(_("publisher"), 120)
    place = models.CharField(_("place"), max_length=120, blank=True)
    place_zh_hant, place_zh_hans = chinese_columns(_("place"), 120)
    language = models.CharField(_("language"), max_length=10, help_text=_("Of the text, as a code: en, zh-Hant."))
    url = models.URLField(_("address"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True)
    note_zh_hant, note_zh_hans = chinese_columns(_("note"))
    known_through = models.TextField(
        _("known through"), blank=True, help_text=_("Where its text itself could not be had: what it is known from.")
    )
    known_through_zh_hant, known_through_zh_hans = chinese_columns(_("known through"))
    not_read = models.TextField(
        _("why it was not read"),
        blank=True,
        help_text=_("Where none of its pledges is on record: why. Empty once it was read."),
    )
    not_read_zh_hant, not_read_zh_hans = chinese_columns(_("why it was not read"))
    agreements_stated = models.PositiveSmallIntegerField(
        _("agreements stated"), null=True, blank=True, help_text=_("How many the release says were signed.")
    )
    agreements_note = models.TextField(_("note on the agreements"), blank=True)
    agreements_note_zh_hant, agreements_note_zh_hans = chinese_columns(_("note on the agreements"))

    class Meta:
        ordering = ["-issued_on", "slug"]
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [entity_constraint("release_on_record")]

    def __str__(self) -> str:
        return name_with_day(super().__str__(), self.issued_on)

    def get_absolute_url(self) -> str:
        return reverse("release", args=[self.slug])


class Section(TranslatedFields):
    """One block of a release's text, in the reader's order: an area, or something that is no area."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="sections", verbose_name=_("release"))
    position = models.PositiveSmallIntegerField(_("position"))
    heading = models.CharField(_("heading"), max_length=200, blank=True, help_text=_("Empty where the text has none."))
    heading_zh_hant, heading_zh_hans = chinese_columns(_("heading"), 200)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("area"))
    note = models.TextField(_("note"), blank=True)
    note_zh_hant, note_zh_hans = chinese_columns(_("note"))

    class Meta:
        ordering = ["release", "position"]
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(fields=["release", "position"], name="section_position_unique"),
            models.UniqueConstraint(fields=["release", "area"], name="section_area_unique"),
            models.UniqueConstraint(fields=["release"], condition=Q(area=None), name="section_without_area_unique"),
        ]

    def __str__(self) -> str:
        return self.in_language("label")

    @property
    def label(self) -> str:
        """The heading, or the area's name where the text has none."""
        return self.heading or (self.area.name if self.area else "")

    def translation(self, name: str, language: str) -> str:
        """A text in a language of Chinese, its label, too; empty where there is none."""
        if name == "label" and not self.heading:
            return self.area.translation("name", language) if self.area else ""
        return super().translation("heading" if name == "label" else name, language)


class Agreement(TranslatedFields):
    """One of the documents that a release says were signed, as far as it can be identified."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="agreements", verbose_name=_("release"))
    number = models.PositiveSmallIntegerField(pgettext_lazy("of an agreement", "number"))
    title = models.CharField(_("title"), max_length=200)
    title_zh_hant, title_zh_hans = chinese_columns(_("title"), 200)
    parties = models.ManyToManyField(Organisation, verbose_name=_("parties"), blank=True)
    basis = choice_field(AgreementBasis, _("basis"))
    commitments = models.ManyToManyField(
        "commitments.Commitment", related_name="agreements", verbose_name=_("commitments"), blank=True
    )

    class Meta:
        ordering = ["release", "number"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.UniqueConstraint(fields=["release", "number"], name="agreement_number_unique"),
            vocabulary_constraint("basis", AgreementBasis, "agreement_basis_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.in_language('title')}"


class Occasion(Entity):
    """A day that readers ask about, such as a later session of the same conference: offered wherever a day is asked."""

    entity_kind = EntityKind.OCCASION
    title_field = "name"

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=120, help_text=_("As readers know it: 5th Plenary Session."))
    name_zh_hant, name_zh_hans = chinese_columns(_("name"), 120)

    class Meta:
        ordering = ["day"]
        verbose_name = _("occasion")
        verbose_name_plural = _("occasions")
        constraints = [entity_constraint("occasion_on_record")]

    def __str__(self) -> str:
        return name_with_day(super().__str__(), self.day)


class LoadedItem(models.Model):
    """Something that a fixture brought in once. What staff deleted since is not brought in again."""

    key = models.CharField(_("key"), max_length=120, primary_key=True)
    loaded_at = models.DateTimeField(_("loaded at"), auto_now_add=True)

    class Meta:
        ordering = ["key"]
        verbose_name = _("loaded item")
        verbose_name_plural = _("loaded items")

    def __str__(self) -> str:
        return self.key
