"""The outbox: mails are there if the transaction is that wrote them, go out once, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage, EmailMultiAlternatives, mail_admins, send_mail
from django.db import transaction
from django.test import Client

from commitments.models import OutgoingMail
from commitments.workflow import outbox
from tests.helpers.installation import ROOT
from tests.helpers.mail import mail_server
from tests.helpers.people import owners_were_told, signed_in
from tests.helpers.postgresql import free_port
from tests.helpers.reminders import run

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture(autouse=True)
def smtp(settings):
    settings.EMAIL_BACKEND = "commitments.workflow.outbox.OutboxBackend"
    settings.MAIL_DELIVERY_BACKEND, settings.SITE_URL = SMTP, "https://tracker.example"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 2
    return settings


@pytest.fixture
def server(smtp):
    """A mail server that takes everything."""
    with mail_server(smtp.EMAIL_PORT) as running:
        yield running


def write(*names, **fields):
    for name in names or ("ann",):
        message = {"subject": "Hello", "body": "Words", "to": [f"{name}@body.example"]} | fields
        EmailMessage(**message).send()


def sent():
    return run("send_outbox")


# Written


def test_whatever_sends_a_mail_writes_it_and_sends_nothing(server, smtp):
    smtp.ADMINS = [("Ann", "ann@body.example")]
    write()
    send_mail("Hello", "Words", None, ["ann@body.example"])
    mail_admins("Hello", "Words")
    assert (OutgoingMail.objects.count(), server.arrived) == (3, [])


@pytest.mark.postgresql
def test_a_mail_of_a_transaction_that_is_undone_was_never_written():
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()


def test_a_mail_arrives_as_it_was_written(server):
    message = EmailMultiAlternatives(
        "滬港 – Words",
        "In plain words: 你好",
        "Tracker <tracker@tracker.example>",
        ["ann@body.example"],
        bcc=["blind@body.example"],
        cc=["copy@body.example"],
        reply_to=["office@tracker.example"],
        headers={"Message-ID": "<one@tracker.example>", "X-Own": "yes"},
    )
    message.attach_alternative("<p>你好</p>", "text/html")
    message.send()
    sent()
    [mail] = server.arrived
    wanted = {"From": "Tracker <tracker@tracker.example>", "To": "ann@body.example", "Cc": "copy@body.example"}
    wanted |= {"Reply-To": "office@tracker.example", "Message-ID": "<one@tracker.example>", "X-Own": "yes"}
    wanted |= {"Auto-Submitted": "auto-generated", "Subject": "滬港 – Words", "Bcc": None}
    assert {name: mail[name] and str(mail[name]).strip() for name in wanted} == wanted
    bodies = [mail.get_body([kind]).get_content().strip() for kind in ("plain", "html")]
    assert bodies == ["In plain words: 你好", "<p>你好</p>"]


def test_a_mail_has_the_day_on_which_it_was_written(server, now):
    write()
    now.shift(timedelta(hours=5))
    sent()
    assert server.arrived[0]["Date"].datetime == NOW


WRONG = ["no\nbody@body.example", "nobody@body..example", "@", "no,body@body.example"]


@pytest.mark.parametrize("address", WRONG)
def test_what_is_no_address_is_refused_when_it_is_written(address):
    with pytest.raises(ValueError, match=r"Header values|cannot be sent"):
        write(to=[address])
    assert not OutgoingMail.objects.exists()


def test_a_file_is_refused(tmp_path):
    message = EmailMessage("Hello", "Words", to=["ann@body.example"])
    message.attach("a.txt", "words", "text/plain")
    with pytest.raises(ValueError, match="keeps no files"):
        message.send()


# Sent


def test_a_mail_that_was_sent_is_kept_nowhere(server):
    write("ann", "bob")
    assert sent() == (0, "Mails sent: 2.\n")
    assert not OutgoingMail.objects.exists()
    assert sent() == (0, "")


def test_all_mails_go_over_one_connection(server):
    write("ann", "bob", "cyd")
    sent()
    assert (len(server.arrived), len(server.connections)) == (3, 1)


def test_a_mail_to_nobody_is_deleted(server):
    outbox.OutboxBackend().send_messages([EmailMessage("Hello", "Words", to=[])])
    assert sent() == (0, "")
    assert (OutgoingMail.objects.count(), server.arrived) == (0, [])


@pytest.mark.postgresql
def test_what_another_has_claimed_is_left_to_it_until_it_must_be_gone(server, now):
    write()
    mail = OutgoingMail.objects.get()
    assert [outbox._claim(OutgoingMail.objects.get(pk=mail.pk)), outbox._claim(mail)] == [True, False]
    sent()
    assert server.arrived == []
    now.shift(outbox.CLAIM_EXPIRES_AFTER)
    sent()
    assert len(server.arrived) == 1


# Refused


def test_with_the_server_down_every_mail_waits_and_the_next_run_sends_all(smtp):
    write("ann", "bob")
    code, printed = sent()
    assert code == 1
    assert printed.startswith("Stopped by the mail server: ")
    with mail_server(smtp.EMAIL_PORT) as server:
        assert sent() == (0, "Mails sent: 2.\n")
    assert server.counts == {"ann@body.example": 1, "bob@body.example": 1}


@pytest.mark.parametrize("answer", ["550 no such user", "421 too much from you"])
def test_a_refused_address_holds_nobody_up_and_is_tried_again(server, now, answer):
    write("ann", "bob", "cyd")
    server.refused = {"bob@body.example": answer}
    code, printed = sent()
    assert (code, "bob@" in printed) == (1, False)
    reason = f"address refused ({answer[:3]})"
    assert printed == f"Mails sent: 2. Tried and waiting: 1, the oldest since 2026-11-30 09:00 UTC ({reason}).\n"
    server.refused = {}
    now.shift(timedelta(minutes=1))
    assert sent() == (0, "Mails sent: 1.\n")
    assert server.counts == {"ann@body.example": 1, "bob@body.example": 1, "cyd@body.example": 1}


def test_each_wait_is_twice_the_last_up_to_six_hours(server, now):
    write()
    server.refused = {"ann@body.example": "450 later"}
    waits = []
    for _attempt in range(11):
        before = OutgoingMail.objects.get().due_at
        now.move_to(before, tick=False)
        sent()
        waits.append((OutgoingMail.objects.get().due_at - before).total_seconds() / 60)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]


def test_before_its_time_nothing_is_tried(server, now):
    write()
    server.refused = {"ann@body.example": "450 later"}
    sent()
    now.shift(timedelta(seconds=59))
    sent()
    assert OutgoingMail.objects.get().attempts == 1


@pytest.mark.parametrize("up", [True, False])
def test_after_three_days_it_is_given_up_and_the_log_says_so_without_the_address(smtp, now, caplog, up):
    write()
    port = smtp.EMAIL_PORT if up else free_port()
    with mail_server(port) as server:
        server.refused = {"ann@body.example": "450 later"}
        sent()
        now.shift(timedelta(days=3))
        sent()
    assert not OutgoingMail.objects.exists()
    [line] = [record.getMessage() for record in caplog.records if "given up" in record.getMessage()]
    assert "ann@" not in line
    assert ("address refused (450)" in line) is up


def test_a_server_that_falls_silent_ends_the_run_and_loses_nothing(server, smtp, now):
    write("ann", "bob")
    smtp.EMAIL_TIMEOUT, server.seconds = 0.3, 5
    begun = time.monotonic()
    code, printed = sent()
    assert (code, server.counts) == (1, {})
    assert "Stopped by the mail server: " in printed
    assert time.monotonic() - begun < 3
    server.seconds = 0
    now.shift(timedelta(minutes=1))
    assert sent() == (0, "Mails sent: 2.\n")


def test_where_the_server_took_it_but_hung_up_it_may_come_again_under_the_same_name(server, now):
    write()
    server.hangs_up = True
    assert sent()[0] == 1
    server.hangs_up = False
    now.shift(timedelta(minutes=1))
    assert sent() == (0, "Mails sent: 1.\n")
    assert [mail["Message-ID"] for mail in server.arrived] == [server.arrived[0]["Message-ID"]] * 2


# Watched


def test_readyz_says_when_nobody_sends_and_nothing_of_what_a_server_refuses(client, server, now):
    write()
    server.refused = {"ann@body.example": "450 later"}
    assert client.get("/readyz").json()["mail"] == "ok"
    now.shift(timedelta(minutes=10))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["mail"]) == (200, "waiting")
    sent()
    assert client.get("/readyz").json()["mail"] == "ok"


def test_the_admin_shows_superusers_that_it_waits_and_never_what_it_says(server):
    User.objects.create_user("clerk", "clerk@example.org", "a-long-enough-password", is_staff=True)
    owners_were_told()
    Client().post("/admin/account/password/reset/", {"email": "clerk@example.org"})
    server.refused = {"clerk@example.org": "450 later"}
    sent()
    boss = signed_in(User.objects.create_superuser("boss"))
    [mail] = OutgoingMail.objects.all()
    assert "reset/key" in mail.content["body"]
    for page in ("", f"{mail.pk}/change/"):
        text = boss.get(f"/admin/commitments/outgoingmail/{page}").text
        assert "address refused (450)" in text
        assert [word for word in ("reset/key", "clerk@example.org") if word in text] == []


def ends(process):
    """Whether a process, by its folder in /proc, ends within ten seconds; perhaps nobody asks what became of it."""
    for _attempt in range(100):
        with suppress(OSError):
            if list((process / "fd").iterdir()):
                time.sleep(0.1)
                continue
        return True
    return False


@pytest.mark.processes
def test_beside_a_server_it_goes_on_sending_and_stops_when_the_server_is_gone(installation):
    """As `make run` starts it: in the background of what then becomes the server, here of a `sleep`."""
    done = installation.python(
        "from django.core.mail import send_mail; send_mail('Hello', 'Words', None, ['ann@body.example'])"
    )
    assert done.returncode == 0, done.stderr
    line = f"{sys.executable} manage.py send_outbox --every 0.2 & echo $!; exec sleep 60"
    with subprocess.Popen(
        ["sh", "-c", line], cwd=ROOT, env=installation.environment, stdout=subprocess.PIPE, text=True
    ) as server:
        sender = Path(f"/proc/{int(server.stdout.readline())}")
        assert "To: ann@body.example\n" in list(iter(server.stdout.readline, "Mails sent: 1.\n"))
        server.kill()
    try:
        assert ends(sender)
    finally:
        with suppress(ProcessLookupError):
            os.kill(int(sender.name), signal.SIGKILL)
