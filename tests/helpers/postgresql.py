"""Runs a command with DATABASE_URL pointing at a throw-away PostgreSQL: `python tests/helpers/postgresql.py pytest`.

Skips with a line where PostgreSQL's programs are not on the machine; with CI=true that is a failure.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


def program(name: str) -> str | None:
    """Where a program of PostgreSQL's is: on the PATH, or where Debian puts it."""
    path = shutil.which(name)
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return path or (str(debian[-1]) if debian else None)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """A PostgreSQL of its own: `with cluster() as server` starts it; `server.kill()`, `server.start()` do it again."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        """A folder that its user can reach (under /tmp, not pytest's own); the first start makes its data."""
        self.folder, self.port = folder, port or free_port()
        self.data = folder / "data"
        # PostgreSQL refuses to run as root.
        self._as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_postgres:
            shutil.chown(folder, "postgres")

    @property
    def url(self) -> str:
        """Of the database `postgres`; every user of this machine is trusted."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self, *settings: str) -> "Cluster":
        """Start it, or start it again, and wait until it answers; settings such as `max_connections=20`."""
        if not self.data.exists():
            self._run("initdb", "-D", str(self.data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        options = [f"port={self.port}", f"unix_socket_directories={self.folder}", "listen_addresses=127.0.0.1"]
        options = [f"-c {setting}" for setting in (*options, *settings)]
        self._control("start", "-l", str(self.folder / "log"), "-o", " ".join(options))
        return self

    def stop(self) -> None:
        """Stop it at once, as a machine that loses its power; the next start recovers."""
        pid = self.data / "postmaster.pid"
        if pid.exists() and Path("/proc", pid.read_text().split()[0]).exists():  # a killed one leaves the file behind
            self._control("stop", "-m", "immediate")

    def kill(self) -> None:
        """`kill -9` of the server and of everything that it started."""
        parent = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for process in (parent, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(Path(f"/proc/{process}").exists() for process in (parent, *children)):
            time.sleep(0.01)

    def copy(self, of: "Cluster") -> None:
        """Become a streaming replica of another; not started yet."""
        self._run("pg_basebackup", "-d", of.url, "-D", str(self.data), "-R", "-X", "stream", "-c", "fast", "--no-sync")

    def _control(self, verb: str, *arguments: str) -> None:
        self._run("pg_ctl", verb, "-w", "-D", str(self.data), *arguments)

    def _run(self, name: str, *arguments: str) -> None:
        command = [*self._as_postgres, str(program(name)), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)


@contextlib.contextmanager
def cluster(of: Cluster | None = None, *settings: str) -> Iterator[Cluster]:
    """A started cluster in a temporary folder, gone afterwards; a streaming replica `of` another, if one is given."""
    server = Cluster(Path(tempfile.mkdtemp(prefix="tracker-postgresql-")))
    try:
        if of:
            server.copy(of)
        yield server.start(*settings)
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


def main() -> int:
    """Run the command; its exit code is ours."""
    if not (program("initdb") and program("pg_ctl")):
        print("PostgreSQL is not installed, so its tests are skipped. On Debian: apt-get install postgresql")
        return 1 if os.environ.get("CI") == "true" else 0
    with cluster() as server:
        return subprocess.run(sys.argv[1:], env=os.environ | {"DATABASE_URL": server.url}).returncode


if __name__ == "__main__":
    sys.exit(main())
