"""What a journey says of itself as a whole, and whether it is what was asked for."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.replay.chain import Chain
from ingest.replay.document import FoundJourney, QueryRecord
from ingest.replay.faults import Findings
from ingest.replay.feeds import Feeds, Place
from ingest.replay.records import JourneyRecord, OptionRecord, PlaceRecord, RideRecord, WalkRecord
from ingest.replay.rides import KnownRide
from ingest.replay.stops import CLOSED

HORIZON_S = 24 * 3600
SAME_POSITION_DEGREES = 1e-6
"""Legs name coordinates to six decimals."""


def check_totals(found: FoundJourney, chain: Chain, findings: Findings) -> None:
    """Departure, arrival, transfers and providers of the journey; and what a comparison adds to them."""
    journey = found.journey
    first = journey.legs[0]
    if isinstance(first, WalkRecord) or journey.departure.instant_s > first.departure.instant_s:
        expected = journey.departure.beside(first.departure.instant_s)
        findings.compare("wrong_total", "departure", expected, str(journey.departure))
    if chain.end_s is not None:
        expected = journey.arrival.beside(chain.end_s)
        findings.compare("wrong_total", "arrival", expected, str(journey.arrival))
    findings.compare("wrong_total", "transfers", _transfers(journey), journey.transfers)
    findings.compare("wrong_total", "providers", _providers(journey, chain.rides), journey.providers)
    if found.option is not None and not findings.faults:
        _check_option(found.option, journey, findings)


def _rides(journey: JourneyRecord) -> list[RideRecord]:
    return [leg for leg in journey.legs if isinstance(leg, RideRecord)]


def _transfers(journey: JourneyRecord) -> int:
    return max(sum(not ride.stay_seated for ride in _rides(journey)) - 1, 0)


def _providers(journey: JourneyRecord, known: Iterable[KnownRide | None]) -> frozenset[str]:
    """Those that the feeds know the rides to be of, else what the leg says."""
    pairs = zip(journey.legs, known, strict=True)
    return frozenset(
        leg.provider if ride is None else ride.provider for leg, ride in pairs if isinstance(leg, RideRecord)
    )


def _check_option(option: OptionRecord, journey: JourneyRecord, findings: Findings) -> None:
    walks = [leg for leg in journey.legs if isinstance(leg, WalkRecord)]
    waits = [ride.wait_s for ride in _rides(journey) if ride.wait_s is not None]
    counts = {
        "duration_s": journey.arrival.instant_s - journey.departure.instant_s,
        "transfers": journey.transfers,
        "walk_s": sum(walk.arrival.instant_s - walk.departure.instant_s for walk in walks),
        "walk_m": sum(walk.distance_m for walk in walks),
        "wait_s": sum(waits) if len(waits) == len(_rides(journey)) else option.counts.get("wait_s"),
    }
    for field, said in option.counts.items():
        findings.compare("wrong_total", field, counts[field], said)
    pairs = (("departure", journey.departure, option.departure), ("arrival", journey.arrival, option.arrival))
    for field, moment, told in pairs:
        if told is not None:
            findings.compare("wrong_total", field, str(moment), str(told))
    if option.providers is not None:
        findings.compare("wrong_total", "providers", journey.providers, option.providers)


def check_query(found: FoundJourney, chain: Chain, feeds: Feeds, findings: Findings) -> None:
    """Whether the journey is one that was asked for."""
    journey, query = found.journey, found.query
    _check_time(journey, query, findings)
    _check_ends(found, chain, feeds, findings)
    if query.max_transfers is not None and journey.transfers > query.max_transfers:
        findings.add("too_many_transfers", "transfers", f"{query.max_transfers} or fewer", journey.transfers)
    for number, ride in enumerate(chain.rides):
        if ride is not None:
            _check_ride(ride, query, findings.of_leg(number))
    if query.wheelchair:
        _check_wheelchair(chain.rides, findings)


def _check_time(journey: JourneyRecord, query: QueryRecord, findings: Findings) -> None:
    if query.time is None:
        return
    asked_s = query.time.instant_s
    first_s, last_s = (asked_s - HORIZON_S, asked_s) if query.arrive_by else (asked_s, asked_s + HORIZON_S)
    if journey.departure.instant_s < first_s:
        expected = f"{journey.departure.beside(first_s)} or later"
        findings.add("outside_search", "departure", expected, journey.departure)
    if journey.arrival.instant_s > last_s:
        findings.add("outside_search", "arrival", f"{journey.arrival.beside(last_s)} or earlier", journey.arrival)


def _check_ends(found: FoundJourney, chain: Chain, feeds: Feeds, findings: Findings) -> None:
    legs, query = found.journey.legs, found.query
    ends = (("from", query.origin, 0, legs[0].start), ("to", query.destination, len(legs) - 1, legs[-1].end))
    for side, asked, number, record in ends:
        is_walked = isinstance(legs[number], WalkRecord)
        if asked is None or asked == record.id or not (is_walked or chain.rides[number]):
            continue
        if not _is_at(feeds.find_place(asked), record, walked=is_walked, feeds=feeds):
            field = f"{side}_place" if is_walked else f"{side}_stop"
            findings.of_leg(number).add("wrong_end", field, asked, record.id)


def _is_at(place: Place | None, record: PlaceRecord, *, walked: bool, feeds: Feeds) -> bool:
    """Whether the end of a leg is the place asked for; a vehicle takes riders at one of its stops."""
    if place is None:
        return False
    if not walked:
        return record.id in {spot.id for spot in place.spots}
    named = feeds.find_place(record.id)
    if named is None or place.spot is not None or named.spot is not None:
        return named is not None and named.id == place.id
    assert place.position is not None, "a place that is no stop has a position"
    assert named.position is not None, "a place that is no stop has a position"
    apart = (abs(a - b) for a, b in zip(place.position, named.position, strict=True))
    return max(apart) <= SAME_POSITION_DEGREES


def _check_ride(ride: KnownRide, query: QueryRecord, findings: Findings) -> None:
    if query.providers is not None and ride.provider not in query.providers:
        findings.add("provider_not_asked", "provider", " or ".join(sorted(query.providers)), ride.provider)
    if query.modes is not None and ride.trip.route.type not in query.modes:
        modes = " or ".join(map(str, sorted(query.modes)))
        findings.add("mode_not_asked", "route_type", modes, ride.trip.route.type)
    if query.wheelchair and ride.trip.wheelchair != 1:
        expected = "a trip with wheelchair_accessible=1"
        findings.add("no_wheelchairs", "trip_id", expected, f"{ride.leg.trip_id}: {ride.trip.wheelchair}")


def _check_wheelchair(rides: list[KnownRide | None], findings: Findings) -> None:
    """Nobody gets in or out at a stop that is closed to wheelchairs; who stays seated may pass one."""
    following = [*rides[1:], None]
    for number, (ride, after) in enumerate(zip(rides, following, strict=True)):
        if ride is None:
            continue
        ends = [] if ride.leg.stay_seated else [("from_stop", ride.on)]
        ends += [] if after is not None and after.leg.stay_seated else [("to_stop", ride.off)]
        for field, at in ends:
            if ride.spot(at).stop.wheelchair == CLOSED:
                findings.of_leg(number).add("no_wheelchairs", field, "a stop that is not closed", ride.spot(at).id)
