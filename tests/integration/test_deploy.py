"""Files under deploy/: read by the tools that know them, and what each must have to be safe."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
BIN = str(Path(sys.executable).parent)


def _run(tool: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    found = shutil.which(tool, path=BIN) or shutil.which(tool)
    if found is None:
        pytest.skip(f"{tool} is not on this machine")
    return subprocess.run([found, *map(str, words)], capture_output=True, text=True, timeout=120, check=False)


def _kubernetes() -> dict[str, Any]:
    return {found["kind"]: found for found in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8"))}


def _container() -> dict[str, Any]:
    (found,) = _kubernetes()["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert isinstance(found, dict)
    return found


def _unit(file: str) -> dict[str, list[str]]:
    lines = re.findall(r"^(\w+)=(.*)$", (DEPLOY / file).read_text("utf-8"), re.MULTILINE)
    return {name: [value for other, value in lines if other == name] for name, _ in lines}


def test_the_containerfile_passes_its_linter() -> None:
    ran = _run("hadolint", DEPLOY / "Containerfile")
    assert ran.returncode == 0, ran.stdout


def test_the_manifest_is_what_kubernetes_understands() -> None:
    ran = _run("kubernetes-validate", "--strict", DEPLOY / "kubernetes.yaml")
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("file", ["timbang.service", "timbang-ingest.service", "timbang-ingest.timer"])
def test_systemd_understands_the_unit(file: str) -> None:
    ran = _run("systemd-analyze", "verify", "--man=no", DEPLOY / file)
    faults = [line for line in ran.stderr.splitlines() if "timbang" in line and "is not executable" not in line]
    assert not faults


def test_the_image_is_not_root_s_and_takes_nothing_unhashed() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER (\d+):\d+$", last, re.MULTILINE)
    assert "--require-hashes" in text
    assert "STOPSIGNAL SIGTERM" in last
    assert "HEALTHCHECK" in last
    assert "ADD " not in text


def test_pods_are_not_root_s_read_only_and_bounded() -> None:
    pod, container = _kubernetes()["Deployment"]["spec"]["template"]["spec"], _container()
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    safe = container["securityContext"]
    assert safe["readOnlyRootFilesystem"] is True
    assert safe["allowPrivilegeEscalation"] is False
    assert safe["capabilities"] == {"drop": ["ALL"]}
    assert "memory" in container["resources"]["limits"]
    data = next(mount for mount in container["volumeMounts"] if mount["name"] == "data")
    assert data["readOnly"] is True


def test_probes_ask_what_each_is_for() -> None:
    container = _container()
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["startupProbe"]["httpGet"]["path"] == "/health/ready"
    # A pod leaves the service before it refuses connections: the pause is longer than two probes.
    drain_s = float(next(row["value"] for row in container["env"] if row["name"] == "TIMBANG_DRAIN_S"))
    probe = container["readinessProbe"]
    assert drain_s > probe["failureThreshold"] * probe["periodSeconds"]
    grace_s = _kubernetes()["Deployment"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert grace_s > drain_s + 10


def test_the_unit_has_a_user_of_its_own_a_read_only_system_and_time_to_finish() -> None:
    unit = _unit("timbang.service")
    for name, value in {
        "DynamicUser": "yes",
        "ProtectSystem": "strict",
        "NoNewPrivileges": "yes",
        "ProtectHome": "yes",
        "CapabilityBoundingSet": "",
        "Restart": "on-failure",
    }.items():
        assert unit[name] == [value]
    assert int(unit["TimeoutStopSec"][0]) > 11


def test_an_ingest_goes_behind_the_searches_and_runs_a_command_there_is() -> None:
    unit = _unit("timbang-ingest.service")
    assert int(unit["Nice"][0]) > 0
    assert unit["IOSchedulingClass"] == ["idle"]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["ProtectSystem"] == ["strict"]
    for line in (*unit["ExecStartPre"], *unit["ExecStart"]):
        command, *words = line.removeprefix("-").split()
        assert command.endswith("/timbang")
        options = [word for word in words if word.startswith("--")]
        names = words[: next(at for at, word in enumerate(words) if word.startswith("--"))]
        told = subprocess.run(
            [f"{BIN}/timbang", *names, "--help"], capture_output=True, text=True, timeout=60, check=True
        )
        assert options
        assert all(option in told.stdout for option in options)
    assert _unit("timbang-ingest.timer")["OnCalendar"]


def test_every_setting_that_is_set_there_exists() -> None:
    known = {f"TIMBANG_{name.upper()}" for name in Settings.model_fields} | {"TIMBANG_KERNEL_CACHE", "TIMBANG_KERNELS"}
    used = {
        name
        for file in ("Containerfile", "timbang.service", "timbang-ingest.service", "kubernetes.yaml")
        for name in re.findall(r"TIMBANG_[A-Z_]+", (DEPLOY / file).read_text("utf-8"))
    }
    assert used
    assert used <= known
