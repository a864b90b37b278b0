"""A clock that ran ahead, and was put right: what was recorded stays, nothing more is, and all else goes on.

Docs: docs/operations.md, "A clock that jumped".
"""

import os
import re
import subprocess
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from commitments.ledger import clock as ledger_clock
from commitments.ledger.verify import verify_ledger
from commitments.models import ErrorReport, LedgerEntry, LedgerHead
from commitments.ops.heads import write_head
from tests.factories import published, record
from tests.helpers.installation import ROOT
from tests.helpers.ledger_acts import verify

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
YEAR, HOUR, MINUTE = timedelta(days=365), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def recorded_ahead(clock, by):
    """A commitment, and a report on it that was recorded while the clock ran ahead; the clock is right again."""
    commitment = published(reference="TT-01")
    clock.move_to(NOW + by, tick=False)
    record("check", commitment)
    clock.move_to(NOW, tick=False)
    return commitment


# The ledger


@pytest.mark.parametrize("by", [HOUR, YEAR])
def test_nothing_is_recorded_after_an_entry_that_lies_ahead_and_who_tries_is_told_why(clock, by):
    commitment = recorded_ahead(clock, by)
    head = LedgerHead.objects.get().digest
    with pytest.raises(ValidationError) as refused:
        record("check", commitment)
    [said] = refused.value.messages
    ahead = (NOW + by).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (
        f"the last entry on record bears the time {ahead}, and this machine’s clock says 2026-11-30T09:00:00Z" in said
    )
    assert LedgerHead.objects.get().digest == head


def test_a_release_that_brings_its_own_times_is_refused_like_everything_else(clock):
    recorded_ahead(clock, HOUR)
    with pytest.raises(ValidationError, match="the last entry on record bears the time"):
        published(reference="TT-02", recorded_at=NOW - YEAR)


def test_once_the_time_has_come_everything_goes_on(clock):
    commitment = recorded_ahead(clock, HOUR)
    clock.move_to(NOW + HOUR, tick=False)
    assert record("check", commitment).recorded_at == NOW + HOUR
    assert list(verify_ledger()) == []


def test_servers_whose_clocks_are_a_minute_apart_record_one_after_the_other(clock):
    commitment = recorded_ahead(clock, MINUTE)
    assert record("check", commitment).recorded_at == NOW + MINUTE


@pytest.fixture
def started_now(monkeypatch, settings):
    """A server that was started at NOW, and that minds its clock."""
    monkeypatch.setattr(ledger_clock, "_STARTED_BY", ledger_clock._start_of_machine())
    settings.CLOCK_STEP_SECONDS = 3600


@pytest.mark.parametrize("by", [YEAR, -YEAR, timedelta(hours=2)])
def test_a_server_whose_clock_is_set_while_it_runs_records_nothing_until_it_is_right(clock, started_now, client, by):
    commitment = published(reference="TT-01", recorded_at=NOW - 2 * YEAR)
    clock.move_to(NOW + by, tick=False)
    with pytest.raises(ValidationError, match="clock was set to another time since the server started"):
        record("check", commitment)
    assert client.get("/readyz").json()["clock"] == "set since the start"
    assert client.get("/commitments/TT-01/").status_code == 200 or by < timedelta(0)
    clock.move_to(NOW, tick=False)
    assert record("check", commitment).recorded_at == NOW


def test_a_clock_that_is_put_right_by_minutes_stops_nobody(clock, started_now):
    clock.move_to(NOW + 20 * MINUTE, tick=False)
    record("check", published(reference="TT-01"))


def test_machines_are_told_and_readers_are_answered_meanwhile(clock, client):
    assert client.get("/readyz").json()["clock"] == "ok"
    recorded_ahead(clock, YEAR)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["ready"], ready.json()["clock"]) == (200, True, "behind the record")
    for address in ("/", "/commitments/", "/commitments/TT-01/", "/updates/", "/updates.atom", "/ledger.jsonl"):
        assert client.get(address).status_code == 200, address


def test_who_verifies_is_told_which_entry_lies_ahead_and_what_that_means(clock):
    recorded_ahead(clock, YEAR)
    code, _printed, complaints = verify()
    first, *_others, last = complaints.splitlines()
    assert (code, first) == (1, f"entry {LedgerEntry.objects.count()} (TT-01): lies ahead of this machine’s clock")
    assert last.startswith("Nothing can be recorded now: the last entry on record bears the time 2027-11-30T09:00:00Z")


# Heads


@pytest.fixture
def var(tmp_path, settings):
    settings.HEADS_FILE, settings.SIGNING_KEY_FILE = tmp_path / "heads.txt", tmp_path / "signing-key"
    return tmp_path


def heads():
    printed, complaints = StringIO(), StringIO()
    call_command("heads", stdout=printed, stderr=complaints)
    return printed.getvalue(), complaints.getvalue()


def test_a_line_vouches_for_entries_that_lie_ahead_and_the_command_says_that_there_are_some(clock, var):
    recorded_ahead(clock, YEAR)
    printed, complaints = heads()
    assert f"2026-11-30, entry {LedgerEntry.objects.count()}" in printed
    assert "the last entry on record bears the time 2027-11-30T09:00:00Z" in complaints


def test_after_a_line_of_a_day_that_has_not_come_there_is_no_silent_success(clock, var):
    published(reference="TT-01", recorded_at=NOW - YEAR)
    write_head((NOW + YEAR).date())
    before = (var / "heads.txt").read_text()
    with pytest.raises(CommandError, match="is of 2027-11-30, which has not come yet: it is 2026-11-30") as said:
        heads()
    assert "docs/operations.md" in str(said.value)
    assert (var / "heads.txt").read_text() == before
    (var / "heads.txt").rename(var / "heads-until-2026-11-30.txt")  # as docs/operations.md says
    assert "line 2 (2026-11-30" in heads()[0]


# Backups by date


def clean_up(folder):
    """What tracker-backup.service runs once a new backup was made."""
    unit = (ROOT / "docs/deploy/tracker-backup.service").read_text()
    [command] = re.findall(r"^ExecStart=/bin/sh -c '(ls .+)'$", unit, re.MULTILINE) or re.findall(
        r"^ExecStart=(/usr/bin/find .+)$", unit, re.MULTILINE
    )
    subprocess.run(command.replace("/srv/tracker/backups", str(folder)), shell=True, check=True)
    return sorted(path.name for path in folder.iterdir())


def backups(folder, days_ago):
    for days in days_ago:
        path = folder / f"{days:03}.backup"
        path.touch()
        made = real_now() - days * 24 * 60 * 60
        os.utime(path, (made, made))


def real_now():
    return float(subprocess.run(["date", "+%s"], capture_output=True, check=True).stdout)


def test_after_a_jump_of_a_year_the_last_fourteen_backups_are_still_there(tmp_path):
    backups(tmp_path, [0, *range(365, 385)])
    assert clean_up(tmp_path) == ["000.backup", *(f"{days}.backup" for days in range(365, 378))]


def test_of_many_backups_of_one_day_none_is_deleted_and_other_files_never(tmp_path):
    backups(tmp_path, range(20))
    (tmp_path / "note").touch()
    os.utime(tmp_path / "note", (0, 0))
    assert clean_up(tmp_path) == [*(f"{days:03}.backup" for days in range(15)), "note"]


# Sessions and limits


@pytest.fixture
def clerk():
    return User.objects.create_superuser("clerk", "clerk@pledges.hk", "a-long-enough-password")


@pytest.mark.parametrize("by", [2 * HOUR, YEAR])
def test_a_sign_in_of_a_time_that_has_not_come_ends_when_the_clock_is_put_right(clock, clerk, by):
    clock.move_to(NOW + by, tick=False)
    client = Client()
    client.force_login(clerk)
    assert client.get("/admin/").status_code == 200
    clock.move_to(NOW, tick=False)
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain
    assert "The clock of this site was put right after you signed in. Please sign in again." in answer.text


def test_a_sign_in_from_before_that_was_seen_in_a_time_that_has_not_come_ends_too(clock, clerk):
    client = Client()
    client.force_login(clerk)
    clock.move_to(NOW + 30 * MINUTE, tick=False)
    assert client.get("/admin/").status_code == 200
    clock.move_to(NOW, tick=False)
    assert client.get("/admin/").status_code == 302


def test_who_was_refused_while_the_clock_ran_ahead_is_not_refused_until_then(clock, client, settings, monkeypatch):
    settings.API_PER_MINUTE = 2
    clock.move_to(NOW + YEAR, tick=False)
    refused = [client.get("/api/v1/commitments/") for _time in range(3)][-1]
    assert refused.status_code == 429
    clock.move_to(NOW, tick=False)
    again = client.get("/api/v1/commitments/")
    assert int(again.headers["Retry-After"]) <= 60


def test_error_reports_of_a_time_that_has_not_come_do_not_count_and_their_senders_are_forgotten(clock, client):
    ahead = [ErrorReport(token=str(n), what="x", sender=str(n), received_at=NOW + YEAR) for n in range(100)]
    ErrorReport.objects.bulk_create(ahead)
    assert sent(client, clock).status_code == 303
    assert ErrorReport.objects.exclude(sender="").count() == 1


def test_a_form_that_was_opened_while_the_clock_ran_ahead_can_be_sent_the_second_time(clock, client):
    clock.move_to(NOW + YEAR, tick=False)
    form = client.get("/report-an-error/")
    clock.move_to(NOW, tick=False)
    form = client.post("/report-an-error/", {"stamp": stamp(form), "what": "x"})
    assert form.status_code == 400
    clock.shift(timedelta(seconds=10))
    assert client.post("/report-an-error/", {"stamp": stamp(form), "what": "x"}).status_code == 303


def stamp(form):
    return re.search(r'name="stamp" value="([^"]+)"', form.text)[1]


def sent(client, clock):
    form = client.get("/report-an-error/")
    clock.shift(timedelta(seconds=10))
    return client.post("/report-an-error/", {"stamp": stamp(form), "what": "x"})
