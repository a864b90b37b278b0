"""The report between two days beside its own SQL, run bare: `python -m tests.benchmarks.period`.

Prints the seconds of the SQL, those of the whole page, and the number of queries; the shortest of three runs each.
"""

import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
django.setup()

from django.conf import settings  # noqa: E402  (needs Django's settings)
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

ADDRESS = "/reports/progress/?from=2019-06-30&to=2024-06-30"
RUNS = 3


def page() -> float:
    started = time.perf_counter()
    assert Client().get(ADDRESS).status_code == 200
    return time.perf_counter() - started


def bare(statements: list[str]) -> float:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()
    return time.perf_counter() - started


if __name__ == "__main__":
    settings.ALLOWED_HOSTS.append("testserver")
    with CaptureQueriesContext(connection) as captured:
        page()
    asked = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    timings = [(bare(asked), page()) for _run in range(RUNS)]
    print(min(sql for sql, _page in timings), min(whole for _sql, whole in timings), len(asked))
