"""withFares: tickets and their sum beside itineraries, and which legs they pay for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.motis.fares import NOTHING, told_fare
from api.settings import Settings
from ingest.pipeline import ingest_feeds
from ingest.snapshot import write_snapshot
from routing.fares import Fare, Ticket
from tests.integration.test_motis_api import AT, TRIP
from tests.unit.api.small_city import bus_feed, metro_feed


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The small city; its metro costs 3500 rupiah, of its bus nothing is known."""
    folder = tmp_path_factory.mktemp("fares")
    metro = metro_feed()
    metro.add("fare_attributes", fare_id="F", price=3500, currency_type="IDR", payment_method=1, transfers=0)
    feeds = {"metro": metro, "bus": bus_feed()}
    network = ingest_feeds({name: feed.write_zip(folder / f"{name}.zip") for name, feed in feeds.items()}).network
    assert network is not None
    write_snapshot(network, folder / "city")
    with TestClient(create_app(Settings(snapshot=folder / "city"))) as client:
        assert client.app.state.service.is_warm.wait(300)  # type: ignore[attr-defined] # an application of ours
        yield client


def _plan(client: TestClient, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v6/plan", params={**TRIP, "time": AT, **more}).json()["itineraries"]
    return found


def test_an_itinerary_tells_its_ticket_if_that_is_asked_for(client: TestClient) -> None:
    metro = _plan(client, withFares=True, transitModes="SUBWAY")[0]
    assert metro["fare"] == {"amount": 3500.0, "currency": "IDR"}
    (transfer,) = metro["fareTransfers"]
    ((choice,),) = transfer["effectiveFareLegProducts"]
    assert [(product["amount"], product["currency"]) for product in choice] == [(3500.0, "IDR")]
    assert [(leg["fareTransferIndex"], leg["effectiveFareLegIndex"]) for leg in metro["legs"]] == [(0, 0)]
    again = client.get("/api/v6/refresh-itinerary", params={"itineraryId": metro["id"], "withFares": True}).json()
    assert again["fareTransfers"] == metro["fareTransfers"]
    assert "fareTransfers" not in _plan(client, transitModes="SUBWAY")[0]


def test_where_no_price_is_known_none_is_told(client: TestClient) -> None:
    bus = _plan(client, withFares=True, transitModes="BUS")[0]
    assert "fareTransfers" not in bus
    assert "fare" not in bus
    assert not [leg for leg in bus["legs"] if "fareTransferIndex" in leg]


def _ticket(name: str, amount: int, *legs: int) -> Ticket:
    return Ticket(name, {"en": name, "id": f"{name} (id)"}, legs, "", Decimal(amount), "IDR", ("a",), "")


def test_a_discount_belongs_to_the_ticket_before_it() -> None:
    fare = Fare(Decimal(6000), "IDR", (_ticket("one", 4000, 1), _ticket("two", 3000, 3), _ticket("off", -1000, 1, 3)))
    told = told_fare(fare, ("id-ID",))
    assert [transfer.rule for transfer in told.transfers] == [None, "A_AB_B"]
    names = [transfer.effective_fare_leg_products[0][0][0].name for transfer in told.transfers]
    assert names == ["one (id)", "two (id)"]
    assert [product.amount for product in told.transfers[1].transfer_products or []] == [-1000]
    assert told.of_leg == {1: 0, 3: 1}


def test_nothing_is_told_of_a_fare_that_nobody_knows() -> None:
    assert told_fare(None, ()) == NOTHING
