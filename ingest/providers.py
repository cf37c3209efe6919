"""Which provider runs a route: by default one provider a feed, else as a region file says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.model import Provider
from ingest.region import Region

# Okabe and Ito's palette (2008) without black and yellow, then darker repeats: apart for colour-blind readers too.
PALETTE = ("0072B2", "D55E00", "009E73", "CC79A7", "56B4E9", "E69F00", "5B4B8A", "8C510A", "4D4D4D", "01665E")


@dataclass(frozen=True, slots=True)
class ProviderMap:
    """Providers in a fixed order, and the index of the one that runs (feed, agency)."""

    providers: tuple[Provider, ...]
    by_feed: Mapping[str, int]
    by_agency: Mapping[tuple[str, str], int]

    def index(self, feed_id: str, agency_id: str) -> int:
        """The provider of an agency: what names the agency wins over what names its feed."""
        return self.by_agency.get((feed_id, agency_id), self.by_feed[feed_id])


def one_provider_a_feed(feed_names: Sequence[tuple[str, str]]) -> ProviderMap:
    """The default: feed `id` is run by provider `id`, called `name`."""
    providers = tuple(
        Provider(feed_id, name, PALETTE[index % len(PALETTE)]) for index, (feed_id, name) in enumerate(feed_names)
    )
    return ProviderMap(providers, {feed_id: index for index, (feed_id, _) in enumerate(feed_names)}, {})


def providers_of(region: Region) -> ProviderMap:
    """As the region file says. An agency is written `feed:agency_id`."""
    providers = tuple(Provider(provider.id, provider.name, provider.color) for provider in region.providers)
    by_feed = {feed: index for index, provider in enumerate(region.providers) for feed in provider.feeds}
    by_agency: dict[tuple[str, str], int] = {}
    for index, provider in enumerate(region.providers):
        for agency in provider.agencies:
            feed, _, agency_id = agency.partition(":")
            by_agency[feed, agency_id] = index
            by_feed.setdefault(feed, index)
    return ProviderMap(providers, by_feed, by_agency)
