"""How often somebody tried to sign in: counted by name and network together, so that nobody can lock others out.

A browser in which the account signed in before has a count of its own and no other: whatever is tried from elsewhere,
its owner comes in there. Counts are kept by the name as it was typed, whether or not an account has it, so that no
limit tells whether there is one. Neither names nor network addresses are stored, only keyed digests of them, and these
only while they count: `delete_expired_counts`.

This is the one module that uses inner parts of allauth. Its counters hold with several workers and can be taken back;
what it documents, ACCOUNT_RATE_LIMITS, counts for all browsers alike. A test
fails when they move (`tests/accounts/test_limits.py`).
"""

from datetime import datetime

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from commitments.accounts.known_browsers import known_browser

# In the form of allauth, whose counters these are: so many in so long, for each network or key.
LIMITS = {
    "network": "10/m/ip",
    "name_from_network": "5/5m/key",
    "name": "30/h/key",  # guesses from many networks: 720 a day, and only browsers that are not known wait for it
    "known_browser": "5/5m/key",
}
SALT = "sign-in attempts"


def count_attempt(request: HttpRequest, typed: str, account: User | None) -> ratelimit.RateLimitUsage | None:
    """Count an attempt with the name `typed`, which `account` has if any; None where there were too many.

    The caller takes the count back (`rollback`) where the password was right.
    """
    name = typed.lower()
    limits = {"network": "", "name_from_network": f"{ratelimit.get_ip(request)} {name}", "name": name}
    if browser := known_browser(request, account):
        limits = {"known_browser": f"{browser} {account.pk if account else ''}"}
    usage = ratelimit.RateLimitUsage(usage=[])
    for action, key in limits.items():
        counted = ratelimit.consume(request, app="tracker", action=action, config=LIMITS, key=key)
        if counted is None:
            return None
        usage.usage += counted.usage
    return usage


def keyed_digest(key: str, key_prefix: str, version: int) -> str:
    """The name under which a cache keeps `key`: Django's KEY_FUNCTION. Without SECRET_KEY nobody can try addresses."""
    return salted_hmac(SALT, f"{key_prefix}:{version}:{key}", algorithm="sha256").hexdigest()


def delete_expired_counts(now: datetime) -> None:
    """Delete what counts no more: Django's cache in the database would leave it until there are 10,000 rows."""
    table = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
    expired = f"FROM {table} WHERE expires < %s"  # a name of our own
    until = [connection.ops.adapt_datetimefield_value(now.replace(microsecond=0))]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 {expired} LIMIT 1", until)
        if cursor.fetchone():  # else SQLite's one writer would be kept from others for nothing
            cursor.execute(f"DELETE {expired}", until)
