"""What a row of the list tells of the last entry."""

from datetime import date

import pytest

from commitments.models import Commitment
from commitments.query.list_rows import list_rows
from tests.factories import published, record

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_of_two_entries_of_one_day_the_row_tells_of_the_one_recorded_later():
    commitment = published()
    record("report", commitment, date="2019-11-05")
    record("context", commitment, date="2019-11-05", note="It bears on it.")
    row = list_rows(Commitment.objects.as_of(date(2026, 11, 29))).get()
    assert (row.news_kind, str(row.news_dated)) == ("context", "2019-11-05")
