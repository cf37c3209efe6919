"""A change of a rule shows in what is found in real feeds: the counts are those of the golden files."""

from __future__ import annotations

import pytest

from tests.golden.notices import REFRESH, TODAY, datasets, find_notices, golden_names, golden_path, read_golden

LARGE = "newyork-"
FOUND = datasets()

pytestmark = pytest.mark.real_feeds
needs_datasets = pytest.mark.skipif(not FOUND, reason="the real feeds do not lie beside this checkout")


def _compare(name: str) -> None:
    if name not in FOUND:
        pytest.skip(f"the dataset {name} does not lie beside this checkout")
    found, golden = find_notices(FOUND[name]), read_golden(name)
    assert found["sha256"] == golden["sha256"], f"another version of the dataset lies there: {REFRESH}"
    assert found == golden, f"if this is meant: {REFRESH}, and read the diff"


@needs_datasets
@pytest.mark.parametrize("name", [name for name in golden_names() if not name.startswith(LARGE)])
def test_what_is_found_in_a_dataset_is_what_its_golden_file_says(name: str) -> None:
    _compare(name)


@needs_datasets
@pytest.mark.parametrize("name", [name for name in golden_names() if name.startswith(LARGE)])
def test_what_is_found_in_a_large_dataset_is_what_its_golden_file_says(name: str) -> None:
    _compare(name)


@needs_datasets
def test_every_dataset_has_a_golden_file() -> None:
    assert [name for name in FOUND if not golden_path(name).exists()] == []


def test_golden_files_were_made_on_one_day_for_17_datasets_of_three_cities() -> None:
    goldens = [read_golden(name) for name in golden_names()]
    assert {golden["today"] for golden in goldens} == {TODAY.isoformat()}
    assert len(goldens) == 17
    assert {golden["dataset"].split("/")[0] for golden in goldens} == {"jakarta", "newyork", "portoalegre"}


def test_an_unfit_dataset_is_counted_as_rejected(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("city") / "none.zip"
    path.write_bytes(b"no archive")
    found = find_notices(path)
    assert found["class"] == "reject with error: unreadable_archive"
    assert found["dataset"].endswith("/none.zip")
