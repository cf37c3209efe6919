"""Fares of real feeds, as their own tables say them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.model import Network
from ingest.pipeline import WalkOptions, ingest_feeds
from routing.fares import Fare, FareBook, FareReason, UnknownFare, price
from tests.support.region_rides import journey, ride

FEEDS = Path(__file__).parents[2] / ".." / "shared" / "feeds"
pytestmark = pytest.mark.real_feeds


def _network(city: str, feeds: dict[str, str]) -> Network:
    paths = {feed_id: FEEDS / city / name for feed_id, name in feeds.items()}
    if not all(path.exists() for path in paths.values()):
        pytest.skip(f"the feeds of {city} do not lie beside this checkout")
    network = ingest_feeds(paths, WalkOptions(walk="off")).network
    assert network is not None
    return network


@pytest.fixture(scope="module")
def porto_alegre() -> Network:
    return _network("portoalegre", {"eptc": "eptc.zip", "trensurb": "trensurb.zip"})


@pytest.fixture(scope="module")
def jakarta() -> Network:
    return _network("jakarta", {"mrt": "mrt.zip", "lrtj": "lrt_jakarta.zip", "tj": "transjakarta_2024-06.zip"})


def _bus(network: Network, route: str, times: str) -> object:
    """A ride on the first trip of a route, from its first stop to its second."""
    trip = network.trips.route.tolist().index(network.routes.id.find(route))
    start = int(network.sequences.ptr[network.trips.sequence[trip]])
    stops = [network.stops.id[int(stop)].partition("_")[2] for stop in network.sequences.stops[start : start + 2]]
    return ride(network, route, "-".join(stops), times)


def test_buses_of_porto_alegre_cost_4_70_each_and_the_train_is_not_told(porto_alegre: Network) -> None:
    book = FareBook(porto_alegre)
    routes = [route for route in porto_alegre.routes.id if route.startswith("eptc_")][:2]
    first, second = _bus(porto_alegre, routes[0], "13:00-13:10"), _bus(porto_alegre, routes[1], "13:20-13:30")
    found = price(journey(first, second), book)
    assert isinstance(found, Fare)
    assert (str(found.amount), found.currency, len(found.tickets)) == ("9.4", "BRL", 2)
    assert found.to_dict()["text"] == {"en": "R$9.40", "id": "R$9,40"}
    train = _bus(porto_alegre, "trensurb_LINHA1", "14:00-14:10")
    unknown = price(journey(first, train), book)
    assert isinstance(unknown, UnknownFare)
    assert (unknown.reason, unknown.legs) == (FareReason.NO_FARE_DATA, (1,))


@pytest.mark.parametrize(
    ("route", "ends", "amount"), [("mrt_MRTJ_NS", "GLBB01-GBHI01", 14000), ("mrt_MRTJ_NS", "GBHI02-GASN02", 7000)]
)
def test_mrt_jakarta_costs_what_its_feed_says_by_station(jakarta: Network, route: str, ends: str, amount: int) -> None:
    book = FareBook(jakarta)
    found = None
    for platforms in (ends, ends.replace("01", "02"), ends.replace("02", "01")):
        try:
            found = price(journey(ride(jakarta, route, platforms, "08:00-08:30")), book)
        except ValueError:
            continue
    assert isinstance(found, Fare)
    assert int(found.amount) == amount


def test_transjakarta_charges_by_route_and_its_feeders_are_free(jakarta: Network) -> None:
    book = FareBook(jakarta)
    free = _bus(jakarta, "tj_JAK.01", "08:00-08:10")
    corridor = _bus(jakarta, "tj_1", "08:20-08:30")
    found = price(journey(free, corridor), book)
    assert isinstance(found, Fare)
    assert [(ticket.id, int(ticket.amount)) for ticket in found.tickets] == [("tj_GR", 0), ("tj_FP", 3500)]
