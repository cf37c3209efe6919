"""Money as riders read it, and as JSON has it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from routing.fares.money import json_amount, money_text, to_coins


@pytest.mark.parametrize(
    ("amount", "currency", "english", "indonesian"),
    [
        ("3500", "IDR", "Rp 3,500", "Rp 3.500"),
        ("1234567", "IDR", "Rp 1,234,567", "Rp 1.234.567"),
        ("4.7", "BRL", "R$4.70", "R$4,70"),
        ("2.90", "USD", "$2.90", "US$2,90"),
        ("0", "IDR", "Rp 0", "Rp 0"),
        ("-0.5", "USD", "-$0.50", "-US$0,50"),
        ("12.345", "USD", "$12.345", "US$12,345"),
        ("300", "JPY", "¥300", "JP¥300"),
        ("7", "XTS", "XTS 7.00", "XTS 7,00"),
    ],
)
def test_amounts_are_written_as_each_language_writes_them(
    amount: str, currency: str, english: str, indonesian: str
) -> None:
    texts = [money_text(Decimal(amount), currency, language).replace("\u00a0", " ") for language in ("en", "id")]
    assert texts == [english, indonesian]


@pytest.mark.parametrize(("amount", "text"), [("4.70", "4.7"), ("3500", "3500"), ("3500.00", "3500"), ("0.1", "0.1")])
def test_a_json_number_says_the_decimal_exactly(amount: str, text: str) -> None:
    assert json.dumps(json_amount(Decimal(amount))) == text
    assert Decimal(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "coins"),
    [("0.5", "IDR", "1"), ("1.499", "IDR", "1"), ("0.125", "USD", "0.13"), ("7", "USD", "7")],
)
def test_halves_are_rounded_up_to_the_smallest_coin(amount: str, currency: str, coins: str) -> None:
    assert to_coins(Decimal(amount), currency) == Decimal(coins)
