"""Who publishes and who makes a feed: feed_info.txt and attributions.txt, for people to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from ingest.model import Attribution

if TYPE_CHECKING:
    from ingest.tables import FeedTables

MULTILINGUAL = "mul"
MOST_ATTRIBUTIONS = 100
"""Organizations of a feed that are kept: the file may name one for each trip."""

ROLES = ("is_producer", "is_operator", "is_authority")
CONTACTS = {"url": "attribution_url", "email": "attribution_email", "phone": "attribution_phone"}


def about_feed(feed: FeedTables) -> dict[str, Any]:
    """Fields of ingest.model.FeedInfo, by name. Of feed_info.txt the first row counts."""
    info = feed.feed_info
    said = info.row(0, named=True) if info.height else dict.fromkeys(info.columns, "")
    table = feed.extras.get("attributions.txt")
    found = () if table is None else attributions_of(table)
    return {
        "attribution": ", ".join(dict.fromkeys(row.organization_name for row in found)),
        "attributions": found,
        "publisher_name": said["feed_publisher_name"],
        "publisher_url": said["feed_publisher_url"],
        "language": language_of(feed.agencies, said["feed_lang"], said["default_lang"]),
        "version": said["feed_version"],
        "contact_email": said["feed_contact_email"],
        "contact_url": said["feed_contact_url"],
    }


def language_of(agencies: pl.DataFrame, feed_lang: str, default_lang: str) -> str:
    """Of the names in a feed: what feed_info.txt says, else what all its agencies say; "" where it is not known."""
    if feed_lang.lower() == MULTILINGUAL:
        return default_lang
    spoken = agencies["agency_lang"].unique().to_list()
    return feed_lang or (spoken[0] if len(spoken) == 1 else "")


def attributions_of(table: pl.DataFrame) -> tuple[Attribution, ...]:
    """The organizations of attributions.txt, in its order: one each, whatever agency, route or trip its rows name."""
    named = table.filter(pl.col("organization_name") != "").group_by("organization_name", maintain_order=True)
    merged = named.agg(
        *((pl.col(role) == "1").any() for role in ROLES),
        *(pl.col(field).filter(pl.col(field) != "").first().fill_null("") for field in CONTACTS.values()),
    )
    return tuple(
        Attribution(
            row["organization_name"],
            *(row[role] for role in ROLES),
            **{name: row[field] for name, field in CONTACTS.items()},
        )
        for row in merged.head(MOST_ATTRIBUTIONS).iter_rows(named=True)
    )
