"""The parts of a release's text: under which area each stands, where it begins, and that it is one with the next.

Whoever calls these holds the intake (`held_intake`).
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commitments.models import Intake, IntakeSection
from commitments.workflow.intake.deciding import file_under_areas
from commitments.workflow.intake.starting import BATCH_SIZE

ABOVE, NO_AREA = "above", "none"  # what a part may be filed under besides the key of an area
PARAGRAPH = re.compile(r"\S[^\n]*")


@contextmanager
def held_intake(pk: int) -> Iterator[Intake]:
    """An intake that nobody else changes meanwhile."""
    with transaction.atomic():
        yield Intake.objects.select_for_update().get(pk=pk)


def count_up(intake: Intake) -> None:
    """Something of it is changed: pages that ask what is new are told."""
    intake.revision += 1
    intake.save(update_fields=["revision"])


def filed_under(section: IntakeSection) -> str:
    """The key of a part's area, ABOVE or NO_AREA."""
    return ABOVE if section.joins_above else str(section.area_id or NO_AREA)


def file_parts(intake: Intake, choices: Mapping[int, str], user: User) -> int:
    """File parts, by where they begin, under areas. How many proposals stand under another area than before."""
    changed = []
    for number, section in enumerate(intake.sections.order_by("start")):
        choice = choices.get(section.start, filed_under(section))
        if choice == filed_under(section):
            continue
        section.joins_above = choice == ABOVE and number > 0
        section.area_id = int(choice) if choice.isdecimal() else None
        changed.append(section)
    if not changed:
        return 0
    IntakeSection.objects.bulk_update(changed, ["joins_above", "area"], batch_size=BATCH_SIZE)
    count_up(intake)
    return file_under_areas(intake, user)


def paragraphs(intake: Intake, section: IntakeSection) -> list[tuple[int, str]]:
    """Where each paragraph of a part begins, and its words; its heading is one of them."""
    return [(match.start(), match[0]) for match in PARAGRAPH.finditer(intake.text, section.start, section.end)]


def begin_part(intake: Intake, at: int) -> None:
    """Let a part begin where a paragraph does. It goes with the part above until it is given an area."""
    section = intake.sections.filter(start__lt=at, end__gt=at).first()
    if section is None or at not in dict(paragraphs(intake, section)):
        raise ValidationError(_("No paragraph begins there. Choose another."))
    end, section.end = section.end, at
    section.save(update_fields=["end"])
    intake.sections.create(start=at, end=end, joins_above=True)
    count_up(intake)


def join_with_above(intake: Intake, start: int, user: User) -> int:
    """Make a part one with the part above, whose area is that of its proposals then; how many stand under another."""
    sections = list(intake.sections.order_by("start"))
    place = next((place for place, section in enumerate(sections) if section.start == start), 0)
    if not place:
        raise ValidationError(_("There is no such part any more, or none above it."))
    above, section = sections[place - 1], sections[place]
    section.delete()
    above.end = section.end
    above.save(update_fields=["end"])
    count_up(intake)
    return file_under_areas(intake, user)
