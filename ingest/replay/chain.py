"""The legs of a journey one after the other: each begins where and when the one before lets it.

What hangs on a time that is wrong is not judged: one fault is told once.
"""

from __future__ import annotations

from ingest.replay.document import FoundJourney
from ingest.replay.faults import Findings
from ingest.replay.feeds import Feeds, Place
from ingest.replay.reader import Moment
from ingest.replay.records import RideRecord, WalkRecord
from ingest.replay.rides import KnownRide, check_calls, check_labels, check_schedule, find_ride
from ingest.replay.transfers import Rule
from ingest.replay.vehicles import continues, find_shift
from ingest.replay.walks import Walker


class Chain:
    """Replays the legs of one journey. `end_s` is when the last one ends by the feeds; None: not known."""

    def __init__(self, found: FoundJourney, feeds: Feeds, findings: Findings) -> None:
        self._found, self._feeds, self._findings = found, feeds, findings
        self._walker = Walker(feeds, found)
        self._legs = found.journey.legs
        self.rides = [
            find_ride(leg, feeds, findings.of_leg(number)) if isinstance(leg, RideRecord) else None
            for number, leg in enumerate(self._legs)
        ]
        first = self._legs[0]
        begins = found.journey.departure.instant_s
        self.end_s: int | None = begins if begins <= first.departure.instant_s else None

    def replay(self) -> None:
        """Go through all legs."""
        for number, leg in enumerate(self._legs):
            findings = self._findings.of_leg(number)
            begin_s, self.end_s = self.end_s, None
            if not self._joins(number, findings):
                begin_s = None
            elif isinstance(leg, WalkRecord):
                self._walk(number, leg, begin_s, findings)
            if isinstance(leg, RideRecord):
                self._ride(number, begin_s, findings)
                if not any(fault.leg == number for fault in findings.faults):  # one thing wrong is one fault
                    check_schedule(leg, findings)

    def _joins(self, number: int, findings: Findings) -> bool:
        """Whether a leg begins where the one before ends, as far as that is known; seated riders always do."""
        leg, before = self._legs[number], self._legs[number - 1] if number else None
        if before is None or (isinstance(leg, RideRecord) and leg.stay_seated):
            return True
        if isinstance(before, WalkRecord) and isinstance(leg, WalkRecord):
            findings.add("two_walks", "kind", "ride", "walk")
        field = "from_place" if isinstance(leg, WalkRecord) else "from_stop"
        is_known = self._is_known(number - 1, before.end.id) and self._is_known(number, leg.start.id)
        return not is_known or findings.compare("gap", field, before.end.id, leg.start.id)

    def _is_known(self, number: int, place: str) -> bool:
        """Whether the feeds know the trip of a ride, or the place at an end of a walk."""
        if isinstance(self._legs[number], RideRecord):
            return self.rides[number] is not None
        return self._feeds.find_place(place) is not None

    def _walk(self, number: int, walk: WalkRecord, begin_s: int | None, findings: Findings) -> None:
        if number and begin_s is not None and walk.departure.instant_s != begin_s:
            code = "out_of_order" if walk.departure.instant_s < begin_s else "wrong_time"
            findings.add(code, "departure", walk.departure.beside(begin_s), walk.departure)
            return
        ends = self._ends(walk, findings)
        if ends is None or not self._are_known(number - 1, number + 1):
            return
        before, after = self._ride_at(number - 1), self._ride_at(number + 1)
        if self._walker.check(walk, ends, (before, after), findings):
            self.end_s = walk.arrival.instant_s

    def _are_known(self, *numbers: int) -> bool:
        """Whether the feeds know the rides among those legs."""
        inside = [number for number in numbers if 0 <= number < len(self._legs)]
        return all(isinstance(self._legs[number], WalkRecord) or self.rides[number] for number in inside)

    def _ride_at(self, number: int) -> KnownRide | None:
        return self.rides[number] if 0 <= number < len(self._legs) else None

    def _ends(self, walk: WalkRecord, findings: Findings) -> tuple[Place, Place] | None:
        start, end = self._feeds.find_place(walk.start.id), self._feeds.find_place(walk.end.id)
        for field, place, text in (("from_place", start, walk.start.id), ("to_place", end, walk.end.id)):
            if place is None:
                findings.add("unknown_place", field, "a stop of the feeds or lat,lon", text)
        return None if start is None or end is None else (start, end)

    def _ride(self, number: int, ready_s: int | None, findings: Findings) -> None:
        ride = self.rides[number]
        if ride is None:
            return
        check_labels(ride, findings)
        follows = self._legs[number + 1] if number + 1 < len(self._legs) else None
        is_left = not (isinstance(follows, RideRecord) and follows.stay_seated)
        if is_left and not ride.calls[ride.off].can_alight:
            findings.add("no_alighting", "to_stop_sequence", "a call that is not drop_off_type=1", ride.leg.to_sequence)
        if ride.leg.stay_seated:
            self._check_seat(number, ride, findings)
            earliest_s: int | None = None
        else:
            if not ride.calls[ride.on].can_board:
                expected = "a call that is not pickup_type=1"
                findings.add("no_boarding", "from_stop_sequence", expected, ride.leg.from_sequence)
            earliest_s = self._earliest_s(number, ride, ready_s, findings)
        shift_s = find_shift(ride, earliest_s, self._found.terms.headway_wait, findings)
        if shift_s is not None:
            self._check_times(ride, shift_s, ready_s, earliest_s, findings)

    def _check_seat(self, number: int, ride: KnownRide, findings: Findings) -> None:
        before = self._legs[number - 1] if number else None
        known = self._ride_at(number - 1)
        if not isinstance(before, RideRecord):
            findings.add("not_seated", "stay_seated", "false: no vehicle comes before", True)
        elif known is not None and not continues(known, ride):
            expected = f"false: nothing continues {before.trip_id} into {ride.leg.trip_id}"
            findings.add("not_seated", "stay_seated", expected, True)

    def _earliest_s(self, number: int, ride: KnownRide, ready_s: int | None, findings: Findings) -> int | None:
        """When the rider can board: there, and done with the change from the vehicle before."""
        if ready_s is None:
            return None
        before = self._ride_at(number - 1)
        if before is None:  # the journey begins here, or a walk led here
            changes = any(isinstance(leg, RideRecord) for leg in self._legs[:number])
            return ready_s + (self._found.query.slack_s if changes else 0)
        rule = self._change_rule(before, ride)
        if rule is not None and rule.forbids:
            findings.add("change_forbidden", "from_stop", "a change that transfers.txt allows", ride.leg.start.id)
            return None
        return ready_s + (0 if rule is None else rule.change_s) + self._found.query.slack_s

    def _change_rule(self, before: KnownRide, ride: KnownRide) -> Rule | None:
        if before.feed is not ride.feed:
            return None
        left, boarded = before.spot(before.off).stop, ride.spot(ride.on).stop
        return ride.feed.transfers.rule(left, boarded, before.ridden, ride.ridden)

    def _check_times(
        self, ride: KnownRide, shift_s: int, ready_s: int | None, earliest_s: int | None, findings: Findings
    ) -> None:
        leg = ride.leg
        departure_s = ride.calls[ride.on].departure_s + shift_s
        arrival_s = ride.calls[ride.off].arrival_s + shift_s
        is_right = self._is(leg.departure, departure_s, "departure", findings)
        if not self._is(leg.arrival, arrival_s, "arrival", findings):
            return
        self.end_s = arrival_s
        if not is_right:
            return
        check_calls(ride, shift_s, findings)
        if leg.stay_seated:
            findings.compare("wrong_wait", "wait_s", 0, leg.wait_s or 0)
        elif ready_s is not None and departure_s < ready_s:
            findings.add("out_of_order", "departure", f"{leg.departure.beside(ready_s)} or later", leg.departure)
        elif ready_s is not None and earliest_s is not None:
            if departure_s < earliest_s:
                expected = f"{leg.departure.beside(earliest_s)} or later"
                findings.add("change_too_short", "departure", expected, leg.departure)
            if leg.wait_s is not None:
                findings.compare("wrong_wait", "wait_s", departure_s - ready_s, leg.wait_s)

    @staticmethod
    def _is(moment: Moment, instant_s: int, field: str, findings: Findings) -> bool:
        return findings.compare("wrong_time", field, moment.beside(instant_s), str(moment))
