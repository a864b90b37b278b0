"""Files as a spreadsheet leaves them that opened and saved them: LibreOffice itself, and the rules of Excel."""

import csv
import io
import re
import shutil
import subprocess
from datetime import date

import openpyxl
import pytest

LOCALES = ("en-GB", "en-US", "zh-HK", "zh-CN")
# What LibreOffice calls them in the options of a text file.
LANGUAGE_NUMBERS = {"en-GB": 2057, "en-US": 1033, "zh-HK": 3076, "zh-CN": 2052}
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{}</value></prop>
</item>
</oor:items>"""


def saved_by_libreoffice(folder, data, name, locale, ending):
    """A file that LibreOffice opened and saved, in a locale; `ending`: of the kind of file that it is saved as.

    Of a CSV it looks at every cell for dates, numbers and truths, as Excel does; saved are the cells as they are shown.
    """
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.fail(
            "This test opens files in LibreOffice, which is not here. On Debian: apt-get install libreoffice-calc-nogui"
        )
    profile, source, target = folder / f"profile-{locale}", folder / name, folder / "saved"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS.format(locale))
    source.write_bytes(data)
    command = [soffice, f"-env:UserInstallation=file://{profile}", "--headless"]
    if name.endswith(".csv"):
        command.append(f"--infilter=CSV:44,34,76,1,,{LANGUAGE_NUMBERS[locale]},false,true")
    saved_as = "xlsx" if ending == "xlsx" else "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
    command += ["--convert-to", saved_as, "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    [made] = target.iterdir()
    content = made.read_bytes()
    shutil.rmtree(target)
    return content


# What Excel makes a date of in a CSV, what it then shows, and in which format it keeps it.

SHORT_DAYS = {"en-GB": "{d:02}/{m:02}/{y}", "en-US": "{m}/{d}/{y}", "zh-HK": "{d}/{m}/{y}", "zh-CN": "{y}/{m}/{d}"}
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NAME = rf"(?P<name>{'|'.join(MONTH_NAMES)})[a-z]*"
DATES = (
    # ISO, and figures in any order: a day in the locale's short form.
    (re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"), "short", "day"),
    (re.compile(rf"(?P<d>\d\d?) {NAME} (?P<y>\d{{4}})"), "{d:02}-{name}-{yy:02}", "named day"),
    (re.compile(r"(?P<y>\d{4})-(?P<m>0[1-9]|1[0-2])"), "{name}-{yy:02}", "month"),
    (re.compile(rf"{NAME} (?P<y>\d{{4}})", re.IGNORECASE), "{name}-{yy:02}", "month"),
    (re.compile(r"(?P<y>\d{4})年(?P<m>\d\d?)月"), "{y}年{m}月", "Chinese month"),
    (re.compile(rf"{NAME}-(?P<d>[012]\d|3[01])", re.IGNORECASE), "{d:02}-{name}", "day of this year"),
    (re.compile(rf"(?P<d>\d\d?) {NAME}"), "{d:02}-{name}", "day of this year"),
    (re.compile(rf"{NAME}-(?P<yy>3[2-9]|[4-9]\d)", re.IGNORECASE), "{name}-{yy:02}", "month"),
)
FORMATS = {
    "day": "m/d/yyyy",
    "named day": "d-mmm-yy",
    "month": "mmm-yy",
    "Chinese month": 'yyyy"年"m"月"',
    "day of this year": "d-mmm",
}
THIS_YEAR = 2026


def excel_date(cell):
    """The day that Excel makes of a cell, how it shows it in each locale, and its format; None where it makes none."""
    for pattern, shown, kind in DATES:
        if match := pattern.fullmatch(cell):
            parts = {key: int(value) for key, value in match.groupdict().items() if key != "name"}
            name = match.groupdict().get("name") or MONTH_NAMES[parts["m"] - 1]
            month = MONTH_NAMES.index(name.capitalize()[:3]) + 1
            century = 1900 if parts.get("yy", 0) >= 30 else 2000
            year = parts.get("y") or ("yy" in parts and century + parts["yy"]) or THIS_YEAR
            values = {"y": year, "yy": year % 100, "m": month, "d": parts.get("d", 1), "name": MONTH_NAMES[month - 1]}
            return date(year, month, values["d"]), shown, values, FORMATS[kind]
    return None


def excel_number(cell):
    """The number that Excel makes of a cell, with the 15 figures that it keeps; None where it makes none."""
    if not re.fullmatch(r"-?\d+(\.\d+)?(E[+-]?\d+)?%?", cell):
        return None
    return float(f"{float(cell.rstrip('%')):.15g}") / (100 if cell.endswith("%") else 1)


def excel_shows(cell, locale):
    """A cell of a CSV as Excel shows it after it opened the file in a locale, and so saves it as CSV."""
    if cell.upper() in ("TRUE", "FALSE"):
        return cell.upper()
    if dated := excel_date(cell):
        _day, shown, values, _format = dated
        if shown == "{d:02}-{name}" and locale == "zh-CN":
            shown = "{m}月{d}日"
        if locale == "en-US":
            shown = shown.replace("{d:02}-", "{d}-")
        return (SHORT_DAYS[locale] if shown == "short" else shown).format(**values)
    number = excel_number(cell)
    if number is None or cell.endswith("%"):
        return cell
    if abs(number) >= 1e11 or "E" in cell:
        mantissa, exponent = f"{number:.{2 if 'E' in cell else 5}e}".split("e")
        return f"{float(mantissa):.6g}E+{abs(int(exponent)):02}"
    return f"{number:.11g}"


def saved_by_excel(data, locale):
    """A CSV that Excel opened and saved as “CSV UTF-8”, by the rules above."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    text = io.StringIO()
    csv.writer(text).writerows([excel_shows(cell, locale) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def saved_by_excel_as_workbook(data):
    """The same saved as a workbook: the values that Excel keeps, in the formats that it gave them."""
    workbook, file = openpyxl.Workbook(), io.BytesIO()
    for line, row in enumerate(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")), 1):
        for place, text in enumerate(row, 1):
            cell = workbook.active.cell(line, place)
            if text.upper() in ("TRUE", "FALSE"):
                cell.value = text.upper() == "TRUE"
            elif dated := excel_date(text):
                cell.value, cell.number_format = dated[0], dated[3]
            elif (number := excel_number(text)) is not None:
                cell.value, cell.number_format = number, "0%" if text.endswith("%") else "General"
            elif text:
                cell.value, cell.data_type = text, "s"
    workbook.save(file)
    return file.getvalue()
