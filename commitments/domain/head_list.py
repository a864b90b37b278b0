"""A list of the ledger's heads, as it is served and as others keep it (docs/ledger.md).

    # what stands behind a # is a remark
    key PUBLIC-KEY                       who signed the lines below, until the next such line
    2026-11-30 351 DIGEST SIGNATURE      the day, the last entry on it, its digest; the signature is of these three

A line may do without its signature: somebody copied it from a newspaper.
"""

import re
from dataclasses import dataclass
from datetime import date

from commitments.domain.signatures import is_signed

# No more digits than both databases can hold. Upper case where somebody typed a digest that way.
ENTRY, DIGEST = re.compile("[1-9][0-9]{0,17}", re.ASCII), re.compile("[0-9a-fA-F]{64}", re.ASCII)


class HeadListError(ValueError):
    """A list that cannot be read, or in which a signature does not fit; names the line."""


@dataclass(frozen=True, slots=True)
class ListedHead:
    """The ledger's last entry on a day in Hong Kong. `line`: of the list, from 1."""

    line: int
    day: date
    entry: int
    digest: str

    def __str__(self) -> str:
        return f"line {self.line} ({self.day}, entry {self.entry})"


def signed_text(day: date, entry: int, digest: str) -> str:
    """What the signature of a line covers: the line without it."""
    return f"{day.isoformat()} {entry} {digest}"


def read_heads(text: str) -> list[ListedHead]:
    """The lines of a list in their order; HeadListError for the first that is none, or whose signature does not fit."""
    heads, key = [], ""
    for number, line in enumerate(text.splitlines(), 1):
        match line.partition("#")[0].split():
            case []:
                pass
            case ["key", public_key]:
                key = public_key
            case [day, entry, digest, *signature] if len(signature) <= 1:
                head = _read_head(number, day, entry, digest)
                if signature and not is_signed(signed_text(head.day, head.entry, head.digest), signature[0], key):
                    raise HeadListError(f"{head}: its signature is not by the key above it")
                heads.append(head)
            case _:
                raise HeadListError(f"line {number} is none of a list of heads: {line[:80]!r}")
    return heads


def listed_keys(text: str) -> list[str]:
    """The public keys of a list, the first one first."""
    lines = [line.split() for line in text.splitlines()]
    return [parts[1] for parts in lines if len(parts) > 1 and parts[0] == "key"]


def _read_head(line: int, day: str, entry: str, digest: str) -> ListedHead:
    if not (ENTRY.fullmatch(entry) and DIGEST.fullmatch(digest)):
        raise HeadListError(f"line {line} is none of a list of heads: {f'{day} {entry} {digest}'[:80]!r}")
    try:
        return ListedHead(line, date.fromisoformat(day), int(entry), digest.lower())
    except ValueError as error:
        raise HeadListError(f"line {line}: {error}") from error
