"""Somebody at a desk: signs in over HTTP and sends the admin's forms, as a browser would."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request

from tests.helpers.installation import Installation, Server

PASSWORD = "a-long-enough-password"


def add_staff(installation: Installation, name: str = "clerk") -> None:
    """A superuser of that name."""
    code = (
        f"from django.contrib.auth.models import User; User.objects.create_superuser({name!r}, password={PASSWORD!r})"
    )
    done = installation.python(code)
    assert done.returncode == 0, done.stderr


class Staff:
    """One signed-in session."""

    def __init__(self, server: Server, name: str = "clerk", password: str = PASSWORD) -> None:
        self.url = server.url
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.post("/admin/login/?next=/admin/", login=name, password=password)

    def get(self, path: str) -> str:
        """The page's text."""
        with self.opener.open(self.url + path, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, **fields: str) -> str:
        """Send a form with the token that its page holds; gives the address that one ends up on."""
        return self.send(path, **fields)[0]

    def send(self, path: str, **fields: str) -> tuple[str, str]:
        """The same; gives the text of the page, too."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert token, f"{path} holds no form"
        body = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token[1]}).encode()
        request = urllib.request.Request(self.url + path, body, {"Referer": self.url + path})
        with self.opener.open(request, timeout=60) as answer:
            return str(answer.url), str(answer.read().decode())

    def publish(self, commitment: int, note: str) -> bool:
        """Record a report and publish it; whether the answer said that it is on record."""
        _address, page = self.send(
            f"/admin/commitments/draftupdate/add/?commitment={commitment}",
            commitment=str(commitment),
            kind="report",
            date="2025-03",
            status="in_progress",
            basis="evidence",
            note=note,
            _publish="Publish",
            **{
                "evidence-TOTAL_FORMS": "1",
                "evidence-INITIAL_FORMS": "0",
                "evidence-0-title": "Notice",
                "evidence-0-publisher": "Gazette",
                "evidence-0-url": f"https://example.org/{urllib.parse.quote(note[:40])}",
                "evidence-0-relation": "direct",
                "evidence-0-source": "party",
            },
        )
        return "is public, entry" in page
