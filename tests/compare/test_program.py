"""What a comparison prints for programs, and with which exit code it ends."""

import json
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import pytest

from compare import __main__ as program
from compare import synthesis
from compare.comparison import EnvironmentComparison, Explained
from compare.differences import Difference, Location, differences
from compare.plain import plain
from compare.settings import changes
from tests.templates.environments import make_environment

TOPIC = {"Type": "AWS::SNS::Topic"}
TEMPLATES = {"Monitoring": {"Resources": {"Topic": TOPIC}, "Outputs": {}}}


def printed(
    found: EnvironmentComparison,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> tuple[int, dict[str, Any]]:
    """The exit code and what is printed when this is what a comparison finds."""
    monkeypatch.setattr(program, "load_environment", lambda name: make_environment())
    monkeypatch.setattr(program, "compare", lambda *environments: found)
    code = program.main(["dev", "prod"])
    return code, json.loads(capsys.readouterr().out)


def at(*location: str, second: Any = 2) -> Explained:
    return Explained(Difference(location, 1, second), ())


@pytest.mark.parametrize(("unexplained", "code"), [([], 0), ([at("Monitoring")], 1)])
def test_a_difference_without_a_cause_is_an_exit_code_of_its_own(
    unexplained: list[Explained],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = EnvironmentComparison([], [], unexplained, TEMPLATES)

    assert printed(found, monkeypatch, capsys)[0] == code


def test_a_file_that_cannot_be_read_is_an_exit_code_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert program.main(["dev", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_a_failure_that_is_no_wrong_file_is_not_told_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(name: str) -> None:
        raise RuntimeError(name)

    monkeypatch.setattr(program, "load_environment", fail)

    with pytest.raises(RuntimeError, match="dev"):
        program.main(["dev", "prod"])


@pytest.mark.parametrize(
    ("location", "resource", "kind", "path"),
    [
        (("Monitoring", "Resources", "Topic", "Type"), "Topic", "AWS::SNS::Topic", "Type"),
        (("Monitoring", "Outputs", "Topic", "Value"), "", "", "Outputs.Topic.Value"),
        (("Monitoring", "Resources"), "", "", "Resources"),
        (("Monitoring",), "", "", ""),
    ],
)
def test_only_what_lies_in_a_resource_names_one(
    location: Location,
    resource: str,
    kind: str,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = EnvironmentComparison([], [at(*location)], [], TEMPLATES)

    (said,) = printed(found, monkeypatch, capsys)[1]["differences"]

    assert (said["resource"], said["type"], said["path"]) == (resource, kind, path)


def test_a_resource_that_only_the_second_has_names_its_own_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new = at("Monitoring", "Resources", "New", second={"Type": "AWS::KMS::Key"})
    found = EnvironmentComparison([], [new], [], TEMPLATES)

    (said,) = printed(found, monkeypatch, capsys)[1]["differences"]

    assert said["type"] == "AWS::KMS::Key"


@pytest.mark.parametrize(
    ("first", "second"), [({"b": 1}, 2), (2, {"b": 1}), ([1], "x"), ("x", [1]), (3, [1]), ([1], 3)]
)
def test_things_of_two_shapes_differ_as_a_whole(first: Any, second: Any) -> None:
    found = list(differences({"a": first}, {"a": second}))

    assert found == [Difference(("a",), first, second)]


def test_what_only_the_second_has_is_a_difference() -> None:
    assert list(differences({"a": 1}, {"a": 1, "b": 2})) == [Difference(("b",), None, 2)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AWS::AccountId", "<account>"),
        ("AWS::Region", "<region>"),
        ("AWS::Partition", "<partition>"),
        ("AWS::URLSuffix", "<suffix>"),
    ],
)
def test_a_place_that_cloudformation_fills_in_is_no_difference(name: str, expected: str) -> None:
    assert plain({"Ref": name}, make_environment()) == expected


def test_a_table_that_only_one_file_has_is_one_setting() -> None:
    one = make_environment()
    both = make_environment(models={"fraud": {"gate": {"minimum": 0.8}}})

    assert [change.name for change in changes(one, both)] == ["models.fraud"]
    assert [change.name for change in changes(both, one)] == ["models.fraud"]


class Pool:
    """Calls at once, and remembers how many workers it was given."""

    workers: ClassVar[list[int]] = []

    def __init__(self, workers: int, context: object) -> None:
        self.workers.append(workers)

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *error: object) -> None: ...

    def map(self, work: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        return [work(item) for item in items]


@pytest.mark.parametrize(
    ("processors", "steps", "workers"),
    [(64, 97, 4), (2, 97, 2), (64, 49, 3), (64, 25, 2), (64, 24, 0), (1, 97, 0), (None, 97, 0)],
)
def test_four_syntheses_at_most_run_side_by_side_where_there_are_enough_for_a_worker(
    processors: int | None, steps: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesis, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(
        synthesis, "plain_documents", lambda config, add_stacks: {"of": config.environment}
    )
    monkeypatch.setattr("os.cpu_count", lambda: processors)
    monkeypatch.setattr(Pool, "workers", [])

    found = synthesis.in_parallel([make_environment()] * steps, lambda stage, config: None)

    assert found == [{"of": "test"}] * steps
    assert Pool.workers == ([workers] if workers else [])


def test_a_synthesis_for_a_comparison_leaves_out_what_no_comparison_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: dict[str, Any] = {}

    def app(**options: Any) -> None:
        given.update(options)
        raise InterruptedError

    monkeypatch.setattr("aws_cdk.App", app)
    with pytest.raises(InterruptedError):
        synthesis.documents(make_environment(), lambda stage, config: None)

    switches = ("builtin_cloud_formation_validation", "analytics_reporting", "tree_metadata")
    assert [given[name] for name in switches] == [False, False, False]
