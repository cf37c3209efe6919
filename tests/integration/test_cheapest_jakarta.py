"""Real feeds of Jakarta, with its tariffs: cheaper journeys that a search without prices does not find."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.pipeline import ingest_feeds
from ingest.region import embedded_region, read_region
from routing import Query, Router
from routing.cheapest.find import cheap_question
from routing.cheapest.layout import lay_out
from routing.compare.option import Option
from routing.fares import Fare

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "feeds" / "jakarta"
FEEDS = {
    "tj": "transjakarta_2024-06.zip",
    "mrt": "mrt.zip",
    "lrtj": "lrt_jakarta.zip",
    "lrtjb": "lrt_jabodebek_derived.zip",
    "krl": "krl_derived.zip",
}
DAY = date(2026, 11, 25)

pytestmark = [
    pytest.mark.real_feeds,
    pytest.mark.skipif(not FOLDER.exists(), reason="the feeds of Jakarta do not lie beside this checkout"),
]


@pytest.fixture(scope="module")
def router() -> Router:
    result = ingest_feeds(
        {key: FOLDER / name for key, name in FEEDS.items()}, region=read_region(embedded_region()), today=DAY
    )
    assert result.network is not None
    return Router(result.network)


def query(origin: str, destination: str, hour: int, minute: int) -> Query:
    at = datetime(2026, 11, 25, hour, minute, tzinfo=ZoneInfo("Asia/Jakarta"))
    return Query(origin, destination, at)


def rupiah(option: Option) -> int | None:
    return int(option.fare.amount) if isinstance(option.fare, Fare) else None


def test_waiting_for_the_end_of_the_peak_saves_ten_thousand_rupiah(router: Router) -> None:
    """LRT Jabodebek: at most 20,000 until 20:00, then 10,000. The next train after that leaves at 20:06."""
    asked = query("lrtjb_JTM", "mrt_SLBB", 19, 45)
    ridden = {"lrt-jabodebek", "mrt-jakarta", "transjakarta"}
    without, found = router.compare(asked), router.compare(asked, cheapest_within_s=1800)
    (before,) = (option for option in without.options if option.providers == ridden)
    later = [o for o in found.options if o.providers == ridden and o.journey.arrival_s > before.journey.arrival_s]
    assert (rupiah(before), min(rupiah(option) or 0 for option in later)) == (32_200, 18_500)
    limit = min(o.journey.arrival_s for o in without.options if o.providers) + 1800
    new = {o.id for o in found.options} - {o.id for o in without.options}
    assert new
    assert all(o.journey.arrival_s <= limit for o in found.options if o.id in new)


@pytest.mark.parametrize(
    ("origin", "destination", "hour"),
    [("krl_BKS", "tj_H00014P", 7), ("tj_H00122P", "krl_BKS", 7), ("krl_DPB", "tj_H00014P", 6)],
)
def test_what_is_found_costs_what_it_is_said_to_cost_and_is_in_numbers(
    router: Router, origin: str, destination: str, hour: int
) -> None:
    asked = query(origin, destination, hour, 30)
    best_s = min(ride.arrival_s for ride in router.rides(asked, router.ends(asked)))
    lay_out(cheap_question(router, asked, router.ends(asked), best_s, 1800))
    without, found = router.compare(asked), router.compare(asked, cheapest_within_s=1800)
    for option in found.options:
        assert option.fare == router.fares.price(option.journey)
    times = {(o.providers, o.journey.departure_s, o.journey.arrival_s, o.journey.transfers) for o in found.options}
    assert {
        (o.providers, o.journey.departure_s, o.journey.arrival_s, o.journey.transfers) for o in without.options
    } <= times
    for option in found.options:
        for other in found.options:
            if option is not other and option.providers <= other.providers and rupiah(option) and rupiah(other):
                is_sooner = option.journey.arrival_s < other.journey.arrival_s
                is_less = rupiah(option) < rupiah(other)  # type: ignore[operator] # both are known
                leaves = option.journey.departure_s >= other.journey.departure_s
                assert not (is_sooner and is_less and leaves and option.journey.transfers <= other.journey.transfers)


def test_order_of_providers_in_the_query_changes_nothing(router: Router) -> None:
    asked = query("krl_BKS", "tj_H00014P", 7, 30)
    names = [provider.id for provider in router.network.providers]
    told = [
        [
            (o.id, o.rank, rupiah(o))
            for o in router.compare(replace(asked, providers=frozenset(order)), cheapest_within_s=1800).options
        ]
        for order in (names, names[::-1])
    ]
    assert (
        told[0] == told[1] == [(o.id, o.rank, rupiah(o)) for o in router.compare(asked, cheapest_within_s=1800).options]
    )
