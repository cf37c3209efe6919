"""When the vehicle of a ride leaves and arrives: by timetable, on the grid of exact_times=1, or after a wait."""

from __future__ import annotations

from itertools import pairwise

from ingest.replay.document import HeadwayWait
from ingest.replay.faults import Findings
from ingest.replay.frequencies import Period, first_start
from ingest.replay.rides import KnownRide
from ingest.replay.trips import Trip


def find_shift(ride: KnownRide, earliest_s: int | None, model: HeadwayWait, findings: Findings) -> int | None:
    """Seconds from the times of the ride's trip to the instants of its vehicle; None where it takes none there is.

    earliest_s  the instant from which the rider could board, for services without a timetable; None: not known
    """
    periods = ride.feed.frequencies.periods.get(ride.trip.id)
    if periods is None:
        is_timetable = findings.compare("wrong_headway", "headway_s", None, ride.leg.headway_s)
        return ride.day_start_s if is_timetable else None
    start_s = _start_told(ride)
    if ride.leg.headway_s is None:
        found = _is_on_grid(ride, periods, start_s, findings)
    else:
        found = _is_awaited(ride, periods, start_s, earliest_s, model, findings)
    return _shift(ride, start_s) if found else None


def _start_told(ride: KnownRide) -> int:
    """When the vehicle leaves its first stop by the leg's departure, seconds of the service day."""
    offset = ride.calls[ride.on].departure_s - ride.calls[0].departure_s
    return ride.leg.departure.instant_s - offset - ride.day_start_s


def _shift(ride: KnownRide, start_s: int) -> int:
    return ride.day_start_s + start_s - ride.calls[0].departure_s


def _departure(ride: KnownRide, start_s: int) -> str:
    return ride.leg.departure.beside(_shift(ride, start_s) + ride.calls[ride.on].departure_s)


def _is_on_grid(ride: KnownRide, periods: tuple[Period, ...], start_s: int, findings: Findings) -> bool:
    exact = [period for period in periods if period.is_exact]
    if not exact:
        findings.add("wrong_headway", "headway_s", _headways(periods), None)
        return False
    if any(period.has_departure(start_s) for period in exact):
        return True
    nearest = min((_nearest(period, start_s) for period in exact), key=lambda start: abs(start - start_s))
    findings.add("off_grid", "departure", _departure(ride, nearest), ride.leg.departure)
    return False


def _nearest(period: Period, start_s: int) -> int:
    """The departure of a period that is nearest."""
    starts = range(period.start_s, period.end_s, period.headway_s)
    place = round((start_s - period.start_s) / period.headway_s)
    return starts[min(max(place, 0), len(starts) - 1)]


def _is_awaited(
    ride: KnownRide,
    periods: tuple[Period, ...],
    start_s: int,
    earliest_s: int | None,
    model: HeadwayWait,
    findings: Findings,
) -> bool:
    like = [period for period in periods if not period.is_exact and period.headway_s == ride.leg.headway_s]
    if not like:
        findings.add("wrong_headway", "headway_s", _headways(periods), ride.leg.headway_s)
        return False
    if not any(period.start_s <= start_s < period.end_s for period in like):
        spans = " or ".join(f"{_departure(ride, p.start_s)} to {_departure(ride, p.end_s - 1)}" for p in like)
        findings.add("outside_window", "departure", spans, ride.leg.departure)
        return False
    if earliest_s is None:
        return True
    passing_s = earliest_s - ride.calls[ride.on].departure_s + ride.calls[0].departure_s - ride.day_start_s
    awaited_s = first_start(periods, passing_s, model)
    if awaited_s == start_s and any(period.start_for(passing_s, model) == start_s for period in like):
        return True
    expected = "no vehicle any more" if awaited_s is None else _departure(ride, awaited_s)
    findings.add("wrong_headway_wait", "departure", expected, ride.leg.departure)
    return False


def _headways(periods: tuple[Period, ...]) -> str:
    """What headway_s may be."""
    texts = {"null" if period.is_exact else str(period.headway_s) for period in periods}
    return " or ".join(sorted(texts))


def continues(before: KnownRide, ride: KnownRide) -> bool:
    """Whether riders of one trip stay seated into the other: both at its end, on one service day, in one vehicle."""
    if before.feed is not ride.feed or before.leg.service_date != ride.leg.service_date:
        return False
    if before.off != len(before.calls) - 1 or ride.on != 0 or not before.runs(ride.trip):
        return False
    if any(trip.id in ride.feed.frequencies.named for trip in (before.trip, ride.trip)):
        return False
    pair, transfers = (before.trip.id, ride.trip.id), ride.feed.transfers
    if pair in transfers.cancelled or before.calls[-1].arrival_s > ride.calls[0].departure_s:
        return False
    if before.trip.id in transfers.continued:
        return ride.trip.id in transfers.continued[before.trip.id]
    return before.calls[-1].stop_id == ride.calls[0].stop_id and pair in _followers(before)


def _followers(ride: KnownRide) -> set[tuple[str, str]]:
    """Trips of a ride's block that follow each other on its service day: by first departure, then last arrival."""
    calls = ride.feed.calls

    def order(trip: Trip) -> tuple[int, int, int]:
        return calls[trip.id][0].departure_s, calls[trip.id][-1].arrival_s, trip.place

    running = sorted(filter(ride.runs, ride.feed.blocks.get(ride.trip.block, ())), key=order)
    return {(first.id, second.id) for first, second in pairwise(running)}
