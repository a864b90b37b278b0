"""Which kind of file an upload is, by its content and its name; of those that no import reads, what to do instead."""

import io
import zipfile

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ZIP, OLE, UTF16 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", (b"\xff\xfe", b"\xfe\xff")
WORKBOOK, TABLE = ".xlsx", ".csv"
OPEN_DOCUMENT = gettext_lazy(
    "This is an OpenDocument spreadsheet (.ods). In LibreOffice, save it as “Excel 2007–365 (.xlsx)” and upload that."
)
MACROS = gettext_lazy(
    "This workbook may hold macros (.xlsm), which no import takes. In Excel, save it as “Excel Workbook (.xlsx)” and "
    "upload that."
)
OLD_EXCEL = gettext_lazy(
    "This is an old Excel file (.xls), or has a password. Save it as a workbook (.xlsx) without one."
)
BINARY = gettext_lazy(
    "This is a binary workbook (.xlsb). In Excel, save it as “Excel Workbook (.xlsx)” and upload that."
)
NUMBERS = gettext_lazy("This is a spreadsheet of Numbers. Export it from there to Excel (.xlsx), and upload that.")
# By the ending of its name, what to say of a file that spreadsheets save and no import reads.
OTHER_KINDS: dict[str, str | Promise] = {
    **dict.fromkeys((".ods", ".fods", ".ots"), OPEN_DOCUMENT),
    **dict.fromkeys((".xlsm", ".xltm"), MACROS),
    **dict.fromkeys((".xls", ".xlt"), OLD_EXCEL),
    ".xlsb": BINARY,
    ".numbers": NUMBERS,
}


def is_workbook(data: bytes, suffix: str) -> bool:
    """Whether it is an XLSX; else it is taken for a CSV. ValidationError for any other kind, with what to do.

    A name that says otherwise than the content is a mistake to be told of. `suffix`: of the name, in lower case.
    """
    if suffix in OTHER_KINDS:
        raise ValidationError(str(OTHER_KINDS[suffix]))
    if data.startswith(OLE):
        raise ValidationError(str(OLD_EXCEL))
    if data.startswith(ZIP):
        if _is_open_document(data):
            raise ValidationError(str(OPEN_DOCUMENT))
        if suffix not in ("", WORKBOOK):
            raise ValidationError(_("The name ends in “%(suffix)s”, but this is no such file.") % {"suffix": suffix})
        return True
    if suffix not in ("", TABLE):
        raise ValidationError(_("Only CSV and XLSX can be imported, and the file’s name must end in what it is."))
    return False


def _is_open_document(data: bytes) -> bool:
    """Its first member says so, without being packed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()[0].filename == "mimetype"
    except (IndexError, zipfile.BadZipFile):
        return False
