"""Alerts as MOTIS tells them: in one language, with the periods in which they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.motis.asked import utc_text
from api.motis.told import Told, without_none
from ingest.realtime.patch import Alert

LATEST_S = 253_402_300_799
"""The end of the year 9999: what RFC 3339 can say."""


def told_alert(alert: Alert, languages: Sequence[str] = ()) -> Told:
    """Texts in the first of `languages` that there is, else in the first that the feed gives."""
    return without_none(
        headerText=in_language(alert.header, languages),
        descriptionText=in_language(alert.description, languages),
        url=in_language(alert.url, languages) or None,
        cause=alert.cause or None,
        effect=alert.effect or None,
        severityLevel=alert.severity or None,
        impactPeriod=[
            without_none(start=utc_text(min(start, LATEST_S)), end=utc_text(end) if end <= LATEST_S else None)
            for start, end in alert.periods
        ],
    )


def in_language(texts: Mapping[str, str], languages: Sequence[str]) -> str:
    """The text in the first of `languages` that there is one in; a tag such as en also means en-GB, and the reverse."""
    for wanted in languages:
        for language, text in texts.items():
            if language and language.lower().partition("-")[0] == wanted.lower().partition("-")[0]:
                return text
    return texts.get("") or next(iter(texts.values()), "")
