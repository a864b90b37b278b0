"""Another user of the machine, who tries to read, list and lock what is not theirs."""

import json
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

# Reads paths from standard input and prints what it could do with which.
TRY = """
import fcntl, json, os, sys
done = []
for path in json.load(sys.stdin):
    try:
        os.listdir(path)
        done.append(["listed", path])
    except OSError:
        pass
    for flags in (os.O_RDONLY, os.O_WRONLY):
        try:
            descriptor = os.open(path, flags | os.O_NONBLOCK)
        except OSError:
            continue
        done.append(["opened", path])
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            done.append(["locked", path])
        except OSError:
            pass
print(json.dumps(done))
"""


def other_user() -> str:
    """The name of one whom we can become; skips the test where there is none."""
    names = {user.pw_name for user in pwd.getpwall()} & {"nobody", "postgres"}
    if os.geteuid() != 0 or not names or not shutil.which("runuser"):
        pytest.skip("To become another user takes root and a second user of the machine.")
    return min(names)


def taken(paths: list[Path]) -> set[tuple[str, str]]:
    """What another user could do with these paths: ("listed" or "opened" or "locked", the path)."""
    command = ["runuser", "-u", other_user(), "--", "/usr/bin/env", "python3", "-I", "-c", TRY]
    given = json.dumps([str(path) for path in paths])
    done = subprocess.run(command, input=given, cwd="/", capture_output=True, text=True, check=True, timeout=60)
    return {(what, path) for what, path in json.loads(done.stdout)}


def everything(folder: Path) -> list[Path]:
    """A folder and all that is in it."""
    return [folder, *folder.rglob("*")]
