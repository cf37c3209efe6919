"""Journeys as their JSON has them, checked for shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ingest.replay.reader import Moment, Reader, inside


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """An end of a leg: a scoped stop id or "lat,lon"; what else is said of it, None where nothing is."""

    id: str
    name: str | None
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call between boarding and alighting."""

    place: PlaceRecord
    arrival: Moment
    departure: Moment


@dataclass(frozen=True, slots=True)
class RideRecord:
    """A leg in a vehicle. Labels are what else it tells riders: field -> value."""

    provider: str
    feed: str
    trip_id: str
    route_id: str
    service_date: date
    start: PlaceRecord
    end: PlaceRecord
    from_sequence: int
    to_sequence: int
    departure: Moment
    arrival: Moment
    wait_s: int | None
    headway_s: int | None
    stay_seated: bool
    calls: tuple[CallRecord, ...] | None
    labels: Mapping[str, str | int]
    scheduled: Mapping[str, Moment | None]
    """departure and arrival by the schedule; only what is told, None where the schedule has no such call."""
    is_live: bool
    """Whether anything of it is real time: its times, or alerts."""


@dataclass(frozen=True, slots=True)
class WalkRecord:
    """A leg on foot."""

    start: PlaceRecord
    end: PlaceRecord
    departure: Moment
    arrival: Moment
    distance_m: int


LegRecord = RideRecord | WalkRecord


@dataclass(frozen=True, slots=True)
class JourneyRecord:
    """A journey. It has at least one leg."""

    departure: Moment
    arrival: Moment
    transfers: int
    providers: frozenset[str]
    legs: tuple[LegRecord, ...]


@dataclass(frozen=True, slots=True)
class OptionRecord:
    """What a comparison says of a journey beside it; only what it does say."""

    counts: Mapping[str, int]
    departure: Moment | None
    arrival: Moment | None
    providers: frozenset[str] | None


COUNTS = ("duration_s", "transfers", "walk_s", "walk_m", "wait_s")
LABELS = ("route_short_name", "route_long_name", "route_color", "route_type", "headsign")


def read_journey(reader: Reader) -> JourneyRecord:
    """A journey as `Journey.to_dict()` gives it. Fields that are not known are left alone. Raises ReplayError."""
    legs = reader.items("legs")
    if not legs:
        raise reader.fail("legs", "a list of at least one leg")
    return JourneyRecord(
        reader.moment("departure"),
        reader.moment("arrival"),
        reader.whole("transfers"),
        reader.texts("providers"),
        tuple(_read_leg(Reader.of(leg, inside(reader.where, f"legs[{number}]"))) for number, leg in enumerate(legs)),
    )


def read_option(reader: Reader) -> OptionRecord:
    """What is said beside a journey. Raises ReplayError."""
    return OptionRecord(
        {name: reader.whole(name) for name in COUNTS if reader.has(name)},
        reader.moment("departure") if reader.has("departure") else None,
        reader.moment("arrival") if reader.has("arrival") else None,
        reader.texts("providers") if reader.has("providers") else None,
    )


def _read_leg(reader: Reader) -> LegRecord:
    kind = reader.values.get("kind", "ride" if "trip_id" in reader.values else "walk")
    if kind == "ride":
        return _read_ride(reader)
    if kind != "walk":
        raise reader.fail("kind", "ride or walk")
    return WalkRecord(
        _read_place(reader, "from_place", "from_"),
        _read_place(reader, "to_place", "to_"),
        reader.moment("departure"),
        reader.moment("arrival"),
        reader.whole("distance_m"),
    )


def _read_ride(reader: Reader) -> RideRecord:
    calls = "intermediate_stops"
    return RideRecord(
        provider=reader.text("provider"),
        feed=reader.text("feed"),
        trip_id=reader.text("trip_id"),
        route_id=reader.text("route_id"),
        service_date=reader.day("service_date"),
        start=_read_place(reader, "from_stop", "from_"),
        end=_read_place(reader, "to_stop", "to_"),
        from_sequence=reader.whole("from_stop_sequence"),
        to_sequence=reader.whole("to_stop_sequence"),
        departure=reader.moment("departure"),
        arrival=reader.moment("arrival"),
        wait_s=reader.whole("wait_s") if reader.has("wait_s") else None,
        headway_s=reader.whole("headway_s") if reader.has("headway_s") else None,
        stay_seated=reader.flag("stay_seated"),
        calls=_read_calls(reader) if reader.has(calls) else None,
        labels={name: reader.label(name) for name in LABELS if reader.has(name)},
        scheduled={
            name: reader.moment(f"scheduled_{name}") if reader.has(f"scheduled_{name}") else None
            for name in ("departure", "arrival")
            if f"scheduled_{name}" in reader.values
        },
        is_live=(reader.has("realtime") and reader.flag("realtime"))
        or (reader.has("alerts") and len(reader.items("alerts")) > 0),
    )


def _read_calls(reader: Reader) -> tuple[CallRecord, ...]:
    name = "intermediate_stops"
    calls = [Reader.of(call, inside(reader.where, f"{name}[{at}]")) for at, call in enumerate(reader.items(name))]
    return tuple(
        CallRecord(_read_place(call, "stop", ""), call.moment("arrival"), call.moment("departure")) for call in calls
    )


def _read_place(reader: Reader, name: str, prefix: str) -> PlaceRecord:
    """The end of a leg whose id is in `name`; the rest is PREFIXname, PREFIXlat and PREFIXlon, if it is there."""
    return PlaceRecord(
        reader.text(name),
        reader.text(f"{prefix}name") if reader.has(f"{prefix}name") else None,
        reader.number(f"{prefix}lat", -90, 90) if reader.has(f"{prefix}lat") else None,
        reader.number(f"{prefix}lon", -180, 180) if reader.has(f"{prefix}lon") else None,
    )
