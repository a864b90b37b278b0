"""What browsers are told to refuse, and what they report."""

import json
import logging

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.test import Client

from commitments.web import security_headers
from tests.helpers.public_addresses import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
REPORT = "/csp-report/"
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Reporting-Endpoints": 'csp="/csp-report/"',
}
STAFF = [
    "/admin/login/",
    "/admin/",
    "/admin/commitments/commitment/",
    "/admin/account/second-factor/",
    "/admin/nothing/",
]


def missing(answer, **but):
    """The headers that an answer lacks or has otherwise."""
    return {name for name, value in (EVERYWHERE | but).items() if answer.headers.get(name) != value}


def test_every_public_address_carries_them_and_only_files_may_be_taken_over_by_other_sites(secret_drafts, client):
    for address in [*addresses(), "/nothing-here/", "/commitments/?status=wrong"]:
        answer = client.get(address)
        shared = address.startswith("/api/") and address != "/api/v1/docs/"
        shared |= address.endswith((".csv", ".xlsx", ".json", ".jsonl", ".atom", ".ics", "heads.txt"))
        own = {"Cross-Origin-Resource-Policy": "cross-origin" if shared else "same-origin"}
        own |= {"Referrer-Policy": "no-referrer"} if address.startswith("/report-an-error/t") else {}
        assert missing(answer, **own) == set(), address
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], address
        assert "camera=()" in answer.headers["Permissions-Policy"], address
        assert "publickey-credentials-get=()" in answer.headers["Permissions-Policy"], address


@pytest.mark.parametrize("address", STAFF)
def test_so_does_the_admin_where_passkeys_may_be_used(address):
    client = Client()
    if address != "/admin/login/":
        client.force_login(User.objects.create_superuser("boss"))
    answer = client.get(address)
    assert missing(answer) == set()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "publickey-credentials-get=(self)" in answer.headers["Permissions-Policy"]
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_nothing_in_line_and_nothing_from_elsewhere_is_allowed(client):
    policy = client.get("/about/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {word for word in policy.replace(";", "").split() if "://" in word or word in ("*", "https:")} == set()
    assert {"report-uri /csp-report/", "report-to csp"} <= set(policy.split("; "))


def test_static_files_carry_them_too(client):
    answer = client.get(f"/{configured.STATIC_URL.strip('/')}/commitments/favicon.svg")
    assert (answer.status_code, answer.close()) == (200, None)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert missing(answer) <= {"X-Frame-Options"}  # a picture is no page


OLDER = {
    "csp-report": {
        "document-uri": "https://tracker.example/report-an-error/a-secret-token/?q=private",
        "violated-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/steal.js?who=me",
    }
}
NEWER = [
    {
        "type": "csp-violation",
        "user_agent": "somebody",
        "body": {
            "documentURL": "https://tracker.example/commitments/?q=private",
            "effectiveDirective": "style-src",
            "blockedURL": "inline",
            "sample": "personal",
        },
    }
]


def send(report, kind="application/csp-report", **extra):
    body = report if isinstance(report, bytes) else json.dumps(report)
    return Client(enforce_csrf_checks=True).post(REPORT, body, content_type=kind, **extra)


def messages(caplog):
    """What was logged, beside that an answer was given."""
    return [record.getMessage() for record in caplog.records if record.name != "tracker.access"]


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (OLDER, "CSP: script-src-elem on error_report_status refused https://evil.example"),
        (NEWER, "CSP: style-src on commitments refused inline"),
    ],
)
def test_a_report_is_one_line_that_gives_nobody_away(caplog, report, line):
    assert send(report, "application/reports+json").status_code == 204
    assert messages(caplog) == [line]


def test_what_is_no_report_is_no_failure_and_says_nothing():
    odd = [[], {}, 1, None, "text", [1], [[]], {"csp-report": []}]
    assert [report for report in odd if [*security_headers.report_lines(report)]] == []
    assert send([1]).status_code == 204


@pytest.mark.parametrize("report", [{"csp-report": {"document-uri": ["//[", {}]}}, [NEWER[0]] * 500])
def test_a_report_that_is_odd_or_long_is_few_lines(caplog, report):
    assert send(report).status_code in (204, 413)
    assert len(caplog.records) <= 5


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 16_000])
def test_what_is_no_json_is_refused(body):
    assert send(body).status_code == 400


def test_nobody_writes_lines_of_their_own_into_the_log(caplog):
    forged = "script-src\n2026-11-29 ERROR forged\x1b[31m"
    send({"csp-report": dict.fromkeys(("document-uri", "violated-directive", "blocked-uri"), forged)})
    assert messages(caplog) == ["CSP: script-src on an unknown page refused script-src"]


def test_a_large_report_is_refused(caplog):
    caplog.set_level(logging.CRITICAL)
    assert send(b'"' + b"x" * 17_000 + b'"').status_code == 413


def test_more_reports_than_ten_a_minute_are_not_written_down():
    assert [send(OLDER).status_code for _time in range(11)] == [204] * 10 + [429]


def test_a_report_is_sent_and_not_fetched(client):
    assert client.get(REPORT).status_code == 405
