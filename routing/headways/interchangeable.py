"""Lines that are as good as the planned one, one entry a route, as riders read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.model import Network
from routing.headways.boarding import rows_of
from routing.headways.lines import Line
from routing.journeys import RouteName
from routing.kernels.boarding import board_alone
from routing.names import headsign, route_name


@dataclass(frozen=True, slots=True)
class InterchangeableLine:
    """A route whose vehicles a rider boards as well as those of a headway leg, between the same two stops.

    `headway_s` is how often they come, all its trips together; `trip_id` and `ride_s` are of the most frequent one.
    """

    route: RouteName
    trip_id: str
    trip_ids: tuple[str, ...]
    headsign: str
    headway_s: int
    ride_s: int

    @property
    def route_id(self) -> str:
        """Scoped route id."""
        return self.route.id

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "route_id": self.route.id,
            "route_short_name": self.route.short_name,
            "route_long_name": self.route.long_name,
            "trip_id": self.trip_id,
            "trip_ids": list(self.trip_ids),
            "headsign": self.headsign,
            "headway_s": self.headway_s,
            "ride_s": self.ride_s,
        }


Lines = Callable[[], tuple[InterchangeableLine, ...]]

NEVER = np.iinfo(np.int64).max
MOSTLY = 0.5
"""A line is listed if the rider boards at least this share of its vehicles that come while he waits."""


def interchangeable_lines(
    network: Network, lines: Sequence[Line], ready: int, limit: int
) -> tuple[InterchangeableLine, ...]:
    """The lines that a rider boards besides the planned one, lines[0], who is there from `ready` on; best first."""
    if len(lines) == 1:
        return ()
    _, _, came, taken = board_alone(rows_of(lines, limit), ready, len(lines))
    routes: dict[int, list[tuple[int, Line]]] = {}
    for number, line in enumerate(lines[1:], 1):
        if came[number] > 0 and taken[number] >= MOSTLY * came[number]:
            route = int(network.trips.route[line.trip])
            routes.setdefault(route, []).append((_headway_s(line, ready), line))
    found = [_entry(network, route, members) for route, members in routes.items()]
    return tuple(sorted(found, key=lambda line: (line.headway_s / 2 + line.ride_s, line.route_id)))


def _headway_s(line: Line, ready: int) -> int:
    """That of the row whose vehicle comes first."""
    begin = np.where(line.end > ready, np.maximum(line.first, ready), NEVER)
    return int(line.headway_s[np.argmin(begin)])


def _entry(network: Network, route: int, members: list[tuple[int, Line]]) -> InterchangeableLine:
    members = sorted(members, key=lambda member: (member[0], member[1].ride_s, network.trips.id[member[1].trip]))
    _, most_frequent = members[0]
    return InterchangeableLine(
        route=route_name(network, route),
        trip_id=network.trips.id[most_frequent.trip],
        trip_ids=tuple(network.trips.id[line.trip] for _, line in members),
        headsign=headsign(network, most_frequent.trip),
        headway_s=round(1 / sum(1 / headway_s for headway_s, _ in members)),
        ride_s=most_frequent.ride_s,
    )
