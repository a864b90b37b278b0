"""Servers that share by Redis what they keep; that they do without it, `test_faults.py` tries at a server that runs."""

import subprocess

import pytest

from tests.helpers.installation import Installation
from tests.helpers.postgresql import free_port
from tests.helpers.programs import program


@pytest.fixture
def redis(tmp_path):
    """A Redis of its own, on a free port; yields its URL and process."""
    port = free_port()
    command = [program("redis-server", "redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen([*command, "--dir", str(tmp_path)], stdout=subprocess.DEVNULL) as process:
        yield f"redis://127.0.0.1:{port}/0", process
        process.kill()


ASK = """
import sys
from django.conf import settings
from django.test import Client
settings.ALLOWED_HOSTS.append("testserver")
answer = Client().get("/commitments/CU-06/")
print(answer.status_code, answer.headers.get("X-Cache"), len(answer.content))
"""


@pytest.mark.processes
def test_servers_share_what_they_keep_by_redis_and_do_without_it(installation: Installation, redis):
    url, process = redis
    sharing = Installation(installation.database_url, {"CACHE_URL": url})
    made, kept = (sharing.python(ASK).stdout.split() for _twice in range(2))
    assert made == ["200", "None", kept[2]]
    assert kept[:2] == ["200", "hit"]
    process.kill()
    process.wait()
    assert sharing.python(ASK).stdout.split() == made
