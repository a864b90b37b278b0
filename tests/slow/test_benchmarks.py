"""What `make bench` compares with us starts, and shows the same commitments."""

import pytest

from tests.benchmarks import pages

QUESTIONS = ("status=completed&sort=-title", "area=culture")


@pytest.mark.processes
def test_the_stock_page_shows_what_our_list_shows(installation):
    with installation.serve(application="tests.benchmarks.stock_page") as server:
        ours = [pages.shown(server, f"/commitments/?{question}") for question in QUESTIONS]
        assert all(ours)
        assert [pages.shown(server, f"/stock/?{question}") for question in QUESTIONS] == ours
        assert len(pages.read(server, "/floor/?bytes=1000")) == len(pages.read(server, "/version/?bytes=1000")) == 1000
