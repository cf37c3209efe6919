"""Times of GTFS: seconds of a service day, and the instant at which that day starts.

A service day starts at noon minus 12 hours, local time. Nothing here assumes that a day has 24 hours.
"""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import polars as pl
from numpy.typing import NDArray

LATEST_SECONDS = 240 * 3600
"""A trip or headway period that goes on for more than ten days is a mistake."""

_TEMPLATE = np.uint64(0x30303A30303A3030)
"""The bytes of 00:00:00, the same in both directions."""
_MORE_THAN_DIGITS = np.uint64(0xF0F0FFF0F0FFF0F0)
_CARRY = np.uint64(0x0606000606000606)
"""Added to a digit, it runs over into the upper half of the byte where that is above 9."""
_TENS_OVER_5 = np.uint64(0x0002000002000000)
"""Added to the tens of minutes and seconds, with bit 3 telling that they were above 5."""
_BIT_3 = np.uint64(0x0008000008000000)
_TENS = np.uint64(0x000F00000F000000)


def parse_times(text: pl.Series) -> pl.Series:
    """Seconds (Int32) of texts H:MM:SS, HH:MM:SS or HHH:MM:SS; null for "" and for what is no such time.

    Minutes and seconds are below 60, the whole is at most LATEST_SECONDS.
    """
    words = text.cast(pl.Binary).bin.reinterpret(dtype=pl.UInt64, endianness="little")
    seconds = _seconds_of_words(words.fill_null(0).to_numpy())
    parsed = pl.Series(text.name, seconds, pl.Int32)
    odd = pl.Series(seconds < 0)
    if (text.filter(odd) != "").any():
        frame = pl.DataFrame([text.alias("text"), parsed.alias("seconds")])
        rest = pl.when(pl.col("seconds") < 0).then(_parse_slowly("text")).otherwise(pl.col("seconds"))
        return frame.select(rest.alias(text.name)).to_series()
    return parsed.set(odd, None) if odd.any() else parsed


def _seconds_of_words(words: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Of the eight bytes of HH:MM:SS, the first one lowest; -1 for anything else."""
    digits = words ^ _TEMPLATE
    bad = ((digits | (digits + _CARRY)) & _MORE_THAN_DIGITS) | (((digits & _TENS) + _TENS_OVER_5) & _BIT_3)
    seconds = np.zeros(len(words), np.int32)
    for place, weight in ((0, 36_000), (1, 3_600), (3, 600), (4, 60), (6, 10), (7, 1)):
        seconds += (digits >> np.uint64(8 * place)).astype(np.uint8).astype(np.int32) * np.int32(weight)
    seconds[bad != 0] = -1
    return seconds


def _parse_slowly(column: str) -> pl.Expr:
    """Hours of one or three digits, which are rare: by pattern."""
    parts = pl.col(column).str.extract_groups(r"^([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])$")
    hours, minutes, seconds = (parts.struct[place].cast(pl.Int32, strict=False) for place in range(3))
    total = hours * 3600 + minutes * 60 + seconds
    return pl.when(total <= LATEST_SECONDS).then(total)


def format_time(seconds: int) -> str:
    """`25:30:00` for 91800. Raises ValueError for negative seconds."""
    if seconds < 0:
        raise ValueError(f"a time of a service day is not negative: {seconds}")
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def day_start(service_date: date, zone: str) -> int:
    """The instant, in seconds since 1970 UTC, at which a service day starts: its noon minus 12 hours.

    `zone` is an IANA name that `is_timezone` accepts; raises ZoneInfoNotFoundError or ValueError for others.
    """
    noon = datetime.combine(service_date, time(12), ZoneInfo(zone))
    return int(noon.timestamp()) - 12 * 3600


def is_timezone(name: str) -> bool:
    """Whether `name` is in the time zone database. Never touches the file that a hostile name points to."""
    return name in _timezones()


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())
