"""The files and columns of GTFS Schedule that are read, as data.

Everything is read as text first. A column's kind says only how forgiving the reading may be: blanks around an id
or a number are a repair that the data officer should hear of, blanks around a name are nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableSchema:
    """Columns of one file.

    columns   all that are read, in the order of the reference
    required  without these columns the table cannot be used
    texts     free text for people: names, descriptions, addresses
    """

    file: str
    columns: tuple[str, ...]
    required: frozenset[str]
    texts: frozenset[str]


def _table(file: str, required: str, others: str = "", texts: str = "") -> TableSchema:
    columns = tuple(dict.fromkeys([*required.split(), *others.split(), *texts.split()]))
    return TableSchema(file, columns, frozenset(required.split()), frozenset(texts.split()))


_SCHEMAS = (
    _table(
        "agency.txt",
        "agency_timezone",
        "agency_id agency_lang agency_phone agency_email cemv_support",
        "agency_name agency_url agency_fare_url",
    ),
    _table(
        "stops.txt",
        "stop_id",
        "stop_code zone_id stop_lat stop_lon location_type parent_station stop_timezone wheelchair_boarding "
        "level_id platform_code stop_access",
        "stop_name tts_stop_name stop_desc stop_url",
    ),
    _table(
        "routes.txt",
        "route_id route_type",
        "agency_id route_color route_text_color route_sort_order continuous_pickup continuous_drop_off "
        "network_id cemv_support",
        "route_short_name route_long_name route_desc route_url",
    ),
    _table(
        "trips.txt",
        "route_id service_id trip_id",
        "direction_id block_id shape_id wheelchair_accessible bikes_allowed cars_allowed safe_duration_factor "
        "safe_duration_offset",
        "trip_headsign trip_short_name",
    ),
    _table(
        "stop_times.txt",
        "trip_id stop_id stop_sequence",
        "arrival_time departure_time location_group_id location_id "
        "start_pickup_drop_off_window end_pickup_drop_off_window pickup_type drop_off_type "
        "continuous_pickup continuous_drop_off shape_dist_traveled timepoint "
        "pickup_booking_rule_id drop_off_booking_rule_id",
        "stop_headsign",
    ),
    _table(
        "calendar.txt",
        "service_id monday tuesday wednesday thursday friday saturday sunday start_date end_date",
    ),
    _table("calendar_dates.txt", "service_id date exception_type"),
    _table("frequencies.txt", "trip_id start_time end_time headway_secs", "exact_times"),
    _table(
        "transfers.txt",
        "",
        "from_stop_id to_stop_id from_route_id to_route_id from_trip_id to_trip_id transfer_type min_transfer_time",
    ),
    _table("shapes.txt", "shape_id shape_pt_lat shape_pt_lon shape_pt_sequence", "shape_dist_traveled"),
    _table(
        "translations.txt",
        "table_name field_name language translation",
        "record_id record_sub_id field_value",
        "translation field_value",
    ),
    _table(
        "feed_info.txt",
        "feed_publisher_name feed_lang",
        "default_lang feed_start_date feed_end_date feed_version feed_contact_email",
        "feed_publisher_name feed_publisher_url feed_contact_url",
    ),
    _table(
        "fare_attributes.txt",
        "fare_id price currency_type",
        "payment_method transfers agency_id transfer_duration",
    ),
    _table("fare_rules.txt", "fare_id", "route_id origin_id destination_id contains_id"),
    _table("fare_media.txt", "fare_media_id", "fare_media_type", "fare_media_name"),
    _table(
        "fare_products.txt",
        "fare_product_id amount currency",
        "rider_category_id fare_media_id",
        "fare_product_name",
    ),
    _table(
        "rider_categories.txt",
        "rider_category_id",
        "is_default_fare_category",
        "rider_category_name eligibility_url",
    ),
    _table(
        "fare_leg_rules.txt",
        "fare_product_id",
        "leg_group_id network_id from_area_id to_area_id from_timeframe_group_id to_timeframe_group_id rule_priority",
    ),
    _table(
        "fare_leg_join_rules.txt",
        "from_network_id to_network_id",
        "from_stop_id to_stop_id",
    ),
    _table(
        "fare_transfer_rules.txt",
        "fare_transfer_type",
        "from_leg_group_id to_leg_group_id transfer_count duration_limit duration_limit_type fare_product_id",
    ),
    _table("timeframes.txt", "timeframe_group_id service_id", "start_time end_time"),
    _table("areas.txt", "area_id", "", "area_name"),
    _table("stop_areas.txt", "area_id stop_id"),
    _table("networks.txt", "network_id", "", "network_name"),
    _table("route_networks.txt", "network_id route_id"),
    _table("levels.txt", "level_id level_index", "", "level_name"),
    _table(
        "pathways.txt",
        "pathway_id from_stop_id to_stop_id pathway_mode is_bidirectional",
        "length traversal_time stair_count max_slope min_width",
        "signposted_as reversed_signposted_as",
    ),
    _table(
        "attributions.txt",
        "organization_name",
        "attribution_id agency_id route_id trip_id is_producer is_operator is_authority attribution_email "
        "attribution_phone",
        "organization_name attribution_url",
    ),
    _table("location_groups.txt", "location_group_id", "", "location_group_name"),
    _table("location_group_stops.txt", "location_group_id stop_id"),
    _table(
        "booking_rules.txt",
        "booking_rule_id booking_type",
        "prior_notice_duration_min prior_notice_duration_max prior_notice_last_day prior_notice_last_time "
        "prior_notice_start_day prior_notice_start_time prior_notice_service_id phone_number",
        "message pickup_message drop_off_message info_url booking_url",
    ),
)

SCHEMAS: dict[str, TableSchema] = {schema.file: schema for schema in _SCHEMAS}
"""Every table of GTFS Schedule, by file name."""

CORE_FILES = frozenset({"agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt"})
"""Without these there is no feed."""

FLEX_ZONES = "locations.geojson"

KNOWN_FILES = frozenset(SCHEMAS) | {FLEX_ZONES}
"""Names that are read; any other file is left alone."""

OWN_FIELDS = frozenset(
    {
        "agency.txt",
        "stops.txt",
        "routes.txt",
        "trips.txt",
        "stop_times.txt",
        "calendar.txt",
        "calendar_dates.txt",
        "frequencies.txt",
        "transfers.txt",
        "levels.txt",
        "pathways.txt",
        "shapes.txt",
        "translations.txt",
        "feed_info.txt",
    }
)
"""Files with a field of their own in FeedTables; the rest are its `extras`."""

EXTRA_FILES = tuple(schema.file for schema in _SCHEMAS if schema.file not in OWN_FIELDS)
