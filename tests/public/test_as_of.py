"""The 2018 release walked through six days, and what every public address says of them.

The figures in `DAYS` were counted by hand in the release's file, with the rules of the domain (a report
counts from the last day of its date, a deadline runs until its last day has ended); none comes from the
application. What follows holds each page, download and feed against them, and looks for anything that
only became true later.
"""

import calendar
import csv
import json
import re
from collections import Counter
from functools import cache
from html import unescape
from io import StringIO
from typing import NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit

import feedparser
import icalendar
import pytest
import time_machine
from django.test import Client
from django.urls import Resolver404, resolve

from tests.helpers import commitment_page
from tests.helpers.days import NOW
from tests.helpers.html import REFERENCE, find_all, link_texts, main_element, parse_page, visible_text
from tests.helpers.installation import FIXTURE
from tests.helpers.public_addresses import addresses, body

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]
TODAY = "2026-11-29"
DATA = json.loads(FIXTURE.read_text(encoding="utf-8"))
LEVELS = {commitment["reference"]: commitment["level"] for commitment in DATA["commitments"]}
RELEASE = "/releases/4th-plenary-2018/"

# By hand, from the file


class Day(NamedTuple):
    """How the release stood at the end of a day. Numbers are of pledges; lists of references are of all 57."""

    announced: int  # completed by the release's own word
    since: str  # completed since
    moving: str  # in progress
    schedule: dict  # by schedule
    evidence: dict
    freshness: dict
    deadlines: dict  # those that have one by how they stand
    past: str  # past the deadline, the longest first
    stale: str  # no news for over a year, the longest first
    finding: str  # what came of the 41 pledges that were not done already; all was looked for today, and nothing before
    lately: str  # the six latest reports and contexts
    entries: int  # reports, contexts and checks that count
    areas: dict  # announced, delivered since, in progress, no evidence found
    last: str  # the day of the last entry, and whose; the others have none
    news: str = ""  # the day of the last report or context, of those of which the last entry is a check


ANNOUNCED = "AV-01 CU-01 CU-02 CU-03 CU-04 ED-01 FM-03 IT-01 IT-03 IT-05 LE-02 SC-01"
DEADLINES = {
    "SC-01": "2018-08-24", "AV-01": "2018-06-30", "BR-01": "2018-11-30", "AV-04": "2018-12-31",
    "CU-06": "2019-12-31", "CU-07": "2020-12-31", "PR-01": "2021-12-31",
}  # fmt: skip
CHECKED_ON = ["2026-11-22", "2026-11-29"]
SMALL = "BR-02 CU-05 FM-02 IT-02 SC-01"  # aims and the umbrella: listed, not counted

DAYS = {
    # The release is out. Eleven pledges rest on its own word; three contexts and AV-01's first half-year are older.
    "2018-08-24": Day(
        announced=11,
        since="",
        moving="",
        schedule={"no_deadline": 46, "met": 1, "upcoming": 5},
        evidence={"none": 38, "background": 3, "party": 11},
        freshness={"settled": 11, "never": 38, "fresh": 2, "stale": 1},
        deadlines={"met": "AV-01 SC-01", "upcoming": "AV-04 BR-01 CU-06 CU-07 PR-01"},
        past="",
        stale="AV-03",
        finding="none has been searched for yet.",
        lately="SC-01 LE-02 FM-03 IT-05 IT-03 IT-01",
        entries=15,
        areas={
            "culture": (4, 0, 0, 5),
            "finance": (0, 0, 0, 7),
            "facilitation": (1, 0, 0, 1),
            "legal": (1, 0, 0, 5),
            "belt-and-road": (0, 0, 0, 4),
            "trade": (0, 0, 0, 4),
            "other": (0, 0, 0, 5),
        },
        last="""
            2009-10-13 AV-03
            2018-06-30 AV-01
            2018-08-22 OT-02 OT-05
            2018-08-24 CU-01 CU-02 CU-03 CU-04 ED-01 FM-03 IT-01 IT-03 IT-05 LE-02 SC-01
        """,
    ),
    # The first Expo and the conference on education are over; the year in which AV-04 fell due ended yesterday.
    "2019-01-01": Day(
        announced=11,
        since="BR-01 ED-02",
        moving="BR-02 CU-06 FM-01 HE-01",
        schedule={"no_deadline": 46, "met": 2, "upcoming": 3, "unreported": 1},
        evidence={"none": 29, "background": 7, "party": 13, "state_media": 2, "independent": 1},
        freshness={"settled": 13, "never": 29, "fresh": 9, "stale": 1},
        deadlines={"met": "AV-01 BR-01 SC-01", "upcoming": "CU-06 CU-07 PR-01", "unreported": "AV-04"},
        past="AV-04",
        stale="AV-03",
        finding="2 are delivered. 3 have some progress reported. 36 have not been searched for yet.",
        lately="PR-01 BR-05 OT-05 ED-02 BR-02 BR-01",
        entries=28,
        areas={
            "culture": (4, 0, 1, 4),
            "finance": (0, 0, 0, 7),
            "facilitation": (1, 0, 1, 0),
            "legal": (1, 0, 0, 5),
            "belt-and-road": (0, 1, 0, 3),
            "trade": (0, 0, 0, 4),
            "other": (0, 0, 0, 5),
        },
        last="""
            2009-10-13 AV-03
            2018-06-30 AV-01
            2018-08-22 OT-02
            2018-08-24 CU-01 CU-02 CU-03 CU-04 ED-01 FM-03 IT-01 IT-03 IT-05 LE-02 SC-01
            2018-08-31 YD-03
            2018-09-01 FM-01 FM-02
            2018-09-05 HE-01
            2018-10-16 CU-06 CU-08
            2018-11-05 BR-01 BR-02
            2018-11-06 ED-02
            2018-11-28 OT-05
            2018-11-30 BR-05
            2018-12-31 PR-01
        """,
    ),
    # Hong Kong Week was opened in its year. CU-08's second context is dated "2019" and counts from this very day.
    "2019-12-31": Day(
        announced=11,
        since="BR-01 CU-06 ED-02",
        moving="BR-02 CU-08 CU-10 FM-01 HE-01 LE-01",
        schedule={"no_deadline": 46, "met": 3, "upcoming": 2, "unreported": 1},
        evidence={"none": 17, "background": 16, "party": 14, "state_media": 4, "independent": 1},
        freshness={"settled": 14, "never": 17, "fresh": 11, "ageing": 3, "stale": 7},
        deadlines={"met": "AV-01 BR-01 CU-06 SC-01", "upcoming": "CU-07 PR-01", "unreported": "AV-04"},
        past="AV-04",
        stale="AV-03 OT-02 YD-03 FM-01 FM-02 HE-01 OT-05 BR-05",
        finding="3 are delivered. 5 have some progress reported, 2 of them with no news for over a year. "
        "33 have not been searched for yet.",
        lately="CU-08 LE-04 LE-03 FI-05 CU-08 CU-06",
        entries=53,
        areas={
            "culture": (4, 1, 2, 2),
            "finance": (0, 0, 0, 7),
            "facilitation": (1, 0, 1, 0),
            "legal": (1, 0, 1, 4),
            "belt-and-road": (0, 1, 0, 3),
            "trade": (0, 0, 0, 4),
            "other": (0, 0, 0, 5),
        },
        last="""
            2009-10-13 AV-03
            2018-06-30 AV-01
            2018-08-22 OT-02
            2018-08-24 CU-01 CU-02 CU-03 ED-01 FM-03 IT-01 IT-03 IT-05 SC-01
            2018-08-31 YD-03
            2018-09-01 FM-01 FM-02
            2018-09-05 HE-01
            2018-11-06 ED-02
            2018-11-28 OT-05
            2018-11-30 BR-05
            2018-12-31 PR-01
            2019-06-11 YD-01 YD-02
            2019-08-19 LE-01 LE-02
            2019-09-16 AV-02
            2019-10-31 CU-04
            2019-11-01 CU-07 CU-09 CU-10
            2019-11-05 BR-02
            2019-11-06 CT-03
            2019-11-11 BR-01 BR-03
            2019-11-14 CU-06
            2019-11-28 FI-05
            2019-12-06 LE-03 LE-04
            2019-12-31 CU-08
        """,
    ),
    # The 5th plenary. FI-05 was begun and nothing completed; Shanghai Week's year has passed, and much has grown old.
    "2021-08-30": Day(
        announced=11,
        since="BR-01 CU-06 ED-02",
        moving="BR-02 CU-08 CU-10 FI-05 FM-01 HE-01 LE-01",
        schedule={"no_deadline": 46, "met": 3, "upcoming": 1, "unreported": 2},
        evidence={"none": 15, "background": 17, "party": 14, "state_media": 5, "independent": 1},
        freshness={"settled": 14, "never": 15, "fresh": 5, "ageing": 1, "stale": 17},
        deadlines={"met": "AV-01 BR-01 CU-06 SC-01", "upcoming": "PR-01", "unreported": "AV-04 CU-07"},
        past="AV-04 CU-07",
        stale="AV-03 YD-03 FM-01 FM-02 HE-01 BR-05 YD-01 YD-02 LE-01 AV-02 CU-07 CU-09 CU-10 BR-02 CT-03 LE-03 LE-04 "
        "CU-08 CT-01",
        finding="3 are delivered. 6 have some progress reported, 5 of them with no news for over a year. "
        "32 have not been searched for yet.",
        lately="SC-01 OT-05 OT-04 OT-02 IT-05 BR-03",
        entries=62,
        areas={
            "culture": (4, 1, 2, 2),
            "finance": (0, 0, 1, 6),
            "facilitation": (1, 0, 1, 0),
            "legal": (1, 0, 1, 4),
            "belt-and-road": (0, 1, 0, 3),
            "trade": (0, 0, 0, 4),
            "other": (0, 0, 0, 5),
        },
        last="""
            2009-10-13 AV-03
            2018-06-30 AV-01
            2018-08-24 CU-01 CU-02 CU-03 ED-01 FM-03 IT-01 IT-03
            2018-08-31 YD-03
            2018-09-01 FM-01 FM-02
            2018-09-05 HE-01
            2018-11-06 ED-02
            2018-11-30 BR-05
            2019-06-11 YD-01 YD-02
            2019-08-19 LE-01 LE-02
            2019-09-16 AV-02
            2019-10-31 CU-04
            2019-11-01 CU-07 CU-09 CU-10
            2019-11-05 BR-02
            2019-11-06 CT-03
            2019-11-11 BR-01
            2019-11-14 CU-06
            2019-12-06 LE-03 LE-04
            2019-12-31 CU-08
            2020-05-29 CT-01
            2020-11-30 PR-01
            2021-06-01 FI-05
            2021-07-31 BR-03
            2021-08-30 IT-05 OT-02 OT-04 OT-05 SC-01
        """,
    ),
    # The 6th plenary. Shanghai Week is opened tomorrow; what is dated "April 2024" (FI-04, IT-02) counts from the 30th.
    "2024-04-26": Day(
        announced=11,
        since="BR-01 CU-06 ED-02",
        moving="BR-02 BR-03 CU-08 CU-10 FI-01 FI-02 FI-03 FI-05 FI-07 FM-01 HE-01 LE-01 OT-01 OT-03 YD-02",
        schedule={"no_deadline": 46, "met": 3, "unreported": 3},
        evidence={"none": 4, "background": 20, "party": 15, "state_media": 9, "independent": 4},
        freshness={"settled": 14, "never": 4, "fresh": 14, "ageing": 4, "stale": 16},
        deadlines={"met": "AV-01 BR-01 CU-06 SC-01", "unreported": "AV-04 CU-07 PR-01"},
        past="AV-04 CU-07 PR-01",
        stale="AV-03 FM-01 FM-02 BR-05 AV-02 CU-07 CU-09 CU-10 BR-02 LE-04 CU-08 CT-01 FI-03 YD-01 YD-02 PR-01 FI-02 "
        "IT-02 OT-04",
        finding="3 are delivered. 14 have some progress reported, 6 of them with no news for over a year. "
        "24 have not been searched for yet.",
        lately="SC-01 OT-02 OT-01 OT-01 HE-01 CT-02",
        entries=107,
        areas={
            "culture": (4, 1, 2, 2),
            "finance": (0, 0, 5, 2),
            "facilitation": (1, 0, 1, 0),
            "legal": (1, 0, 1, 4),
            "belt-and-road": (0, 1, 1, 2),
            "trade": (0, 0, 0, 4),
            "other": (0, 0, 2, 3),
        },
        last="""
            2009-10-13 AV-03
            2018-06-30 AV-01
            2018-08-24 CU-01 CU-02 CU-03 FM-03 IT-01
            2018-09-01 FM-01 FM-02
            2018-11-30 BR-05
            2019-08-19 LE-02
            2019-09-16 AV-02
            2019-10-31 CU-04
            2019-11-01 CU-07 CU-09 CU-10
            2019-11-05 BR-02
            2019-11-14 CU-06
            2019-12-06 LE-04
            2019-12-31 CU-08
            2020-05-29 CT-01
            2021-08-30 IT-05
            2021-09-24 FI-03
            2022-07-10 YD-01 YD-02
            2022-12-21 ED-02
            2023-01-16 PR-01
            2023-03-13 FI-02
            2023-03-21 IT-02
            2023-03-23 OT-04
            2023-06-03 BR-03
            2023-09-30 YD-03
            2023-10-20 FI-04 FI-06
            2023-11-03 BR-01
            2023-11-04 ED-01
            2023-12-31 IT-03
            2024-01-09 OT-03
            2024-01-11 OT-05
            2024-02-29 CT-04
            2024-04-25 CT-03 FI-01 FI-05 FI-07
            2024-04-26 CT-02 HE-01 LE-01 LE-03 LE-05 OT-01 OT-02 SC-01
        """,
    ),
    # Today: four delivered, one of them late; eighteen were looked for on this day, in vain.
    "2026-11-29": Day(
        announced=11,
        since="BR-01 CU-06 CU-07 ED-02",
        moving="BR-02 BR-03 BR-04 CT-01 CT-02 CU-05 CU-08 CU-10 FI-01 FI-02 FI-03 FI-05 FI-07 FM-01 HE-01 LE-01 "
        "LE-03 LE-04 OT-01 OT-03 YD-01 YD-02 YD-03",
        schedule={"no_deadline": 46, "met": 3, "met_late": 1, "unreported": 2},
        evidence={"none": 2, "background": 14, "party": 17, "state_media": 8, "independent": 11},
        freshness={"settled": 15, "never": 2, "ageing": 8, "stale": 27},
        deadlines={"met": "AV-01 BR-01 CU-06 SC-01", "met_late": "CU-07", "unreported": "AV-04 PR-01"},
        past="AV-04 PR-01",
        stale="AV-03 FM-02 AV-02 CU-10 YD-02 FI-02 OT-04 OT-05 LE-01 OT-02 IT-02 FM-01 BR-02 CU-08 FI-04 CU-09 CT-01 "
        "CT-02 FI-06 OT-03 FI-01 CU-05 OT-01 YD-01 YD-03 BR-05 LE-03 LE-04 LE-06 FI-03 BR-04",
        finding="4 are delivered, one of them late. 21 have some progress reported, 17 of them with no "
        "news for over a year. For 16, no evidence was found.",
        lately="IT-03 BR-03 CT-04 CT-03 LE-05 FI-07",
        entries=194,
        areas={
            "culture": (4, 2, 2, 1),
            "finance": (0, 0, 5, 2),
            "facilitation": (1, 0, 1, 0),
            "legal": (1, 0, 3, 2),
            "belt-and-road": (0, 1, 2, 1),
            "trade": (0, 0, 2, 2),
            "other": (0, 0, 2, 3),
        },
        last="""
            2018-08-24 CU-01 CU-02
            2019-08-19 LE-02
            2019-10-31 CU-04
            2019-11-01 CU-10
            2019-11-14 CU-06
            2022-07-10 YD-02
            2022-12-21 ED-02
            2023-03-13 FI-02
            2024-04-26 LE-01 SC-01
            2024-07-03 FM-01
            2024-07-04 BR-02
            2024-08-02 CU-07 CU-08
            2025-05-30 CT-01 CT-02
            2025-06-18 OT-03
            2025-06-19 FI-01
            2025-06-20 CU-05
            2025-06-30 OT-01
            2025-08-31 YD-01 YD-03
            2025-09-19 LE-03 LE-04
            2025-09-26 FI-03
            2025-11-06 BR-01 BR-04
            2025-12-11 HE-01
            2025-12-31 CU-03
            2026-01-26 FI-05
            2026-03-02 FI-07
            2026-04-13 BR-03
            2026-11-22 AV-01 ED-01 FM-03 IT-01 IT-03 IT-05
            2026-11-29 AV-02 AV-03 AV-04 BR-05 CT-03 CT-04 CU-09 FI-04 FI-06 FM-02 IT-02 IT-04 LE-05 LE-06 OT-02 OT-04
            2026-11-29 OT-05 PR-01
        """,
        news="""
            2009-10-13 AV-03
            2018-06-30 AV-01
            2018-08-24 FM-03 IT-01
            2018-09-01 FM-02
            2019-09-16 AV-02
            2021-08-30 IT-05
            2023-03-23 OT-04
            2023-11-04 ED-01
            2024-01-11 OT-05
            2024-04-26 OT-02
            2024-04-30 IT-02
            2024-11-05 FI-04
            2025-03-18 CU-09
            2025-06-18 FI-06
            2025-09-10 BR-05
            2025-09-19 LE-06
            2026-02-05 PR-01
            2026-03-09 LE-05
            2026-03-31 CT-03 CT-04
            2026-04-13 IT-03
        """,
    ),
}
EVE = "2018-08-23"  # the day before: nothing exists
ROLES = ("announced", "done", "moving", "none")
# Words that stand in few notes: from which day on a search finds them, and where.
FOUND = {
    "toured": {"2019-01-01": "BR-01", "2026-11-29": "BR-01 BR-03 IT-02"},
    "exhibited": {"2019-12-31": "BR-01 BR-03"},
    "challenge": {"2021-08-30": "IT-05", "2024-04-26": "IT-03 IT-05", "2026-11-29": "BR-03 IT-03 IT-05"},
    "sixth": {"2024-04-26": "BR-01 BR-03 CT-02 HE-01 LE-01 LE-03 LE-05 OT-01 OT-02 SC-01"},
    "springboard": {"2026-11-29": "BR-04"},
}
# Organisations: how the commitments stand that each owns, aims and the umbrella included: done, moving, none.
OWNED = {
    "hksarg": [(0, 0, 28), (1, 2, 25), (2, 2, 24), (2, 3, 23), (2, 10, 16), (2, 15, 11)],
    "smpg": [(1, 0, 32), (1, 2, 30), (1, 3, 29), (1, 4, 28), (1, 12, 20), (2, 19, 12)],
    "wkcda": [(3, 0, 1), (3, 0, 1), (3, 0, 1), (3, 0, 1), (3, 0, 1), (3, 1, 0)],
}
# Four that the record moves, the day before and the day of each entry that moves them: status, schedule, evidence.
# Where both days are alike, the entry, or the end of a day, looks as if it moved something and doesn't.
MOVED = {
    "HE-01": {
        "2018-09-04": "no_report no_deadline none",
        "2018-09-05": "in_progress no_deadline party",
        "2024-04-25": "in_progress no_deadline party",
        "2024-04-26": "in_progress no_deadline party",  # direct and independent, but of no date
        "2025-12-10": "in_progress no_deadline party",
        "2025-12-11": "in_progress no_deadline party",  # the hospital opened: related
    },
    "CU-07": {
        "2019-10-31": "no_report upcoming none",
        "2019-11-01": "no_report upcoming background",
        "2020-12-31": "no_report due_soon background",
        "2021-01-01": "no_report unreported background",  # its year has passed
        "2024-04-26": "no_report unreported background",
        "2024-04-27": "completed met_late state_media",
    },
    "FI-07": {
        "2024-04-24": "no_report no_deadline none",
        "2024-04-25": "in_progress no_deadline state_media",
        "2026-03-01": "in_progress no_deadline state_media",
        "2026-03-02": "in_progress no_deadline independent",
    },
    "BR-03": {
        "2019-11-10": "no_report no_deadline none",
        "2019-11-11": "no_report no_deadline background",
        "2023-06-02": "no_report no_deadline background",
        "2023-06-03": "in_progress no_deadline state_media",
        "2024-11-04": "in_progress no_deadline state_media",
        "2024-11-05": "in_progress no_deadline independent",
        "2025-11-04": "in_progress no_deadline independent",
        "2025-11-05": "in_progress no_deadline independent",  # state media add nothing to it
    },
}
WORDS = {
    "no_report": "not searched for yet", "in_progress": "in progress", "completed": "delivered", "met": "kept",
    "upcoming": "upcoming", "due_soon": "due soon", "unreported": "outcome unknown", "met_late": "late",
    "no_deadline": "", "none": "none", "background": "background only", "party": "the parties’ own word",
    "state_media": "state media", "independent": "independent",
}  # fmt: skip
# In which roles these words are told.
ROLES_OF = {
    "not searched for yet": ["unread"],
    "in progress": ["moving", "silent"],
    "delivered": ["done"],
    "delivered late": ["late"],
}
# What an answer says of the time that was named.
TIMING = {
    "met": "In time: |Not certainly late: ",
    "met_late": "At least .* after the time that was named",
    "unreported": "has passed: outcome unknown",
    "upcoming": "The time named is|The date of the event: ",
}
TIMING["due_soon"] = TIMING["upcoming"]

walk = pytest.mark.parametrize("day", DAYS)
moved = pytest.mark.parametrize(
    ("reference", "day", "standing"),
    [(reference, day, standing.split()) for reference, days in MOVED.items() for day, standing in days.items()],
)
BEFORE_TODAY = [EVE, *list(DAYS)[:-1]]
SOME = ["2018-08-24", "2021-08-30", TODAY]  # for rules that each day only confirms
some_days = pytest.mark.parametrize("day", SOME)


def day_before(day):
    """The last of our days before this one; the first has none."""
    earlier = [other_day for other_day in DAYS if other_day < day]
    return earlier[-1] if earlier else None


def roles(day):
    """Each of the 57 with the role of its status."""
    now = DAYS[day]
    all_roles = dict.fromkeys(LEVELS, "none") | dict.fromkeys(ANNOUNCED.split(), "announced")
    return all_roles | dict.fromkeys(now.since.split(), "done") | dict.fromkeys(now.moving.split(), "moving")


def marks(day):
    """Each of the 57 with the role that it is drawn in, which also tells late, silent and not searched for yet.

    All was recorded today, so nobody had looked for anything before.
    """
    late = dict.fromkeys(DAYS[day].deadlines.get("met_late", "").split(), "late")
    drawn = {"none": "none" if day == TODAY else "unread"}
    silent = dict.fromkeys(set(DAYS[day].stale.split()) & set(DAYS[day].moving.split()), "silent")
    return {reference: drawn.get(role, role) for reference, role in roles(day).items()} | late | silent


def pledges(references):
    return [reference for reference in references if reference not in SMALL.split()]


def by_reference(text):
    """A table's lines of a day and references: each reference with its day."""
    lines = [line.split() for line in text.split("\n") if line.strip()]
    return {reference: when for when, *group in lines for reference in group}


def last_entries(day):
    """Each that has an entry with the day of its last, the longest ago first and then by reference."""
    return by_reference(DAYS[day].last)


def last_news(day):
    """Each of which there is news with the day of the last."""
    last = last_entries(day) | by_reference(DAYS[day].news)
    return {reference: when for reference, when in last.items() if when not in CHECKED_ON}


def deadlines(day):
    return {reference: schedule for schedule, group in DAYS[day].deadlines.items() for reference in group.split()}


def test_the_hand_made_tables_agree_with_themselves():
    for day, now in DAYS.items():
        count = Counter(role for reference, role in roles(day).items() if LEVELS[reference] == "primary")
        assert count == Counter(
            announced=now.announced,
            done=len(now.since.split()),
            moving=len(pledges(now.moving.split())),
            none=count["none"],
        )
        assert sum(now.schedule.values()) == sum(now.evidence.values()) == sum(now.freshness.values()) == 52
        assert Counter(deadlines(day)[reference] for reference in pledges(DEADLINES)) == Counter(
            now.schedule
        ) - Counter(no_deadline=46)
        assert len(pledges(now.stale.split())) == now.freshness.get("stale", 0)


@pytest.fixture(scope="module", autouse=True)
def today(module_db):
    """It is one moment for the whole module, whose tests only read: what was answered once stays true."""
    with time_machine.travel(NOW, tick=False):
        yield
    for remembered in (overview, export, walked):
        remembered.cache_clear()


# Overview


@cache
def overview(day):
    """What stands between header and footer of the overview."""
    answer = Client().get("/", {"as_of": day})
    assert answer.status_code == 200
    return main_element(answer)


def block(page, name):
    """A block of the overview; none where there is nothing to say."""
    return next(iter(find_all(page, "section", **{"aria-labelledby": name})), None)


def all_links(element):
    """The address of each link below, as often as it stands there."""
    return [dict(link.attributes)["href"] for link in find_all(element, "a") if "href" in dict(link.attributes)]


def led_to(element):
    """The references of the commitments that links below lead to, in their order."""
    paths = [urlsplit(address).path for address in all_links(element)]
    return [found.group() for path in paths if (found := REFERENCE.search(path))]


def role_of(element):
    """What the shape and colour of a mark, or of words, say."""
    [role] = [
        name.removeprefix("role-") for name in dict(element.attributes)["class"].split() if name.startswith("role-")
    ]
    return role


def named(page):
    """Each entry of the index by its reference: pledges by their names."""
    links = [link for names in find_all(page, "ul", _class="named") for link in find_all(names, "a")]
    by_reference = {REFERENCE.search(dict(link.attributes)["href"]).group(): link for link in links}
    assert len(by_reference) == len(links)
    return by_reference


def chips(element):
    """The words of each chip below with its role."""
    return [(visible_text(chip), role_of(chip)) for chip in find_all(element, "span", _class="chip")]


def table_rows(page):
    """Each row of the tables by its reference; of one that stands in two of them, the last."""
    rows = [row for part in find_all(page, "tbody") for row in find_all(part, "tr")]
    return {REFERENCE.search(next(iter(link_texts(row)))).group(): row for row in rows}


def outcomes(day):
    """The pledges that named a date, with the outcome, as the overview has them."""
    rows = table_rows(block(overview(day), "dated"))
    return [(reference, words) for reference, row in rows.items() for words, _role in chips(row)]


@walk
def test_the_finding_is_that_of_the_day(day):
    [finding] = find_all(overview(day), "h2", _class="finding")
    assert visible_text(finding) == f"Of 41 pledges still to be kept in August 2018, {DAYS[day].finding}"


@walk
def test_the_bar_has_a_cell_for_each_pledge_as_it_stood_on_the_day(day):
    [bar] = find_all(overview(day), "figure", _class="tally")
    cells = Counter(role_of(cell) for cell in find_all(bar, "i"))
    assert cells == Counter(role for reference, role in marks(day).items() if LEVELS[reference] == "primary")


@walk
def test_every_name_in_the_index_has_the_mark_of_the_day(day):
    found = {reference: find_all(link, "i", _class="mark")[0] for reference, link in named(overview(day)).items()}
    assert {reference: role_of(mark) for reference, mark in found.items()} == marks(day)
    small = {reference for reference, mark in found.items() if "minor" in dict(mark.attributes)["class"]}
    assert small == set(SMALL.split())


@walk
def test_the_overview_names_what_had_a_date_with_the_outcome_of_the_day_and_what_had_come_in_by_then(day):
    in_turn = sorted(pledges(DEADLINES), key=DEADLINES.get)
    assert outcomes(day) == [(reference, WORDS[deadlines(day)[reference]]) for reference in in_turn]
    assert led_to(block(overview(day), "latest"))[:6] == DAYS[day].lately.split()


@walk
def test_nothing_is_due_for_review_because_all_was_recorded_and_so_looked_at_today(day):
    assert [address for address, answer in walked()[day].items() if "due since" in answer.text] == []
    assert {line["last_checked_on"] for line in export(day)} == ({TODAY} if day == TODAY else {""})


@walk
def test_the_overview_names_what_was_begun_and_had_no_news_for_over_a_year(day):
    begun = [reference for reference in pledges(DAYS[day].stale.split()) if marks(day)[reference] == "silent"]
    silent = block(overview(day), "silent")
    assert (led_to(silent) if silent else []) == begun
    queries = [parse_qs(urlsplit(address).query) for address in all_links(silent)] if silent else []
    of_these = {"level": ["primary"], "status": ["in_progress"], "freshness": ["stale"], "as_of": [day]}
    assert (of_these in queries) is bool(begun)


@pytest.mark.postgresql
@walk
def test_the_list_has_all_without_news_for_over_a_year_the_longest_first(day):
    assert csv_references(day, "freshness=stale&sort=last_news") == DAYS[day].stale.split()


# List and CSV


@cache
def export(day, query=""):
    """The rows of the CSV for one question."""
    answer = Client().get(f"/commitments.csv?{query}&as_of={day}")
    assert answer.status_code == 200
    lines = list(csv.DictReader(StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert int(answer.headers["X-Row-Count"]) == len(lines)
    assert answer.headers["Content-Disposition"].endswith(f'commitments-{day}.csv"')
    return lines


def csv_references(day, query=""):
    """The references of the CSV, in order."""
    return [line["reference"] for line in export(day, query)]


def in_table(answer):
    """The references of the rows, in order. Pages are many, and a tree takes twenty times as long."""
    table = answer.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [REFERENCE.search(row).group() for row in table.split("<tr")[1:]]


@pytest.mark.postgresql
@walk
def test_each_filter_gives_as_many_rows_as_were_counted(day):
    for name in ("schedule", "evidence", "freshness"):
        expected = getattr(DAYS[day], name)
        counts = {value: len(csv_references(day, f"level=primary&{name}={value}")) for value in expected}
        assert counts == expected


@pytest.mark.postgresql
@walk
def test_each_status_gives_exactly_the_rows_that_had_it(day):
    now = roles(day)
    names = {"completed": ("announced", "done"), "in_progress": ("moving",), "no_report": ("none",)}
    expected = {
        status: sorted(reference for reference in now if now[reference] in of_roles)
        for status, of_roles in names.items()
    }
    assert {status: csv_references(day, f"status={status}") for status in names} == expected
    assert csv_references(day, "status=not_started&status=stopped") == []


@pytest.mark.postgresql
@walk
def test_the_csv_says_status_schedule_last_entry_and_last_news_of_the_day(day):
    now, stands, last, news = roles(day), deadlines(day), last_entries(day), last_news(day)
    word = {"announced": "completed", "done": "completed", "moving": "in_progress", "none": "no_report"}
    assert csv_references(day) == sorted(LEVELS)
    for line in export(day):
        reference = line["reference"]
        assert line["status"] == word[now[reference]], reference
        assert line["schedule"] == stands.get(reference, "no_deadline"), reference
        assert line["deadline_last_day"] == DEADLINES.get(reference, ""), reference
        assert line["last_entry_on"] == last.get(reference, ""), reference
        assert line["last_news_on"] == news.get(reference, ""), reference
        assert line["days_late"] == ("1213" if stands.get(reference) == "met_late" else ""), reference


@pytest.mark.postgresql
@walk
@pytest.mark.parametrize(("column", "days"), [("last_entry", last_entries), ("last_news", last_news)])
def test_sorted_by_last_entry_or_news_the_rows_have_the_order_of_the_day(day, column, days):
    last = days(day)
    never = sorted(set(LEVELS) - set(last))
    upwards = sorted(last, key=lambda reference: (last[reference], reference))
    downwards = sorted(upwards, key=lambda reference: last[reference], reverse=True)
    assert csv_references(day, f"sort={column}") == upwards + never
    assert csv_references(day, f"sort=-{column}") == downwards + never


@pytest.mark.postgresql
@some_days
@pytest.mark.parametrize("column", ["status", "schedule"])
def test_sorted_by_a_word_the_rows_of_the_day_stand_together(day, column):
    lines = export(day, f"sort={column}")
    runs = list(dict.fromkeys(line[column] for line in lines))
    assert [(line[column], line["reference"]) for line in lines] == [
        (word, reference)
        for word in runs
        for reference in sorted(line["reference"] for line in lines if line[column] == word)
    ]
    back = export(day, f"sort=-{column}")
    assert [line["reference"] for line in lines] != [line["reference"] for line in back]
    assert list(dict.fromkeys(line[column] for line in back)) == runs[::-1]


@pytest.mark.postgresql
def test_titles_references_and_deadlines_sort_on_a_past_day_as_they_do_today():
    day, order = "2021-08-30", ["AV-01", "SC-01", "BR-01", "AV-04", "CU-06", "CU-07", "PR-01"]
    rest = sorted(set(LEVELS) - set(order))
    assert csv_references(day, "sort=-reference") == sorted(LEVELS, reverse=True)
    assert csv_references(day, "sort=deadline") == order + rest
    assert csv_references(day, "sort=-deadline") == order[::-1] + rest
    for sort in ("title", "-title"):
        assert csv_references(day, f"sort={sort}") == csv_references(TODAY, f"sort={sort}")


@pytest.mark.postgresql
@pytest.mark.parametrize("word", FOUND)
def test_a_search_finds_a_note_from_its_day_on_and_not_before(word):
    for since, references in FOUND[word].items():
        known = [earlier for day, earlier in FOUND[word].items() if day < since]
        assert csv_references(day_before(since), f"q={word}") == (known[-1].split() if known else [])
        assert csv_references(since, f"q={word}") == references.split()


@walk
def test_the_list_has_the_rows_of_the_csv_as_of_the_day(client, day):
    answer = client.get(f"/commitments/?status=completed&sort=-last_entry&per_page=100&as_of={day}")
    assert in_table(answer) == csv_references(day, "status=completed&sort=-last_entry")


@walk
def test_rows_of_the_list_show_the_standing_and_the_latest_news_of_the_day(client, day):
    drawn, news = marks(day), last_news(day)
    answer = client.get(f"/commitments/?as_of={day}&per_page=100")
    assert in_table(answer) == sorted(LEVELS)
    for reference, row in table_rows(main_element(answer)).items():
        assert [role for _words, role in chips(row)] == [drawn[reference]], reference
        cell = visible_text(find_all(row, "td", _class="last")[0]).strip("()")
        assert cell in months(reference, news[reference]) if reference in news else not cell, reference


def months(reference, day):
    """The months, as the list tells them, of the news of a commitment that counts from a day."""
    [entries] = [commitment["entries"] for commitment in DATA["commitments"] if commitment["reference"] == reference]
    dates = {entry["date"] for entry in entries if entry["kind"] in ("report", "context")}
    return {month_in_words(date) for date in dates if last_day(date) == day}


def month_in_words(date):
    year, _dash, part = date.partition("-")
    if not part or part[0] in "HQ":
        return f"{part} {year}".strip()
    return f"{calendar.month_abbr[int(part[:2])]} {year}"


def facets(client, day, query):
    """What the filter form says each of its choices would give: by name, then by value; none where it is nothing."""
    form = find_all(main_element(client.get(f"/commitments/?{query}&as_of={day}")), "form", _class="filters")[0]
    counts = {}
    for choice in find_all(form, "label"):
        for box in find_all(choice, "input", type="checkbox"):
            given, number = dict(box.attributes), re.search(r"\b(\d[\d,]*)\)?$", visible_text(choice))
            if number and int(number.group(1)):
                counts.setdefault(given["name"], {})[given["value"]] = int(number.group(1))
    return counts


@pytest.mark.postgresql
@walk
def test_the_number_beside_each_choice_is_that_of_the_day(client, day):
    now, facet_counts = DAYS[day], facets(client, day, "level=primary")
    done, moving = 11 + len(now.since.split()), len(pledges(now.moving.split()))
    status = {"completed": done, "in_progress": moving, "no_report": 52 - done - moving}
    assert facet_counts["status"] == {value: number for value, number in status.items() if number}
    assert (facet_counts["schedule"], facet_counts["evidence"], facet_counts["freshness"]) == (
        now.schedule,
        now.evidence,
        now.freshness,
    )
    areas = {slug: sum(counts) for slug, counts in now.areas.items()}
    assert {slug: facet_counts["area"].get(slug) for slug in areas} == areas


@pytest.mark.postgresql
@some_days
def test_the_number_beside_each_choice_follows_the_other_filters_as_of_the_day(client, day):
    now, facet_counts = DAYS[day], facets(client, day, "level=primary&status=completed&kind=action")
    since = now.since.split()
    status = Counter("completed" for _reference in since)
    actions = {commitment["reference"] for commitment in DATA["commitments"] if commitment["kind"] == "action"}
    status += Counter(in_progress=len(set(pledges(now.moving.split())) & actions))
    status += Counter(no_report=14 - status.total())
    assert facet_counts["status"] == dict(status)
    assert sum(facet_counts.get("schedule", {}).values()) == len(since)
    assert facet_counts.get("freshness", {}) == ({"settled": len(since)} if since else {})


# Area, organisation, release, commitment


@walk
def test_an_area_has_the_counts_and_rows_of_the_day(client, day):
    """Of those that changed since the day before."""
    before = DAYS[day_before(day)].areas if day_before(day) else {}
    changed = {slug: counts for slug, counts in DAYS[day].areas.items() if counts != before.get(slug)}
    for slug, counts in (changed or {"culture": before["culture"]}).items():
        page = main_element(client.get(f"/areas/{slug}/", {"as_of": day}))
        key = {role_of(find_all(line, "i")[0]): line for line in find_all(find_all(page, "ul", _class="key")[0], "li")}
        numbers = {role: int(visible_text(find_all(line, "strong")[0])) for role, line in key.items()}
        # That nothing was found is said only once somebody has looked, which nobody had before today.
        unseen = {} if day == TODAY or not counts[-1] else {"unread": numbers["none"] + counts[-1]}
        assert {role: number for role, number in numbers.items() if role == "unread"} == unseen, slug
        found = [*(numbers[role] for role in ROLES[:-1]), numbers["none"] + numbers.get("unread", 0)]
        assert found == [*counts], slug
        rows = {reference: chips(row) for reference, row in table_rows(page).items()}
        assert {reference: role for reference, [(_words, role)] in rows.items()} == of_area(slug, marks(day))


def of_area(slug, by_reference):
    """The part that is about the commitments of one area."""
    own = {commitment["reference"] for commitment in DATA["commitments"] if commitment["area"] == slug}
    return {reference: value for reference, value in by_reference.items() if reference in own}


@pytest.mark.postgresql
@walk
def test_an_organisation_has_the_status_of_the_day_at_each_that_it_owns(client, day):
    for slug in OWNED:
        owned = Counter(line["status"] for line in export(day, f"owner={slug}"))
        counts = tuple(owned[status] for status in ("completed", "in_progress", "no_report"))
        assert counts == OWNED[slug][list(DAYS).index(day)], slug
        page = main_element(client.get(f"/organisations/{slug}/", {"as_of": day}))
        shown = {reference: [role for _words, role in chips(row)] for reference, row in table_rows(page).items()}
        assert set(csv_references(day, f"owner={slug}")) <= set(shown)
        assert shown == {reference: [marks(day)[reference]] for reference in shown}


@walk
def test_the_release_has_the_status_of_the_day_at_each_of_its_commitments(client, day):
    places = find_all(main_element(client.get(RELEASE, {"as_of": day})), "li")
    shown_roles = {
        dict(place.attributes)["id"]: [role for _words, role in chips(place)]
        for place in places
        if REFERENCE.fullmatch(dict(place.attributes).get("id", ""))
    }
    assert shown_roles == {reference: [role] for reference, role in marks(day).items()}


def telling(day):
    """Commitments that stood otherwise on the day before, and every sixth, each day others."""
    before, place = day_before(day), list(DAYS).index(day)
    for number, reference in enumerate(LEVELS):
        then, now = ((roles(when)[reference], deadlines(when).get(reference)) for when in (before or day, day))
        if now != then or number % len(DAYS) == place:
            yield reference


def answer_of(answer):
    """What a commitment's page answers: the role of its mark, and what it says of the time that was named."""
    [verdict] = find_all(main_element(answer), "div", _class="verdict")
    return role_of(verdict), timing_of(visible_text(verdict))


def timing_of(text):
    """The schedules that a text tells of; those that it tells in the same words both."""
    return {schedule for schedule, words in TIMING.items() if re.search(words, text)}


def timings(schedule):
    """The schedules that are told in the same words as one; none where there is no deadline."""
    return {other for other, words in TIMING.items() if words == TIMING.get(schedule)}


def shapes_in_story(answer):
    """How many reports, and how many pieces of background, a page's little timeline has a mark for."""
    [story] = find_all(main_element(answer), "figure", _class="story")
    shapes = Counter(dict(mark.attributes)["href"] for mark in find_all(story, "use"))
    background = shapes.pop("#m-around", 0)
    return shapes.total() - shapes["#m-announced-on"] - shapes["#m-searched"], background


@walk
def test_a_commitment_s_page_has_its_status_schedule_and_entries_of_the_day(client, day):
    drawn, stands = marks(day), deadlines(day)
    for reference in telling(day):
        answer = client.get(f"/commitments/{reference}/", {"as_of": day})
        said = "" if drawn[reference] == "announced" else stands.get(reference)
        assert answer_of(answer) == (drawn[reference], timings(said)), reference
        facts = commitment_page.facts(answer)
        assert (facts.get("By when") == "none named") is (reference not in stands), reference
        assert facts.get("Last checked") == ("29 November 2026" if day == TODAY else None), reference
        own = {number for number in counted_by(day) if UPDATES[number][1]["reference"] == reference}
        assert entries_of(answer.text) & UPDATES.keys() == own, reference
        kinds = Counter(UPDATES[number][0]["kind"] for number in own)
        assert shapes_in_story(answer) == (kinds["report"], kinds["context"]), reference


# Around each entry that moves one of four


def words_of(status, schedule):
    """What a chip says: late is told by it, no other schedule."""
    return f"{WORDS[status]} late" if schedule == "met_late" else WORDS[status]


def asking_for(reference, standing):
    """A question that one commitment answers to, if it stands like that."""
    return f"q={reference}&" + "&".join(map("=".join, zip(("status", "schedule", "evidence"), standing, strict=True)))


@moved
def test_around_an_entry_that_moves_it_the_page_is_right(client, reference, day, standing):
    status, schedule, evidence = standing
    answer = client.get(f"/commitments/{reference}/", {"as_of": day})
    role, timing = answer_of(answer)
    assert role in ROLES_OF[words_of(status, schedule)]
    assert timing == timings(schedule)
    assert commitment_page.facts(answer)["Evidence"] == WORDS[evidence]


@pytest.mark.postgresql
@moved
def test_around_an_entry_that_moves_it_the_list_is_right(client, reference, day, standing):
    status, schedule, _evidence = standing
    answer = client.get(f"/commitments/?{asking_for(reference, standing)}&as_of={day}")
    assert in_table(answer) == [reference]
    [row] = table_rows(main_element(answer)).values()
    assert [words for words, _role in chips(row)] == [words_of(status, schedule)]
    assert [visible_text(words) for words in find_all(row, "span", _class="under")] == list(
        filter(None, [WORDS[schedule]])
    )


@moved
def test_around_an_entry_that_moves_it_the_overview_is_right(reference, day, standing):
    status, schedule, _evidence = standing
    [hidden] = find_all(named(overview(day))[reference], "span", _class="visually-hidden")
    assert visible_text(hidden).strip(": ").partition(",")[0] == words_of(status, schedule)
    assert dict(outcomes(day)).get(reference, "") == WORDS[schedule]


@pytest.mark.postgresql
@moved
def test_around_an_entry_that_moves_it_the_csv_is_right(reference, day, standing):
    [line] = export(day, f"q={reference}")
    assert [line["status"], line["schedule"], line["evidence"]] == standing


@pytest.mark.postgresql
@moved
def test_around_an_entry_that_moves_it_the_feed_is_right(client, reference, day, standing):
    feed = client.get(f"/updates.atom?{asking_for(reference, standing)}&as_of={day}").content
    own = {number for number in counted_by(day) if UPDATES[number][1]["reference"] == reference}
    assert entries_of(feed.decode()) & UPDATES.keys() == own
    said = [entry.title.rpartition(": ")[2] for entry in feedparser.parse(feed).entries]
    latest = next((words for words in said if words != "background"), WORDS["no_report"])
    assert latest == words_of(*standing[:2])


# Updates, feed, calendar, timeline


def sequences():
    """Each report, context and check with its number in the ledger: after names and publications, as in the file."""
    updates = [
        (entry, commitment)
        for commitment in DATA["commitments"]
        for entry in commitment["entries"]
        if entry["kind"] != "published"
    ]
    names = sum(len(DATA[name]) for name in ("areas", "organisations", "occasions", "news_sources"))
    names += 1  # the release's own
    return {names + len(DATA["commitments"]) + place: pair for place, pair in enumerate(updates, 1)}


def last_day(text):
    """The last day of a partial date, with rules of our own."""
    year, _dash, rest = text.partition("-")
    halves = {"": "12-31", "H1": "06-30", "H2": "12-31", "Q1": "03-31", "Q2": "06-30", "Q3": "09-30", "Q4": "12-31"}
    if rest in halves:
        return f"{year}-{halves[rest]}"
    month, _dash, day = rest.partition("-")
    return text if day else f"{text}-{calendar.monthrange(int(year), int(month))[1]}"


def counts_from(entry):
    return min(last_day(entry["date"]), entry["recorded_at"][:10])


UPDATES = sequences()


def entries_of(text):
    """The numbers of the ledger's entries that a text links to or is made of."""
    return {int(number) for number in re.findall(r"\bentry-(\d+)", text)}


def counted_by(day):
    return {number for number, (entry, _commitment) in UPDATES.items() if day >= max(counts_from(entry), "2018-08-24")}


@pytest.mark.postgresql
@walk
def test_updates_are_those_that_count_by_the_day(client, day):
    assert len(counted_by(day)) == DAYS[day].entries
    shown, number, last = set(), 1, 1
    while number <= last:
        answer = client.get("/updates/", {"as_of": day, "page": number})
        of_pages = re.search(r"Page \d+ of (\d+)", visible_text(main_element(answer)))
        last, number = int(of_pages.group(1)) if of_pages else 1, number + 1
        shown |= entries_of(answer.content.decode())
    assert shown & UPDATES.keys() == counted_by(day)


@walk
def test_the_feed_has_the_latest_entries_that_count_by_the_day(client, day):
    answer = client.get("/updates.atom", {"as_of": day})
    assert answer.status_code == 200
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    shown = entries_of(answer.content.decode()) & UPDATES.keys()
    assert shown <= counted_by(day)
    assert len(shown) == min(DAYS[day].entries, len(feed.entries)) >= 14


@some_days
def test_the_feed_of_a_filter_has_entries_of_what_passed_it_on_the_day(client, day):
    answer = client.get("/updates.atom", {"as_of": day, "status": "in_progress"})
    of = {UPDATES[number][1]["reference"] for number in entries_of(answer.content.decode()) & UPDATES.keys()}
    assert of <= set(DAYS[day].moving.split())
    assert bool(of) is bool(DAYS[day].moving)


@pytest.mark.parametrize("day", ["2018-08-24", TODAY])  # the same deadlines on every day
def test_the_calendar_has_the_deadlines_of_the_day_and_a_review_of_each_that_was_not_done(client, day):
    answer = client.get("/deadlines.ics", {"as_of": day})
    assert answer.status_code == 200
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    event_days = {
        (REFERENCE.search(event.to_ical().decode()).group(), event["DTSTART"].dt.isoformat()) for event in events
    }
    a_year_on = {"BR-01", "CU-06", "CU-07", "ED-02"}  # they have no review day of their own
    undone = {reference for reference, role in roles(day).items() if role in ("moving", "none")}
    reviews = {(reference, "2027-11-30" if reference in a_year_on else "2027-05-22") for reference in undone}
    assert event_days == set(DEADLINES.items()) | reviews


@pytest.mark.postgresql
@some_days
def test_the_calendar_honours_a_filter_as_of_the_day(client, day):
    answer = client.get("/deadlines.ics", {"as_of": day, "schedule": "unreported"})
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    references = {REFERENCE.search(event.to_ical().decode()).group() for event in events}
    assert references == set(DAYS[day].past.split())


@walk
def test_the_timeline_has_each_commitment_as_it_stood_on_the_day(client, day):
    answer = client.get("/timeline/", {"as_of": day})
    assert answer.status_code == 200
    words = {
        REFERENCE.search(next(iter(link_texts(line)))).group(): visible_text(find_all(line, "p", _class="in-words")[0])
        for line in find_all(main_element(answer), "tr")
        if find_all(line, "p", _class="in-words")
    }
    said = {
        "announced": "Already done when announced:",
        "done": "Delivered:",
        "none": "No evidence found",
        "moving": "In progress:",
    }
    assert {
        reference: next(role for role, start in said.items() if start in text) for reference, text in words.items()
    } == roles(day)
    assert {reference for reference, text in words.items() if "Outcome unknown." in text} == set(DAYS[day].past.split())


# Nothing that became true later


class Told(NamedTuple):
    """What an address answers: its type, its text with entities read, and its links: address and words."""

    kind: str
    text: str
    anchors: list


ANCHOR = re.compile(r'<a\s[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def anchors(page):
    """Each link of a page: its address and its words."""
    pairs = ((unescape(href), re.sub(r"<[^>]*>", " ", text)) for href, text in ANCHOR.findall(page))
    return [(href, " ".join(unescape(text).split())) for href, text in pairs]


def takes_a_day(path):
    """Whether an address can be asked for a day: then it refuses what is none, and only that."""
    try:
        route = resolve(path).route
    except Resolver404:
        return False
    if route not in ROUTES:
        soon, past = (Client().get(path, {"as_of": day}).status_code for day in ("soon", "2021-08-30"))
        ROUTES[route] = soon == 400 != past
    return ROUTES[route]


ROUTES = {}  # one question tells for all addresses of a route


def sampled():
    """Every public address, of the API's rows a few of each table: its answers are made like the files.

    Not the API's documentation, whose examples are fixed ones.
    """
    seen = Counter()
    for address in addresses():
        if address == "/api/v1/docs/":
            continue
        table = address.startswith("/api/") and resolve(address).route
        seen[table] += 1
        if not table or seen[table] <= 3:
            yield address


def of_days():
    """Each address with the days that it is asked for: one of which there is one every day, the others a day each.

    Of many alike (commitments, organisations, areas, the API's tables) one tells what the next would: each page is
    asked, and of feeds, calendars and files of single commitments and organisations every third.
    """
    alike: Counter[str] = Counter()
    for address in filter(takes_a_day, sampled()):
        route = resolve(address).route
        if not route.startswith("api/") and ("<" not in route or "/releases/" in address):
            yield address, BEFORE_TODAY
            continue
        alike[route] += 1
        if address.endswith("/") or alike[route] % 3 == 1:
            yield address, [BEFORE_TODAY[alike.total() % len(BEFORE_TODAY)]]


@cache
def walked():
    """What the public addresses say: by day and address, of those that answer then."""
    client, answered = Client(), {day: {} for day in [*BEFORE_TODAY, TODAY]}
    for address, days in of_days():
        own_page = address.startswith("/commitments/") and address.endswith("/")
        for day in [*days, TODAY] if len(days) > 1 or own_page else days:
            answer = client.get(address, {"as_of": day})
            if answer.status_code == 200:
                page = body(answer)
                answered[day][address] = Told(answer.headers["Content-Type"], unescape(page), anchors(page))
            else:
                assert answer.status_code == 404, address
    return answered


def label(day):
    """A day or a month as people read it."""
    year, month, *rest = map(int, day.split("-"))
    return " ".join([*map(str, rest), calendar.month_name[month], str(year)])


PRESETS = [label(day) for day in ("2018-08-24", "2021-08-30", "2024-04-26")]  # of the date control


def said_by(entry):
    """The texts of an entry, as short as a page may cut them, and its dates as people and programs read them."""
    rows = entry.get("evidence", [])
    texts = [entry["note"], entry.get("searched", "")] + [row[name] for row in rows for name in ("title", "publisher")]
    dates = {
        text for text in (entry["date"], *(row["date"] for row in rows)) if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text)
    }
    dates |= {label(text) for text in dates} | {text.replace("-", "") for text in dates if len(text) == 10}
    return {text[:40] for text in texts} | {row[name] for row in rows for name in ("url", "archived_url")} | dates


OF_TODAY = ("/api/v1/translations/", "/data/translations.csv")  # the texts as they are translated today, as they say
EXAMPLES = ["2018-11-05", "CU-06"]  # how a date or a reference is written, beside the fields for one


def only_later(day):
    """What is said by entries that count later, and by nothing that may be shown on that day."""
    known = [{key: value for key, value in DATA.items() if key not in ("commitments", "translations")}]
    known += [
        {key: value for key, value in commitment.items() if key != "entries"} for commitment in DATA["commitments"]
    ]
    known += [UPDATES[number][0] for number in counted_by(day)] + [
        TODAY,
        label(TODAY),
        TODAY.replace("-", ""),
        *EXAMPLES,
    ]
    known += [label(occasion["day"]) for occasion in DATA["occasions"]] + [label(day) for day in DEADLINES.values()]
    allowed = json.dumps(
        [
            *known,
            [label(last_day(commitment["review_on"])) for commitment in DATA["commitments"] if commitment["review_on"]],
        ],
        ensure_ascii=False,
    )
    said_now, texts = (
        set().union(*(said_by(UPDATES[number][0]) for number in numbers))
        for numbers in (counted_by(day), UPDATES.keys() - counted_by(day))
    )
    return {text for text in texts - said_now if text and json.dumps(text, ensure_ascii=False)[1:-1] not in allowed}


def test_every_public_address_can_be_asked_for_a_day_but_those_that_say_nothing_of_one():
    deaf = {address for address in addresses() if not takes_a_day(address) and Client().get(address).status_code == 200}
    assert {re.sub(r"-[a-z-]+(?=[.]xml)", "", address) for address in deaf} == {
        "/.well-known/security.txt",
        "/api/v1/",
        "/api/v1/schema/",
        "/data/commitments.schema.json",
        "/healthz",
        "/readyz",
        "/ledger/heads.txt",  # every day has its line
        "/ledger.jsonl",  # the whole chain, or it could not be checked
        "/reports/progress/",  # has two days of its own
        "/reports/progress.csv",
        "/reports/progress.xlsx",
        "/robots.txt",
        "/sitemap.xml",
    }


@pytest.mark.parametrize("day", BEFORE_TODAY)
def test_no_public_address_says_what_became_true_later(day):
    later = only_later(day)
    assert len(later) > 40
    assert len(walked()[day]) >= 40 or day == EVE
    leaks = {
        address: [text for text in later if text in page_text]
        for address, (_kind, page_text, _links) in walked()[day].items()
        if address not in OF_TODAY
    }
    assert {address: leaked for address, leaked in leaks.items() if leaked} == {}


# Each way in which pages, files and drawings say that somebody looked.
WAS_CHECKED = [
    r"\b(searched|checked) (on )?\d", ">last checked<", "nothing new found", '"#m-searched"', 'last_checked_on":"',
]  # fmt: skip


@pytest.mark.parametrize("said", WAS_CHECKED)
def test_nothing_was_checked_before_the_day_of_the_check(said):
    said = re.compile(said, re.IGNORECASE)
    answers = [(day, address, answer.text) for day in BEFORE_TODAY for address, answer in walked()[day].items()]
    assert [(day, address) for day, address, text in answers if said.search(text)] == []
    assert any(said.search(answer.text) for answer in walked()[TODAY].values())


def test_today_all_of_it_is_said():
    """Lest the walk find nothing only because it looks for nothing."""
    all_text = "".join(answer.text for answer in walked()[TODAY].values())
    assert {
        text for text in only_later("2018-08-24") if text not in all_text and not re.fullmatch(r"[\d-]+", text)
    } == set()


def test_on_the_day_before_the_release_its_commitments_do_not_exist(client):
    answers = walked()[EVE]
    assert {"/", "/commitments/", "/commitments.csv", "/updates/", "/timeline/"} <= set(answers)
    texts = {commitment[name] for commitment in DATA["commitments"] for name in ("title", "quote", "reference")} - set(
        EXAMPLES
    )
    texts.add(DATA["release"]["title"])
    leaks = {address: [text for text in texts if text in answers[address].text] for address in answers}
    assert {address: leaked for address, leaked in leaks.items() if leaked} == {}
    assert export(EVE) == []
    for address in (RELEASE, "/commitments/CU-06/"):
        assert client.get(address, {"as_of": EVE}).status_code == 404


def test_on_the_day_before_the_release_feed_and_calendar_are_empty(client):
    assert feedparser.parse(client.get("/updates.atom", {"as_of": EVE}).content).entries == []
    assert icalendar.Calendar.from_ical(client.get("/deadlines.ics", {"as_of": EVE}).content).walk("VEVENT") == []


@pytest.mark.postgresql
def test_the_last_day_of_a_deadline_still_counts_as_before_it():
    """AV-04 was due "in 2018": on its last day due soon, and past it only when the day has ended."""
    for day, schedule in (("2018-12-31", "due_soon"), ("2019-01-01", "unreported")):
        assert csv_references(day, f"schedule={schedule}") == ["AV-04"]
    for day, outcome in (("2018-12-31", "due soon"), ("2019-01-01", "outcome unknown")):
        assert dict(outcomes(day))["AV-04"] == outcome


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("reference", "eve", "day", "status"),
    [
        ("BR-01", "2018-11-03", "2018-11-04", "in_progress"),
        ("BR-01", "2018-11-04", "2018-11-05", "completed"),
        ("CU-07", "2024-04-26", "2024-04-27", "completed"),
        ("YD-03", "2024-07-30", "2024-07-31", "in_progress"),  # July 2024
        ("YD-01", "2025-08-30", "2025-08-31", "in_progress"),  # August 2025
    ],
)
def test_a_report_counts_from_the_last_day_of_its_date(reference, eve, day, status):
    assert reference not in csv_references(eve, f"status={status}")
    assert reference in csv_references(day, f"status={status}")


# Links keep the day, and every number is a link to the list that it counts


LISTS = [
    "/commitments/?level=primary&sort=-deadline&per_page=5&page=2",
    "/commitments/?q=expo&status=completed&status=in_progress&owner=hksarg&deadline_from=2018",
    "/commitments/?q=nowhere",
    "/updates/?page=2",
]


def pages():
    """Each page that was asked for a past day, and its links; the list filtered and paged among them."""
    for day in BEFORE_TODAY:
        for address, answer in walked()[day].items():
            if answer.kind.startswith("text/html"):
                yield day, f"{address}?as_of={day}", answer.anchors
    for address in LISTS:
        page = f"{address}&as_of=2021-08-30"
        yield "2021-08-30", page, anchors(Client().get(page).content.decode())


def loses_the_day(page, href, text, day):
    """Whether a link leads away from the day, other than by offering another one or today in so many words."""
    target = urlsplit(urljoin(page, href))
    if target.netloc or href.startswith("#") or not takes_a_day(target.path):
        return False
    asked_for = parse_qs(target.query).get("as_of")
    offered = [["2018-08-24"], *([occasion["day"]] for occasion in DATA["occasions"])]
    return asked_for != [day] and asked_for not in offered and "today" not in text.lower()


def test_every_link_on_a_page_of_a_day_keeps_the_day():
    shown = [row for row in pages() if not row[1].startswith("/about/design/")]  # made-up samples
    lost = {page: {href for href, text in of if loses_the_day(page, href, text, day)} for day, page, of in shown}
    assert len(lost) > 100
    assert {page: hrefs for page, hrefs in lost.items() if hrefs} == {}


def test_an_answer_that_something_is_wrong_keeps_the_day_too(client):
    for address in ("/commitments/?status=wrong", "/commitments/?page=99", "/updates/?page=99", "/areas/no/?"):
        page = f"{address}&as_of=2021-08-30"
        answer = client.get(page)
        hrefs = anchors(answer.content.decode())
        assert answer.status_code in (400, 404)
        assert {href for href, text in hrefs if loses_the_day(page, href, text, "2021-08-30")} == set(), address


@pytest.mark.parametrize("address", ["/", "/commitments/CU-06/", "/timeline/", LISTS[0], LISTS[1]])
def test_every_form_on_a_page_of_a_day_keeps_the_day(client, address):
    page = f"{address}{'&' if '?' in address else '?'}as_of=2021-08-30"
    forms = [
        form for form in find_all(parse_page(client.get(page)), "form") if dict(form.attributes).get("method") == "get"
    ]
    assert forms
    for form in forms:
        if takes_a_day(urlsplit(urljoin(page, dict(form.attributes).get("action", ""))).path):
            assert [dict(box.attributes)["value"] for box in find_all(form, "input", name="as_of")] == ["2021-08-30"]


NUMBER_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
COUNTED = re.compile(rf"\d[\d,]*|(?:{'|'.join(NUMBER_WORDS)})\b")


def number_of(text):
    """The number with which a text begins, in figures or as a word; none where it begins with none."""
    found = COUNTED.match(text.lower())
    if not found or text in PRESETS:
        return None
    words = found.group()
    return NUMBER_WORDS.index(words) + 1 if words in NUMBER_WORDS else int(words.replace(",", ""))


@some_days
def test_every_number_that_leads_to_a_list_is_the_number_of_its_rows(client, day):
    numbers = {
        (href, number_of(text))
        for answer in walked()[day].values()
        for href, text in answer.anchors
        if href.startswith("/commitments/?") and number_of(text)
    }
    assert len(numbers) >= 20
    exports = {href: client.get(href.replace("/commitments/?", "/commitments.csv?")) for href, _number in numbers}
    assert {(href, int(answer.headers["X-Row-Count"])) for href, answer in exports.items()} == numbers
