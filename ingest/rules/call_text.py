"""stop_times.txt as text to numbers, piece by piece: ids become rows, times become seconds.

It is the one large table, so no row is ever a Python object: polars and NumPy see whole columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.gtfs_time import parse_times
from ingest.interpolation import BLANK
from ingest.rules.checks import TableChecks

TEXT_COLUMNS = (
    "trip_id",
    "arrival_time",
    "departure_time",
    "stop_id",
    "stop_sequence",
    "pickup_type",
    "drop_off_type",
    "shape_dist_traveled",
    "timepoint",
    "location_id",
    "location_group_id",
    "start_pickup_drop_off_window",
)
TYPES = {
    "trip": pl.UInt32,
    "stop": pl.UInt32,
    "stop_sequence": pl.Int32,
    "arrival": pl.Int32,
    "departure": pl.Int32,
    "pickup_type": pl.Int8,
    "drop_off_type": pl.Int8,
    "shape_dist_traveled": pl.Float32,
    "timepoint": pl.Int8,
}
Bools = NDArray[np.bool_]


class IdRows:
    """Finds the rows of ids in a table, many at once. The ids must differ."""

    def __init__(self, ids: pl.Series) -> None:
        self._type = pl.Categorical(pl.Categories.random())
        self._ids = ids.cast(self._type)  # held on to: the codes live as long as a series uses them
        codes = self._ids.to_physical().to_numpy()
        self._rows = np.full(int(codes.max(initial=0)) + 2, -1, np.int32)
        self._rows[codes] = np.arange(len(codes), dtype=np.int32)

    def find(self, texts: pl.Series) -> pl.Series:
        """The row of each text as UInt32, null for ids that the table does not have."""
        codes = texts.cast(self._type).to_physical().to_numpy()
        rows = pl.Series(texts.name, self._rows[np.minimum(codes, len(self._rows) - 1)])
        return rows.cast(pl.UInt32, strict=False)

    def find_in_runs(self, texts: pl.Series) -> pl.Series:
        """The same, cheaper where equal texts stand together."""
        starts = (texts != texts.shift()).fill_null(value=True)
        heads = self.find(texts.filter(starts))
        return heads.gather(starts.cast(pl.UInt32).cum_sum() - 1)


@dataclass(frozen=True, slots=True)
class TripMarks:
    """What is known of each trip (row of trips.txt as cleaned) while its calls are read; all shape (n_trips,)."""

    has_rows: Bools
    is_bad: Bools
    """Already reported; its calls are left out."""

    @classmethod
    def of(cls, n_trips: int) -> TripMarks:
        """Marks for trips of which nothing is known yet."""
        return cls(np.zeros(n_trips, np.bool_), np.zeros(n_trips, np.bool_))


def parse_calls(
    texts: pl.DataFrame, trips: IdRows, dropped: pl.Series, stops: IdRows, marks: TripMarks, checks: TableChecks
) -> pl.DataFrame:
    """One piece of the table as numbers: TYPES and `row`; blank times are -1, and distances are Float64.

    dropped   ids of trips that were dropped before; their calls go without another notice
    """
    calls = texts.with_columns(trips.find_in_runs(texts["trip_id"]).alias("trip"))
    calls = _known_trips(calls, dropped, checks)
    marks.has_rows[calls["trip"].to_numpy()] = True
    calls = _fixed_stops(calls, checks)
    calls = _known_stops(calls, stops, checks)
    calls = checks.integers(calls, "stop_sequence")
    calls = _parse_times(calls, marks, checks)
    for field in ("pickup_type", "drop_off_type"):
        calls = checks.choices(calls, field, range(4), blank=0)
    calls = checks.choices(calls, "timepoint", (0, 1), blank=1)
    calls = checks.numbers(calls, "shape_dist_traveled")
    return calls.select(*TYPES, "row")


def no_calls() -> pl.DataFrame:
    """An empty frame as parse_calls gives them."""
    types = {**TYPES, "shape_dist_traveled": pl.Float64, "row": pl.UInt32}
    return pl.DataFrame(schema=types)


def _known_trips(calls: pl.DataFrame, dropped: pl.Series, checks: TableChecks) -> pl.DataFrame:
    if not calls["trip"].null_count():
        return calls
    calls = checks.require(calls, "trip_id")
    of_dropped = pl.col("trip").is_null() & pl.col("trip_id").is_in(dropped.implode())
    calls = calls.filter(~of_dropped)
    return checks.drop(calls, pl.col("trip").is_null(), "foreign_key_violation", "trip_id")


FLEX_COLUMNS = ("location_id", "location_group_id", "start_pickup_drop_off_window")


def _fixed_stops(calls: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """Without the rows of demand-responsive service, and without those that name no stop at all."""
    lengths = calls.select(pl.col(FLEX_COLUMNS).str.len_bytes().max())
    if any(lengths.row(0)):
        flex = pl.any_horizontal(pl.col(FLEX_COLUMNS) != "")
        calls = checks.drop(calls, flex, "flex_not_routed", "trip_id")
    return calls


def _known_stops(calls: pl.DataFrame, stops: IdRows, checks: TableChecks) -> pl.DataFrame:
    rows = stops.find(calls["stop_id"]).alias("stop")
    calls = calls.with_columns(rows)
    if not rows.null_count():
        return calls
    calls = checks.require(calls, "stop_id")
    return checks.drop(calls, pl.col("stop").is_null(), "foreign_key_violation", "stop_id")


def _parse_times(calls: pl.DataFrame, marks: TripMarks, checks: TableChecks) -> pl.DataFrame:
    for text, number in (("arrival_time", "arrival"), ("departure_time", "departure")):
        seconds = parse_times(calls[text]).alias(number)
        if seconds.null_count():
            calls = calls.with_columns(seconds.fill_null(BLANK))
            invalid = (pl.col(number) == BLANK) & (pl.col(text) != "")
            if checks.report(calls, invalid, "invalid_time", text, "trip dropped"):
                marks.is_bad[calls.filter(invalid)["trip"].to_numpy()] = True
        else:
            calls = calls.with_columns(seconds)
    return calls
