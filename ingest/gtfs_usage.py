"""What becomes of every file and field of GTFS Schedule, as data: `docs/gtfs.md` is made from it.

It says what the code does now, so whoever makes use of a field moves it here too; tests compare both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ingest.gtfs_schema import FLEX_ZONES


class Use(StrEnum):
    """What becomes of a field."""

    USED = "used"
    NOT_ROUTED = "not routed"
    IGNORED = "read and ignored"


@dataclass(frozen=True, slots=True)
class FieldUsage:
    """One field: its use, what for where it is used, and the module that uses it (else "")."""

    file: str
    field: str
    use: Use
    purpose: str
    module: str


@dataclass(frozen=True, slots=True)
class FileUsage:
    """One file: what it is to this project, and its fields."""

    file: str
    purpose: str
    fields: tuple[FieldUsage, ...]


REVISION = "April 2026"
"""Of the GTFS Schedule reference whose files and fields these are."""

NETWORK = "ingest.network"
CROSS_FEED = "ingest.cross_feed_stops"
ABOUT = "ingest.feed_about"
FARE_TABLES = "ingest.fare_tables"
FARE_COLUMNS = "ingest.fare_columns"


def _file(
    file: str,
    purpose: str,
    used: Mapping[str, str] | None = None,
    *,
    module: str = NETWORK,
    elsewhere: Mapping[str, tuple[str, str]] | None = None,
    not_routed: str = "",
    ignored: str = "",
) -> FileUsage:
    """A file whose used fields have a purpose each; the others are only listed.

    `module` uses the fields of `used`; those of `elsewhere`, field to (purpose, module), are used by another one.
    """
    fields = [FieldUsage(file, name, Use.USED, why, module) for name, why in (used or {}).items()]
    fields += [FieldUsage(file, name, Use.USED, why, place) for name, (why, place) in (elsewhere or {}).items()]
    rest = ((Use.NOT_ROUTED, not_routed), (Use.IGNORED, ignored))
    fields += [FieldUsage(file, name, use, "", "") for use, names in rest for name in names.split()]
    return FileUsage(file, purpose, tuple(fields))


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_TIMETABLE = (
    _file(
        "agency.txt",
        "Who runs the service: the providers' names and the time zone of all times.",
        {
            "agency_id": "names the agency of a route; a region may give agencies of one feed to several providers",
            "agency_name": "the provider's name where the region gives none",
            "agency_url": "kept in the snapshot",
            "agency_timezone": "the zone in which a service day begins",
        },
        elsewhere={"agency_lang": ("language of names that are not translated, where feed_info.txt is silent", ABOUT)},
        ignored="agency_phone agency_fare_url agency_email cemv_support",
    ),
    _file(
        "stops.txt",
        "Where vehicles stop, and the stations around them.",
        {
            "stop_id": "names the stop everywhere, with its feed in front",
            "stop_name": "shown and searched",
            "stop_lat": "walking, maps, coverage; a stop without a usable place has no walking",
            "stop_lon": "as stop_lat",
            "location_type": "only stops and boarding areas are walked to; a station stands for its stops",
            "parent_station": "the stops of a station",
            "stop_timezone": "the zone in which times at the stop are shown; in a station, the station's",
            "wheelchair_boarding": "2: no boarding or alighting with a wheelchair, and no entrance for one; blank, "
            "the station's value counts",
            "platform_code": "kept in the snapshot",
            "zone_id": "fares of version 1; stations of tariffs",
            "level_id": "the floor, for elevators, escalators and stairs that are not measured",
            "stop_access": "0: reached by the station's entrances only; 1: from the street too, pathways or not",
        },
        elsewhere={"stop_code": ("finds one stop in two feeds", CROSS_FEED)},
        ignored="tts_stop_name stop_desc stop_url",
    ),
    _file(
        "routes.txt",
        "What riders call a line.",
        {
            "route_id": "names the route everywhere, with its feed in front",
            "agency_id": "whose route it is, and so which provider's",
            "route_short_name": "shown",
            "route_long_name": "shown",
            "route_type": "the choice of modes, and how fast the vehicle can be; extended types too",
            "route_color": "shown",
            "route_text_color": "kept in the snapshot",
        },
        not_routed="continuous_pickup continuous_drop_off",
        elsewhere={"network_id": ("the network of the route, for fares of version 2", FARE_TABLES)},
        ignored="route_desc route_url route_sort_order cemv_support",
    ),
    _file(
        "trips.txt",
        "The runs of vehicles.",
        {
            "route_id": "the route of the trip",
            "service_id": "the days on which it runs",
            "trip_id": "names the trip everywhere, with its feed in front",
            "trip_headsign": "shown; blank, the last stop's name is",
            "trip_short_name": "kept in the snapshot",
            "direction_id": "draws each direction of a route once",
            "block_id": "riders stay seated where one trip of the block continues another",
            "shape_id": "the line on the map",
            "wheelchair_accessible": "a query for wheelchairs rides only trips that say yes",
        },
        not_routed="safe_duration_factor safe_duration_offset",
        ignored="bikes_allowed cars_allowed",
    ),
    _file(
        "stop_times.txt",
        "When each trip calls where. Blank times are interpolated, by distance where it is given.",
        {
            "trip_id": "the trip of the call",
            "arrival_time": "when riders alight; beyond 24:00:00 too",
            "departure_time": "when riders board",
            "stop_id": "the stop of the call",
            "stop_sequence": "the order of the calls, whatever the order of the rows",
            "pickup_type": "1: no boarding here",
            "drop_off_type": "1: no alighting here",
            "shape_dist_traveled": "interpolates blank times, and cuts the leg out of the shape",
        },
        module="ingest.rules.call_text",
        not_routed="location_group_id location_id start_pickup_drop_off_window end_pickup_drop_off_window "
        "continuous_pickup continuous_drop_off pickup_booking_rule_id drop_off_booking_rule_id",
        ignored="stop_headsign timepoint",
    ),
    _file(
        "calendar.txt",
        "On which weekdays a service runs.",
        {
            "service_id": "the service",
            **dict.fromkeys(DAYS, "1: it runs on this weekday"),
            "start_date": "its first day",
            "end_date": "its last day",
        },
        module="ingest.rules.calendars",
    ),
    _file(
        "calendar_dates.txt",
        "On which dates a service runs or does not, whatever calendar.txt says.",
        {"service_id": "the service", "date": "the day", "exception_type": "1 adds the day, 2 takes it away"},
        module="ingest.rules.calendars",
    ),
    _file(
        "frequencies.txt",
        "Trips that run again and again. The trip itself then only says how long it takes between stops.",
        {
            "trip_id": "the trip that is repeated",
            "start_time": "when the first vehicle leaves the first stop",
            "end_time": "no vehicle leaves then or later",
            "headway_secs": "the time between vehicles; riders wait half of it",
            "exact_times": "1: timetabled trips instead of a headway",
        },
    ),
    _file(
        "transfers.txt",
        "What the agency says of changing vehicles; it speaks before geometry does.",
        {
            "from_stop_id": "where riders change from; a station means each of its stops",
            "to_stop_id": "where they change to",
            "from_route_id": "the row holds for changes from trips of this route alone",
            "to_route_id": "the row holds for changes to trips of this route alone",
            "from_trip_id": "the row holds for changes from this trip alone; types 4 and 5: the trip that is continued",
            "to_trip_id": "the row holds for changes to this trip alone; types 4 and 5: the trip that continues it",
            "transfer_type": "whether and how riders change, or stay seated",
            "min_transfer_time": "type 2: what the change takes",
        },
        module="ingest.rules.transfers",
    ),
    _file(
        "shapes.txt",
        "The way of vehicles on the map.",
        {
            "shape_id": "the shape",
            "shape_pt_lat": "a point of it",
            "shape_pt_lon": "a point of it",
            "shape_pt_sequence": "the order of its points, whatever the order of the rows",
            "shape_dist_traveled": "finds the part that a leg rides",
        },
        module="ingest.rules.shapes",
    ),
    _file(
        "translations.txt",
        "Names in other languages: stop_name, route_short_name, route_long_name, trip_headsign and agency_name.",
        {
            "table_name": "stops, routes, trips or agency",
            "field_name": "the translated field",
            "language": "the language of the text: `lang` and Accept-Language choose it",
            "translation": "shown in place of the name; found by the search for places",
            "record_id": "the one record that is meant",
            "field_value": "all records with this text are meant",
        },
        ignored="record_sub_id",
    ),
    _file(
        "feed_info.txt",
        "Who publishes the feed.",
        {
            "feed_publisher_name": "shown with the feed",
            "feed_publisher_url": "shown with the feed",
            "feed_lang": "language of names that are not translated",
            "default_lang": "the same where feed_lang is `mul`",
            "feed_version": "shown with the feed",
            "feed_contact_email": "shown with the feed",
            "feed_contact_url": "shown with the feed",
        },
        module=ABOUT,
        ignored="feed_start_date feed_end_date",
    ),
)

_FARES = (
    _file(
        "fare_attributes.txt",
        "Fares, version 1. How they are read: docs/fares.md. Where the feed has leg rules of version 2, those count.",
        {
            "fare_id": "names the fare on the bill",
            "price": "what a ticket costs",
            "currency_type": "its currency; two feeds that price in different currencies are reported",
            "payment_method": "kept in the snapshot",
            "transfers": "how often riders may change on one ticket",
            "agency_id": "the fare is for this agency's routes",
            "transfer_duration": "how long after the first boarding riders may board again",
        },
        module=FARE_COLUMNS,
    ),
    _file(
        "fare_rules.txt",
        "Which fare is for which ride, version 1.",
        {
            "fare_id": "the fare",
            "route_id": "the rule is for this route alone",
            "origin_id": "the rule is for rides from this zone alone",
            "destination_id": "the rule is for rides to this zone alone",
            "contains_id": "the rule is for rides through all these zones and no others",
        },
        module=FARE_COLUMNS,
    ),
    _file(
        "timeframes.txt",
        "Times of the day at which fares differ.",
        {
            "timeframe_group_id": "the group that leg rules name",
            "start_time": "from this time of the clock at the stop",
            "end_time": "before this time",
            "service_id": "on the dates on which this service runs",
        },
        module=FARE_COLUMNS,
    ),
    _file(
        "rider_categories.txt",
        "Who pays which fare.",
        {
            "rider_category_id": "what `rider` of a comparison may name",
            "rider_category_name": "kept in the snapshot",
            "is_default_fare_category": "whose prices count where nothing is said",
        },
        module=FARE_COLUMNS,
        ignored="eligibility_url",
    ),
    _file(
        "fare_media.txt",
        "What a fare is paid with.",
        {
            "fare_media_id": "what is paid together is paid with one medium",
            "fare_media_name": "shown with the ticket",
            "fare_media_type": "kept in the snapshot",
        },
        module=FARE_COLUMNS,
    ),
    _file(
        "fare_products.txt",
        "Fares, version 2. How they are read: docs/fares.md.",
        {
            "fare_product_id": "the product that rules name",
            "fare_product_name": "shown with the ticket",
            "rider_category_id": "for these riders; blank is for all",
            "fare_media_id": "paid with this; blank is not told",
            "amount": "what it costs; negative is a discount",
            "currency": "its currency; two feeds that price in different currencies are reported",
        },
        module=FARE_COLUMNS,
    ),
    _file(
        "fare_leg_rules.txt",
        "Which fare is for which leg.",
        {
            "leg_group_id": "the group that transfer rules name",
            "network_id": "legs on this network",
            "from_area_id": "legs from this area",
            "to_area_id": "legs to this area",
            "from_timeframe_group_id": "legs that begin in these times",
            "to_timeframe_group_id": "legs that end in these times",
            "fare_product_id": "what the leg costs",
            "rule_priority": "the highest counts; without the column, blank fields mean what no rule lists",
        },
        module=FARE_COLUMNS,
    ),
    _file(
        "fare_leg_join_rules.txt",
        "Legs that are paid as one.",
        {
            "from_network_id": "changes from this network",
            "to_network_id": "changes to this network",
            "from_stop_id": "changes from this stop or station; blank, within one station",
            "to_stop_id": "changes to this stop or station",
        },
        module=FARE_COLUMNS,
    ),
    _file(
        "fare_transfer_rules.txt",
        "What changing between paid legs costs.",
        {
            "from_leg_group_id": "changes from a leg of this group",
            "to_leg_group_id": "changes to a leg of this group",
            "transfer_count": "how many changes in a row",
            "duration_limit": "how long, from the first leg of them",
            "duration_limit_type": "from when to when",
            "fare_transfer_type": "whether the legs are paid too",
            "fare_product_id": "what the change costs; blank is nothing",
        },
        module=FARE_COLUMNS,
    ),
    _file(
        "areas.txt",
        "Areas that fares name.",
        {"area_id": "the area"},
        module=FARE_TABLES,
        ignored="area_name",
    ),
    _file(
        "stop_areas.txt",
        "The stops of an area.",
        {
            "area_id": "the area",
            "stop_id": "the stop; a station stands for its platforms that have no row of their own",
        },
        module=FARE_COLUMNS,
    ),
    _file(
        "networks.txt",
        "Groups of routes that fares name.",
        {"network_id": "the network"},
        module=FARE_TABLES,
        ignored="network_name",
    ),
    _file(
        "route_networks.txt",
        "The routes of a network.",
        {"network_id": "the network", "route_id": "the route; what routes.txt says comes first"},
        module=FARE_COLUMNS,
    ),
)

_STATIONS_AND_REST = (
    _file(
        "levels.txt",
        "Floors of stations.",
        {
            "level_id": "names the floor of a stop",
            "level_index": "how many floors lie between two places that a pathway joins",
        },
        ignored="level_name",
    ),
    _file(
        "pathways.txt",
        "Ways inside stations. Where they are given, riders walk along them and by no other way.",
        {
            "pathway_id": "kept in the snapshot",
            "from_stop_id": "where the pathway begins",
            "to_stop_id": "where it ends",
            "pathway_mode": "stairs and escalators are closed to wheelchairs; elevators take their time",
            "is_bidirectional": "0: from its beginning to its end only",
            "length": "its length, where there is no traversal_time; what the leg shows, where there is",
            "traversal_time": "what the pathway takes, whatever the rider's speed",
            "stair_count": "its length, where neither is given; with stairs no pathway is step-free",
            "signposted_as": "kept in the snapshot",
            "reversed_signposted_as": "kept in the snapshot",
        },
        ignored="max_slope min_width",
    ),
    _file(
        "attributions.txt",
        "Who made the data. An organization is shown with the feed, once, whatever its rows are about.",
        {
            "organization_name": "shown with the feed",
            "is_producer": "shown with the feed",
            "is_operator": "shown with the feed",
            "is_authority": "shown with the feed",
            "attribution_url": "shown with the feed",
            "attribution_email": "shown with the feed",
            "attribution_phone": "shown with the feed",
        },
        module=ABOUT,
        ignored="attribution_id agency_id route_id trip_id",
    ),
)

_FLEX = (
    _file(
        "location_groups.txt",
        "Groups of stops of demand-responsive service.",
        not_routed="location_group_id location_group_name",
    ),
    _file(
        "location_group_stops.txt",
        "The stops of such a group.",
        not_routed="location_group_id stop_id",
    ),
    _file(
        FLEX_ZONES,
        "Zones of demand-responsive service. Only whether it is JSON is checked.",
        not_routed="type features features[].type features[].id features[].properties "
        "features[].properties.stop_name features[].properties.stop_desc features[].geometry "
        "features[].geometry.type features[].geometry.coordinates",
    ),
    _file(
        "booking_rules.txt",
        "How riders book demand-responsive service.",
        not_routed="booking_rule_id booking_type prior_notice_duration_min prior_notice_duration_max "
        "prior_notice_last_day prior_notice_last_time prior_notice_start_day prior_notice_start_time "
        "prior_notice_service_id message pickup_message drop_off_message phone_number info_url booking_url",
    ),
)

FILES: tuple[FileUsage, ...] = (*_TIMETABLE, *_FARES, *_STATIONS_AND_REST, *_FLEX)
"""Every file of GTFS Schedule, what is used first."""

FIELDS: tuple[FieldUsage, ...] = tuple(usage for file in FILES for usage in file.fields)
"""Every field of every file."""
