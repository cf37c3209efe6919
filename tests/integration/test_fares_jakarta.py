"""What journeys in Jakarta cost by the tariffs that come with the project, held against published figures."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.model import Network
from ingest.pipeline import ingest_feeds
from ingest.region import embedded_region, read_region
from ingest.region_sources import locate_feed
from routing.fares import Fare, FareBook, FareReason, UnknownFare, price
from routing.journeys import RideLeg
from tests.support.region_rides import journey, ride

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    folder = tmp_path_factory.mktemp("jakarta")
    region = read_region(embedded_region())
    sources = {feed.id: locate_feed(feed, embedded_region().parent, folder, TODAY, folder) for feed in region.feeds}
    result = ingest_feeds(sources, region=region, today=TODAY)
    assert result.network is not None
    assert [notice for notice in result.log if notice.code == "tariff_unknown_stop"] == []
    return result.network


@pytest.fixture(scope="module")
def book(network: Network) -> FareBook:
    return FareBook(network)


def rupiah(book: FareBook, *rides: RideLeg, rider: str | None = None) -> int:
    found = price(journey(*rides), book, rider)
    assert isinstance(found, Fare), found
    assert found.currency == "IDR"
    return int(found.amount)


def test_pegangsaan_dua_to_lebak_bulus_is_9000_in_one_and_17500_in_single_tickets(
    network: Network, book: FareBook
) -> None:
    rides = [
        ride(network, "lrtj_S", "PGD-VEL", "08:00-08:13"),
        ride(network, "tj_4", "PemudaRawamangun-Galunggung", "08:20-08:50"),
        ride(network, "tj_1", "DukuhAtas1-KejaksaanAgung", "08:55-09:15"),
        ride(network, "mrt_NS", "ASN-LBB", "09:20-09:36"),
    ]
    found = price(journey(*rides), book)
    assert isinstance(found, Fare)
    assert [(t.id, t.legs, t.rule, int(t.amount)) for t in found.tickets] == [
        ("jakarta-integrated", (0, 1, 2, 3), "26 km", 9000)
    ]
    assert found.tickets[0].providers == ("lrt-jakarta", "mrt-jakarta", "transjakarta")
    assert rupiah(book, rides[0]) + rupiah(book, *rides[1:3]) + rupiah(book, rides[3]) == 5000 + 3500 + 9000 == 17500


def test_the_integrated_tariff_is_capped_and_ends_after_180_minutes(network: Network, book: FareBook) -> None:
    first = ride(network, "mrt_NS", "BHI-LBB", "08:00-08:30")
    assert rupiah(book, first, ride(network, "tj_8", "LebakBulus-Pecenongan", "08:40-10:40")) == 10_000
    late = ride(network, "tj_8", "LebakBulus-Pecenongan", "08:40-11:01")
    assert rupiah(book, first, late) == 14_000 + 3_500


def test_the_integrated_tariff_is_for_linked_stops_and_for_two_providers(network: Network, book: FareBook) -> None:
    bus = ride(network, "tj_13", "CSW1-Velbak", "08:00-08:10")
    assert rupiah(book, ride(network, "mrt_NS", "LBB-ASN", "07:30-07:46"), bus) == 2500 + 250 * (8 + 2)
    assert rupiah(book, ride(network, "mrt_NS", "LBB-SNY", "07:30-07:49"), bus) == 10_000 + 3500


@pytest.mark.parametrize(
    ("time", "amount"), [("04:59", 3500), ("05:00", 2000), ("06:59", 2000), ("07:00", 3500), ("22:30", 3500)]
)
def test_transjakarta_is_cheaper_before_seven(network: Network, book: FareBook, time: str, amount: int) -> None:
    assert rupiah(book, ride(network, "tj_1", "BlokM-Harmoni", f"{time}-23:00")) == amount


def test_changes_on_transjakarta_are_free_for_three_hours(network: Network, book: FareBook) -> None:
    first = ride(network, "tj_1", "BlokM-Harmoni", "08:00-09:00")
    assert rupiah(book, first, ride(network, "tj_8", "Pecenongan-LebakBulus", "11:00-12:30")) == 3500
    assert rupiah(book, first, ride(network, "tj_8", "Pecenongan-LebakBulus", "11:01-12:30")) == 7000


@pytest.mark.parametrize(
    ("route", "ends", "amount"),
    [
        ("mrt_NS", "LBB-BHI", 14000),
        ("mrt_NS", "BKM-SNY", 4000),
        ("mrt_NS", "BHI-ASN", 7000),
        ("lrtj_S", "PGD-VEL", 5000),
        ("lrtjb_BK", "DKA-HAL", 13400),
        ("lrtjb_BK", "DKA-JTM", 20000),
        ("lrtjb_CB", "KUA-CWG", 8500),
        ("krl_R", "RK-THB", 8000),
        ("krl_T", "TNG-DU", 3000),
        ("krl_R", "THB-SDM", 3000),
    ],
)
def test_a_ride_costs_what_the_operator_publishes(
    network: Network, book: FareBook, route: str, ends: str, amount: int
) -> None:
    assert rupiah(book, ride(network, route, ends, "07:30-08:30")) == amount


@pytest.mark.parametrize(
    ("ends", "km", "amount"),
    [
        ("BOO-DP", 22, 3000),
        ("BOO-MRI", 44, 5000),
        ("BOO-JAKK", 54, 6000),
        ("DP-MRI", 22, 3000),
        ("DP-JAKK", 32, 4000),
        ("MRI-JAKK", 9, 3000),
    ],
)
def test_kai_commuter_costs_what_was_published_with_its_distances(
    network: Network, book: FareBook, ends: str, km: int, amount: int
) -> None:
    found = price(journey(ride(network, "krl_B", ends, "07:30-09:00")), book)
    assert isinstance(found, Fare)
    assert int(found.amount) == amount
    assert float(found.tickets[0].rule.removesuffix(" km")) == pytest.approx(km, abs=0.9)


def test_kai_commuter_looks_at_the_shortest_way_whatever_is_ridden(network: Network, book: FareBook) -> None:
    up = ride(network, "krl_B", "BOO-MRI", "07:30-08:40")
    assert rupiah(book, up, ride(network, "krl_B", "MRI-DP", "09:00-09:40")) == 3000
    assert rupiah(book, up, ride(network, "krl_C", "MRI-THB", "09:00-09:10")) == 6000  # Bogor to Tanah Abang, 50 km


@pytest.mark.parametrize(
    ("day", "time", "amount"),
    [
        ("2026-11-25", "05:59", 10000),
        ("2026-11-25", "06:00", 20000),
        ("2026-11-25", "09:00", 10000),
        ("2026-11-25", "19:59", 20000),
        ("2026-11-28", "07:30", 10000),  # a Saturday
        ("2026-12-25", "07:30", 10000),  # a Friday, and Christmas
    ],
)
def test_lrt_jabodebek_is_capped_lower_out_of_the_peak(
    network: Network, book: FareBook, day: str, time: str, amount: int
) -> None:
    assert rupiah(book, ride(network, "lrtjb_BK", "DKA-JTM", f"{time}-20:50", day)) == amount


def test_holders_of_the_free_card_ride_three_providers_for_nothing(network: Network, book: FareBook) -> None:
    assert set(book.riders) == {"free-card"}
    metro, train = ride(network, "mrt_NS", "LBB-DKA", "07:30-07:56"), ride(network, "krl_C", "SUD-MRI", "08:05-08:12")
    assert rupiah(book, metro, rider="free-card") == 0
    assert rupiah(book, metro, train, rider="free-card") == 3000
    assert rupiah(book, metro, train) == 14_000 + 3000


def test_a_tariff_does_not_reach_back_before_its_first_day(network: Network, book: FareBook) -> None:
    found = price(journey(ride(network, "lrtjb_BK", "DKA-JTM", "07:30-08:20", "2024-05-31")), book)
    assert isinstance(found, UnknownFare)
    assert found.reason is FareReason.TARIFF_NOT_VALID
    assert "LRT Jabodebek" in found.text["id"]
