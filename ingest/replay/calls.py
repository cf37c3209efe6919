"""The calls of trips by stop_times.txt: in order, timed, blank times placed between their neighbours."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

from ingest.replay.feed_text import FeedText, decimal, is_one_of, whole
from ingest.replay.service import parse_time

HIGHEST_SEQUENCE = 2_000_000_000
NEVER = 1
"""pickup_type and drop_off_type of a call where nobody boards or alights."""
FLEX = ("location_id", "location_group_id", "start_pickup_drop_off_window")
"""A row with one of these is demand-responsive: it has no timetable."""
HAIR = Fraction(1, 1_000_000)
"""A share that misses a whole second by no more is that second."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A trip at a stop. Times are seconds of the service day."""

    stop_id: str
    sequence: int
    arrival_s: int
    departure_s: int
    can_board: bool
    can_alight: bool


def read_calls(text: FeedText, trips: Collection[str], stops: Collection[str]) -> dict[str, tuple[Call, ...]]:
    """The calls of each of `trips` that can be ridden: at least two at known stops, timed at both ends, in time order.

    A trip with a time that is none is not ridden at all.
    """
    if not len(trips):  # the one large table
        return {}
    rows = text.table("stop_times.txt", is_one_of("trip_id", trips)).with_columns(
        whole("stop_sequence", 0, HIGHEST_SEQUENCE, None),
        *(whole(name, 0, 3, 0) for name in ("pickup_type", "drop_off_type")),
        decimal("shape_dist_traveled"),
    )
    found: dict[str, tuple[Call, ...]] = {}
    for trip, of_trip in groupby(rows.sort("trip_id", maintain_order=True).iter_rows(named=True), _trip_of):
        usable = [row for row in of_trip if _is_usable(row, stops)]
        calls = None if any(map(_has_bad_time, usable)) else _calls(usable)
        if calls is not None:
            found[trip] = calls
    return found


def _trip_of(row: Row) -> str:
    trip: str = row["trip_id"]
    return trip


def _is_usable(row: Row, stops: Collection[str]) -> bool:
    return row["stop_sequence"] is not None and row["stop_id"] in stops and not any(row[name] for name in FLEX)


def _has_bad_time(row: Row) -> bool:
    return any(row[name] and parse_time(row[name]) is None for name in ("arrival_time", "departure_time"))


def _calls(rows: Iterable[Row]) -> tuple[Call, ...] | None:
    ordered = _one_a_sequence(rows)
    times = [_times(row) for row in ordered]
    if len(times) < 2 or times[0] is None or times[-1] is None:
        return None
    placed = list(_placed(times, [row["shape_dist_traveled"] for row in ordered]))
    instants = [instant for both in placed for instant in both]
    if any(later < earlier for earlier, later in pairwise(instants)):
        return None
    return tuple(
        Call(
            row["stop_id"],
            row["stop_sequence"],
            arrival,
            departure,
            row["pickup_type"] != NEVER,
            row["drop_off_type"] != NEVER,
        )
        for row, (arrival, departure) in zip(ordered, placed, strict=True)
    )


def _one_a_sequence(rows: Iterable[Row]) -> list[Row]:
    """In order. Of two rows with one stop_sequence the timed one counts, else the first."""
    chosen: dict[int, Row] = {}
    for row in sorted(rows, key=lambda row: (row["stop_sequence"], _times(row) is None)):
        chosen.setdefault(row["stop_sequence"], row)
    return list(chosen.values())


def _times(row: Row) -> tuple[int, int] | None:
    """(arrival, departure); where only one is given it is both."""
    arrival, departure = parse_time(row["arrival_time"]), parse_time(row["departure_time"])
    if arrival is None or departure is None:
        only = departure if arrival is None else arrival
        return None if only is None else (only, only)
    return arrival, departure


def _placed(times: list[tuple[int, int] | None], distances: list[float | None]) -> Iterator[tuple[int, int]]:
    """Both times of every call. Blanks are spread by distance where all distances from the timed call before them to
    the one after never fall, and rise at all; else evenly. Whole seconds, rounded down.
    """
    timed = [at for at, both in enumerate(times) if both is not None]
    for before, after in pairwise(timed):
        leaving, reaching = times[before], times[after]
        assert leaving is not None, "timed"
        assert reaching is not None, "timed"
        yield leaving
        start, end = leaving[1], reaching[0]
        for share in _shares(before, after, distances[before : after + 1]):
            instant = start + math.floor(share * (end - start) + HAIR)
            yield instant, instant
    last = times[timed[-1]]
    assert last is not None, "timed"
    yield last


def _shares(before: int, after: int, distances: list[float | None]) -> Iterator[Fraction]:
    known = [Fraction(distance) for distance in distances if distance is not None]
    by_distance = len(known) == len(distances) and known[-1] > known[0]
    by_distance = by_distance and all(later >= earlier for earlier, later in pairwise(known))
    for at in range(1, after - before):
        if by_distance:
            yield (known[at] - known[0]) / (known[-1] - known[0])
        else:
            yield Fraction(at, after - before)
