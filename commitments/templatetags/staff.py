"""What the templates of staff need beside `tracker`."""

from __future__ import annotations

from typing import Any

from django import template

from commitments.languages import TAGS, current, names, path_in

register = template.Library()


@register.simple_tag(takes_context=True)
def languages_of_page(context: template.Context) -> list[dict[str, Any]]:
    """The page in each language: what the language calls itself, its address, and whether it is this one."""
    request = context.get("request")
    if request is None:
        return []
    path, here = request.get_full_path(), current()
    return [
        {"name": name, "tag": TAGS[code], "address": path_in(code, path), "here": code == here}
        for code, name in names().items()
    ]
