"""`timbang compare`: the ranked comparison of one trip."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli_kernels import ONE_QUESTION, OVER_A_DAY, choose_kernels
from api.cli_output import number, print_json, stdout_console, whole_number
from api.cli_router import SnapshotArgument, bad_queries, check_snapshot, open_router
from api.cli_sources import JsonOption

PLACE = "A stop id (FEED_STOPID) or lat,lon."


def compare(
    snapshot: SnapshotArgument,
    origin: Annotated[str, typer.Argument(metavar="FROM", help=PLACE)],
    destination: Annotated[str, typer.Argument(metavar="TO", help=PLACE)],
    at: Annotated[
        str | None, typer.Option(metavar="ISO", help="Leave then or later; without an offset, the city's time.")
    ] = None,
    arrive_by: Annotated[str | None, typer.Option(metavar="ISO", help="Arrive then or earlier.")] = None,
    window: Annotated[
        int | None,
        typer.Option(
            parser=whole_number,
            metavar="MINUTES",
            help="Compare all departures (or arrivals) of so long.",
        ),
    ] = None,
    cheapest_within: Annotated[
        int | None,
        typer.Option(
            parser=whole_number,
            metavar="MINUTES",
            help="Look also for cheaper journeys that arrive so much later (arrive-by: leave earlier) at most.",
        ),
    ] = None,
    providers: Annotated[str | None, typer.Option(metavar="A,B", help="Only these providers compete.")] = None,
    weights: Annotated[
        str | None, typer.Option(metavar="NAME=X,...", help="Change weights of the ranking, such as walk=2.")
    ] = None,
    max_transfers: Annotated[int, typer.Option(parser=whole_number, metavar="N")] = 7,
    max_walk_s: Annotated[
        int, typer.Option(parser=whole_number, metavar="S", help="Seconds that a single walk may take.")
    ] = 1200,
    walk_speed: Annotated[
        float | None, typer.Option(parser=number, metavar="M_PER_S", help="Default: the snapshot's, else 1.2.")
    ] = None,
    transfer_slack_s: Annotated[
        int, typer.Option(parser=whole_number, metavar="S", help="Seconds to spare at each change.")
    ] = 0,
    modes: Annotated[str | None, typer.Option(metavar="T,...", help="Only these GTFS route types.")] = None,
    wheelchair: Annotated[
        bool, typer.Option("--wheelchair", help="Only vehicles that take wheelchairs, and no stairs.")
    ] = False,
    headway_wait: Annotated[
        str,
        typer.Option(
            metavar="expected|worst|none", help="What a search counts as the wait for a service with headways only."
        ),
    ] = "expected",
    rider: Annotated[
        str | None, typer.Option(metavar="ID", help="Fares for this category of riders, such as a concession.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(metavar="TAG", help="Language of names, where a feed has them translated, such as en.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Compare what rival providers offer from FROM to TO, alone and together."""
    check_snapshot(snapshot)
    choose_kernels(snapshot, ONE_QUESTION if window is None and cheapest_within is None else OVER_A_DAY)
    from api.comparing import CompareRequest, run_comparison
    from api.comparison_table import print_comparison
    from api.in_language import asked_languages, comparison_in
    from ingest.translated_names import network_in

    router, extra = open_router(snapshot)
    request = CompareRequest(
        origin=origin,
        destination=destination,
        at=at,
        arrive_by=arrive_by,
        max_transfers=max_transfers,
        max_walk_s=max_walk_s,
        walk_speed_m_per_s=extra.walk_speed_m_per_s if walk_speed is None else walk_speed,
        transfer_slack_s=transfer_slack_s,
        providers=providers,
        modes=modes,
        wheelchair=wheelchair,
        headway_wait=headway_wait,
        weights=weights,
        rider=rider,
        window_s=None if window is None else window * 60,
        cheapest_within_s=None if cheapest_within is None else cheapest_within * 60,
    )
    with bad_queries():
        names = network_in(router.network, asked_languages(lang))
        found = comparison_in(run_comparison(router, request, datetime.now(UTC)), names)
    if json:
        print_json(found.to_dict())
    else:
        print_comparison(stdout_console(), found)
