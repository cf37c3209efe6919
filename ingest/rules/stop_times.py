"""The calls of all trips as a whole: put in order, timed, and checked trip by trip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.gtfs_time import format_time
from ingest.interpolation import BLANK, interpolate_times
from ingest.rules.call_text import TYPES, TripMarks
from ingest.rules.checks import TableChecks
from ingest.rules.speeds import find_too_fast
from ingest.rules.stops import STOP

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FinishedCalls:
    """calls: TYPES, of the trips that are not bad, at least two each. short_trips: had fewer, shape (n_trips,)."""

    calls: pl.DataFrame
    short_trips: Bools


def finish_calls(
    calls: pl.DataFrame, stops: pl.DataFrame, speed_limits: NDArray[np.float32], marks: TripMarks, checks: TableChecks
) -> FinishedCalls:
    """Orders, times and checks all calls of a feed; every trip that cannot be ridden is marked bad.

    speed_limits   metres a second that the vehicle of each trip can go, shape (n_trips,)
    """
    calls = _in_order(_without_bad(calls, marks), checks)
    calls = _one_call_a_sequence(calls, checks)
    calls = _both_times(calls, checks)
    _mark_untimed_edges(calls, marks, checks)
    calls = _without_bad(calls, marks)
    calls, interpolated = _interpolate(calls, checks)
    _mark_backward_trips(calls, marks, checks)
    short = _mark_short_trips(calls, marks)
    if marks.is_bad.any():
        good = ~marks.is_bad[calls["trip"].to_numpy()]
        calls, interpolated = calls.filter(pl.Series(good)), interpolated[good]
    odd_stop = stops["location_type"].to_numpy() != STOP
    odd_call = odd_stop[calls["stop"].to_numpy()]
    _report_at_stop(calls, odd_call, stops, "location_with_unexpected_stop_time", checks)
    too_fast = find_too_fast(calls, interpolated, stops, speed_limits)
    _report_at_stop(calls, too_fast, stops, "fast_travel_between_consecutive_stops", checks)
    return FinishedCalls(calls.select(TYPES.keys()).cast({"shape_dist_traveled": pl.Float32}), short)


def _in_order(calls: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """By trip and stop_sequence. Calls that stand together in order, as they should, move trip by trip."""
    trip, sequence = calls["trip"].to_numpy(), calls["stop_sequence"].to_numpy()
    starts = np.flatnonzero(_starts(trip))
    rises = sequence[1:] > sequence[:-1]
    rises |= trip[1:] != trip[:-1]
    heads = trip[starts]
    if not rises.all() or len(np.unique(heads)) < len(heads):
        blank = (pl.col("arrival") == BLANK) & (pl.col("departure") == BLANK)
        ordered = calls.sort("trip", "stop_sequence", blank, maintain_order=True)
        row = ordered["row"].to_numpy()
        moved = ~_starts(ordered["trip"].to_numpy())
        moved[1:] &= row[1:] < row[:-1]
        _report_calls(ordered, moved, "unsorted_stop_times", "stop_sequence", "sorted", checks)
        return ordered
    if np.all(heads[1:] > heads[:-1]):
        return calls
    order = np.argsort(heads)
    lengths = np.diff(starts, append=len(trip))[order]
    shift = starts[order] - np.concatenate(([0], np.cumsum(lengths)[:-1]))
    return calls[np.repeat(shift, lengths) + np.arange(len(trip))]


def _starts(trip: NDArray[np.uint32]) -> Bools:
    """True at the first call of each trip."""
    starts = np.ones(len(trip), np.bool_)
    np.not_equal(trip[1:], trip[:-1], out=starts[1:])
    return starts


def _one_call_a_sequence(calls: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """The timed one of two calls with one stop_sequence (they were sorted so), else the first."""
    sequence = calls["stop_sequence"].to_numpy()
    again = ~_starts(calls["trip"].to_numpy())
    again[1:] &= sequence[1:] == sequence[:-1]
    if not again.any():
        return calls
    _report_calls(calls, again, "duplicate_key", "stop_sequence", "row dropped", checks)
    return calls.filter(pl.Series(~again))


def _report_calls(calls: pl.DataFrame, found: Bools, code: str, field: str, action: str, checks: TableChecks) -> None:
    """Notes the calls where `found` is true, the first one as trip, sequence and time."""
    count = int(np.count_nonzero(found))
    if count:
        first = calls.row(int(np.argmax(found)), named=True)
        value = first[_NUMBERS.get(field, field)]
        if field in _NUMBERS:
            value = "" if value == BLANK else format_time(value)
        checks.note(code, first["row"], field, str(value), count, action)


_NUMBERS = {"arrival_time": "arrival", "departure_time": "departure"}


def _both_times(calls: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    arrival, departure = calls["arrival"].to_numpy(), calls["departure"].to_numpy()
    one_only = (arrival == BLANK) != (departure == BLANK)
    if not one_only.any():
        return calls
    code = "stop_time_with_only_arrival_or_departure_time"
    _report_calls(calls, one_only, code, "arrival_time", "read as both", checks)
    only = np.maximum(arrival, departure)
    return calls.with_columns(
        pl.Series("arrival", np.where(one_only, only, arrival)),
        pl.Series("departure", np.where(one_only, only, departure)),
    )


def _mark_untimed_edges(calls: pl.DataFrame, marks: TripMarks, checks: TableChecks) -> None:
    trip = calls["trip"].to_numpy()
    if not len(trip):
        return
    starts = _starts(trip)
    edges = starts | np.roll(starts, -1)
    untimed = edges & (calls["departure"].to_numpy() == BLANK) & ~marks.is_bad[trip]
    _report_calls(calls, untimed, "missing_trip_edge", "departure_time", "trip dropped", checks)
    marks.is_bad[trip[untimed]] = True


def _without_bad(calls: pl.DataFrame, marks: TripMarks) -> pl.DataFrame:
    if not marks.is_bad.any():
        return calls
    return calls.filter(pl.Series(~marks.is_bad[calls["trip"].to_numpy()]))


def _interpolate(calls: pl.DataFrame, checks: TableChecks) -> tuple[pl.DataFrame, Bools]:
    departure = calls["departure"].to_numpy()
    blank = departure == BLANK
    if not blank.any():
        return calls, blank
    _report_calls(calls, blank, "interpolated_times", "arrival_time", "interpolated", checks)
    arrival, departure = interpolate_times(
        calls["arrival"].to_numpy(),
        departure,
        calls["shape_dist_traveled"].to_numpy(),
        _starts(calls["trip"].to_numpy()),
    )
    times = [pl.Series("arrival", arrival), pl.Series("departure", departure)]
    return calls.with_columns(times).with_columns(
        pl.when(pl.Series(blank)).then(pl.lit(0, pl.Int8)).otherwise(pl.col("timepoint")).alias("timepoint")
    ), blank


def _mark_backward_trips(calls: pl.DataFrame, marks: TripMarks, checks: TableChecks) -> None:
    trip = calls["trip"].to_numpy()
    arrival, departure = calls["arrival"].to_numpy(), calls["departure"].to_numpy()
    dwell = departure < arrival
    hop = np.zeros(len(trip), np.bool_)
    hop[1:] = (arrival[1:] < departure[:-1]) & (trip[1:] == trip[:-1])
    _report_calls(calls, dwell, "start_and_end_range_out_of_order", "departure_time", "trip dropped", checks)
    code = "stop_time_with_arrival_before_previous_departure_time"
    _report_calls(calls, hop, code, "arrival_time", "trip dropped", checks)
    marks.is_bad[trip[dwell | hop]] = True


def _mark_short_trips(calls: pl.DataFrame, marks: TripMarks) -> Bools:
    """The trips with one usable call or none that nothing was said of yet; they are bad too from here on."""
    n_calls = np.bincount(calls["trip"].to_numpy(), minlength=len(marks.is_bad))
    short: Bools = (n_calls < 2) & ~marks.is_bad
    marks.is_bad[short] = True
    return short


def _report_at_stop(calls: pl.DataFrame, found: Bools, stops: pl.DataFrame, code: str, checks: TableChecks) -> None:
    if found.any():
        first = calls.row(int(np.argmax(found)), named=True)
        stop_id = stops["stop_id"][first["stop"]]
        checks.note(code, first["row"], "stop_id", stop_id, int(np.count_nonzero(found)), "kept")
