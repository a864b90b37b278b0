"""What a row of a file means for an organisation, and how a file names organisations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments.admin.imports.base import (
    BATCH_SIZE,
    CHANGED,
    NEW,
    UNCHANGED,
    Cells,
    ImportResource,
    RowOutcome,
    expected_column,
)
from commitments.admin.imports.export_columns import (
    ORGANISATION_EXPORT_COLUMNS,
)
from commitments.admin.imports.files import Sheet, SheetRow
from commitments.exports.columns import SEPARATOR
from commitments.models import (
    Organisation,
)


class OrganisationLookup:
    """Organisations by what people call them, read once."""

    def __init__(self) -> None:
        rows = list(Organisation.objects.values_list("slug", "name", "short_name"))
        uses = Counter(short for _slug, _name, short in rows)
        self.names = {slug: name for slug, name, _short in rows}
        self.slugs = {short: slug for slug, _name, short in rows if short and uses[short] == 1}
        self.slugs |= {slug: slug for slug in self.names} | {name: slug for slug, name in self.names.items()}

    def slug(self, called: str) -> str:
        """By full name, slug, or a short name that only one has; the export says full names, so they go first."""
        if called and called not in self.slugs:
            message = _("“%(called)s” is no organisation here. Write its slug or full name, or add it first.")
            raise ValidationError(message % {"called": called[:60]})
        return self.slugs[called] if called else ""

    def listed(self, cell: str) -> str:
        """Several, joined as in the export."""
        several = [cell] if cell in self.slugs else [called.strip() for called in cell.split(SEPARATOR.strip())]
        return self.join({self.slug(called) for called in several if called})

    def join(self, slugs: Iterable[str]) -> str:
        """Their full names, in the order of the export."""
        return SEPARATOR.join(sorted(self.names[slug] for slug in slugs))


class OrganisationResource(ImportResource):
    """Organisations, by slug, which never changes."""

    model = Organisation
    identity = "slug"
    expected = expected_column(ORGANISATION_EXPORT_COLUMNS, ("slug", "name", "kind", "side"))

    def prepare(self, sheet: Sheet, *, lock: bool) -> None:
        """All of them: there are few, and a name may be anybody's."""
        found = Organisation.objects.select_for_update(no_key=True) if lock else Organisation.objects.all()
        names = [column.name for column in self.expected]
        self.known = {row["slug"]: row for row in found.values(*names)}
        self.keys = dict(Organisation.objects.values_list("slug", "pk"))
        self.names = {row["name"]: slug for slug, row in self.known.items()}

    def existing(self, row: SheetRow) -> Cells | None:
        """By slug."""
        slug = row.cells["slug"]
        if not slug:
            raise ValidationError({"slug": _("Give the slug: lower-case letters, digits and hyphens.")})
        self.refuse_repeated(row, slug)
        return self.known.get(slug)

    def classify(self, row: SheetRow, outcome: RowOutcome, before: Cells | None) -> str:
        """One that the form would take."""
        if before is not None and not outcome.changes:
            return UNCHANGED
        Organisation(**outcome.cells).clean_fields()
        holder = self.names.setdefault(outcome.cells["name"], outcome.name)
        if holder != outcome.name:
            message = _("“%(slug)s” has this name. Write its slug here, or give this one another name.")
            raise ValidationError({"name": message % {"slug": holder}})
        return NEW if before is None else CHANGED

    def write(self, new: list[RowOutcome], changed: list[RowOutcome]) -> None:
        """Store and log them."""
        made = [Organisation(**outcome.cells) for outcome in new]
        moved = [Organisation(pk=self.keys[outcome.name], **outcome.cells) for outcome in changed]
        for one in (*made, *moved):
            one.fill()
        Organisation.objects.bulk_create(made, batch_size=BATCH_SIZE)
        if moved:
            fields = sorted({name for outcome in changed for name in outcome.changed})
            Organisation.objects.bulk_update(moved, [*fields, "search_text_zh"], batch_size=BATCH_SIZE)
        self.log(made, [(one, outcome.changed) for one, outcome in zip(moved, changed, strict=True)])
