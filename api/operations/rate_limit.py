"""How often one client may ask: a bucket of tokens each, which fills while the client is quiet."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_CLIENTS = 10_000
"""Who was not heard of for longest is forgotten first: that client's bucket is the most likely to be full again."""
IPV6_PREFIX = 64
"""One customer's share of IPv6: to count its addresses one by one would be no limit."""

ROUNDING = 1e-9
"""Of a token: what sums of many short waits may be off by."""


class RateLimit:
    """`per_minute` requests a minute for each client, of which as many may come at once; 0: no limit."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._size = per_minute / 60, float(per_minute)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Client -> (tokens, when they were counted)."""

    def wait_s(self, address: str | None) -> int:
        """Count a request. 0 if it may be answered, else in how many whole seconds to ask again."""
        if not self._per_second or address is None:
            return 0
        client, now = client_of(address), self._clock()
        tokens, counted = self._buckets.pop(client, (self._size, now))
        tokens = min(self._size, tokens + (now - counted) * self._per_second)
        is_allowed = tokens >= 1 - ROUNDING  # who waits as long as told is not sent away by a last digit
        self._buckets[client] = (max(tokens - 1, 0.0) if is_allowed else tokens, now)
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return 0 if is_allowed else max(1, math.ceil((1 - tokens) / self._per_second))


def client_of(address: str) -> str:
    """Whom an address stands for: itself, or its network if it is IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, IPV6_PREFIX), strict=False))
    return address
