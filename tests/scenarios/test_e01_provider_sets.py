"""The comparison by exact provider set: no provider hides another, none is listed for nothing."""

from __future__ import annotations

import pytest

from tests.scenarios.drawn import query_of, router_of, weigh

RIVALS = """
    A 08:00 > C 08:20 / x, trip FAST
    A 08:05 > C 08:45 / y, trip SLOW
"""


def test_the_slower_rival_is_an_option_of_its_own() -> None:
    assert weigh(router_of(RIVALS), "x_A", "x_C", "07:55") == [
        "{x} 08:00 > 08:20, 0 changes: x_A 08:00 x_FAST x_C 08:20",
        "{y} 08:05 > 08:45, 0 changes: walk x_A 08:05 y_A 08:05 (0 m) | y_A 08:05 y_SLOW y_C 08:45 | "
        "walk y_C 08:45 x_C 08:45 (0 m)",
    ]


def test_every_provider_has_a_line_and_the_ids_of_its_options() -> None:
    comparison = router_of(RIVALS).compare(query_of("x_A", "x_C", "07:55"))
    by_set = {tuple(option.providers): option.id for option in comparison.options}
    assert [(s.id, s.status, s.best, s.alone, s.combined) for s in comparison.providers] == [
        ("x", "served", by_set[("x",)], (by_set[("x",)],), ()),
        ("y", "served", by_set[("y",)], (by_set[("y",)],), ()),
    ]


FEEDER = """
    A 08:00 > B 08:10 / x, trip FEEDER
    B 08:20 > C 08:30 / y, trip TRUNK
"""


def test_two_providers_together_are_an_option_where_neither_gets_there_alone() -> None:
    assert weigh(router_of(FEEDER), "x_A", "y_C", "07:55") == [
        "{x+y} 08:00 > 08:30, 1 change: x_A 08:00 x_FEEDER x_B 08:10 | walk x_B 08:10 y_B 08:10 (0 m) | "
        "y_B 08:20 y_TRUNK y_C 08:30"
    ]
    comparison = router_of(FEEDER).compare(query_of("x_A", "y_C", "07:55"))
    assert [(s.id, s.status, s.best, len(s.alone), len(s.combined)) for s in comparison.providers] == [
        ("x", "served", None, 0, 1),
        ("y", "served", None, 0, 1),
    ]


def test_a_second_provider_that_gains_nothing_is_not_listed() -> None:
    # With y from B one arrives at 08:40; x alone is there at 08:40 too, with no transfer.
    text = FEEDER.replace("B 08:20 > C 08:30 / y", "B 08:20 > C 08:40 / y") + "A 08:00 > C 08:40 / x, trip ALONE"
    assert [line.split()[0] for line in weigh(router_of(text), "x_A", "x_C", "07:55")] == ["{x}"]


def test_a_second_provider_that_gains_a_later_departure_is() -> None:
    # x alone leaves at 08:00, x and y at 08:10: both arrive at 08:40.
    text = """
        A 08:00 > C 08:40 / x, trip ALONE
        A 08:10 > B 08:20 / x, trip FEEDER
        B 08:25 > C 08:40 / y, trip TRUNK
    """
    # In front({x, y}) the direct ride has fewer transfers and the same arrival, so the pair is not in the front at all.
    assert [line.split()[0] for line in weigh(router_of(text), "x_A", "x_C", "07:55")] == ["{x}"]
    # Arriving a minute earlier it is.
    sooner = text.replace("B 08:25 > C 08:40", "B 08:25 > C 08:39")
    assert [line.split()[0] for line in weigh(router_of(sooner), "x_A", "x_C", "07:55")] == ["{x+y}", "{x}"]


NEAR = """
    stop A 0 0
    stop P 399.9 0
    A 08:00 > P 08:02 / x, trip T1
    A 08:00 > P 08:20 / y, trip T2
"""


def test_walking_is_an_option_of_the_empty_set_and_beats_what_is_slower() -> None:
    # 520 m on foot are 434 s: there at 08:07:14, before T2 but after T1.
    assert weigh(router_of(NEAR), "x_A", "x_P", "08:00") == [
        "{x} 08:00 > 08:02, 0 changes: x_A 08:00 x_T1 x_P 08:02",
        "{} 08:00 > 08:07:14, 0 changes: walk x_A 08:00 x_P 08:07:14 (520 m)",
    ]
    comparison = router_of(NEAR).compare(query_of("x_A", "x_P", "08:00"))
    assert [(s.id, s.status, s.reason) for s in comparison.providers] == [
        ("x", "served", None),
        ("y", "cannot", "beaten_by_walking"),
    ]


def test_the_query_can_leave_a_provider_out() -> None:
    assert weigh(router_of(RIVALS), "x_A", "x_C", "07:55", providers=frozenset({"x"})) == [
        "{x} 08:00 > 08:20, 0 changes: x_A 08:00 x_FAST x_C 08:20"
    ]


@pytest.mark.parametrize("n_providers", [3, 4])
def test_each_of_many_rivals_is_listed_once(n_providers: int) -> None:
    text = "\n".join(f"A 08:0{n} > C 08:{40 - n} / p{n}, trip T" for n in range(n_providers))
    lines = weigh(router_of(text), "p0_A", "p0_C", "07:55")
    assert [line.split()[0] for line in lines] == [f"{{p{n}}}" for n in range(n_providers)]


def test_three_providers_that_are_all_needed_are_one_option() -> None:
    text = """
        A 08:00 > B 08:10 / x
        B 08:10 > C 08:20 / y
        C 08:20 > D 08:30 / z
    """
    (line,) = weigh(router_of(text), "x_A", "z_D", "07:55")
    assert line.startswith("{x+y+z} 08:00 > 08:30, 2 changes")
