"""Fails where a language that is switched on lacks translations, or a template has words outside gettext.

English needs no catalogue. The Chinese addresses stay off until theirs are complete.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

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


def main() -> int:
    """Print each finding; 1 where there is any."""
    sys.path.insert(0, str(ROOT))
    from django.conf import settings

    findings = [
        f"{path.relative_to(ROOT)}: not marked for translation: {' '.join(words)}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if path.name not in WITHOUT_TAGS and (words := bare_words(path.read_text()))
    ]
    for code, _name in settings.LANGUAGES:
        catalogue = ROOT / "commitments" / "locale" / code.replace("-", "_") / "LC_MESSAGES" / "django.po"
        if not code.startswith("en"):
            gaps = subprocess.run(["msgattrib", "--untranslated", "--no-obsolete", catalogue], capture_output=True)
            fuzzy = subprocess.run(["msgattrib", "--only-fuzzy", "--no-obsolete", catalogue], capture_output=True)
            findings += [f"{code}: not complete"] if gaps.returncode or gaps.stdout or fuzzy.stdout else []
    print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
