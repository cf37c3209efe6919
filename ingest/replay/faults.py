"""What a journey can get wrong, by code, and the list of what one did get wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CODES: Mapping[str, str] = {
    # which vehicle
    "unknown_feed": "the leg rides a feed that was not given",
    "wrong_feed": "a trip belongs to the feed that its id begins with",
    "unknown_trip": "trips.txt has no such trip on a known route and service",
    "unusable_trip": "the times of this trip in stop_times.txt cannot be ridden",
    "wrong_route": "trips.txt says which route a trip is on",
    "wrong_provider": "the provider is the one that runs the agency of the route",
    "wrong_label": "names, headsign, colour and type are those of the feed, or a translation of it",
    "not_running": "calendar.txt and calendar_dates.txt say on which dates a trip runs",
    # which calls
    "unknown_call": "stop_times.txt has no call of the trip with this stop_sequence",
    "wrong_stop": "stop_times.txt says at which stop a call is",
    "wrong_order": "a ride ends at a later call than it begins",
    "no_boarding": "nobody boards where pickup_type is 1",
    "no_alighting": "nobody alights where drop_off_type is 1",
    "wrong_calls": "the calls between are those of stop_times.txt, with their times and places",
    "wrong_position": "stops.txt says where a stop is",
    # when
    "wrong_time": "the times of a leg are those of the timetable, and a walk begins when the leg before it ends",
    "wrong_offset": "times carry the offset of the stop's time zone",
    "off_grid": "with exact_times=1 vehicles leave every headway from start_time on, the last before end_time",
    "outside_window": "with exact_times=0 vehicles leave the first stop from start_time on and before end_time",
    "wrong_headway": "headway_s is that of a row of frequencies.txt, and null for a timetable",
    "wrong_headway_wait": "a rider takes the vehicle that the model of waiting gives",
    "wrong_wait": "wait_s is the time from being at the stop to the departure",
    "not_seated": "riders stay seated where a block or a transfer_type=4 row continues the trip, end to end",
    "not_scheduled": "a replay knows timetables alone: no leg is in real time, and its scheduled times are its times",
    # on foot
    "unknown_place": "a walk begins and ends at stops of the feeds or at coordinates",
    "wrong_distance": "no walk is shorter than the straight line or the pathways it takes",
    "wrong_walk_time": "a walk takes its metres at the walking speed, or what transfers.txt or pathways.txt fixes",
    "no_way": "no pathway leads this way, or none without stairs for a wheelchair",
    "walk_too_long": "no walk takes longer than max_walk_s",
    # from leg to leg
    "gap": "a leg begins where the one before ends",
    "two_walks": "between two vehicles there is at most one walk",
    "out_of_order": "no leg begins before the one before it has ended",
    "change_too_short": "a change takes its min_transfer_time and the rider's slack",
    "change_forbidden": "transfer_type=3 forbids the change between these trips",
    # the whole
    "wrong_total": "totals follow from the legs",
    "outside_search": "a journey lies within 24 hours of the time that was asked for, on its right side",
    "wrong_end": "a journey leads from the origin to the destination that were asked for",
    "too_many_transfers": "no journey has more than max_transfers changes",
    "provider_not_asked": "only the providers that were asked for are ridden",
    "mode_not_asked": "only the route types that were asked for are ridden",
    "no_wheelchairs": "wheelchairs ride trips that say wheelchair_accessible=1, from and to stops that do not say 2",
}
"""Code -> the rule that is broken."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a journey says and the feed does not.

    journey  where it is in the document, such as `options[0].journey`
    leg      which leg, the first being 0; None where the whole journey is meant
    """

    code: str
    journey: str
    leg: int | None
    field: str
    expected: str
    found: str

    @property
    def message(self) -> str:
        """One sentence that names leg, field, expected and found."""
        where = self.journey if self.leg is None else f"{self.journey}.legs[{self.leg}]"
        return f"{where}: {self.field} is {self.found}, expected {self.expected}: {CODES[self.code]}"

    def to_dict(self) -> dict[str, str | int | None]:
        """JSON-ready."""
        return {
            "code": self.code,
            "journey": self.journey,
            "leg": self.leg,
            "field": self.field,
            "expected": self.expected,
            "found": self.found,
            "message": self.message,
        }


@dataclass(slots=True)
class Findings:
    """The faults of one journey as they are found; `of_leg` gives one that adds to the same list."""

    journey: str
    leg: int | None = None
    faults: list[Fault] = field(default_factory=list)

    def of_leg(self, leg: int) -> Findings:
        """For what is wrong with one leg."""
        return Findings(self.journey, leg, self.faults)

    def add(self, code: str, field_name: str, expected: object, found: object) -> None:
        """One more fault. Raises KeyError for a code that is not in CODES."""
        CODES[code]
        self.faults.append(Fault(code, self.journey, self.leg, field_name, _shown(expected), _shown(found)))

    def compare(self, code: str, field_name: str, expected: object, found: object) -> bool:
        """Whether both are equal; a fault if not."""
        if expected != found:
            self.add(code, field_name, expected, found)
        return expected == found


def _shown(value: object) -> str:
    """As JSON has it, where that is shorter than Python."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, frozenset | set | list | tuple):
        return f"[{', '.join(sorted(map(str, value)))}]"
    return str(value) or '""'
