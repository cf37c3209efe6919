"""Parameters of /plan."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.motis.asked import Asked, Texts

PLACE = "`latitude,longitude[,level]` in degrees, or a stop id. The level is not read."
MOST_ITINERARIES = 50
MOST_WINDOW_S = 86_400
MOST_WALK_S = 3600
"""Of the first walk, the last one and a walk all the way: longer ones are cut to this, as map/initial announces."""
WALKED = "Only WALK is offered; other modes of streets add nothing."


class JourneyOptions(Asked):
    """What may be ridden and how a rider changes and walks: of /plan and /one-to-all."""

    max_transfers: Annotated[
        int | None, Field(ge=0, le=1_000_000, description="Before v3 the number of rides. Beyond 15 there is none.")
    ] = None
    min_transfer_time: Annotated[int, Field(ge=0, le=60, description="Minutes that every change takes at least.")] = 0
    additional_transfer_time: Annotated[int, Field(ge=0, le=60, description="Minutes to spare at each change.")] = 0
    transfer_time_factor: Annotated[
        float, Field(ge=1, le=5, description="Changes on foot take so many times as long.")
    ] = 1
    use_routed_transfers: Annotated[
        bool, Field(description="Changes always follow streets where the snapshot has them.")
    ] = False
    pedestrian_profile: Literal["FOOT", "WHEELCHAIR"] = "FOOT"
    pedestrian_speed: Annotated[
        float | None, Field(ge=0.1, le=10, description="Metres a second. Default: the snapshot's, else 1.2.")
    ] = None
    transit_modes: Annotated[Texts | None, Field(description="Default TRANSIT; empty: nothing is ridden.")] = None
    pre_transit_modes: Annotated[Texts | None, Field(description=WALKED)] = None
    post_transit_modes: Annotated[Texts | None, Field(description=WALKED)] = None
    max_pre_transit_time: Annotated[int, Field(ge=0, description="Seconds of the first walk.")] = 900
    max_post_transit_time: Annotated[int, Field(ge=0, description="Seconds of the last walk.")] = 900
    require_bike_transport: bool = False
    require_car_transport: bool = False


class TellingOptions(Asked):
    """How itineraries are told: of /plan, /trip and /refresh-itinerary."""

    detailed_legs: Annotated[bool, Field(description="With lines on the map.")] = True
    detailed_transfers: Annotated[
        bool | None, Field(description="The same for changes; without it they are straight. Default: as detailedLegs.")
    ] = None
    join_interlined_legs: Annotated[bool, Field(description="Trips in which riders stay seated as one leg.")] = True
    with_scheduled_skipped_stops: Annotated[
        bool, Field(description="Also stops where riders may neither board nor alight.")
    ] = False
    with_fares: Annotated[bool, Field(description="With the cheapest tickets, where fares are known.")] = False
    language: Annotated[Texts, Field(description="Of names, where a feed has them translated.")] = ()


class PlanParameters(JourneyOptions, TellingOptions):
    """What /plan may be asked."""

    from_place: Annotated[str, Field(description=PLACE)]
    to_place: Annotated[str, Field(description=PLACE)]
    via: Annotated[Texts, Field(description="Not offered: must be empty.")] = ()
    time: Annotated[str | None, Field(description="ISO 8601, without offset the city's time. Default: now.")] = None
    arrive_by: bool = False
    timetable_view: Annotated[
        bool, Field(description="All journeys worth making in a window of time; else those that are best at `time`.")
    ] = True
    search_window: Annotated[int, Field(ge=0, le=MOST_WINDOW_S, description="Seconds that a page covers at least.")] = (
        900
    )
    num_itineraries: Annotated[
        int, Field(ge=0, le=MOST_ITINERARIES, description="A page goes on until it has as many, at most for a day.")
    ] = 5
    max_itineraries: Annotated[
        int | None, Field(ge=1, description="A page has hardly more; those that leave at once stay together.")
    ] = None
    page_cursor: Annotated[str | None, Field(max_length=64)] = None
    max_travel_time: Annotated[int | None, Field(ge=1, description="Minutes.")] = None
    direct_modes: Annotated[Texts | None, Field(description=WALKED)] = None
    max_direct_time: Annotated[int, Field(ge=0, description="Seconds of a walk all the way.")] = 1800
    fastest_direct_factor: Annotated[
        float, Field(gt=0, le=1_000_000, description="Rides that take so many times as long as walking are left out.")
    ] = 10
    timeout: Annotated[float | None, Field(gt=0, description="Seconds after which a page is cut short.")] = None
    realtime_mode: Literal["OFF", "REALTIME_ANNOTATION_ONLY", "REALTIME"] = "REALTIME"
    with_comparison: Annotated[
        bool, Field(description="Timbang: the options of every set of providers in place of one list for all.")
    ] = False
