"""Members of staff, by role."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from commitments.models import AccountChange, Affiliation, Organisation


def member(role, organisation=None):
    """A member of staff of a role."""
    user = User.objects.create_user(role.lower(), is_staff=True)
    if role != "no role":
        user.groups.add(Group.objects.get(name=role))
    if organisation:
        Affiliation.objects.create(user=user, organisation=organisation)
    return user


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def owners_were_told():
    """Whoever has an account that a test made knows of it; else the next run of the outbox would write to them."""
    AccountChange.objects.filter(mailed_at=None).update(mailed_at=timezone.now(), address_before="")


@dataclass(frozen=True)
class World:
    """One member of staff of each role; the contributor's organisation owns CU-08, stage productions in both cities."""

    contributor: User
    editor: User
    publisher: User
    administrator: User


def world():
    """Made where the first release is loaded."""
    lcsd = Organisation.objects.get(slug="lcsd")
    return World(member("Contributor", lcsd), member("Editor"), member("Publisher"), member("Administrator"))
