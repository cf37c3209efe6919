"""All feeds that some journeys ride, whose they are, and the places that legs name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.progress import READING, Progress
from ingest.region import Region
from ingest.replay.document import FoundJourney
from ingest.replay.raw_feed import RawFeed, Wanted, read_raw_feed
from ingest.replay.records import RideRecord
from ingest.replay.stops import Position, Stop

COORDINATE = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*,\s*(-?[0-9]+(?:\.[0-9]+)?)\s*")


@dataclass(frozen=True, slots=True)
class Spot:
    """A stop of a feed."""

    feed: RawFeed
    stop: Stop

    @property
    def id(self) -> str:
        """Its scoped id."""
        return f"{self.feed.id}_{self.stop.id}"


@dataclass(frozen=True, slots=True)
class Place:
    """What the end of a leg or of a query names: a row of stops.txt, or only a position.

    spots  the stops that it stands for: a stop itself, those of a station; none for a position, an entrance, a node
    """

    id: str
    spot: Spot | None
    position: Position | None
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Providers:
    """Who runs which agency: as a region says, else each feed is its own provider."""

    by_feed: Mapping[str, str] = field(default_factory=dict)
    by_agency: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, region: Region | None) -> Providers:
        """What names an agency wins over what names its feed; agencies that nobody names go to the first provider
        that has one of their feed.
        """
        by_feed: dict[str, str] = {}
        by_agency: dict[tuple[str, str], str] = {}
        for provider in () if region is None else region.providers:
            by_feed |= dict.fromkeys(provider.feeds, provider.id)
            for agency in provider.agencies:
                feed, _, agency_id = agency.partition(":")
                by_agency[feed, agency_id] = provider.id
                by_feed.setdefault(feed, provider.id)
        return cls(by_feed, by_agency)

    def provider(self, feed: str, agency: str) -> str:
        """Who runs an agency."""
        return self.by_agency.get((feed, agency)) or self.by_feed.get(feed, feed)


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds that were given, by id."""

    raw: Mapping[str, RawFeed]
    providers: Providers

    def find_place(self, text: str) -> Place | None:
        """A stop by its scoped id, or by its own where there is one feed; else "lat,lon"; else None."""
        spot = self._find_stop(text)
        if spot is not None:
            spots = tuple(Spot(spot.feed, stop) for stop in spot.feed.stops.standing_for(spot.stop))
            return Place(spot.id, spot, spot.stop.position, spots)
        match = COORDINATE.fullmatch(text)
        return Place(text, None, (float(match[1]), float(match[2])), ()) if match else None

    def _find_stop(self, text: str) -> Spot | None:
        feed_id, _, stop_id = text.partition("_")
        scoped = [(self.raw[feed_id], stop_id)] if feed_id in self.raw else []
        alone = [(feed, text) for feed in self.raw.values() if len(self.raw) == 1]
        for feed, stop in (*scoped, *alone):
            if stop in feed.stops.by_id:
                return Spot(feed, feed.stops.by_id[stop])
        return None


def read_feeds(
    paths: Mapping[str, Path], journeys: Iterable[FoundJourney], region: Region | None, progress: Progress
) -> Feeds:
    """Read from each feed what the journeys want of it. Raises ReplayError."""
    wanted = {feed_id: Wanted() for feed_id in paths}
    for found in journeys:
        _want(wanted, found)
    raw = {}
    for number, (feed_id, path) in enumerate(paths.items()):
        progress(f"{READING}: {feed_id}", number / len(paths))
        raw[feed_id] = read_raw_feed(feed_id, path, wanted[feed_id])
    return Feeds(raw, Providers.of(region))


def _want(wanted: Mapping[str, Wanted], found: FoundJourney) -> None:
    query, legs = found.query, found.journey.legs
    for feed_id, stop in _places((query.origin, query.destination), wanted):
        wanted[feed_id].stops.add(stop)
    before: RideRecord | None = None
    for leg in legs:
        for feed_id, stop in _places((leg.start.id, leg.end.id), wanted):
            wanted[feed_id].stops.add(stop)
        if isinstance(leg, RideRecord):
            for ride in (before, leg) if leg.stay_seated else ():
                _want_trip(wanted, ride, seated=True)
            _want_trip(wanted, leg, seated=False)
        before = leg if isinstance(leg, RideRecord) else None


def _want_trip(wanted: Mapping[str, Wanted], ride: RideRecord | None, *, seated: bool) -> None:
    feed_id, _, trip = ("", "", "") if ride is None else ride.trip_id.partition("_")
    if feed_id in wanted:
        (wanted[feed_id].seated if seated else wanted[feed_id].trips).add(trip)


def _places(texts: Iterable[str | None], wanted: Mapping[str, Wanted]) -> Iterator[tuple[str, str]]:
    """(feed, stop id) that texts may mean."""
    for text in texts:
        if text is None:
            continue
        feed_id, _, stop = text.partition("_")
        if feed_id in wanted:
            yield feed_id, stop
        if len(wanted) == 1:
            yield next(iter(wanted)), text
