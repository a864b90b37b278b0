"""A small record, and on it a release of ten pledges, all accepted: made once for each file of tests."""

import pytest

from commitments.models import Area, Intake, Organisation
from tests.helpers.intakes import accept_all, begin_intake, look_at_deadlines
from tests.helpers.people import World, member

BODIES = (
    ("hksarg", "Government of the Hong Kong Special Administrative Region", "government", "hong_kong"),
    ("smpg", "Shanghai Municipal People’s Government", "government", "shanghai"),
    ("lcsd", "Leisure and Cultural Services Department", "department", "hong_kong"),
)


@pytest.fixture(scope="module")
def people(module_db):
    for slug, name, kind, side in BODIES:
        Organisation.objects.create(slug=slug, name=name, kind=kind, side=side)
    for position, (slug, name) in enumerate((("culture", "Culture"), ("finance", "Finance"), ("aviation", "Ports"))):
        Area.objects.create(slug=slug, name=name, position=position)
    return World(member("Contributor"), member("Editor"), member("Publisher"), member("Administrator"))


@pytest.fixture(scope="module")
def begun(people):
    return begin_intake(people.editor).pk


@pytest.fixture(scope="module")
def decided(begun, people):
    accept_all(Intake.objects.get(pk=begun), people.editor)
    return begun


@pytest.fixture
def world(people, db):
    return people


@pytest.fixture
def accepted(decided, db):
    return Intake.objects.get(pk=decided)


@pytest.fixture
def looked_at(accepted, world):
    look_at_deadlines(accepted, world.editor)
    return accepted
