"""What became of a message and of each of its entities: closed lists of words, for counters and for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """Of a message."""

    APPLY = "apply"
    APPLY_PARTLY = "apply partly"
    """Some of its entities are ignored."""
    IGNORE_ENTITY = "ignore entity"
    """Its only entity is ignored."""
    REJECT_MESSAGE = "reject message"
    """Nothing of it is used: what was known before stays until it is too old."""


class Rejection(StrEnum):
    """Why a message is rejected."""

    EMPTY = "empty"
    NOT_A_MESSAGE = "not_a_message"
    NO_HEADER = "no_header"
    UNREADABLE = "unreadable"
    """No entity has what the format requires of it."""
    STALE = "stale"
    IN_THE_FUTURE = "in_the_future"
    OLDER_THAN_LAST = "older_than_last"
    TOO_LARGE = "too_large"
    FEED_REJECTED = "feed_rejected"
    """There is no schedule that it could be about."""
    DIFFERENTIAL = "differential"
    """GTFS-Realtime leaves open what a message of changes alone means."""


class Reason(StrEnum):
    """Why an entity is ignored."""

    UNREADABLE = "unreadable"
    EMPTY_ENTITY = "empty_entity"
    UNSUPPORTED_ENTITY = "unsupported_entity"
    UNKNOWN_RELATIONSHIP = "unknown_relationship"
    UNKNOWN_TRIP = "unknown_trip"
    UNKNOWN_ROUTE = "unknown_route"
    UNKNOWN_STOP = "unknown_stop"
    UNKNOWN_STOP_SEQUENCE = "unknown_stop_sequence"
    UNKNOWN_SELECTOR = "unknown_selector"
    TRIP_NOT_IDENTIFIED = "trip_not_identified"
    ROUTE_MISMATCH = "route_mismatch"
    DIRECTION_MISMATCH = "direction_mismatch"
    STOP_MISMATCH = "stop_mismatch"
    STOP_MISSING = "stop_missing"
    AMBIGUOUS_STOP = "ambiguous_stop"
    DUPLICATE_STOP = "duplicate_stop"
    OUT_OF_ORDER = "out_of_order"
    TOO_FEW_STOPS = "too_few_stops"
    TOO_MANY_UPDATES = "too_many_updates"
    BAD_START_DATE = "bad_start_date"
    BAD_START_TIME = "bad_start_time"
    START_TIME_MISSING = "start_time_missing"
    START_TIME_MISMATCH = "start_time_mismatch"
    NOT_RUNNING = "not_running"
    DUPLICATE_TRIP = "duplicate_trip"
    HEADWAY_VEHICLE = "headway_vehicle"
    """One vehicle of a service without a timetable is cancelled: there is none to take out."""
    NOTHING_SAID = "nothing_said"
    TIME_MISSING = "time_missing"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    TIMES_DECREASE = "times_decrease"
    BAD_POSITION = "bad_position"


@dataclass(frozen=True, slots=True)
class RealtimeReport:
    """What became of one message of a feed."""

    feed: str
    outcome: Outcome
    reason: Rejection | None
    applied: int
    ignored: Mapping[Reason, int]
    timestamp_s: int | None
    """When the message was made, UTC seconds; None where it does not say or cannot be read."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "feed": self.feed,
            "outcome": self.outcome.value,
            "reason": None if self.reason is None else self.reason.value,
            "entities_applied": self.applied,
            "entities_ignored": {reason.value: count for reason, count in sorted(self.ignored.items())},
        }


def outcome_of(applied: int, ignored: int) -> Outcome:
    """Of a message that was taken, by how many of its entities were."""
    if ignored == 0:
        return Outcome.APPLY
    return Outcome.IGNORE_ENTITY if applied == 0 and ignored == 1 else Outcome.APPLY_PARTLY
