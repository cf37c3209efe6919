"""Arithmetic on instants.

Python compares and subtracts two datetimes of one zone by their wall clocks, which is wrong by an hour where clocks
change. So nothing here or in what uses it ever does: instants are compared as UTC seconds.
"""

from __future__ import annotations

from datetime import datetime, tzinfo


def clock_at(instant: int, zone: tzinfo) -> datetime:
    """UTC seconds as a local time."""
    return datetime.fromtimestamp(instant, zone)


def instant_s(time: datetime) -> int:
    """UTC seconds of an aware datetime."""
    return int(time.timestamp())


def seconds_between(start: datetime, end: datetime) -> int:
    """Elapsed seconds."""
    return instant_s(end) - instant_s(start)


def after(time: datetime, seconds: int) -> datetime:
    """The instant `seconds` later (earlier, if negative), in the same zone."""
    return datetime.fromtimestamp(time.timestamp() + seconds, time.tzinfo)
