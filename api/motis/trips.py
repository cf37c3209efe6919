"""/trip and /refresh-itinerary: vehicles, and itineraries put together again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from api.motis.asked import COORDINATE, point_of
from api.motis.itinerary_ids import ItineraryId, RidePart, WalkPart, parse_itinerary_id
from api.motis.plan import Teller, make_teller
from api.motis.plan_parameters import TellingOptions
from api.motis.told import Told
from api.motis.trip_ids import UnknownTripError, run_of_id
from api.motis.versions import ApiVersion
from api.query_text import network_zone
from api.state import ServiceState
from ingest.model import Network
from routing import Journey, RideLeg, WalkLeg
from routing.along import AlongWalk
from routing.instants import after, clock_at, instant_s
from routing.journeys import PlaceName
from routing.on_foot import OnFoot
from routing.places import UnknownPlaceError
from routing.trip_runs import ride_leg, stop_name


class TripParameters(TellingOptions):
    """What /trip may be asked."""

    trip_id: Annotated[str, Field(description="From a leg or a board; or our own id: then its next vehicle.")]


class RefreshParameters(TellingOptions):
    """What /refresh-itinerary may be asked."""

    itinerary_id: Annotated[str, Field(description="The id of an itinerary.")]
    pedestrian_profile: Annotated[str, Field(pattern="^(FOOT|WHEELCHAIR)$")] = "FOOT"


def trip(
    state: ServiceState, asked: TripParameters, version: ApiVersion, now: datetime, accepted: str | None
) -> Told:  # fmt: skip
    """A vehicle from its first stop to its last. Raises UnknownTripError and QueryError."""
    router = state.router.current
    teller = make_teller(state, router, asked, version, accepted)
    run = run_of_id(router.network, asked.trip_id, now)
    leg = ride_leg(run, 0, len(run.stops) - 1)
    return teller.itinerary(Journey(leg.departure, leg.arrival, 0, frozenset({leg.provider}), (leg,)))


def refresh_itinerary(
    state: ServiceState, asked: RefreshParameters, version: ApiVersion, now: datetime, accepted: str | None
) -> Told:  # fmt: skip
    """Raises UnknownTripError, UnknownPlaceError and QueryError."""
    router = state.router.current
    teller: Teller = make_teller(state, router, asked, version, accepted)
    on_foot = state.on_foot(step_free=asked.pedestrian_profile == "WHEELCHAIR")
    rebuilder = _Rebuilder(router.network, on_foot, now)
    return teller.itinerary(rebuilder.journey(parse_itinerary_id(asked.itinerary_id)))


@dataclass(slots=True)
class _Rebuilder:
    """Puts journeys together from ids."""

    network: Network
    on_foot: OnFoot
    now: datetime

    def journey(self, parts: ItineraryId) -> Journey:
        legs: list[RideLeg | WalkLeg] = []
        for part in parts.parts:
            legs.append(self._ride(part, legs) if isinstance(part, RidePart) else self._walk(part, legs))
        rides = [leg for leg in legs if isinstance(leg, RideLeg)]
        transfers = sum(not leg.stay_seated for leg in rides) - 1
        return Journey(
            departure=self._departure(parts, legs),
            arrival=legs[-1].arrival,
            transfers=max(transfers, 0),
            providers=frozenset(leg.provider for leg in rides),
            legs=tuple(legs),
            kind="ride" if rides else "walk",
        )

    def _departure(self, parts: ItineraryId, legs: list[RideLeg | WalkLeg]) -> datetime:
        """A rider who waits for a first headway vehicle set out when he began to wait."""
        first = parts.parts[0]
        left = first.left if isinstance(first, RidePart) else None
        zone = legs[0].departure.tzinfo
        return legs[0].departure if left is None or zone is None else clock_at(left, zone)

    def _ride(self, part: RidePart, before: list[RideLeg | WalkLeg]) -> RideLeg:
        run = run_of_id(self.network, part.trip, self.now)
        sequence = self.network.stop_times.stop_sequence[run.rows].tolist()
        if part.board not in sequence or part.alight not in sequence or part.board >= part.alight:
            raise UnknownTripError(f"trip {part.trip!r} does not call there any more")
        leg = ride_leg(run, sequence.index(part.board), sequence.index(part.alight), stay_seated=part.seated)
        if before and instant_s(before[-1].arrival) > instant_s(leg.departure):
            raise UnknownTripError(f"trip {part.trip!r} cannot be caught any more")
        return leg

    def _walk(self, part: WalkPart, before: list[RideLeg | WalkLeg]) -> WalkLeg:
        """The walk, as long as it was; after a ride it begins when the rider gets off."""
        start, end = self._end(part.start), self._end(part.end)
        departure = before[-1].arrival if before else clock_at(part.departure, self._zone(part))
        along = AlongWalk(self.on_foot, (start.lat, start.lon), (end.lat, end.lon), part.metres)
        return WalkLeg(start, end, departure, after(departure, part.seconds), part.metres, along)

    def _end(self, text: str) -> PlaceName:
        row = self.network.stops.id.find(text)
        if row >= 0:
            return stop_name(self.network, row)
        if not COORDINATE.fullmatch(text):
            raise UnknownPlaceError(text)
        return PlaceName(text, text, *point_of(text, "itineraryId"))

    def _zone(self, part: WalkPart) -> ZoneInfo:
        rows = [row for text in (part.start, part.end) if (row := self.network.stops.id.find(text)) >= 0]
        zones = self.network.zones
        return ZoneInfo(zones[int(self.network.stops.zone[rows[0]])]) if rows else network_zone(self.network)
