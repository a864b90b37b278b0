"""What readers see by name: each public change of it is an entry of the ledger (R5a)."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import EntityKind
from commitments.i18n.collation import build_search_text
from commitments.models.fields import TranslatedFields, language_columns


class EntityQuerySet(models.QuerySet[Any]):
    """Rows that staff write and that are public from an entry of the ledger on."""

    def public(self, day: date) -> Self:
        """What anybody may see who asks about a day: not drafts, nor what only a release names that was not out."""
        return self.filter(public_from__lte=day)

    def on_record(self) -> Self:
        """What has an entry: its row is a projection of the ledger."""
        return self.filter(published_at__isnull=False)


class Entity(TranslatedFields):
    """An organisation, area, release, occasion or news source. The slug is its identity, and never changes.

    A draft until its first entry; from then on what the ledger's entries about it come to.
    """

    entity_kind: ClassVar[EntityKind]
    title_field: ClassVar[str]  # what it is called, in the language of the record

    slug = models.SlugField(_("slug"), unique=True, help_text=_("Short, lower case; never changed once in use."))
    published_at = models.DateTimeField(_("on record since"), null=True, blank=True, editable=False)
    # From this day on it is public: a release from its issue, what was first named in one from then, too.
    public_from = models.DateField(_("public from"), null=True, blank=True, editable=False)
    # What it was called or was before: [{"until": "2026-11-30", "name": "…", …}], the oldest first, in each the public
    # fields that another entry changed on that day.
    former = models.JSONField(default=list, blank=True, editable=False)

    objects = EntityQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.in_language(self.title_field)

    @property
    def entity(self) -> str:
        """What entries of the ledger call it: `organisation/hksarg`."""
        return f"{self.entity_kind}/{self.slug}"


class SearchedEntity(Entity):
    """An entity that is found by its names: what searches look through follows them."""

    searched_fields: ClassVar[tuple[str, ...]]  # in every language

    search_text = models.TextField(blank=True, editable=False, default="")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Keep what searches look through in step with the names.
        self.fill()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)

    def fill(self) -> None:
        """Set what searches look through, former names with it; whoever stores many at once does it first."""
        columns = (column for name in self.searched_fields for column in language_columns(name))
        former = (names.get(column, "") for names in self.former for column in language_columns(self.title_field))
        self.search_text = build_search_text(*(getattr(self, column) for column in columns), *former)


def entity_constraint(name: str) -> models.CheckConstraint:
    """On record with a day from which it is public, or neither."""
    on_record = Q(published_at__isnull=False, public_from__isnull=False)
    return models.CheckConstraint(condition=on_record | Q(published_at=None, public_from=None), name=name)
