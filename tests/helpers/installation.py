"""A whole installation of its own: database, commands and server as separate processes, as on a real machine."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.helpers.postgresql import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
# One visitor asks as much as many do.
UNLIMITED = dict.fromkeys(("SEARCHES_PER_MINUTE", "EXPORTS_PER_MINUTE", "WORK_SECONDS_PER_MINUTE"), "1000000")
FIXTURE = ROOT / "fixtures" / "4th-plenary-2018.json"
SECOND_FIXTURE = ROOT / "fixtures" / "finance-meeting-2024.json"


@dataclass
class Server:
    """A running server; `kill()` is kill -9 of all its processes."""

    url: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)


@dataclass
class Installation:
    """Its database's URL, other settings, and what can be done with it. `limited`: all limits are as they come."""

    database_url: str
    settings: dict[str, str] = field(default_factory=dict)
    limited: bool = False

    @property
    def vendor(self) -> str:
        """Which database it is, as people call it."""
        return "PostgreSQL" if self.database_url.startswith("postgresql") else "SQLite"

    @property
    def name(self) -> str:
        """The database's name: of SQLite its file's."""
        return self.database_url.removeprefix("sqlite:///").rpartition("/" if self.vendor == "PostgreSQL" else "\0")[2]

    @property
    def environment(self) -> dict[str, str]:
        own = {"DATABASE_URL": self.database_url, "PYTHONUNBUFFERED": "1"}
        return os.environ | own | ({} if self.limited else UNLIMITED) | self.settings

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A management command, not waited for."""
        command = [sys.executable, "manage.py", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, **pipes)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A management command, waited for."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300)

    def run_well(self, *arguments: str) -> str:
        """The same; fails where the command does. Gives what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def python(self, code: str) -> subprocess.CompletedProcess[str]:
        """Some lines in Django's shell."""
        return self.run("shell", "--no-imports", "-c", code)

    @contextmanager
    def serve(self, workers: int = 2, application: str = "tracker.wsgi", log: str = os.devnull) -> Iterator[Server]:
        """The server that `make run` starts, on a free port. `log`: the file that its lines are written to."""
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", application, "--threads", "4"]
        command += ["--worker-class", "tracker.server.DeadlineWorker"]
        command += ["--workers", str(workers), "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--preload"]
        command += ["--forwarded-allow-ips", ""]
        with Path(log).open("ab") as lines:
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True, stderr=lines)
        server = Server(f"http://127.0.0.1:{port}", process)
        try:
            wait_until_it_answers(server)
            yield server
        finally:
            server.stop()


def wait_until_it_answers(server: Server) -> None:
    for _attempt in range(200):
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=5):
                return
        except OSError:  # nobody listens yet, or the workers are still starting
            time.sleep(0.1)
    raise AssertionError("the server did not answer within 20 seconds")


def template(folder: Path) -> Installation:
    """A database with the release loaded."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgresql"):
        return fill(Installation(postgresql(given, "tracker_alone")))
    return fill(Installation(f"sqlite:///{folder / 'template.sqlite3'}"))


def fill(empty: Installation) -> Installation:
    """The same with tables, and the release loaded."""
    empty.run_well("migrate", "--verbosity", "0")
    empty.run_well("load_release", str(FIXTURE))
    return empty


def copy(original: Installation, target: Installation) -> Installation:
    """The same once more, under the target's address."""
    if original.vendor == "PostgreSQL":
        postgresql(f"{original.database_url.rpartition('/')[0]}/postgres", target.name, like=original.name)
        return target
    shutil.copy(original.name, target.name)
    if Path(f"{original.name}-wal").exists():
        shutil.copy(f"{original.name}-wal", f"{target.name}-wal")
    return target


def postgresql(admin_url: str, name: str, like: str = "template1") -> str:
    """A database of that name, made anew as a copy; gives its URL."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return f"{admin_url.rpartition('/')[0]}/{name}"


def exists(admin_url: str, name: str) -> bool:
    """Whether PostgreSQL has a database of that name."""
    with psycopg.connect(admin_url) as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())
