"""Runs a command with DATABASE_URL pointing at a throw-away PostgreSQL: `python tests/with_postgresql.py pytest`.

Skips with a line where PostgreSQL's programs are not on the machine; with CI=true that is a failure.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


def program(name: str) -> str | None:
    """Where a program of PostgreSQL's is: on the PATH, or where Debian puts it."""
    found = shutil.which(name)
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(debian[-1]) if debian else None)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """A cluster of its own in a temporary folder; gives its URL. Gone afterwards."""
    # PostgreSQL refuses to run as root.
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = tempfile.mkdtemp(prefix="tracker-postgresql-")
    if as_postgres:
        shutil.chown(folder, "postgres")
    port = free_port()
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    try:
        subprocess.run(
            [*as_postgres, initdb, "-D", f"{folder}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8"], **quiet
        )
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        control = [*as_postgres, pg_ctl, "-w", "-D", f"{folder}/data", "-l", f"{folder}/log"]
        subprocess.run([*control, "-o", options, "start"], **quiet)
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the command; its exit code is ours."""
    if not (program("initdb") and program("pg_ctl")):
        print("PostgreSQL is not installed, so its tests are skipped. On Debian: apt-get install postgresql")
        return 1 if os.environ.get("CI") == "true" else 0
    with cluster() as url:
        return subprocess.run(sys.argv[1:], env=os.environ | {"DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main())
