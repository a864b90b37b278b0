"""Whether somebody is a second person for what another one did, where two people are asked for.

Nobody is for what they did themselves. For a day, nor is whoever changed the other's account (password, second factors,
address, roles, mark "active"), or had theirs changed by the other: either could be one person at two accounts. To have
changed one's own account bars nobody from anybody.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import AccountChange

BARRED_FOR = timedelta(hours=24)


@contextmanager
def refused_as(refusal: Callable[[Any, ValidationError], ValidationError], subject: Any) -> Iterator[None]:
    """What a rule forbids, as the refusal that names what was to be put on record."""
    try:
        yield
    except ValidationError as problem:
        raise refusal(subject, problem) from problem


class SecondPerson:
    """A user about to act as the second of two people, with the changes of accounts that stand in the way now."""

    def __init__(self, user: User) -> None:
        since = timezone.now() - BARRED_FOR
        changes = AccountChange.objects.filter(Q(account=user) | Q(changed_by=user), made_at__gt=since)
        changes = changes.exclude(changed_by=None).exclude(changed_by=F("account"))
        self.user = user
        # By the key of the other account; the latest change holds for longest.
        self.changes: dict[int, AccountChange] = {
            (change.changed_by_id if change.account_id == user.pk else change.account_id) or 0: change
            for change in changes.select_related("account", "changed_by").order_by("made_at", "pk")
        }

    @property
    def keys(self) -> Collection[int]:
        """The accounts whose acts the user cannot be the second person for: the own one, and those that bar it."""
        return {self.user.pk, *self.changes}

    def refuse_same(self, authors: Iterable[int | None], own_message: str, *, carries_out: bool = False) -> None:
        """Raise ValidationError where the user is one of the authors, or barred from one of them for now.

        `own_message`: what is said of the user's own. `carries_out`: of a redaction, which nobody publishes.
        """
        keys = {key for key in authors if key is not None}
        if self.user.pk in keys:
            raise ValidationError(own_message)
        if barring := [change for key, change in self.changes.items() if key in keys]:
            latest = max(barring, key=lambda change: change.made_at)
            raise ValidationError(self._barred_message(latest, carries_out=carries_out))

    def _barred_message(self, change: AccountChange, *, carries_out: bool) -> str:
        """Who changed whose account, and until when somebody else must do it."""
        by_user = change.changed_by_id == self.user.pk
        if carries_out and by_user:
            message = _(
                "You changed this of %(name)s’s account on %(when)s: %(part)s. Until %(until)s somebody else must "
                "carry it out."
            )
        elif carries_out:
            message = _(
                "%(name)s changed this of your account on %(when)s: %(part)s. Until %(until)s somebody else must "
                "carry it out."
            )
        elif by_user:
            message = _(
                "You changed this of %(name)s’s account on %(when)s: %(part)s. Until %(until)s somebody else must "
                "publish this."
            )
        else:
            message = _(
                "%(name)s changed this of your account on %(when)s: %(part)s. Until %(until)s somebody else must "
                "publish this."
            )
        other = change.account if by_user else change.changed_by
        return message % {
            "name": other.get_username() if other else "",
            "part": change.get_part_display(),
            "when": _local_time(change),
            "until": _local_time(change, BARRED_FOR),
        }


def _local_time(change: AccountChange, later: timedelta = timedelta()) -> str:
    return date_format(timezone.localtime(change.made_at + later), "DATETIME_FORMAT")


def may_publish_work_of(user: User, authors: Callable[[], set[int] | set[int | None]]) -> bool:
    """Whether the user may publish what these accounts wrote; they are asked for only where two people must see it."""
    if not user.has_perm("commitments.publish"):
        return False
    return not settings.FOUR_EYES or not authors() & {*SecondPerson(user).keys}
