"""Why a provider's best option is not among the first, or not there at all, and when it would win."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from routing.compare.flips import FlipFinder, Flips
from routing.compare.option import Option, make_options
from routing.compare.ranking import rank
from routing.compare.sentences import in_both, time_text
from routing.compare.standing import Standing
from routing.compare.trade_offs import FOLD, differences
from routing.fares.money import money_text

WHY = {
    "dominated": {
        "en": "Option #{by} is at least as good in everything that is known.",
        "id": "Pilihan #{by} sama baik atau lebih baik dalam segala hal yang diketahui.",
    },
    "below_the_fold": {
        "en": "It ranks #{rank}, behind the first {fold}.",
        "id": "Peringkatnya #{rank}, di belakang {fold} yang pertama.",
    },
    "beaten_by_walking": {
        "en": "Walking leaves no earlier and arrives no later.",
        "id": "Berjalan kaki tidak berangkat lebih awal dan tidak tiba lebih lambat.",
    },
}
FLIPS = {
    "en": ("at a fare of {fare} or less", "if it left at {departure}", "if it came every {headway}"),
    "id": ("dengan tarif paling mahal {fare}", "bila berangkat pukul {departure}", "bila datang setiap {headway}"),
}
AHEAD = {
    "en": ("It would rank ahead of option #{by} {flips}.", "No single change would put it ahead of option #{by}."),
    "id": (
        "Peringkatnya akan di atas pilihan #{by} {flips}.",
        "Tidak ada satu perubahan yang menaikkannya di atas pilihan #{by}.",
    ),
}
LISTED = {
    "en": ("It would be an option {flips}.", "No single change would make it an option."),
    "id": ("Akan menjadi pilihan {flips}.", "Tidak ada satu perubahan yang menjadikannya pilihan."),
}
OR = {"en": " or ", "id": " atau "}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A provider's best option that is not among the first; `by` is the one that it would have to get ahead of.

    why: `dominated` (`by` is at least as good in everything), `below_the_fold`, or `beaten_by_walking`, which leaves
    it no option at all.
    """

    provider: str
    option: Option
    by: Option
    why: str
    flips: Flips

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "provider": self.provider,
            "option": self.option.id,
            "by": self.by.id,
            "why": self.why,
            "flips_when": self.flips.to_dict(),
            "text": in_both(self._text),
        }

    def _text(self, language: str) -> str:
        why = WHY[self.why][language].format(by=self.by.rank, rank=self.option.rank, fold=FOLD)
        flips = self._flips(language)
        if_so, if_not = (LISTED if self.why == "beaten_by_walking" else AHEAD)[language]
        return f"{why} {(if_so if flips else if_not).format(by=self.by.rank, flips=OR[language].join(flips))}"

    def _flips(self, language: str) -> list[str]:
        fare, departure, headway = FLIPS[language]
        flips, found = self.flips, []
        if flips.fare is not None and flips.currency is not None:
            found.append(fare.format(fare=money_text(flips.fare, flips.currency, language)))
        if flips.departure is not None:
            found.append(departure.format(departure=f"{flips.departure:%H:%M:%S}".removesuffix(":00")))
        if flips.headway_s is not None:
            found.append(headway.format(headway=exact_time_text(flips.headway_s, language)))
        return found


def exact_time_text(seconds: int, language: str) -> str:
    """`7 minutes 30 seconds`."""
    minutes, rest = divmod(seconds, 60)
    return " ".join(time_text(part, language) for part in (minutes * 60, rest) if part)


def find_dropped(options: Sequence[Option], providers: Sequence[Standing], finder: FlipFinder) -> list[Dropped]:
    """In the order of `providers`; none for one whose best option is above the fold and not dominated."""
    by_id = {option.id: option for option in options}
    found: list[Dropped] = []
    for provider in providers:
        if provider.best is not None:
            found += _below(provider.id, by_id[provider.best], options, finder)
        elif provider.reason == "beaten_by_walking":
            found += _beaten(provider.id, options, finder)
    return found


def _below(provider: str, best: Option, options: Sequence[Option], finder: FlipFinder) -> Iterator[Dropped]:
    place = options.index(best)
    better = (other for other in options[:place] if other.rank < best.rank and _dominates(other, best))
    by, why = next(better, None), "dominated"
    if by is None and place >= FOLD and options[FOLD - 1].rank < best.rank:
        by, why = options[FOLD - 1], "below_the_fold"
    if by is not None:
        yield Dropped(provider, best, by, why, finder.flips(best, by))


def _dominates(one: Option, other: Option) -> bool:
    found = differences(other, one)
    return found.is_no_worse() and not found.is_same()


def _beaten(provider: str, options: Sequence[Option], finder: FlipFinder) -> Iterator[Dropped]:
    walk = next((option for option in options if not option.journey.rides), None)
    if walk is None:  # only rides of more than a day, which are no options of a window
        return
    price, rider = finder.router.fares.price, finder.query.rider
    ranked = rank([(ride, price(ride, rider)) for ride in finder.rides(provider)], finder.rule)
    best = make_options(ranked)[0]
    yield Dropped(provider, best, walk, "beaten_by_walking", finder.flips_of_beaten(best, walk.journey))
