"""Times of the service day, their text, and the instants at which service days start."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfoNotFoundError

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.gtfs_time import LATEST_SECONDS, day_start, format_time, is_timezone, parse_times


def parse(*texts: str) -> list[int | None]:
    return parse_times(pl.Series("time", texts, pl.String)).to_list()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:00:00", 0),
        ("08:05:09", 29_109),
        ("8:05:09", 29_109),
        ("25:30:00", 91_800),
        ("99:59:59", 359_999),
        ("100:00:00", 360_000),
        ("240:00:00", LATEST_SECONDS),
    ],
)
def test_times_are_seconds_of_the_service_day(text: str, seconds: int) -> None:
    assert parse(text) == [seconds]


@pytest.mark.parametrize(
    "text",
    ["", "25:61:00", "06:00:60", "6:10:0", "06:10", "06:10:00Z", "06-10-00", "-1:00:00", "240:00:01",
     "1000000:00:00", "99999999999999:00:00", "ab:cd:ef", "0::00:00", "06:5?:00", "٠٦:١٠:٠٠", "06:10:00.5", "1_:00:00"],
)  # fmt: skip
def test_what_is_no_time_is_null(text: str) -> None:
    assert parse(text, "07:00:00") == [None, 25_200]


@given(st.lists(st.text("0123456789:;/ -?", max_size=10), max_size=30))
def test_parsing_agrees_with_the_pattern(texts: list[str]) -> None:
    def expected(text: str) -> int | None:
        match = re.fullmatch(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])", text)
        if match is None:
            return None
        seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
        return seconds if seconds <= LATEST_SECONDS else None

    assert parse(*texts) == [expected(text) for text in texts]


@given(st.integers(0, LATEST_SECONDS))
def test_writing_a_time_and_reading_it_gives_it_back(seconds: int) -> None:
    assert parse(format_time(seconds)) == [seconds]


def test_a_negative_time_is_not_written() -> None:
    with pytest.raises(ValueError, match="-1"):
        format_time(-1)


def test_a_service_day_starts_at_noon_minus_twelve_hours() -> None:
    # Berlin, winter: midnight is 23:00 UTC of the day before.
    assert day_start(date(2026, 3, 2), "Europe/Berlin") == 1_772_406_000
    # On 2026-03-29 noon is 10:00 UTC, so the day starts at 22:00 UTC, an hour before its midnight of 23:00 UTC.
    assert day_start(date(2026, 3, 29), "Europe/Berlin") == 1_774_735_200
    # On 2026-10-25 noon is 11:00 UTC, so the day starts at 23:00 UTC, an hour after its midnight of 22:00 UTC.
    assert day_start(date(2026, 10, 25), "Europe/Berlin") == 1_792_882_800


def test_service_days_are_23_or_25_hours_apart_when_clocks_change() -> None:
    days = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)]
    starts = [day_start(day, "Europe/Berlin") for day in days]
    assert [later - earlier for earlier, later in pairwise(starts)] == [23 * 3600, 24 * 3600]


def test_years_beyond_2038_and_before_1970_have_instants() -> None:
    assert day_start(date(2039, 3, 1), "UTC") == 2_182_550_400
    assert day_start(date(1969, 12, 31), "UTC") == -86_400


@pytest.mark.parametrize("name", ["Mars/Phobos", "../../../../etc/passwd", "", "Europe", "/etc/localtime"])
def test_hostile_zone_names_are_no_time_zones(name: str) -> None:
    assert not is_timezone(name)


def test_known_zones_are_time_zones() -> None:
    assert all(map(is_timezone, ["Asia/Jakarta", "America/Sao_Paulo", "UTC"]))


def test_an_unknown_zone_raises() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        day_start(date(2026, 1, 1), "Mars/Phobos")
