"""Requests that nobody would type: every public address and every form of staff, with whatever breaks programs.

`public(known)` and `forms(all_forms)` make requests; `ask` sends one and `problems` says what is wrong with its answer.
"""

import io
import json
import traceback
import zipfile
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from urllib.parse import quote, urlencode, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_file, encode_multipart
from hypothesis import strategies as st

from commitments import urls
from commitments.query.filters import list_params, period_params
from tests.helpers.networks import network

VISITORS = count()
MARK = "<x-fuzz"  # must come back escaped or not at all
NASTY = [
    *(
        "",
        " ",
        "0",
        "-1",
        "1",
        "2",
        "00",
        "1.5",
        "1e309",
        "NaN",
        "null",
        "true",
        "on",
        "[]",
        "{}",
        "[1",
        '"',
        "'",
        "\\",
    ),
    *(str(2**31), str(-(2**31) - 1), str(2**63), str(2**64), "9" * 30, "9" * 5000, "٣", "½", "0x10", "1_0"),
    *(
        "\x00",
        "a\x00b",
        "\x1b[31m",
        "\x7f",
        "a\r\nX-Evil: 1\r\n\r\n<p>",
        "\t",
        "\x0b",
        "\u2028",
        "\ufeff",
        "\ufffe",
        "\U0010ffff",
    ),
    *(
        "\ud800",
        "%",
        "%00",
        "%ff",
        "%zz",
        "%252e",
        "../../etc/passwd",
        "..\\..\\",
        "//evil.example",
        "javascript:alert(1)",
    ),
    *(
        f"{MARK}>",
        f'">{MARK} onload=alert(1)>',
        f"'>{MARK}>",
        f"</script>{MARK}>",
        f"{{{{7*7}}}}{MARK}>",
        f"]]>{MARK}>",
    ),
    *(
        "' OR '1'='1",
        "'; DROP TABLE commitments_commitment; --",
        '" UNION SELECT password FROM auth_user --',
        "%' --",
        "_",
    ),
    *("2019-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2019-H3", "2019-Q9", "0001-01-01T00:00:00Z", "12:61"),
    *(
        "é" * 300,
        "a" * 3000,
        "\U0001f600" * 90,
        "e\u0301",
        "\u202e",
        "滬港",
        "=1+1",
        "@SUM(A1)",
        "a@b",
        "a" * 250 + "@example.org",
    ),
    *("http://[::1", "http://[", "https://example.org:99999/", "ftp://x", "https://" + "a" * 2000, "data:text/html,x"),
    *("__class__", "pk__gt", "None", "admin", "_popup", "CU-06", "TT-01", "{0.__class__}", "%(x)s", "%s%n", "${7*7}"),
]
ADMIN_LOOKUPS = [
    *("id__gt", "id__in", "pk", "id__exact", "q", "o", "p", "all", "e", "_popup", "_to_field", "_changelist_filters"),
    *("author__password__startswith", "commitment__id__exact", "state__exact", "date__gte", "date__year", "user__id"),
    *(
        "is_staff__exact",
        "schedule",
        "status",
        "next",
        "commitment",
        "draft",
        "drafts",
        "owner",
        "as_of",
        "entry",
        "page",
    ),
    *("per_page", "sort", "app_label", "model_name", "field_name", "term", "format", "resource", "action", "index"),
]
METHODS = ["GET"] * 12 + ["POST"] * 3 + ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get"]
TYPES = [
    *(
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        f"multipart/form-data; boundary={BOUNDARY}",
        "text/plain",
    ),
    *(
        "application/json",
        "application/csp-report",
        "text/html; charset=nothing",
        "multipart/form-data; boundary=\xff",
        "",
    ),
]
HEADERS = {
    "HTTP_IF_NONE_MATCH": ["*", 'W/"x"', '"', "x" * 500, "\xff", 'W/"' + "0" * 32 + '", "b"'],
    "HTTP_IF_MODIFIED_SINCE": ["Thu, 01 Jan 1970 00:00:00 GMT", "never", "Thu, 99 Foo 9999 99:99:99 GMT", "0"],
    "HTTP_ACCEPT": [
        "*/*",
        "text/html",
        "application/xml",
        "a/b/c",
        ";q=",
        "application/json; version=" + "9" * 40,
        "\xff",
    ],
    "HTTP_ACCEPT_LANGUAGE": ["zh-hant", "x" * 600, "en;q=x", "\x00"],
    "HTTP_ACCEPT_ENCODING": ["gzip", "br", "gzip;q=0", "*"],
    "HTTP_RANGE": ["bytes=0-1", "bytes=9-1", "rows=1"],
    "HTTP_ORIGIN": ["https://evil.example", "null", "http://[", "\xff"],
    "HTTP_REFERER": ["https://evil.example/", "http://[", "\xff"],
    "HTTP_HOST": ["testserver", "testserver:99999", "evil.example", "", "[::1", "a b", "\xff", "testserver."],
    "HTTP_COOKIE": [
        *(
            "sessionid=x",
            "sessionid=\x00",
            "csrftoken=x",
            "csrftoken=" + "a" * 32,
            "csrftoken=\xff; sessionid=" + "a" * 200,
        ),
        *("messages=x", "messages=" + "W" * 90, "=", ";;;", 'sessionid="a\\073b"', "a" * 5000, "sessionid=" + "a" * 32),
    ],
    "HTTP_X_FORWARDED_FOR": ["1.2.3.4", "x, y", "::1, [::1]:9", "\xff"],
    "HTTP_X_CSRFTOKEN": ["x", "a" * 64, "\xff"],
    "HTTP_HX_REQUEST": ["true"],
    "HTTP_HX_CURRENT_URL": ["http://[", "https://testserver/\xff"],
    "HTTP_X_REQUESTED_WITH": ["XMLHttpRequest"],
    "HTTP_ACCESS_CONTROL_REQUEST_METHOD": ["GET", "DELETE"],
    "CONTENT_LENGTH": ["x", "-1", "9" * 12, "0", "5", "\xff"],
    "HTTP_USER_AGENT": ["\xff\x00"],
}
texts = st.one_of(st.sampled_from(NASTY), st.sampled_from(NASTY), st.text(max_size=20), st.integers().map(str))


@dataclass
class Request:
    """One request, as a server would hand it on. `path` and `query` are bytes as they travel."""

    method: str
    path: bytes
    query: bytes = b""
    body: bytes = b""
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    role: str = "anonymous"


def encoded(text):
    """As much of a text as can travel, the rest as broken bytes."""
    return text.encode("utf-8", "surrogatepass")


def queries(names, values=texts):
    """Query strings: names that are known and others, some twice, rightly and wrongly quoted."""
    pairs = st.lists(st.tuples(st.one_of(st.sampled_from(names), texts), values), max_size=4)
    quoted = pairs.map(
        lambda parameters: urlencode([(encoded(name), encoded(value)) for name, value in parameters]).encode()
    )
    raw = st.one_of(st.binary(max_size=20), st.sampled_from(NASTY).map(encoded))
    return st.one_of(quoted, quoted, quoted, raw.map(lambda query: query.replace(b"#", b"")))


def headers():
    """A few headers that say something odd."""
    header = st.sampled_from(sorted(HEADERS)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(HEADERS[name]))
    )
    return st.one_of(st.just({}), st.lists(header, max_size=3).map(dict))


def paths(known):
    """Every public address, filled with what exists (`known`: values by the name of the part) or with anything."""
    strategies = []
    for url_pattern in [*urls.urlpatterns, *urls.without_language]:
        route = str(url_pattern.pattern).removeprefix("^").removesuffix("$").replace("\\", "")
        [*names] = url_pattern.pattern.converters
        if not names:
            strategies.append(st.just(f"/{route}".encode()))
            continue
        before, after = route[: route.index("<")], route[route.index(">") + 1 :]
        inside = st.one_of(st.sampled_from(known[names[0]] or [""]), texts)
        strategies.append(
            inside.map(lambda text, before=before, after=after: f"/{before}".encode() + encoded(text) + after.encode())
        )
    anything = st.one_of(
        texts.map(lambda text: b"/" + encoded(text)), st.binary(max_size=20).map(lambda raw: b"/" + raw)
    )
    return st.one_of(*strategies, anything)


def bodies():
    """Bodies of every kind, whole and broken."""
    names = [
        "commitment",
        "what",
        "source",
        "email",
        "organisation",
        "stamp",
        "subject",
        "login",
        "password",
        "credential",
    ]
    fields = queries(names)
    parts = st.dictionaries(st.sampled_from(names), st.sampled_from(NASTY).map(printable), max_size=3)
    multipart = parts.map(lambda values: encode_multipart(BOUNDARY, values))
    return st.one_of(
        fields, multipart, st.binary(max_size=60), st.sampled_from([b"{}", b"[1]", b'{"csp-report": []}', b"[" * 3000])
    )


def printable(text):
    """The text without what a test client itself cannot send."""
    return text.encode("utf-8", "replace").decode()


def public(known):
    """Requests to public addresses; to those of signing in as well."""
    names = [*list_params(), *period_params(), "labels", "cursor", "entry", "utm_source", "p", "commitment"]
    sign_in = [
        "login/",
        "logout/",
        "account/password/reset/",
        "account/confirm/",
        "account/second-factor/authenticate/",
    ]
    sign_in += [
        "account/password/reset/key/1-set-password/",
        "account/second-factor/webauthn/login/",
        "jsi18n/",
        "r/1/1/",
    ]
    doors = st.sampled_from(sign_in).map(lambda path: b"/admin/" + path.encode())
    return st.builds(
        Request,
        method=st.sampled_from(METHODS),
        path=st.one_of(paths(known), paths(known), paths(known), doors),
        query=queries(names),
        body=bodies(),
        kind=st.sampled_from(TYPES),
        headers=headers(),
    )


@dataclass(frozen=True)
class Form:
    """A form as a page has it: where it goes, how, and what a browser would send."""

    address: str
    method: str
    fields: tuple
    buttons: tuple


class Forms(HTMLParser):
    """Every form of a page; also how to fill what is empty."""

    def __init__(self, page, text):
        super().__init__()
        self.page, self.found, self.fields, self.select = page, [], None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, kind, value = given.get("name"), given.get("type", "text"), given.get("value")
        if tag == "form":
            self.address = given.get("action") or self.page
            self.method, self.fields, self.buttons = given.get("method", "get").upper(), [], []
        if self.fields is None or (not name and tag != "option"):
            return
        if tag == "button" or kind == "submit":
            self.buttons.append((name, value or ""))
        elif tag in ("input", "textarea"):
            self.fields.append((name, value or ("on" if kind == "checkbox" else "")))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self.fields.append((self.select, value or ""))
            self.select = None if value else self.select  # the first that says something

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        if tag == "form" and self.fields is not None:
            address = self.address if self.address.startswith("/") else urlsplit(self.page).path + self.address
            self.found.append(Form(address, self.method, tuple(self.fields), tuple(self.buttons)))
            self.fields = None


def workbook(text):
    """A file that begins like a workbook."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr("xl/workbook.xml", text)
    return buffer.getvalue()


JUNK = [
    *(None, 1, -1, 1.5, True, "", [], {}, [1], {"a": 1}, "x", "a", "\x00", "é", "____", "gICA", "W10", "e30", "IngiIA"),
    *(
        "oA",
        "eyJ0eXBlIjoxfQ",
        "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoxLCJvcmlnaW4iOjF9",
        "OTk5OTk5OTk5OTk5OTk5",
    ),
]
DATA = {"type": "webauthn.get", "challenge": "aaaa", "origin": "http://localhost"}


def travels(raw):
    """As passkeys are sent."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


@st.composite
def credentials(draw):
    """The answer of a passkey, with some of its parts replaced or gone."""
    inner = {
        "clientDataJSON": travels(json.dumps(DATA).encode()),
        "authenticatorData": travels(bytes(37)),
        "attestationObject": travels(b"\xa3cfmtdnonegattStmt\xa0hauthDataX%" + bytes(37)),
        "signature": "cw",
        "userHandle": "MQ",
    }
    outer = {"id": "eA", "rawId": "eA", "type": "public-key", "response": inner, "clientExtensionResults": {}}
    for _change in range(draw(st.integers(0, 2))):
        part = draw(st.sampled_from([inner, inner, outer]))
        name, value = draw(st.sampled_from(sorted(part))), draw(st.sampled_from([*JUNK, ...]))
        part.pop(name) if value is ... and len(part) > 1 else part.update({name: None if value is ... else value})
    return json.dumps(draw(st.sampled_from([outer] * 5 + JUNK)))


FILES = st.one_of(
    st.binary(max_size=80),
    st.lists(texts.map(printable), max_size=6).map(lambda cells: ("reference,title\n" + ",".join(cells)).encode()),
    texts.map(lambda text: workbook(printable(text))),
)


@st.composite
def forms(draw, all_forms, roles):
    """A form filled as it came, with some of it spoilt, sent by somebody; its address spoilt at times as well."""
    form = draw(st.sampled_from(all_forms))
    fields = list(form.fields)
    for _change in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(fields) - 1)))
        name = fields[at][0] if fields else draw(texts)
        how = draw(st.sampled_from(["value", "value", "value", "value", "twice", "gone", "name"]))
        if how == "value" and fields:
            fields[at] = (name, draw(credentials() if name == "credential" else texts))
        elif how == "twice":
            fields.append((name, draw(texts)))
        elif how == "gone" and fields:
            del fields[at]
        else:
            fields.append((draw(st.one_of(st.sampled_from(ADMIN_LOOKUPS), texts)), draw(texts)))
    fields += draw(st.lists(st.sampled_from(form.buttons), max_size=1)) if form.buttons else []
    address = draw(st.sampled_from([form.address] * 5 + [spoilt(form.address, draw(texts))]))
    path, _mark, query = address.partition("?")
    query = query.encode() if draw(st.booleans()) else draw(queries(ADMIN_LOOKUPS))
    body, kind = sent(fields, draw)
    method = form.method if draw(st.integers(0, 9)) else draw(st.sampled_from(METHODS))
    if method == "GET":
        query, body = b"&".join(part for part in (query, body if kind.endswith("urlencoded") else b"") if part), b""
    headers_sent = draw(headers()) if not draw(st.integers(0, 5)) else {}
    headers_sent.pop("HTTP_COOKIE", None)
    return Request(method, encoded(path), query, body, kind, headers_sent, draw(st.sampled_from(roles)))


def spoilt(address, text):
    """The address with another key in it."""
    parts = address.partition("?")[0].split("/")
    numbers = [at for at, part in enumerate(parts) if part.isdigit()]
    if numbers:
        parts[numbers[-1]] = text.replace("?", "")
    return "/".join(parts)


def sent(fields, draw):
    """The body of a form, and of what kind it is."""
    if any("file" in name for name, _value in fields) or not draw(st.integers(0, 4)):
        parts = []
        for name, value in fields:
            part = SimpleUploadedFile(
                draw(st.sampled_from(["a.csv", "a.xlsx", "a", f"{MARK}>.csv", "../a.csv"])), draw(FILES)
            )
            if "file" in name:
                parts += encode_file(BOUNDARY, quote(printable(name)), part)
            else:
                head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'.encode()
                parts.append(head + encoded(name).replace(b"\r\n", b" ") + b'"\r\n\r\n' + encoded(value))
        return b"\r\n".join([*parts, f"--{BOUNDARY}--\r\n".encode()]), MULTIPART_CONTENT
    return urlencode(
        [(encoded(name), encoded(value)) for name, value in fields]
    ).encode(), "application/x-www-form-urlencoded"


def ask(client, request):
    """Send it, read the whole answer, and take back whatever it wrote; with the traceback of what failed.

    Past the client's own `request`, which copies the context of every template, and keeps no cookie.
    """
    environ = client._base_environ(
        **{
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path.decode("latin-1"),
            "QUERY_STRING": request.query.decode("latin-1"),
            "CONTENT_TYPE": request.kind,
            "CONTENT_LENGTH": str(len(request.body)),
            "REMOTE_ADDR": network(next(VISITORS)),  # each from a network of its own: the limits stay as they are
            "wsgi.input": io.BytesIO(request.body),  # ends where the body does, whatever length was promised
        }
        | request.headers
    )
    failed = []

    def note(**kwargs):
        failed.append(traceback.format_exc())

    got_request_exception.connect(note)
    try:
        with transaction.atomic():
            answer = client.handler(environ)
            content = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
    finally:
        got_request_exception.disconnect(note)
    return answer, content, failed


def problems(answer, content, hidden=()):
    """What is wrong with an answer. `hidden`: words that it must not hold."""
    kind = answer.headers.get("Content-Type", "")
    if content.startswith(b"PK") and "sheet" in kind:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    text = content.decode("utf-8", "replace")
    markup = "html" in kind or "xml" in kind
    return [
        *([f"status {answer.status_code}"] if answer.status_code >= 500 else []),
        *(f"tells {secret!r}" for secret in hidden if secret in text),
        *(["gives markup back"] if markup and MARK in text else []),
        *(["shows a traceback"] if "Traceback (most recent" in text else []),
        *(f"lets a header in: {name}" for name in answer.headers if name.lower() == "x-evil"),
        *(["no policy"] if markup and content and "Content-Security-Policy" not in answer.headers else []),
    ]
