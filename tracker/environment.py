"""What may stand in the environment, and how it is read. A mistake there stops the start and is named.

Addresses of databases and mail servers are read by django-environ. Its other casts say less than is promised here: of a
switch everything that is no yes is a no, of a number that is none the setting is not named, and what begins with `$`,
as a key may, is taken for the name of another variable.
"""

import difflib
import os
import re
import secrets
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from commitments.ops.private_files import keep_database_to_owner, kept_secret

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
PLACEHOLDER = re.compile(
    "writeyourown|writewhoanswers|changeme|changethis|replaceme|placeholder|djangoinsecure|yoursecret"
)
# Names that stand in examples and can never be anybody's (RFC 2606), wherever they stand in a value.
EXAMPLE_NAME = re.compile(
    r"(?<![\w.-])(?:(?:[\w-]+\.)*example\.(?:com|net|org)|(?:[\w-]+\.)+(?:example|invalid))(?![\w.-])", re.IGNORECASE
)
# What a request's Host can be compared with: a name, or with a dot before it all names below it; or a network address.
HOST_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|(?:\.[a-z0-9_-]+){2,}|\[[0-9a-f:.]+\]", re.IGNORECASE)


def refuse_misspelt(names: list[str]) -> None:
    """Raise ImproperlyConfigured where a variable is nearly, but not quite, one of ours."""
    for name in names:
        matches = difflib.get_close_matches(name.upper(), SETTINGS, n=1, cutoff=0.88)
        if matches and name not in SETTINGS:
            raise ImproperlyConfigured(f"{name} is not a setting. Did you mean {matches[0]}? Rename it or remove it.")


def refuse_path() -> None:
    """Raise ImproperlyConfigured where the server is to answer under a path."""
    if path := os.environ.get("SCRIPT_NAME"):
        raise ImproperlyConfigured(
            f"SCRIPT_NAME is {path!r}: the tracker works at the root of a host name only, not under a path. Remove it, "
            "and give the tracker a name of its own (ALLOWED_HOSTS, SITE_URL)."
        )


def refuse_unfit_for_public() -> None:
    """Raise ImproperlyConfigured for what no installation that the public can reach may have, or lack."""
    for name in ("SECRET_KEY", "ALLOWED_HOSTS"):
        if not os.environ.get(name, "").strip(" ,"):
            raise ImproperlyConfigured(f"{name} is not set. In production it must be: {SETTINGS[name]}.")
    if switch("DEBUG"):
        raise ImproperlyConfigured("DEBUG cannot be 1 in production: it shows settings to the public.")
    refuse_weak_key(os.environ["SECRET_KEY"].strip())
    refuse_placeholders()


def switch(name: str) -> bool:
    """A yes or no; ImproperlyConfigured for anything else."""
    text = os.environ.get(name, "0").strip().lower()
    if text not in ("1", "true", "yes", "on", "0", "false", "no", "off", ""):
        raise ImproperlyConfigured(f"{name} is {text!r}: write 1 or 0.")
    return text in ("1", "true", "yes", "on")


def whole_number(name: str, default: int, least: int = 0) -> int:
    """A whole number, not below `least`; ImproperlyConfigured for anything else."""
    text = os.environ.get(name, str(default)).strip()
    if not text.isdecimal() or int(text) < least:
        raise ImproperlyConfigured(f"{name} is {text!r}: write a whole number{f' from {least} up' if least else ''}.")
    return int(text)


def texts(name: str, default: str = "") -> list[str]:
    """What stands between commas."""
    return [text.strip() for text in os.environ.get(name, default).split(",") if text.strip()]


def site_names() -> dict[str, str]:
    """What the site is called, by language; raises ImproperlyConfigured for a name of several lines.

    Our own Chinese names go with our own English one: beside another they would name another site.
    """
    given = {name: os.environ.get(name, "").strip() for name in DEFAULT_SITE_NAMES}
    for name, text in given.items():
        if not text.isprintable():
            raise ImproperlyConfigured(f"{name} is {text!r}: write one line of text.")
    others = dict.fromkeys(given, given["SITE_NAME"]) if given["SITE_NAME"] else DEFAULT_SITE_NAMES
    names = [text or others[name] for name, text in given.items()]
    return dict(zip(("en-gb", "zh-hant", "zh-hans"), names, strict=True))


def database(url: str, name: str = "DATABASE_URL", patience: int = 5) -> dict[str, Any]:
    """Django's database settings for a URL; raises ImproperlyConfigured for anything but our two.

    `patience`: after how many seconds without a sign of life a server is taken to be gone.
    """
    refuse_unclear_address(url, name)
    try:
        parsed: dict[str, Any] = dict(environ.Env.db_url_config(url))
        engine = parsed.get("ENGINE", "").rpartition(".")[2]
    except Exception as error:
        raise ImproperlyConfigured(f"{name} cannot be read ({error}). {SETTINGS[name]}") from error
    if engine not in ("sqlite3", "postgresql") or not parsed.get("NAME"):
        raise ImproperlyConfigured(f"{name} cannot be used. Write {SETTINGS[name]}")
    options = parsed.get("OPTIONS", {})
    if engine == "sqlite3":
        read_only = options.get("mode") == "ro"  # for verifying what nobody may write to
        return parsed | sqlite_database(f"file:{quote(parsed['NAME'])}?mode=ro" if read_only else parsed["NAME"])
    own_options = {
        "options": "-c jit=off",  # compiling a page's query takes longer than running it
        # A machine that is off refuses nothing: without these its silence would be waited out for minutes.
        "connect_timeout": patience,
        "tcp_user_timeout": 1000 * patience,
        "keepalives_idle": patience,
    }
    return parsed | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": own_options | options}


def refuse_unclear_address(url: str, name: str) -> None:
    """Raise ImproperlyConfigured where a path would be cut off, or what a database's address leaves out be guessed.

    Without the slashes a host is read as nothing, and a file as one in memory, which is gone with the process. A path
    ends at a `#`, and at a `?` even if that begins no option.
    """
    scheme, _colon, rest = url.partition(":")
    if scheme in ("postgres", "postgresql", "pgsql") and not rest.startswith("//"):
        raise ImproperlyConfigured(f"{name} names no server. Write {SETTINGS[name]}")
    if scheme != "sqlite":
        return
    options = rest.partition("?")[2]
    if "#" in rest or "/" in options or (options and not all("=" in option for option in options.split("&"))):
        raise ImproperlyConfigured(f"{name} cannot be used. In a path write # as %23, ? as %3F and % as %25.")
    if not re.fullmatch(r"///[^?].*", rest.replace("/:memory:", "")):
        raise ImproperlyConfigured(f"{name} names no file. Write sqlite:////PATH, with the path from the root on.")
    if switch("PRODUCTION") and not rest.startswith("////"):
        raise ImproperlyConfigured(
            f"{name} names a file below the folder in which a command is started. Write sqlite:////PATH, from the root."
        )


def sqlite_database(file: Path | str) -> dict[str, Any]:
    """Django's settings for a file, by its path, which may hold anything, or by a URI (`file:`)."""
    return {
        "ENGINE": "tracker.sqlite",
        "NAME": str(file),
        "TEST": {"NAME": ":memory:"},
        # To connect takes longer than a kept answer does: SQLite, too, reads all tables and triggers first.
        "CONN_MAX_AGE": 60,
        # A publication is on the disk before it is called recorded (FULL), writers queue instead of
        # failing half-way (IMMEDIATE, 20 s), in turn (tracker.sqlite), and readers never wait (WAL).
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
        },
    }


def main_database(file: Path) -> dict[str, Any]:
    """That of DATABASE_URL, else `file`; what is SQLite's is its owner's alone from now on.

    Our own file by its path: in an address the `#`, `?` or `%` of a folder's name would mean something else.
    """
    url = os.environ.get("DATABASE_URL")
    parsed = database(url) if url else sqlite_database(file)
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
        backend = "django.core.cache.backends.locmem.LocMemCache"
        return {"BACKEND": backend, "LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 256}}
    parts = urlsplit(url)
    place = parts.path if parts.scheme == "unix" else parts.hostname
    if parts.scheme not in ("redis", "rediss", "unix") or not place:
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


def mail_sender(default: str) -> str:
    """Whom mails come from; raises ImproperlyConfigured for what is no address."""
    sender = os.environ.get("MAIL_FROM") or default
    if "@" not in sender:
        raise ImproperlyConfigured(f"MAIL_FROM is {sender!r}: write an e-mail address.")
    return sender


def log_format(default: str) -> str:
    """The form of the log; raises ImproperlyConfigured for what is none."""
    form = os.environ.get("LOG_FORMAT") or default
    if form not in ("json", "line"):
        raise ImproperlyConfigured(f"LOG_FORMAT is {form!r}: write json or line.")
    return form


def site_url(text: str) -> str:
    """The installation's address without a slash at its end; raises ImproperlyConfigured for anything but that."""
    parts = urlsplit(text.strip().rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or "*" in parts.netloc:
        raise ImproperlyConfigured(f"SITE_URL is {text!r}. Write {SETTINGS['SITE_URL']}")
    return parts.geturl()


def refuse_strange_address(url: str, hosts: list[str]) -> None:
    """Raise ImproperlyConfigured where the links in mails would lead to a name that is not answered, or without TLS."""
    parts = urlsplit(url)
    host = str(parts.hostname)
    if not validate_host(f"[{host}]" if ":" in host else host, hosts):
        raise ImproperlyConfigured(
            f"SITE_URL leads to {host}, which is none of ALLOWED_HOSTS ({', '.join(hosts)}). Write one."
        )
    if parts.scheme != "https":
        raise ImproperlyConfigured(f"SITE_URL is {url!r}: in production it begins with https://.")


def local_secret_key(path: Path) -> str:
    """The key of an installation that is not in production, made once and kept under `var/`.

    Made anew where the file is broken; raises ImproperlyConfigured where it can be neither read nor written.
    """
    try:
        return kept_secret(path, lambda: secrets.token_urlsafe(KEY_LENGTH), KEY_LENGTH)
    except OSError as error:
        raise ImproperlyConfigured(f"var/{path.name} cannot be read or written: {error.strerror or error}.") from error


def fallback_keys() -> list[str]:
    """The keys of SECRET_KEY_FALLBACKS; in production each must be as good as SECRET_KEY."""
    keys = texts("SECRET_KEY_FALLBACKS")
    for key in keys if switch("PRODUCTION") else []:
        refuse_weak_key(key, "SECRET_KEY_FALLBACKS")
    return keys


def refuse_weak_key(key: str, name: str = "SECRET_KEY") -> None:
    """Raise ImproperlyConfigured for a key that somebody could guess; the key is not repeated."""
    if holds_placeholder(key):
        wrong = "is an example's"
    elif len(key) < KEY_LENGTH:
        wrong = f"has fewer than {KEY_LENGTH} characters"
    elif len(set(key)) < KEY_VARIETY or len(zlib.compress(key.encode(errors="replace"), 9)) < KEY_PACKED:
        wrong = "is made of a few characters over and over"
    else:
        return
    make = "python3 -c 'import secrets; print(secrets.token_urlsafe(60))'"
    raise ImproperlyConfigured(f"{name} {wrong}. Whoever knows it can sign in as anybody. Make one: {make}")


def holds_placeholder(text: str) -> bool:
    """Whether it says what an example does, however that is written."""
    return bool(PLACEHOLDER.search("".join(filter(str.isalnum, text.casefold()))))


def refuse_placeholders() -> None:
    """Raise ImproperlyConfigured for the first setting that says what an example does, without a password."""
    for name in (name for name in SETTINGS if not name.startswith("SECRET_KEY")):  # those have a rule of their own
        value = os.environ.get(name, "")
        if holds_placeholder(value):
            raise ImproperlyConfigured(f"{name} holds what stands in an example. Write your own: {SETTINGS[name]}.")
        if name.endswith("_URL"):
            value = str(urlsplit(value).hostname)
        elif name not in ("ALLOWED_HOSTS", "MAIL_FROM", "CONTACT"):
            continue
        if example := EXAMPLE_NAME.search(value):
            raise ImproperlyConfigured(
                f"{name} names {example[0]}, as an example does. Write your own: {SETTINGS[name]}."
            )


def allowed_hosts(default: str) -> list[str]:
    """The names that are answered; raises ImproperlyConfigured for what lets in any name, or none."""
    hosts = texts("ALLOWED_HOSTS", default)
    for host in hosts:
        if not HOST_NAME.fullmatch(host):
            raise ImproperlyConfigured(
                f"ALLOWED_HOSTS holds {host!r}. Write each name that the site is reached by, such as "
                "tracker.gov.hk: no *, no https://, no port, no slash."
            )
    return hosts
