"""frequencies.txt: when vehicles of a trip leave its first stop, and how long riders wait for one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ingest.replay.document import HeadwayWait
from ingest.replay.feed_text import FeedText, first_of, is_one_of, whole
from ingest.replay.service import parse_time

LONGEST_S = 1_000_000


@dataclass(frozen=True, slots=True)
class Period:
    """A row: vehicles leave from `start_s` on and before `end_s`, seconds of the service day."""

    start_s: int
    end_s: int
    headway_s: int
    is_exact: bool

    def has_departure(self, start_s: int) -> bool:
        """Whether a vehicle of exact_times=1 leaves then."""
        return self.is_exact and start_s in range(self.start_s, self.end_s, self.headway_s)

    def wait_s(self, model: HeadwayWait) -> int:
        """How long a rider waits for a vehicle of exact_times=0."""
        return {"expected": self.headway_s // 2, "worst": self.headway_s, "none": 0}[model]

    def start_for(self, passing_s: int, model: HeadwayWait) -> int | None:
        """When the vehicle leaves the first stop that a rider takes who could take one that left at `passing_s`."""
        start_s = max(passing_s, self.start_s) + self.wait_s(model)
        return start_s if start_s < self.end_s else None


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Periods by trip. A trip that is `named` in the file without a usable period does not run."""

    periods: dict[str, tuple[Period, ...]]
    named: frozenset[str]

    def is_lost(self, trip: str) -> bool:
        """Whether the file names a trip and nothing that it says of it can be used."""
        return trip in self.named and trip not in self.periods


def read_frequencies(text: FeedText, trips: Collection[str]) -> Frequencies:
    """The periods of `trips`; of several that start at one time the first counts."""
    rows = text.table("frequencies.txt", is_one_of("trip_id", trips)).with_columns(
        whole("headway_secs", 1, LONGEST_S, None), whole("exact_times", 0, 1, 0)
    )
    found: dict[str, dict[int, Period]] = {}
    for row in rows.iter_rows(named=True):
        start, end, headway = parse_time(row["start_time"]), parse_time(row["end_time"]), row["headway_secs"]
        if start is not None and end is not None and start < end and headway is not None:
            found.setdefault(row["trip_id"], {}).setdefault(start, Period(start, end, headway, row["exact_times"] == 1))
    periods = {trip: tuple(of_trip.values()) for trip, of_trip in found.items()}
    return Frequencies(periods, frozenset(first_of(rows, "trip_id")["trip_id"]))


def first_start(periods: Iterable[Period], passing_s: int, model: HeadwayWait) -> int | None:
    """Of all exact_times=0 periods, the first start that a rider takes; None where no vehicle runs any more."""
    starts = [period.start_for(passing_s, model) for period in periods if not period.is_exact]
    return min((start for start in starts if start is not None), default=None)
