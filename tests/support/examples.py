"""How many examples the slow property tests draw: TIMBANG_EXAMPLES=5000 goes deeper than a plain run."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings


def thorough(examples: int) -> settings:
    """Settings for a test that draws whole networks: `examples` of them, or what TIMBANG_EXAMPLES says.

    A plain run draws the same examples each time, so that a change is judged by itself and not by luck.
    """
    asked = os.environ.get("TIMBANG_EXAMPLES")
    return settings(
        max_examples=int(asked) if asked else examples,
        derandomize=asked is None,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
