"""What a key in an address of the admin tells of rows that one may not look at: nothing."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType

from commitments.models import Affiliation, Commitment, Release
from tests import factories
from tests.helpers.people import signed_in

pytestmark = pytest.mark.django_db


def shortcut(row):
    return f"/admin/r/{ContentType.objects.get_for_model(row).pk}/{row.pk}/"


@pytest.fixture
def body():
    return factories.OrganisationFactory()


@pytest.fixture
def contributor(body):
    """Who drafts for one organisation, and sees what it owns."""
    user = User.objects.create_user("clerk", is_staff=True)
    user.groups.add(Group.objects.get(name="Contributor"))
    Affiliation.objects.create(user=user, organisation=body)
    return signed_in(user)


@pytest.fixture
def nothing_allowed():
    """Staff without a role."""
    return signed_in(User.objects.create_user("new", is_staff=True))


def test_it_leads_to_the_public_page_of_what_one_may_look_at(contributor, body):
    commitment = factories.published(owners=[body])
    answer = contributor.get(shortcut(commitment))
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(commitment.get_absolute_url())


def told(client, address):
    """All that an answer says, without what differs from answer to answer."""
    answer = client.get(address)
    return answer.status_code, answer.headers.get("Location"), answer.text.replace(address, "")


def test_a_draft_of_others_is_answered_like_one_that_does_not_exist(contributor):
    draft = factories.CommitmentFactory(owners=[factories.OrganisationFactory()])
    missing = Commitment(pk=999_999_999)
    assert told(contributor, shortcut(draft)) == told(contributor, shortcut(missing))
    assert contributor.get(shortcut(draft)).status_code == 404


def test_so_is_a_release_before_its_day_for_whoever_may_look_at_no_release(nothing_allowed):
    release = factories.CommitmentFactory().release
    assert nothing_allowed.get(shortcut(release)).status_code == 404
    assert told(nothing_allowed, shortcut(release)) == told(nothing_allowed, shortcut(Release(pk=999_999_999)))


@pytest.mark.parametrize("address", ["0/1", "999999/1", "x/1", "1/x", "99999999999999999999/1", "1/1/1", "²/1"])
def test_what_is_no_row_at_all_is_answered_so_too(nothing_allowed, address):
    assert nothing_allowed.get(f"/admin/r/{address}/").status_code == 404


def test_a_superuser_is_led_on():
    release = factories.published().release
    assert signed_in(User.objects.create_superuser("boss")).get(shortcut(release)).status_code == 302


def test_a_visitor_is_asked_to_sign_in(client):
    release = factories.published().release
    assert client.get(shortcut(release)).headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("table", ["auth/user", "commitments/release", "commitments/outgoingmail"])
def test_the_history_of_a_table_that_one_may_not_look_at_tells_of_no_row(nothing_allowed, table):
    """Django's own looks for the row first."""
    factories.CommitmentFactory()
    row = {"auth/user": User, "commitments/release": Release}.get(table)
    keys = [row.objects.latest("pk").pk if row else 1, 999_999_999]
    answers = [nothing_allowed.get(f"/admin/{table}/{key}/history/").status_code for key in keys]
    assert answers == [403, 403]


def test_who_may_look_sees_the_history():
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_user"))
    assert signed_in(user).get(f"/admin/auth/user/{user.pk}/history/").status_code == 200
