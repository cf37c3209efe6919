"""Currencies of ISO 4217: which there are, and how small the coins are that people pay with."""

from __future__ import annotations

from functools import cache


@cache
def known_currencies() -> frozenset[str]:
    """The codes, those of past currencies too."""
    from babel.core import get_global

    return frozenset(get_global("all_currencies"))


@cache
def coin_digits(currency: str) -> int:
    """Digits after the point of the smallest amount that can be paid: 2 for USD, 0 for IDR, whose sen are gone.

    ISO 4217 still lists two digits for such currencies; CLDR also tells those of cash.
    """
    from babel.core import get_global

    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[2])
