"""An even plainer earliest arrival than the oracle's: it tries every sequence of rides, one inside the other.

Only for networks of a few trips; it exists to judge the oracle.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.oracle import Question
from tests.support.oracle_vehicles import HeadwayVehicle, Spot, Vehicle


def earliest_by_enumeration(question: Question, departure: int, limit: int) -> list[int | None]:
    """For each number of transfers the earliest arrival by `limit`; as Question.earliest."""
    found: list[list[int]] = [[] for _ in range(question.max_transfers + 1)]
    vehicles = [vehicle for vehicle in question.vehicles if vehicle.is_under_way(departure, limit)]
    for spot, seconds in question.access.items():
        _ride_on(question, vehicles, spot, departure + seconds, found, 0)
    return [min((end for end in ends if end <= limit), default=None) for ends in found]


def _ride_on(
    question: Question, vehicles: list[Vehicle], spot: Spot, ready: int, found: list[list[int]], transfers: int
) -> None:
    for vehicle in vehicles:
        for off, arrival in _rides(vehicle, spot, ready):
            if off in question.egress:
                found[transfers].append(arrival + question.egress[off])
            if transfers < question.max_transfers:
                for leave, board, seconds in question.changes:
                    if leave == off:
                        _ride_on(question, vehicles, board, arrival + seconds, found, transfers + 1)


def _rides(vehicle: Vehicle, spot: Spot, ready: int) -> Iterator[tuple[Spot, int]]:
    """(spot, arrival) of every ride on one vehicle for a rider at `spot` from `ready` on."""
    for i, call in enumerate(vehicle.calls):
        if call.spot != spot or not call.can_board:
            continue
        for off in vehicle.calls[i + 1 :]:
            if not off.can_alight:
                continue
            if isinstance(vehicle, HeadwayVehicle):
                yield from ((off.spot, arrival) for arrival in _headway_arrivals(vehicle, i, off.arrival, ready))
            elif call.departure >= ready:
                yield off.spot, off.arrival


def _headway_arrivals(vehicle: HeadwayVehicle, board: int, offset: int, ready: int) -> Iterator[int]:
    """One arrival for each row whose vehicles still run; the rider's is the least of them."""
    for start, end, headway in vehicle.rows:
        due = ready - vehicle.calls[board].departure
        leaves = (start if due < start else due) + vehicle.wait_s(headway)
        if leaves < end:
            yield leaves + offset
