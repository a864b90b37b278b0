"""The environment: what is missing, misspelt or unreadable stops the start and is named.

The module is run anew in this process for each environment; three starts are real.
"""

import os
import runpy
import secrets
import shlex
import subprocess
import sys
import tempfile
import tomllib
from unittest.mock import patch

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from tests.helpers.installation import ROOT
from tracker import environment as module
from tracker.wsgi import application

PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "only-for-tests:-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "tracker.localhost",
}
# What a machine has anyway: nothing of ours.
BARE = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV") if name in os.environ}


def start(**environment):
    """`manage.py check` in this environment and no other."""
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(command, cwd=ROOT, env=BARE | environment, capture_output=True, text=True, timeout=60)


def settings_in(**environment):
    """All settings as they are in this environment and no other."""
    with patch.dict(os.environ, BARE | environment, clear=True), patch.object(tempfile, "tempdir", tempfile.tempdir):
        return runpy.run_path(str(ROOT / "tracker" / "settings.py"))


def refusal(read, *arguments, **environment):
    """What is said where something cannot be read; nothing where it can."""
    with patch.dict(os.environ, environment):
        try:
            read(*arguments)
        except ImproperlyConfigured as error:
            return str(error)
    return ""


def but(**changed):
    """The environment of an installation in production, with something changed; None leaves it out."""
    return {name: value for name, value in (PRODUCTION | changed).items() if value is not None}


# Real starts


@pytest.mark.processes
@pytest.mark.parametrize("environment", [{}, PRODUCTION], ids=["on one's own machine", "in production"])
def test_it_starts(environment):
    started = start(**environment)
    assert started.returncode == 0, started.stderr


@pytest.mark.processes
def test_it_does_not_start_and_its_last_line_says_what_is_wrong():
    stopped = start(**but(SECRET_KEY=None))
    assert stopped.returncode != 0
    assert "ImproperlyConfigured: SECRET_KEY is not set" in stopped.stderr.strip().splitlines()[-1]


# What each rule takes and refuses


MISSPELT = {
    "ALOWED_HOSTS": "ALLOWED_HOSTS",
    "ALLOWED_HOST": "ALLOWED_HOSTS",
    "SECRET_KEYS": "SECRET_KEY",
    "DATABSE_URL": "DATABASE_URL",
    "DATABASE_URI": "DATABASE_URL",
    "Debug": "DEBUG",
    "production": "PRODUCTION",
    "PRODUCTON": "PRODUCTION",
    "HSTS_SECOND": "HSTS_SECONDS",
    "TRUST_PROXI": "TRUST_PROXY",
    "API_PER_MINUT": "API_PER_MINUTE",
    "REQUIRE_2MFA": "REQUIRE_MFA",
}


def test_a_name_that_is_nearly_ours_is_refused_with_the_right_one():
    for name, ours in MISSPELT.items():
        message = f"{name} is not a setting. Did you mean {ours}? Rename it or remove it."
        assert refusal(module.refuse_misspelt, [name]) == message


def test_names_that_others_use_and_that_are_near_enough_to_be_read_twice_are_let_alone():
    others = ["HOSTNAME", "SECRET", "DATABASE", "PRODUCT", "EDITOR", "PGDATABASE", *module.SETTINGS]
    assert refusal(module.refuse_misspelt, others) == ""


def test_yes_and_no_may_be_said_in_these_ways_and_in_no_other():
    ways = {True: ("1", "yes", "On ", "true"), False: ("0", "no", "off", "False", "", " ")}
    for meant, texts in ways.items():
        for text in texts:
            with patch.dict(os.environ, DEBUG=text):
                assert module.switch("DEBUG") is meant
    for text in ("maybe", "2", "x-forwarded-proto"):
        assert refusal(module.switch, "DEBUG", DEBUG=text) == f"DEBUG is {text!r}: write 1 or 0."


def test_a_number_is_whole_and_not_below_the_least():
    for text in ("soon", "-1", "1.5", "1e3", ""):
        message = refusal(module.whole_number, "LOG_DAYS", 0, LOG_DAYS=text)
        assert message == f"LOG_DAYS is {text!r}: write a whole number."
    assert "write a whole number from 5 up" in refusal(module.whole_number, "LOG_DAYS", 60, 5, LOG_DAYS="4")
    with patch.dict(os.environ, LOG_DAYS=" 5 "):
        assert module.whole_number("LOG_DAYS", 60, 5) == 5


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hunter2@host/name",
        "oracle://u:hunter2@host/name",
        "postgre://u:hunter2@host/name",
        "postgresql://u:hunter2@host:port/name",
        "postgresql://",
        "nonsense",
        "/var/lib/tracker.sqlite3",
    ],
)
def test_a_database_that_is_none_of_the_two_is_refused_and_its_password_not_repeated(url):
    message = refusal(module.database, url)
    assert message.startswith("DATABASE_URL cannot be ")
    assert module.SETTINGS["DATABASE_URL"] in message
    assert "hunter2" not in message


@pytest.mark.parametrize("url", ["sqlite:///x", "nonsense"])
def test_a_replica_is_a_postgresql(url):
    assert refusal(module.replica, url).startswith("REPLICA_URL cannot be ")


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://u:hunter2@mail.example:port",
        "mail://u:hunter2@mail.example",
    ],
)
def test_a_mail_server_that_is_none_is_refused_and_its_password_not_repeated(url):
    message = refusal(module.mail_server, url)
    assert (message.startswith("EMAIL_URL "), "smtp+tls://" in message, "hunter2" in message) == (True, True, False)


KEY = PRODUCTION["SECRET_KEY"]
WEAK = {
    "WRITE-YOUR-OWN": "is an example's",
    f"WRITE YOUR OWN {KEY}": "is an example's",
    f"django-insecure-{KEY}": "is an example's",
    f"change_me_{KEY}": "is an example's",
    KEY[:49]: "has fewer than 50 characters",
    f"{KEY[:30]}{' ' * 40}": "has fewer than 50 characters",
    "k" * 60: "is made of a few characters over and over",
    "0123456789abcdef" * 5: "is made of a few characters over and over",
    "Not-that-short" * 5: "is made of a few characters over and over",
    "abcdefghi" + "a" * 60: "is made of a few characters over and over",
}


@pytest.mark.parametrize("key", WEAK, ids=range(len(WEAK)))
def test_production_refuses_a_key_that_somebody_could_guess_and_does_not_repeat_it(key):
    said = refusal(lambda: settings_in(**but(SECRET_KEY=key)))
    assert said.startswith(f"SECRET_KEY {WEAK[key]}. Whoever knows it can sign in as anybody. Make one: python3 ")
    assert key.strip() not in said
    assert settings_in(SECRET_KEY=key)["SECRET_KEY"] == key  # on one's own machine it is one's own business


def test_the_placeholder_of_our_own_example_is_refused():
    [line] = [line for line in (ROOT / "docs/deploy/tracker.env").read_text().splitlines() if "SECRET_KEY=" in line]
    assert "is an example's" in refusal(module.refuse_weak_key, line.partition("=")[2])


@pytest.mark.parametrize("make", [secrets.token_urlsafe, secrets.token_hex, get_random_secret_key])
def test_what_people_make_keys_with_is_taken(make):
    keys = [make() if make is get_random_secret_key else make(60) for _ in range(200)]
    assert [key for key in keys if refusal(module.refuse_weak_key, key)] == []
    assert refusal(module.refuse_weak_key, secrets.token_hex(32)) == ""


def path_of(url):
    return module.database(url)["NAME"]


def test_a_database_in_a_folder_of_any_name_is_found_by_its_address():
    assert path_of("sqlite:////srv/a%23b/c%3Fd/e%2525f/one.sqlite3") == "/srv/a#b/c?d/e%25f/one.sqlite3"
    assert path_of("sqlite:////srv/a%2523b/one.sqlite3?mode=ro") == "file:/srv/a%2523b/one.sqlite3?mode=ro"


@pytest.mark.parametrize("folder", ["a#b", "a?b", "a?b=c", "a#?mode=ro"])
def test_an_address_that_would_mean_another_file_than_it_seems_to_is_refused(folder):
    said = refusal(module.database, f"sqlite:////srv/{folder}/one.sqlite3")
    assert said == "DATABASE_URL cannot be used. In a path write # as %23, ? as %3F and % as %25."


@pytest.mark.parametrize("folder", ["a#b", "a?b", "a%25b", "a+b", "a b", "a%23b"])
def test_our_own_database_is_under_var_whatever_the_folder_is_called(monkeypatch, tmp_path, folder):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    file = tmp_path / folder / "var" / "tracker.sqlite3"
    assert module.main_database(file)["NAME"] == str(file)


LOOSE = {
    "postgres:/x": "DATABASE_URL names no server.",
    "postgresql:tracker": "DATABASE_URL names no server.",
    "sqlite:": "DATABASE_URL names no file.",
    "sqlite://": "DATABASE_URL names no file.",
    "sqlite:/var/lib/x": "DATABASE_URL names no file.",
    "sqlite://:memory:": "DATABASE_URL names no file.",
    "sqlite:///:memory:": "DATABASE_URL names no file.",
    "sqlite:///?mode=ro": "DATABASE_URL names no file.",
}


@pytest.mark.parametrize("url", LOOSE)
def test_a_database_whose_server_or_file_would_be_guessed_or_gone_with_the_process_is_refused(url):
    assert refusal(module.database, url).startswith(LOOSE[url])


def test_a_database_that_depends_on_where_one_stands_is_refused_in_production_alone():
    said = refusal(lambda: settings_in(**but(DATABASE_URL="sqlite:///tracker.sqlite3")))
    assert said.startswith("DATABASE_URL names a file below the folder in which a command is started.")
    assert settings_in(DATABASE_URL="sqlite:///tracker.sqlite3")["DATABASES"]["default"]["NAME"] == "tracker.sqlite3"


# Names that let in any host, or can match none


@pytest.mark.parametrize(
    "hosts",
    [
        "*",
        ".",
        ".hk",
        "*.gov.hk",
        "tracker.gov.hk,*",
        "https://tracker.gov.hk",
        "tracker.gov.hk:443",
        "a.hk/x",
        "a.hk b.hk",
    ],
)
def test_hosts_that_let_in_any_name_or_none_are_refused_with_the_one_that_is_wrong(hosts):
    said = refusal(lambda: settings_in(**but(ALLOWED_HOSTS=hosts)))
    assert said.startswith(f"ALLOWED_HOSTS holds {hosts.split(',')[-1]!r}. Write each name")


# What an example says

EXAMPLES = {
    "ALLOWED_HOSTS": "pledges.hk,tracker.example",
    "SITE_URL": "https://www.example.com",
    "DATABASE_URL": "postgresql://tracker:hunter2@db.example.org:5432/tracker",
    "REPLICA_URL": "postgresql://tracker:hunter2@replica.invalid/tracker",
    "CACHE_URL": "redis://:hunter2@redis.example:6379/0",
    "EMAIL_URL": "smtp+tls://u:hunter2@mail.example.com:587",
    "MAIL_FROM": "noreply@tracker.example",
    "CONTACT": "https://tracker.example/contact",
    "PUBLISHER": "WRITE-WHO-ANSWERS-FOR-IT",
    "SITE_NAME": "Change me",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_production_refuses_what_stands_in_an_example_names_the_setting_and_repeats_no_password(name):
    said = refusal(lambda: settings_in(**but(**{name: EXAMPLES[name]})))
    assert said.startswith(f"{name} ")
    assert f"Write your own: {module.SETTINGS[name]}." in said
    assert "hunter2" not in said


def test_a_password_that_was_not_written_is_refused():
    said = refusal(
        lambda: settings_in(**but(DATABASE_URL="postgresql://tracker:WRITE-YOUR-OWN@127.0.0.1:5432/tracker"))
    )
    assert said.startswith("DATABASE_URL holds what stands in an example.")


def test_of_our_own_example_every_line_that_must_be_changed_is_refused_until_it_is():
    lines = [line for line in (ROOT / "docs/deploy/tracker.env").read_text().splitlines() if line[0] != "#"]
    example = dict(shlex.split(line)[0].split("=", 1) for line in lines)
    own = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": "pledges.hk", "SITE_URL": "https://pledges.hk"}
    own |= {"DATABASE_URL": "postgresql://tracker:p@127.0.0.1:5432/tracker", "MAIL_FROM": "noreply@pledges.hk"}
    own |= {"PUBLISHER": "The office", "CONTACT": "pledges@pledges.hk"}
    for name in own:
        assert refusal(lambda name=name: settings_in(**example | own | {name: example[name]})).startswith(f"{name} ")
    assert settings_in(**example | own)["PUBLISHER"] == "The office"


def test_words_that_only_look_like_an_examples_are_taken():
    for contact in ("records@for-example.hk", "https://example.gov.hk/contact", "For example, write to us@pledges.hk"):
        assert settings_in(**but(CONTACT=contact))["CONTACT"] == contact


# The address in mails


def test_production_refuses_an_address_that_is_not_answered_or_has_no_tls():
    said = refusal(lambda: settings_in(**but(SITE_URL="https://other.localhost")))
    assert said == "SITE_URL leads to other.localhost, which is none of ALLOWED_HOSTS (tracker.localhost). Write one."
    assert refusal(lambda: settings_in(**but(SITE_URL="http://tracker.localhost"))).endswith("it begins with https://.")


# Under a path


@pytest.mark.parametrize("environment", [{}, PRODUCTION], ids=["on one's own machine", "in production"])
def test_under_a_path_it_does_not_start_and_says_what_to_do(environment):
    said = refusal(lambda: settings_in(**environment, SCRIPT_NAME="/tracker"))
    assert said.startswith("SCRIPT_NAME is '/tracker': the tracker works at the root of a host name only")
    assert "give the tracker a name of its own (ALLOWED_HOSTS, SITE_URL)" in said


def test_under_a_path_that_only_a_proxy_names_there_is_no_answer_but_that(caplog):
    begun = []
    asked = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "/tracker", "PATH_INFO": "/"}
    answer = b"".join(application(asked, lambda *told: begun.append(told)))
    assert begun[0][0] == "500 Internal Server Error"
    assert answer.startswith(b"The tracker works at the root of a host name only")
    assert "A proxy sent SCRIPT_NAME '/tracker'" in caplog.text


# A key that is being changed


def test_keys_that_are_taken_beside_it_must_be_as_good_as_it():
    new = secrets.token_urlsafe(60)
    assert settings_in(**but(SECRET_KEY_FALLBACKS=f" {new}, "))["SECRET_KEY_FALLBACKS"] == [new]
    assert settings_in(**PRODUCTION)["SECRET_KEY_FALLBACKS"] == []
    for weak, wrong in WEAK.items():
        said = refusal(lambda weak=weak: settings_in(**but(SECRET_KEY_FALLBACKS=f"{new},{weak}")))
        assert said.startswith(f"SECRET_KEY_FALLBACKS {wrong}.")
        assert weak.strip() not in said


def test_the_address_of_an_installation_is_a_scheme_and_a_host_and_no_more():
    wrong = ["tracker.example", "https://", "ftp://tracker.example", "https://*", "https://tracker.example/commitments"]
    wrong.append("https://tracker.example?x")
    for text in wrong:
        assert refusal(module.site_url, text) == f"SITE_URL is {text!r}. Write {module.SETTINGS['SITE_URL']}"
    assert module.site_url(" https://tracker.example/ ") == "https://tracker.example"


# Where each rule is asked


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        # In production these two must be given.
        (but(SECRET_KEY=""), "SECRET_KEY is not set"),
        (but(SECRET_KEY="  "), "SECRET_KEY is not set"),
        (but(SECRET_KEY="k" * 60), "SECRET_KEY is made of a few"),
        (but(ALLOWED_HOSTS=None), "ALLOWED_HOSTS is not set"),
        (but(ALLOWED_HOSTS=" , "), "ALLOWED_HOSTS is not set"),
        (but(ALLOWED_HOSTS=None, ALLOWED_HOST="x"), "ALLOWED_HOST is not a setting"),
        # The two together show settings to the public.
        (but(DEBUG="1"), "DEBUG cannot be 1 in production"),
        (but(ALLOWED_HOSTS="*"), "ALLOWED_HOSTS holds '*'"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL cannot be read"),
        ({"REPLICA_URL": "sqlite:///x"}, "REPLICA_URL cannot be used"),
        ({"CACHE_URL": "memcache://x"}, "CACHE_URL cannot be used"),
        ({"EMAIL_URL": "smtp://"}, "EMAIL_URL names no host"),
        ({"SITE_URL": "tracker.example"}, "SITE_URL is 'tracker.example'"),
        ({"MAIL_FROM": "Tracker"}, "MAIL_FROM is 'Tracker': write an e-mail address."),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is 'xml': write json or line."),
    ],
)
def test_what_is_wrong_stops_the_start_and_is_named(environment, named):
    assert named in refusal(lambda: settings_in(**environment))


SWITCHES = ("PRODUCTION", "DEBUG", "TRUST_PROXY", "REQUIRE_MFA", "FOUR_EYES")
LEAST = {"HSTS_SECONDS": 0, "STATEMENT_SECONDS": 0, "SLOW_QUERY_MS": 0, "LOG_DAYS": 0, "SESSION_HOURS": 1}
LEAST |= {"SESSION_IDLE_MINUTES": 5, "API_PER_MINUTE": 1, "SEARCHES_PER_MINUTE": 1, "EXPORTS_PER_MINUTE": 1}


def test_every_switch_and_every_number_is_read_by_its_rule():
    messages = {name: refusal(lambda name=name: settings_in(**{name: "maybe"})) for name in SWITCHES}
    assert messages == {name: f"{name} is 'maybe': write 1 or 0." for name in SWITCHES}
    messages = {name: refusal(lambda name=name: settings_in(**{name: str(LEAST[name] - 1)})) for name in LEAST}
    up = {name: f" from {least} up" if least else "" for name, least in LEAST.items()}
    assert messages == {n: f"{n} is '{least - 1}': write a whole number{up[n]}." for n, least in LEAST.items()}
    assert all(settings_in(**{name: str(least)}) for name, least in LEAST.items())


@pytest.mark.parametrize(
    "environment",
    [
        but(DEBUG="0", TRUST_PROXY="yes", HSTS_SECONDS="0"),
        but(DATABASE_URL="postgresql://u:p@host:5432/name", REPLICA_URL="postgresql://u:p@other:5432/name"),
        {"PRODUCTION": "0", "DEBUG": "1", "DATABASE_URL": ""},
        but(
            REQUIRE_MFA="1", SESSION_HOURS="8", SESSION_IDLE_MINUTES="30", EMAIL_URL="smtp+tls://u:p@mail.localhost:587"
        ),
        but(
            ALLOWED_HOSTS=".pledges.hk,127.0.0.1,[::1]",
            SITE_URL="https://www.pledges.hk/",
            MAIL_FROM="Us <us@pledges.hk>",
        ),
        {"PUBLISHER": "Nobody", "CONTACT": "nobody@tracker.example", "HOSTNAME": "x", "SECRET": "x"},
    ],
)
def test_what_is_right_is_taken(environment):
    assert settings_in(**environment)["VERSION"]


# What the settings come to


def mail(**environment):
    configuration = settings_in(**environment)
    return (
        configuration["MAIL_DELIVERY_BACKEND"].split(".")[-2],
        configuration["EMAIL_HOST"],
        configuration["EMAIL_PORT"],
    )


def test_mail_goes_to_the_console_on_ones_own_machine_and_to_a_server_in_production():
    assert mail() == ("console", None, None)
    assert mail(**PRODUCTION) == ("smtp", "localhost", 25)
    assert mail(**but(EMAIL_URL="smtp+tls://u:p@mail.localhost:587")) == ("smtp", "mail.localhost", 587)
    configuration = settings_in(EMAIL_URL="smtp+tls://u:p@m.example:587")
    assert (configuration["EMAIL_USE_TLS"], configuration["EMAIL_HOST_USER"]) == (True, "u")
    assert configuration["EMAIL_BACKEND"] == "commitments.workflow.outbox.OutboxBackend"


def values(*names, **environment):
    configuration = settings_in(**environment)
    return tuple(configuration.get(name) for name in names)


def test_links_in_mails_lead_to_the_first_host_unless_told_otherwise():
    of = ("SITE_URL", "DEFAULT_FROM_EMAIL")
    assert values(*of) == ("http://127.0.0.1:8000", "noreply@127.0.0.1")
    first = values(*of, **but(ALLOWED_HOSTS=".pledges.localhost,b.localhost"))
    assert first == ("https://pledges.localhost", "noreply@pledges.localhost")
    environment = but(
        ALLOWED_HOSTS=".pledges.localhost", SITE_URL="https://www.pledges.localhost/", MAIL_FROM="us@b.localhost"
    )
    assert values(*of, **environment) == ("https://www.pledges.localhost", "us@b.localhost")


def test_a_sign_in_lasts_for_twelve_hours_and_one_without_a_request_unless_told_otherwise():
    of = ("SESSION_SECONDS", "SESSION_COOKIE_AGE", "REQUIRE_MFA")
    assert values(*of) == (43_200, 3_600, False)
    assert values(*of, SESSION_HOURS="8", SESSION_IDLE_MINUTES="15", REQUIRE_MFA="1") == (28_800, 900, True)


NAMES = ("SITE_NAME", "SITE_NAME_ZH_HANT", "SITE_NAME_ZH_HANS")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ((), ("Hong Kong–Shanghai Pledge Record", "滬港承諾錄", "沪港承诺录")),
        (("Our Record",), ("Our Record", "Our Record", "Our Record")),
        (("Our Record", "承諾錄", " "), ("Our Record", "承諾錄", "Our Record")),
        (("", "承諾錄"), ("Hong Kong–Shanghai Pledge Record", "承諾錄", "沪港承诺录")),
    ],
)
def test_the_site_has_a_name_in_each_language_and_ours_go_together(given, names):
    configuration = settings_in(**dict(zip(NAMES, given, strict=False)))
    assert tuple(configuration["SITE_NAMES"].values()) == names
    assert configuration["SPECTACULAR_SETTINGS"]["TITLE"] == names[0]


def test_a_name_of_several_lines_is_refused():
    for name in NAMES:
        said = refusal(lambda name=name: settings_in(**{name: "Our\nRecord"}))
        assert said == f"{name} is 'Our\\nRecord': write one line of text."


def test_in_production_cookies_and_addresses_are_https_only_and_on_ones_own_machine_not():
    of = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    assert values(*of, **PRODUCTION) == (True, True, True)
    assert not any(values(*of))
    names = values("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", **PRODUCTION)
    assert names == ("__Host-sessionid", "__Host-csrftoken")


def test_in_production_browsers_keep_to_https_for_a_year_unless_told_otherwise():
    assert values("SECURE_HSTS_SECONDS", **PRODUCTION) == (31_536_000,)
    assert values("SECURE_HSTS_SECONDS", **PRODUCTION, HSTS_SECONDS="60") == (60,)


def test_without_production_only_this_machine_is_answered():
    assert values("ALLOWED_HOSTS", "DEBUG", "PRODUCTION") == (["localhost", "127.0.0.1", "[::1]"], False, False)


def test_several_hosts_are_separated_by_commas():
    assert values("ALLOWED_HOSTS", ALLOWED_HOSTS=" a.example, b.example,") == (["a.example", "b.example"],)


def test_the_proxy_is_trusted_only_where_it_is_said():
    of = ("SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT", "TRUST_PROXY")
    assert values(*of, **PRODUCTION) == (None, None, False)
    assert values(*of, **PRODUCTION, TRUST_PROXY="1") == (("HTTP_X_FORWARDED_PROTO", "https"), 1, True)


def test_logs_are_json_in_production_and_lines_on_ones_own_machine():
    assert (values("LOG_FORMAT"), values("LOG_FORMAT", **PRODUCTION)) == (("line",), ("json",))
    assert values("LOG_FORMAT", **PRODUCTION, LOG_FORMAT="line") == ("line",)


def test_a_secret_key_of_ones_own_machine_is_made_once_and_kept_to_its_owner(tmp_path):
    path = tmp_path / "var" / "secret-key"
    first = module.local_secret_key(path)
    assert len(first) >= 50
    assert module.local_secret_key(path) == first
    assert path.stat().st_mode & 0o077 == 0
    assert values("SECRET_KEY", SECRET_KEY="") == ((ROOT / "var" / "secret-key").read_text(),)


def test_a_secret_key_that_a_full_disk_left_empty_is_noticed_and_made_anew(tmp_path):
    path = tmp_path / "secret-key"
    path.touch()
    assert len(module.local_secret_key(path)) >= 50
    assert path.read_text() == module.local_secret_key(path)


def test_a_secret_key_that_cannot_be_kept_stops_the_start_and_is_named(tmp_path):
    (tmp_path / "file").touch()
    said = refusal(module.local_secret_key, tmp_path / "file" / "secret-key")
    assert said == "var/secret-key cannot be read or written: Not a directory."


@pytest.mark.parametrize("setting", ["SITE_NAME", "PUBLISHER", "CONTACT", "LOG_DAYS", "SECRET_KEY"])
def test_public_answers_are_known_by_the_version_and_by_each_setting(monkeypatch, setting):
    before = values("MADE_BY")
    assert values("MADE_BY") == before
    assert values("MADE_BY", **{setting: "7"}) != before
    monkeypatch.setattr(tomllib, "loads", lambda _text: {"project": {"version": "99.0"}})
    assert values("MADE_BY") != before


@pytest.mark.processes
@pytest.mark.parametrize("program", ["manage", "tracker.wsgi", "django"])
def test_whatever_starts_writes_for_its_owner_alone(program):
    code = {
        "manage": "import sys; sys.argv = ['manage.py', 'version']; from manage import main; main()",
        "tracker.wsgi": "import tracker.wsgi",
        "django": "import django; django.setup()",
    }[program]
    environment = BARE | {"DJANGO_SETTINGS_MODULE": "tracker.settings"}
    command = [sys.executable, "-c", f"{code}; import os; print(oct(os.umask(0)))"]
    done = subprocess.run(command, cwd=ROOT, env=environment, umask=0o022, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "0o77", done.stderr
