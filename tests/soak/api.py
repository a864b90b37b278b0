"""Asks a running installation what its own schema says can be asked, and much that it says cannot.

    SOAK_CASES=100 python -m tests.soak.api

No answer may be a 500, or anything that the schema does not describe; what it allows must be answered,
what it forbids refused.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.helpers import installation as installations
from tests.helpers.installation import ROOT, Installation
from tests.soak.traffic import behind_a_proxy

ALL_PHASES = "examples,coverage,fuzzing,stateful"


def ask(installation: Installation, cases: int, phases: str = ALL_PHASES) -> subprocess.CompletedProcess[str]:
    """Schemathesis over a server of the installation: `cases` for each address, the same ones every time."""
    command = [Path(sys.executable).with_name("schemathesis"), "run", "--checks", "all", "--no-color"]
    command += ["--phases", phases, "--max-examples", str(cases), "--generation-deterministic"]
    hooks = os.environ | {"SCHEMATHESIS_HOOKS": "tests.schemathesis_hooks", "PYTHONPATH": str(ROOT)}
    # It leaves its cache where it runs.
    with behind_a_proxy(installation).serve() as server, tempfile.TemporaryDirectory() as folder:
        address = f"{server.url}/api/v1/schema/"
        return subprocess.run([*command, address], cwd=folder, env=hooks, capture_output=True, text=True)


def count(told: str) -> int:
    """How many questions were asked."""
    found = re.search(r"([0-9]+) generated", told)
    return int(found[1]) if found else 0


def main() -> int:
    """Print what schemathesis tells; its exit code is ours."""
    with tempfile.TemporaryDirectory() as folder:
        done = ask(installations.template(Path(folder)), int(os.environ.get("SOAK_CASES", "100")))
    print(done.stdout, done.stderr, f"{count(done.stdout)} questions, exit code {done.returncode}", sep="\n")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
