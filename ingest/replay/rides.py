"""A ride leg held against its feed: which trip, on which day, from which call to which."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.replay.calls import Call
from ingest.replay.faults import Findings
from ingest.replay.feeds import Feeds, Spot
from ingest.replay.raw_feed import RawFeed
from ingest.replay.reader import Moment
from ingest.replay.records import PlaceRecord, RideRecord
from ingest.replay.service import day_start_s, offset_s
from ingest.replay.stops import Position, Stop
from ingest.replay.transfers import Ridden
from ingest.replay.trips import Trip

SAME_PLACE_DEGREES = 1e-6
UNKNOWN_POSITION = (0.0, 0.0)
"""What legs give for a stop without coordinates."""


@dataclass(frozen=True, slots=True)
class KnownRide:
    """A ride leg and what its feed says of it. `on` and `off` are places among `calls`; `provider` is whose it is."""

    leg: RideRecord
    feed: RawFeed
    trip: Trip
    calls: tuple[Call, ...]
    on: int
    off: int
    provider: str

    @property
    def ridden(self) -> Ridden:
        """How rows of transfers.txt name it."""
        return Ridden(self.trip.id, self.trip.route.id)

    @property
    def day_start_s(self) -> int:
        """When its service day starts, UTC seconds."""
        return day_start_s(self.leg.service_date, self.feed.zone_of(self.trip))

    def spot(self, at: int) -> Spot:
        """The stop of call `at`."""
        return Spot(self.feed, self.feed.stops.by_id[self.calls[at].stop_id])

    def runs(self, trip: Trip) -> bool:
        """Whether another trip of the feed runs on the same service day."""
        same_zone = self.feed.zone_of(trip) == self.feed.zone_of(self.trip)
        return same_zone and self.feed.services.runs_on(trip.service, self.leg.service_date)


def find_ride(leg: RideRecord, feeds: Feeds, findings: Findings) -> KnownRide | None:
    """The trip of a leg with its calls; None where the leg names none that there is, or not on that day."""
    feed_id, _, trip_id = leg.trip_id.partition("_")
    feed = feeds.raw.get(feed_id)
    if feed is None:
        findings.add("unknown_feed", "trip_id", f"a trip of {', '.join(sorted(feeds.raw))}", leg.trip_id)
        return None
    findings.compare("wrong_feed", "feed", feed_id, leg.feed)
    trip = feed.trips.get(trip_id)
    if trip is None:
        findings.add("unknown_trip", "trip_id", f"a trip of feed {feed_id}", leg.trip_id)
        return None
    if trip_id not in feed.calls:
        findings.add("unusable_trip", "trip_id", "a trip with two timed calls or more, in order", leg.trip_id)
        return None
    provider = feeds.providers.provider(feed_id, trip.route.agency)
    findings.compare("wrong_route", "route_id", f"{feed_id}_{trip.route.id}", leg.route_id)
    findings.compare("wrong_provider", "provider", provider, leg.provider)
    if not feed.services.runs_on(trip.service, leg.service_date):
        findings.add("not_running", "service_date", f"a date of service {trip.service}", leg.service_date)
        return None
    ends = _find_calls(leg, feed, feed.calls[trip_id], findings)
    return None if ends is None else KnownRide(leg, feed, trip, feed.calls[trip_id], *ends, provider)


def check_schedule(leg: RideRecord, findings: Findings) -> None:
    """Whether a leg says that it runs as planned: nothing else can be held against a feed."""
    if leg.is_live:
        findings.add("not_scheduled", "realtime", "false, without alerts", "real time")
    for name, told in leg.scheduled.items():
        moment = leg.departure if name == "departure" else leg.arrival
        if told is None or told != moment:
            findings.add("not_scheduled", f"scheduled_{name}", f"the {name}", told)


def _find_calls(leg: RideRecord, feed: RawFeed, calls: tuple[Call, ...], findings: Findings) -> tuple[int, int] | None:
    place_of = {call.sequence: place for place, call in enumerate(calls)}
    found = []
    for side, sequence, place in (("from", leg.from_sequence, leg.start), ("to", leg.to_sequence, leg.end)):
        at = place_of.get(sequence)
        if at is None:
            known = f"one of {calls[0].sequence} to {calls[-1].sequence} of {leg.trip_id}"
            findings.add("unknown_call", f"{side}_stop_sequence", known, sequence)
        elif findings.compare("wrong_stop", f"{side}_stop", f"{feed.id}_{calls[at].stop_id}", place.id):
            found.append(at)
    if len(found) < 2:
        return None
    if found[0] >= found[1]:
        findings.add("wrong_order", "to_stop_sequence", f"more than {leg.from_sequence}", leg.to_sequence)
        return None
    return found[0], found[1]


def check_labels(ride: KnownRide, findings: Findings) -> None:
    """Names, headsign, colour and type, positions and offsets: what a rider reads beside the times."""
    spoken, route, trip = ride.feed.translations.spoken, ride.trip.route, ride.trip
    last = ride.spot(len(ride.calls) - 1).stop
    headsigns = spoken("trip_headsign", trip.id, trip.headsign) if trip.headsign else names_of(ride.feed, last)
    may_read: dict[str, set[object]] = {
        "route_short_name": {*spoken("route_short_name", route.id, route.short_name)},
        "route_long_name": {*spoken("route_long_name", route.id, route.long_name)},
        "route_color": {route.color},
        "route_type": {route.type},
        "headsign": {*headsigns},
    }
    for name, said in ride.leg.labels.items():
        if all(said != text for text in may_read[name]):
            findings.add("wrong_label", name, " or ".join(sorted(map(str, may_read[name]))), said)
    check_place(ride.leg.start, "from_", ride.spot(ride.on), findings)
    check_place(ride.leg.end, "to_", ride.spot(ride.off), findings)
    check_offset(ride.leg.departure, "departure", ride.spot(ride.on).stop, findings)
    check_offset(ride.leg.arrival, "arrival", ride.spot(ride.off).stop, findings)


def names_of(feed: RawFeed, stop: Stop) -> set[str]:
    """All that the name of a stop may read."""
    return feed.translations.spoken("stop_name", stop.id, stop.name)


def check_place(place: PlaceRecord, prefix: str, spot: Spot, findings: Findings) -> None:
    """The name and the position that a leg gives for a stop, where it gives any, in fields PREFIXname and so on."""
    check_said(place, prefix, names_of(spot.feed, spot.stop), spot.stop.position or UNKNOWN_POSITION, findings)


def check_said(place: PlaceRecord, prefix: str, names: set[str], where: Position, findings: Findings) -> None:
    """The same for a place that may be called `names` and is `where`."""
    if place.name is not None and place.name not in names:
        findings.add("wrong_label", f"{prefix}name", " or ".join(sorted(names)), place.name)
    for axis, expected, found in (("lat", where[0], place.lat), ("lon", where[1], place.lon)):
        if found is not None and abs(found - expected) > SAME_PLACE_DEGREES:
            findings.add("wrong_position", f"{prefix}{axis}", expected, found)


def check_offset(moment: Moment, field: str, stop: Stop, findings: Findings) -> None:
    """Times are written as clocks at the stop show them."""
    expected = offset_s(moment.instant_s, stop.zone)
    if moment.offset_s != expected:
        shown = Moment(moment.instant_s, expected)
        findings.add("wrong_offset", field, f"{shown} ({stop.zone})", moment)


def check_calls(ride: KnownRide, shift_s: int, findings: Findings) -> None:
    """The calls between boarding and alighting of a vehicle whose times are `shift_s` later than its trip's."""
    said = ride.leg.calls
    between = range(ride.on + 1, ride.off)
    if said is None or not findings.compare("wrong_calls", "intermediate_stops", len(between), len(said)):
        return
    for at, call in zip(between, said, strict=True):
        name, spot, times = f"intermediate_stops[{at - ride.on - 1}]", ride.spot(at), ride.calls[at]
        expected = (
            ("stop", spot.id, call.place.id),
            ("arrival", call.arrival.beside(times.arrival_s + shift_s), str(call.arrival)),
            ("departure", call.departure.beside(times.departure_s + shift_s), str(call.departure)),
        )
        if all(findings.compare("wrong_calls", f"{name}.{field}", *both) for field, *both in expected):
            check_place(call.place, f"{name}.", spot, findings)
            check_offset(call.arrival, f"{name}.arrival", spot.stop, findings)
            check_offset(call.departure, f"{name}.departure", spot.stop, findings)
