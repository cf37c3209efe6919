"""Makes GTFS feeds of a made-up city of any size: `python -m benchmarks.synthetic --stop-times 5000000 --out city.zip`.

The same plan gives the same bytes. stop_times.txt is written line by line, so memory stays small at any size.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.synthetic_city import SMALLEST_SIDE, City, build_city
from benchmarks.synthetic_tables import FeedPart, clock_texts, small_tables, stop_times_table, trips_table
from benchmarks.synthetic_timetable import (
    EVERY_DAY,
    WEEK,
    LineTrips,
    Service,
    count_trips,
    draw_headways,
    find_scale,
    line_trips,
)
from ingest.arrays import Int64s

STOP_TIMES_A_STOP = 305
"""As in London: 5.8 million calls a day at 19,000 stops."""
STOPS_A_PLACE = 2.1
"""Two poles at each place, and a few rail platforms and stations."""
COMPRESSION = 1
LARGE = 30_000_000
"""Rows from which stop_times.txt may pass 2 GiB and so needs the wide zip header."""


@dataclass(frozen=True, slots=True)
class SyntheticPlan:
    """What to make. `stop_times` of all providers together; no `stops` means as many as London has for them."""

    stop_times: int
    stops: int | None = None
    mean_calls: float = 42.5
    """Calls of a line, on average. A trip has a few less: busier lines are shorter."""
    providers: int = 1
    services: Sequence[Service] = WEEK
    dense_transfers: bool = False
    first_date: date = date(2026, 1, 1)
    last_date: date = date(2027, 12, 31)
    seed: int = 1

    @property
    def side(self) -> int:
        """Rows and columns of the city's lattice."""
        stops = self.stop_times / STOP_TIMES_A_STOP if self.stops is None else self.stops
        return max(SMALLEST_SIDE, round(math.sqrt(stops / STOPS_A_PLACE)))


LONDON = SyntheticPlan(5_800_000, 19_000, services=EVERY_DAY, dense_transfers=True)
"""About 19,000 stops, 142,000 trips that all run on every day, 5.8 million stop_times, dense transfers."""


@dataclass(frozen=True, slots=True)
class Made:
    """One feed that was written."""

    path: Path
    stops: int
    trips: int
    stop_times: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What a plan comes to: a city and, for each line, trips a direction by (service, period)."""

    city: City
    counts: Int64s
    parts: Sequence[FeedPart]

    def n_trips(self) -> int:
        """Of all lines in both directions."""
        return 2 * int(self.counts.sum())

    def n_stop_times(self) -> int:
        """Calls of all those trips."""
        calls = np.array([len(line.places) for line in self.city.lines])
        return 2 * int((self.counts.sum(axis=(1, 2)) * calls).sum())


def draft(plan: SyntheticPlan) -> Draft:
    """Draw the city of a plan, and deal its lines to the providers. Raises ValueError for more providers than lines."""
    random = np.random.default_rng(plan.seed)
    city = build_city(plan.side, plan.mean_calls, random)
    if not 1 <= plan.providers <= len(city.lines):
        raise ValueError(f"{plan.providers} providers for {len(city.lines)} lines")
    headways = draw_headways(city.lines, random)
    calls = np.array([len(line.places) for line in city.lines])
    counts = count_trips(headways, plan.services, find_scale(headways, calls, plan.services, plan.stop_times))
    return Draft(city, counts, list(_parts(plan, city, random)))


def write_feeds(plan: SyntheticPlan, out: Path) -> list[Made]:
    """Write the feed `out`, or `out`-1.zip, `out`-2.zip, ... for several providers that share out the city's lines.

    Raises ValueError for more providers than lines.
    """
    drawn, clock = draft(plan), clock_texts()
    return [
        _write_feed(part, path, drawn.counts, clock, plan.seed)
        for part, path in zip(drawn.parts, feed_paths(out, plan.providers), strict=True)
    ]


def feed_paths(out: Path, providers: int) -> list[Path]:
    """Where the feeds of a plan go."""
    if providers == 1:
        return [out]
    return [out.with_name(f"{out.stem}-{number}{out.suffix}") for number in range(1, providers + 1)]


def _parts(plan: SyntheticPlan, city: City, random: np.random.Generator) -> Iterator[FeedPart]:
    dealt = random.permutation(len(city.lines))
    for number in range(plan.providers):
        lines = np.sort(dealt[number :: plan.providers])
        yield FeedPart(city, number + 1, lines, plan.services, plan.first_date, plan.last_date, plan.dense_transfers)


def _write_feed(part: FeedPart, path: Path, counts: Int64s, clock: pl.Series, seed: int) -> Made:
    path.parent.mkdir(parents=True, exist_ok=True)
    trips: list[pl.DataFrame] = []
    rows = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as feed:
        for name, table in small_tables(part):
            _write_table(feed, name, [table])
        wide = int(counts.sum()) * 2 * max(len(line.places) for line in part.city.lines) > LARGE
        with feed.open("stop_times.txt", "w", force_zip64=wide) as file:
            for found in _all_trips(part, counts, seed):
                table = stop_times_table(part, found, clock)
                file.write(_csv(table, include_header=not rows))
                trips.append(trips_table(part, found))
                rows += len(table)
        _write_table(feed, "trips.txt", trips)
    return Made(path, len(part.used_stops()), sum(map(len, trips)), rows)


def _all_trips(part: FeedPart, counts: Int64s, seed: int) -> Iterator[LineTrips]:
    for line in part.lines.tolist():
        for direction in (0, 1):
            # A generator of its own: a line's times do not depend on which provider runs it.
            random = np.random.default_rng((seed, line, direction))
            yield line_trips(part.city, line, direction, counts[line], random)


def _write_table(feed: zipfile.ZipFile, name: str, tables: Sequence[pl.DataFrame]) -> None:
    with feed.open(name, "w") as file:
        for number, table in enumerate(tables):
            file.write(_csv(table, include_header=number == 0))


def _csv(table: pl.DataFrame, *, include_header: bool) -> bytes:
    return table.write_csv(include_header=include_header).encode()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthetic", description="Make GTFS feeds of any size.")
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--stop-times", type=int, metavar="N", help="about so many, of all providers together")
    size.add_argument("--london", action="store_true", help="19,000 stops, 5.8 million stop_times, dense transfers")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip")
    parser.add_argument("--providers", type=int, default=1, metavar="N", help="feeds FILE-1.zip ... FILE-N.zip")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    plan = LONDON if given.london else SyntheticPlan(given.stop_times)
    try:
        made = write_feeds(dataclasses.replace(plan, providers=given.providers, seed=given.seed), given.out)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for feed in made:
        print(f"{feed.path}: {feed.stops:,} stops, {feed.trips:,} trips, {feed.stop_times:,} stop_times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
