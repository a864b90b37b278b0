"""A small sample of each of the long tests, which `make soak` runs whole."""

import pytest

from tests.soak import load, memory, publishing

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
