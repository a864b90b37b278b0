"""Files for the admin's import pages, and what those pages say of them."""

import csv
import io

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import (
    Commitment,
    DraftEvidence,
    DraftUpdate,
    LedgerEntry,
    Organisation,
    Ownership,
    Partnership,
    Update,
)
from tests import factories


@pytest.fixture
def uploads(tmp_path, settings):
    """Where uploads wait."""
    settings.VAR_DIR = tmp_path / "var"
    folder = settings.VAR_DIR / "uploads"
    folder.mkdir(parents=True)
    return folder


def member(role, name="editor"):
    """Somebody of that role, signed in."""
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor(db):
    return member("Editor")


def place(model, step="import"):
    return f"/admin/commitments/{model}/{step}/"


def as_csv(*rows):
    """Rows, each a dictionary, as a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_xlsx(*rows):
    """Rows, each a list, as the first sheet of a workbook."""
    workbook, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        workbook.active.append(row)
    workbook.save(file)
    return file.getvalue()


def upload(client, model, data, name="file.csv"):
    return client.post(place(model), {"file": SimpleUploadedFile(name, data)})


def confirm(client, model, preview, **more):
    return client.post(place(model, "process_import"), {"import": preview.context["import"]} | more, follow=True)


def imported(client, model, data, name="file.csv"):
    """Upload, look, confirm."""
    preview = upload(client, model, data, name)
    assert "import" in preview.context, refusals(preview)
    return confirm(client, model, preview)


def counts(preview):
    """How many rows are new, changed, unchanged, wrong."""
    return tuple(preview.context["counts"].values())


def wrong(preview):
    """Row, column and message of everything that is wrong."""
    return [(row.number, p.column, p.message) for row in preview.context["wrong"].rows for p in row.problems]


def changes(preview):
    return [(row.name, c.column, c.before, c.after) for row in preview.context["changed"].rows for c in row.changes]


def refusals(answer):
    """Why a file was refused as a whole."""
    return " ".join(answer.context["form"].errors.get("file", [])) if "form" in answer.context else wrong(answer)


def stored():
    """How much is in every table that an import could write to, and more."""
    models = (
        Commitment,
        Ownership,
        Partnership,
        Organisation,
        DraftUpdate,
        DraftEvidence,
        LedgerEntry,
        Update,
        LogEntry,
    )
    return [model.objects.count() for model in models]


def exported(client, model, query=""):
    return b"".join(client.get(place(model, "export") + query).streaming_content)


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def culture(db):
    """What a row needs to name."""
    factories.ReleaseFactory(slug="first")
    factories.AreaFactory(slug="culture")
    factories.OrganisationFactory(slug="lcsd", name="Leisure and Cultural Services Department", short_name="LCSD")
    factories.OrganisationFactory(slug="whs", name="上海市文化和旅游局", side="shanghai")


def pledge(**cells):
    """A row that could be a draft."""
    row = {
        "reference": "TT-01",
        "title": "Hold a week",
        "release": "first",
        "area": "culture",
        "paragraph": "2",
        "kind": "action",
        "force": "promise",
        "owners": "lcsd",
        "quote": "will hold a week",
        "done_when": "A week is held.",
    }
    return row | cells


def report(**cells):
    """A row that could be a draft update."""
    row = {"draft": "", "reference": "AA-01", "kind": "report", "date": "2019-11", "status": "in_progress"}
    row |= {"note": "The doors were opened."}
    evidence = {"title": "Notice", "publisher": "Gazette", "url": "https://example.org/notice"}
    evidence |= {"date": "2019-11-05", "relation": "direct", "source": "party"}
    return row | {f"evidence_1_{name}": value for name, value in evidence.items()} | cells


def body(**cells):
    return {"slug": "new-body", "name": "New Body", "kind": "association", "side": "shanghai"} | cells


def rows(model, size):
    """So many rows that are all new: drafts of commitments, or draft updates of AA-01."""
    if model == "commitment":
        return [pledge(reference=f"TT-{size * 10 + n}") for n in range(size)]
    return [report(note=f"Note {n} of {size}") for n in range(size)]


def queries_of_importing(client, model, size):
    """How many queries the preview of so many new rows takes, and how many their import."""
    with CaptureQueriesContext(connection) as previewing:
        preview = upload(client, model, as_csv(*rows(model, size)))
    assert counts(preview) == (size, 0, 0, 0)
    with CaptureQueriesContext(connection) as importing:
        confirm(client, model, preview)
    return len(previewing), len(importing)
