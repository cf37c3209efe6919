"""GET /api/v1/providers, /feeds, /places and /network.geojson: what there is."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.deps import LANGUAGE, AcceptLanguage, State
from api.in_language import asked_languages, places_in
from api.schemas.network import Feeds, NetworkMap, Places, Providers
from api.validators import snapshot_only
from ingest.model import FeedInfo
from ingest.translated_names import network_in

router = APIRouter(prefix="/api/v1", tags=["network"])
FIXED = [Depends(snapshot_only)]


@router.get("/providers", dependencies=FIXED, response_model=Providers)
def providers(
    state: State,
    response: Response,
    lang: Annotated[str | None, Query(description=LANGUAGE)] = None,
    accepted: AcceptLanguage = None,
) -> dict[str, Any]:
    """Who competes, in which region, and trips that riders there know."""
    response.headers["Vary"] = "Accept-Language"
    spoken = network_in(state.network, asked_languages(lang, accepted))
    names = {provider.id: provider.name for provider in spoken.providers}
    rows = [row | {"name": names[row["id"]]} for row in state.providers["providers"]]
    return state.providers | {"providers": rows}


@router.get("/feeds", dependencies=FIXED, response_model=Feeds)
def feeds(state: State) -> dict[str, Any]:
    """The feeds that the snapshot was made from."""
    return {"snapshot": state.network.snapshot_id, "feeds": [_feed_row(feed) for feed in state.network.feeds]}


def _feed_row(feed: FeedInfo) -> dict[str, Any]:
    row = dataclasses.asdict(feed)
    row["stops"], row["trips"] = row.pop("n_stops"), row.pop("n_trips")
    for name in ("first_date", "last_date"):
        row[name] = row[name].isoformat() if row[name] else None
    return row


@router.get("/places", dependencies=FIXED, response_model=Places)
def places(
    state: State,
    q: Annotated[str, Query(max_length=200, description="What was typed so far.")],
    response: Response,
    limit: Annotated[int, Query(ge=1, le=50)] = 8,
    lang: Annotated[str | None, Query(description=LANGUAGE)] = None,
    accepted: AcceptLanguage = None,
) -> dict[str, Any]:
    """Stations and stops by name, in any case and with or without accents; slips of the pen are forgiven."""
    response.headers["Vary"] = "Accept-Language"
    spoken = network_in(state.network, asked_languages(lang, accepted))
    return {"places": [place.to_dict() for place in places_in(state.places.find(q, limit), spoken)]}


@router.get("/network.geojson", dependencies=FIXED, response_model=NetworkMap)
def network_geojson(state: State) -> Response:
    """Every route of every provider and the stops that they serve, to draw."""
    return Response(state.map_json, media_type="application/json")
