"""Who publishes what evidence points to, and whose word theirs is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import EntityKind, Source
from commitments.models.entity import Entity, entity_constraint
from commitments.models.fields import chinese_columns, choice_field, vocabulary_constraint


class NewsSource(Entity):
    """A publisher of evidence, the class that its word belongs to, and why."""

    entity_kind = EntityKind.NEWS_SOURCE
    title_field = "name"

    name = models.CharField(_("name"), max_length=120, unique=True)
    name_zh_hant, name_zh_hans = chinese_columns(_("name"), 120)
    source = choice_field(Source, _("source"))
    why = models.TextField(_("why"), help_text=_("Why it belongs to that class, in a sentence."))
    why_zh_hant, why_zh_hans = chinese_columns(_("why"))

    class Meta:
        ordering = ["name"]
        verbose_name = _("news source")
        verbose_name_plural = _("news sources")
        constraints = [
            vocabulary_constraint("source", Source, "news_source_class_known"),
            entity_constraint("news_source_on_record"),
        ]
