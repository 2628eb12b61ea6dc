"""How much one person, or one stranger's address, may ask for. The counters are in Django's cache.

Whoever asks without a valid token counts by address; `X-Forwarded-For` is read as far as
`TRUSTED_PROXIES` says and no further. With the counters out of reach, reading and triage go on; only what
spends a platform's quota waits until they are back.
"""

import logging
from typing import Any

from redis.exceptions import RedisError
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

logger = logging.getLogger(__name__)


class CountersOutOfReach(APIException):
    status_code = 503
    default_code = "counters_out_of_reach"
    default_detail = "Greenroom cannot count requests right now and starts nothing that costs quota. Try again soon."


class _Forgiving(SimpleRateThrottle):
    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except (RedisError, OSError) as error:
            logger.warning("Requests are not counted: the cache is out of reach (%s)", type(error).__name__)
            return self.without_counters()

    def without_counters(self) -> bool:
        self.history: list[float] = []
        self.now = self.timer()
        return True


class PersonThrottle(_Forgiving, UserRateThrottle):
    scope = "user"


class AddressThrottle(_Forgiving, AnonRateThrottle):
    scope = "anon"


class QuotaThrottle(_Forgiving, UserRateThrottle):
    """For what spends a platform's quota, which all people of an installation share."""

    scope = "quota"

    def without_counters(self) -> bool:
        raise CountersOutOfReach
