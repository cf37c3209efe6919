"""Trips, times, headways and shapes of a description, as rows of GTFS files."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.authored_description import AuthoredError, Departures, Description, Line, Run

Row = tuple[object, ...]
Rows = list[Row]

TRIP_COLUMNS = (
    "route_id",
    "service_id",
    "trip_id",
    "trip_headsign",
    "direction_id",
    "shape_id",
    "wheelchair_accessible",
)
STOP_TIME_COLUMNS = ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "timepoint")
FREQUENCY_COLUMNS = ("trip_id", "start_time", "end_time", "headway_secs", "exact_times")
SHAPE_COLUMNS = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")


def write_clock(seconds: int) -> str:
    """Seconds of the service day as GTFS writes them: HH:MM:SS, beyond 24:00:00 after midnight."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}"


def call_offsets(run: Run, first: int, last: int) -> list[tuple[str, int, int]]:
    """(stop, arrival, departure) of each call from position `first` to `last`, seconds after leaving `first`.

    The vehicle does not stand at its last stop.
    """
    calls = [(run.stops[first], 0, 0)]
    departure = 0
    for position in range(first + 1, last + 1):
        arrival = departure + run.run_s[position - 1]
        departure = arrival + (run.dwell_s if position < last else 0)
        calls.append((run.stops[position], arrival, departure))
    return calls


class TimetableRows:
    """Rows of trips.txt, stop_times.txt, frequencies.txt and shapes.txt of one description, in file order."""

    def __init__(self, description: Description) -> None:
        self.trips: Rows = []
        self.stop_times: Rows = []
        self.frequencies: Rows = []
        self.shapes: Rows = []
        self._stations = description.stations
        self._trip_ids: set[str] = set()
        self._shape_ids: set[str] = set()
        for line in description.lines:
            for run in line.runs:
                for departures in run.departures:
                    self._add_departures(line, run, departures)

    def _add_departures(self, line: Line, run: Run, departures: Departures) -> None:
        part = _part_name(run, departures)
        self._add_shape(f"{run.id}{part}", run.stops[departures.first : departures.last + 1])
        calls = call_offsets(run, departures.first, departures.last)
        for trip_id, start in _trips(line, run, departures, part):
            if trip_id in self._trip_ids:
                raise AuthoredError(f"run {run.id}: trip {trip_id}: two departures say the same")
            self._trip_ids.add(trip_id)
            self.trips.append(
                (
                    line.id,
                    departures.day,
                    trip_id,
                    _headsign(run, departures, self._stations[run.stops[departures.last]].name),
                    run.direction,
                    f"{run.id}{part}",
                    line.wheelchair,
                )
            )
            self.stop_times.extend(
                (trip_id, write_clock(start + arrival), write_clock(start + departure), stop, number, 1)
                for number, (stop, arrival, departure) in enumerate(calls)
            )
            if line.is_headway:
                self.frequencies.extend(
                    (trip_id, write_clock(band.start_s), write_clock(band.end_s), band.headway_s, 0)
                    for band in departures.bands
                )

    def _add_shape(self, shape_id: str, stops: tuple[str, ...]) -> None:
        if shape_id in self._shape_ids:
            return
        self._shape_ids.add(shape_id)
        self.shapes.extend(
            (shape_id, f"{self._stations[stop].lat:.5f}", f"{self._stations[stop].lon:.5f}", number)
            for number, stop in enumerate(stops)
        )


def _trips(line: Line, run: Run, departures: Departures, part: str) -> Iterator[tuple[str, int]]:
    """(trip id, departure): one a vehicle of a fixed timetable, one for all vehicles of a headway service."""
    name = f"{run.id}-{departures.day}{part}"
    if line.is_headway:
        yield name, departures.bands[0].start_s
        return
    for time in departures.times():
        yield f"{name}-{write_clock(time).replace(':', '')}", time


def _part_name(run: Run, departures: Departures) -> str:
    """What tells a short working from the whole run in ids."""
    if departures.first == 0 and departures.last == len(run.stops) - 1:
        return ""
    return f"-{run.stops[departures.first]}-{run.stops[departures.last]}"


def _headsign(run: Run, departures: Departures, last_name: str) -> str:
    """A short working that ends early shows where it ends."""
    return run.headsign if departures.last == len(run.stops) - 1 else last_name
