"""How the commands that measure end."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks.answers import ChangedAnswersError
from benchmarks.queries import QueryFileError
from benchmarks.sets import MissingFeedError

DONE, CHANGED, BAD_INPUT = range(3)


def status_of(measure: Callable[[], None]) -> int:
    """DONE; CHANGED where answers are others than they were, or BAD_INPUT, either said in one line."""
    try:
        measure()
    except ChangedAnswersError as error:
        print(f"ANSWERS CHANGED: {error}", file=sys.stderr)
        return CHANGED
    except (MissingFeedError, QueryFileError) as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    return DONE
