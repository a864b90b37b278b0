"""Forms that could not be taken, because their sender was no longer signed in: kept for whoever had opened them.

Each form of staff's pages holds a stamp that says, signed, for whom it was opened. Where a form comes from somebody
else than that, from nobody, or without the token that Django asks of forms, what was typed is stored on the server
for that person, and shown to nobody else: nothing is left in a browser, which may be everybody's. Without a stamp
nothing is stored, so neither visitors nor other sites can fill the table. Passwords and codes are never stored.
"""

import re
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from commitments.models import KeptForm

STAMP_FIELD = "opened_by"  # the name of the hidden box
TOKEN_FIELD = "csrfmiddlewaretoken"  # noqa: S105  # Django's name of a box
SALT = "opened by"
STAMP_LASTS = timedelta(days=7)
MOST_KEPT = 40  # forms of one person; of more, the oldest go
WAITING_FLAG = "kept_forms"  # in the session: whether any may be waiting, so that no other page asks
# No box of ours has such a name: whoever adds one need not think of this.
SECRET_NAMES = re.compile(r"passw|secret|credential|(?:^|[_-])(?:code|otp|pin|token|key)(?:$|[_-])", re.IGNORECASE)


def form_stamp(user: Any) -> str:
    """What a form opened for a user carries; nothing for nobody."""
    return signing.dumps(user.pk, salt=SALT) if user.is_authenticated else ""


def form_owner(request: HttpRequest) -> int | None:
    """The key of the user for whom the form that was sent had been opened; None where it does not say so."""
    try:
        owner: int = signing.loads(request.POST.get(STAMP_FIELD, ""), salt=SALT, max_age=STAMP_LASTS)
    except signing.BadSignature:
        return None
    return owner


def keep_form(request: HttpRequest) -> bool:
    """Store what was typed for whoever had opened the form; whether there was anything to store, and for whom."""
    owner = form_owner(request)
    data = {
        name: values
        for name, values in request.POST.lists()
        if name not in (STAMP_FIELD, TOKEN_FIELD) and not SECRET_NAMES.search(name)
    }
    if owner is None or not data or not User.objects.filter(pk=owner, is_active=True).exists():
        return False
    kept, path = KeptForm.objects.filter(user=owner), request.get_full_path()
    with transaction.atomic():
        kept.filter(path=path).delete()
        KeptForm.objects.create(user_id=owner, path=path, data=data)
        kept.filter(pk__in=list(kept.values_list("pk", flat=True)[MOST_KEPT:])).delete()
    if request.user.pk == owner:
        request.session[WAITING_FLAG] = True
    return True


def note_waiting(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Somebody signed in: note whether forms wait for them."""
    if KeptForm.objects.waiting(timezone.now()).filter(user=user).exists():
        request.session[WAITING_FLAG] = True


def waiting_forms(request: HttpRequest) -> list[KeptForm]:
    """The forms that wait for the user, the latest first; without a query where there were none at the sign-in."""
    if WAITING_FLAG not in request.session:
        return []
    forms = list(KeptForm.objects.waiting(timezone.now()).filter(user=request.user.pk))
    if not forms:
        del request.session[WAITING_FLAG]
    return forms


def waiting_form(request: HttpRequest) -> KeptForm | None:
    """The form that waits at the address that the user asks for."""
    path = request.get_full_path()
    return next((form for form in waiting_forms(request) if form.path == path), None)


def forget_form(request: HttpRequest) -> None:
    """The form of this address was sent again: what was kept of it is no longer needed."""
    if form := waiting_form(request):
        form.delete()
