"""/plan: journeys of a window of time, page by page, with what they say about the providers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from api.cursors import Cursor, after, before, parse_cursor
from api.in_language import journey_in
from api.motis.asked import instant_of, languages_of, place_of
from api.motis.itinerary_writer import END, START, Detail, ItineraryWriter
from api.motis.modes import walks
from api.motis.pages import Page, PageSize, Timeline, make_page
from api.motis.place_writer import make_place_writer
from api.motis.plan_comparison import plan_comparison, ranks
from api.motis.plan_parameters import MOST_WALK_S, PlanParameters, TellingOptions
from api.motis.queries import Search, make_search
from api.motis.told import Told
from api.motis.versions import ApiVersion
from api.operations.stopwatch import watched
from api.state import ServiceState
from ingest.model import Network
from routing import Journey, Query, QueryError, Router
from routing.compare import Comparison
from routing.fares import FareBook
from routing.instants import instant_s
from routing.search import HORIZON_S

MOST_JOURNEYS = 256
LONGEST_SEARCH_S = 8.0


@dataclass(frozen=True, slots=True)
class Teller:
    """In which version, language and detail an answer is written."""

    network: Network
    writer: ItineraryWriter
    fares: FareBook | None
    """Where fares are to be told."""

    def itinerary(self, journey: Journey, rank: int | None = None) -> Told:
        """A journey of the router, in the language of the answer."""
        fare = None if self.fares is None else self.fares.price(journey)
        return self.writer.itinerary(journey_in(journey, self.network), rank, fare)


def make_teller(
    state: ServiceState, router: Router, asked: TellingOptions, version: ApiVersion, accepted: str | None
) -> Teller:  # fmt: skip
    """Tells answers of `router`, one of the state's. Raises QueryError for what is no language."""
    languages = languages_of(asked.language, accepted)
    transfers = asked.detailed_legs if asked.detailed_transfers is None else asked.detailed_transfers
    detail = Detail(asked.detailed_legs, transfers, asked.join_interlined_legs, asked.with_scheduled_skipped_stops)
    places = make_place_writer(state, router.network, languages, version)
    writer = ItineraryWriter(places, state.leg_lines, detail, languages)
    return Teller(places.network, writer, router.fares if asked.with_fares else None)


def plan(
    state: ServiceState, asked: PlanParameters, version: ApiVersion, now: datetime, accepted: str | None
) -> Told:  # fmt: skip
    """As schemas.motis.plan.PlanResponse has it. Raises QueryError and UnknownPlaceError."""
    if asked.via:
        raise QueryError("via is not offered by this server; ask for each part by itself", "via")
    network = state.network
    # All of one answer is of one moment: real time may be replaced while it is made.
    use_realtime = asked.realtime_mode == "REALTIME"
    router = state.router.current if use_realtime else state.router
    teller = make_teller(state, router, asked, version, accepted)
    places = place_of(asked.from_place, "fromPlace", network), place_of(asked.to_place, "toPlace", network)
    cursor = None if asked.page_cursor is None else parse_cursor(asked.page_cursor)
    time = instant_of(asked.time, "time", now, network)
    speed = state.extra.walk_speed_m_per_s
    search = make_search(router, asked, version, places, time, speed, arrive_by=asked.arrive_by)
    search = replace(search, query=replace(search.query, use_realtime=use_realtime))
    direct = _direct(router, search, asked)
    compared = router.compare(search.query) if asked.with_comparison and search.rides and not cursor else None
    page = _page(router, search, asked, cursor, direct, compared)
    start, end = teller.writer.places.asked(places[0], START), teller.writer.places.asked(places[1], END)
    with watched().routing():
        rank_of = ranks(state.router, page.journeys, search.query)
    itineraries = [
        teller.itinerary(journey, rank) for journey, rank in zip(page.journeys, rank_of, strict=True)
    ]  # fmt: skip
    return {
        "requestParameters": in_effect(asked, search.query),
        "debugOutput": {"blocks": page.n_blocks, "itineraries": len(itineraries)},
        "from": start,
        "to": end,
        "direct": [] if cursor else [teller.itinerary(journey) for journey in direct],
        "itineraries": itineraries,
        "previousPageCursor": str(before(page.start, page.end, cursor)),
        "nextPageCursor": str(after(page.start, page.end, cursor)),
        "comparison": plan_comparison(teller.network, itineraries, compared),
    }


def _direct(router: Router, search: Search, asked: PlanParameters) -> list[Journey]:
    """Walking all the way."""
    if asked.direct_modes is not None and not walks(asked.direct_modes, "directModes"):
        return []
    if search.ends.is_same_place:
        return router.journeys(search.query)
    query = replace(search.query, max_walk_s=min(asked.max_direct_time, MOST_WALK_S))
    return router.walk(query, router.ends(query))


def _page(
    router: Router,
    search: Search,
    asked: PlanParameters,
    cursor: Cursor | None,
    direct: Sequence[Journey],
    compared: Comparison | None,
) -> Page:
    at = instant_s(search.query.time)
    first = Cursor("EARLIER", at + 1) if asked.arrive_by else Cursor("LATER", at)
    if not search.rides or search.ends.is_same_place:
        edges = sorted((first.edge, first.edge + max(asked.search_window, 1) * (-1 if asked.arrive_by else 1)))
        return Page((), edges[0], edges[1], 0)
    longest_s = HORIZON_S if asked.max_travel_time is None else min(60 * asked.max_travel_time, HORIZON_S)
    if direct:
        longest_s = min(longest_s, int(asked.fastest_direct_factor * direct[0].duration_s))
    if compared is not None:
        return _now([option.journey for option in compared.options if option.journey.rides], search.query, longest_s)
    if cursor is None and not asked.timetable_view:
        return _now(router.rides(search.query, search.ends), search.query, longest_s)
    size = PageSize(
        span_s=asked.search_window,
        wanted=asked.num_itineraries,
        most=min(asked.max_itineraries or MOST_JOURNEYS, MOST_JOURNEYS),
        timeout_s=min(asked.timeout or LONGEST_SEARCH_S, LONGEST_SEARCH_S),
    )
    return make_page(Timeline(router, search.query, search.ends, longest_s), cursor or first, size)


def _now(journeys: Sequence[Journey], query: Query, longest_s: int) -> Page:
    """Journeys of one instant as a page, which ends where the last of them is past."""
    kept = [journey for journey in journeys if journey.duration_s <= longest_s]
    kept.sort(key=lambda journey: (journey.departure_s, journey.arrival_s, journey.transfers))
    at = instant_s(query.time)
    if query.arrive_by:
        return Page(tuple(kept), min((journey.arrival_s for journey in kept), default=at), at + 1, 1)
    return Page(tuple(kept), at, max((journey.departure_s for journey in kept), default=at) + 1, 1)


def in_effect(asked: PlanParameters, query: Query) -> dict[str, str]:
    """The parameters as they were understood."""
    given = asked.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    given |= {
        "fromPlace": asked.from_place,
        "toPlace": asked.to_place,
        "time": query.time.isoformat(),
        "arriveBy": asked.arrive_by,
        "maxTransfers": query.max_transfers,
        "maxPreTransitTime": min(asked.max_pre_transit_time, MOST_WALK_S),
        "maxPostTransitTime": min(asked.max_post_transit_time, MOST_WALK_S),
        "maxDirectTime": min(asked.max_direct_time, MOST_WALK_S),
    }
    return {name: _text(value) for name, value in given.items()}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
