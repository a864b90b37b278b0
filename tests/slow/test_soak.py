"""A small sample of each of the long tests, which `make soak` runs whole."""

import pytest

from tests.soak import load, memory, publishing, sign_in_times

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]


def test_what_several_processes_publish_at_once_is_all_on_record_once(installation, tmp_path):
    assert publishing.run(installation, tmp_path, updates=100, processes=4) == 0


def test_a_publication_that_is_lost_is_noticed(installation, tmp_path):
    wanted = publishing.Counter(["writer 0 0"])
    assert publishing.differences(installation, wanted) == ["1 updates were lost, such as writer 0 0"]


def test_a_worker_holds_no_more_after_more_requests(installation):
    assert memory.run(installation, first=80, last=160, within=0.2) == 0


def test_readers_meet_no_error_and_no_old_page_while_staff_publish(installation):
    assert load.run(installation, clients=10, seconds=4, desks=2, publications=5) == 0


def test_the_time_of_an_answer_does_not_tell_that_an_account_exists(installation):
    # So few are enough for two hashes in place of one. A difference is there each time, a busy machine's once.
    assert any(sign_in_times.run(installation, accounts=8, seed=seed) == 0 for seed in (1, 2))


@pytest.mark.parametrize(
    ("first", "second", "share", "differ"),
    [(range(20), range(20), 0.5, False), (range(20), range(15, 35), 0.03125, True), ([1] * 20, [1] * 20, 0.5, False)],
)
def test_a_difference_of_times_is_noticed(first, second, share, differ):
    found, likely = sign_in_times.rank_test(first, second)
    assert found == share
    assert (likely < sign_in_times.TOO_LIKELY) is differ
