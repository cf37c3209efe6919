"""Writes the golden notice counts anew, of single datasets and of regions: `python -m tests.golden.refresh_notices`.

Read the diff before it is kept.
"""

from __future__ import annotations

import json
import sys

from tests.golden.notices import FEEDS, datasets, find_notices, golden_names, golden_path, read_golden
from tests.golden.regions import REGIONS, find_region_notices, is_there, region_path


def main() -> int:
    """One golden file for each dataset, none for a dataset that is gone. Exit status 2 where there are no datasets."""
    found = datasets()
    if not found:
        sys.stderr.write(f"there are no datasets in {FEEDS.resolve()}\n")
        return 2
    before = {name: read_golden(name) for name in golden_names()}
    for name, path in found.items():
        now = find_notices(path)
        if now != before.pop(name, None):
            golden_path(name).write_text(json.dumps(now, indent=2) + "\n", "utf-8")
            sys.stdout.write(f"written {name}\n")
    for region in REGIONS:
        if is_there(region):
            text = json.dumps(find_region_notices(region), indent=2) + "\n"
            if not region_path(region).exists() or region_path(region).read_text("utf-8") != text:
                region_path(region).write_text(text, "utf-8")
                sys.stdout.write(f"written region {region}\n")
    for name in before:
        golden_path(name).unlink()
        sys.stdout.write(f"removed {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
