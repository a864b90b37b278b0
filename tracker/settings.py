"""All settings. The environment overrides the defaults; a mistake there stops the start and is named.

Without PRODUCTION=1 the tracker runs for one person on one machine: SQLite under `var/`, answers to
loopback names only, a secret key made on the first start. With PRODUCTION=1 the secret key and the
allowed hosts must be given, and cookies and addresses are HTTPS only.
"""

import difflib
import os
import re
import secrets
import tomllib
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from commitments.ops.private_files import keep_database_to_owner, keep_private, kept_secret
from commitments.web.request_log import add_request_id

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

# Every name that may stand in the environment, and what it is for (the README lists them too).
SETTINGS = {
    "PRODUCTION": "1 when the public can reach this installation",
    "DEBUG": "1 for developers only",
    "SECRET_KEY": "50 characters or more, random; needed in production",
    "SECRET_KEY_FALLBACKS": "keys that are taken beside SECRET_KEY while it is being changed, separated by commas",
    "ALLOWED_HOSTS": "host names, separated by commas; needed in production",
    "DATABASE_URL": "sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME",
    "REPLICA_URL": "postgresql://… of a streaming replica, from which the public is answered while it is there",
    "STATEMENT_SECONDS": "how long one question of a public page may keep PostgreSQL busy; 15 by default, 0: any time",
    "CACHE_URL": "redis://HOST:PORT/NUMBER, where several servers share the public answers that they keep",
    "TRUST_PROXY": "1 behind a proxy that sets X-Forwarded-Proto and X-Forwarded-For itself",
    "HSTS_SECONDS": "how long browsers keep to HTTPS; one year by default",
    "SITE_NAME": "what the site is called in English; Hong Kong–Shanghai Pledge Record by default",
    "SITE_NAME_ZH_HANT": "the same in Traditional Chinese; without it 滬港承諾錄, or SITE_NAME where that is given",
    "SITE_NAME_ZH_HANS": "the same in Simplified Chinese; without it 沪港承诺录, or SITE_NAME where that is given",
    "PUBLISHER": "who answers for the tracker, as the public pages name them",
    "CONTACT": "address for corrections and complaints, as the public pages show it",
    "FOUR_EYES": "1 where nothing is put on record by one person alone",
    "LOG_DAYS": "for how many days the servers in front keep logs of visits, as the privacy statement says; 0: none",
    "LOG_FORMAT": "json or line; json in production, line otherwise",
    "SLOW_QUERY_MS": "a query that takes so many milliseconds is logged; 500 by default, 0: none is",
    "REQUIRE_MFA": "1 where staff must have a second factor",
    "SESSION_IDLE_MINUTES": "after how many minutes without a request staff must sign in again; 60 by default",
    "SESSION_HOURS": "for how many hours a sign-in lasts at most; 12 by default",
    "API_PER_MINUTE": "how many requests a minute the API answers one network address, each worker; 120 by default",
    "SEARCHES_PER_MINUTE": "how many searches a minute one network address is answered, each worker; 60 by default",
    "EXPORTS_PER_MINUTE": "how many files a minute one network address is sent, each worker; 20 by default",
    "WORK_SECONDS_PER_MINUTE": "how many seconds of processor time a minute newly made public answers to one network "
    "may take, each worker; 20 by default",
    "EMAIL_URL": "smtp://HOST:PORT, smtp+tls://USER:PASSWORD@HOST:PORT, smtp+ssl://… or consolemail://",
    "MAIL_FROM": "the address that mails come from",
    "SITE_URL": "https://HOST, without a path: where the links in mails lead",
}

DEFAULT_SITE_NAMES = {
    "SITE_NAME": "Hong Kong–Shanghai Pledge Record",
    "SITE_NAME_ZH_HANT": "滬港承諾錄",
    "SITE_NAME_ZH_HANS": "沪港承诺录",
}


# A key: the fewest characters, the fewest different ones (hexadecimal digits alone have 16), and the fewest bytes that
# a packer makes of it: of one piece over and over it makes less. What examples write in its place is in many lists.
KEY_LENGTH, KEY_VARIETY, KEY_PACKED = 50, 10, 40
PLACEHOLDERS = (
    *("writeyourown", "writewhoanswers", "changeme", "changethis", "replaceme", "placeholder"),
    *("djangoinsecure", "yoursecret"),
)
# Names that stand in examples and can never be anybody's (RFC 2606), wherever they stand in a value.
EXAMPLE_NAME = re.compile(
    r"(?<![\w.-])(?:(?:[\w-]+\.)*example\.(?:com|net|org)|(?:[\w-]+\.)+(?:example|invalid))(?![\w.-])", re.IGNORECASE
)
NAMED_HOSTS = (
    "ALLOWED_HOSTS",
    "SITE_URL",
    "DATABASE_URL",
    "REPLICA_URL",
    "CACHE_URL",
    "EMAIL_URL",
    "MAIL_FROM",
    "CONTACT",
)
# What a request's Host can be compared with: a name, or with a dot before it all names below it; or a network address.
HOST_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|(?:\.[a-z0-9_-]+){2,}|\[[0-9a-f:.]+\]", re.IGNORECASE)


def refuse_misspelt(names: list[str]) -> None:
    """Raise ImproperlyConfigured where a variable is nearly, but not quite, one of ours."""
    for name in names:
        matches = difflib.get_close_matches(name.upper(), SETTINGS, n=1, cutoff=0.88)
        if matches and name not in SETTINGS:
            raise ImproperlyConfigured(f"{name} is not a setting. Did you mean {matches[0]}? Rename it or remove it.")


def switch(name: str) -> bool:
    """A yes or no from the environment; anything else is an error (environ would take it for no)."""
    text = os.environ.get(name, "0").strip().lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off", ""):
        return False
    raise ImproperlyConfigured(f"{name} is {text!r}: write 1 or 0.")


def whole_number(name: str, default: int, least: int = 0) -> int:
    """A whole number from the environment, not below `least`."""
    text = os.environ.get(name, str(default)).strip()
    if not text.isdecimal() or int(text) < least:
        raise ImproperlyConfigured(f"{name} is {text!r}: write a whole number{f' from {least} up' if least else ''}.")
    return int(text)


def site_names() -> dict[str, str]:
    """What the site is called, by language; raises ImproperlyConfigured for a name of several lines.

    Our own Chinese names go with our own English one: beside another they would name another site.
    """
    given = {name: os.environ.get(name, "").strip() for name in DEFAULT_SITE_NAMES}
    for name, text in given.items():
        if not text.isprintable():
            raise ImproperlyConfigured(f"{name} is {text!r}: write one line of text.")
    if given["SITE_NAME"]:
        names = {name: text or given["SITE_NAME"] for name, text in given.items()}
    else:
        names = {name: text or DEFAULT_SITE_NAMES[name] for name, text in given.items()}
    return {
        "en-gb": names["SITE_NAME"],
        "zh-hant": names["SITE_NAME_ZH_HANT"],
        "zh-hans": names["SITE_NAME_ZH_HANS"],
    }


def database(url: str, name: str = "DATABASE_URL", patience: int = 5) -> dict[str, Any]:
    """Django's database settings for a URL; raises ImproperlyConfigured for anything but our two.

    `patience`: after how many seconds without a sign of life a server is taken to be gone.
    """
    if url.startswith("sqlite:"):
        refuse_cut_off(url, name)
    refuse_incomplete(url, name)
    try:
        parsed: dict[str, Any] = dict(environ.Env.db_url_config(url))
        engine = parsed.get("ENGINE", "").rpartition(".")[2]
    except Exception as error:
        raise ImproperlyConfigured(f"{name} cannot be read ({error}). {SETTINGS[name]}") from error
    if engine not in ("sqlite3", "postgresql") or not parsed.get("NAME"):
        raise ImproperlyConfigured(f"{name} cannot be used. Write {SETTINGS[name]}")
    # To connect takes longer than a kept answer does: SQLite, too, reads all tables and triggers first.
    parsed["CONN_MAX_AGE"] = 60
    if engine == "sqlite3":
        if parsed.get("OPTIONS", {}).get("mode") == "ro":  # for verifying what nobody may write to
            parsed["NAME"] = f"file:{quote(str(parsed['NAME']))}?mode=ro"
        parsed |= sqlite_database(parsed["NAME"])
    else:
        options = {
            "options": "-c jit=off",  # compiling a page's query takes longer than running it
            # A machine that is off refuses nothing: without these its silence would be waited out for minutes.
            "connect_timeout": patience,
            "tcp_user_timeout": 1000 * patience,
            "keepalives_idle": patience,
        }
        options |= parsed.get("OPTIONS", {})
        parsed |= {"CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    return parsed


def refuse_cut_off(url: str, name: str) -> None:
    """Raise ImproperlyConfigured where a path would end at a `#`, or at a `?` that begins no option."""
    options = url.partition("?")[2]
    if "#" in url or "/" in options or (options and not all("=" in option for option in options.split("&"))):
        raise ImproperlyConfigured(f"{name} cannot be used. In a path write # as %23, ? as %3F and % as %25.")


def refuse_incomplete(url: str, name: str) -> None:
    """Raise ImproperlyConfigured where a database's address leaves out what would then be guessed.

    Without the slashes a host is read as nothing, and a file as one in memory, which is gone with the process.
    """
    scheme, _colon, rest = url.partition(":")
    if scheme == "sqlite" and not re.fullmatch(r"///[^?].*", rest.replace("/:memory:", "")):
        raise ImproperlyConfigured(f"{name} names no file. Write sqlite:////PATH, with the path from the root on.")
    if scheme == "sqlite" and PRODUCTION and not rest.startswith("////"):
        raise ImproperlyConfigured(
            f"{name} names a file below the folder in which a command is started. Write sqlite:////PATH, from the root."
        )
    if scheme in ("postgres", "postgresql", "pgsql") and not rest.startswith("//"):
        raise ImproperlyConfigured(f"{name} names no server. Write {SETTINGS[name]}")


def sqlite_database(file: Path | str) -> dict[str, Any]:
    """Django's settings for a file, by its path, which may hold anything, or by a URI (`file:`)."""
    return {
        "ENGINE": "tracker.sqlite",
        "NAME": str(file),
        "TEST": {"NAME": ":memory:"},
        "CONN_MAX_AGE": 60,
        # A publication is on the disk before it is called recorded (FULL), writers queue instead of
        # failing half-way (IMMEDIATE, 20 s), in turn (tracker.sqlite), and readers never wait (WAL).
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
        },
    }


def main_database() -> dict[str, Any]:
    """That of DATABASE_URL, else a file under `var/`; what is SQLite's is its owner's alone from now on.

    Our own file by its path: in an address the `#`, `?` or `%` of a folder's name would mean something else.
    """
    url = os.environ.get("DATABASE_URL")
    parsed = database(url) if url else sqlite_database(VAR_DIR / "tracker.sqlite3")
    if parsed["ENGINE"] == "tracker.sqlite" and not parsed["NAME"].startswith("file:"):
        keep_database_to_owner(Path(parsed["NAME"]))
    return parsed


def replica(url: str) -> dict[str, Any]:
    """The same of a replica's URL. Nobody waits long for one that is gone: its primary answers, too."""
    parsed = database(url, "REPLICA_URL", patience=2)
    if parsed["ENGINE"] == "tracker.sqlite":
        raise ImproperlyConfigured(f"REPLICA_URL cannot be used. Write {SETTINGS['REPLICA_URL']}")
    return parsed | {"TEST": {"MIRROR": "default"}}


def pages(url: str) -> dict[str, Any]:
    """The cache of public answers: Redis where its URL is given, else each worker's memory, of 32 MB at most."""
    if not url:
        options: dict[str, Any] = {"MAX_ENTRIES": 256}
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages", "OPTIONS": options}
    parts = urlsplit(url)
    if parts.scheme not in ("redis", "rediss", "unix") or not (
        parts.path if parts.scheme == "unix" else parts.hostname
    ):
        raise ImproperlyConfigured(f"CACHE_URL cannot be used. Write {SETTINGS['CACHE_URL']}")
    # Without Redis every answer is made anew, and nobody waits long for it. Answers are never unpickled.
    options = {
        "IGNORE_EXCEPTIONS": True,
        "SERIALIZER": "django_redis.serializers.msgpack.MSGPackSerializer",
        "SOCKET_CONNECT_TIMEOUT": 0.25,
        "SOCKET_TIMEOUT": 0.25,
    }
    return {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "KEY_PREFIX": "tracker", "OPTIONS": options}


def mail_server(url: str) -> dict[str, Any]:
    """Django's EMAIL_… settings for a URL; raises ImproperlyConfigured for what is none, without repeating it."""
    try:
        parsed: dict[str, Any] = environ.Env.email_url_config(url)
    except Exception as error:
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read. Write {SETTINGS['EMAIL_URL']}") from error
    if parsed["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not parsed["EMAIL_HOST"]:
        raise ImproperlyConfigured(f"EMAIL_URL names no host. Write {SETTINGS['EMAIL_URL']}")
    return {name: value for name, value in parsed.items() if name.startswith("EMAIL_")}


def site_url(text: str) -> str:
    """The installation's address without a slash at its end; raises ImproperlyConfigured for anything but that."""
    parts = urlsplit(text.strip().rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or "*" in parts.netloc:
        raise ImproperlyConfigured(f"SITE_URL is {text!r}. Write {SETTINGS['SITE_URL']}")
    return parts.geturl()


def local_secret_key() -> str:
    """The key of an installation that is not in production, made once and kept under `var/`.

    Made anew where the file is broken; raises ImproperlyConfigured where it can be neither read nor written.
    """
    path = VAR_DIR / "secret-key"
    try:
        return kept_secret(path, lambda: secrets.token_urlsafe(KEY_LENGTH), KEY_LENGTH)
    except OSError as error:
        raise ImproperlyConfigured(f"var/{path.name} cannot be read or written: {error.strerror or error}.") from error


def refuse_weak_key(key: str, name: str = "SECRET_KEY") -> None:
    """Raise ImproperlyConfigured for a key that somebody could guess; the key is not repeated."""
    letters = "".join(character for character in key.casefold() if character.isalnum())
    if any(placeholder in letters for placeholder in PLACEHOLDERS):
        wrong = "is an example's"
    elif len(key) < KEY_LENGTH:
        wrong = f"has fewer than {KEY_LENGTH} characters"
    elif len(set(key)) < KEY_VARIETY or len(zlib.compress(key.encode(errors="replace"), 9)) < KEY_PACKED:
        wrong = "is made of a few characters over and over"
    else:
        return
    make = "python3 -c 'import secrets; print(secrets.token_urlsafe(60))'"
    raise ImproperlyConfigured(f"{name} {wrong}. Whoever knows it can sign in as anybody. Make one: {make}")


def refuse_placeholders() -> None:
    """Raise ImproperlyConfigured for the first setting that says what an example does, without a password."""
    for name in (name for name in SETTINGS if not name.startswith("SECRET_KEY")):  # those have a rule of their own
        value = os.environ.get(name, "")
        letters = "".join(character for character in value.casefold() if character.isalnum())
        if any(placeholder in letters for placeholder in PLACEHOLDERS):
            raise ImproperlyConfigured(f"{name} holds what stands in an example. Write your own: {SETTINGS[name]}.")
        hosts = str(urlsplit(value).hostname) if name.endswith("_URL") else value  # no password
        if name in NAMED_HOSTS and (example := EXAMPLE_NAME.search(hosts)):
            raise ImproperlyConfigured(
                f"{name} names {example[0]}, as an example does. Write your own: {SETTINGS[name]}."
            )


def allowed_hosts(text: str) -> list[str]:
    """The names that are answered; raises ImproperlyConfigured for what lets in any name, or none."""
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    for host in hosts:
        if not HOST_NAME.fullmatch(host):
            raise ImproperlyConfigured(
                f"ALLOWED_HOSTS holds {host!r}. Write each name that the site is reached by, such as "
                "tracker.gov.hk: no *, no https://, no port, no slash."
            )
    return hosts


def refuse_strange_address(url: str, hosts: list[str]) -> None:
    """Raise ImproperlyConfigured where the links in mails would lead to a name that is not answered, or without TLS."""
    parts = urlsplit(url)
    if not validate_host(str(parts.hostname if ":" not in str(parts.hostname) else f"[{parts.hostname}]"), hosts):
        raise ImproperlyConfigured(
            f"SITE_URL leads to {parts.hostname}, which is none of ALLOWED_HOSTS ({', '.join(hosts)}). Write one."
        )
    if parts.scheme != "https":
        raise ImproperlyConfigured(f"SITE_URL is {url!r}: in production it begins with https://.")


def fallback_keys() -> list[str]:
    """The keys of SECRET_KEY_FALLBACKS; in production each must be as good as SECRET_KEY."""
    keys = [key.strip() for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key.strip()]
    for key in keys if PRODUCTION else []:
        refuse_weak_key(key, "SECRET_KEY_FALLBACKS")
    return keys


refuse_misspelt(list(os.environ))
if os.environ.get("SCRIPT_NAME"):
    raise ImproperlyConfigured(
        f"SCRIPT_NAME is {os.environ['SCRIPT_NAME']!r}: the tracker works at the root of a host name only, not under a "
        "path. Remove it, and give the tracker a name of its own (ALLOWED_HOSTS, SITE_URL)."
    )

PRODUCTION = switch("PRODUCTION")
DEBUG = switch("DEBUG")
if PRODUCTION:
    for needed in ("SECRET_KEY", "ALLOWED_HOSTS"):
        if not os.environ.get(needed, "").strip(" ,"):
            raise ImproperlyConfigured(f"{needed} is not set. In production it must be: {SETTINGS[needed]}.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG cannot be 1 in production: it shows settings to the public.")
    refuse_weak_key(os.environ["SECRET_KEY"].strip())
    refuse_placeholders()
keep_private(VAR_DIR, served=PRODUCTION)
SECRET_KEY = os.environ.get("SECRET_KEY") or local_secret_key()
SECRET_KEY_FALLBACKS = fallback_keys()
ALLOWED_HOSTS = allowed_hosts(os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"))

DATABASES = {"default": main_database()}
if REPLICA_URL := os.environ.get("REPLICA_URL"):
    DATABASES["replica"] = replica(REPLICA_URL)
DATABASE_ROUTERS = ["commitments.web.replica.Router"]
STATEMENT_SECONDS = whole_number("STATEMENT_SECONDS", 15)
# Outside the database, so that whoever exchanges that does not exchange these (commitments/ops/heads.py).
SIGNING_KEY_FILE, HEADS_FILE = VAR_DIR / "signing-key", VAR_DIR / "heads.txt"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "commitments",
    "tracker.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "corsheaders",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "drf_spectacular",  # for its check; rest_framework itself would only bring its pages
]
MIDDLEWARE = [
    "commitments.web.request_log.RequestLog",  # before all others, so that whatever they answer is logged and has an id
    "corsheaders.middleware.CorsMiddleware",  # before all that answer: what they redirect or refuse must be readable
    "commitments.web.security_headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "commitments.i18n.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "commitments.web.security_headers.RequestLimits",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "commitments.accounts.sessions.SessionLimits",
]
ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")]
SITE_NAMES = site_names()
LOCALE_PATHS = [BASE_DIR / "tracker" / "locale"]
TIME_ZONE = "Asia/Hong_Kong"  # the day that deadlines end in
USE_TZ = True
FORMAT_MODULE_PATH = "tracker.formats"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Sign-in: allauth, under /admin/ alone (commitments/accounts/sign_in.py). Accounts are made by administrators.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "account_login", "admin:index", "account_login"
ACCOUNT_ADAPTER = "commitments.accounts.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_FORMS = {
    "login": "commitments.accounts.sign_in.NameAndPasswordForm",
    "reset_password": "commitments.accounts.sign_in.ResetForm",
}
# Django's own: allauth's would keep each address that an account ever had, and let all of them reset it.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_EMAIL_VERIFICATION = "none"  # the administrator who makes the account vouches for its address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": None}  # counted in commitments/accounts/attempts.py, where a known browser is spared
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "add_webauthn": "commitments.accounts.sign_in.PasskeyForm",
    "authenticate_webauthn": "commitments.accounts.sign_in.PasskeyAfterPasswordForm",
    "login_webauthn": "commitments.accounts.sign_in.PasskeyLoginForm",
    "reauthenticate_webauthn": "commitments.accounts.sign_in.PasskeyAgainForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # the code before and the one after: the clocks of telephones are not exact
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # browsers themselves take http://localhost only
REQUIRE_MFA = switch("REQUIRE_MFA")
CLOCK_STEP_SECONDS = 60 * 60  # a server whose clock was set by more records nothing more (commitments/ledger/clock.py)
CACHES = {
    # How often somebody tried to sign in is counted here: in the database, because every worker must count together.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sign_in_attempts",
        "KEY_FUNCTION": "commitments.accounts.attempts.keyed_digest",  # of names and network addresses
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # Who asked how often in the last minute (commitments/web/rate_limits.py): in each worker's memory, because it is
    # asked of many requests, may be forgotten, and should be written down nowhere.
    "visits": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "visits",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # Public answers that were made once (commitments/web/page_cache.py).
    "pages": pages(os.environ.get("CACHE_URL", "")),
}

# A session ends when the browser closes, after so long without a request, and after so long in any case.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 60 * whole_number("SESSION_IDLE_MINUTES", 60, least=5)
SESSION_SECONDS = 60 * 60 * whole_number("SESSION_HOURS", 12, least=1)
SESSION_COOKIE_SAMESITE = "Lax"  # not Strict: a link in a mail to staff must find them signed in

# Files that staff import, checked before anything is parsed. More rows would hold SQLite's one writer for longer
# than the others wait (20 s), and take more than 200 MB.
IMPORT_MAX_BYTES = 10 * 1024 * 1024
IMPORT_MAX_ROWS = 10_000
IMPORT_MAX_CELLS = 1_000_000  # 10,000 rows of 100 columns, empty cells that are there included
IMPORT_SECONDS = (
    20  # of processor time, for reading a file and again for judging its rows: three times what 10,000 take
)
# Everything else that is sent: text of a form, in bytes, and how many parts it has. Above that 413 or 400.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024 // 2
DATA_UPLOAD_MAX_NUMBER_FIELDS, DATA_UPLOAD_MAX_NUMBER_FILES = 1000, 5

AUTH_PASSWORD_VALIDATORS = [
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
    # Refuses nothing: Django tells it of every new password, whichever way it came, and it tells the owner.
    {"NAME": "commitments.accounts.account_changes.PasswordNotice"},
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # Twice: not every browser has learnt the newer word, which names an address of `Reporting-Endpoints`.
        "report-uri": "/csp-report/",
        "report-to": "csp",
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
KNOWN_BROWSER_COOKIE_NAME = "known-browser"
HSTS_SECONDS = whole_number("HSTS_SECONDS", 365 * 24 * 60 * 60)
if PRODUCTION:
    # Browsers take a cookie of such a name from this host alone, over HTTPS alone.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    KNOWN_BROWSER_COOKIE_NAME = "__Secure-known-browser"  # over HTTPS alone; it goes to staff's pages only
    SECURE_HSTS_SECONDS = HSTS_SECONDS
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked on the machine itself, where there is no TLS
    # W005 and W021: whether the neighbouring hosts of a government domain are all HTTPS, and whether
    # the domain may be preloaded, is for whoever runs the domain to say, not for one site in it.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
TRUST_PROXY = switch("TRUST_PROXY")
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # the address that it wrote down itself; what a visitor claims stands before it

# The API: for reading, by anybody, in JSON. Who is signed in as staff is of no interest to it.
API_PER_MINUTE = whole_number("API_PER_MINUTE", 120, least=1)
SEARCHES_PER_MINUTE = whole_number("SEARCHES_PER_MINUTE", 60, least=1)
EXPORTS_PER_MINUTE = whole_number("EXPORTS_PER_MINUTE", 20, least=1)
# What must be made anew, by the time that it takes: a third of a processor for one network, kept answers besides.
WORK_SECONDS_PER_MINUTE = whole_number("WORK_SECONDS_PER_MINUTE", 20, least=1)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "commitments.api.openapi.OperationSchema",
    "DEFAULT_THROTTLE_CLASSES": ["commitments.api.throttling.VisitorThrottle"],
    "EXCEPTION_HANDLER": "commitments.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": SITE_NAMES["en-gb"],
    "DESCRIPTION": "What governments announced, and what is known to have come of it. For reading; in JSON.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.1",
    "LICENSE": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "POSTPROCESSING_HOOKS": ["commitments.api.openapi.add_components"],
}
# Programs in other sites' pages may read the API and every file, but no page.
CORS_ALLOW_ALL_ORIGINS = True
CORS_URLS_REGEX = (
    r"^(?:/zh-han[ts])?/(?:api/(?!v1/docs/)|ledger/heads\.txt$|(?!admin/|static/).*\.(?:csv|xlsx|json|jsonl|atom|ics)$)"
)
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "if-none-match"]
CORS_EXPOSE_HEADERS = ["X-Row-Count", "X-Ledger-Head", "ETag", "Link", "Retry-After"]

SITE_URL = site_url(
    os.environ.get("SITE_URL") or (f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else "http://127.0.0.1:8000")
)
if PRODUCTION:
    refuse_strange_address(SITE_URL, ALLOWED_HOSTS)
mail = mail_server(os.environ.get("EMAIL_URL") or ("smtp://localhost:25" if PRODUCTION else "consolemail://"))
# Every mail is written into the database first, and sent from there by `manage.py send_outbox`.
EMAIL_BACKEND, MAIL_DELIVERY_BACKEND = "commitments.workflow.outbox.OutboxBackend", str(mail.pop("EMAIL_BACKEND"))
globals().update(mail)
EMAIL_TIMEOUT = 20  # seconds for each answer of the mail server; one that says nothing holds nobody up for long
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("MAIL_FROM") or f"noreply@{urlsplit(SITE_URL).hostname}"
if "@" not in DEFAULT_FROM_EMAIL:
    raise ImproperlyConfigured(f"MAIL_FROM is {DEFAULT_FROM_EMAIL!r}: write an e-mail address.")

LOG_FORMAT = os.environ.get("LOG_FORMAT") or ("json" if PRODUCTION else "line")
if LOG_FORMAT not in ("json", "line"):
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}: write json or line.")
SLOW_QUERY_MS = whole_number("SLOW_QUERY_MS", 500)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"complete": {"()": "django.utils.log.CallbackFilter", "callback": add_request_id}},
    "formatters": {
        "line": {
            "()": "commitments.web.request_log.LineFormatter",
            "format": "{asctime} {levelname} {name} [{request_id}] {message}",
            "style": "{",
        },
        "json": {"()": "commitments.web.request_log.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["complete"], "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "tracker.access": {"level": "INFO"},
        "gunicorn.error": {"handlers": ["console"], "propagate": False},  # in the same form
        "commitments.accounts.auth_log": {"level": "INFO"},
        # Not every question that was answered 404 or 400: the access log has it, as it may be written down.
        "django.request": {"level": "ERROR"},
    },
}

PUBLISHER = os.environ.get("PUBLISHER", "")
CONTACT = os.environ.get("CONTACT", "")
LOG_DAYS = whole_number("LOG_DAYS", 0)
FOUR_EYES = switch("FOUR_EYES")
