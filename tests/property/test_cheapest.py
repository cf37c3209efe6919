"""The search for cheap journeys finds what trying every journey finds."""

from __future__ import annotations

from hypothesis import event, given

from routing import Query, Router
from routing.cheapest.find import cheap_found, cheap_question
from routing.cheapest.layout import lay_out
from routing.cheapest.passes import NotInNumbersError
from routing.kernels.layout import NEVER
from tests.support.cheap_oracle import Cheap, CheapOracle
from tests.support.cheap_strategies import PricedNetwork, priced_cases, query_of
from tests.support.examples import thorough
from tests.support.fare_oracle import FareOracle
from tests.support.oracle import Oracle
from tests.support.strategies import Asked

Case = tuple[PricedNetwork, list[tuple[Asked, int, str | None]]]


def best_of(router: Router, query: Query) -> int | None:
    """When the first rider is there (arrive-by: the last one leaves)."""
    rides = router.rides(query, router.ends(query))
    if query.arrive_by:
        return max((ride.departure_s for ride in rides), default=None)
    return min((ride.arrival_s for ride in rides), default=None)


def expected(network: PricedNetwork, asked: Asked, best_s: int, within_s: int, rider: str | None) -> set[Cheap]:
    oracle = Oracle(network.feeds, walk="straight", detour=1.3)
    question = oracle.question(asked.origin, asked.destination, asked.time, **asked.limits())
    cheap = CheapOracle(network.feeds, FareOracle(network.feeds, network.tariffs), question, rider)
    time = int(asked.time.timestamp())
    if asked.arrive_by:
        return cheap.arrive_by(time, max(best_s - within_s, time - 86_400))
    return cheap.depart_at(time, min(best_s + within_s, time + 86_400))


def found_by(router: Router, query: Query, best_s: int, within_s: int, **how: object) -> set[Cheap]:
    names = [provider.id for provider in router.network.providers]
    epoch_s = router.timetable(query).epoch_s
    result = set()
    for one in cheap_found(router, query, router.ends(query), best_s, within_s, **how)[1]:
        near, far = (
            (epoch_s - one.near, epoch_s - one.far) if query.arrive_by else (epoch_s + one.near, epoch_s + one.far)
        )
        times = (far, near) if query.arrive_by else (near, far)
        ridden = frozenset(name for bit, name in enumerate(names) if one.ridden >> bit & 1)
        result.add(Cheap(*times, one.transfers, ridden, one.amount, one.currency))
    return result


def check(case: Case) -> None:
    network, questions = case
    router = network.router()
    for asked, within_s, rider in questions:
        if rider not in router.fares.riders:
            rider = None
        query = query_of(asked, rider)
        best_s = None if router.ends(query).is_same_place else best_of(router, query)
        if best_s is None:
            event("no ride")
            continue
        wanted = expected(network, asked, best_s, within_s, rider)
        event(f"{len({one.amount for one in wanted})} prices")
        event(f"{'arrive by' if asked.arrive_by else 'depart at'} {how(router, query, best_s, within_s)}")
        assert found_by(router, query, best_s, within_s, plainly=True) == wanted
        assert found_by(router, query, best_s, within_s) == wanted


def how(router: Router, query: Query, best_s: int, within_s: int) -> str:
    """How the question is answered: the kernel can take riders who come sooner for as good, or not."""
    try:
        laid_out = lay_out(cheap_question(router, query, router.ends(query), best_s, within_s))
    except NotInNumbersError:
        return "plainly"
    return (
        "by the kernel"
        + (", all times" if laid_out.same_until > NEVER else "")
        + (", all trips" if (laid_out.later_until > NEVER).any() else "")
    )


@thorough(20)
@given(priced_cases())
def test_the_search_finds_what_trying_every_journey_finds(case: Case) -> None:
    check(case)


@thorough(20)
@given(priced_cases(simple=True))
def test_the_kernel_finds_it_where_fares_can_be_said_in_numbers(case: Case) -> None:
    check(case)
