"""Files as a spreadsheet leaves them that opened and saved them: LibreOffice itself, and the rules of Excel."""

import shutil
import subprocess

from tests.helpers.programs import program

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
    soffice = program("soffice", "libreoffice-calc-nogui")
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
