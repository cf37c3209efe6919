"""headway_wait: half the headway, all of it, or nothing."""

from __future__ import annotations

import pytest

from tests.scenarios.drawn import ask, query_of, router_of

LINE = "A 0:00 > B 0:10 > C 0:20 / x, trip H, every 600 from 06:00 to 10:00"


@pytest.mark.parametrize(
    ("wait", "leaves", "arrives"), [("expected", "05", "25"), ("worst", "10", "30"), ("none", "00", "20")]
)
def test_a_rider_waits_as_long_as_the_question_says(wait: str, leaves: str, arrives: str) -> None:
    assert ask(router_of(LINE), "x_A", "x_C", "08:00", headway_wait=wait) == [
        f"08:00 > 08:{arrives}, 0 changes: x_A 08:{leaves} x_H x_C 08:{arrives}, every 600"
    ]


@pytest.mark.parametrize(("wait", "departs"), [("expected", "07:35"), ("worst", "07:30"), ("none", "07:40")])
def test_arriving_in_time_counts_the_same_wait(wait: str, departs: str) -> None:
    (journey,) = router_of(LINE).journeys(query_of("x_A", "x_C", "08:00", arrive_by=True, headway_wait=wait))
    assert (f"{journey.departure:%H:%M}", f"{journey.arrival:%H:%M}") == (departs, "08:00")


def test_who_counts_with_the_whole_headway_needs_a_vehicle_that_late_before_the_end() -> None:
    # The last vehicle leaves before 10:00: whoever comes at 09:50 and waits for up to ten minutes may have missed it.
    router = router_of(LINE)
    assert ask(router, "x_A", "x_C", "09:49:59", headway_wait="worst")[0].startswith("09:49:59 > 10:19:59")
    assert ask(router, "x_A", "x_C", "09:50", headway_wait="worst")[0].startswith("06:00+1 > ")
    assert ask(router, "x_A", "x_C", "09:59:59", headway_wait="none")[0].startswith("09:59:59 > 10:19:59")
    assert ask(router, "x_A", "x_C", "10:00", headway_wait="none")[0].startswith("06:00+1 > ")


def test_timetables_are_compiled_once_whatever_wait_is_counted() -> None:
    router = router_of(LINE)
    made = [
        router.timetable(query_of("x_A", "x_C", "08:00", headway_wait=wait)) for wait in ("expected", "worst", "none")
    ]
    assert all(timetable.forward.trips is made[0].forward.trips for timetable in made)
    assert router.timetable(query_of("x_A", "x_C", "08:00", headway_wait="worst")) is made[1]
    arrays = [array for timetable in made for side in (timetable.forward, timetable.backward) for array in side]
    assert not any(array.flags.writeable for array in arrays)


def test_a_network_without_headways_has_one_timetable() -> None:
    router = router_of("A 08:00 > B 08:10 / x")
    one, other = (router.timetable(query_of("x_A", "x_B", "08:00", headway_wait=wait)) for wait in ("expected", "none"))
    assert one is other


def test_reach_counts_the_wait_too() -> None:
    router = router_of(LINE)
    seconds = [router.reach(query_of("x_A", "x_A", "08:00", headway_wait=wait))[router.network.stops.id.find("x_C")]
               for wait in ("none", "expected", "worst")]  # fmt: skip
    assert seconds == [1200, 1500, 1800]
