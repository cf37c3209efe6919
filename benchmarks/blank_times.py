"""Calls without times, filled the way nigiri fills them: by position in the trip, in whole minutes."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from ingest.model import Int64s, Network, StopTimes

MINUTE = 60
Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


def blank_calls(network: Network, feeds: Mapping[str, Path]) -> Bools:
    """Which rows of network.stop_times had no times in their feed. Shape (calls,). Feeds are zips."""
    trips = network.trips
    counts = np.diff(trips.times_ptr)
    calls = pl.DataFrame(
        {
            "trip": np.repeat(np.array(list(trips.id)), counts),
            "sequence": network.stop_times.stop_sequence,
        }
    )
    blanks = pl.concat([_blank_rows(feed, path) for feed, path in feeds.items()])
    found = calls.join(blanks, on=["trip", "sequence"], how="left", maintain_order="left")
    blank: Bools = found["is_blank"].fill_null(False).to_numpy()
    return blank


def fill_by_position(network: Network, blank: Bools) -> StopTimes:
    """Stop times with the blank calls between two timed calls placed evenly, rounded to the minute."""
    times = network.stop_times
    arrival, departure = times.arrival.copy(), times.departure.copy()
    rows = np.flatnonzero(blank)
    timed = np.flatnonzero(~blank)
    place = np.searchsorted(timed, rows)
    before, after = timed[place - 1], timed[place]
    start, end = _minutes(departure[before]), _minutes(arrival[after])
    share = (rows - before) / (after - before)
    filled = (start + np.floor((end - start) * share + 0.5).astype(np.int64)) * MINUTE
    arrival[rows] = departure[rows] = filled
    return StopTimes(arrival, departure, times.stop_sequence, times.shape_distance)


def _minutes(seconds: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Int64s:
    return seconds.astype(np.int64) // MINUTE


def _blank_rows(feed: str, path: Path) -> pl.DataFrame:
    """Columns trip (scoped), sequence, is_blank of the calls that have neither time."""
    with zipfile.ZipFile(path) as archive, archive.open("stop_times.txt") as file:
        rows = pl.read_csv(file.read(), infer_schema=False)
    is_blank = pl.all_horizontal(pl.col("arrival_time", "departure_time").fill_null("").str.strip_chars() == "")
    return rows.filter(is_blank).select(
        trip=pl.concat_str(pl.lit(f"{feed}_"), pl.col("trip_id").str.strip_chars()),
        sequence=pl.col("stop_sequence").str.strip_chars().cast(pl.Int32),
        is_blank=pl.lit(True),
    )
