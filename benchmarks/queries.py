"""Query files: random pairs of stops and times, fixed by a seed, as committed CSV."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.sets import BenchSet
from ingest.model import Network

COLUMNS = ("id", "from", "to", "time", "mode")


class QueryFileError(ValueError):
    """A query file that cannot be used. The text names file, row and value."""


@dataclass(frozen=True, slots=True)
class StopPair:
    """Travel between two scoped stop ids, leaving at `time` (aware) or later."""

    id: str
    origin: str
    destination: str
    time: datetime


def service_day_start_s(pair: StopPair) -> int:
    """UTC second at which the service day of a pair's date starts: noon minus 12 hours, on its own clock."""
    return int(pair.time.replace(hour=12, minute=0, second=0, microsecond=0).timestamp()) - 12 * 3600


def called_stops(network: Network, day: date) -> list[str]:
    """Scoped ids, sorted, of the stops that a trip of that service date calls at."""
    column = (day - network.first_date).days
    if not 0 <= column < network.services.runs.shape[1]:
        return []
    running = network.services.runs[network.trips.service, column] == 1
    sequences = np.unique(network.trips.sequence[running])
    ptr, stops = network.sequences.ptr, network.sequences.stops
    called = {int(stop) for row in sequences.tolist() for stop in stops[ptr[row] : ptr[row + 1]]}
    return sorted(network.stops.id[stop] for stop in called)


def draw_pairs(stops: Sequence[str], bench: BenchSet, n: int) -> list[StopPair]:
    """`n` pairs of different stops with whole-minute times in the set's hours; the same for the same seed.

    Whole minutes, because some peers know no seconds and would be asked something else.
    """
    if len(stops) < 2:
        raise QueryFileError(f"set {bench.id}: fewer than two stops are called at on {bench.day}")
    chance = random.Random(bench.seed)
    first = datetime.combine(bench.day, bench.start)
    minutes = int((datetime.combine(bench.day, bench.end) - first) / timedelta(minutes=1))
    pairs = []
    for number in range(n):
        origin, destination = chance.sample(stops, 2)
        local = first + timedelta(minutes=chance.randrange(minutes))
        pairs.append(StopPair(f"{number:04d}", origin, destination, local.replace(tzinfo=ZoneInfo(bench.zone))))
    return pairs


def write_pairs(path: Path, pairs: Iterable[StopPair]) -> None:
    """Write a query file, also readable by `timbang batch`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((pair.id, pair.origin, pair.destination, pair.time.isoformat(), "depart") for pair in pairs)


def read_pairs(path: Path, zone: str) -> list[StopPair]:
    """Read a query file; times come back in `zone`. Raises QueryFileError."""
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except OSError as error:
        raise QueryFileError(
            f"{path} cannot be read: {error}; write it with `python -m benchmarks.make_queries`"
        ) from error
    return [_pair(path, number, row, zone) for number, row in enumerate(rows, 2)]


def _pair(path: Path, number: int, row: dict[str, str], zone: str) -> StopPair:
    try:
        when = datetime.fromisoformat(row["time"]).astimezone(ZoneInfo(zone))
        if row.get("mode", "depart") != "depart":
            raise ValueError(f"mode {row['mode']!r} is not depart")
        return StopPair(row["id"], row["from"], row["to"], when)
    except (KeyError, ValueError) as error:
        raise QueryFileError(f"{path} row {number}: {error}") from error


def parse_hour(text: str) -> time:
    """`07:00` or `7` as a time of day. Raises ValueError."""
    return time.fromisoformat(text if ":" in text else f"{int(text):02d}:00")
