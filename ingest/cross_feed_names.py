"""When two feeds mean one thing by two names: stops, agencies and their addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

SIMILAR_SCORE = 88.0
"""rapidfuzz token_sort_ratio of normalised names, of 100."""
SHORTEST_CONTAINED = 5
"""Characters below which a name inside another one proves nothing."""
MOST_EXTRA_WORDS = 2
"""`Terminal Blok M` is at Blok M; `Jalan Bekasi Timur I Jatinegara` is only on the way there."""

# What a thing is, not which: Indonesian, English, Malay, Portuguese, German; and words for the kind of system.
GENERIC_WORDS = frozenset(
    [
        "stasiun",
        "station",
        "stn",
        "sta",
        "halte",
        "stop",
        "shelter",
        "stesen",
        "estacao",
        "parada",
        "bahnhof",
        "haltestelle",
        "mrt",
        "lrt",
        "krl",
        "brt",
    ]
)
LEADING_WORDS = frozenset({"st"})
"""`St. Sudirman` is Stasiun; `34 St` is a street."""
SHORT_FORMS = {
    "avenue": "av",
    "ave": "av",
    "street": "st",
    "road": "rd",
    "boulevard": "blvd",
    "jalan": "jl",
    "jln": "jl",
    "gg": "gang",
    "term": "terminal",
    "square": "sq",
    "saint": "st",
}
_WORD = re.compile(r"[^\W_]+")
_INITIALS = re.compile(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)")
"""The dot inside `H.I.`, which is one word."""


def normalise_name(name: str) -> str:
    """Words without case, diacritics, signs, and words that only say what kind of place it is.

    A name of nothing but such words keeps them; a blank one gives "".
    """
    plain = name if name.isascii() else _without_marks(name)
    words = [SHORT_FORMS.get(word, word) for word in _WORD.findall(_INITIALS.sub("", plain.casefold()))]
    kept = [word for word in words if word not in GENERIC_WORDS]
    if len(kept) > 1 and kept[0] in LEADING_WORDS:
        kept = kept[1:]
    return " ".join(kept or words)


def _without_marks(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def normalise_address(url: str) -> str:
    """Host and path of a web address, without `www.`, case and the last slash."""
    try:
        parts = urlsplit(url.strip().casefold())
    except ValueError:
        return ""
    return (parts.netloc.removeprefix("www.") + parts.path).rstrip("/")


def similar_names(left: Sequence[str], right: Sequence[str]) -> NDArray[np.bool_]:
    """Row by row, whether two normalised names (none blank) may mean one place.

    Their numbers must be the same ones (`E 34 St` is not `E 35 St`); then they are spelt alike, or
    one holds all words of the other (`Dukuh Atas`, `Dukuh Atas BNI`): in front, or with at most MOST_EXTRA_WORDS more.
    """
    scores = process.cpdist(left, right, scorer=fuzz.token_sort_ratio, dtype=np.float32)
    names = {*left, *right}
    numbers = {name: sorted(word for word in name.split() if any(map(str.isdigit, word))) for name in names}
    contained = [_contains(*sorted((a, b), key=len)) for a, b in zip(left, right, strict=True)]
    agree = [numbers[a] == numbers[b] for a, b in zip(left, right, strict=True)]
    found: NDArray[np.bool_] = ((scores >= SIMILAR_SCORE) | np.array(contained, bool)) & np.array(agree, bool)
    return found


def _contains(shorter: str, longer: str) -> bool:
    if len(shorter) < SHORTEST_CONTAINED:
        return False
    if f"{longer} ".startswith(f"{shorter} "):
        return True
    few, many = set(shorter.split()), set(longer.split())
    return few <= many and len(many) - len(few) <= MOST_EXTRA_WORDS
