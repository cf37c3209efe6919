"""On which dates services run, and when service days start: GTFS reference, calendar.txt, calendar_dates.txt, Time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import polars as pl

from ingest.replay.feed_text import FeedText, first_of, is_one_of, whole

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ADDED = "1"
"""exception_type: the service runs; 2 says that it does not."""
LATEST_S = 240 * 3600
"""Times beyond ten days are mistakes: docs/notices.md, invalid_time."""

_TIME = re.compile(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Week:
    """A row of calendar.txt."""

    days: tuple[bool, ...]
    first: date
    last: date


@dataclass(slots=True)
class Services:
    """When each of some services runs."""

    weeks: dict[str, Week] = field(default_factory=dict)
    exceptions: dict[tuple[str, date], bool] = field(default_factory=dict)
    """(service, date) -> whether it runs, whatever the week says."""

    def runs_on(self, service: str, day: date) -> bool:
        """calendar_dates.txt first, then calendar.txt."""
        said = self.exceptions.get((service, day))
        if said is not None:
            return said
        week = self.weeks.get(service)
        return week is not None and week.first <= day <= week.last and week.days[day.weekday()]


def read_services(text: FeedText, wanted: set[str]) -> Services:
    """The services `wanted`. Rows without usable dates say nothing; of several with one key the first counts."""
    services = Services()
    keep = is_one_of("service_id", wanted)
    weeks = text.table("calendar.txt", keep).with_columns(whole(day, 0, 1, 0) for day in WEEKDAYS)
    for row in weeks.iter_rows(named=True):
        first, last = parse_date(row["start_date"]), parse_date(row["end_date"])
        if first and last and first <= last:
            week = Week(tuple(row[day] == 1 for day in WEEKDAYS), first, last)
            services.weeks.setdefault(row["service_id"], week)
    dates = text.table("calendar_dates.txt", keep).filter(pl.col("exception_type").is_in(["1", "2"]))
    for row in first_of(dates, "service_id", "date").iter_rows(named=True):
        day = parse_date(row["date"])
        if day:
            services.exceptions[row["service_id"], day] = row["exception_type"] == ADDED
    return services


def parse_date(text: str) -> date | None:
    """A date YYYYMMDD, or None."""
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def parse_time(text: str) -> int | None:
    """Seconds of H:MM:SS, HH:MM:SS or HHH:MM:SS, or None."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
    return seconds if seconds <= LATEST_S else None


def day_start_s(day: date, zone: str) -> int:
    """UTC seconds at which a service day starts: its noon, local time of the agency, minus 12 hours."""
    return int(datetime.combine(day, time(12), ZoneInfo(zone)).timestamp()) - 12 * 3600


def offset_s(instant_s: int, zone: str) -> int:
    """How far the clocks of a zone are ahead of UTC at an instant."""
    offset = datetime.fromtimestamp(instant_s, ZoneInfo(zone)).utcoffset()
    assert offset is not None, "a zone always has an offset"
    return int(offset.total_seconds())


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """The time zones there are. Names of a feed are looked up here before any file of that name is opened."""
    return frozenset(available_timezones())
