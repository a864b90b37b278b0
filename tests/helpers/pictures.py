"""The two pictures of docs/architecture.md, drawn from the code: `make pictures`.

Mermaid, which is text: a code host draws it, and a review shows what changed. `tests/test_architecture.py` fails where
the page does not show what the code says.
"""

import os
import re
from pathlib import Path

import grimp

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tracker.settings"
    import django

    django.setup()

from django.apps import apps

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "architecture.md"
# Where a table belongs. A model that stands nowhere stops the drawing.
GROUPS = {
    "The ledger: rows are only added": ("LedgerEntry", "LedgerHead"),
    "Made from the ledger, by nothing else": (
        *("Commitment", "Ownership", "Partnership", "Repetition", "Update", "Evidence", "State"),
        "EntityChange",
    ),
    "Drafts that staff edit, and once on record made from the ledger": (
        *("Release", "Section", "Agreement", "Area", "Organisation", "Occasion", "NewsSource"),
    ),
    "Beside the ledger: rows are only added": ("Translation",),
    "Work in hand": (
        *("DraftUpdate", "DraftEvidence", "DraftCommitment", "DraftEdit", "EntityProposal", "EntryProposal"),
        *("RedactionRequest", "ErrorReport", "KeptForm", "DeletedDraft"),
        *("Intake", "IntakeSection", "IntakeSpan"),
    ),
    "Staff, loading and what is kept": (
        *(
            "Affiliation",
            "Assignment",
            "AccountChange",
            "Reminder",
            "OutgoingMail",
            "LoadedItem",
            "Edition",
            "LinkCheck",
        ),
    ),
}


def packages_picture() -> str:
    """Packages and what each stands on; an arrow that follows from others is left out."""
    graph = grimp.build_graph("commitments", cache_dir=None)
    packages = graph.find_children("commitments") - {"commitments.migrations"}
    for package in packages:
        if graph.find_children(package):
            graph.squash_module(package)
    below = {package: graph.find_upstream_modules(package) for package in packages}
    lines = ["flowchart TD"]
    for package in sorted(packages, key=lambda name: (-len(below[name]), name)):
        direct = graph.find_modules_directly_imported_by(package) & packages - {package}
        over_others = set().union(*(below[other] for other in direct))
        names = sorted(other.removeprefix("commitments.") for other in direct - over_others)
        lines += [f"    {package.removeprefix('commitments.')} --> {name}" for name in names]
    return "\n".join(lines)


def tables_picture() -> str:
    """Models by what may write to them, and an arrow for each foreign key or relation of many to many."""
    models = {model.__name__: model for model in apps.get_app_config("commitments").get_models()}
    grouped = [name for names in GROUPS.values() for name in names]
    if unplaced := sorted(models.keys() ^ set(grouped)):
        raise ValueError(f"Say in GROUPS where these belong, or take them out: {', '.join(unplaced)}")
    lines = ["flowchart LR"]
    for number, (title, names) in enumerate(GROUPS.items()):
        lines += [f'    subgraph g{number}["{title}"]', *(f"        {name}" for name in names), "    end"]
    for name in grouped:
        fields = [*models[name]._meta.fields, *models[name]._meta.many_to_many]
        targets = {field.related_model.__name__ for field in fields if field.is_relation}
        lines += [f"    {name} --> {target}" for target in sorted(targets & models.keys() - {name})]
    return "\n".join(lines)


PICTURES = {"packages": packages_picture, "tables": tables_picture}


def with_pictures(page: str) -> str:
    """The page with both pictures as the code is now, each between its two comments."""
    for name, draw in PICTURES.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        page, number = between.subn(rf"\1```mermaid\n{draw()}\n```\n\2", page)
        if number != 1:
            raise ValueError(f"There is no place for the picture of {name}.")
    return page


if __name__ == "__main__":
    PAGE.write_text(with_pictures(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
