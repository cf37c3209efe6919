"""Names in the languages that riders read: what translations.txt says in place of what the tables say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ingest.model import Agencies, Network, Provider, TranslatedName
from ingest.strings import StringColumn

LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,7}")
MOST_LANGUAGES = 10
"""Of those that a client accepts, the ones it likes best."""


def accepted_languages(header: str) -> tuple[str, ...]:
    """The tags of an Accept-Language header, best first. What is no tag is passed over; `*` ends the list."""
    weighed: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, quality = (text.strip() for text in part.partition(";"))
        weight = _weight(quality)
        if weight > 0 and (tag == "*" or LANGUAGE_TAG.fullmatch(tag)):
            weighed.append((weight, tag))
    tags = [tag for _, tag in sorted(weighed, key=lambda row: -row[0])]
    if "*" in tags:
        tags = tags[: tags.index("*")]
    return tuple(tags[:MOST_LANGUAGES])


def _weight(quality: str) -> float:
    """Of `q=0.8`; 1 where there is none, 0 where it is no number."""
    if not quality:
        return 1.0
    match = re.fullmatch(r"q\s*=\s*([01](?:\.[0-9]{0,3})?)", quality)
    return float(match[1]) if match else 0.0


def network_in(network: Network, languages: Sequence[str]) -> Network:
    """`network` with the names of stops, routes, trips and agencies in the first of `languages` that there is one in.

    A name stays as it is where its feed is in that language itself, or where nothing is translated. Providers that
    are called as their one agency is are called as it is now. Cheap: names are looked up when they are read.
    """
    if not languages or len(network.translations.row) == 0:
        return network
    names = _Names(network, tuple(map(_folded, languages)))
    stops, routes, trips, agencies = network.stops, network.routes, network.trips, network.agencies
    spoken = names.column(agencies.name, TranslatedName.AGENCY_NAME, lambda row: int(agencies.feed[row]))
    return replace(
        network,
        providers=tuple(
            _provider(provider, agencies, spoken, index) for index, provider in enumerate(network.providers)
        ),
        agencies=replace(agencies, name=spoken),
        stops=replace(stops, name=names.column(stops.name, TranslatedName.STOP_NAME, lambda row: int(stops.feed[row]))),
        routes=replace(
            routes,
            short_name=names.column(
                routes.short_name, TranslatedName.ROUTE_SHORT_NAME, lambda row: int(routes.feed[row])
            ),
            long_name=names.column(routes.long_name, TranslatedName.ROUTE_LONG_NAME, lambda row: int(routes.feed[row])),
        ),
        trips=replace(
            trips,
            headsign=names.column(
                trips.headsign, TranslatedName.TRIP_HEADSIGN, lambda row: int(routes.feed[trips.route[row]])
            ),
        ),
    )


def _provider(provider: Provider, agencies: Agencies, spoken: StringColumn, index: int) -> Provider:
    rows = np.flatnonzero(agencies.provider == index).tolist()
    if len(rows) == 1 and agencies.name[rows[0]] == provider.name:
        return replace(provider, name=spoken[rows[0]])
    return provider


@dataclass(frozen=True, slots=True)
class _Names:
    """Looks names up in the translations of a network. `languages` are in lower case, best first."""

    network: Network
    languages: tuple[str, ...]

    def column(self, texts: StringColumn, table: TranslatedName, feed_of: Callable[[int], int]) -> StringColumn:
        """`texts`, the column of `table`, with what is translated in place of it."""
        low, high = np.searchsorted(self.network.translations.table, [table, table + 1]).tolist()
        if low == high:
            return texts

        def instead(row: int) -> str | None:
            return self._find(low, high, row, self.network.feeds[feed_of(row)].language)

        return OverlaidColumn(texts.data, texts.offsets, texts.order, instead)

    def _find(self, low: int, high: int, row: int, own: str) -> str | None:
        """The translation of `row` among rows low..high of the translations; None where its own name is as good."""
        translations = self.network.translations
        start, stop = (low + np.searchsorted(translations.row[low:high], [row, row + 1])).tolist()
        own = _folded(own)
        offered = {_folded(translations.language[place]): place for place in range(start, stop)}
        for wanted in self.languages:
            best = best_language(wanted, [own, *offered])
            if best is not None:
                return None if best == own else translations.text[offered[best]]
        return None


def _folded(tag: str) -> str:
    """Feeds write en_GB for en-GB now and then."""
    return tag.lower().replace("_", "-")


def best_language(wanted: str, offered: Sequence[str]) -> str | None:
    """Of `offered` the tag that serves a reader of `wanted`: itself, a wider one of it, or a narrower one. Lower case.

    A reader of en-GB takes en-GB, else en; one of en takes en, else en-GB; but nobody takes zh-Hans for zh-Hant.
    """
    parts = wanted.split("-")
    wider = ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]
    exact = next((tag for tag in wider if tag in offered), None)
    return exact or next((tag for tag in sorted(offered) if tag.startswith(f"{wanted}-")), None)


@dataclass(frozen=True, slots=True)
class OverlaidColumn(StringColumn):
    """A column in which some texts read otherwise: `instead` says how, or None. `find` knows nothing of that."""

    instead: Callable[[int], str | None]

    def __getitem__(self, index: int) -> str:
        own = StringColumn.__getitem__(self, index)
        return self.instead(index) or own

    def to_list(self) -> list[str]:
        """All texts, as they read."""
        return [self.instead(row) or own for row, own in enumerate(StringColumn.to_list(self))]
