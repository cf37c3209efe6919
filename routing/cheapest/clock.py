"""The clock of one question: between its first and its last second it is one offset ahead of UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from routing.cheapest.task import CheapTask


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds are those of the timetable. `first` and `last`: between these the question plays."""

    epoch_s: int
    zone: ZoneInfo
    first: int
    last: int

    @classmethod
    def of(cls, task: CheapTask) -> Clock | None:
        """None where the clocks of two stops differ, or one changes meanwhile."""
        first, last = (-task.limit, -task.time) if task.arrive_by else (task.time, task.limit)
        zones = [ZoneInfo(task.network.zones[zone]) for zone in np.unique(task.network.stops.zone).tolist()]
        instants = [task.timetable.epoch_s + at for at in (first - 1, last + 1)]
        offsets = {datetime.fromtimestamp(instant, zone).utcoffset() for instant in instants for zone in zones}
        return cls(task.timetable.epoch_s, zones[0], first, last) if len(offsets) == 1 else None

    def at(self, second: int) -> datetime:
        """What it shows."""
        return datetime.fromtimestamp(self.epoch_s + second, self.zone)

    def days(self) -> list[date]:
        """The dates on which the question plays."""
        first, last = self.at(self.first).date(), self.at(self.last).date()
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def second_of(self, day: date, clock_s: int) -> int:
        """When it shows so many seconds after midnight."""
        shift = self.at(self.first).utcoffset()
        assert shift is not None
        midnight = (day.toordinal() - date(1970, 1, 1).toordinal()) * 86_400 - int(shift.total_seconds())
        return midnight + clock_s - self.epoch_s
