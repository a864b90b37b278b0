"""Importing a file, in two steps: upload and preview, then confirm. Nothing is written before, or in part.

Addresses, list button and temporary storage are import-export's; both steps are ours, because its own
name the stored file in the form as anybody may edit it, and ask what kind of file it is instead of looking.
"""

from __future__ import annotations

import csv
import io
import time
from dataclasses import dataclass
from typing import Any, cast

import openpyxl
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ImportMixin
from import_export.results import Result

from commitments.admin.imports import files
from commitments.admin.imports.base import (
    CHANGED,
    NEW,
    UNCHANGED,
    WRONG,
    ImportResource,
    RowOutcome,
    result_fingerprint,
)
from commitments.admin.imports.commitments import CommitmentResource
from commitments.admin.imports.draft_updates import DraftResource
from commitments.admin.imports.export_columns import (
    CommitmentExportMixin,
    DraftExportMixin,
    ExportMixin,
    OrganisationExportMixin,
)
from commitments.admin.imports.organisations import OrganisationResource
from commitments.admin.imports.uploads import UPLOAD_SECONDS, Uploads
from commitments.exports.csv import CSV
from commitments.exports.xlsx import XLSX
from commitments.i18n.phrases import join_list, join_sentences

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


class ImportExportMixin(ImportMixin, ExportMixin):
    """Import and export beside a list of the admin."""

    import_export_change_list_template = "admin/commitments/change_list_files.html"
    resource: type[ImportResource]

    def get_urls(self) -> list[Any]:
        """With the templates to download."""
        view, name = (
            self.admin_site.admin_view(self.template_view),
            "{}_{}_import_template".format(*self.get_model_info()),
        )
        return [path("import/template.<str:suffix>", view, name=name), *super().get_urls()]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whoever may add and change all of them: editors and above."""
        may_edit = self.has_add_permission(request) and self.has_change_permission(request)
        return may_edit and request.user.has_perm("commitments.work_for_all")

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
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

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
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
        if "_cancel" in request.POST:
            return self._redirect(request, messages.INFO, _("Nothing was imported."), "changelist")
        result = self._import_as_previewed(request, data, fingerprint)
        if result is None:
            return self._preview_again(request, data, name)
        counts = {"new": result.totals[NEW], "changed": result.totals[CHANGED], "same": result.totals[UNCHANGED]}
        message = _("Imported: %(new)s new, %(changed)s changed, %(same)s unchanged.") % counts
        if waiting := sum(bool(row.note) for row in result):
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
        content = _csv_template(self.resource) if suffix == "csv" else _xlsx_template(self.resource)
        response = HttpResponse(content, content_type=(CSV if suffix == "csv" else XLSX).content_type)
        response["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}-template.{suffix}"'
        return response

    def _refuse_others(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _result(self, request: HttpRequest, sheet: files.Sheet, *, dry_run: bool = True) -> Result:
        return self.resource().import_data(sheet, dry_run=dry_run, user=request.user)

    def _import_as_previewed(self, request: HttpRequest, data: bytes, fingerprint: str) -> Result | None:
        """Everything in one transaction; nothing, and None, where it would not do what the preview showed."""
        sheet = files.read_sheet(data)  # before the transaction: nobody waits for it
        try:
            with transaction.atomic():
                result = self._result(request, sheet, dry_run=False)
                if result_fingerprint(result) == fingerprint:
                    return result
                transaction.set_rollback(True)
        except IntegrityError:  # somebody added the same by the blink of an eye
            return None
        return None

    def _uploads(self, request: HttpRequest) -> Uploads:
        """This person's, for this list."""
        return Uploads(f"{self.opts.model_name}-{request.user.pk}")

    def _salt(self, request: HttpRequest) -> str:
        """An upload is one person's, and for one list: nobody can confirm another's."""
        return f"import/{self.opts.label_lower}/{request.user.pk}"

    def _preview(self, request: HttpRequest, data: bytes, name: str) -> HttpResponse:
        started = time.monotonic()
        result = self._result(request, files.read_sheet(data, name))
        elapsed = time.monotonic() - started
        context = {
            "name": name,
            "total": result.total_rows,
            "counts": {kind: result.totals[kind] for kind in (NEW, CHANGED, UNCHANGED, WRONG)},
            "wrong": _list_rows(result, WRONG),
            "changed": _list_rows(result, CHANGED),
            "new": _list_rows(result, NEW),
            "doubtful": _first_rows([row for row in result if row.warnings]),
            # Confirming reads and judges all of it once more, and writes it.
            "seconds": round(elapsed + result.total_rows / WRITTEN_A_SECOND)
            if result.total_rows >= LARGE_IMPORT
            else 0,
        }
        if not result.totals[WRONG] and result.totals[NEW] + result.totals[CHANGED]:
            key = self._uploads(request).keep(data)
            upload = {"key": key, "name": name, "fingerprint": result_fingerprint(result)}
            context["import"] = signing.dumps(upload, salt=self._salt(request))
        return self._render_page(request, "admin/commitments/import_preview.html", context)

    def _preview_again(self, request: HttpRequest, data: bytes, name: str) -> HttpResponse:
        message = _(
            "Nothing was imported: the record has changed since you looked. This is what the file would do now."
        )
        messages.warning(request, message)
        return self._preview(request, data, name)

    def _render_page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        title = _("Import %(things)s") % {"things": self.opts.verbose_name_plural}
        base_context = self.admin_site.each_context(request) | {"title": title, "opts": self.opts}
        return TemplateResponse(request, template, base_context | context)

    def _redirect(self, request: HttpRequest, level: int, message: str, page: str) -> HttpResponse:
        messages.add_message(request, level, message)
        return HttpResponseRedirect(reverse("admin:{}_{}_{}".format(*self.get_model_info(), page)))


def _list_rows(result: Result, kind: str) -> RowListing:
    return _first_rows([row for row in result if row.import_type == kind])


def _first_rows(rows: list[Any]) -> RowListing:
    return RowListing(cast("list[RowOutcome]", rows[:MAX_LISTED]), max(0, len(rows) - MAX_LISTED))


def _csv_template(resource: type[ImportResource]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([column.name for column in resource.expected])
    return text.getvalue().encode("utf-8-sig")


def _xlsx_template(resource: type[ImportResource]) -> bytes:
    workbook, file = openpyxl.Workbook(write_only=True), io.BytesIO()
    rows_sheet, columns_sheet = workbook.create_sheet(_("Rows")), workbook.create_sheet(_("Columns"))
    rows_sheet.append([column.name for column in resource.expected])
    columns_sheet.append([_("Column"), _("Needed"), _("What it holds"), _("Write one of")])
    for column in resource.expected:
        columns_sheet.append(
            [column.name, _("yes") if column.needed else "", str(column.description), join_list(column.allowed)]
        )
    workbook.save(file)
    return file.getvalue()


class CommitmentFilesMixin(ImportExportMixin, CommitmentExportMixin):
    """Files of commitments."""

    resource = CommitmentResource


class OrganisationFilesMixin(ImportExportMixin, OrganisationExportMixin):
    """Files of organisations."""

    resource = OrganisationResource


class DraftFilesMixin(ImportExportMixin, DraftExportMixin):
    """Files of draft updates."""

    resource = DraftResource
