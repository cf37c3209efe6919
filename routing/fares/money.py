"""Money: decimal amounts, how they are written for riders, and as numbers in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from ingest.currencies import coin_digits

LOCALES: Mapping[str, str] = {"en": "en", "id": "id"}
NO_BREAK_SPACE = "\u00a0"
KEPT_TEXTS = 10_000


def to_coins(amount: Decimal, currency: str) -> Decimal:
    """The nearest amount that can be paid, halves up."""
    return amount.quantize(_coin(currency), ROUND_HALF_UP)


@cache
def _coin(currency: str) -> Decimal:
    return Decimal(1).scaleb(-coin_digits(currency))


def json_amount(amount: Decimal) -> int | float:
    """As a JSON number: whole where it is whole, else the shortest text that reads as this decimal."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def money_texts(amount: Decimal, currency: str) -> dict[str, str]:
    """`Rp 3,500` and `Rp 3.500`: in English and Indonesian."""
    return {language: money_text(amount, currency, language) for language in LOCALES}


@lru_cache(KEPT_TEXTS)
def money_text(amount: Decimal, currency: str, language: str) -> str:
    """An amount as readers of a language write it: to the coin, or finer where it is finer."""
    from babel.numbers import format_decimal

    own = -int(amount.normalize().as_tuple().exponent)
    digits = max(coin_digits(currency), own)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    number = format_decimal(abs(amount), format=pattern, locale=LOCALES[language])
    return ("-" if amount < 0 else "") + _symbol(currency, language) + number


@cache
def _symbol(currency: str, language: str) -> str:
    """The sign before a number; one that ends with a letter stands apart from it."""
    from babel.numbers import get_currency_symbol

    symbols = [get_currency_symbol(currency, locale=LOCALES[name]) for name in (language, *LOCALES)]
    symbol = next((text for text in symbols if text != currency), currency)
    return symbol + NO_BREAK_SPACE if symbol[-1].isalpha() else symbol
