"""What a row of a file means for an organisation."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.imports.base import (
    CHANGED,
    NEW,
    UNCHANGED,
    Cells,
    ImportResource,
    RowOutcome,
)
from commitments.admin.imports.cells import ExpectedColumn, expected_column
from commitments.admin.imports.export_columns import ORGANISATION_EXPORT_COLUMNS
from commitments.admin.imports.files import Sheet, SheetRow
from commitments.domain.choices import EntityKind, ProposalState
from commitments.ledger.append import lock_head
from commitments.models import EntityProposal, Organisation
from commitments.query.expressions import BATCH_SIZE
from commitments.workflow.entity_proposals import Changes

REASON_COLUMN = "reason"
REASON_HINT = gettext_lazy("Why one that is on record changes: public, and kept for good.")


class OrganisationResource(ImportResource):
    """Organisations, by slug, which never changes. A change of one that is on record becomes a proposal (R5a)."""

    model = Organisation
    identity = "slug"
    expected = (
        *expected_column(ORGANISATION_EXPORT_COLUMNS, ("slug", "name", "kind", "side")),
        ExpectedColumn(REASON_COLUMN, REASON_HINT, str),
    )

    def prepare(self, sheet: Sheet, *, lock: bool) -> None:
        """All of them: there are few, and a name may be anybody's."""
        if lock:
            lock_head()
        organisations = Organisation.objects.select_for_update(no_key=True) if lock else Organisation.objects
        names = [column.name for column in self.expected if column.name != REASON_COLUMN]
        self.reasons: dict[str, str] = {}
        self.existing_cells = {row["slug"]: row | {REASON_COLUMN: ""} for row in organisations.values(*names)}
        self.on_record = set(Organisation.objects.on_record().values_list("slug", flat=True))
        waiting = EntityProposal.objects.filter(kind=EntityKind.ORGANISATION, state=ProposalState.WAITING)
        self.waiting = [(slug, changes) for slug, changes in waiting.values_list("slug", "changes")]
        self.keys = dict(Organisation.objects.values_list("slug", "pk"))
        self.names = {row["name"]: slug for slug, row in self.existing_cells.items()}

    def existing(self, row: SheetRow) -> Cells | None:
        slug = row.cells["slug"]
        if not slug:
            raise ValidationError({"slug": _("Give the slug: lower-case letters, digits and hyphens.")})
        self.refuse_repeated(row, slug)
        return self.existing_cells.get(slug)

    def classify(self, row: SheetRow, outcome: RowOutcome, before: Cells | None) -> str:
        """One that the form would take."""
        cells = outcome.cells
        reason = cells.pop(REASON_COLUMN)
        outcome.changes = [change for change in outcome.changes if change.column != REASON_COLUMN]
        if before is not None and not outcome.changes:
            return UNCHANGED
        Organisation(**cells).clean_fields(exclude=["published_at", "public_from", "former"])
        holder = self.names.setdefault(cells["name"], outcome.name)
        if holder != outcome.name:
            message = _("“%(slug)s” has this name. Write its slug here, or give this one another name.")
            raise ValidationError({"name": message % {"slug": holder}})
        if outcome.name in self.on_record:
            return self._classify_recorded(outcome, reason)
        return NEW if before is None else CHANGED

    def _classify_recorded(self, outcome: RowOutcome, reason: str) -> str:
        """A change that waits for a publisher, unless the same one waits already."""
        if (outcome.name, proposed_changes(outcome)) in self.waiting:
            return UNCHANGED
        if not reason.strip():
            message = _("It is on record: say here why it changes. The change then waits for a publisher.")
            raise ValidationError({REASON_COLUMN: message})
        self.reasons[outcome.name] = reason
        outcome.note = _("It is on record: the change waits for a publisher.")
        return CHANGED

    def write(self, new: list[RowOutcome], changed: list[RowOutcome]) -> None:
        """Store and log drafts; propose what would change on record."""
        proposed = [outcome for outcome in changed if outcome.name in self.on_record]
        EntityProposal.objects.bulk_create(
            EntityProposal(
                kind=EntityKind.ORGANISATION,
                slug=outcome.name,
                changes=proposed_changes(outcome),
                reason=self.reasons[outcome.name],
                author=self.user,
            )
            for outcome in proposed
        )
        changed = [outcome for outcome in changed if outcome.name not in self.on_record]
        new_organisations = [Organisation(**outcome.cells) for outcome in new]
        changed_organisations = [Organisation(pk=self.keys[outcome.name], **outcome.cells) for outcome in changed]
        for organisation in (*new_organisations, *changed_organisations):
            organisation.fill()
        Organisation.objects.bulk_create(new_organisations, batch_size=BATCH_SIZE)
        if changed_organisations:
            fields = sorted({name for outcome in changed for name in outcome.changed})
            Organisation.objects.bulk_update(changed_organisations, [*fields, "search_text"], batch_size=BATCH_SIZE)
        self.log(
            new_organisations,
            [
                (organisation, outcome.changed)
                for organisation, outcome in zip(changed_organisations, changed, strict=True)
            ],
        )


def proposed_changes(outcome: RowOutcome) -> Changes:
    """What a row would change on record; a cell says what a content of the ledger says."""
    return {change.column: {"before": change.before, "after": change.after} for change in outcome.changes}
