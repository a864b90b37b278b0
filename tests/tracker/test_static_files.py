"""Stylesheets as they are served: whole, each with the colours and shapes that are written once."""

import json
import re

import pytest
from django.core.management import call_command

from tests.helpers.installation import ROOT

WRITTEN = ROOT / "commitments/static/commitments"
OTHERS = ["admin", "account", "mfa", "django_htmx", "django_tables2"]


@pytest.mark.parametrize("times", [1, 2])
def test_the_colours_and_shapes_of_roles_are_written_once_and_served_with_each_stylesheet(settings, tmp_path, times):
    """However often they are collected: the second time finds what the first one wrote."""
    settings.STATIC_ROOT = tmp_path
    for _ in range(times):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=OTHERS)
    names = json.loads((tmp_path / "staticfiles.json").read_text("utf-8"))["paths"]
    roles = (WRITTEN / "roles.css").read_text("utf-8")
    for name in ("site.css", "admin.css"):
        assert not re.search(r"--(done|late)(-fill)?: (#|light)|\.role-\w+ \{ --c", (WRITTEN / name).read_text("utf-8"))
        for path in (f"commitments/{name}", names[f"commitments/{name}"]):
            served = (tmp_path / path).read_text("utf-8")
            assert served.count(roles) == 1
            assert "@import" not in served


@pytest.mark.parametrize("name", ["site.css", "admin.css"])
def test_with_debug_browsers_follow_the_imports(name):
    before, _, after = (WRITTEN / name).read_text("utf-8").partition('@import url("roles.css")')
    assert after
    assert "{" not in before  # an import behind a rule would be passed over
