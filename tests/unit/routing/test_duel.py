"""Head to head over a day: checked with pencil and paper, and against one question for each second."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given

from routing import Query, QueryError, Router
from routing.compare.duel import Duel, duel
from routing.compare.fronts import subsets
from routing.kernels.layout import UNREACHED
from routing.search import HORIZON_S
from tests.property.test_neutrality import SMALL, Case, query_of_asked
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.examples import thorough
from tests.support.timetable_text import feeds_of

HOUR_S = 3600
RIVALS = """
    A 08:20 > C 08:40 / x, trip X1
    A 08:40 > C 09:00 / y, trip Y1
    A 09:30 > C 09:50 / x, trip X2
    A 09:30 > C 09:50 / y, trip Y2
"""


def _duel(text: str, time: str = "08:00", seconds: int = HOUR_S) -> Duel:
    return duel(router_of(text), query_of("x_A", "x_C", time), seconds)


def _shares(found: Duel) -> dict[str, tuple[int, int, int]]:
    """Set -> seconds of the window: in all, alone, tied."""
    return {
        "+".join(sorted(share.providers)): (
            round(share.share * found.seconds),
            round(share.only * found.seconds),
            round(share.tied * found.seconds),
        )
        for share in found.sets
    }


def test_who_is_first_has_its_share_of_the_hour_and_ties_are_halved_and_said() -> None:
    # Ready at 08:00:00 to 08:20:00: x, 1201 seconds. To 08:40:00: y, 1200. Later: both at 09:50, 1199.
    assert _shares(_duel(RIVALS)) == {"x": (1801 - 1, 1201, 1199), "y": (1800, 1200, 1199)}


def test_travel_and_waiting_are_counted_from_when_a_rider_is_ready() -> None:
    found = _duel(RIVALS)
    x, y = found.providers
    assert x.travel is not None
    assert x.wait is not None
    # Ready at k seconds after 08:00: until k = 1200 the 08:20, then the 09:30.
    waits = [1200 - k if k <= 1200 else 5400 - k for k in range(HOUR_S)]
    assert x.wait.mean == pytest.approx(sum(waits) / HOUR_S)
    assert x.wait.median == float(np.median(waits))
    assert (x.wait.worst, x.travel.worst) == (5400 - 1201, 5400 - 1201 + 1200)
    assert x.travel.mean == pytest.approx(x.wait.mean + 1200)
    assert (x.connected, y.connected) == (1.0, 1.0)


def test_insisting_on_one_costs_the_difference_and_losing_it_too() -> None:
    x, y = _duel(RIVALS).providers
    assert x.extra is not None
    assert x.loss is not None
    assert y.extra is not None
    # Who insists on x misses y from 08:20:01 to 08:40: there at 09:50, not at 09:00, for 1200 of 3600 seconds.
    assert x.extra.mean == pytest.approx(3000 * 1200 / HOUR_S)
    # Who insists on y misses x for 1201 seconds: there at 09:00 in place of 08:40. That is what losing x is.
    assert y.extra.mean == pytest.approx(1200 * 1201 / HOUR_S)
    assert (x.loss.mean, x.lost) == (y.extra.mean, 0.0)


def test_without_the_only_one_there_is_no_connection() -> None:
    found = _duel("A 08:30 > C 08:40 / x\nE 08:00 > F 08:10 / y")
    x, y = found.providers
    # Until 08:30; and from 08:40 on the next day's 08:30 is there within a day.
    connected = 1801 + 1200
    assert (x.connected, x.lost, x.loss) == (connected / HOUR_S, connected / HOUR_S, None)
    assert (y.connected, y.travel, y.extra, y.lost) == (0.0, None, None, 0.0)
    assert y.loss is not None
    assert y.loss.worst == 0


def test_who_is_ready_after_the_last_vehicle_takes_the_first_one_of_the_next_day() -> None:
    found = _duel("A 08:30 > C 08:40 / x", "08:00")
    # Ready at 08:30:01: the next day's 08:30 is 86,399 seconds away and arrives beyond a day: nobody for 599 seconds.
    nobody = HOUR_S - 1801 - (HOUR_S - 1801 - 599)
    assert round(found.nobody * HOUR_S) == nobody == 599
    assert found.periods[-2].best == ()


def test_a_line_that_starts_at_any_second_is_no_wait_but_for_its_first_vehicle() -> None:
    found = _duel("A 0:00 > C 0:20 / x, every 600 from 06:00 to 12:00")
    (x,) = found.providers
    assert x.travel is not None
    assert x.wait is not None
    # Half of 600 seconds, and 20 minutes, whenever one is ready.
    assert (x.travel.mean, x.travel.worst) == (1500.0, 1500)
    assert (x.wait.mean, x.wait.worst) == (300.0, 300)


def test_walking_all_the_way_competes_as_nobody_s_vehicle() -> None:
    text = "stop A 0 0\nstop C 99.9 0\nA 08:30 > C 08:31 / x"
    found = _duel(text)
    # On foot 109 s, with the bus until 08:31: faster from 08:29:12 to 08:30. At 08:29:11 walking alone will do.
    assert {name: seconds[1] for name, seconds in _shares(found).items()} == {"": HOUR_S - 49, "x": 49}
    assert found.nobody == 0.0


def test_the_local_day_is_the_window_unless_another_is_asked_for() -> None:
    router = router_of("zone x Europe/Berlin\nA 10:00 > C 10:20 / x")
    for date, hours in (("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)):
        query = query_of("x_A", "x_C", "15:00", date=date, zone="Europe/Berlin")
        found = router.duel(query)
        assert found.seconds == hours * HOUR_S
        assert found.begin.isoformat().startswith(f"{date}T00:00:00")


def test_fares_are_held_against_those_of_who_is_first_where_both_are_known() -> None:
    feeds = feeds_of(RIVALS)
    for feed, price in (("x", 3500), ("y", 3000)):
        feeds[feed].add("fare_attributes", fare_id="F", price=price, currency_type="IDR", payment_method=0, transfers=0)
    router = Router(network_of(feeds))
    x, y = duel(router, query_of("x_A", "x_C", "08:00"), 2400).providers
    assert x.fare is not None
    assert y.fare is not None
    # x is 500 dearer for the 1199 seconds in which y is first, of 2400; y is 500 cheaper for the other 1201.
    assert float(x.fare.mean) == round(500 * 1199 / 2400)
    assert float(y.fare.mean) == -round(500 * 1201 / 2400)
    assert (x.fare.currency, x.fare.known) == ("IDR", 1.0)
    assert _duel(RIVALS).providers[0].fare is None


@pytest.mark.parametrize(
    ("changes", "field"), [({"arrive_by": True}, "arrive_by"), ({"destination": "x_A"}, "destination")]
)
def test_what_is_no_duel_is_refused(changes: dict[str, object], field: str) -> None:
    query = dataclasses.replace(query_of("x_A", "x_C", "08:00"), **changes)  # type: ignore[arg-type]  # fields of Query
    with pytest.raises(QueryError) as error:
        duel(router_of(RIVALS), query)
    assert error.value.field == field


@pytest.mark.parametrize("seconds", [0, 25 * HOUR_S + 1])
def test_a_window_that_is_empty_or_longer_than_a_day_is_refused(seconds: int) -> None:
    with pytest.raises(QueryError, match="window_s"):
        duel(router_of(RIVALS), query_of("x_A", "x_C", "08:00"), seconds)


@thorough(6)
@given(SMALL)
def test_every_second_is_answered_as_the_router_answers_a_question_at_it(case: Case) -> None:
    feeds, questions = case
    for feed in feeds.values():
        feed.tables.pop("frequencies", None)
    router = Router(network_of(feeds))
    for asked in questions:
        query = dataclasses.replace(query_of_asked(asked), arrive_by=False)
        try:
            found = duel(router, query, HOUR_S, fares=False)
        except QueryError:
            continue  # both ends are one place
        begin = query.time.timestamp()
        for second in (0, 1, 599, 600, 1234, 1800, 2999, HOUR_S - 1):
            now = dataclasses.replace(query, time=query.time + timedelta(seconds=second))
            arrivals = {
                chosen: _earliest(router, dataclasses.replace(now, providers=chosen), begin, second)
                for chosen in subsets(feeds)
            }
            best = min(arrivals.values())
            minimal = {
                chosen
                for chosen, arrival in arrivals.items()
                if arrival == best < UNREACHED
                and all(arrivals[less] > best for less in subsets(chosen) if less < chosen)
            }
            (period,) = (period for period in found.periods if period.begin <= second < period.end)
            assert set(period.best) == minimal


def _earliest(router: Router, query: Query, begin: float, second: int) -> int:
    arrival = min((journey.arrival_s for journey in router.journeys(query)), default=None)
    if arrival is None or arrival - begin - second > HORIZON_S:
        return UNREACHED
    return int(arrival - begin)
