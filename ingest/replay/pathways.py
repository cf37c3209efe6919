"""Walking inside stations by pathways.txt and levels.txt: docs/walking.md, section Inside stations."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import Any, NamedTuple

import polars as pl

from ingest.replay.feed_text import FeedText, decimal, first_of, whole
from ingest.replay.stops import BOARDING_AREA, CLOSED, ENTRANCE, STATION, STOP, Stop, Stops, straight_m

UNKNOWN, STAIRS, ESCALATOR, ELEVATOR, EXIT_GATE = 0, 2, 4, 5, 7
NOT_STEP_FREE = (UNKNOWN, STAIRS, ESCALATOR)
ENTRANCES_ONLY, OPEN = 0, 1
"""stop_access: by the station's entrances alone; from the street too."""
LONGEST_M, LONGEST_S, MOST_STAIRS, HIGHEST_LEVEL = 100_000, 86_400, 100_000, 1000
WAY_LONGEST_MM, WAY_LONGEST_S = 36_000_000, 3600

Row = Mapping[str, Any]


class Way(NamedTuple):
    """A way inside a station. Ways compare by what they take at 1.2 m/s, then by the rest; they add up."""

    cost: int
    """Sixths of a millisecond at 1.2 m/s."""
    paced_mm: int
    """Walked at the rider's speed."""
    fixed_mm: int
    """Covered in a time of its own."""
    fixed_s: int
    """That time."""

    def then(self, other: Way) -> Way:
        """One after the other."""
        return Way(*(mine + more for mine, more in zip(self, other, strict=True)))


class WalkedWay(NamedTuple):
    """A way in whole metres, rounded up once: those walked at the rider's speed, the others, and their time."""

    paced_m: int
    fixed_m: int
    fixed_s: int


AT_ONCE = WalkedWay(0, 0, 0)
Arcs = dict[str, list[tuple[str, Way]]]


def way(paced_m: float, fixed_m: float = 0.0, fixed_s: float = 0.0) -> Way:
    """A way of so many metres and seconds, each rounded up to the millimetre and the second."""
    paced_mm, fixed_mm, seconds = math.ceil(paced_m * 1000), math.ceil(fixed_m * 1000), math.ceil(fixed_s)
    return Way(5 * paced_mm + 6000 * seconds, paced_mm, fixed_mm, seconds)


@dataclass(frozen=True, slots=True)
class Pathway:
    """A row of pathways.txt, with what it takes."""

    start: str
    end: str
    both_ways: bool
    step_free: bool
    way: Way


def read_pathways(text: FeedText, stops: Stops) -> list[Pathway]:
    """The pathways between known places that are no stations."""
    rows = text.optional("pathways.txt").filter(pl.col("pathway_id") != "")
    if rows.is_empty():
        return []
    rows = first_of(rows, "pathway_id").with_columns(
        whole("pathway_mode", 1, 7, UNKNOWN),
        whole("is_bidirectional", 0, 1, 0),
        whole("traversal_time", 1, LONGEST_S, 0),
        whole("stair_count", -MOST_STAIRS, MOST_STAIRS, 0),
        decimal("length"),
    )
    levels = _read_levels(text)
    return [_pathway(row, stops, levels) for row in rows.iter_rows(named=True) if _is_usable(row, stops)]


def _read_levels(text: FeedText) -> dict[str, float]:
    rows = first_of(text.optional("levels.txt"), "level_id").with_columns(decimal("level_index"))
    known = rows.filter(pl.col("level_index").abs() <= HIGHEST_LEVEL)
    return dict(known.select("level_id", "level_index").iter_rows())


def _is_usable(row: Row, stops: Stops) -> bool:
    ends = [stops.by_id.get(row[name]) for name in ("from_stop_id", "to_stop_id")]
    return ends[0] is not ends[1] and all(end is not None and end.kind != STATION for end in ends)


def _pathway(row: Row, stops: Stops, levels: Mapping[str, float]) -> Pathway:
    start, end = stops.by_id[row["from_stop_id"]], stops.by_id[row["to_stop_id"]]
    return Pathway(
        start.id,
        end.id,
        row["is_bidirectional"] == 1 and row["pathway_mode"] != EXIT_GATE,
        row["pathway_mode"] not in NOT_STEP_FREE and not row["stair_count"],
        _along(row, _levels_between(start, end, levels), _straight_m(start, end, stops)),
    )


def _levels_between(start: Stop, end: Stop, levels: Mapping[str, float]) -> float:
    """0 where they are not known."""
    if start.level not in levels or end.level not in levels:
        return 0.0
    return abs(levels[end.level] - levels[start.level])


def _straight_m(start: Stop, end: Stop, stops: Stops) -> float:
    places = stops.position_of(start), stops.position_of(end)
    return 0.0 if places[0] is None or places[1] is None else straight_m(places[0], places[1])


def _along(row: Row, levels: float, straight: float) -> Way:
    """What a pathway takes: the first rule of docs/walking.md that applies."""
    mode, length, stairs = row["pathway_mode"], row["length"], abs(row["stair_count"])
    if length is not None and not 0 <= length <= LONGEST_M:
        length = None
    if row["traversal_time"]:
        return way(0, (0.0 if mode == ELEVATOR else straight) if length is None else length, row["traversal_time"])
    if mode == ELEVATOR:
        return way(0, length or 0.0, 30 + 10 * (levels or 1))
    if length is not None:
        return way(length)
    if stairs:
        return way(stairs / 2)
    if mode == STAIRS and levels:
        return way(12 * levels)
    if mode == ESCALATOR and levels:
        return way(0, straight, 15 * levels)
    return way(straight)


class InsideStations:
    """The ways inside the stations of one feed. `step_free` leaves out stairs and closed entrances."""

    def __init__(self, stops: Stops, pathways: list[Pathway], detour: float, *, step_free: bool) -> None:
        self._stops, self._pathways, self._step_free = stops, pathways, step_free
        self._edges = [*pathways, *_to_entrances_only(stops, pathways, detour)]
        self._edges += [Pathway(platform, area, True, True, way(0)) for platform, area in self._boarding_areas()]
        self._onward = self._arcs(lambda edge: not step_free or edge.step_free, step_free=step_free)
        self._back = _reversed(self._onward)

    def _boarding_areas(self) -> Iterator[tuple[str, str]]:
        """(platform, boarding area) where a pathway leads to the platform or to one of its areas."""
        touched = {end for pathway in self._pathways for end in (pathway.start, pathway.end)}
        pairs = [(s.parent, s.id) for s in self._stops.by_id.values() if s.kind == BOARDING_AREA and s.parent]
        joined = {platform for platform, area in pairs if platform in touched or area in touched}
        return ((platform, area) for platform, area in pairs if platform in joined)

    def _arcs(self, wanted: Callable[[Pathway], bool], *, step_free: bool) -> Arcs:
        arcs: Arcs = {}
        for edge in filter(wanted, self._edges):
            if step_free and any(self._is_shut(end) for end in (edge.start, edge.end)):
                continue
            arcs.setdefault(edge.start, []).append((edge.end, edge.way))
            if edge.both_ways:
                arcs.setdefault(edge.end, []).append((edge.start, edge.way))
        return arcs

    def _is_shut(self, place: str) -> bool:
        stop = self._stops.by_id[place]
        return stop.kind == ENTRANCE and stop.wheelchair == CLOSED

    def between(self, start: Stop, end: Stop) -> WalkedWay | None:
        """The best way from one stop to another one inside a station, if there is one."""
        return None if start is end else _reached(self._onward, start.id).get(end.id)

    def doors(self, stop: Stop, *, outward: bool) -> dict[str, WalkedWay]:
        """Where the street begins, and the way there from the stop (or, not `outward`, from there to it).

        A stop that no way joins with an entrance is its own door, and so is one that stop_access opens.
        """
        own = {} if self._is_behind(stop) and stop.access != OPEN else {stop.id: AT_ONCE}
        reached = _reached(self._onward if outward else self._back, stop.id)
        return own | {place: along for place, along in reached.items() if self._is_entrance(place)}

    def _is_entrance(self, place: str) -> bool:
        return self._stops.by_id[place].kind == ENTRANCE

    def _is_behind(self, stop: Stop) -> bool:
        reached = (_reached(arcs, stop.id) for arcs in self._with_stairs)
        return any(self._is_entrance(place) for places in reached for place in places)

    @cached_property
    def _with_stairs(self) -> tuple[Arcs, Arcs]:
        onward = self._arcs(lambda edge: True, step_free=False)
        return onward, _reversed(onward)

    def are_joined(self, start: Stop, end: Stop) -> bool:
        """Whether pathways join two stops, whatever their direction, with stairs or without."""
        seen, waiting = {start.id}, [start.id]
        while waiting:
            place = waiting.pop()
            further = {end for arcs in self._with_stairs for end, _ in arcs.get(place, ())} - seen
            seen |= further
            waiting += further
        return start is not end and end.id in seen


def _to_entrances_only(stops: Stops, pathways: Iterable[Pathway], detour: float) -> Iterator[Pathway]:
    """stop_access=0 in a station with entrances but no pathways: straight ways to these and to other such stops."""
    told = {stops.by_id[end].parent for pathway in pathways for end in (pathway.start, pathway.end)}
    inner: dict[str, list[Stop]] = {}
    entrances: dict[str, list[Stop]] = {}
    for stop in stops.by_id.values():
        if stop.parent and stop.position and stop.parent not in told:
            if stop.kind == STOP and stop.access == ENTRANCES_ONLY:
                inner.setdefault(stop.parent, []).append(stop)
            elif stop.kind == ENTRANCE:
                entrances.setdefault(stop.parent, []).append(stop)
    for station, doors in entrances.items():
        hidden = inner.get(station, [])
        for start, end in [*product(doors, hidden), *combinations(hidden, 2)]:
            yield Pathway(start.id, end.id, True, True, way(_straight_m(start, end, stops) * detour))


def _reversed(arcs: Arcs) -> Arcs:
    back: Arcs = {}
    for start, ends in arcs.items():
        for end, along in ends:
            back.setdefault(end, []).append((start, along))
    return back


def _reached(arcs: Arcs, start: str) -> dict[str, WalkedWay]:
    """The best way from `start` to every other place, none of more than an hour (Dijkstra)."""
    done: dict[str, Way] = {}
    queue = [(way(0), start)]
    while queue:
        so_far, place = heapq.heappop(queue)
        if place not in done:
            done[place] = so_far
            for onto, further in arcs.get(place, ()):
                heapq.heappush(queue, (so_far.then(further), onto))
    return {place: _in_metres(found) for place, found in done.items() if place != start and _is_short(found)}


def _is_short(found: Way) -> bool:
    return found.paced_mm <= WAY_LONGEST_MM and found.fixed_s <= WAY_LONGEST_S


def _in_metres(found: Way) -> WalkedWay:
    paced_m = -(-found.paced_mm // 1000)
    whole_m = max(paced_m, -(-(found.paced_mm + found.fixed_mm) // 1000))
    return WalkedWay(paced_m, whole_m - paced_m, found.fixed_s)
