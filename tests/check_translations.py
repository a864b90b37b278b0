"""Fails where a catalogue lacks a translation, or a template has words outside gettext. English needs no catalogue."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
# 500.html is served when Django can do no more; it has no tags at all.
WITHOUT_TAGS = {"500.html"}
# What nobody reads: comments, and data for scripts.
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<script[^>]*>.*?</script>", re.DOTALL)
TRANSLATED = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}", re.DOTALL)
TAGS = re.compile(r"{%.*?%}|{{.*?}}|<[^>]*>|&[a-z]+;", re.DOTALL)
WORDS = re.compile(r"[^\W\d_]{2,}")


def bare_words(template: str) -> list[str]:
    """The words of a template that gettext never sees."""
    text = TAGS.sub(" ", TRANSLATED.sub(" ", COMMENT.sub(" ", template)))
    return WORDS.findall(text)


def catalogues() -> dict[str, list[str]]:
    """By locale, what a fresh `makemessages` leaves untranslated or fuzzy, in a copy, so that nothing is changed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("commitments", "tracker", "templates"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("static", "*.mo", "__pycache__"))
        for name in ("manage.py", "pyproject.toml"):
            shutil.copy(ROOT / name, copy)
        locales = sorted(path.name for path in (copy / "tracker" / "locale").iterdir())
        wanted = [part for locale in locales for part in ("--locale", locale)]
        environment = os.environ | {"SECRET_KEY": "none"}
        command = [sys.executable, "manage.py", "makemessages", "--no-obsolete", *wanted]
        subprocess.run(command, cwd=copy, env=environment, check=True, capture_output=True)
        return {one: gaps(copy / "tracker" / "locale" / one / "LC_MESSAGES" / "django.po") for one in locales}


def gaps(path: Path) -> list[str]:
    """Each message of a catalogue that has no translation, or one that nobody has looked at since it changed."""
    return [f"not translated: {one.msgid}" for one in polib.pofile(str(path)) if not one.translated()]


def main() -> int:
    """Print each finding; 1 where there is any."""
    findings = [
        f"{path.relative_to(ROOT)}: not marked for translation: {' '.join(words)}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if path.name not in WITHOUT_TAGS and (words := bare_words(path.read_text()))
    ]
    for code, gaps in catalogues().items():
        findings += [f"{code}: {gap}" for gap in gaps]
    print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
