"""Every notice code this project can give: how severe it is, and whether riders may get a worse answer.

Codes of the canonical GTFS validator keep their name there; the rest are marked as ours.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoticeCode:
    """severity is INFO, WARNING or ERROR; `affects_riders` is what makes a feed load "with warning"."""

    severity: str
    affects_riders: bool
    meaning: str
    canonical: bool = True


def _ours(severity: str, affects_riders: bool, meaning: str) -> NoticeCode:
    return NoticeCode(severity, affects_riders, meaning, canonical=False)


ARCHIVE_CODES: dict[str, NoticeCode] = {
    "unreadable_archive": _ours("ERROR", True, "The file is no zip archive, is cut short, or is damaged."),
    "unsafe_archive": _ours("ERROR", True, "Overlapping entries, lying sizes, or more than the limits allow."),
    "encrypted_archive": _ours("ERROR", True, "An entry needs a password."),
    "nested_archive": _ours("ERROR", True, "The archive holds another archive instead of tables."),
    "several_feeds_in_archive": _ours("ERROR", True, "More than one folder of the archive holds a feed."),
    "unsafe_entry_name": _ours("WARNING", True, "An entry's name points outside the archive; it is not read."),
    "symlink_entry": _ours("WARNING", True, "An entry is a symbolic link; it is not followed."),
    "duplicate_entry": _ours("WARNING", True, "An archive holds one table twice, with equal content."),
    "file_name_case": _ours("WARNING", True, "A file name is not in lower case; it is read all the same."),
    "prepended_bytes": _ours("WARNING", True, "Something stands before the archive in its file."),
    "invalid_input_files_in_subfolder": NoticeCode("ERROR", True, "The tables are in a folder of the archive."),
    "unknown_file": NoticeCode("INFO", False, "A file that GTFS does not know; it is not read."),
    "missing_required_file": NoticeCode("ERROR", True, "A file that GTFS requires is missing."),
    "missing_recommended_file": NoticeCode("INFO", False, "A file that GTFS recommends is missing."),
    "missing_calendar_and_calendar_date_files": NoticeCode("ERROR", True, "No file says when trips run."),
    "empty_file": NoticeCode("ERROR", True, "A file without even a header."),
}

TEXT_CODES: dict[str, NoticeCode] = {
    "invalid_encoding": _ours("ERROR", True, "A table is not UTF-8 but UTF-16 or UTF-32; it is not read."),
    "invalid_character": NoticeCode("ERROR", True, "Bytes that are not UTF-8: read as Windows-1252."),
    "carriage_return_line_ends": _ours("WARNING", True, "Lines end with a carriage return alone."),
    "unclosed_quote": _ours("ERROR", True, "A quote opens and never closes."),
    "csv_parsing_failed": NoticeCode("ERROR", True, "A line or a value is longer than the limits allow."),
    "new_line_in_value": NoticeCode("ERROR", True, "A value holds a line break; it is kept as it is."),
    "invalid_row_length": NoticeCode("ERROR", True, "A row has more or fewer cells than the header."),
    "empty_row": NoticeCode("WARNING", False, "A line without any cell."),
    "leading_or_trailing_whitespaces": NoticeCode("WARNING", True, "Blanks around a value; they are removed."),
    "header_padding": _ours("INFO", False, "Blanks around a column name; they are removed."),
    "header_case": _ours("WARNING", True, "A column name is not in lower case; it is read all the same."),
    "duplicated_column": NoticeCode("ERROR", True, "The header names a column twice; the first one is read."),
    "empty_column_name": NoticeCode("ERROR", False, "A column without a name; it is not read."),
    "missing_required_column": NoticeCode("ERROR", True, "A column that GTFS requires is missing."),
    "non_ascii_or_non_printable_char": NoticeCode("INFO", False, "An id with characters that do not print."),
    "malformed_json": NoticeCode("ERROR", True, "locations.geojson is no JSON; it is not read."),
}

FIELD_CODES: dict[str, NoticeCode] = {
    "missing_required_field": NoticeCode("ERROR", True, "A value that GTFS requires is blank."),
    "duplicate_key": NoticeCode("ERROR", True, "Two rows with one key; the first one is used."),
    "foreign_key_violation": NoticeCode("ERROR", True, "An id that its own table does not have."),
    "unexpected_enum_value": NoticeCode("WARNING", True, "A number outside the list that GTFS gives."),
    "invalid_integer": NoticeCode("ERROR", True, "Not a whole number."),
    "invalid_float": NoticeCode("ERROR", True, "Not a finite number."),
    "invalid_time": NoticeCode("ERROR", True, "Not a time HH:MM:SS, or beyond the limit."),
    "invalid_date": NoticeCode("ERROR", True, "Not a date YYYYMMDD."),
    "invalid_timezone": NoticeCode("ERROR", True, "Not a name of the time zone database."),
    "invalid_language_code": NoticeCode("ERROR", True, "Not a language tag; it is blanked."),
    "invalid_color": NoticeCode("ERROR", True, "Not six hexadecimal digits; it is blanked."),
    "invalid_url": NoticeCode("ERROR", True, "Not an http or https address; it is blanked."),
    "number_out_of_range": NoticeCode("ERROR", True, "A number beyond what the field allows."),
}

TABLE_CODES: dict[str, NoticeCode] = {
    "inconsistent_agency_timezone": NoticeCode("ERROR", True, "Agencies of one feed in several time zones."),
    "missing_required_agency_id": _ours("ERROR", True, "A blank agency_id although there are several agencies."),
    "point_near_origin": NoticeCode("ERROR", True, "A stop at latitude and longitude 0: not a place."),
    "point_near_pole": NoticeCode("ERROR", True, "A stop at a pole: not a place."),
    "wrong_parent_location_type": NoticeCode("ERROR", True, "A parent_station that cannot be one."),
    "station_with_parent_station": NoticeCode("ERROR", True, "A station inside another one."),
    "location_without_parent_station": NoticeCode("ERROR", False, "An entrance or node of no station."),
    "location_with_unexpected_stop_time": NoticeCode("ERROR", True, "A trip calls at what is no platform."),
    "route_both_short_and_long_name_missing": NoticeCode("ERROR", True, "A route without any name."),
    "route_color_contrast": NoticeCode("WARNING", False, "The text of a route can hardly be read on its colour."),
    "start_and_end_range_out_of_order": NoticeCode("ERROR", True, "An end before its start."),
    "start_and_end_range_equal": NoticeCode("ERROR", True, "A window without length."),
    "service_has_no_active_day_of_the_week": NoticeCode("WARNING", True, "A calendar row with no day set."),
    "service_extends_far_in_the_future": NoticeCode("WARNING", True, "Service beyond the dates kept here."),
    "service_starts_far_in_the_past": _ours("WARNING", True, "Service before the dates kept here."),
    "expired_calendar": NoticeCode("WARNING", True, "All service of the feed is over."),
    "future_feed": NoticeCode("WARNING", True, "No service of the feed has begun yet."),
    "unused_trip": NoticeCode("WARNING", True, "A trip without stop times."),
    "unusable_trip": NoticeCode("WARNING", True, "A trip with fewer than two usable calls."),
    "unsorted_stop_times": NoticeCode("INFO", False, "Calls that are not in the order of the trip."),
    "missing_trip_edge": NoticeCode("ERROR", True, "A trip without a time at its first or last call."),
    "stop_time_with_only_arrival_or_departure_time": NoticeCode("ERROR", True, "One of the two times only."),
    "interpolated_times": _ours("INFO", False, "Calls without times: placed between their neighbours."),
    "stop_time_with_arrival_before_previous_departure_time": NoticeCode(
        "ERROR", True, "A vehicle arrives before it has left the call before."
    ),
    "fast_travel_between_consecutive_stops": NoticeCode("WARNING", True, "Faster than such a vehicle can go."),
    "flex_not_routed": _ours("WARNING", True, "Demand-responsive service: read, reported, not routed."),
    "overlapping_frequency": NoticeCode("ERROR", True, "Two headway periods of one trip overlap."),
    "frequency_trip_without_period": _ours("ERROR", True, "All headway periods of a trip were unusable."),
    "block_trips_with_overlapping_stop_times": NoticeCode("ERROR", True, "Two trips of one vehicle overlap."),
    "transfer_with_invalid_stop_location_type": NoticeCode("ERROR", True, "A transfer at what is no stop."),
    "missing_transfer_time": _ours("WARNING", True, "transfer_type 2 without min_transfer_time."),
    "pathway_to_wrong_location_type": NoticeCode("ERROR", True, "A pathway to a station instead of a place in it."),
    "pathway_to_platform_with_boarding_areas": NoticeCode(
        "ERROR", False, "A pathway to a platform that has boarding areas; it is walked all the same."
    ),
    "pathway_loop": NoticeCode("WARNING", False, "A pathway from a place to itself."),
    "pathway_dangling_generic_node": NoticeCode("WARNING", False, "A node in a station that leads nowhere."),
    "pathway_unreachable_location": NoticeCode("ERROR", True, "A platform that pathways join with no entrance."),
    "bidirectional_exit_gate": NoticeCode("ERROR", True, "A gate that is for leaving only, said to go both ways."),
    "missing_level_id": NoticeCode("ERROR", True, "A place at an elevator without a floor."),
    "stop_access_specified_for_incorrect_location": NoticeCode("ERROR", False, "stop_access of what is no stop."),
    "stop_access_specified_for_stop_with_no_parent_station": NoticeCode(
        "ERROR", False, "stop_access of a stop that is in no station."
    ),
    "single_shape_point": NoticeCode("WARNING", False, "A shape of fewer than two points."),
    "no_service_in_range": _ours("WARNING", True, "No trip runs on the days that were asked for."),
    "no_usable_trip": _ours("ERROR", True, "Nothing that anyone could ride is left."),
}

FARE_CODES: dict[str, NoticeCode] = {
    "invalid_currency": NoticeCode("ERROR", True, "Not a currency code of ISO 4217."),
    "fare_product_with_multiple_default_rider_categories": NoticeCode(
        "ERROR", True, "A fare product has a price for more than one default category of riders; the least counts."
    ),
    "timeframe_only_start_or_end_time_specified": NoticeCode("ERROR", True, "One of the two times only."),
    "timeframe_start_or_end_time_greater_than_twenty_four_hours": NoticeCode("ERROR", True, "Beyond 24:00:00."),
    "timeframe_overlap": NoticeCode("ERROR", False, "Two timeframes of one group and service overlap."),
    "route_networks_specified_in_more_than_one_file": NoticeCode(
        "ERROR", True, "Both routes.txt and route_networks.txt name networks; routes.txt is read."
    ),
    "fare_transfer_rule_missing_transfer_count": NoticeCode(
        "ERROR", True, "Nothing says how often a transfer rule applies."
    ),
    "fare_transfer_rule_invalid_transfer_count": NoticeCode("ERROR", True, "Neither -1 nor 1 or more."),
    "fare_transfer_rule_with_forbidden_transfer_count": NoticeCode(
        "ERROR", False, "A count of transfers between two leg groups that differ; it is not read."
    ),
    "fare_transfer_rule_duration_limit_without_type": NoticeCode(
        "ERROR", True, "A time limit without saying from when to when."
    ),
    "fare_transfer_rule_duration_limit_type_without_duration_limit": NoticeCode(
        "ERROR", False, "From when to when there is no time limit."
    ),
    "tariff_unknown_stop": _ours("WARNING", True, "A tariff names a stop that its feed does not have."),
}

CODES: dict[str, NoticeCode] = {**ARCHIVE_CODES, **TEXT_CODES, **FIELD_CODES, **TABLE_CODES, **FARE_CODES}
"""Every code, by name."""
