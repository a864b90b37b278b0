"""Generated questions to the API of a real server, answered as its description says."""

import pytest

from tests.soak import api


@pytest.mark.processes
def test_no_answer_to_a_hundred_questions_is_one_that_the_schema_does_not_describe(installation):
    """A sample; `make soak` asks thousands."""
    done = api.ask(installation, cases=10, phases="examples,fuzzing")
    assert done.returncode == 0, done.stdout + done.stderr
    assert api.count(done.stdout) >= 100
