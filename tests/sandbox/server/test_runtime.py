"""Which parts of the sandbox run, and what is left when they stop."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.applicationautoscaling import api as scaling
from sandbox.applicationautoscaling import decisions, targets
from sandbox.cloudwatch import alarms, history, metrics, state_changes
from sandbox.cloudwatch import api as cloudwatch
from sandbox.ecr import builds, codebuild, layers
from sandbox.eventbridge import events
from sandbox.iam import role_check
from sandbox.programs import processes, usage
from sandbox.s3 import object_events
from sandbox.sagemaker import api, capture, endpoints, invocations, model_packages, traffic
from sandbox.sagemaker.tuning import operations as tuning
from sandbox.server import runtime
from sandbox.servicequotas import quotas
from sandbox.state import clock, context
from sandbox.stepfunctions import steps

# What answers AWS's calls otherwise than moto.
PARTS: dict[str, Any] = {
    "events": events,
    "object events": object_events,
    "alarms": alarms,
    "executions": steps,
    "builds": codebuild,
    "layers": layers,
    "quotas": quotas,
    "jobs and endpoints": api,
    "invocations": invocations,
    "metrics": cloudwatch,
    "states of alarms": state_changes,
    "scaling": scaling,
    "decisions": decisions,
}


@pytest.fixture
def did(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """What was installed, started, stopped and forgotten."""
    found: list[str] = []

    def note(name: str) -> Any:
        return lambda *given: found.append(name)

    for name, part in PARTS.items():
        monkeypatch.setattr(part, "install", note(f"install {name}"))
    for name, one in (("traffic", traffic), ("clock", clock)):
        monkeypatch.setattr(one, "start", note(f"start {name}"))
        monkeypatch.setattr(one, "stop", note(f"stop {name}"))
    monkeypatch.setattr(clock, "every", lambda seconds, *call: found.append(f"every {seconds}"))
    for name, what in (("reset", api), ("reset", model_packages), ("reset", builds)):
        monkeypatch.setattr(what, name, note(f"reset {what.__name__}"))
    monkeypatch.setattr(quotas, "reset", note("reset quotas"))
    monkeypatch.setattr(traffic, "forget", note("forget traffic"))
    monkeypatch.setattr(metrics, "forget", note("forget metrics"))
    monkeypatch.setattr(history, "forget", note("forget history"))
    monkeypatch.setattr(scaling, "forget", note("forget scaling"))
    monkeypatch.setattr(decisions, "forget", note("forget decisions"))
    monkeypatch.setattr(targets, "use", note("use endpoints"))
    monkeypatch.setattr(usage, "forget", note("forget usage"))
    monkeypatch.setattr(capture, "forget", note("forget captures"))
    monkeypatch.setattr(tuning, "abandon_all", note("abandon tuning jobs"))
    monkeypatch.setattr(processes, "end_all", note("end programs"))
    endpoint = SimpleNamespace(abandon=note("abandon endpoint"))
    monkeypatch.setattr(endpoints, "ENDPOINTS", SimpleNamespace(all=lambda: [endpoint], find=None))
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(folder=tmp_path))
    monkeypatch.setattr(runtime, "_State", type("_State", (), {"installed": False}))
    yield found


def test_every_part_is_installed_once_and_the_clock_is_started_each_time(
    did: list[str],
) -> None:
    runtime.install()
    runtime.install()

    installed = sorted(one for one in did if one.startswith("install"))
    assert installed == sorted(f"install {name}" for name in PARTS)
    ticks = ["every 60"] * 3 + ["every 10"] * 2 + ["every 60"] * 3 + ["every 10"]
    assert did[-22:] == ["start traffic", "start clock", *ticks] * 2


def test_a_reset_ends_every_program_and_forgets_everything(did: list[str]) -> None:
    events.DELIVERIES.append(None)  # type: ignore[arg-type]
    role_check.DENIED.append(None)  # type: ignore[arg-type]

    runtime.reset()

    assert did == [
        "abandon endpoint",
        "abandon tuning jobs",
        "end programs",
        "reset sandbox.sagemaker.api",
        "reset sandbox.sagemaker.model_packages",
        "reset sandbox.ecr.builds",
        "reset quotas",
        "forget traffic",
        "forget metrics",
        "forget history",
        "forget scaling",
        "forget decisions",
        "forget usage",
        "forget captures",
    ]
    assert not events.DELIVERIES
    assert not role_check.DENIED


@pytest.mark.parametrize(
    "name", ["training-jobs", "processing-jobs", "transform-jobs", "endpoints", "images"]
)
def test_a_sandbox_that_stops_leaves_no_folder_of_a_job_or_endpoint(
    name: str, did: list[str], tmp_path: Path
) -> None:
    (tmp_path / name / "one").mkdir(parents=True)
    (tmp_path / "capacity.json").write_text("{}")

    runtime.stop()

    assert [one.name for one in tmp_path.iterdir()] == ["capacity.json"]
    assert did[:2] == ["stop traffic", "stop clock"]
    assert "end programs" in did
