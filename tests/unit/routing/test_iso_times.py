"""Local times as text, one quarter of an hour at a time."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from routing import iso_times
from routing.instants import clock_at
from routing.iso_times import iso_at

ZONES = (
    "UTC",
    "Asia/Jakarta",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kathmandu",  # five hours and three quarters
    "Australia/Lord_Howe",  # clocks change by half an hour
    "Africa/Monrovia",  # 44 minutes and 30 seconds until 1972
    "Pacific/Apia",  # a day left out in 2011
)
NEW_YORK_SPRING, NEW_YORK_AUTUMN = 1_772_953_200, 1_793_512_800
"""2026-03-08 and 2026-11-01, when clocks change"""


@given(st.integers(-2_000_000_000, 4_000_000_000), st.sampled_from(ZONES))
@example(NEW_YORK_SPRING, "America/New_York")
@example(NEW_YORK_SPRING - 1, "America/New_York")
@example(NEW_YORK_AUTUMN, "America/New_York")
@example(NEW_YORK_AUTUMN - 1, "America/New_York")
@example(0, "Africa/Monrovia")
def test_as_datetime_writes_it(instant: int, name: str) -> None:
    zone = ZoneInfo(name)
    assert iso_at(instant, zone) == clock_at(instant, zone).isoformat()


def test_odd_offsets_are_left_to_datetime() -> None:
    monrovia = ZoneInfo("Africa/Monrovia")
    assert iso_times._quarter(monrovia, 0) is None
    assert iso_times._quarter(monrovia, 1_000_000) == ("1998-07-09T16", 0, "+00:00")
