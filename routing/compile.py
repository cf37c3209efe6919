"""Compile the runs of a window into the router's flat arrays. RAPTOR's routes are called patterns here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.model import Bits, Int32s, Int64s, Network
from ingest.waits import expected_wait_s
from routing.csr import pointers, ranges
from routing.kernels.calls import lay_calls
from routing.kernels.overtaking import split_overtaking
from routing.laid_calls import trip_calls
from routing.runs import HeadwayRuns, TripSpans, VehicleRuns, headway_runs, scheduled_runs, trip_spans
from routing.sides import Patterns, build_side, mirrored
from routing.stop_copies import MovedCalls, stop_copies
from routing.timetable import PatternClasses, Timetable, TripIndex, check_timetable


@dataclass(frozen=True, slots=True)
class _Calls:
    """The calls of runs, end to end: run r has rows ptr[r]:ptr[r + 1]. Times in window seconds."""

    ptr: Int64s
    stops: Int32s
    flags: Bits
    arrivals: Int32s
    departures: Int32s


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Patterns before they are laid out: which runs each has, in order of time."""

    runs: Int64s
    """All runs, pattern by pattern."""
    n_trips: Int64s
    calls: _Calls
    run_class: list[tuple[tuple[int, int, int], ...]]
    """For each pattern the (provider, route type, wheelchair) of the parts of its runs, distinct."""


def compile_timetable(network: Network, epoch_s: int, span_s: int) -> Timetable:
    """The timetable of [epoch_s, epoch_s + span_s) (UTC seconds), both directions, checked and read-only."""
    spans = trip_spans(network)
    vehicles = scheduled_runs(network, spans, epoch_s, span_s)
    headways = headway_runs(network, spans, epoch_s, span_s)
    headway_trips = np.unique(headways.trip)
    is_running = np.zeros(len(network.trips.route), bool)
    is_running[vehicles.parts] = is_running[headway_trips] = True
    stops, moved = stop_copies(network, np.flatnonzero(is_running).astype(np.int32))
    scheduled = _scheduled_patterns(network, vehicles, moved)
    offsets = _headway_calls(network, spans, headway_trips, moved)
    run_order = np.lexsort((headways.end_s, headways.start_s, headways.trip))
    n_stops = len(stops.stop_of)
    patterns = _laid_out(scheduled, offsets, headways, headway_trips, run_order)
    timetable = Timetable(
        epoch_s=epoch_s,
        span_s=span_s,
        forward=build_side(patterns, n_stops),
        backward=build_side(mirrored(patterns), n_stops),
        trips=_trip_index(scheduled, vehicles, headway_trips, headways, run_order),
        classes=_pattern_classes(network, scheduled, headway_trips),
        stops=stops,
    )
    check_timetable(timetable)
    _freeze(timetable)
    return timetable


def _scheduled_patterns(network: Network, vehicles: VehicleRuns, moved: MovedCalls) -> _Patterns:
    """Group runs by stop sequence and class, then split groups until no run overtakes another."""
    calls = _run_calls(network, vehicles, moved)
    group, classes = _group_runs(network, vehicles, moved)
    first, last = calls.ptr[:-1], calls.ptr[1:] - 1
    order = np.lexsort((calls.arrivals[last], calls.departures[first], group)) if len(group) else np.empty(0, np.int64)
    chain = split_overtaking(order, group, calls.ptr, calls.arrivals, calls.departures)
    # Nearly in order already, which a stable sort of one key makes use of.
    order = order[np.argsort(group[order] * (int(chain.max(initial=0)) + 1) + chain[order], kind="stable")]
    key = np.column_stack([group[order], chain[order]])
    is_start = np.ones(len(order), bool)
    is_start[1:] = (key[1:] != key[:-1]).any(axis=1)
    starts = np.flatnonzero(is_start)
    n_trips = np.diff(np.concatenate([starts, [len(order)]])).astype(np.int64)
    return _Patterns(order, n_trips, calls, [classes[int(group[order[start]])] for start in starts])


def _run_calls(network: Network, runs: VehicleRuns, moved: MovedCalls) -> _Calls:
    times_ptr = network.trips.times_ptr
    part_ptr = np.concatenate([[0], np.cumsum(np.diff(times_ptr)[runs.parts])]).astype(np.int64)
    start_s = np.repeat(runs.start_s, np.diff(runs.ptr))
    stops, flags, arrivals, departures = lay_calls(trip_calls(network), runs.parts, start_s, part_ptr)
    moved.move(stops, runs.parts, part_ptr, times_ptr)
    return _Calls(part_ptr[runs.ptr], stops, flags, arrivals, departures)


def _group_runs(
    network: Network, runs: VehicleRuns, moved: MovedCalls
) -> tuple[Int64s, list[tuple[tuple[int, int, int], ...]]]:
    """A group number for each run (same stop sequences, same classes), and the distinct classes of each group."""
    trips, routes = network.trips, network.routes
    part_class = np.column_stack(
        [
            moved.sequences(network)[runs.parts],
            routes.provider[trips.route[runs.parts]],
            routes.type[trips.route[runs.parts]],
            trips.wheelchair[runs.parts] == 1,
        ]
    ).astype(np.int64)
    _, first, number = np.unique(_packed(part_class), return_index=True, return_inverse=True)
    distinct = part_class[first]
    lengths = np.diff(runs.ptr)
    group = number[runs.ptr[:-1]].astype(np.int64) if len(lengths) else np.empty(0, np.int64)
    members: dict[int, tuple[int, ...]] = {index: (index,) for index in range(len(distinct))}
    strings: dict[tuple[int, ...], int] = {}
    for run in np.flatnonzero(lengths > 1).tolist():
        string = tuple(number[runs.ptr[run] : runs.ptr[run + 1]].tolist())
        group[run] = strings.setdefault(string, len(distinct) + len(strings))
        members[int(group[run])] = string
    class_of = [tuple(int(value) for value in row[1:]) for row in distinct]
    top = len(distinct) + len(strings)
    classes = [tuple(dict.fromkeys(class_of[index] for index in members[key])) for key in range(top)]
    return group, classes  # type: ignore[return-value] # tuple() of three ints has no fixed length for mypy


def _packed(rows: NDArray[np.int64]) -> Int64s:
    """One number a row, in the order of the rows: sorting numbers takes a tenth of the time of sorting rows."""
    packed = np.zeros(len(rows), np.int64)
    for column in rows.T if len(rows) else ():
        least = int(column.min())
        packed = packed * (int(column.max()) - least + 1) + (column - least)
    return packed


def _headway_calls(network: Network, spans: TripSpans, headway_trips: Int32s, moved: MovedCalls) -> _Calls:
    """The calls of headway trips, as offsets to the first departure."""
    runs = VehicleRuns(
        np.arange(len(headway_trips) + 1, dtype=np.int64),
        headway_trips,
        -spans.first[headway_trips],
        np.zeros(len(headway_trips), np.int32),
    )
    return _run_calls(network, runs, moved)


def _laid_out(
    scheduled: _Patterns, offsets: _Calls, headways: HeadwayRuns, headway_trips: Int32s, run_order: Int64s
) -> Patterns:
    """All patterns, those of headway trips last."""
    starts = np.concatenate([[0], np.cumsum(scheduled.n_trips)]).astype(np.int64)
    calls, first_runs = scheduled.calls, scheduled.runs[starts[:-1]]
    lengths = np.diff(calls.ptr)
    rows = ranges(calls.ptr[first_runs], lengths[first_runs])
    trip_rows = ranges(calls.ptr[scheduled.runs], lengths[scheduled.runs])
    run_trip = headways.trip[run_order]
    runs_per_trip = np.searchsorted(run_trip, headway_trips, "right") - np.searchsorted(run_trip, headway_trips, "left")
    start, end, headway_s = (column[run_order] for column in (headways.start_s, headways.end_s, headways.headway_s))
    wait = expected_wait_s(headway_s)
    return Patterns(
        n_calls=np.concatenate([lengths[first_runs], np.diff(offsets.ptr)]),
        stops=np.concatenate([calls.stops[rows], offsets.stops]).astype(np.int32),
        flags=np.concatenate([calls.flags[rows], offsets.flags]).astype(np.uint8),
        n_trips=np.concatenate([scheduled.n_trips, np.ones(len(headway_trips), np.int64)]),
        arrivals=np.concatenate([calls.arrivals[trip_rows], offsets.arrivals]),
        departures=np.concatenate([calls.departures[trip_rows], offsets.departures]),
        runs_ptr=pointers(np.concatenate([np.zeros(len(scheduled.n_trips), np.int64), runs_per_trip])),
        run_lo=start.astype(np.int32),
        run_hi=(end - 1).astype(np.int32),
        run_board_wait=wait,
        run_alight_wait=np.zeros(len(wait), np.int32),
    )


def _trip_index(
    scheduled: _Patterns, vehicles: VehicleRuns, headway_trips: Int32s, headways: HeadwayRuns, run_order: Int64s
) -> TripIndex:
    lengths = np.diff(vehicles.ptr)[scheduled.runs]
    parts = vehicles.parts[ranges(vehicles.ptr[scheduled.runs], lengths)]
    n_trips = np.concatenate([scheduled.n_trips, np.ones(len(headway_trips), np.int64)])
    return TripIndex(
        pattern_first=(np.cumsum(n_trips) - n_trips).astype(np.int64),
        parts_ptr=pointers(np.concatenate([lengths, np.ones(len(headway_trips), np.int64)])).astype(np.int64),
        parts=np.concatenate([parts, headway_trips]).astype(np.int32),
        service_day=np.concatenate([vehicles.day[scheduled.runs], np.zeros(len(headway_trips), np.int32)]).astype(
            np.int32
        ),
        run_day=headways.day[run_order].astype(np.int32),
        run_headway_s=headways.headway_s[run_order].astype(np.int32),
        run_end=headways.end_s[run_order].astype(np.int32),
    )


def _pattern_classes(network: Network, scheduled: _Patterns, headway_trips: Int32s) -> PatternClasses:
    trips, routes = network.trips, network.routes
    route = trips.route[headway_trips]
    headway = zip(
        routes.provider[route].tolist(),
        routes.type[route].tolist(),
        (trips.wheelchair[headway_trips] == 1).tolist(),
        strict=True,
    )
    per_pattern = [*scheduled.run_class, *((row,) for row in headway)]
    rows = np.array([row for classes in per_pattern for row in classes], np.int64).reshape(-1, 3)
    return PatternClasses(
        pointers(np.array([len(classes) for classes in per_pattern], np.int64)).astype(np.int64),
        rows[:, 0].astype(np.int32),
        rows[:, 1].astype(np.int32),
        rows[:, 2].astype(np.uint8),
    )


def _freeze(timetable: Timetable) -> None:
    """Read-only arrays are a numba type of their own: freezing all of them once means one compilation."""
    for group in (timetable.forward, timetable.backward, timetable.trips, timetable.classes, timetable.stops):
        for array in group:
            array.flags.writeable = False
