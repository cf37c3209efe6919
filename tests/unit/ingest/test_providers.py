"""Who runs what."""

from __future__ import annotations

import pytest

from ingest.providers import PALETTE, one_provider_a_feed, providers_of
from ingest.region import Region, RegionFeed, RegionProvider


def _region(*providers: RegionProvider) -> Region:
    feeds = tuple(RegionFeed(feed, "", f"{feed}.zip", "") for feed in ("x", "y"))
    return Region("r", {"en": "R"}, "UTC", (0.0, 0.0), providers, feeds, ())


def test_by_default_each_feed_is_a_provider_of_its_own() -> None:
    providers = one_provider_a_feed([("x", "Ex"), ("y", "Why")])
    assert [(p.id, p.name) for p in providers.providers] == [("x", "Ex"), ("y", "Why")]
    assert (providers.index("x", "any"), providers.index("y", "")) == (0, 1)


def test_colours_are_apart_and_start_anew_when_they_run_out() -> None:
    providers = one_provider_a_feed([(str(n), str(n)) for n in range(len(PALETTE) + 1)]).providers
    assert len({p.color for p in providers[:-1]}) == len(PALETTE)
    assert providers[-1].color == providers[0].color


def test_feeds_of_one_provider_share_it() -> None:
    providers = providers_of(_region(RegionProvider("p", "P", "000000", ("x", "y"), ())))
    assert len(providers.providers) == 1
    assert providers.index("x", "a") == providers.index("y", "b") == 0


def test_what_names_an_agency_wins_over_what_names_its_feed() -> None:
    providers = providers_of(
        _region(
            RegionProvider("whole", "Whole", "000000", ("x",), ()),
            RegionProvider("part", "Part", "111111", ("y",), ("x:b",)),
        )
    )
    assert providers.index("x", "a") == 0
    assert providers.index("x", "b") == 1
    assert providers.index("y", "b") == 1


def test_an_agency_that_no_one_names_goes_to_the_first_who_names_one_of_its_feed() -> None:
    providers = providers_of(
        _region(
            RegionProvider("one", "One", "000000", (), ("x:a",)), RegionProvider("two", "Two", "111111", (), ("x:b",))
        )
    )
    assert [providers.index("x", agency) for agency in ("a", "b", "c")] == [0, 1, 0]


def test_an_agency_id_may_hold_a_colon() -> None:
    providers = providers_of(
        _region(
            RegionProvider("one", "One", "000000", ("x",), ()),
            RegionProvider("two", "Two", "111111", (), ("x:a:b",)),
        )
    )
    assert providers.index("x", "a:b") == 1


def test_a_feed_that_no_one_runs_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        one_provider_a_feed([("x", "X")]).index("z", "")
