"""A duel as tables for people."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli_output import printable
from api.comparison_table import duration
from routing.compare.duel import Duel, ProviderDuel, Stats, set_names
from routing.fares.money import NO_BREAK_SPACE, money_text
from routing.instants import after

COLUMNS = (
    "Alone",
    "Connected",
    "Travel",
    "Wait",
    "Later than all",
    "Dearer than first",
    "Lost without",
    "Later without",
)


def print_duel(console: Console, found: Duel) -> None:
    """Who is best for how much of the day, then each provider alone against all."""
    names = {provider.id: provider.name for provider in found.providers}
    console.print(Text(_headline(found), style="bold"))
    table = Table("Earliest there", "Share", "Alone", "Tied", header_style="bold")
    for share in found.sets:
        cells = (set_names(names, share.providers), *(f"{part:.1%}" for part in (share.share, share.only, share.tied)))
        table.add_row(*(Text(printable(cell)) for cell in cells))
    if found.nobody:
        table.add_row("nobody", f"{found.nobody:.1%}")
    console.print(table)
    console.print(_provider_table(found))


def _headline(found: Duel) -> str:
    ends = [
        end if isinstance(end, str) else f"{end[0]},{end[1]}" for end in (found.query.origin, found.query.destination)
    ]
    end = after(found.begin, found.seconds)
    return printable(f"{ends[0]} to {ends[1]}, ready from {found.begin:%a %d %b %Y %H:%M} to {end:%a %d %b %H:%M}")


def _provider_table(found: Duel) -> Table:
    table = Table(*COLUMNS, header_style="bold")
    for provider in found.providers:
        table.add_row(*(Text(printable(cell)) for cell in _row(provider)))
    travel, wait = found.together
    table.add_row("all together", f"{1 - found.nobody:.1%}", _stats(travel), _stats(wait))
    table.caption = "median (worst) where there are two times; later without: the mean"
    return table


def _row(provider: ProviderDuel) -> list[str]:
    fare = provider.fare
    return [
        provider.name,
        f"{provider.connected:.1%}",
        _stats(provider.travel),
        _stats(provider.wait),
        _stats(provider.extra),
        "" if fare is None else money_text(fare.mean, fare.currency, "en").replace(NO_BREAK_SPACE, " "),
        f"{provider.lost:.1%}",
        "" if provider.loss is None else duration(round(provider.loss.mean)),
    ]


def _stats(stats: Stats | None) -> str:
    return "" if stats is None else f"{duration(round(stats.median))} ({duration(stats.worst)})"
