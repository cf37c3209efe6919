"""Walking inside stations, for the test oracle: written from docs/walking.md, section Inside stations, alone.

Every way is found by trying all pathways again and again until nothing gets better.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from tests.support.gtfs_feed import GtfsFeed, Row

Position = tuple[float, float]
Straight = Callable[[Position, Position], float]


@dataclass(frozen=True, order=True)
class Way:
    """A walk: what it takes at 1.2 m/s (in sixths of a second, for whole numbers), and what makes that up.

    `paced` is walked at the rider's speed, `still` covered in `seconds` of its own; both in one unit of length.
    """

    cost: int
    paced: int
    still: int
    seconds: int

    @classmethod
    def of(cls, paced: int, still: int = 0, seconds: int = 0, *, per_metre: int = 1) -> Way:
        """A way whose lengths are counted in metres divided by `per_metre`."""
        return cls(paced * 5 + seconds * 6 * per_metre, paced, still, seconds)

    def __add__(self, other: Way) -> Way:
        return Way(
            self.cost + other.cost,
            self.paced + other.paced,
            self.still + other.still,
            self.seconds + other.seconds,
        )

    def in_metres(self) -> Way:
        """Millimetres to metres, rounded up: those at the rider's speed, and all together."""
        paced = math.ceil(self.paced / 1000)
        return Way.of(paced, max(0, math.ceil((self.paced + self.still) / 1000) - paced), self.seconds)


def millimetres(paced_m: float, still_m: float = 0.0, seconds: float = 0.0) -> Way:
    """A way in millimetres, everything rounded up."""
    return Way.of(math.ceil(paced_m * 1000), math.ceil(still_m * 1000), math.ceil(seconds), per_metre=1000)


STILL = millimetres(0)


class InsideStations:
    """The ways of one feed between its stops and entrances. Ids come out scoped `FEED_ID`; lengths are metres.

    ways     (from, to) -> the best way from a stop or an entrance to another one
    doors    the entrances
    """

    def __init__(self, feed_id: str, feed: GtfsFeed, straight_m: Straight, detour: float, *, step_free: bool) -> None:
        self._stops = {row["stop_id"]: row for row in feed.rows("stops")}
        self._straight_m = straight_m
        self._levels = {row["level_id"]: float(row["level_index"]) for row in feed.rows("levels")}
        shut = {s for s, row in self._stops.items() if step_free and _kind(row) == "2" and self.wheelchair(s) == "2"}
        arcs: dict[tuple[str, str], list[Way]] = {}
        joined: list[tuple[str, str]] = []
        for start, end, way, both, is_step_free in self._edges(feed.rows("pathways"), detour):
            joined.append((start, end))
            if (step_free and not is_step_free) or {start, end} & shut:
                continue
            arcs.setdefault((start, end), []).append(way)
            if both:
                arcs.setdefault((end, start), []).append(way)
        ends = {end for pair in joined for end in pair if _kind(self._stops[end]) in "02"}
        found = {(a, b): way for a in ends for b, way in _reached(a, arcs).items() if b in ends and a != b}
        self.ways = {(f"{feed_id}_{a}", f"{feed_id}_{b}"): way.in_metres() for (a, b), way in found.items()}
        self.doors = {f"{feed_id}_{stop}" for stop, row in self._stops.items() if _kind(row) == "2"}
        self.pieces = [{f"{feed_id}_{stop}" for stop in piece} for piece in _pieces(joined)]

    def wheelchair(self, stop: str) -> str:
        """wheelchair_boarding of a stop, or of what it lies in."""
        row = self._stops[stop]
        said = row.get("wheelchair_boarding") or "0"
        return self.wheelchair(row["parent_station"]) if said == "0" and row.get("parent_station") else said

    def _edges(self, pathways: list[Row], detour: float) -> Iterator[tuple[str, str, Way, bool, bool]]:
        """(from, to, way, whether it leads back too, whether it is step-free)."""
        told = set()
        for row in pathways:
            start, end, mode = row["from_stop_id"], row["to_stop_id"], row["pathway_mode"]
            told |= {self._stops[start].get("parent_station"), self._stops[end].get("parent_station")}
            both = row["is_bidirectional"] == "1" and mode != "7"
            is_step_free = mode not in "24" and not int(row.get("stair_count") or 0)
            yield start, end, self._along(row), both, is_step_free
        hidden = [s for s, row in self._stops.items() if _kind(row) == "0" and row.get("stop_access") == "0"]
        for station in {self._stops[stop].get("parent_station") or "" for stop in hidden} - told - {""}:
            inner = [stop for stop in hidden if self._stops[stop].get("parent_station") == station]
            doors = [s for s, row in self._stops.items() if _kind(row) == "2" and row.get("parent_station") == station]
            if doors:
                for a, b in [*combinations(inner, 2), *((door, stop) for door in doors for stop in inner)]:
                    yield a, b, millimetres(self._straight(a, b) * detour), True, True

    def _along(self, row: Row) -> Way:
        start, end, mode = row["from_stop_id"], row["to_stop_id"], row["pathway_mode"]
        length = float(row["length"]) if row.get("length") else None
        floors = [self._levels.get(self._stops[stop].get("level_id") or "") for stop in (start, end)]
        levels = None if floors[0] is None or floors[1] is None else abs(floors[0] - floors[1])
        straight = self._straight(start, end)
        if row.get("traversal_time"):
            still = length if length is not None else 0.0 if mode == "5" else straight
            return millimetres(0, still, int(row["traversal_time"]))
        if mode == "5":
            return millimetres(0, length or 0.0, 30 + 10 * (levels or 1))
        if length is not None:
            return millimetres(length)
        if int(row.get("stair_count") or 0):
            return millimetres(abs(int(row["stair_count"])) / 2)
        if mode == "2" and levels:
            return millimetres(12 * levels)
        if mode == "4" and levels:
            return millimetres(0, straight, 15 * levels)
        return millimetres(straight)

    def _straight(self, a: str, b: str) -> float:
        places = [self._place(stop) for stop in (a, b)]
        return 0.0 if places[0] is None or places[1] is None else self._straight_m(places[0], places[1])

    def _place(self, stop: str) -> Position | None:
        row = self._stops[stop]
        if row.get("stop_lat"):
            return float(row["stop_lat"]), float(row["stop_lon"])
        return self._place(row["parent_station"]) if row.get("parent_station") else None


def _kind(row: Row) -> str:
    return row.get("location_type") or "0"


def _reached(start: str, arcs: dict[tuple[str, str], list[Way]]) -> dict[str, Way]:
    best = {start: STILL}
    improves = True
    while improves:
        improves = False
        for (a, b), ways in arcs.items():
            if a in best:
                farther = best[a] + min(ways)
                if b not in best or farther < best[b]:
                    best[b] = farther
                    improves = True
    return best


def _pieces(joined: list[tuple[str, str]]) -> list[set[str]]:
    """What pathways join, in whatever direction."""
    pieces: list[set[str]] = []
    for pair in joined:
        touched = [piece for piece in pieces if piece & set(pair)]
        pieces = [piece for piece in pieces if piece not in touched] + [set(pair).union(*touched)]
    return pieces
