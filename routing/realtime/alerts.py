"""Which alerts concern a ride or a stop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.model import Network
from ingest.realtime.patch import Alert, Selector


@dataclass(frozen=True, slots=True)
class AlertIndex:
    """Alerts by the most telling thing that their selectors name, so that a ride looks at few."""

    alerts: tuple[Alert, ...]
    _by: dict[tuple[str, int], list[tuple[int, Selector]]]

    @classmethod
    def of(cls, alerts: Sequence[Alert]) -> AlertIndex:
        """An index of `alerts`, which keep their order."""
        by: dict[tuple[str, int], list[tuple[int, Selector]]] = defaultdict(list)
        for number, alert in enumerate(alerts):
            for selector in alert.selectors:
                by[_key(selector)].append((number, selector))
        return cls(tuple(alerts), dict(by))

    def of_ride(
        self, network: Network, trip: int, planned: int, day: int, stops: Iterable[int], start_s: int, end_s: int
    ) -> tuple[Alert, ...]:
        """As live.alerts_of; `planned` is the row of the schedule, -1 for none."""
        route = int(network.trips.route[trip])
        places = set(_with_stations(network, stops))
        keys = [("trip", planned), ("route", route), ("agency", int(network.routes.agency[route])),
                ("type", int(network.routes.type[route])), *(("stop", stop) for stop in places)]  # fmt: skip
        found = {
            number
            for key in keys
            for number, selector in self._by.get(key, ())
            if _holds(network, selector, trip, planned, day, places)
        }
        return tuple(self.alerts[number] for number in sorted(found) if self.alerts[number].is_active(start_s, end_s))

    def of_stops(self, network: Network, stops: Iterable[int], start_s: int, end_s: int) -> tuple[Alert, ...]:
        """Alerts for stops as such, and not for some vehicles there."""
        found = {
            number
            for stop in _with_stations(network, stops)
            for number, selector in self._by.get(("stop", stop), ())
            if selector == Selector(stop=stop)
        }
        return tuple(self.alerts[number] for number in sorted(found) if self.alerts[number].is_active(start_s, end_s))


def _key(selector: Selector) -> tuple[str, int]:
    for name, value in (("trip", selector.trip), ("stop", selector.stop), ("route", selector.route),
                        ("agency", selector.agency), ("type", selector.route_type)):  # fmt: skip
        if value is not None:
            return name, value
    return "none", 0


def _holds(network: Network, selector: Selector, trip: int, planned: int, day: int, places: set[int]) -> bool:
    route = int(network.trips.route[trip])
    facts = (
        (selector.trip, planned),
        (selector.day, day),
        (selector.route, route),
        (selector.agency, int(network.routes.agency[route])),
        (selector.route_type, int(network.routes.type[route])),
        (selector.direction, int(network.trips.direction[trip])),
    )
    said = all(wanted is None or wanted == known for wanted, known in facts)
    return said and (selector.stop is None or selector.stop in places)


def _with_stations(network: Network, stops: Iterable[int]) -> list[int]:
    """Stops and the stations they are part of."""
    known = [int(stop) for stop in stops]
    return [*known, *(int(network.stops.parent[stop]) for stop in known if network.stops.parent[stop] >= 0)]
