"""Whatever changes of an account is noted, with who did it, and mailed to its owner, whichever way it came.

Forms, links in mails, administrators and commands all save the same rows, so the rows are watched: `connect_signals`.
What writes to the tables without saving rows (`QuerySet.update`, SQL) is not seen, and docs/security.md says so.
"""

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.accounts import auth_log
from commitments.domain.choices import AccountPart
from commitments.i18n.site_name import site_name
from commitments.models import AccountChange, Affiliation
from commitments.models.staff import language_of

logger = logging.getLogger(__name__)
WATCHED_FIELDS = ("email", "is_active", "is_staff", "is_superuser")


def connect_signals() -> None:
    """Watch accounts, what they may do, for whom they work, and their second factors."""
    pre_save.connect(read_stored, sender=User)
    post_save.connect(note_account, sender=User)
    for through in (User.groups.through, User.user_permissions.through):
        m2m_changed.connect(note_roles, sender=through)
    m2m_changed.connect(note_role_permissions, sender=Group.permissions.through)
    pre_delete.connect(note_deleted_role, sender=Group)
    for signal in (post_save, post_delete):
        signal.connect(partial(note_row, AccountPart.FACTORS), sender=Authenticator, weak=False)
        signal.connect(partial(note_row, AccountPart.ROLES), sender=Affiliation, weak=False)


class PasswordNotice:
    """Among AUTH_PASSWORD_VALIDATORS, which Django tells of every new password; it refuses none.

    It is not told where a hash is only made anew at a sign-in, and that is no change.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Any password will do."""

    def get_help_text(self) -> str:
        """What happens once it is set."""
        return _("Whoever has the account is told of it by mail.")

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Django's hook, called once it is stored."""
        if user is not None:
            note_change(user, AccountPart.PASSWORD)


def read_stored(instance: User, raw: bool, update_fields: Any = None, **kwargs: Any) -> None:
    """What is stored of an account about to be saved, kept on it until it is; nothing where none of it can change."""
    watched = not raw and (update_fields is None or set(update_fields) & set(WATCHED_FIELDS))
    stored = User.objects.filter(pk=instance.pk).values(*WATCHED_FIELDS).first() if watched and instance.pk else None
    instance.stored_before = stored if watched else vars_of(instance)  # type: ignore[attr-defined]


def vars_of(account: User) -> dict[str, Any]:
    """The watched fields of an account as it stands."""
    return {name: getattr(account, name) for name in WATCHED_FIELDS}


def note_account(instance: User, raw: bool, **kwargs: Any) -> None:
    """Note an address, a mark or a right that says something else than before; of a new account what it begins with."""
    before = instance.stored_before or {"email": "", "is_active": True, "is_staff": False, "is_superuser": False}  # type: ignore[attr-defined]
    changed = {name for name, value in vars_of(instance).items() if value != before[name]}
    if "email" in changed:
        note_change(instance, AccountPart.ADDRESS, before["email"])
    if "is_active" in changed:
        note_change(instance, AccountPart.ACTIVE)
    if changed & {"is_staff", "is_superuser"}:
        note_change(instance, AccountPart.ROLES)


def note_roles(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any) -> None:
    """Note roles and single permissions, given or taken from either side."""
    if action in ("post_add", "post_remove") and pk_set:
        note_roles_of(User.objects.filter(pk__in=pk_set) if reverse else [instance])
    elif action == "pre_clear":
        note_roles_of(instance.user_set.all() if reverse else [instance])


def note_role_permissions(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any) -> None:
    """Note, for everybody in a role, that it may do something else."""
    if action in ("post_add", "post_remove") and pk_set:
        groups = Group.objects.filter(pk__in=pk_set) if reverse else Group.objects.filter(pk=instance.pk)
    elif action == "pre_clear":
        groups = instance.group_set.all() if reverse else Group.objects.filter(pk=instance.pk)
    else:
        return
    note_roles_of(User.objects.filter(groups__in=groups).distinct())


def note_deleted_role(instance: Group, **kwargs: Any) -> None:
    """Note, for everybody in a role, that there is none any more."""
    note_roles_of(instance.user_set.all())


def note_roles_of(accounts: QuerySet[User] | list[User]) -> None:
    """Note a change of roles for each account."""
    for account in accounts:
        note_change(account, AccountPart.ROLES)


def note_row(part: AccountPart, instance: Any, created: bool | None = None, raw: bool = False, **kwargs: Any) -> None:
    """Note that a row of an account was added or deleted, and of an affiliation that it was changed.

    A second factor is saved at each use, which changes nothing.
    """
    if not raw and (created in (True, None) or part != AccountPart.FACTORS):
        note_change(instance.user, part)


def acting_user() -> User | None:
    """Who is signed in where this runs; None in a command, and where a link from a mail is followed."""
    request = context.request
    user = getattr(request, "user", None)
    return User.objects.get(pk=user.pk) if user is not None and user.is_authenticated else None


def note_change(account: User, part: AccountPart, address_before: str = "") -> None:
    """Store that a part of an account was changed, log it, and mail it once the transaction is on record."""
    by, now = acting_user(), timezone.now()
    untold = AccountChange.objects.filter(account=account, part=part, changed_by=by, mailed_at=None, address_before="")
    if address_before or not untold.update(made_at=now):
        AccountChange.objects.create(
            account=account, part=part, changed_by=by, made_at=now, address_before=address_before
        )
    auth_log.log_account_change(part, account, by)
    transaction.on_commit(partial(tell_owner, account.pk), robust=True)


def tell_owner(account_key: int) -> None:
    """Write one mail of all changes that its owner was not told of; of an address to the one before, too."""
    with transaction.atomic():
        changes = list(AccountChange.objects.select_for_update().filter(account=account_key, mailed_at=None))
        if not changes:
            return
        told = AccountChange.objects.filter(pk__in=[change.pk for change in changes])
        told.update(mailed_at=timezone.now(), address_before="")
        account = User.objects.select_related("affiliation").get(pk=account_key)
        addresses = dict.fromkeys([account.email, *(change.address_before for change in changes)])
        _write_mail(
            account, told.select_related("account", "changed_by").order_by("made_at", "pk"), filter(None, addresses)
        )


def tell_all_owners() -> None:
    """The same for whoever was not told because a process was stopped right after the change; `send_outbox` asks."""
    untold = AccountChange.objects.filter(mailed_at=None).order_by().values_list("account", flat=True)
    for account_key in untold.distinct():
        tell_owner(account_key)


def change_line(change: AccountChange) -> str:
    """What was changed of an account, when and by whom, to its owner."""
    form = _("%(part)s, %(day)s: by nobody who was signed in: with a link from a mail, or on the server")
    if change.changed_by:
        own = change.changed_by == change.account
        form = _("%(part)s, %(day)s: by you, signed in") if own else _("%(part)s, %(day)s: by %(who)s")
    day = date_format(timezone.localtime(change.made_at), "DATETIME_FORMAT")
    return form % {"part": change.get_part_display(), "day": day, "who": change.changed_by}


def _write_mail(account: User, changes: QuerySet[AccountChange], addresses: Iterable[str]) -> None:
    with translation.override(language_of(account)):
        subject = _("Your account was changed: %(site)s, staff") % {"site": site_name()}
        lines = [change_line(change) for change in changes]
        body = render_to_string(
            "account/email/account_changed.txt",
            {"account": account, "lines": lines, "site": settings.SITE_URL, "contact": settings.CONTACT},
        )
    for address in addresses:
        try:
            EmailMessage(subject, body, to=[address]).send()
        except ValueError:
            logger.exception("A mail about an account cannot be sent: its address cannot be written into a mail.")
