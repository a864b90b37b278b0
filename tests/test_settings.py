"""The environment: what is missing, misspelt or unreadable stops the start and is named."""

import os
import subprocess
import sys

import pytest

from tests.helpers.installation import ROOT

PRODUCTION = {"PRODUCTION": "1", "SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "tracker.example"}
# What a machine has anyway: nothing of ours.
BARE = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV") if name in os.environ}

pytestmark = pytest.mark.processes


def start(**environment):
    """`manage.py check` in this environment and no other."""
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(command, cwd=ROOT, env=BARE | environment, capture_output=True, text=True, timeout=60)


def but(**changed):
    """The environment of an installation in production, with something changed; None leaves it out."""
    return {name: value for name, value in (PRODUCTION | changed).items() if value is not None}


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        # In production these two must be given.
        (but(SECRET_KEY=None), ["SECRET_KEY is not set"]),
        (but(SECRET_KEY=""), ["SECRET_KEY is not set"]),
        (but(SECRET_KEY="  "), ["SECRET_KEY is not set"]),
        (but(ALLOWED_HOSTS=None), ["ALLOWED_HOSTS is not set"]),
        (but(ALLOWED_HOSTS=""), ["ALLOWED_HOSTS is not set"]),
        (but(ALLOWED_HOSTS=" , "), ["ALLOWED_HOSTS is not set"]),
        # A name that is nearly ours.
        ({"ALOWED_HOSTS": "tracker.example"}, ["ALOWED_HOSTS is not a setting", "Did you mean ALLOWED_HOSTS?"]),
        (but(ALLOWED_HOSTS=None, ALLOWED_HOST="x"), ["ALLOWED_HOST is not a setting", "Did you mean ALLOWED_HOSTS?"]),
        ({"SECRET_KEYS": "x"}, ["SECRET_KEYS is not a setting", "Did you mean SECRET_KEY?"]),
        ({"DATABSE_URL": "sqlite:///x"}, ["DATABSE_URL is not a setting", "Did you mean DATABASE_URL?"]),
        ({"DATABASE_URI": "sqlite:///x"}, ["DATABASE_URI is not a setting", "Did you mean DATABASE_URL?"]),
        ({"Debug": "1"}, ["Debug is not a setting", "Did you mean DEBUG?"]),
        ({"production": "1"}, ["production is not a setting", "Did you mean PRODUCTION?"]),
        ({"PRODUCTON": "1"}, ["PRODUCTON is not a setting", "Did you mean PRODUCTION?"]),
        ({"HSTS_SECOND": "1"}, ["HSTS_SECOND is not a setting", "Did you mean HSTS_SECONDS?"]),
        ({"TRUST_PROXI": "1"}, ["TRUST_PROXI is not a setting", "Did you mean TRUST_PROXY?"]),
        # A database that is none of the two.
        ({"DATABASE_URL": "mysql://u:p@host/name"}, ["DATABASE_URL", "postgresql://"]),
        ({"DATABASE_URL": "nonsense"}, ["DATABASE_URL", "sqlite:///PATH"]),
        ({"DATABASE_URL": "postgre://u:p@host/name"}, ["DATABASE_URL", "postgresql://"]),
        ({"DATABASE_URL": "postgresql://"}, ["DATABASE_URL", "postgresql://"]),
        ({"DATABASE_URL": "postgresql://u:p@host:port/name"}, ["DATABASE_URL", "postgresql://"]),
        ({"DATABASE_URL": "/var/lib/tracker.sqlite3"}, ["DATABASE_URL", "sqlite:///PATH"]),
        ({"DATABASE_URL": "oracle://u:p@host/name"}, ["DATABASE_URL"]),
        ({"REPLICA_URL": "sqlite:///x"}, ["REPLICA_URL", "postgresql://"]),
        ({"REPLICA_URL": "nonsense"}, ["REPLICA_URL", "postgresql://"]),
        ({"STATEMENT_SECONDS": "soon"}, ["STATEMENT_SECONDS is 'soon'"]),
        # Yes or no, and numbers.
        ({"PRODUCTION": "maybe"}, ["PRODUCTION is 'maybe'", "write 1 or 0"]),
        ({"DEBUG": "2"}, ["DEBUG is '2'", "write 1 or 0"]),
        ({"TRUST_PROXY": "x-forwarded-proto"}, ["TRUST_PROXY is", "write 1 or 0"]),
        (but(HSTS_SECONDS="soon"), ["HSTS_SECONDS is 'soon'", "whole number"]),
        (but(HSTS_SECONDS="-1"), ["HSTS_SECONDS is '-1'", "whole number"]),
        (but(HSTS_SECONDS="1.5"), ["HSTS_SECONDS is '1.5'", "whole number"]),
        ({"HSTS_SECONDS": "soon"}, ["HSTS_SECONDS is 'soon'", "whole number"]),
        (but(SESSION_HOURS="0"), ["SESSION_HOURS is '0'", "whole number from 1 up"]),
        (but(SESSION_IDLE_MINUTES="1"), ["SESSION_IDLE_MINUTES is '1'", "whole number from 5 up"]),
        ({"LOG_FORMAT": "xml"}, ["LOG_FORMAT is 'xml'", "json or line"]),
        ({"SLOW_QUERY_MS": "long"}, ["SLOW_QUERY_MS is 'long'", "whole number"]),
        ({"API_PER_MINUTE": "0"}, ["API_PER_MINUTE is '0'", "whole number from 1 up"]),
        ({"SEARCHES_PER_MINUTE": "0"}, ["SEARCHES_PER_MINUTE is '0'", "whole number from 1 up"]),
        ({"EXPORTS_PER_MINUTE": "-1"}, ["EXPORTS_PER_MINUTE is '-1'", "whole number from 1 up"]),
        ({"API_PER_MINUT": "60"}, ["API_PER_MINUT is not a setting", "Did you mean API_PER_MINUTE?"]),
        (but(REQUIRE_MFA="always"), ["REQUIRE_MFA is 'always'", "write 1 or 0"]),
        ({"REQUIRE_2MFA": "1"}, ["REQUIRE_2MFA is not a setting", "Did you mean REQUIRE_MFA?"]),
        # Mail, and where its links lead.
        ({"EMAIL_URL": "mail.example"}, ["EMAIL_URL", "smtp+tls://"]),
        ({"EMAIL_URL": "http://mail.example"}, ["EMAIL_URL", "smtp+tls://"]),
        ({"EMAIL_URL": "smtp://"}, ["EMAIL_URL", "smtp+tls://"]),
        ({"EMAIL_URL": "smtp://u:p@mail.example:port"}, ["EMAIL_URL", "smtp+tls://"]),
        ({"MAIL_FROM": "Tracker"}, ["MAIL_FROM is 'Tracker'", "e-mail address"]),
        ({"SITE_URL": "tracker.example"}, ["SITE_URL is 'tracker.example'", "https://HOST"]),
        ({"SITE_URL": "https://tracker.example/commitments"}, ["SITE_URL is", "without a path"]),
        (but(ALLOWED_HOSTS="*"), ["SITE_URL is 'https://*'", "https://HOST"]),
        # The two together show settings to the public.
        (but(DEBUG="1"), ["DEBUG cannot be 1 in production"]),
    ],
    ids=lambda value: " ".join(f"{k}={v[:12]}" for k, v in value.items()) if isinstance(value, dict) else "named",
)
def test_it_does_not_start_and_says_what_is_wrong(environment, named):
    stopped = start(**environment)
    assert stopped.returncode != 0
    assert "ImproperlyConfigured" in stopped.stderr
    last_line = stopped.stderr.strip().splitlines()[-1]
    assert [part for part in named if part not in last_line] == []


@pytest.mark.parametrize("password", ["hunter2"])
@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "mysql://u:{}@host/name"),
        ("DATABASE_URL", "postgresql://u:{}@host:port/name"),
        ("DATABASE_URL", "postgre://u:{}@host/n"),
        ("EMAIL_URL", "smtp://u:{}@host:port"),
        ("EMAIL_URL", "mail://u:{}@host"),
    ],
)
def test_a_refusal_does_not_repeat_the_password(name, url, password):
    stopped = start(**{name: url.format(password)})
    assert stopped.returncode != 0
    assert password not in stopped.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "environment",
    [
        {},
        PRODUCTION,
        but(DEBUG="0", TRUST_PROXY="yes", HSTS_SECONDS="0"),
        but(DATABASE_URL="postgresql://u:p@host:5432/name"),
        {"DEBUG": "1"},
        {"PRODUCTION": "0", "DEBUG": "off", "DATABASE_URL": ""},
        {"DATABASE_URL": "sqlite:////tmp/tracker.sqlite3"},
        but(REQUIRE_MFA="1", SESSION_HOURS="8", SESSION_IDLE_MINUTES="30", EMAIL_URL="smtp+tls://u:p@mail.example:587"),
        but(ALLOWED_HOSTS="*", SITE_URL="https://tracker.example/", MAIL_FROM="Tracker <tracker@example.org>"),
        {"PUBLISHER": "Nobody", "CONTACT": "nobody@tracker.example"},
        # Names that others use, and are near enough to be read twice.
        {"HOSTNAME": "x", "SECRET": "x", "DATABASE": "x", "PRODUCT": "x", "EDITOR": "vi", "PGDATABASE": "x"},
    ],
    ids=lambda value: " ".join(f"{k}={v[:12]}" for k, v in value.items()) or "nothing",
)
def test_it_starts(environment):
    started = start(**environment)
    assert started.returncode == 0, started.stderr


def ask(expression, **environment):
    code = f"from django.conf import settings; print({expression})"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    return subprocess.run(
        command, cwd=ROOT, env=BARE | environment, capture_output=True, text=True, timeout=60
    ).stdout.strip()


MAIL = "settings.EMAIL_BACKEND.split('.')[-2], settings.EMAIL_HOST, settings.EMAIL_PORT"


def test_mail_goes_to_the_console_on_ones_own_machine_and_to_a_server_in_production():
    assert ask(MAIL) == "console None None"
    assert ask(MAIL, **PRODUCTION) == "smtp localhost 25"
    assert ask(MAIL, **PRODUCTION, EMAIL_URL="smtp+tls://u:p@mail.example:587") == "smtp mail.example 587"
    assert ask("settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER", EMAIL_URL="smtp+tls://u:p@m.example:587") == "True u"


def test_links_in_mails_lead_to_the_first_host_unless_told_otherwise():
    of = "settings.SITE_URL, settings.DEFAULT_FROM_EMAIL"
    assert ask(of) == "http://127.0.0.1:8000 noreply@127.0.0.1"
    assert (
        ask(of, **but(ALLOWED_HOSTS=".tracker.example,b.example")) == "https://tracker.example noreply@tracker.example"
    )
    told = but(SITE_URL="https://www.tracker.example/", MAIL_FROM="us@tracker.example")
    assert ask(of, **told) == "https://www.tracker.example us@tracker.example"


def test_a_sign_in_lasts_for_twelve_hours_and_one_without_a_request_unless_told_otherwise():
    of = "settings.SESSION_SECONDS, settings.SESSION_COOKIE_AGE, settings.REQUIRE_MFA"
    assert ask(of) == "43200 3600 False"
    assert ask(of, SESSION_HOURS="8", SESSION_IDLE_MINUTES="15", REQUIRE_MFA="1") == "28800 900 True"


COOKIES = "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT"


def test_in_production_cookies_and_addresses_are_https_only_and_on_ones_own_machine_not():
    assert ask(COOKIES, **PRODUCTION) == "True True True"
    assert ask(COOKIES) == "False False False"
    names = "settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME"
    assert ask(names, **PRODUCTION) == "__Host-sessionid __Host-csrftoken"


def test_in_production_browsers_keep_to_https_for_a_year_unless_told_otherwise():
    assert ask("settings.SECURE_HSTS_SECONDS", **PRODUCTION) == "31536000"
    assert ask("settings.SECURE_HSTS_SECONDS", **PRODUCTION, HSTS_SECONDS="60") == "60"


def test_without_production_only_this_machine_is_answered():
    assert ask("*settings.ALLOWED_HOSTS") == "localhost 127.0.0.1 [::1]"
    assert ask("settings.DEBUG, settings.PRODUCTION") == "False False"


def test_several_hosts_are_separated_by_commas():
    assert ask("settings.ALLOWED_HOSTS", ALLOWED_HOSTS=" a.example, b.example,") == "['a.example', 'b.example']"


def test_the_proxy_is_trusted_only_where_it_is_said():
    header = "getattr(settings, 'SECURE_PROXY_SSL_HEADER', None)"
    assert ask(header, **PRODUCTION) == "None"
    assert ask(header, **PRODUCTION, TRUST_PROXY="1") == "('HTTP_X_FORWARDED_PROTO', 'https')"
    proxies = "getattr(settings, 'ALLAUTH_TRUSTED_PROXY_COUNT', 0), settings.TRUST_PROXY"
    assert (ask(proxies, **PRODUCTION), ask(proxies, **PRODUCTION, TRUST_PROXY="1")) == ("0 False", "1 True")


def test_a_secret_key_of_ones_own_machine_is_made_once_and_kept_to_its_owner():
    first = ask("settings.SECRET_KEY")
    assert len(first) >= 50
    assert ask("settings.SECRET_KEY") == first
    assert (ROOT / "var" / "secret-key").stat().st_mode & 0o077 == 0
