"""Found journeys as Journey objects, with their prices."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.cheapest.task import CheapTask, Found
from routing.cheapest.vehicles import Boarded, board, latest_departure
from routing.fares import Fare, UnknownFare
from routing.instants import after, instant_s
from routing.journeys import Journey, Leg, RideLeg, WalkLeg
from routing.places import Reach, ResolvedPlace
from routing.query import Query
from routing.reconstruct import Ends, Reconstructor, replay
from routing.router import Router
from routing.search import RideStep, Skeleton
from routing.timetable import Timetable, trip_times


@dataclass(frozen=True, slots=True)
class PricedJourney:
    """A journey and what it costs."""

    journey: Journey
    fare: Fare | UnknownFare


def write(router: Router, query: Query, ends: Ends, task: CheapTask, found: Found) -> PricedJourney:
    """Priced as it is told. Who begins with headway services, asked when to depart, leaves as late as the vehicles with
    a timetable that he takes allow, if that is no dearer than leaving at once."""
    departure = -found.far if task.arrive_by else found.near
    priced = _priced(router, query, ends, task, found, departure)
    if not task.arrive_by and found.steps[0].trip < 0:
        latest = latest_departure(task.timetable, task.walk_table, found.steps, departure, task.access, task.slack_s)
        if latest > departure:
            later = _priced(router, query, ends, task, found, latest)
            if _is_no_dearer(later.fare, priced.fare):
                return later
    return priced


def _is_no_dearer(one: Fare | UnknownFare, other: Fare | UnknownFare) -> bool:
    known = isinstance(one, Fare) and isinstance(other, Fare)
    return known and one.currency == other.currency and one.amount <= other.amount  # type: ignore[union-attr] # known


def _priced(router: Router, query: Query, ends: Ends, task: CheapTask, found: Found, departure: int) -> PricedJourney:
    timetable = task.timetable
    boarded = board(timetable, task.walk_table, found.steps, departure, task.access, task.slack_s)
    assert boarded is not None, "a vehicle that was found is missed"
    last_stop = _stop(timetable, found.steps[-1].pattern, found.steps[-1].alight)
    row = int(np.searchsorted(ends.egress.stops, last_stop))
    arrival = boarded[-1].arrival + int(ends.egress.seconds[row])
    steps = tuple(RideStep(step.pattern, step.board, step.alight) for step in found.steps)
    skeleton = Skeleton(departure, arrival, steps)
    if any(_lets_one_go(timetable, one) for one in boarded):
        journey = _put_together(router, query, ends, task, skeleton, boarded)
    else:
        journey = router.journey(query, ends, skeleton)
    return PricedJourney(journey, router.fares.price(journey, query.rider))


def _lets_one_go(timetable: Timetable, boarded: Boarded) -> bool:
    """Whether an earlier vehicle of the pattern could be boarded: then Reconstructor.journey would."""
    step = boarded.step
    if step.trip <= 0:
        return False
    _, departures = trip_times(timetable.forward, step.pattern, step.trip - 1)
    return int(departures[step.board]) >= boarded.ready


def _put_together(
    router: Router, query: Query, ends: Ends, task: CheapTask, skeleton: Skeleton, boarded: Sequence[Boarded]
) -> Journey:
    """A journey that lets vehicles go by, out of one for each ride. Its odds are not worked out: it goes as planned."""
    writer, epoch_s = router.reconstructor(query), task.timetable.epoch_s
    legs: list[Leg] = []

    def walk(start: ResolvedPlace, end: ResolvedPlace, leave: int, seconds: int, metres: int) -> None:
        here = Ends(start, end, ends.access, ends.egress)
        legs.extend(writer.walk(here, after(query.time, epoch_s + leave - instant_s(query.time)), seconds, metres).legs)

    places = [
        (_place(task, one.step.pattern, one.step.board), _place(task, one.step.pattern, one.step.alight))
        for one in boarded
    ]
    (first, _), (_, last) = places[0], places[-1]
    if not set(first.stops) & set(ends.origin.stops):
        row = int(np.searchsorted(ends.access.stops, first.stops[0]))
        walk(ends.origin, first, skeleton.departure, int(ends.access.seconds[row]), int(ends.access.metres[row]))
    for at, one in enumerate(boarded):
        if at and places[at - 1][1].stops != places[at][0].stops:
            walk(places[at - 1][1], places[at][0], boarded[at - 1].arrival, one.walk_s, one.walk_m)
        legs += _ride(task, writer, one, places[at])
    if not set(last.stops) & set(ends.destination.stops):
        row = int(np.searchsorted(ends.egress.stops, last.stops[0]))
        walk(last, ends.destination, boarded[-1].arrival, int(ends.egress.seconds[row]), int(ends.egress.metres[row]))
    lead = 0 if isinstance(legs[0], WalkLeg) else skeleton.departure - boarded[0].departure
    tail = 0 if isinstance(legs[-1], WalkLeg) else skeleton.arrival - boarded[-1].arrival
    return Journey(
        departure=after(legs[0].departure, lead),
        arrival=after(legs[-1].arrival, tail),
        transfers=len(boarded) - 1,
        providers=frozenset(leg.provider for leg in legs if isinstance(leg, RideLeg)),
        legs=tuple(legs),
    )


def _ride(
    task: CheapTask, writer: Reconstructor, one: Boarded, ends: tuple[ResolvedPlace, ResolvedPlace]
) -> Sequence[Leg]:
    """The legs of one vehicle, written as a journey of its own in a timetable in which it is the pattern's first."""
    step, timetable = one.step, task.timetable
    if step.trip > 0:
        trips_ptr, pattern_first = timetable.forward.trips_ptr.copy(), timetable.trips.pattern_first.copy()
        trips_ptr[step.pattern] += step.trip
        pattern_first[step.pattern] += step.trip
        timetable = timetable._replace(
            forward=timetable.forward._replace(trips_ptr=trips_ptr),
            trips=timetable.trips._replace(pattern_first=pattern_first),
        )
    leave = one.ready if step.trip < 0 else one.departure
    skeleton = Skeleton(leave, one.arrival, (RideStep(step.pattern, step.board, step.alight),))
    alone = Ends(*ends, *(_reach(place) for place in ends))
    rides = replay(timetable, task.walk_table, skeleton, alone.access, task.slack_s)
    first, *others = writer.journey(timetable, skeleton, rides, alone).legs
    assert isinstance(first, RideLeg)
    return [dataclasses.replace(first, wait_s=one.departure - one.ready), *others]


def _stop(timetable: Timetable, pattern: int, call: int) -> int:
    side = timetable.forward
    return int(timetable.stops.stop_of[side.call_stops[int(side.calls_ptr[pattern]) + call]])


def _place(task: CheapTask, pattern: int, call: int) -> ResolvedPlace:
    stop, stops = _stop(task.timetable, pattern, call), task.network.stops
    return ResolvedPlace(stops.id[stop], (stop,), float(stops.lat[stop]), float(stops.lon[stop]))


def _reach(place: ResolvedPlace) -> Reach:
    none = np.zeros(1, np.int32)
    return Reach(np.array(place.stops, np.int32), none, none.copy())
