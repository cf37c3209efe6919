"""What riders are told of known trips in real feeds is what was read and found right."""

from __future__ import annotations

import pytest

from tests.golden.comparisons import TRIPS, find_comparisons, read_comparisons
from tests.golden.regions import is_there

REFRESH = "python -m tests.golden.refresh_comparisons"


@pytest.mark.real_feeds
@pytest.mark.parametrize("region", TRIPS)
def test_what_riders_are_told_of_a_region_is_what_its_golden_file_says(region: str) -> None:
    if not is_there(region):
        pytest.skip(f"the feeds of {region} do not lie beside this checkout")
    found, golden = find_comparisons(region), read_comparisons(region)
    assert found["feeds"] == golden["feeds"], f"another version of a feed lies there: {REFRESH}"
    for name, told in golden["trips"].items():
        assert found["trips"][name] == told, f"{name}: if this is meant, {REFRESH}, and read the diff"


@pytest.mark.parametrize("region", TRIPS)
def test_a_golden_file_has_every_trip_and_options_in_order_of_rank(region: str) -> None:
    trips = read_comparisons(region)["trips"]
    assert set(trips) == set(TRIPS[region])
    for told in trips.values():
        ranks = [option[0] for option in told["options"]]
        assert ranks == sorted(ranks)
        assert all(first != second for pair in told["trade_offs"] for first, second in [pair["options"]])
