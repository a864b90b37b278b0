"""What a backup is signed with, and whether the signature is of what the file holds now (docs/backup.md)."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from commitments.domain.signatures import is_signed, public_key_text, sign
from commitments.ops.heads import known_keys, signing_key


class SignatureError(Exception):
    """What a backup holds is not what was signed; says which part."""


@dataclass(frozen=True, slots=True)
class BackupSignature:
    """`sha256`: of the copy of the database; `signature`: of the manifest's text, a line feed and `sha256`."""

    key: str
    sha256: str
    signature: str

    @classmethod
    def of(cls, manifest: str, copy: Path) -> Self:
        """By the installation's key, which is made where there is none. HeadsError where that cannot be used."""
        key, sha256 = signing_key(), file_sha256(copy)
        return cls(public_key_text(key), sha256, sign(key, f"{manifest}\n{sha256}"))

    def check(self, manifest: str, copy: Path) -> str:
        """A warning where nobody here knows the key, else nothing. SignatureError where something was changed."""
        if file_sha256(copy) != self.sha256:
            raise SignatureError("The copy of the database in it is not the one that was signed: somebody changed it.")
        if not is_signed(f"{manifest}\n{self.sha256}", self.signature, self.key):
            raise SignatureError("Its signature is not of this manifest: somebody changed one or the other.")
        return "" if self.key in known_keys() else f"It is signed with a key that is not known here: {self.key}"


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
