"""How fares are laid out for the kernel, and when it is left aside."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from routing.cancel import Cancel, SearchCancelled, cancelling
from routing.cheapest.find import cheap_found, cheap_question
from routing.cheapest.layout import LaidOut, lay_out
from routing.cheapest.passes import NotInNumbersError
from routing.cheapest.quick import search_quickly
from routing.kernels.layout import NEVER
from routing.kernels.priced_layout import AT_START, BY_METRES, BY_PAIR, KIND, LIMIT_S
from routing.query import Query, QueryError
from routing.router import Router
from tests.scenarios.drawn import query_of
from tests.scenarios.test_e02_cheaper_journeys import router_of, ticket

TRAIN = """
    stop A 0 0
    stop B 4000 0
    A 08:00 > B 08:20 / x, trip T1
    A 08:30 > B 08:50 / x, trip T2
"""
BUS = """
    stop A 0 0
    stop B 4000 0
    A 0:00 > B 0:20 / x, every 600 from 06:00 to 10:00
"""


def question(router: Router, **more: Any) -> tuple[Query, int]:
    query = query_of("x_A", "x_B", "07:50", **more)
    (first, *_) = router.rides(query, router.ends(query))
    return query, first.departure_s if query.arrive_by else first.arrival_s


def laid_out(text: str, *tickets: dict[str, Any], **more: Any) -> LaidOut:
    router = router_of(text, *tickets)
    query, best_s = question(router, **more)
    return lay_out(cheap_question(router, query, router.ends(query), best_s, 3600))


def test_a_flat_ticket_is_paid_at_the_start() -> None:
    found = laid_out(TRAIN, ticket("x", 3000))
    assert found.passes.columns[:, KIND].tolist() == [AT_START]
    assert found.spans.amounts.tolist() == [3_000_000_000]
    assert (found.same_until, found.later_until.max()) == (NEVER, NEVER)
    assert found.currency == "IDR"


def test_a_price_that_goes_up_is_no_reason_to_wait_and_one_that_goes_down_is() -> None:
    dear_later = ticket("x", 3000, when=[{"from": "08:10", "until": "24:00", "amount": 5000}])
    cheap_later = ticket("x", 3000, when=[{"from": "08:10", "until": "24:00", "amount": 1000}])
    assert laid_out(TRAIN, dear_later).later_until.max() == NEVER
    found = laid_out(TRAIN, cheap_later)
    begin = found.spans.begin.tolist()[1]
    assert found.later_until.max() == begin
    assert found.same_until == NEVER  # whoever is there sooner can wait for the train
    assert laid_out(BUS, cheap_later).same_until == begin


def test_a_limit_matters_only_where_it_can_be_broken() -> None:
    assert laid_out(BUS, ticket("x", 3000, minutes=180)).same_until == NEVER
    found = laid_out(BUS, ticket("x", 3000, minutes=20))
    assert found.passes.columns[0, LIMIT_S] == 1200
    assert found.same_until > NEVER


def test_prices_by_pair_are_a_table_and_prices_by_metres_a_rule() -> None:
    pairs = ticket("x", 0) | {"price": {"kind": "matrix", "prices": "A\nB 700"}}
    found = laid_out(TRAIN, pairs)
    assert found.passes.columns[0, KIND] == BY_PAIR
    assert sorted(found.spans.amounts.tolist()) == [-1, -1, 700_000_000, 700_000_000]
    metres = ticket("x", 0) | {"price": {"kind": "distance", "base": 1000, "step": Decimal("2.5"), "step_km": 2}}
    found = laid_out(TRAIN, metres, arrive_by=False)
    assert found.passes.columns[0, KIND] == BY_METRES
    assert np.allclose(found.passes.metres, [0, 4000], atol=1)


@pytest.mark.parametrize(
    "more",
    [{"interrupted": True}, {"price": {"kind": "distance", "base": 1, "step": 1, "base_km": Decimal("0.0000001")}}],
)
def test_what_cannot_be_said_in_numbers_is_left_to_the_plain_search(more: dict[str, Any]) -> None:
    router = router_of(TRAIN, ticket("x", 3000) | more)
    query, best_s = question(router)
    task = cheap_question(router, query, router.ends(query), best_s, 3600)
    with pytest.raises(NotInNumbersError):
        lay_out(task)
    _, found = cheap_found(router, query, router.ends(query), best_s, 3600)
    assert len(found) == 1


def test_too_much_to_look_through_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.cheapest.plain.MOST_RIDERS", 1)
    monkeypatch.setattr("routing.cheapest.quick.ROOM", 1)
    monkeypatch.setattr("routing.cheapest.quick.MOST_ROOM", 2)
    router = router_of(TRAIN, ticket("x", 3000))
    query, best_s = question(router)
    for plainly in (True, False):
        with pytest.raises(QueryError, match="too much to look through") as error:
            cheap_found(router, query, router.ends(query), best_s, 3600, plainly=plainly)
        assert error.value.field == "cheapest_within_s"


def test_backwards_a_headway_service_is_priced_as_it_comes_and_not_as_late_as_it_may() -> None:
    """The bus from B may leave as late as 08:35, but the rider is there at 08:10 and takes what comes at 08:15."""
    text = """
        stop A 0 0
        stop B 4000 0
        stop C 8000 0
        A 08:00 > B 08:10 / x, trip T1, route train
        B 0:00 > C 0:10 / x, every 600 from 06:00 to 10:00, trip H1, route bus
    """
    cheap_later = ticket("x", 3000, routes=["x_bus"], when=[{"from": "08:30", "until": "24:00", "amount": 900}])
    router = router_of(text, ticket("x", 1000, routes=["x_train"], id="t"), cheap_later)
    query = query_of("x_A", "x_C", "08:45", arrive_by=True)
    ends = router.ends(query)
    (ride,) = router.rides(query, ends)
    task, found = cheap_found(router, query, ends, ride.departure_s, 0)
    assert [one.amount for one in found] == [Decimal(4000)]
    with pytest.raises(NotInNumbersError):
        lay_out(task)


def test_a_search_by_price_is_given_up_in_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    router = router_of(TRAIN, ticket("x", 3000))
    query, best_s = question(router)
    task = cheap_question(router, query, router.ends(query), best_s, 3600)
    numbers = lay_out(task)
    assert search_quickly(task, numbers)
    cancel = Cancel()
    cancel.leave()
    with cancelling(cancel), pytest.raises(SearchCancelled):
        search_quickly(task, numbers)
    monkeypatch.setattr("routing.cheapest.quick.check_cancelled", lambda: None)
    with cancelling(cancel):
        assert search_quickly(task, numbers) == []
