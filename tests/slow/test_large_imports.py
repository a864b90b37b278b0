"""Files of thousands of rows: how many queries they take, and how much memory."""

import pytest

from tests import factories
from tests.helpers.imports import as_csv, as_xlsx, pledge, queries_of_importing

# What a fresh process needs for an import, from the upload to the redirect; prints its peak in MB.
MEASURE = r"""
import re
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from commitments.models import Commitment
settings.ALLOWED_HOSTS.append("testserver")
client, path = Client(), "/admin/commitments/commitment/"
client.force_login(User.objects.create_superuser("boss"))
with open({file!r}, "rb") as file:
    page = client.post(path + "import/", {{"file": SimpleUploadedFile({file!r}, file.read())}}).text
token = re.search('name="import" value="([^"]+)"', page)[1]
client.post(path + "process_import/", {{"import": token}})
# Not getrusage(): it begins with what the process that started this one took.
peak = re.search(r"VmHWM:\s+(\d+) kB", open("/proc/self/status").read())[1]
print(Commitment.objects.filter(published_at=None).count(), int(peak) // 1024)
"""


@pytest.mark.processes
@pytest.mark.postgresql
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_five_thousand_rows_are_imported_in_less_than_200_megabytes(installation, tmp_path, form):
    rows = [pledge(reference=f"TT-{n}", release="4th-plenary-2018", commitment_note="A note. " * 20, partners="smpg")
            for n in range(10_000, 15_000)]  # fmt: skip
    file = tmp_path / f"rows.{form}"
    file.write_bytes(as_csv(*rows) if form == "csv" else as_xlsx(list(rows[0]), *(list(row.values()) for row in rows)))
    done = installation.python(MEASURE.format(file=str(file)))
    assert done.returncode == 0, done.stderr
    count, megabytes = map(int, done.stdout.split())
    assert count == 5_000
    assert megabytes < 200


@pytest.mark.django_db
@pytest.mark.postgresql
@pytest.mark.usefixtures("the_day_stands_still", "uploads", "culture")
@pytest.mark.parametrize("model", ["commitment", "draftupdate"])
def test_two_thousand_rows_take_few_more_queries_than_six_hundred(editor, model):
    factories.published(reference="AA-01")
    [few, more] = [queries_of_importing(editor, model, size) for size in (600, 1_800)]
    # 1,200 rows more are three batches to read; SQLite takes 999 values a statement, so some 30 rows to write.
    assert more[0] - few[0] <= 3 * 8
    assert more[1] - few[1] <= 3 * 8 + 1200 * 4 // 24
