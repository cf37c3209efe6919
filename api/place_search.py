"""Finding places by what people type: any case, any accents, a prefix before a part before a likeness."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from api.served_stops import ServedStops
from ingest.cross_feed_places import Places, find_places
from ingest.geometry import metres_between
from ingest.model import STATION, Int32s, Network, TranslatedName

SAME_PLACE_M = 500.0
"""Stops of one name and provider no farther apart than this are one place to riders: two sides of a street."""
LEAST_LIKENESS = 75.0
"""Of 100. Two wrong letters in eight still find; another name does not."""
SHORTEST_FUZZY = 3
PREFIX, WORD, WORDS, INFIX = range(4)


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A station, or a stop that belongs to none; with those of other feeds that are the same place to riders."""

    id: str
    ids: tuple[str, ...]
    """All of them, the busiest first: each can be asked for."""
    name: str
    lat: float
    lon: float
    providers: tuple[str, ...]
    kind: str
    departures: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "ids": list(self.ids),
            "name": self.name,
            "lat": self.lat,
            "lon": self.lon,
            "providers": list(self.providers),
            "kind": self.kind,
        }


NO_ASCII_WORD = re.compile("[^0-9a-z]+")


def fold(text: str) -> str:
    """Without case, accents and punctuation, words one space apart."""
    if text.isascii():  # most names: no sign is to be looked at by itself
        return NO_ASCII_WORD.sub(" ", text.casefold()).strip()
    signs = (sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in signs).split())


def match_ranges(text: str, name: str) -> list[tuple[int, int]]:
    """Where in `name` the words of `text` begin a word: (from, length), ascending, none overlapping."""
    words = [(match.start(), match[0]) for match in re.finditer(r"\w+", name)]
    found: dict[int, int] = {}
    for asked in fold(text).split():
        for start, word in words:
            length = next((n for n in range(1, len(word) + 1) if fold(word[:n]) == asked), 0)
            if length and start not in found:
                found[start] = length
                break
    return sorted(found.items())


class PlaceSearch:
    """The places of one network. Safe to share between threads."""

    def __init__(self, network: Network, served: ServedStops, places: Places | None = None) -> None:
        """`places` saves finding them again."""
        names, ids = network.stops.name.to_list(), network.stops.id.to_list()
        folded = _Folded()
        rows = _merge(network, served, names, folded)
        groups = _across_feeds(network, rows, find_places(network) if places is None else places)
        self._places = [_found(network, group, names, ids) for group in groups]
        self._by_id = {id: place for place in self._places for id in place.ids}
        self._network = network
        other_names = _translated(network)
        self._texts: list[str] = []
        self._owners: list[FoundPlace] = []
        for group, place in zip(groups, self._places, strict=True):
            spoken = {name for row in group for name in (names[row], *other_names.get(row, ()))}
            for text in {folded[place.name], *(folded[name] for name in spoken)} - {""}:
                self._texts.append(text)
                self._owners.append(place)

    def find(self, text: str, limit: int) -> list[FoundPlace]:
        """At most `limit` places: the id typed in full, then names by kind of match, stations first, busiest first."""
        asked = fold(text)
        exact = self._by_id.get(text.strip())
        ranked: dict[str, FoundPlace] = {} if exact is None else {exact.id: exact}
        if asked:
            for place in (*self._holding(asked), *self._like(asked, limit)):
                ranked.setdefault(place.id, place)
        return list(ranked.values())[:limit]

    def place_of(self, stop: int) -> FoundPlace | None:
        """The place of a stop, a row of the network's; None where nothing serves it."""
        ids = self._network.stops.id
        return self._by_id.get(ids[stop]) or self._by_id.get(ids[place_row(self._network, stop)])

    def _holding(self, asked: str) -> list[FoundPlace]:
        words, found = [f" {word}" for word in asked.split()], []
        for text, place in zip(self._texts, self._owners, strict=True):
            kind = _kind_of_match(asked, words, text)
            if kind is not None:
                is_stop = place.kind != "station"
                found.append((kind, text != asked, is_stop, -place.departures, place.name, place.id, place))
        return [row[-1] for row in sorted(found, key=lambda row: row[:-1])]

    def _like(self, asked: str, limit: int) -> list[FoundPlace]:
        if len(asked) < SHORTEST_FUZZY:
            return []
        found = process.extract(asked, self._texts, scorer=fuzz.WRatio, limit=4 * limit, score_cutoff=LEAST_LIKENESS)
        ranked = sorted(found, key=lambda row: (-row[1], -self._owners[row[2]].departures, self._owners[row[2]].id))
        return [self._owners[index] for _, _, index in ranked]


def _kind_of_match(asked: str, words: list[str], text: str) -> int | None:
    """How a name holds what was asked; `words` are the asked ones, each after a space."""
    at = text.find(asked)
    if at == 0:
        return PREFIX
    if at > 0 and f" {asked}" in text:
        return WORD
    # In any order, and each only begun: "kota jakarta" finds Jakarta Kota.
    if len(words) > 1 and all(word in f" {text}" for word in words):
        return WORDS
    return INFIX if at > 0 else None


class _Folded(dict[str, str]):
    """Names as `fold` has them, each once: many stops share one."""

    def __missing__(self, name: str) -> str:
        found = self[name] = fold(name)
        return found


Rows = dict[int, tuple[set[int], float]]
"""Row of Stops to the providers that serve it and the departures there."""


def _merge(network: Network, served: ServedStops, names: Sequence[str], folded: _Folded) -> Rows:
    """Stations in place of platforms, and stops of one name and provider that lie together once; busiest first."""
    rows: Rows = {}
    place_of = place_rows(network).tolist()
    for stop, provider, departures in zip(
        served.stop.tolist(), served.provider.tolist(), served.departures.tolist(), strict=True
    ):
        place = place_of[stop]
        providers, count = rows.get(place, (set(), 0.0))
        rows[place] = (providers | {provider}, count + departures)
    kept: Rows = {}
    by_name: defaultdict[tuple[str, frozenset[int]], list[int]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (-rows[row][1], row)):
        providers, count = rows[row]
        alike = by_name[folded[names[row]], frozenset(providers)]
        twin = next((other for other in alike if _near(network, row, other)), None)
        if twin is None:
            alike.append(row)
            kept[row] = (providers, count)
        else:
            kept[twin] = (providers, kept[twin][1] + count)
    return kept


def _across_feeds(network: Network, rows: Rows, places: Places) -> list[Rows]:
    """Rows of different feeds that are one place to riders, together; the busiest first, of groups and in each."""
    groups: dict[int, Rows] = {}
    feed_of, place_of = network.stops.feed.tolist(), places.of_stop.tolist()
    for row, served in rows.items():
        place = place_of[row]
        feeds = {feed_of[other] for other in groups.get(place, {})}
        # Of one feed, the feed knows best what is one place.
        key = place if feed_of[row] not in feeds else -1 - row
        groups.setdefault(key, {})[row] = served
    return sorted(groups.values(), key=lambda group: -sum(count for _, count in group.values()))


def place_row(network: Network, stop: int) -> int:
    """The station of a stop, or the stop itself."""
    parent = int(network.stops.parent[stop])
    return parent if parent >= 0 and network.stops.location_type[parent] == STATION else stop


def place_rows(network: Network) -> Int32s:
    """`place_row` of every stop."""
    parent, own = network.stops.parent, np.arange(len(network.stops.parent), dtype=np.int32)
    known = np.where(parent >= 0, parent, own)
    found: Int32s = np.where(network.stops.location_type[known] == STATION, known, own).astype(np.int32)
    return found


def _near(network: Network, row: int, other: int) -> bool:
    lat, lon = network.stops.lat, network.stops.lon
    return metres_between(lat.item(row), lon.item(row), lat.item(other), lon.item(other)) <= SAME_PLACE_M


def _found(network: Network, group: Rows, names: Sequence[str], ids: Sequence[str]) -> FoundPlace:
    stops, row = network.stops, next(iter(group))
    providers = {provider for served, _ in group.values() for provider in served}
    return FoundPlace(
        id=ids[row],
        ids=tuple(ids[member] for member in group),
        name=names[row] or ids[row],
        lat=float(stops.lat[row]),
        lon=float(stops.lon[row]),
        providers=tuple(sorted(network.providers[provider].id for provider in providers)),
        kind="station" if any(stops.location_type[member] == STATION for member in group) else "stop",
        departures=sum(count for _, count in group.values()),
    )


def _translated(network: Network) -> defaultdict[int, set[str]]:
    names: defaultdict[int, set[str]] = defaultdict(set)
    for index in _rows_of(network):
        names[int(network.translations.row[index])].add(network.translations.text[index])
    return names


def _rows_of(network: Network) -> Iterator[int]:
    return iter(np.flatnonzero(network.translations.table == TranslatedName.STOP_NAME).tolist())
