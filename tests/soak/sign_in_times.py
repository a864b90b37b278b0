"""Whether the time of an answer tells that an account exists: many attempts at a real server, compared by a rank test.

    .venv/bin/python -m tests.soak.sign_in_times --accounts 200

Each account that exists is tried once, and as many that do not, in a random order and from a network of its own each:
sign-in with a wrong password by name and by address, and wishes for a new password. docs/security.md has the figures.
"""

import argparse
import http.client
import random
import re
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Sequence
from dataclasses import replace
from math import erfc, sqrt
from pathlib import Path
from statistics import median

from tests.helpers import installation as installations
from tests.helpers.installation import Installation
from tests.soak.figures import told

LOGIN, RESET = "/admin/login/", "/admin/account/password/reset/"
TOO_LIKELY = 0.001  # a difference that chance makes less often than this is one
# What is tried: the form, what is typed, and which of the others that is compared with.
KINDS = {
    "sign-in by a name that nobody has": (LOGIN, "other-{}", ""),
    "sign-in by name": (LOGIN, "known-{}", "sign-in by a name that nobody has"),
    "sign-in by name, inactive": (LOGIN, "quiet-{}", "sign-in by a name that nobody has"),
    "sign-in by name, no password set": (LOGIN, "blank-{}", "sign-in by a name that nobody has"),
    "sign-in by an address that nobody has": (LOGIN, "other-{}@body.example", ""),
    "sign-in by address": (LOGIN, "known-{}@body.example", "sign-in by an address that nobody has"),
    "new password, an address that nobody has": (RESET, "other-{}@body.example", ""),
    "new password": (RESET, "known-{}@body.example", "new password, an address that nobody has"),
    "new password, inactive": (RESET, "quiet-{}@body.example", "new password, an address that nobody has"),
}
ACCOUNTS = """
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
ways = {{"known": ("a-long-enough-password", True), "quiet": ("a-long-enough-password", False), "blank": (None, True)}}
User.objects.bulk_create(
    [User(username=f"{{kind}}-{{number:03}}", email=f"{{kind}}-{{number:03}}@body.example", is_staff=True,
         is_active=active, password=password)
    for kind, (typed, active) in ways.items()
    for password in [make_password(typed)]
    for number in range({accounts})],
    ignore_conflicts=True,  # where they are there from a run before
)
"""


class Visitor:
    """Sends forms over one connection, and says how long each answer took."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
        self.connection.request("GET", LOGIN)
        page = self.connection.getresponse()
        self.cookie = re.search(r"csrftoken=[^;]+", page.headers["Set-Cookie"])[0]
        self.token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())[1]

    def send(self, form: str, typed: str, network: str) -> float:
        """Seconds until the whole answer is there; RuntimeError where it is another than for a wrong guess."""
        fields = {"csrfmiddlewaretoken": self.token, "login": typed, "password": "wrong", "email": typed}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        begun = time.perf_counter()
        self.connection.request("POST", form, urllib.parse.urlencode(fields), headers | {"X-Forwarded-For": network})
        answer = self.connection.getresponse()
        page = answer.read().decode()
        seconds = time.perf_counter() - begun
        wrong = "do not match" in page if form == LOGIN else answer.status == 302
        if not wrong:
            raise RuntimeError(f"{typed}: {answer.status}")
        return seconds


def rank_test(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """Mann-Whitney: how often one of `first` is above one of `second`, and how likely chance is as far from a half.

    By the normal distribution, which holds from some twenty values up; two equal values count as half above.
    """
    values = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks: list[float] = []
    ties = 0
    position = 0
    while position < len(values):
        end = position
        while end < len(values) and values[end][0] == values[position][0]:
            end += 1
        ranks += [(position + 1 + end) / 2] * (end - position)
        ties += (end - position) ** 3 - (end - position)
        position = end
    n, m = len(first), len(second)
    above = sum(rank for rank, (_value, group) in zip(ranks, values, strict=True) if group == 0) - n * (n + 1) / 2
    spread = sqrt(n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1))))
    return above / (n * m), erfc(abs(above - n * m / 2) / spread / sqrt(2)) if spread else 1.0


def measure(installation: Installation, accounts: int, seed: int) -> dict[str, list[float]]:
    """The seconds of each kind."""
    done = installation.python(ACCOUNTS.format(accounts=accounts))
    if done.returncode:
        raise RuntimeError(done.stderr)
    turns = [(kind, number) for kind in KINDS for number in range(accounts)]
    random.Random(seed).shuffle(turns)
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with replace(installation, settings={"TRUST_PROXY": "1"}).serve() as server:
        visitor = Visitor(server.url)
        for turn, (kind, number) in enumerate(turns):
            form, typed, _compared = KINDS[kind]
            network = f"10.{turn // 65536}.{turn // 256 % 256}.{turn % 256}"
            seconds[kind].append(visitor.send(form, typed.format(f"{number:03}"), network))
        visitor.connection.close()
    return seconds


def run(installation: Installation, accounts: int, seed: int = 1) -> int:
    """Print the figures; 1 where the times of two kinds differ by more than chance."""
    seconds = measure(installation, accounts, seed)
    lines, problems = [], []
    for kind, (_form, _typed, compared) in KINDS.items():
        line = f"{kind}: median {1000 * median(seconds[kind]):.1f} ms"
        if compared:
            share, likely = rank_test(seconds[kind], seconds[compared])
            line += f"; longer in {100 * share:.1f} % of pairs, p = {likely:.3f}"
            problems += [f"{kind} takes another time than {compared}"] if likely < TOO_LIKELY else []
        lines.append(line)
    title = f"Times of answers, {accounts} accounts of each kind, {installation.vendor}"
    return told("\n  ".join([title, *lines]), problems)


def main() -> int:
    """As asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return run(installations.template(Path(folder)), said.accounts, said.seed)


if __name__ == "__main__":
    sys.exit(main())
