"""Writes the golden comparisons anew: `python -m tests.golden.refresh_comparisons`. Read the diff before it is kept."""

from __future__ import annotations

import json
import sys

from tests.golden.comparisons import GOLDEN, TRIPS, comparison_path, find_comparisons
from tests.golden.regions import is_there


def main() -> int:
    """One file a region whose feeds are there. Exit status 2 where there are none."""
    there = [region for region in TRIPS if is_there(region)]
    GOLDEN.mkdir(exist_ok=True)
    for region in there:
        found = find_comparisons(region)
        comparison_path(region).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
        sys.stdout.write(f"written {region}\n")
    return 0 if there else 2


if __name__ == "__main__":
    sys.exit(main())
