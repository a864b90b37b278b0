"""Importing a file, in two steps: upload and preview, then confirm. Nothing is written before, or in part.

“Export as CSV” holds the rows that a list's search and filters leave, on all its pages.
"""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin.base import ModelAdmin, refusal_so_far, staff_page, staff_user, url_name
from commitments.admin.imports import files
from commitments.admin.imports.base import (
    CHANGED,
    NEW,
    UNCHANGED,
    WRONG,
    ImportResource,
    RowOutcome,
    of_kind,
    outcomes_fingerprint,
)
from commitments.admin.imports.commitments import CommitmentResource
from commitments.admin.imports.draft_updates import DraftResource
from commitments.admin.imports.export_columns import (
    COMMITMENT_EXPORT_COLUMNS,
    DRAFT_EXPORT_COLUMNS,
    ORGANISATION_EXPORT_COLUMNS,
    draft_export_cells,
)
from commitments.admin.imports.organisations import OrganisationResource
from commitments.admin.imports.staff_workbook import staff_xlsx, template_workbook
from commitments.admin.imports.uploads import UPLOAD_SECONDS, Uploads
from commitments.exports.columns import Column
from commitments.exports.csv import CSV
from commitments.exports.download import Export, ExportFormat, download, page_url_builder
from commitments.exports.rows import iter_batches
from commitments.exports.xlsx import XLSX
from commitments.i18n.phrases import join_sentences
from commitments.ledger.translations import latest_translations
from commitments.models import Commitment
from commitments.query.expressions import BATCH_SIZE

MAX_LISTED = 200  # rows that a preview lists of each kind, so that the page stays light
LARGE_IMPORT = 1_000  # rows from which on it is said how long it takes
# Measured with 5,000 new commitments and 5,000 updates on two cores of a small server: reading and judging take
# 1,000 rows a second from a workbook (three times as many from CSV), writing takes 1,400.
ROWS_A_SECOND, WRITTEN_A_SECOND = 1_000, 1_400


class UploadForm(forms.Form):
    """One file. What it is shows in its content."""

    file = forms.FileField(label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}))

    def clean_file(self) -> Any:
        """Not too large to be read."""
        files.check_size(self.cleaned_data["file"].size)
        return self.cleaned_data["file"]


@dataclass(frozen=True, slots=True)
class RowListing:
    """Some rows of a preview, and how many more there are."""

    rows: list[RowOutcome]
    more: int

    @classmethod
    def of(cls, rows: list[RowOutcome]) -> RowListing:
        """The first of them."""
        return cls(rows[:MAX_LISTED], max(0, len(rows) - MAX_LISTED))


class ImportExportMixin(ModelAdmin):
    """Import and export beside a list of the admin."""

    change_list_template = "admin/commitments/change_list_files.html"
    resource: type[ImportResource]
    export_columns: Sequence[Column]

    def get_urls(self) -> list[Any]:
        # The two steps of an import, the templates to download, and the export.
        def own(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(view), name=url_name(self, name))

        return [
            own("import/template.<str:suffix>", self.template_view, "import_template"),
            own("import/", self.import_action, "import"),
            own("process_import/", self.process_import, "process_import"),
            own("export/", self.export_view, "export"),
            own("export.xlsx", self.export_workbook_view, "export_xlsx"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # With a button for those who may import.
        may_import = {"has_import_permission": self.has_import_permission(request)}
        return super().changelist_view(request, may_import | (extra_context or {}))

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whoever may add and change all of them: editors and above."""
        may_edit = self.has_add_permission(request) and self.has_change_permission(request)
        return may_edit and request.user.has_perm("commitments.work_for_all")

    def import_action(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file; when it comes, show what it would do."""
        self._refuse_others(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                return self._preview(request, upload.read(), upload.name)
            except ValidationError as problem:
                form.add_error("file", problem)
        context = {
            "form": form,
            "columns": self.resource.expected,
            "computed": sorted(self.resource.computed),
            "most": {"rows": f"{settings.IMPORT_MAX_ROWS:,}", "megabytes": settings.IMPORT_MAX_BYTES // (1024 * 1024)},
            "seconds": settings.IMPORT_MAX_ROWS // ROWS_A_SECOND,
        }
        return self._render_page(request, "admin/commitments/import.html", context)

    def process_import(self, request: HttpRequest) -> HttpResponse:
        """Do what the preview showed, and nothing else; or drop it."""
        self._refuse_others(request)
        try:
            upload = signing.loads(request.POST.get("import", ""), salt=self._salt(request), max_age=UPLOAD_SECONDS)
            name, fingerprint = str(upload["name"]), str(upload["fingerprint"])
            data = self._uploads(request).take(upload["key"])
        except (signing.BadSignature, FileNotFoundError, LookupError, TypeError):
            message = _(
                "This upload is no longer there: it was imported, cancelled or left for an hour. Upload it again."
            )
            return self._redirect(request, messages.WARNING, message, "import")
        if refusal_so_far(request):
            return self._preview(request, data, name)
        if "_cancel" in request.POST:
            return self._redirect(request, messages.INFO, _("Nothing was imported."), "changelist")
        outcomes = self._import_as_previewed(request, data, fingerprint)
        if outcomes is None:
            message = _(
                "Nothing was imported: the record has changed since you looked. This is what the file would do now."
            )
            messages.warning(request, message)
            return self._preview(request, data, name)
        counts = Counter(row.kind for row in outcomes)
        message = _("Imported: %(new)s new, %(changed)s changed, %(same)s unchanged.")
        message %= {"new": counts[NEW], "changed": counts[CHANGED], "same": counts[UNCHANGED]}
        if waiting := sum(bool(row.note) for row in outcomes):
            text = ngettext(
                "%(number)s change waits for a publisher.", "%(number)s changes wait for a publisher.", waiting
            )
            message = join_sentences([message, text % {"number": waiting}])
        return self._redirect(request, messages.SUCCESS, message, "changelist")

    def template_view(self, request: HttpRequest, suffix: str) -> HttpResponse:
        """An empty file to fill in; the workbook explains its columns on a second sheet."""
        self._refuse_others(request)
        if suffix not in ("csv", "xlsx"):
            return self._redirect(request, messages.WARNING, _("Templates are CSV or XLSX."), "import")
        content = _csv_template(self.resource) if suffix == "csv" else template_workbook(self.resource())
        response = HttpResponse(content, content_type=(CSV if suffix == "csv" else XLSX).content_type)
        response["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}-template.{suffix}"'
        return response

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """As CSV exactly what the list shows under the same query string, all pages."""
        return self._export_list(request, CSV)

    def export_workbook_view(self, request: HttpRequest) -> HttpResponseBase:
        """The same as a workbook."""
        return self._export_list(request, staff_xlsx(self.resource()))

    @admin.action(description=gettext_lazy("Export the selected rows as Excel"))
    def export_selected_xlsx(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase:
        """Those that were chosen in the list."""
        return self._export(request, queryset, staff_xlsx(self.resource()))

    @admin.action(description=gettext_lazy("Export the selected rows as CSV"))
    def export_selected_csv(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase:
        """Those that were chosen in the list."""
        return self._export(request, queryset, CSV)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # With those that only take rows away, which whoever sees them may.
        return super().get_actions(request) | self.export_actions()

    def export_actions(self) -> dict[str, Any]:
        """The actions that export, as `get_actions` has them."""
        found = (self.get_action(name) for name in ("export_selected_xlsx", "export_selected_csv"))
        return {name: (function, name, description) for function, name, description in filter(None, found)}

    def _export_list(self, request: HttpRequest, form: ExportFormat) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        query = request.GET.copy()
        query.pop("p", None)  # its page, and whether all are shown on one, choose no rows
        query.pop("all", None)
        request.GET = query  # type: ignore[assignment]  # a QueryDict all the same
        try:
            queryset = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:  # the list says so
            return HttpResponseRedirect(f"../?{request.GET.urlencode()}")
        return self._export(request, queryset, form)

    def _export(self, request: HttpRequest, queryset: QuerySet[Any], form: ExportFormat) -> HttpResponseBase:
        title, name, day = str(self.opts.verbose_name_plural), f"{self.opts.model_name}-{localdate()}", localdate()
        batches = self.export_rows(request, queryset)
        return download(Export(name, title, self.export_columns, queryset, batches, day), form)

    def export_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> Generator[list[list[Any]]]:
        """Batches of rows: here of columns that are the model's own."""
        values = queryset.values_list(*(column.sources[0] for column in self.export_columns)).iterator(BATCH_SIZE)
        while batch := [list(row) for row in islice(values, BATCH_SIZE)]:
            yield batch

    def _refuse_others(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _import_as_previewed(self, request: HttpRequest, data: bytes, fingerprint: str) -> list[RowOutcome] | None:
        """Everything in one transaction; nothing, and None, where it would not do what the preview showed."""
        sheet, resource = files.read_sheet(data), self.resource()  # before the transaction: nobody waits for it
        try:
            with transaction.atomic():
                outcomes = resource.judge(sheet, staff_user(request), lock=True)
                if outcomes_fingerprint(outcomes) != fingerprint:
                    return None
                resource.write(of_kind(outcomes, NEW), of_kind(outcomes, CHANGED))
        except IntegrityError:  # somebody added the same by the blink of an eye
            return None
        return outcomes

    def _uploads(self, request: HttpRequest) -> Uploads:
        """This person's, for this list."""
        return Uploads(f"{self.opts.model_name}-{request.user.pk}")

    def _salt(self, request: HttpRequest) -> str:
        """An upload is one person's, and for one list: nobody can confirm another's."""
        return f"import/{self.opts.label_lower}/{request.user.pk}"

    def _preview(self, request: HttpRequest, data: bytes, name: str) -> HttpResponse:
        started = time.monotonic()
        sheet = files.read_sheet(data, name)
        outcomes = self.resource().judge(sheet, staff_user(request))
        total, by_kind = len(outcomes), {kind: of_kind(outcomes, kind) for kind in (NEW, CHANGED, UNCHANGED, WRONG)}
        # Confirming reads and judges all of it once more, and writes it.
        seconds = round(time.monotonic() - started + total / WRITTEN_A_SECOND) if total >= LARGE_IMPORT else 0
        context = {
            "name": name,
            "total": total,
            "counts": {kind: len(rows) for kind, rows in by_kind.items()},
            **{kind: RowListing.of(by_kind[kind]) for kind in (WRONG, CHANGED, NEW)},
            "doubtful": RowListing.of([row for row in outcomes if row.warnings]),
            "seconds": seconds,
            "hidden_rows": [str(number) for number in sheet.hidden_rows[:MAX_LISTED]],
            "hidden_columns": sheet.hidden_columns,
        }
        if not by_kind[WRONG] and (by_kind[NEW] or by_kind[CHANGED]):
            key = self._uploads(request).keep(data)
            upload = {"key": key, "name": name, "fingerprint": outcomes_fingerprint(outcomes)}
            context["import"] = signing.dumps(upload, salt=self._salt(request))
        return self._render_page(request, "admin/commitments/import_preview.html", context)

    def _render_page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        title = _("Import %(things)s") % {"things": self.opts.verbose_name_plural}
        return staff_page(self, request, template, title, **context)

    def _redirect(self, request: HttpRequest, level: int, message: str, page: str) -> HttpResponse:
        messages.add_message(request, level, message)
        return HttpResponseRedirect(reverse(f"admin:{url_name(self, page)}"))


def _csv_template(resource: type[ImportResource]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([column.name for column in resource.expected])
    return text.getvalue().encode("utf-8-sig")


class CommitmentFilesMixin(ImportExportMixin):
    """Files of commitments, drafts among them."""

    resource = CommitmentResource
    export_columns = COMMITMENT_EXPORT_COLUMNS

    def export_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> Generator[list[list[Any]]]:
        """As the public export makes them."""
        today = localdate()
        commitments = Commitment.objects.for_staff(today).filter(pk__in=queryset.order_by().values("pk"))
        return iter_batches(commitments, today, page_url_builder(request), self.export_columns)


class OrganisationFilesMixin(ImportExportMixin):
    """Files of organisations."""

    resource = OrganisationResource
    export_columns = ORGANISATION_EXPORT_COLUMNS


class DraftFilesMixin(ImportExportMixin):
    """Files of draft updates, with the first three pieces of evidence."""

    resource = DraftResource
    export_columns = DRAFT_EXPORT_COLUMNS

    def export_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> Generator[list[list[Any]]]:
        """Batches of drafts, each with its evidence in one more query."""
        drafts = queryset.select_related("commitment").prefetch_related("evidence").iterator(BATCH_SIZE)
        while batch := list(islice(drafts, BATCH_SIZE)):
            latest = latest_translations(draft.commitment_id for draft in batch)
            yield [list(draft_export_cells(draft, latest).values()) for draft in batch]
