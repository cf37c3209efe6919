"""`python -m tests.fuzz TARGET [--seconds S]`: let atheris look for bytes that break a reader, by what they reach.

`pip install -e .[fuzz]` first: atheris has wheels for Linux on Python 3.11 and newer only, so it is no part of `dev`;
the suite draws its bytes with hypothesis (tests/property/test_bytes_from_outside.py). Exit status 0: nothing was found.
It begins with sound bytes (tests.support.outside_bytes.SEEDS). Those that break something are written to a file crash-…
here.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from ingest.compiled import SOURCES


def main() -> None:
    """Does not return: atheris ends the process."""
    import atheris

    # What numba compiles must stay as it was written.
    kernels = [f"ingest.{source.removesuffix('.py').replace('/', '.')}" for source in SOURCES]
    with atheris.instrument_imports(include=["api", "ingest"], exclude=kernels):
        from tests.support.outside_bytes import SEEDS, TARGETS

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    read = TARGETS[given.target]
    for seed in (b"", *SEEDS[given.target]):  # what is made or compiled once is no input's fault
        read(seed)
    corpus = Path(tempfile.mkdtemp())
    for number, seed in enumerate(SEEDS[given.target]):
        (corpus / str(number)).write_bytes(seed)
    # What it notes of each run of a whole ingest adds up: 60 kB a run, which a process without it does not keep.
    limits = [f"-max_total_time={given.seconds}", "-timeout=10", "-rss_limit_mb=6000"]
    atheris.Setup([sys.argv[0], *limits, str(corpus)], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
