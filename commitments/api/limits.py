"""How much one visitor may ask of the API, so that there is enough for all."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import caches
from rest_framework.throttling import AnonRateThrottle


class VisitorThrottle(AnonRateThrottle):
    """So many requests in a minute from one network address, counted by each worker for itself."""

    cache = caches["visits"]

    def get_rate(self) -> str:
        """As the installation has it."""
        return f"{settings.API_PER_MINUTE}/min"
