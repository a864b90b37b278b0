"""The installation as docs/deploy.md has it, on loopback: nginx, two servers, PostgreSQL and Redis.

The very files of docs/deploy/ are used; only names, paths, ports and secrets are put in. The certificate is our own.
"""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.helpers.installation import ROOT, Installation, Server
from tests.helpers.postgresql import free_port

FILES = ROOT / "docs" / "deploy"
# The journey signs in with a password alone and publishes what it wrote itself.
EASIER = {"REQUIRE_MFA": "0", "FOUR_EYES": "0"}


@dataclass
class Deployed:
    """Its folder, its database, and what runs: the servers by their port. `url` is nginx's.

    `limited`: whether nginx refuses one visitor more than its configuration allows.
    """

    folder: Path
    database_url: str
    limited: bool = True
    ports: tuple[int, int] = field(default_factory=lambda: (free_port(), free_port()))
    redis: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)
    http: int = field(default_factory=free_port)
    running: dict[int | str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.https}"

    @property
    def server(self) -> Server:
        """As those know it who ask a server."""
        return Server(self.url, self.running["nginx"])

    @property
    def installation(self) -> Installation:
        """For commands."""
        return Installation(self.database_url, self.settings)

    @property
    def settings(self) -> dict[str, str]:
        """The environment of the servers: tracker.env with names and secrets put in."""
        lines = (FILES / "tracker.env").read_text().splitlines()
        # Read as a shell and systemd do: a value may stand in quotes.
        environment = dict(shlex.split(line)[0].split("=", 1) for line in lines if line and not line.startswith("#"))
        mine = {
            "DATABASE_URL": self.database_url,
            "PUBLISHER": "Nobody",
            "CACHE_URL": f"redis://127.0.0.1:{self.redis}/0",
            "SECRET_KEY": "only-for-tests:-0123456789-abcdefghijklmnopqrstuvwxyz",
        }
        return {
            name: value.replace("tracker.example", "localhost") for name, value in (environment | mine | EASIER).items()
        }

    def start(self, port: int) -> None:
        """The command of tracker-web@.service."""
        [command] = re.findall(r"^ExecStart=(.+)$", (FILES / "tracker-web@.service").read_text(), re.MULTILINE)
        command = command.replace("/srv/tracker/current", str(ROOT)).replace("%i", str(port))
        with (self.folder / "servers.log").open("ab") as log:
            self.running[port] = subprocess.Popen(
                shlex.split(command), cwd=ROOT, env=os.environ | self.settings, start_new_session=True, stderr=log
            )

    def ready(self, port: int) -> None:
        """Waits until a server says that it is."""
        request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": "localhost"})
        for _attempt in range(300):
            try:
                with urllib.request.urlopen(request, timeout=5):
                    return
            except OSError:  # nobody listens yet, or 503
                time.sleep(0.1)
        raise AssertionError("the server was not ready within 30 seconds")

    def stop(self, what: int | str, how: int = signal.SIGTERM) -> None:
        """As systemctl stop does, or kill -9 of all its processes."""
        process = self.running.pop(what)
        if how == signal.SIGKILL:
            os.killpg(process.pid, how)
        else:
            process.terminate()
        process.wait(timeout=40)

    def start_redis(self) -> None:
        command = ["redis-server", "--port", str(self.redis), "--bind", "127.0.0.1", "--save", ""]
        self.running["redis"] = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL)
        wait_for_port(self.redis)

    def start_nginx(self) -> None:
        make_certificate(self.folder)
        configuration(self)
        check = subprocess.run([nginx(), "-t", *self.nginx_arguments], capture_output=True, text=True)
        assert check.returncode == 0, check.stderr
        assert "warn" not in check.stderr, check.stderr
        self.running["nginx"] = subprocess.Popen([nginx(), *self.nginx_arguments, "-g", "daemon off;"])
        wait_for_port(self.https)

    def asked(self, port: int, *, asked: bool) -> None:
        """Whether nginx sends requests to a server: what docs/deploy.md does with sed."""
        server = f"server 127.0.0.1:{port} max_fails=1 fail_timeout=2s"
        old, new = (f"{server} down;", f"{server};") if asked else (f"{server};", f"{server} down;")
        text = (self.folder / "tracker.conf").read_text()
        assert old in text
        (self.folder / "tracker.conf").write_text(text.replace(old, new))
        subprocess.run([nginx(), "-s", "reload", *self.nginx_arguments], check=True)
        time.sleep(1)

    @property
    def nginx_arguments(self) -> list[str]:
        return ["-p", str(self.folder), "-c", "main.conf", "-e", "error.log"]


def nginx() -> str:
    """Where it is; Debian puts it where only root looks."""
    return shutil.which("nginx") or "/usr/sbin/nginx"


def make_certificate(folder: Path) -> None:
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    command += " -addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem"
    subprocess.run(shlex.split(command), cwd=folder, check=True, capture_output=True)


def configuration(deployed: Deployed) -> None:
    """nginx.conf with paths and ports put in, within the least that Debian's own would be around it."""
    text = "".join(line for line in (FILES / "nginx.conf").read_text().splitlines(keepends=True) if "[::]:" not in line)
    if not deployed.limited:
        text = re.sub(r"^\s*limit_.*\n", "", text, flags=re.MULTILINE)
    (deployed.folder / "cache").mkdir()
    for old, new in {
        "listen 443": f"listen 127.0.0.1:{deployed.https}",
        "listen 80": f"listen 127.0.0.1:{deployed.http}",
        "127.0.0.1:8001": f"127.0.0.1:{deployed.ports[0]}",
        "127.0.0.1:8002": f"127.0.0.1:{deployed.ports[1]}",
        "Host $host;": f"Host $host:{deployed.https};",
        "/etc/letsencrypt/live/tracker.example/fullchain.pem": f"{deployed.folder}/certificate.pem",
        "/etc/letsencrypt/live/tracker.example/privkey.pem": f"{deployed.folder}/key.pem",
        "/var/cache/nginx/tracker": f"{deployed.folder}/cache",
        "/var/log/nginx": str(deployed.folder),
        "/srv/tracker/current": str(ROOT),
        "/srv/tracker/var": str(ROOT / "var"),
        "tracker.example": "localhost",
    }.items():
        assert old in text, f"nginx.conf has no {old}"
        text = text.replace(old, new)
    (deployed.folder / "tracker.conf").write_text(text)
    user = "user root;\n" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"{name}_temp_path temporary;\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (deployed.folder / "main.conf").write_text(
        f"{user}pid nginx.pid;\nevents {{}}\nhttp {{\n{temporary}include /etc/nginx/mime.types;\n"
        "default_type application/octet-stream;\naccess_log access.log;\ninclude tracker.conf;\n}\n"
    )


def wait_for_port(port: int) -> None:
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on port {port}")


@contextmanager
def deploy(folder: Path, database_url: str, *, limited: bool = True) -> Iterator[Deployed]:
    """All of it, ready; stopped afterwards, whatever happened."""
    deployed = Deployed(folder, database_url, limited)
    try:
        deployed.start_redis()
        for port in deployed.ports:
            deployed.start(port)
        for port in deployed.ports:
            deployed.ready(port)
        deployed.start_nginx()
        yield deployed
    finally:
        for what in list(deployed.running):
            deployed.stop(what)
