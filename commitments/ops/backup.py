"""A consistent copy of the database in one file, and the way back from that file alone.

The file is a zip with three parts: `about.json` says what it is, with the ledger's head and number of entries,
`signature.json` is the installation's signature of it, and the third is the copy itself, an SQLite database or what
pg_dump writes. On request the key itself is a fourth, `signing-key`. No copy is called a backup, and no backup
takes the place of a database, before it was opened as a database of its own and its ledger verified there.
"""

import json
import sqlite3
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from commitments.domain.hash_chain import utc_timestamp
from commitments.ledger.verify import verify_ledger
from commitments.models import ErrorReport, LedgerEntry, LedgerHead, Organisation, OutgoingMail, Release
from commitments.ops.backup_signature import BackupSignature, SignatureError
from commitments.ops.database_copies import CopyError, dump, replace_database, restored_copy, switched_database
from commitments.ops.heads import HeadsError
from commitments.ops.private_files import fsync, make_folder

MANIFEST_NAME, COPY_NAMES = "about.json", {"sqlite": "tracker.sqlite3", "postgresql": "tracker.dump"}
SIGNATURE_NAME, KEY_NAME = "signature.json", "signing-key"
FORMAT_VERSION = 1
UNSIGNED = "It is not signed: an older version made it, or somebody took the signature away"
# What reading such a file raises where it is none, or not whole.
DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, LookupError, TypeError, ValueError, RuntimeError)
# A database in which all of these are empty was migrated and not used yet.
DATA_MODELS = (Release, Organisation, LedgerEntry, ErrorReport, User)


class BackupError(Exception):
    """No backup was made, or nothing was restored; says why and what to do. The database is as it was."""


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What a backup holds. `made_at`: UTC; `database`: the vendor; `head`: the ledger's last digest."""

    format: int
    made_at: str
    version: str
    database: str
    entries: int
    head: str


def make_backup(file: Path, *, with_key: bool = False) -> BackupManifest:
    """Write a verified and signed copy to `file`, which must not exist. Readers and writers go on meanwhile.

    `with_key`: whether the key that it is signed with is in it, too.
    """
    if file.exists():
        raise BackupError(f"{file} exists. Backups are never overwritten: name another file.")
    with _as_backup_errors(), tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
        copy, finished = Path(folder) / COPY_NAMES[connection.vendor], Path(folder) / "finished"
        made_at = utc_timestamp(timezone.now())
        dump(copy)
        with restored_copy(copy) as name, switched_database(name):
            head = _verified_head()
        manifest = BackupManifest(
            FORMAT_VERSION, made_at, settings.VERSION, connection.vendor, head.sequence, head.digest
        )
        about = json.dumps(asdict(manifest), indent=1)
        finished.touch(mode=0o600)
        with zipfile.ZipFile(finished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MANIFEST_NAME, about)
            archive.writestr(SIGNATURE_NAME, json.dumps(asdict(BackupSignature.of(about, copy)), indent=1))
            archive.write(copy, copy.name)
            if with_key:
                archive.write(settings.SIGNING_KEY_FILE, KEY_NAME)
        fsync(finished)
        finished.rename(file)
        fsync(file.parent)
    return manifest


def restore_backup(file: Path, *, force: bool = False, warn: Callable[[str], object] | None = None) -> BackupManifest:
    """Put what `file` holds in the database's place, at once or not at all; with `force` also where it holds data.

    The copy is unpacked, its signature checked, migrated and verified beside the database, and everybody in it signed
    out, before the database itself is touched. `warn` is told where nobody here can vouch for the signature.
    """
    with _as_backup_errors(), tempfile.TemporaryDirectory(prefix=".restore-", dir=_unpack_folder()) as folder:
        manifest, copy, doubt = _unpack(file, Path(folder))
        if not force and _holds_data():
            raise BackupError("The database holds data. --force replaces all of it: make a backup of it first.")
        with restored_copy(copy) as name:
            with switched_database(name):
                _migrate_and_verify(manifest)
                if doubt and warn:
                    warn(f"{doubt}. {_say_superusers()}")
            replace_database(name)
    return manifest


@contextmanager
def _as_backup_errors() -> Iterator[None]:
    """What databases, disks and programs raise, as one error."""
    try:
        yield
    except (OSError, DatabaseError, sqlite3.Error, psycopg.Error, CopyError, HeadsError, SignatureError) as error:
        raise BackupError(str(error).strip()) from error


def _unpack_folder() -> Path | None:
    """Where a copy is unpacked: SQLite's beside the database, where there must be room for it anyway."""
    if connection.vendor != "sqlite":
        return None
    folder = Path(connection.settings_dict["NAME"]).parent
    make_folder(folder)
    return folder


def _unpack(file: Path, folder: Path) -> tuple[BackupManifest, Path, str]:
    """What the file says of itself, its copy, and a doubt about its signature.

    Refuses what is no backup, damaged, of the other database, or not what was signed.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            about = archive.read(MANIFEST_NAME).decode()
            manifest = BackupManifest(**json.loads(about))
            if manifest.format == FORMAT_VERSION and manifest.database == connection.vendor:
                copy = Path(archive.extract(COPY_NAMES[manifest.database], folder))  # checks the sum of what it reads
                if SIGNATURE_NAME not in archive.namelist():
                    return manifest, copy, UNSIGNED
                return manifest, copy, BackupSignature(**json.loads(archive.read(SIGNATURE_NAME))).check(about, copy)
    except FileNotFoundError:
        raise BackupError(f"There is no file {file}.") from None
    except DAMAGED as error:
        raise BackupError(f"{file} is no backup, or it is damaged ({error}). Take another one.") from error
    raise BackupError(
        f"{file} is a backup of {manifest.database} in format {manifest.format}. "
        f"This installation reads format {FORMAT_VERSION} and runs on {connection.vendor}: "
        "set DATABASE_URL accordingly."
    )


def _holds_data() -> bool:
    """Whether there is anything to lose: rows of ours, or tables that are not ours."""
    tables = set(connection.introspection.table_names())
    if not {model._meta.db_table for model in DATA_MODELS} <= tables:
        return bool(tables)
    return any(model._default_manager.exists() for model in DATA_MODELS)


def _migrate_and_verify(manifest: BackupManifest) -> None:
    """Make of an old copy what this version of the software works with."""
    loader = MigrationLoader(connection)
    newer = sorted(
        name for app, name in set(loader.applied_migrations) - set(loader.disk_migrations or ()) if app == "commitments"
    )
    if newer:
        raise BackupError(
            f"The backup was made by version {manifest.version}, which is newer ({newer[-1]}): install that."
        )
    call_command("migrate", verbosity=0)  # lays the triggers, too
    Session.objects.all().delete()
    OutgoingMail.objects.all().delete()  # sent since, or too old to be
    # Whatever was kept of another state of the database is never taken for this one: no count gets here, time does.
    LedgerHead.objects.update(rebuilds=int(time.time()))
    head = _verified_head()
    if (head.sequence, head.digest) != (manifest.entries, manifest.head):
        raise BackupError(f"The ledger ends with entry {head.sequence}, {head.digest}, not with that of the backup.")


def _say_superusers() -> str:
    """Whom neither the ledger nor a trigger vouches for, and who may do everything."""
    names = User.objects.filter(is_superuser=True, is_active=True).order_by("username")
    named = ", ".join(names.values_list("username", flat=True)) or "nobody"
    return (
        "The ledger in it verifies, but nothing vouches for accounts and drafts. "
        f"Who may do everything: {named}. Look at the accounts before you start the servers (docs/backup.md)."
    )


def _verified_head() -> LedgerHead:
    """The head of the ledger, all of which fits. Not for a clock's sake may there be no backup, and no way back."""
    if problem := next(verify_ledger(accept_ahead=True), None):
        raise BackupError(f"The ledger does not verify: {problem}. See manage.py verify_ledger.")
    return LedgerHead.objects.get()
