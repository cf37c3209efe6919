"""Which row of transfers.txt speaks for a change from one trip to another. Part of the test oracle.

Written from docs/semantics.md alone. Stop, route and trip ids are scoped `FEED_ID`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.support.gtfs_feed import GtfsFeed, Row
from tests.support.oracle_vehicles import TRANSFER_KEY

ORDER = [("trip", "trip"), ("route", "trip"), ("any", "trip"), ("route", "route"), ("any", "route"), ("any", "any")]
"""What both ends of a row name, most specific first."""


@dataclass(frozen=True)
class End:
    """One end of a row: a stop or a station, and the trip or the route that it is about, if any."""

    place: str
    trip: str
    route: str

    @property
    def kind(self) -> str:
        """What it names beside the place. Beside a trip a route says nothing more."""
        return "trip" if self.trip else "route" if self.route else "any"

    def is_about(self, trip: str, route: str) -> bool:
        """Whether a trip of that route is meant."""
        return {"trip": self.trip == trip, "route": self.route == route, "any": True}[self.kind]


@dataclass(frozen=True)
class Rule:
    """A row of types 0 to 3."""

    start: End
    end: End
    kind: str
    min_time_s: int | None

    def specificity(self, stops: Iterable[str]) -> tuple[int, int]:
        """Greater for the row that speaks before another; `stops` are the ids that are no stations."""
        names = sorted((self.start.kind, self.end.kind))
        own = sum(end.place in stops for end in (self.start, self.end))
        return -ORDER.index((names[0], names[1])), own

    @property
    def is_for_all(self) -> bool:
        """Whether it names neither a trip nor a route."""
        return self.start.kind == self.end.kind == "any"


def rules_of(feed_id: str, feed: GtfsFeed) -> Iterator[Rule]:
    """The rows of a feed's transfers.txt that are about changing vehicles, in its order; of one key the first."""
    seen: set[tuple[str, ...]] = set()
    for row in feed.rows("transfers"):
        key = tuple(row.get(name) or "" for name in TRANSFER_KEY)
        kind = row.get("transfer_type") or "0"
        if key not in seen and kind in "0123":
            time = int(row["min_transfer_time"]) if row.get("min_transfer_time") else None
            yield Rule(_end(feed_id, row, "from"), _end(feed_id, row, "to"), kind, time)
        seen.add(key)


def _end(feed_id: str, row: Row, side: str) -> End:
    ids = (row.get(f"{side}_{kind}_id") for kind in ("stop", "trip", "route"))
    return End(*(f"{feed_id}_{value}" if value else "" for value in ids))


def named_trips(feed: GtfsFeed) -> set[str]:
    """The trips that rows name, or whose route they name: ids as in the feed. To all rows the others are alike."""
    rows = [row for row in feed.rows("transfers") if (row.get("transfer_type") or "0") in "0123"]
    trips = {row.get(f"{side}_trip_id") for row in rows for side in ("from", "to")}
    routes = {row.get(f"{side}_route_id") for row in rows for side in ("from", "to")} - {None, ""}
    return {row["trip_id"] for row in feed.rows("trips") if row["trip_id"] in trips or row["route_id"] in routes}
