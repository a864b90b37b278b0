"""Commands of whoever keeps an installation: what they do, what they refuse, and what they say."""

import os
from io import StringIO
from pathlib import Path
from stat import S_IMODE

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from commitments.models import Commitment, LedgerEntry, Update
from commitments.ops.private_files import locked
from tests import factories
from tests.helpers.checkouts import checkout
from tests.helpers.installation import FIXTURE, postgresql
from tests.helpers.ledger_acts import verify
from tests.helpers.release_file import ENTRIES

pytestmark = pytest.mark.django_db


def call(*arguments):
    """Exit code, what the command prints, and what it complains of."""
    printed, complaints = StringIO(), StringIO()
    try:
        call_command(*arguments, stdout=printed, stderr=complaints)
    except SystemExit as end:
        return end.code, printed.getvalue(), complaints.getvalue()
    return 0, printed.getvalue(), complaints.getvalue()


# check_quotes


@pytest.fixture
def text(tmp_path):
    """A release's text, with two pledges of it quoted, one of them over the end of a line."""
    release = factories.ReleaseFactory(slug="first")
    factories.published(reference="TT-01", release=release, quote="will hold a week")
    factories.CommitmentFactory(reference="TT-02", release=release, quote="will train staff")
    file = tmp_path / "release.txt"
    file.write_text("Both sides will hold a week in spring and will\n  train staff.\n", encoding="utf-8")
    return file


def test_quotes_that_stand_once_in_the_text_are_found_whatever_its_lines(text):
    assert call("check_quotes", str(text)) == (0, "All 2 quotes of first are found, once each.\n", "")


@pytest.mark.parametrize(("quote", "times"), [("will hold a month", 0), ("will", 2)])
def test_a_quote_that_is_not_there_or_there_twice_is_named(text, quote, times):
    Commitment.objects.filter(reference="TT-02").update(quote=quote)
    assert call("check_quotes", str(text)) == (1, "", f"TT-02: found {times} times: “{quote}”\n")


def test_of_several_releases_one_must_be_named(text):
    factories.ReleaseFactory(slug="second")
    with pytest.raises(CommandError, match=r"--release\. Known: .*first.*"):
        call("check_quotes", str(text))
    assert call("check_quotes", str(text), "--release", "first")[0] == 0


def test_a_text_that_cannot_be_read_is_named(text):
    with pytest.raises(CommandError, match=r"nowhere\.txt cannot be read"):
        call("check_quotes", str(text.with_name("nowhere.txt")))


# make_sample


def test_a_sample_is_published_with_three_updates_each_and_verifies():
    assert call("make_sample", "7") == (0, "7 commitments\n", "")
    assert (Commitment.objects.public().count(), Update.objects.count()) == (7, 21)
    assert verify()[0] == 0


def test_a_sample_never_stands_beside_a_real_commitment(release):
    before = LedgerEntry.objects.count()
    with pytest.raises(CommandError, match="This database holds commitments"):
        call("make_sample", "1")
    assert LedgerEntry.objects.count() == before


@pytest.mark.parametrize("number", ["0", "-1", "1000000"])
def test_a_sample_has_a_size_that_references_have_room_for(number):
    with pytest.raises(CommandError, match="N is a whole number from 1 to 999999"):
        call("make_sample", "--", number)


# set_up


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR


def test_the_first_start_makes_an_account_whose_password_only_its_owner_can_read(release, var, client):
    _code, printed, _complaints = call("set_up", str(FIXTURE))
    password = (var / "admin-password").read_text().strip()
    assert f"Staff account: admin, password: {password}" in printed
    assert S_IMODE((var / "admin-password").stat().st_mode) == 0o600
    assert User.objects.get().check_password(password)


def test_a_later_start_changes_nothing_and_says_where_the_password_is(release, var):
    call("set_up", str(FIXTURE))
    before = User.objects.get().password, LedgerEntry.objects.count(), (var / "admin-password").read_text()
    assert "Staff account: admin, password in var/admin-password" in call("set_up", str(FIXTURE))[1]
    assert (User.objects.get().password, LedgerEntry.objects.count(), (var / "admin-password").read_text()) == before


def test_where_staff_have_accounts_none_is_made(release, var):
    User.objects.create_user("clerk", is_staff=True)
    assert "Staff account" not in call("set_up", str(FIXTURE))[1]
    assert User.objects.count() == 1


def empty_password(var):
    var.mkdir(exist_ok=True)
    (var / "admin-password").write_text("")


def test_a_password_that_a_full_disk_left_empty_is_never_an_accounts(release, var):
    empty_password(var)
    call("set_up", str(FIXTURE))
    password = (var / "admin-password").read_text().strip()
    assert len(password) == 16
    assert User.objects.get().check_password(password)


def test_an_account_that_was_made_with_an_empty_password_gets_another(release, var):
    User.objects.create_superuser("admin", password="")
    empty_password(var)
    printed = call("set_up", str(FIXTURE))[1]
    password = (var / "admin-password").read_text().strip()
    assert f"Staff account: admin, new password: {password}" in printed
    assert User.objects.get().check_password(password)


def test_the_password_of_somebody_who_signed_in_already_stays_though_its_file_is_broken(release, var):
    User.objects.create_superuser("admin", password="a-long-enough-password", last_login=timezone.now())
    var.mkdir()
    (var / "admin-password").write_bytes(bytes(17))  # as a machine that stopped leaves it
    assert "held no password, and is gone" in call("set_up", str(FIXTURE))[1]
    assert User.objects.get().check_password("a-long-enough-password")
    assert not (var / "admin-password").exists()


@pytest.mark.processes
@pytest.mark.postgresql
def test_of_two_set_up_at_once_one_waits_for_the_other_and_both_succeed(tmp_path):
    made, given = checkout(tmp_path / "tracker"), os.environ.get("DATABASE_URL", "")
    own = {"DATABASE_URL": postgresql(given, "tracker_unused")} if given.startswith("postgresql") else {}
    started = [made.start("set_up", str(FIXTURE), **own) for _ in range(2)]
    ends = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0, 0], ends
    assert f"{ENTRIES} entries" in made.run_well("verify_ledger", **own)
    password = (made.var / "admin-password").read_text()
    said = [printed.splitlines()[-1] for printed, _complaints in ends]
    assert sorted(said) == [
        "Staff account: admin, password in var/admin-password",
        f"Staff account: admin, password: {password} (kept in var/admin-password)",
    ]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="A file is SQLite's")
def test_of_two_set_up_at_once_the_one_that_waits_in_vain_says_so(release, var, monkeypatch):
    monkeypatch.setattr("commitments.ops.database_copies.WAIT_SECONDS", 0.1)
    at_work = locked(Path(f"{connection.settings_dict['NAME']}-set-up"))
    with at_work, pytest.raises(CommandError, match="Another set_up is at work on this database"):
        call("set_up", str(FIXTURE))
