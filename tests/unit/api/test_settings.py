"""Settings: the environment is read and checked, and the page of the manual says what the class says."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from api import cli_ingest
from api.comparing import DEFAULT_WALK_SPEED_M_PER_S
from api.settings import Settings
from ingest.footpaths import DEFAULT_DETOUR, DEFAULT_RADIUS_M

MANUAL = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_manual_lists_every_setting_with_its_meaning_and_no_other() -> None:
    rows = re.findall(r"^\| `(TIMBANG_\w+)` \| (.+?) \| (.+) \|$", MANUAL.read_text("utf-8"), re.MULTILINE)
    written = {name: meaning for name, _, meaning in rows}
    assert written == {f"TIMBANG_{name.upper()}": field.description for name, field in Settings.model_fields.items()}


def test_the_manual_gives_the_defaults() -> None:
    rows = re.findall(r"^\| `TIMBANG_(\w+)` \| `(.+?)` \|", MANUAL.read_text("utf-8"), re.MULTILINE)
    assert dict(rows) == {
        name.upper(): str(field.default)
        for name, field in Settings.model_fields.items()
        if isinstance(field.default, (str, int, float))
    }


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMBANG_SNAPSHOT", "/somewhere")
    monkeypatch.setenv("TIMBANG_PORT", "9")
    monkeypatch.setenv("TIMBANG_CORS_ORIGINS", "https://a.example, https://b.example,")
    settings = Settings.from_environment()
    assert settings.snapshot == Path("/somewhere")
    assert settings.port == 9
    assert settings.cors_origins == ["https://a.example", "https://b.example"]


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "70000"), ("PORT", "x"), ("WORKERS", "0"), ("MAX_URL_BYTES", "1")]
)
def test_a_setting_out_of_bounds_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMBANG_SNAPSHOT", "/somewhere")
    monkeypatch.setenv(f"TIMBANG_{name}", value)
    with pytest.raises(ValidationError):
        Settings.from_environment()


def test_the_command_line_s_defaults_are_those_of_the_library() -> None:
    defaults = {name: option.default for name, option in inspect.signature(cli_ingest.ingest).parameters.items()}
    assert defaults["walk_radius_m"] == DEFAULT_RADIUS_M
    assert defaults["detour"] == DEFAULT_DETOUR
    assert defaults["walk_speed"] == DEFAULT_WALK_SPEED_M_PER_S
