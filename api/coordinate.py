"""How coordinates are typed: `lat,lon` in degrees. Imports next to nothing: `timbang` starts with it."""

from __future__ import annotations

import re

COORDINATE = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d*)?)\s*,\s*([+-]?\d{1,3}(?:\.\d*)?)\s*")
