"""A change of a rule across feeds shows in what is found in real regions: the counts are those of the golden files."""

from __future__ import annotations

import pytest

from ingest.cross_feed import CROSS_FEED_CODES
from tests.golden.notices import REFRESH
from tests.golden.regions import REGIONS, find_region_notices, is_there, read_region_golden, region_feeds

pytestmark = pytest.mark.real_feeds


@pytest.mark.parametrize("region", REGIONS)
def test_what_is_found_in_a_region_is_what_its_golden_file_says(region: str) -> None:
    if not is_there(region):
        pytest.skip(f"the feeds of {region} do not lie beside this checkout")
    found, golden = find_region_notices(region), read_region_golden(region)
    assert found["feeds"] == golden["feeds"], f"another version of a feed lies there: {REFRESH}"
    assert found == golden, f"if this is meant: {REFRESH}, and read the diff"


@pytest.mark.parametrize("region", REGIONS)
def test_a_golden_file_of_a_region_holds_every_feed_and_only_rules_across_feeds(region: str) -> None:
    golden = read_region_golden(region)
    assert set(golden["feeds"]) == set(region_feeds(region)) == set(golden["window"]["providers"])
    assert {notice["code"] for notice in golden["notices"]} <= CROSS_FEED_CODES.keys()
    assert all("," in feeds for feeds in golden["shared_places"])
    assert golden["window"]["all_run"]["days"] <= golden["window"]["two_run"]["days"]
