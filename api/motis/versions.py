"""The versions of the MOTIS API, and what changed from one to the next."""

from __future__ import annotations

from dataclasses import dataclass

NEWEST = 6


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """One version. What differs is a property, so that nothing else compares numbers."""

    number: int

    @property
    def precision(self) -> int:
        """Of the polylines of legs."""
        return 7 if self.number == 1 else 6

    @property
    def counts_rides(self) -> bool:
        """Before v3 maxTransfers was the number of rides: 0 meant none at all."""
        return self.number < 3

    @property
    def names_trips_by_route(self) -> bool:
        """Before v4 a trip on the map had routeShortName in place of displayName."""
        return self.number < 4

    @property
    def has_old_modes(self) -> bool:
        """Before v5: METRO for SUBURBAN, AREAL_LIFT for AERIAL_LIFT."""
        return self.number < 5

    @property
    def needs_levels(self) -> bool:
        """Before v6 every place had a level."""
        return self.number < 6


VERSIONS = tuple(ApiVersion(number) for number in range(1, NEWEST + 1))

# Where MOTIS itself has them. Between the first of these and the newest version every other prefix works too.
DESCRIBED: dict[str, tuple[int, ...]] = {
    "plan": (1, 2, 3, 4, 5, 6),
    "trip": (1, 2, 4, 5, 6),
    "stoptimes": (1, 4, 5, 6),
    "map/trips": (1, 4, 5, 6),
    "map/stops": (1, 6),
    "one-to-all": (1, 6),
    "refresh-itinerary": (6,),
    "stop": (6,),
    "one-to-many": (1,),
    "geocode": (1,),
    "reverse-geocode": (1,),
    "map/initial": (1,),
    "map/levels": (1,),
    "map/rentals": (1,),
    "rentals": (1,),
    "health": (1,),
}


def versions_of(endpoint: str) -> list[tuple[ApiVersion, bool]]:
    """(version, whether MOTIS has it there) for every version under which an endpoint answers."""
    described = DESCRIBED[endpoint]
    return [(version, version.number in described) for version in VERSIONS if version.number >= described[0]]
