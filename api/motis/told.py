"""Parts of answers as plain dicts, and what in them is the same in all answers: made once.

A model that is checked field by field takes longer to make than a journey to find. So answers are dicts in the names
of the wire, in which calls of vehicles, hundreds in a page, are JSON already (`orjson.Fragment`); the models in
api.schemas.motis describe them, and tests hold every answer against its model.
"""

from __future__ import annotations

import math
from typing import Any

import orjson

from api.motis.versions import ApiVersion
from api.stop_facts import StopFacts
from api.stop_groups import find_stop
from ingest.model import STATION, Network
from routing.along import known

Told = dict[str, Any]
"""JSON-ready: names as on the wire, and nothing in it is None."""


def without_none(**fields: Any) -> Told:
    """Fields that are not known are left out."""
    return {name: value for name, value in fields.items() if value is not None}


class ToldNetwork:
    """Stops and routes of one network in one language. Each is told when first asked for, and never altered.

    Safe to share between threads: two that ask at once tell the same.
    """

    def __init__(self, network: Network, facts: StopFacts, version: ApiVersion) -> None:
        self._network = network
        self._facts = facts
        self.no_level: float | None = 0.0 if version.needs_levels else None
        """What stands for a level that is not known."""
        self._stops: dict[int, Told] = {}
        self._texts: dict[int, str] = {}
        self._routes: dict[int, Told] = {}
        self._rows: dict[str, int] = {}

    def stop(self, row: int) -> Told:
        """What a stop is wherever it is told of. To be copied, not changed."""
        found = self._stops.get(row)
        if found is None:
            found = self._stops[row] = self._told_stop(row)
        return found

    def stop_text(self, row: int) -> str:
        """The same as JSON, without the brace that ends it: a call adds its times."""
        found = self._texts.get(row)
        if found is None:
            found = self._texts[row] = orjson.dumps(self.stop(row))[:-1].decode()
        return found

    def route(self, row: int) -> Told:
        """A route and its agency, as legs and boards have them. To be copied, not changed."""
        found = self._routes.get(row)
        if found is None:
            found = self._routes[row] = self._told_route(row)
        return found

    def row(self, stop_id: str) -> int:
        """As stop_groups.find_stop. Only what is a stop is kept: there is no end of other texts."""
        row = self._rows.get(stop_id)
        if row is None:
            row = find_stop(self._network, stop_id)
            if row >= 0:
                self._rows[stop_id] = row
        return row

    def _told_stop(self, row: int) -> Told:
        stops = self._network.stops
        parent, level = int(stops.parent[row]), float(stops.level[row])
        track = stops.platform_code[row] or None
        return without_none(
            name=stops.name[row] or stops.id[row],
            stopId=stops.id[row],
            parentId=stops.id[parent] if parent >= 0 and stops.location_type[parent] == STATION else None,
            importance=round(float(self._facts.importance[row]), 4),
            lat=known(stops.lat[row]),
            lon=known(stops.lon[row]),
            level=level if math.isfinite(level) else self.no_level,
            tz=self._network.zones[int(stops.zone[row])],
            vertexType="TRANSIT",
            track=track,
            scheduledTrack=track,
        )

    def _told_route(self, row: int) -> Told:
        network, routes, agencies = self._network, self._network.routes, self._network.agencies
        agency = int(routes.agency[row])
        return without_none(
            routeId=routes.id[row],
            routeShortName=routes.short_name[row],
            routeLongName=routes.long_name[row],
            routeColor=routes.color[row] or None,
            routeTextColor=routes.text_color[row] or None,
            routeType=int(routes.type[row]),
            agencyId=agencies.id[agency],
            agencyName=agencies.name[agency],
            agencyUrl=agencies.url[agency],
            provider=network.providers[int(routes.provider[row])].id,
        )
