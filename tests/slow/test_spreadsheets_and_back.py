"""Our own files, opened and saved by LibreOffice in four locales, come back as 57 unchanged."""

import pytest

from tests.helpers.imports import changes, counts, exported, place, refusals, upload
from tests.helpers.spreadsheets import LOCALES, saved_by_libreoffice

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed", "uploads")]


def taken_out(client, editor, ending):
    """The file of the list, of staff and of the public."""
    if ending == "csv":
        return [exported(editor, "commitment"), client.get("/commitments.csv").content]
    answers = [editor.get(place("commitment", "export.xlsx").rstrip("/")), client.get("/commitments.xlsx")]
    return [b"".join(answer) for answer in answers]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.usefixtures("release")
def test_our_files_come_back_unchanged(editor, client, tmp_path, locale, ending):
    for data in taken_out(client, editor, ending):
        for saved_as in ("csv", "xlsx"):
            saved = saved_by_libreoffice(tmp_path, data, f"ours.{ending}", locale, saved_as)
            preview = upload(editor, "commitment", saved, f"back.{saved_as}")
            assert refusals(preview) == []
            assert (changes(preview), counts(preview)) == ([], (0, 0, 57, 0))


def test_libreoffice_does_change_what_it_takes_for_a_date_or_a_truth(tmp_path):
    """Else the tests above would prove nothing."""
    data = b"a,b\r\nNovember 2018,true\r\n2018-11-05,1E5\r\n"
    saved = {locale: saved_by_libreoffice(tmp_path, data, "a.csv", locale, "csv") for locale in LOCALES}
    assert b"01/11/2018,TRUE" in saved["en-GB"]
    assert b"11/01/2018,TRUE" in saved["en-US"]
    assert all(b",100000" in text for text in saved.values())
