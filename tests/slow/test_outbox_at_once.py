"""Reminders and the outbox: two runs at the same time, and a run that is killed, as processes of their own."""

import time

import pytest

from tests.helpers.mail import mail_server

pytestmark = [pytest.mark.postgresql, pytest.mark.processes]

PEOPLE = """
from django.contrib.auth.models import Group, User
from commitments.models import Affiliation, Commitment
body = Commitment.objects.get(reference="AV-04").owners.first()
for number in range(6):
    user = User.objects.create_user(f"clerk-{number}", f"clerk-{number}@body.example", is_staff=True)
    user.groups.add(Group.objects.get(name="Contributor"))
    Affiliation.objects.create(user=user, organisation=body)
"""
SEND = """
import time
from pathlib import Path
from django.conf import settings
from django.core.management import call_command
settings.MAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", {port}
Path({ready!r}).touch()
while not Path({go!r}).exists():
    time.sleep(0.001)
call_command("send_reminders")
call_command("send_outbox")
"""
TIME_PASSES = """
from datetime import timedelta
from django.db.models import F
from commitments.models import OutgoingMail
print(OutgoingMail.objects.update(due_at=F("due_at") - timedelta(minutes=11)))
"""
ONE_EACH = {f"clerk-{number}@body.example": 1 for number in range(6)}


@pytest.fixture
def staffed(installation):
    done = installation.python(PEOPLE)
    assert done.returncode == 0, done.stderr
    return installation


def start(installation, port, ready, go):
    code = SEND.format(port=port, ready=str(ready), go=str(go))
    return installation.start("shell", "--no-imports", "-c", code)


def test_two_runs_at_once_send_everybody_one_mail(staffed, tmp_path):
    with mail_server() as server:
        server.seconds = 0.05
        ready = [tmp_path / "one", tmp_path / "two"]
        runs = [start(staffed, server.port, path, tmp_path / "go") for path in ready]
        while not all(path.exists() for path in ready) and all(run.poll() is None for run in runs):
            time.sleep(0.01)
        (tmp_path / "go").touch()
        problems = [run.communicate(timeout=60)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], problems
    assert server.counts == ONE_EACH


def test_a_run_killed_while_it_sends_costs_nobody_their_mail(staffed, tmp_path):
    go = tmp_path / "go"
    go.touch()
    with mail_server() as server:
        server.seconds = 0.3
        run = start(staffed, server.port, go, go)
        while len(server.arrived) < 2 and run.poll() is None:
            time.sleep(0.01)
        server.has_a_mail_in_hand.clear()
        assert server.has_a_mail_in_hand.wait(timeout=10)
        run.kill()
        run.communicate()
        time.sleep(0.5)  # the server drops what it had in hand
        server.seconds = 0
        before = len(server.arrived)
        assert 2 <= before < 6
        again = start(staffed, server.port, go, go)
        assert "Reminders put into the outbox: 0." in again.communicate(timeout=60)[0]
        assert sum(server.counts.values()) == 5  # the one in hand is left to who claimed it
        assert staffed.python(TIME_PASSES).stdout == "1\n"
        last = start(staffed, server.port, go, go)
        assert "Mails sent: 1." in last.communicate(timeout=60)[0]
    assert server.counts == ONE_EACH
