"""Stops and coordinates as places of MOTIS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson
from orjson import Fragment

from api.motis.alerts import told_alert
from api.motis.modes import modes_of
from api.motis.run_calls import RunCalls
from api.motis.told import Told, ToldNetwork, without_none
from api.motis.versions import ApiVersion
from api.stop_facts import StopFacts
from ingest.model import CAN_ALIGHT, CAN_BOARD, Network
from ingest.translated_names import network_in
from routing.journeys import PlaceName
from routing.query import Place
from routing.trip_runs import TripRun

if TYPE_CHECKING:
    from api.state import ServiceState

NORMAL, NOT_ALLOWED = "NORMAL", "NOT_ALLOWED"
CAN_RIDE = CAN_BOARD | CAN_ALIGHT
BOARDING = {
    flags: f',"pickupType":"{NORMAL if flags & CAN_BOARD else NOT_ALLOWED}",'
    f'"dropoffType":"{NORMAL if flags & CAN_ALIGHT else NOT_ALLOWED}"'
    for flags in (0, CAN_BOARD, CAN_ALIGHT, CAN_BOARD | CAN_ALIGHT)
}


@dataclass(frozen=True, slots=True)
class PlaceWriter:
    """Writes places of one network in one version; `network` may have its names in another language."""

    network: Network
    facts: StopFacts
    version: ApiVersion
    told: ToldNetwork
    _rows: dict[str, int] = field(default_factory=dict)
    """Of this answer, which names the coordinates that were asked for again and again."""

    def stop(self, row: int, *, with_modes: bool = False) -> Told:
        """A stop or station; what calls there, if wanted."""
        place = dict(self.told.stop(row))
        if with_modes:
            place["modes"] = modes_of(self.facts.route_types(row), self.version)
        return place

    def point(self, name: str, lat: float, lon: float) -> Told:
        """A coordinate."""
        return without_none(
            name=name, lat=float(lat), lon=float(lon), level=self.told.no_level, vertexType="NORMAL"
        )  # fmt: skip

    def asked(self, place: Place, name: str) -> Told:
        """What was asked for: a stop that there is, or a coordinate, called `name`."""
        if not isinstance(place, str):
            return self.point(name, *place)
        return self.stop(self.row(place))

    def row(self, stop_id: str) -> int:
        """Row of a scoped stop id, or of a bare one if there is one feed; -1 if there is none."""
        row = self._rows.get(stop_id)
        if row is None:
            row = self._rows[stop_id] = self.told.row(stop_id)
        return row

    def call(self, run: TripRun, position: int) -> Fragment:
        """A stop when a vehicle calls at it; its first call has no arrival and its last no departure."""
        return self.made_call(RunCalls(run), position)

    def made_call(self, calls: RunCalls, position: int, *, arrives: bool = True, leaves: bool = True) -> Fragment:
        """As `call`, of one of many `calls`; without its arrival or departure where that is not wanted."""
        return Fragment(self._call_text(calls, position, arrives=arrives, leaves=leaves))

    def made_calls(self, calls: Iterable[tuple[RunCalls, int]]) -> Fragment:
        """Several, as an array."""
        return Fragment(f"[{','.join([self._call_text(run, position) for run, position in calls])}]")

    def end_of_walk(self, place: PlaceName, name: str, event: str, at: str) -> Fragment:
        """Where a walk begins (`event` is departure) or ends (arrival), `at` a UTC text; a coordinate has a `name`."""
        row = self.row(place.id)
        text = self.told.stop_text(row) if row >= 0 else _open(self.point(name, place.lat, place.lon))
        return Fragment(f'{text},"{event}":"{at}","scheduled{event.capitalize()}":"{at}"}}')

    def _call_text(self, calls: RunCalls, position: int, *, arrives: bool = True, leaves: bool = True) -> str:
        stop = self.told.stop_text(calls.stops[position])
        times = calls.times(position, arrives=arrives, leaves=leaves)
        boarding = BOARDING[calls.flags[position] & CAN_RIDE]
        if calls.is_as_scheduled and not calls.has_alerts:
            return f'{stop}{times}{boarding},"cancelled":false}}'
        told = [told_alert(alert) for alert in calls.run.stop_alerts(position)]
        alerts = f',"alerts":{orjson.dumps(told).decode()}' if told else ""
        cancelled = "true" if calls.is_skipped(position) else "false"
        return f'{stop}{times}{boarding},"cancelled":{cancelled}{alerts}}}'


def _open(told: Told) -> str:
    """As JSON without the brace that ends it."""
    return orjson.dumps(told)[:-1].decode()


def make_place_writer(
    state: ServiceState, network: Network, languages: Sequence[str], version: ApiVersion
) -> PlaceWriter:  # fmt: skip
    """For `network`, one of the state's (by the schedule or not), with its names in the first of `languages`."""
    spoken = network_in(network, languages)
    # Real time changes no stop and no route: what is told of them is kept with the snapshot.
    key = () if spoken is network else tuple(languages), version.needs_levels
    told = state.told.get(
        key, lambda: ToldNetwork(network_in(state.network, languages), state.stop_facts, version)
    )  # fmt: skip
    return PlaceWriter(spoken, state.stop_facts, version, told)
