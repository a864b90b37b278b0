"""Files that no other user of the machine may read, list or lock, and secrets that are there whole or not at all.

Knows nothing of Django, because the settings need it before there is one.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote

OF_OTHERS = 0o077  # what a mode may allow the group and everybody else
LISTING = 0o066  # of a folder: to list it, and to make files in it
PASSAGE = 0o711  # of a folder: others reach what they may read in it, if they know its name, and cannot list it
PUBLIC_FOLDER = "static"  # of var/: what everybody is served anyway
LEFT_LYING = 24 * 60 * 60  # seconds after which a temporary file is nobody's any more
LOCK_SECONDS, LOOK_EVERY = 20.0, 0.05
SQLITE_FILES = ("", "-wal", "-shm", "-journal", "-queue", "-set-up")  # a database, and what stands beside it


def keep_private(var: Path, *, served: bool) -> None:
    """Make everything that this process writes its owner's alone, and `var` with what lies in it already.

    `served`: whether a server in front reads `var/static` as another user; then it may pass through `var`, not list it.
    What cannot be changed, because it is another user's or may only be read, is left.
    """
    os.umask(OF_OTHERS)
    if not served:
        with suppress(OSError):
            make_folder(var)
    if not var.is_dir():
        return
    # A passage that is there already stays: a command without PRODUCTION=1 must not take the site's style away.
    if var.stat().st_mode & LISTING:
        _set_mode(var, 0o700)
    if served and (var / PUBLIC_FOLDER).is_dir():
        open_passage(var)
    with suppress(OSError):
        for path in var.iterdir():
            if path.name != PUBLIC_FOLDER and not path.is_symlink():
                keep_to_owner(path)
    _use_temporary_folder(var / "tmp")


def keep_to_owner(path: Path) -> None:
    """Take from group and others whatever they may do with a file or folder, if it is there and ours."""
    with suppress(OSError):
        mode = path.stat().st_mode & 0o7777
        if mode & OF_OTHERS:
            path.chmod(mode & ~OF_OTHERS)


def keep_database_to_owner(file: Path) -> None:
    """The same of an SQLite database, wherever it is, and of the files beside it."""
    for suffix in SQLITE_FILES:
        keep_to_owner(Path(f"{file.resolve()}{suffix}"))


def database_path(name: str | Path) -> Path:
    """The file of an SQLite database: settings have its path, or a URI where it is to be read only."""
    text = str(name)
    return Path(unquote(text.removeprefix("file:").partition("?")[0]) if text.startswith("file:") else text).absolute()


def open_passage(var: Path) -> None:
    """Let others reach what they may read in `var`; not if some may already, as where it was given to a group."""
    if not var.stat().st_mode & 0o011:
        _set_mode(var, PASSAGE)


def make_folder(folder: Path) -> None:
    """Make a folder that its owner alone may enter; raises OSError where that cannot be."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        give_to_owner_of(folder.parent, folder)


def give_to_owner_of(neighbour: Path, path: Path | int) -> None:
    """What a command of root's makes belongs to whoever runs the tracker, or that could not use it."""
    if os.geteuid() == 0:
        owner = neighbour.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def write_secret(path: Path, text: str) -> None:
    """Write a file that is whole whenever it can be seen, also after the machine stopped; raises OSError."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # for its owner alone
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        give_to_owner_of(path.parent, Path(temporary))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    fsync(path.parent)


def read_secret(path: Path, least: int) -> str:
    """What a secret's file says; empty where there is none, or what is there can be none.

    That is a file shorter than `least`, as a full disk leaves it, or one of zeros, as a machine that stopped does.
    """
    if not path.exists():
        return ""
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    return text if len(text) >= least and text.isascii() and text.isprintable() else ""


def kept_secret(path: Path, make: Callable[[], str], least: int) -> str:
    """The secret in a file, made where there is none or a broken one; the same for all who ask at once."""
    if text := read_secret(path, least):
        return text
    make_folder(path.parent)
    with locked(path.parent):
        text = read_secret(path, least)
        if not text:
            text = make()
            write_secret(path, text)
    return text


@contextmanager
def locked(path: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """The one who has a file or folder locked; made where there is none. Raises TimeoutError after `seconds`."""
    flags = os.O_RDONLY if path.is_dir() else os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    try:
        _lock(descriptor, path, time.monotonic() + seconds)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise TimeoutError(f"{path} is locked by another process") from None
            time.sleep(LOOK_EVERY)
        else:
            return


def fsync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _set_mode(path: Path, mode: int) -> None:
    with suppress(OSError):
        path.chmod(mode)


def _use_temporary_folder(folder: Path) -> None:
    """Let all temporary files be made in a folder of ours: in the common one everybody sees their names."""
    with suppress(OSError):
        make_folder(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        return
    tempfile.tempdir = str(folder)
    for path in folder.iterdir():  # of those that were killed
        with suppress(OSError):
            if path.lstat().st_mtime < time.time() - LEFT_LYING:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
