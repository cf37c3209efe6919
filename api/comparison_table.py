"""A comparison as tables for people: one block of rows an option, one row a leg, and how each provider stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli_output import printable
from routing.compare import Comparison
from routing.compare.option import Option
from routing.fares import Fare
from routing.fares.money import NO_BREAK_SPACE, money_text
from routing.headways.interchangeable import InterchangeableLine
from routing.instants import after
from routing.journeys import Journey, PlaceName, RideLeg, WalkLeg

COLUMNS = ("#", "Leave", "Arrive", "Provider", "Route", "From", "To", "Note")
WALK_ONLY = "on foot"

Names = Mapping[str, str]
"""Provider id to the name that riders know."""


def print_comparison(console: Console, found: Comparison) -> None:
    """Print everything that a rider chooses by, best option first."""
    names = {provider.id: provider.name for provider in found.providers}
    console.print(Text(_headline(found), style="bold"))
    if found.reason:
        console.print(Text(f"reason: {found.reason}"))
    if found.options:
        console.print(_option_table(found, names))
    for line in _explained(found, names):
        console.print(Text(printable(line)))
    console.print(_provider_table(found))


def _headline(found: Comparison) -> str:
    query = found.query
    when = "arrive by" if query.arrive_by else "leave from"
    ends = [end if isinstance(end, str) else f"{end[0]},{end[1]}" for end in (query.origin, query.destination)]
    window = "" if found.window_s is None else f", {duration(found.window_s)} long"
    time = f"{query.time:%a %d %b %Y %H:%M:%S} {query.time.tzname()}"
    within = found.cheapest_within_s
    cheaper = "" if within is None else f", cheaper ones within {duration(within)}"
    return printable(f"{ends[0]} to {ends[1]}, {when} {time}{window}{cheaper}")


def _explained(found: Comparison, names: Names) -> list[str]:
    """What each trade is, and why a provider's best option is not among the first."""
    ranks = {option.id: option.rank for option in found.options}
    lines = [
        f"#{ranks[pair.second]} against #{ranks[pair.first]}: {pair.to_dict()['text']['en']}"
        for pair in found.trade_offs
    ]
    lines += [f"{names.get(row.provider, row.provider)}: {row.to_dict()['text']['en']}" for row in found.dropped]
    return [line.replace(NO_BREAK_SPACE, " ") for line in lines]


def _option_table(found: Comparison, names: Names) -> Table:
    table = Table(*COLUMNS, header_style="bold")
    for option in found.options:
        table.add_row(*_option_row(option, found.query.time.date(), names), style="bold")
        for leg in option.journey.legs:
            cells = _ride_row(leg, names) if isinstance(leg, RideLeg) else _walk_row(leg)
            table.add_row(*(Text(printable(cell)) for cell in cells))
        for cells in _fare_rows(option, names):
            table.add_row(*(Text(printable(cell)) for cell in cells), style="dim")
        table.add_section()
    return table


def _option_row(option: Option, day: date, names: Names) -> list[Text]:
    journey = option.journey
    cells = [
        str(option.rank),
        clock(journey.departure, day),
        clock(journey.arrival, day),
        provider_set(journey, names),
        ", ".join(filter(None, (duration(journey.duration_s), _changes(journey)))),
        f"walk {duration(journey.walk_s)} ({journey.walk_m} m)",
        f"wait {duration(journey.wait_s)}",
        ", ".join(
            filter(None, (likely(journey, day), *_price(option), *(badge.replace("_", " ") for badge in option.badges)))
        ),
    ]
    return [Text(printable(cell)) for cell in cells]


def _price(option: Option) -> list[str]:
    if not option.journey.rides:
        return []
    fare = option.fare
    return [_money(fare.amount, fare.currency)] if isinstance(fare, Fare) else ["fare unknown"]


def _money(amount: Decimal, currency: str) -> str:
    """Terminals show a no-break space as they like."""
    return money_text(amount, currency, "en").replace(NO_BREAK_SPACE, " ")


def _fare_rows(option: Option, names: Names) -> list[list[str]]:
    """What is paid for: a row a ticket, or why nobody knows."""
    if not isinstance(option.fare, Fare):
        return [["", "", "", "", option.fare.text["en"], "", "", ""]] if option.journey.rides else []
    rows = []
    for ticket in option.fare.tickets:
        sellers = " + ".join(sorted(names.get(provider, provider) for provider in ticket.providers))
        notes = ", ".join(filter(None, (_money(ticket.amount, ticket.currency), ticket.medium)))
        rows.append(["", "", "", sellers, ticket.name["en"], ticket.rule, "", notes])
    return rows


def provider_set(journey: Journey, names: Names) -> str:
    """`A + B`, by name."""
    return " + ".join(sorted(names.get(provider, provider) for provider in journey.providers)) or WALK_ONLY


def _changes(journey: Journey) -> str:
    if not journey.rides:
        return ""
    return {0: "no change", 1: "1 change"}.get(journey.transfers, f"{journey.transfers} changes")


def _ride_row(leg: RideLeg, names: Names) -> list[str]:
    route = " ".join(dict.fromkeys(filter(None, (leg.route.short_name, leg.route.long_name))))
    notes = [f"every {duration(leg.headway_s)}"] if leg.headway_s else []
    notes += [f"or {_line(leg, line)} every {duration(line.headway_s)}" for line in leg.interchangeable]
    notes += ["stay seated"] if leg.stay_seated else []
    return [
        "",
        clock(leg.departure),
        clock(leg.arrival),
        names.get(leg.provider, leg.provider),
        route or leg.route.id,
        _place(leg.from_place),
        _place(leg.to_place),
        ", ".join(notes),
    ]


def _line(leg: RideLeg, line: InterchangeableLine) -> str:
    """The route; of the leg's own route also where those vehicles go, which tells them apart."""
    name = line.route.short_name or line.route.long_name or line.route_id
    return f"{name} to {line.headsign}" if line.route_id == leg.route_id else name


def _walk_row(leg: WalkLeg) -> list[str]:
    places = (_place(leg.from_place), _place(leg.to_place))
    return ["", clock(leg.departure), clock(leg.arrival), "walk", f"{leg.distance_m} m", *places, ""]


def _place(place: PlaceName) -> str:
    return place.name or place.id


def _provider_table(found: Comparison) -> Table:
    table = Table("Provider", "Status", "Alone", "Combined", title="Providers", title_justify="left")
    ranks = {option.id: f"#{option.rank}" for option in found.options}
    for provider in found.providers:
        status = provider.status if provider.reason is None else f"{provider.status}: {provider.reason}"
        lists = (", ".join(ranks[option] for option in options) for options in (provider.alone, provider.combined))
        table.add_row(*(Text(printable(cell)) for cell in (provider.name, status, *lists)))
    return table


def clock(time: datetime, day: date | None = None) -> str:
    """Hours and minutes, seconds where there are any; days after `day` as +1."""
    text = f"{time:%H:%M}" if time.second == 0 else f"{time:%H:%M:%S}"
    days = 0 if day is None else (time.date() - day).days
    return f"{text} ({days:+d})" if days else text


def likely(journey: Journey, day: date) -> str:
    """Between which whole minutes eight of ten riders arrive; nothing where everything happens as planned."""
    if not any(leg.headway_s for leg in journey.rides):
        return ""
    p10, p90 = journey.arrival_p10, journey.arrival_p90
    if p10 is None:
        return "likely not within a day"
    first = clock(p10.replace(second=0), day)
    if p90 is None:
        return f"likely {first} or much later"
    last = clock(after(p90, -p90.second % 60), day)
    return f"likely {first} to {last}"


def duration(seconds: int) -> str:
    """`1 h 05 min`, `12 min`, `40 s`; to the nearest minute from one minute up."""
    if seconds < 60:
        return f"{seconds} s"
    minutes = (seconds + 30) // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
