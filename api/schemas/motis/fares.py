"""What an itinerary costs, as MOTIS tells it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.motis.base import MotisModel


class FareProduct(MotisModel):
    """A ticket, or a discount on one."""

    name: str
    amount: Annotated[float, Field(description="negative for a discount")]
    currency: str


class FareTransfer(MotisModel):
    """A ticket and the discounts on it. Legs name it by fareTransferIndex; all of its legs are one effective leg."""

    rule: Literal["A_AB_B"] | None = None
    transfer_products: list[FareProduct] | None = None
    effective_fare_leg_products: Annotated[
        list[list[list[FareProduct]]], Field(description="one effective leg with one choice of one ticket")
    ]
