"""Rules of the whole tree: who imports whom, what is exported, what must be written down."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

import routing
from api.cli import app

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "routing", "ingest", "feeds", "benchmarks", "tests")


def test_imports_go_one_way() -> None:
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter, "lint-imports comes with the development packages"
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_loads_from_this_checkout_and_not_from_one_of_the_same_name(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__file__ is not None
    assert Path(module.__file__).parent == ROOT / package


def test_routing_exports_what_the_contract_names_and_nothing_else() -> None:
    assert set(routing.__all__) == {
        "UNREACHED",
        "Journey",
        "Query",
        "QueryError",
        "RideLeg",
        "Router",
        "WalkLeg",
    }
    assert all(hasattr(routing, name) for name in routing.__all__)


@pytest.mark.parametrize("folder", ["", *PACKAGES])
def test_every_top_folder_says_what_it_is_for(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text("utf-8")
    assert text.startswith("# ")
    assert len(text) > 200


def test_every_command_is_in_the_docs() -> None:
    docs = "\n".join(path.read_text("utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    commands = typer.main.get_group(app).commands
    assert {"ingest", "check", "batch", "compare", "serve"} <= commands.keys()
    assert not [name for name in commands if f"timbang {name}" not in docs]


def test_importing_the_router_brings_no_web_framework_and_no_data_frames() -> None:
    heavy = {"fastapi", "pydantic", "pandas", "gtfs_kit", "networkx"}
    code = f"import sys, routing; print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "[]"
