"""The neutral comparison: options by the exact set of providers ridden, ranked by one published rule."""

from routing.compare.comparison import Comparison, compare

__all__ = ["Comparison", "compare"]
