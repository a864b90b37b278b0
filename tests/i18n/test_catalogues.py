"""The catalogues: whole, by the glossary, each in its own form of Chinese, and made of what the code says."""

import re
from functools import cache
from pathlib import Path

import polib
import pytest

from tests import check_translations

ROOT = Path(__file__).resolve().parent.parent.parent
LOCALES = {"zh_Hant": 1, "zh_Hans": 2}  # and the column of the glossary
ROW = re.compile(r"^\| (?P<english>[a-z][^|]*) \| (?P<hant>[^|]*) \| (?P<hans>[^|]*) \|$", re.MULTILINE)
FILLED = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|</?[a-z]+[^>]*>|&[a-z]+;")
# Words that mean one thing wherever they stand. Others ("report", "note", "check") are ordinary words, too.
ONE_SENSE = ("commitment", "pledge", "deadline", "ledger", "digest", "organisation", "owner", "evidence", "draft")


@cache
def catalogue(locale):
    return polib.pofile(str(ROOT / "tracker" / "locale" / locale / "LC_MESSAGES" / "django.po"))


def glossary():
    """From each English word to the words that may stand for it, by locale."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return {
        row["english"]: {"zh_Hant": row["hant"].split("/"), "zh_Hans": row["hans"].split("/")}
        for row in ROW.finditer(text)
    }


def translated_text(entry):
    return entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr


def test_the_glossary_is_read():
    assert glossary()["deadline"] == {"zh_Hant": ["期限"], "zh_Hans": ["期限"]}
    assert len(glossary()) > 60


def test_a_fresh_makemessages_leaves_nothing_untranslated_or_fuzzy():
    assert check_translations.catalogues() == {"zh_Hans": [], "zh_Hant": []}


def test_the_check_fails_on_one_message_that_is_not_translated(tmp_path):
    path = tmp_path / "django.po"
    whole = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Deadline"\nmsgstr "期限"\n\n'
    path.write_text(whole, encoding="utf-8")
    assert check_translations.gaps(path) == []
    path.write_text(whole + 'msgid "Owner"\nmsgstr ""\n', encoding="utf-8")
    assert check_translations.gaps(path) == ["not translated: Owner"]
    path.write_text(whole + '#, fuzzy\nmsgid "Owner"\nmsgstr "負責機構"\n', encoding="utf-8")
    assert check_translations.gaps(path) == ["not translated: Owner"]


def test_make_check_runs_it_and_it_fails_on_any_finding(monkeypatch, capsys):
    makefile = (ROOT / "Makefile").read_text()
    assert "tests/check_translations.py" in makefile.partition("\ncheck:")[2].partition("\n\n")[0]
    monkeypatch.setattr(check_translations, "catalogues", lambda: {"zh_Hans": [], "zh_Hant": []})
    assert (check_translations.main(), capsys.readouterr().out.strip()) == (0, "")
    monkeypatch.setattr(check_translations, "catalogues", lambda: {"zh_Hans": ["not translated: Owner"]})
    assert (check_translations.main(), capsys.readouterr().out) == (1, "zh_Hans: not translated: Owner\n")


def test_words_of_a_template_that_gettext_never_sees_are_found():
    tagged = (
        '{# A note #}<p class="a">{% translate "Owner" %} {{ one.title }} &amp;</p>{% comment %}Old{% endcomment %}'
    )
    tagged += "{% blocktranslate %}Of {{ body }}{% endblocktranslate %}<script>const it</script>"
    assert check_translations.bare_words(tagged) == []
    assert check_translations.bare_words(f"{tagged}<b>Owned by</b>") == ["Owned", "by"]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_message_that_is_a_word_of_the_glossary_is_translated_by_it(locale):
    words = glossary()
    wrong = {
        entry.msgid: translated_text(entry)
        for entry in catalogue(locale)
        if (known := words.get(entry.msgid.lower())) and translated_text(entry) not in known[locale]
    }
    assert wrong == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_message_that_contains_such_a_word_contains_its_translation(locale):
    known, entries = glossary(), catalogue(locale)
    for word in ONE_SENSE:
        names_it = re.compile(rf"\b{word}s?\b(?![-_.(])", re.IGNORECASE)
        wrong = {
            entry.msgid: translated_text(entry)
            for entry in entries
            if names_it.search(FILLED.sub("", entry.msgid))
            and not any(w in translated_text(entry) for w in known[word][locale])
        }
        assert wrong == {}, word


@pytest.mark.parametrize("locale", LOCALES)
def test_what_a_message_is_filled_with_is_in_its_translation(locale):
    wrong = {
        entry.msgid: translated_text(entry)
        for entry in catalogue(locale)
        if sorted(FILLED.findall(translated_text(entry))) != sorted(FILLED.findall(entry.msgid_plural or entry.msgid))
    }
    assert wrong == {}


@pytest.mark.parametrize(("locale", "encoding"), [("zh_Hant", "big5hkscs"), ("zh_Hans", "gb2312")])
def test_each_form_has_its_own_characters(locale, encoding):
    """The two forms' own character sets of old have no room for the other's."""
    for entry in catalogue(locale):
        for character in translated_text(entry):
            if "\u3400" <= character <= "\u9fff":
                character.encode(encoding)


@pytest.mark.parametrize("locale", LOCALES)
def test_punctuation_between_chinese_is_of_full_width(locale):
    half = re.compile(r"[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff]\.(?:\s|$)|[\u4e00-\u9fff]\(")
    assert [translated_text(entry) for entry in catalogue(locale) if half.search(translated_text(entry))] == []


@pytest.mark.parametrize(("locale", "foreign"), [("zh_Hant", "“”‘’"), ("zh_Hans", "「」『』")])
def test_quotation_marks_are_those_of_the_form(locale, foreign):
    assert [translated_text(entry) for entry in catalogue(locale) if set(foreign) & set(translated_text(entry))] == []
