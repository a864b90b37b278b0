"""“Export as CSV” of a list in the admin: the rows that its search and filters leave, on all its pages.

Commitments have the public export's columns first and in its order, then those that only staff work on,
so that a file that is exported, edited and imported again holds everything of a draft.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import path
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from commitments.admin.base import ModelAdmin
from commitments.content import EVIDENCE_FIELDS, number_text, text
from commitments.models import Commitment, DraftUpdate
from commitments.reports import columns, csv
from commitments.reports.columns import Column
from commitments.reports.download import download, page_address
from commitments.reports.rows import BATCH, rows

# A draft has no state: its deadline is its own.
DEADLINE = Coalesce(columns.DEADLINE, Cast("deadline", CharField()))
PUBLIC = tuple(
    replace(column, sources=(DEADLINE,)) if column.name == "deadline" else column for column in columns.COLUMNS
)
COMMITMENT_COLUMNS = (
    *PUBLIC,
    Column("paragraph", _("Counted within its section of the text."), ("paragraph",)),
    Column("part_of", _("Reference of the commitment that it is part of."), ("part_of__reference",)),
    Column("parties_as_stated", _("Parties that are no organisation."), ("parties_as_stated",), is_text=True),
    Column("owner_note", _("Why the owner is inferred."), ("owner_note",), is_text=True),
    Column("deadline_as_stated", _("The release’s own words."), ("deadline_as_stated",), is_text=True),
    Column("measure", _("What the figure is: number trained."), ("measure",), is_text=True),
    Column("target_approximate", _("Whether it is “about” so many."), ("target_approximate",), columns.yes_or_no),
    Column("done_when", _("What would count as done."), ("done_when",), is_text=True),
    Column("review_on", _("When to look again, a day."), (columns.as_text("review_on"),)),
    Column("commitment_note", _("The commitment’s own note."), ("note",), is_text=True),
)
ORGANISATION_COLUMNS = (
    Column("slug", _("Its identity: lower-case letters, digits and hyphens. Never changes."), ("slug",)),
    Column("name", _("Its full name, which no other has."), ("name",), is_text=True),
    Column("short_name", _("For tables."), ("short_name",), is_text=True),
    Column("kind", _("What sort of body it is."), ("kind",)),
    Column("side", _("Which side of the table it sits on."), ("side",)),
    Column("site", _("Address of its site."), ("site",), is_text=True),
    Column("note", _("For readers."), ("note",), is_text=True),
)
EVIDENCE_PLACES = (1, 2, 3)
EVIDENCE_WORDS = {
    "title": _("Title of a public page that says so."),
    "publisher": _("Who published it."),
    "url": _("Its address."),
    "date": _("Its date, a partial date; empty where it is undated."),
    "archived_url": _("Address of an archived copy."),
    "relation": _("What it has to do with the pledge. Only “direct” moves a status."),
    "source": _("Who is speaking."),
}
DRAFT_FIELDS = {
    "kind": _("Report, context or check."),
    "date": _("When it happened, a partial date; for a check the day on which you looked."),
    "status": _("For a report: the status."),
    "stop_reason": _("Why it was stopped, and only then."),
    "basis": _("What a report rests on; “evidence” where it is empty."),
    "achieved": _("The quantity reported."),
    "deadline": _("A revised deadline, only where one was announced."),
    "deadline_reason": _("The reason given for it."),
    "note": _("What happened, in our words."),
    "searched": _("For a check: where you looked."),
    "reply_of": _("Slug of the owner or partner whose words the note gives."),
}
PLAIN = ("kind", "date", "status", "stop_reason", "basis", "achieved", "deadline", "reply_of", "relation", "source")
DRAFT_COLUMNS = (
    Column("draft", _("Number of a draft that is there already; empty for a new one."), ("pk",)),
    Column("reference", _("The commitment that it is about."), ("commitment__reference",)),
    *(Column(name, words, (name,), is_text=name not in PLAIN) for name, words in DRAFT_FIELDS.items()),
    *(
        Column(f"evidence_{place}_{name}", EVIDENCE_WORDS[name], (), is_text=name not in PLAIN)
        for place in EVIDENCE_PLACES
        for name in EVIDENCE_FIELDS
    ),
)


def draft_cells(draft: DraftUpdate) -> dict[str, str]:
    """What a draft says, by the columns of its file, as text that nothing was done to. Evidence beyond three is not."""
    said = vars(draft) | {"achieved": number_text(draft.achieved), "reply_of": draft.reply_of_id}
    said["date"], said["deadline"] = draft.date, draft.deadline
    cells = {name: text(said[name]) for name in DRAFT_FIELDS}
    cells |= {column.name: "" for column in DRAFT_COLUMNS if column.name.startswith("evidence_")}
    for place, row in zip(EVIDENCE_PLACES, draft.evidence.all(), strict=False):
        cells |= {f"evidence_{place}_{name}": text(getattr(row, name)) for name in EVIDENCE_FIELDS}
    return {"draft": str(draft.pk), "reference": draft.commitment.reference} | cells


class ExportMixin(ModelAdmin):
    """Adds the address `export/` beside a list: CSV with `export_columns`."""

    export_columns: Sequence[Column]

    def get_urls(self) -> list[Any]:
        """With the export's."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export_view), name=name), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Exactly what the list shows under the same query string, all pages."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.copy()
        asked.pop("p", None)  # its page, and whether all are shown on one, choose no rows
        asked.pop("all", None)
        request.GET = asked  # type: ignore[assignment]  # a QueryDict all the same
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:  # the list says so
            return HttpResponseRedirect(f"../?{request.GET.urlencode()}")
        pieces = csv.stream(self.export_rows(request, found), self.export_columns)
        return download(pieces, found, f"{self.opts.model_name}-{localdate()}.csv")

    def export_rows(self, request: HttpRequest, found: QuerySet[Any]) -> Iterator[list[list[Any]]]:
        """Batches of rows: here of columns that are the model's own."""
        values = found.values_list(*(column.sources[0] for column in self.export_columns)).iterator(BATCH)
        while batch := [list(row) for row in islice(values, BATCH)]:
            yield batch


class CommitmentExportMixin(ExportMixin):
    """Commitments, drafts among them."""

    export_columns = COMMITMENT_COLUMNS

    def export_rows(self, request: HttpRequest, found: QuerySet[Any]) -> Iterator[list[list[Any]]]:
        """As the public export makes them."""
        today = localdate()
        all_of = Commitment.objects.for_staff(today).filter(pk__in=found.order_by().values("pk"))
        return rows(all_of, today, page_address(request), self.export_columns)


class OrganisationExportMixin(ExportMixin):
    """Organisations."""

    export_columns = ORGANISATION_COLUMNS


class DraftExportMixin(ExportMixin):
    """Draft updates, with the first three pieces of evidence."""

    export_columns = DRAFT_COLUMNS

    def export_rows(self, request: HttpRequest, found: QuerySet[Any]) -> Iterator[list[list[Any]]]:
        """Batches of drafts, each with its evidence in one more query."""
        drafts = found.select_related("commitment").prefetch_related("evidence").iterator(BATCH)
        while batch := [list(draft_cells(draft).values()) for draft in islice(drafts, BATCH)]:
            yield batch
