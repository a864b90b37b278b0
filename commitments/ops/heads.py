"""The installation's key, and its list of the ledger's heads: a signed line a day (docs/ledger.md).

Both are files under `var/`, outside the database: whoever exchanges that does not exchange them, and no backup that
is restored takes lines away.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from commitments.domain.head_list import HeadListError, ListedHead, listed_keys, read_heads, signed_text
from commitments.domain.signatures import new_private_key, public_key_text, read_private_key, sign
from commitments.ledger.chain_verification import verify_chain, verify_head
from commitments.ledger.listed_heads import first_difference
from commitments.models import LedgerHead
from commitments.models.snapshot import read_snapshot
from commitments.ops.private_files import locked, make_folder, write_secret


class HeadsError(Exception):
    """No line was written; says why and what to do. The list is as it was."""


def write_head(day: date) -> ListedHead | None:
    """Add the line of `day` to the list, where it has none of that day; None for an empty ledger.

    HeadsError where the list has a line of a later day, and where the chain does not verify, or does not continue the
    list that is there: such a head would vouch for what somebody put in the ledger's place. Entries with a time that
    has not come yet are in the chain, wherever their time is from: a line vouches for them like for all others.
    """
    with _alone_in(settings.HEADS_FILE.parent), read_snapshot():
        text = _stored_list()
        try:
            heads = read_heads(text)
        except HeadListError as error:
            raise HeadsError(f"{settings.HEADS_FILE} cannot be continued: {error}.") from error
        _require_continuity(heads)
        if heads and heads[-1].day > day:
            raise HeadsError(
                f"The last line of {settings.HEADS_FILE} is of {heads[-1].day}, which has not come yet: it is {day}. "
                "The clock is behind, or it was ahead when that line was written. Put the clock right; if it is, see "
                "docs/operations.md, “A clock that jumped”."
            )
        if heads and heads[-1].day == day:
            return heads[-1]
        head = LedgerHead.objects.get()
        if not head.sequence:
            return None
        key = _read_or_make_key()
        public_key, line = public_key_text(key), signed_text(day, head.sequence, head.digest)
        named = "" if listed_keys(text)[-1:] == [public_key] else f"key {public_key}\n"  # as the line before is signed
        text = f"{text}{named}{line} {sign(key, line)}\n"
        write_secret(settings.HEADS_FILE, text)
        return read_heads(text)[-1]


def signing_key() -> Ed25519PrivateKey:
    """The installation's key, made where there is none. HeadsError where its file holds no key.

    Such a file is never replaced: a new key is a thing that witnesses must be told of.
    """
    with _alone_in(settings.SIGNING_KEY_FILE.parent):
        return _read_or_make_key()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One process at a time; HeadsError where another one does not end."""
    make_folder(folder)
    try:
        with locked(folder):
            yield
    except TimeoutError as error:
        raise HeadsError(f"{error}. Try again when that has ended.") from error


def _read_or_make_key() -> Ed25519PrivateKey:
    """The same for who has locked the folder."""
    path: Path = settings.SIGNING_KEY_FILE
    if not path.exists():
        write_secret(path, new_private_key().decode())
    try:
        return read_private_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise HeadsError(
            f"{path} holds no key that can be used ({error}). Put back your copy of it, or move it away: then a new "
            "key is made, and witnesses must be told of it (docs/ledger.md)."
        ) from error


def known_keys() -> set[str]:
    """The public keys that this installation has signed with: its own, and those of its list, if they can be read."""
    keys: set[str] = set()
    with suppress(HeadsError):
        keys.update(listed_keys(_stored_list()))
        if settings.SIGNING_KEY_FILE.exists():
            keys.add(public_key_text(signing_key()))
    return keys


def _stored_list() -> str:
    try:
        return str(settings.HEADS_FILE.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise HeadsError(f"{settings.HEADS_FILE} cannot be read: {error}.") from error


def _require_continuity(heads: list[ListedHead]) -> None:
    if difference := first_difference(heads):
        raise HeadsError(
            f"The ledger does not continue {settings.HEADS_FILE}. {difference}. If an older backup was restored, say "
            "so in public and move the list away: docs/ledger.md."
        )
    problem = next(map(str, verify_chain(accept_ahead=True)), "") or next(verify_head(), "")
    if problem:
        raise HeadsError(f"The ledger does not verify: {problem}. See manage.py verify_ledger.")
