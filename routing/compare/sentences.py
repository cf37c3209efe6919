"""Differences as riders say them, in English and Indonesian. Every number is one that the JSON has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache

from routing.fares.money import LOCALES, money_text

MINUTE_S, HOUR_MIN = 60, 60
KILOMETRE_M, TEN_M = 1000, 10
KEPT_TEXTS = 10_000

Words = Mapping[str, str]
"""The same in `en` and `id`."""


def in_both(write: Callable[[str], str]) -> dict[str, str]:
    """What `write` makes for each language."""
    return {language: write(language) for language in LOCALES}


@lru_cache(KEPT_TEXTS)
def time_text(seconds: int, language: str) -> str:
    """`18 minutes`, `1 hour 5 minutes`, to the nearest minute (halves up); below one minute in seconds."""
    if seconds < MINUTE_S:
        return _unit(seconds, "duration-second", "long", language)
    hours, minutes = divmod((seconds + MINUTE_S // 2) // MINUTE_S, HOUR_MIN)
    parts = [_unit(hours, "duration-hour", "long", language)] if hours else []
    parts += [_unit(minutes, "duration-minute", "long", language)] if minutes else []
    return " ".join(parts)


@lru_cache(KEPT_TEXTS)
def distance_text(metres: int, language: str) -> str:
    """`330 m`, to the nearest ten metres, or `1.2 km`; halves up."""
    tens = (metres + TEN_M // 2) // TEN_M * TEN_M
    if tens < KILOMETRE_M:
        return _unit(tens, "length-meter", "short", language)
    return _unit(Decimal((metres + 50) // 100) / 10, "length-kilometer", "short", language)


@lru_cache(KEPT_TEXTS)
def _unit(count: int | Decimal, unit: str, length: str, language: str) -> str:
    from babel.units import format_unit

    text: str = format_unit(count, unit, length=length, locale=LOCALES[language])  # type: ignore[arg-type]  # a str is one of its literals
    return text


def count_text(count: int, forms: Mapping[str, str], language: str) -> str:
    """`forms` by CLDR's plural category of the number: `{n}` in them is the number as readers write it."""
    category, number = _number(count, language)
    return forms.get(category, forms["other"]).format(n=number)


@lru_cache(KEPT_TEXTS)
def _number(count: int, language: str) -> tuple[str, str]:
    """(plural category, the number as readers write it)"""
    from babel import Locale
    from babel.numbers import format_decimal

    locale = Locale.parse(LOCALES[language])
    return locale.plural_form(count), format_decimal(count, locale=locale)


LATER: Mapping[str, tuple[str, str]] = {"en": ("later", "earlier"), "id": ("lebih lambat", "lebih awal")}
TIMES: Mapping[str, Mapping[str, str]] = {
    "en": {"both": "leaves and arrives {t} {way}", "departure_s": "leaves {t} {way}", "arrival_s": "arrives {t} {way}"},
    "id": {
        "both": "berangkat dan tiba {t} {way}",
        "departure_s": "berangkat {t} {way}",
        "arrival_s": "tiba {t} {way}",
    },
}
PRICES: Mapping[str, tuple[str, str]] = {
    "en": ("{m} more expensive", "{m} cheaper"),
    "id": ("{m} lebih mahal", "{m} lebih murah"),
}
TRANSFERS: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "en": (
        {"one": "{n} transfer more", "other": "{n} transfers more"},
        {"one": "{n} transfer fewer", "other": "{n} transfers fewer"},
    ),
    "id": ({"other": "{n} kali pindah lebih banyak"}, {"other": "{n} kali pindah lebih sedikit"}),
}
WALKS: Mapping[str, tuple[str, str]] = {
    "en": ("{m} more walking", "{m} less walking"),
    "id": ("jalan kaki {m} lebih jauh", "jalan kaki {m} lebih dekat"),
}


def difference_sentence(noticed: Mapping[str, int | Decimal], currency: str | None, language: str) -> str:
    """What the second option is, held against the first: `noticed` differences by name, none of them 0."""
    parts = [*_times(noticed, language)]
    if "fare" in noticed and currency is not None:
        amount = Decimal(noticed["fare"])
        parts.append(PRICES[language][amount < 0].format(m=money_text(abs(amount), currency, language)))
    if "transfers" in noticed:
        count = int(noticed["transfers"])
        parts.append(count_text(abs(count), TRANSFERS[language][count < 0], language))
    if "walk_m" in noticed:
        metres = int(noticed["walk_m"])
        parts.append(WALKS[language][metres < 0].format(m=distance_text(abs(metres), language)))
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _times(noticed: Mapping[str, int | Decimal], language: str) -> list[str]:
    told = {
        name: (time_text(abs(int(noticed[name])), language), LATER[language][noticed[name] < 0])
        for name in ("departure_s", "arrival_s")
        if name in noticed
    }
    if len(told) == 2 and len(set(told.values())) == 1:
        told = {"both": told["arrival_s"]}
    return [TIMES[language][name].format(t=time, way=way) for name, (time, way) in told.items()]
