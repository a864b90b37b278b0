"""tests/README.md leads from each promise to the file that guards it, and leaves none out."""

import re

from django.core.management import get_commands

from commitments import urls
from commitments.exports.datasets import DATASETS
from commitments.query.filters import list_params, period_params
from tests.helpers.installation import ROOT

MAP = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
RULES = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def rows(heading):
    """The table below a heading: what is promised, in backquotes or bare, and the files that guard it."""
    section = MAP.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    table = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return [(re.findall(r"`([^`]+)`", first) or [first], rest[-1]) for first, *rest in table[2:]]


def promised(heading):
    return [name for names, _files in rows(heading) for name in names]


def address(pattern):
    """An address as the map writes it: `/areas/<slug>/`."""
    return "/" + re.sub(r"<\w+:(\w+)>", r"<\1>", str(pattern.pattern)).removeprefix("^").removesuffix("$").replace(
        "\\", ""
    )


def test_every_rule_stands_in_the_map():
    assert promised("Rules") == re.findall(r"\*\*(R\d\w?)\.", RULES)


def test_every_public_address_stands_in_the_map():
    known = {address(one) for one in [*urls.urlpatterns, *urls.without_language]}
    assert set(promised("Addresses")) == known | {"/admin/"}


def test_every_command_of_ours_stands_in_the_map():
    ours = {name for name, app in get_commands().items() if app == "commitments"}
    assert {name for name in promised("Commands") if not name.startswith("make ")} == ours


def test_every_query_parameter_stands_in_the_map():
    assert set(promised("Query parameters")) >= {*list_params(), *period_params()}


def test_every_column_of_every_table_stands_in_the_map_in_its_order():
    columns = {names[0]: re.findall(r"`(\w+)`", line) for names, line in rows("Columns")}
    assert columns == {name: [column.name for column in dataset.columns] for name, dataset in DATASETS.items()}


def test_every_line_of_the_map_names_a_file_of_tests():
    lines = [row for heading in ("Rules", "Addresses", "Query parameters", "Commands") for row in rows(heading)]
    assert [names for names, files in lines if not re.search(r"`tests/[\w/]*test_\w+\.py`", files)] == []


def test_every_file_that_is_named_exists():
    named = set(re.findall(r"`(tests/[\w/]+\.\w+)`", MAP + SECURITY))
    assert len(named) > 50
    assert [file for file in sorted(named) if not (ROOT / file).exists()] == []


def test_every_file_of_tests_is_named():
    """Else nobody knows what it is there for."""
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py")}
    assert sorted(files - set(re.findall(r"`(tests/[\w/]+\.py)`", MAP + SECURITY))) == []
