"""Jobs as a client of SageMaker starts, stops and lists them."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from moto.sagemaker.exceptions import ResourceInUseException, ValidationError

from sandbox.sagemaker import api, capacity, processing, training
from sandbox.sagemaker.transform import requests as transform_requests
from sandbox.state.stores import Place, now

HERE = Place("123456789012", "us-east-1")
MISSING = {
    "training": "Requested resource not found",
    "processing": "Could not find requested job",
    "transform": "Could not find transform job",
}
KINDS = ["training", "processing", "transform"]


class Asked(api.Response):
    """A request with these parameters."""

    def __init__(self, **parameters: Any) -> None:
        self.parameters = parameters

    @property
    def request_document(self) -> dict[str, Any]:
        return self.parameters

    @property
    def place(self) -> Place:
        return HERE


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    capacity_of_all = SimpleNamespace(require_job=lambda job, others: None)
    monkeypatch.setattr(capacity, "current", lambda: capacity_of_all)


@pytest.fixture(autouse=True)
def did(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What was checked, started and stopped; a name with `wrong` is refused."""
    found: list[Any] = []

    def check(request: dict[str, Any]) -> None:
        found.append("check")
        if "wrong" in str(request):
            raise ValidationError(message="wrong")

    def job(kind: str) -> Any:
        def make(place: Place, request: dict[str, Any], container: Any = None) -> Any:
            name = request[f"{kind}JobName"]
            document = {
                f"{kind}JobName": name,
                f"{kind}JobStatus": "InProgress",
                "CreationTime": now(),
            }
            return SimpleNamespace(
                kind=kind,
                name=name,
                arn=f"arn:{name}",
                document=document,
                tags={},
                start=lambda: found.append(f"start {name}"),
                stop=lambda: found.append(f"stop {name}"),
            )

        return make

    monkeypatch.setattr(training, "check", check)
    monkeypatch.setattr(processing, "check", check)
    monkeypatch.setattr(api, "TrainingJob", job("Training"))
    monkeypatch.setattr(api, "ProcessingJob", job("Processing"))
    monkeypatch.setattr(
        transform_requests, "check", lambda place, request, packages: check(request)
    )
    monkeypatch.setattr(api, "TransformJob", job("Transform"))
    api.reset()
    yield found
    api.reset()


def ask(operation: str, kind: str, name: str = "", **more: Any) -> Any:
    named = {f"{kind.capitalize()}JobName": name} if name else {}
    verb = operation.format(f"{kind}_job")
    return getattr(Asked(**named, **more), verb)().result


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_is_checked_before_it_is_started(kind: str, did: list[Any]) -> None:
    answer = ask("create_{}", kind, "a")

    assert answer == {f"{kind.capitalize()}JobArn": "arn:a"}
    with pytest.raises(ValidationError):
        ask("create_{}", kind, "wrong")
    assert did == ["check", "start a", "check"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_is_used_once(kind: str, did: list[Any]) -> None:
    ask("create_{}", kind, "a")

    with pytest.raises(ResourceInUseException):
        ask("create_{}", kind, "a")
    assert did.count("start a") == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.aws_row("R51")
def test_a_job_is_described_listed_and_stopped_by_its_name(kind: str, did: list[Any]) -> None:
    label = kind.capitalize()
    for name in ("a", "b"):
        ask("create_{}", kind, name)

    assert ask("describe_{}", kind, "b")[f"{label}JobName"] == "b"
    listed = ask("list_{}s", kind, SortOrder="Ascending")[f"{label}JobSummaries"]
    assert [one[f"{label}JobName"] for one in listed] == ["a", "b"]
    assert ask("list_{}s", kind, NameContains="b")[f"{label}JobSummaries"] == listed[1:]
    assert ask("list_{}s", kind, StatusEquals="Failed")[f"{label}JobSummaries"] == []
    ask("stop_{}", kind, "b")
    assert did[-1] == "stop b"
    for operation in ("stop_{}", "describe_{}"):
        with pytest.raises(ValidationError, match=MISSING[kind]):
            ask(operation, kind, "c")
