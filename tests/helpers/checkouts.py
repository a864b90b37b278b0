"""Checkouts of this version of their own, with a `var/` of their own, in a folder of any name."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.installation import ROOT

PARTS = ("commitments", "tracker", "templates", "fixtures")
FILES = ("manage.py", "pyproject.toml")


@dataclass(frozen=True)
class Checkout:
    """Its folder. Commands run there as somebody's shell would start them: with umask 022, and nothing of ours set."""

    folder: Path

    @property
    def var(self) -> Path:
        return self.folder / "var"

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        """A management command, not waited for."""
        ours = {"DATABASE_URL", "TMPDIR", "SECRET_KEY", "PRODUCTION"}
        environment = {name: value for name, value in os.environ.items() if name not in ours} | settings
        command = [sys.executable, "manage.py", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=self.folder, env=environment, umask=0o022, **pipes)

    def run_well(self, *arguments: str, **settings: str) -> str:
        """The same, waited for; fails where the command does. Gives what it printed."""
        process = self.start(*arguments, **settings)
        printed, complaints = process.communicate(timeout=120)
        assert process.returncode == 0, complaints
        return printed


def checkout(folder: Path) -> Checkout:
    """This version's code, with its compiled catalogues, copied into a folder that is made."""
    folder.mkdir()
    folder.chmod(0o755)
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        shutil.copy(ROOT / file, folder / file)
    return Checkout(folder)
