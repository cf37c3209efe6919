"""Our network read more simply, one rule after another: what peers leave out that read times to the second.

Each was seen in answers of theirs: cafein and ferrobus leave express buses at calls that only take riders in.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from typing import TypeVar

import numpy as np

from ingest.bounds import no_bounds
from ingest.model import CAN_ALIGHT, CAN_BOARD, Footpaths, Headways, Network, StopSequences, Transfers
from ingest.trip_transfers import no_trip_transfers

STAY, DO_NOT_STAY = 4, 5
"""transfer_type of rows about staying seated."""

ANYONE = CAN_BOARD | CAN_ALIGHT

Reading = tuple[str, Network]
Table = TypeVar("Table", Footpaths, Transfers)


def simpler(network: Network, day: date, days_before: int) -> Iterator[Reading]:
    """(what is left out from this step on, network): headways, who may board where, changes, other days.

    The trips of `days_before` days before `day` stay: they run after midnight.
    """
    network = dataclasses.replace(network, bounds=no_bounds())
    if len(network.headways.trip):
        network = dataclasses.replace(network, headways=timed_headways(network.headways))
        yield "headways as departures at fixed times", network
    if (network.sequences.flags != ANYONE).any():
        network = dataclasses.replace(network, sequences=open_calls(network.sequences))
        yield "every call open to board and to leave", network
    network = without_change_rules(network)
    yield "neither change times at a stop, nor staying seated, nor rules between trips", network
    yield f"trips of that day{' and the day before' * bool(days_before)} alone", only_days(network, day, days_before)


def timed_headways(rows: Headways) -> Headways:
    """A vehicle at `start` and each headway after it, before `end`."""
    return dataclasses.replace(rows, exact=np.ones_like(rows.exact))


def open_calls(sequences: StopSequences) -> StopSequences:
    """pickup_type and drop_off_type not read."""
    return dataclasses.replace(sequences, flags=np.full_like(sequences.flags, ANYONE))


def without_change_rules(network: Network) -> Network:
    """Changes at one stop take no time; trips end where they end; what names trips or routes is not read."""
    paths, rows = network.footpaths, network.transfers
    between = paths.from_stop != paths.to_stop
    seated = np.isin(rows.type, (STAY, DO_NOT_STAY))
    block = np.full_like(network.trips.block, -1)
    return dataclasses.replace(
        network,
        trips=dataclasses.replace(network.trips, block=block),
        transfers=_rows(rows, ~seated),
        footpaths=_rows(paths, between),
        trip_transfers=no_trip_transfers(),
    )


def only_days(network: Network, day: date, days_before: int) -> Network:
    """Service of `day` and of so many days before it."""
    column = (day - network.first_date).days
    runs = network.services.runs.copy()
    runs[:, : max(column - days_before, 0)] = 0
    runs[:, column + 1 :] = 0
    return dataclasses.replace(network, services=dataclasses.replace(network.services, runs=runs))


def _rows(table: Table, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Table:
    columns = {name: getattr(table, name)[kept] for name in table.__dataclass_fields__}
    return dataclasses.replace(table, **columns)
