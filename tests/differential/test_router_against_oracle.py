"""The router and the oracle give the same answers, to the second, on networks that hold every trap of GTFS.

TIMBANG_EXAMPLES=5000 draws more networks than a plain run does.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from hypothesis import given

from ingest.pipeline import WalkOptions, ingest_feeds
from routing import Query, Router
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle import Oracle
from tests.support.strategies import Asked, cases
from tests.support.strategies_transfers import transfer_cases

RADIUS_M = 400.0


def router_of(network: dict[str, GtfsFeed]) -> Router:
    """The router on a drawn network, by way of GTFS folders and the whole ingest."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {feed_id: feed.write_folder(Path(folder) / feed_id) for feed_id, feed in network.items()}
        result = ingest_feeds(paths, WalkOptions("straight", RADIUS_M))
    assert not result.rejected
    assert result.network is not None
    return Router(result.network)


def query_of(asked: Asked) -> Query:
    """The question, as the router is asked it."""
    return Query(
        asked.origin,
        asked.destination,
        asked.time,
        arrive_by=asked.arrive_by,
        max_transfers=asked.max_transfers,
        max_walk_s=asked.max_walk_s,
        walk_speed_m_per_s=asked.walk_speed,
        transfer_slack_s=asked.slack,
        headway_wait=asked.headway_wait,
        wheelchair=asked.wheelchair,
    )


def instants(*times: dt.datetime) -> tuple[int, ...]:
    """As seconds: in a repeated hour, equal datetimes of two zones compare unequal."""
    return tuple(int(time.timestamp()) for time in times)


def check_journeys(router: Router, oracle: Oracle, asked: Asked) -> None:
    """The same journeys, each by departure, arrival and transfers."""
    expected = oracle.journeys(asked.origin, asked.destination, asked.time, arrive_by=asked.arrive_by, **asked.limits())
    found = router.journeys(query_of(asked))
    assert sorted((*instants(j.departure, j.arrival), j.transfers) for j in found) == sorted(
        (*instants(departure, arrival), transfers) for departure, arrival, transfers in expected
    ), asked
    assert [j.duration_s for j in found] == [b - a for j in found for a, b in [instants(j.departure, j.arrival)]]
    arrivals = instants(*(j.arrival for j in found))
    assert arrivals == tuple(sorted(arrivals)), asked


def check_comparison(router: Router, oracle: Oracle, asked: Asked) -> None:
    """The same options, each by providers, departure, arrival and transfers."""
    expected = oracle.compare(asked.origin, asked.destination, asked.time, arrive_by=asked.arrive_by, **asked.limits())
    found = [option.journey for option in router.compare(query_of(asked)).options]
    assert sorted((sorted(j.providers), *instants(j.departure, j.arrival), j.transfers) for j in found) == sorted(
        (sorted(ridden), *instants(departure, arrival), transfers) for ridden, departure, arrival, transfers in expected
    ), asked


@thorough(50)
@given(cases(max_questions=8))
def test_the_router_answers_as_the_oracle_does(case: tuple[dict[str, GtfsFeed], list[Asked]]) -> None:
    network, questions = case
    router, oracle = router_of(network), Oracle(network, walk="straight", radius_m=RADIUS_M)
    for asked in questions:
        check_journeys(router, oracle, asked)
        check_comparison(router, oracle, asked)


@thorough(50)
@given(cases(max_questions=8, stations=True))
def test_inside_stations_and_in_wheelchairs_too(case: tuple[dict[str, GtfsFeed], list[Asked]]) -> None:
    network, questions = case
    router, oracle = router_of(network), Oracle(network, walk="straight", radius_m=RADIUS_M)
    for asked in questions:
        check_journeys(router, oracle, asked)
        check_comparison(router, oracle, asked)


@thorough(90)
@given(transfer_cases())
def test_rows_of_trips_and_routes_mean_to_the_router_what_they_mean_to_the_oracle(
    case: tuple[dict[str, GtfsFeed], list[Asked]],
) -> None:
    network, questions = case
    router, oracle = router_of(network), Oracle(network, walk="straight", radius_m=RADIUS_M)
    for asked in questions:
        check_journeys(router, oracle, asked)


@thorough(90)
@given(transfer_cases(stations=True))
def test_such_rows_inside_stations_and_in_wheelchairs_too(case: tuple[dict[str, GtfsFeed], list[Asked]]) -> None:
    network, questions = case
    router, oracle = router_of(network), Oracle(network, walk="straight", radius_m=RADIUS_M)
    for asked in questions:
        check_journeys(router, oracle, asked)
