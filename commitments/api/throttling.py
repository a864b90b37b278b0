"""How much one visitor may ask of the API."""

from __future__ import annotations

from django.conf import settings

from commitments.web.rate_limits import NetworkRateThrottle


class VisitorThrottle(NetworkRateThrottle):
    """As often as the installation has it."""

    def __init__(self) -> None:
        super().__init__("api", settings.API_PER_MINUTE)
