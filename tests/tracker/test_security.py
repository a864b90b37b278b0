"""What must hold against attackers and is no single page's business: logs, error reports, large questions, docs."""

import logging
import re
import socket
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.views.debug import ExceptionReporter

from tests.helpers.installation import ROOT
from tests.helpers.staff import PASSWORD

LOGIN, RESET = "/admin/login/", "/admin/account/password/reset/"
DOCUMENT = (ROOT / "docs" / "security.md").read_text()


@pytest.fixture
def clerk(db):
    return User.objects.create_superuser("clerk", "clerk@example.org", PASSWORD)


@pytest.fixture
def logged(caplog):
    """Everything logged, at any level, as it is written: message, traceback and what formatters may add."""
    caplog.set_level(logging.DEBUG)
    return lambda: caplog.text + "".join(str(vars(record)) for record in caplog.records if record.name != "asyncio")


# Logs


def noted(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "commitments.accounts.auth_log"]


def typed(name, password):
    return Client().post(LOGIN, {"login": name, "password": password})


def test_signing_in_and_failing_to_is_noted_by_the_number_of_the_account(clerk, caplog):
    typed("clerk", PASSWORD)
    typed("clerk", "wrong")
    typed("CLERK@example.org", "wrong")
    assert noted(caplog) == [
        f"{what}: account {clerk.pk}" for what in ("signed in", "password refused", "password refused")
    ]


def test_a_name_that_no_account_has_is_not_written_down(clerk, caplog):
    """Many a password was once typed there."""
    typed("hunter2-my-password", "wrong")
    assert noted(caplog) == ["password refused: no account"]
    assert "hunter2" not in caplog.text


def test_too_many_attempts_are_noted(clerk, caplog):
    for _attempt in range(6):
        typed("clerk", "wrong")
    assert noted(caplog)[-1] == f"too many attempts: account {clerk.pk}"


def new_password(client, mailed):
    form = client.get(re.search(r"https?://[^/]+(\S+)", mailed)[1], follow=True)
    given = {"password1": "another-long-password", "password2": "another-long-password"}
    return client.post(form.request["PATH_INFO"], given)


def test_no_password_token_cookie_or_address_is_in_the_log(clerk, settings, logged, monkeypatch):
    client = Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.77")
    client.post(RESET, {"email": "clerk@example.org"})
    new_password(client, mail.outbox[-1].body)
    client.post(LOGIN, {"login": "clerk", "password": "another-long-password"})
    monkeypatch.setattr("commitments.public.overview.describe", lambda *_args, **_kwargs: 1 / 0)
    assert client.get("/?q=very-private-words").status_code == 500
    key = re.search(r"reset/key/(\S+)/", mail.outbox[-1].body)[1].partition("-")[2]
    secrets = [PASSWORD, "another-long-password", key, client.cookies["sessionid"].value, settings.SECRET_KEY]
    assert "ZeroDivisionError" in logged()
    lines = re.sub(r"<WSGIRequest: [^>]*>", "", logged())  # the object itself, which no formatter writes out
    assert [secret for secret in [*secrets, "very-private-words", "203.0.113.77"] if secret in lines] == []


def test_a_500_tells_the_visitor_nothing_of_the_fault(db, monkeypatch):
    monkeypatch.setattr("commitments.public.overview.describe", lambda *_args, **_kwargs: 1 / 0)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert not re.search(r"Traceback|ZeroDivision|\.py|Django", answer.text)


def test_an_error_report_hides_secrets_of_the_settings_and_the_cookie_of_a_session(rf, settings, monkeypatch):
    monkeypatch.setitem(configured.DATABASES["default"], "PASSWORD", "database-password")
    settings.EMAIL_HOST_PASSWORD = "mail-password"
    request = rf.get("/")
    request.COOKIES[configured.SESSION_COOKIE_NAME] = "the-session"
    text = ExceptionReporter(request, ValueError, ValueError("x"), None).get_traceback_text()
    assert "SECRET_KEY" in text
    secrets = [configured.SECRET_KEY, "database-password", "mail-password", "the-session"]
    assert [secret for secret in secrets if secret in text] == []


# Large questions


@pytest.mark.parametrize("address", ["/report-an-error/", LOGIN])
def test_a_body_that_is_too_large_is_answered_with_a_page_that_says_what_to_do(db, address):
    answer = Client(raise_request_exception=False).post(address, {"what": "x" * 3_000_000, "login": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "divide it, and send it again" in answer.text


def test_a_large_file_of_staff_passes_and_a_larger_one_is_not_even_read(clerk, settings):
    client = Client(raise_request_exception=False)
    client.force_login(clerk)
    for size, status in ((settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1, 200), (settings.IMPORT_MAX_BYTES * 2, 413)):
        file = SimpleUploadedFile("x.csv", b"x" * size)
        answer = client.post("/admin/commitments/organisation/import/", {"import_file": file, "format": "0"})
        assert answer.status_code == status


def test_more_fields_or_files_than_any_form_has_are_refused(db, client):
    assert client.post("/report-an-error/", {f"a{n}": "" for n in range(1001)}).status_code == 400
    files = {f"f{n}": SimpleUploadedFile("x", b"x") for n in range(6)}
    assert client.post("/report-an-error/", files).status_code == 400


@pytest.mark.parametrize("length", ["x", "-1", "9" * 40, "ÿ", ""])
def test_a_length_that_is_none_is_no_failure(db, client, length):
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = client.generic("POST", "/report-an-error/", b"", content_type=kind, CONTENT_LENGTH=length)
        assert answer.status_code in (400, 413)


def ask(server, lines, body=b""):
    """A request written out by hand; gives the status line's code."""
    host, _colon, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        text = b"".join(iter(lambda: connection.recv(65536), b"")).decode("latin-1")
    return int(text.split(" ")[1]), text


@pytest.mark.processes
def test_the_server_refuses_what_is_too_long_or_no_text_and_believes_nobody_about_https(installation):
    host = ["Host: localhost", "Connection: close"]
    with installation.serve(workers=1) as server:
        assert ask(server, [f"GET /{'x' * 9000} HTTP/1.1", *host])[0] in (400, 414)
        assert ask(server, [f"GET /commitments/?q={'x' * 9000} HTTP/1.1", *host])[0] in (400, 414)
        assert ask(server, ["GET / HTTP/1.1", *host, f"X-Long: {'x' * 20_000}"])[0] in (400, 431)
        assert ask(server, ["GET /areas/\xff\xfe/ HTTP/1.1", *host])[0] in (400, 404)
        assert ask(server, ["GET / HTTP/1.1", "Host: evil.example", "Connection: close"])[0] == 400
        status, text = ask(server, ["GET /robots.txt HTTP/1.1", *host, "X-Forwarded-Proto: https"])
        assert status == 200
        assert "Sitemap: http://" in text


# Where to tell of a weakness


def test_security_txt_says_where_to_write_and_until_when_that_holds(db, client, settings):
    settings.CONTACT, settings.SITE_URL = "The office, office@tracker.example", "https://tracker.example"
    answer = client.get("/.well-known/security.txt")
    fields = [line.split(": ", 1) for line in answer.text.splitlines()]
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert fields[0] == ["Contact", "mailto:office@tracker.example"]
    assert ["Contact", "https://tracker.example/report-an-error/"] in fields
    expires = datetime.fromisoformat(dict(fields)["Expires"])
    assert timedelta(days=100) < expires - datetime.now(UTC) < timedelta(days=365)


# What is installed


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_has_one_version_and_the_digests_of_its_files(name):
    text = re.sub(r"(?m)^\s*#.*\n?", "", (ROOT / name).read_text())
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement
    assert "://" not in text


# docs/security.md


def test_every_file_of_tests_that_the_document_names_exists():
    named = set(re.findall(r"tests/[^\s`,;)]*", DOCUMENT))
    assert len(named) > 20
    assert [
        path for path in named if not (re.fullmatch(r"tests/([a-z]+/)*test_\w+\.py", path) and (ROOT / path).is_file())
    ] == []
