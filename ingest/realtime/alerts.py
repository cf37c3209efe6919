"""Alerts: whom they concern, and their texts. A text stays text: what looks like markup is for the page to escape."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from google.transit import gtfs_realtime_pb2 as gtfs_rt

from ingest.realtime.descriptors import Ignored, RunFinder, text_of
from ingest.realtime.feed_index import FeedIndex
from ingest.realtime.outcome import Reason
from ingest.realtime.patch import Alert, Selector

MOST_SELECTORS = 10_000
LONGEST_TEXT = 10_000
LONGEST_URL = 2048
_FOREVER = 2**62


def read_alert(index: FeedIndex, finder: RunFinder, entity: gtfs_rt.FeedEntity) -> Alert:
    """Raises Ignored where it concerns nothing that the feed has, or says nothing."""
    alert = entity.alert
    header, description = _texts(alert.header_text), _texts(alert.description_text)
    if not header and not description:
        raise Ignored(Reason.NOTHING_SAID)
    selectors = []
    for said in alert.informed_entity[:MOST_SELECTORS]:
        try:
            selectors.append(_selector(index, finder, said))
        except Ignored:
            continue
    if not selectors:
        raise Ignored(Reason.UNKNOWN_SELECTOR)
    return Alert(
        id=text_of(entity.id),
        feed=index.feed,
        header=header,
        description=description,
        url={language: url for language, url in _texts(alert.url).items() if _is_web(url)},
        cause=_word(gtfs_rt.Alert.Cause.Name, alert.cause),
        effect=_word(gtfs_rt.Alert.Effect.Name, alert.effect),
        severity=_word(gtfs_rt.Alert.SeverityLevel.Name, alert.severity_level),
        periods=tuple(_period(period) for period in (alert.impact_period or alert.active_period)),
        selectors=tuple(dict.fromkeys(selectors)),
    )


def _texts(said: gtfs_rt.TranslatedString) -> dict[str, str]:
    """Language -> text; of two in one language the first."""
    found: dict[str, str] = {}
    for translation in said.translation:
        language, text = translation.language, translation.text
        if isinstance(text, str) and isinstance(language, str) and text.strip():
            found.setdefault(language, text[:LONGEST_TEXT])
    return found


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable() and len(url) <= LONGEST_URL
        )
    except ValueError:
        return False


def _word(name_of: Callable[[int], str], value: int) -> str:
    try:
        return name_of(value)
    except ValueError:  # a number of a later version
        return ""


def _period(period: gtfs_rt.TimeRange) -> tuple[int, int]:
    return min(period.start, _FOREVER), min(period.end, _FOREVER) if period.end else _FOREVER


def _selector(index: FeedIndex, finder: RunFinder, said: gtfs_rt.EntitySelector) -> Selector:
    """Raises Ignored for what the feed does not have; a selector that names nothing selects nothing."""
    trip = day = route = None
    if said.HasField("trip"):
        if said.trip.trip_id:
            trip = finder.trip(said.trip)
            day = finder.date(text_of(said.trip.start_date)) if said.trip.start_date else None
        elif said.trip.route_id:
            route = _known(index.routes, said.trip.route_id, Reason.UNKNOWN_ROUTE)
        else:
            raise Ignored(Reason.TRIP_NOT_IDENTIFIED)
    if said.route_id:
        route = _known(index.routes, said.route_id, Reason.UNKNOWN_ROUTE)
    found = Selector(
        agency=_known(index.agencies, said.agency_id, Reason.UNKNOWN_SELECTOR) if said.HasField("agency_id") else None,
        route=route,
        route_type=said.route_type if said.HasField("route_type") else None,
        direction=said.direction_id if said.HasField("direction_id") else None,
        trip=trip,
        day=day,
        stop=_known(index.stops, said.stop_id, Reason.UNKNOWN_STOP) if said.stop_id else None,
    )
    if found == Selector():
        raise Ignored(Reason.UNKNOWN_SELECTOR)
    return found


def _known(rows: dict[str, int], text: str | bytes, reason: Reason) -> int:
    row = rows.get(text_of(text), -1)
    if row < 0:
        raise Ignored(reason)
    return row
