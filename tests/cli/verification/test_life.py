"""Steps of a verification: what an edit left, a second training, and what still goes on."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.models import model_versions, workflow_runs
from cli.planning import deployment_planning
from cli.terminal.errors import Failure, WrongInput
from cli.verification import life, throwaway_file, walk
from cli.verification.life import Variant
from cli.verification.throwaway_file import Edit
from config.loader import load_environment
from tests.cli.service import Service, environment

IN_PLACE = Edit("in place", "scaling.track.target_per_minute", "3")
REPLACED = Edit("replaced", "capture.percent", "50")
IN_STEPS = Edit("in steps", "instance_type", "ml.c5.large")
REFUSED = Edit("refused", "platform.name", "other")


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between two looks, which take no time here."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


def policies(*targets: float) -> dict[str, Any]:
    tracked = (
        {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": one}} for one in targets
    )
    return {"ScalingPolicies": [*tracked]}


@pytest.mark.parametrize(
    ("edit", "answer", "found"),
    [
        (IN_PLACE, policies(3.0), "3"),
        (IN_PLACE, policies(2.0), "2"),
        (IN_PLACE, policies(), "not there"),
        (REPLACED, {"DataCaptureConfig": {"InitialSamplingPercentage": 50}}, "50"),
        (REPLACED, {"DataCaptureConfig": {"InitialSamplingPercentage": 100}}, "100"),
        (REPLACED, {}, "not there"),
    ],
)
def test_an_edit_is_what_the_api_says_it_is(
    edit: Edit, answer: dict[str, Any], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = SimpleNamespace(endpoint="e")
    monkeypatch.setattr(model_versions, "live_endpoint", lambda env, model: endpoint)
    service = Service(describe_scaling_policies=[answer], describe_endpoint_config=[answer])
    variant = Variant(environment(service), Path("cdk.out"), edit)
    if found == edit.value:
        assert life._check_edit(variant, "churn") == f"{edit.setting} is {found}"
        return
    with pytest.raises(Failure, match=f"is {found} after a deployment with {edit.value}"):
        life._check_edit(variant, "churn")


@pytest.mark.parametrize(
    ("targets", "found"), [((3.0,), "ml.c5.large"), ((), "not scaled")], ids=["scaled", "not"]
)
def test_a_type_is_changed_when_scaling_is_there_again(
    targets: tuple[float, ...], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        model_versions, "live_endpoint", lambda env, model: SimpleNamespace(endpoint="e")
    )
    pools = [
        {"InstanceType": "ml.m5.large", "Priority": 2},
        {"InstanceType": "ml.c5.large", "Priority": 1},
    ]
    for variant in ({"InstancePools": pools}, {"InstanceType": "ml.c5.large"}):
        service = Service(
            describe_scaling_policies=[policies(*targets)],
            describe_endpoint_config=[{"ProductionVariants": [variant]}],
        )
        assert life._scaled_type(environment(service), "churn") == found


def test_a_variant_says_whether_and_in_how_many_steps_it_is_deployed() -> None:
    env: Any = environment(Service())
    kinds = {
        edit.kind if edit else "": (variant.is_deployed, variant.is_one_deployment)
        for edit in (None, IN_PLACE, REPLACED, IN_STEPS, REFUSED)
        for variant in [Variant(env, Path(), edit)]
    }

    assert kinds == {
        "": (True, False),
        "in place": (True, True),
        "replaced": (True, True),
        "in steps": (True, False),
        "refused": (False, False),
    }


def edited(monkeypatch: pytest.MonkeyPatch, edit: Edit, *retypes: str) -> list[str]:
    """What is done for an edit, where scaling stands in the way of these changes."""
    done: list[str] = []
    monkeypatch.setattr(life, "find_retypes", lambda env: [*retypes])
    monkeypatch.setattr(life, "switch_scaling_off", lambda env, one: done.append(f"off {one}"))
    monkeypatch.setattr(life, "_deploy", lambda variant: done.append("deploy"))
    monkeypatch.setattr(life, "_check_edit", lambda variant, model: "checked")
    monkeypatch.setattr(life, "_refuse_edit", lambda variant, edit: "stays")
    env: Any = environment(Service())
    name, result = life._edit(Variant(env, Path(), edit), "churn")
    assert name == f"Edit {edit.kind}"
    return [*done, result]


def test_an_edit_is_deployed_with_the_steps_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert edited(monkeypatch, IN_PLACE, "e") == ["deploy", "checked"]
    assert edited(monkeypatch, IN_STEPS, "e") == ["off e", "deploy", "checked"]
    assert edited(monkeypatch, REFUSED) == ["stays"]
    with pytest.raises(Failure, match=r"scaling does not stand in the way of ml\.c5\.large"):
        edited(monkeypatch, IN_STEPS)


def plan_of(monkeypatch: pytest.MonkeyPatch, refused: str, exit_code: int = 4, *looks: str) -> str:
    """What is said of a refused edit whose plan refuses `refused`."""
    verdict = SimpleNamespace(at=refused, recipe=["one", "two"])
    plan = SimpleNamespace(
        exit_code=exit_code, of_kind=lambda kind: [verdict] if kind == "refused" else []
    )
    monkeypatch.setattr(deployment_planning, "make_plan", lambda env, folder: plan)
    left = list(looks or ("same", "same"))
    env: Any = environment(Service(), stacks=lambda: left.pop(0))
    return life._refuse_edit(Variant(env, Path(), REFUSED), REFUSED)


def test_an_edit_that_has_to_be_refused_is_and_touches_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert plan_of(monkeypatch, "platform.name") == "platform.name stays, 2 steps to other"
    for at, code in (("storage", 4), ("platform.name", 3)):
        with pytest.raises(Failure, match=r"platform\.name: other is not refused"):
            plan_of(monkeypatch, at, code)
    with pytest.raises(Failure, match="refused, and yet a stack changed"):
        plan_of(monkeypatch, "platform.name", 4, "before", "after")


def test_edits_that_need_steps_come_after_the_rollout(monkeypatch: pytest.MonkeyPatch) -> None:
    journey = SimpleNamespace(steps=lambda: [SimpleNamespace(name="Training", result="done")])
    monkeypatch.setattr(life, "DemoJourney", lambda *_, **__: journey)
    monkeypatch.setattr(life, "_deploy", lambda variant: "")
    monkeypatch.setattr(life, "_edit", lambda variant, model: (variant.edit.kind, ""))
    monkeypatch.setattr(life, "_train", lambda env, model, wait: "")
    given: list[Any] = []
    versions = [["first"], ["second", "first"]]
    monkeypatch.setattr(model_versions, "list_versions", lambda env, model: versions.pop(0))
    monkeypatch.setattr(
        model_versions,
        "set_approval_status",
        lambda env, version, status, reason: given.append((version, status)),
    )
    monkeypatch.setattr(life, "_becomes_live", lambda env, model, version, wait: version)
    env: Any = environment(Service())
    variants = [
        Variant(env, Path(), edit) for edit in (None, IN_STEPS, IN_PLACE, REFUSED, REPLACED)
    ]

    steps = [*life.steps_of_life(variants, "churn", lambda what: None)]

    assert steps == [
        ("Deployment", ""),
        ("Training", "done"),
        ("in place", ""),
        ("replaced", ""),
        ("Second training", ""),
        ("Rollout", "second"),
        ("Rollback", "first"),
        ("in steps", ""),
        ("refused", ""),
    ]
    assert given == [("second", "Approved"), ("second", "Rejected")]


def test_a_deployment_counts_what_its_stacks_have(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    monkeypatch.setattr(
        life, "deploy_environment", lambda env, folder, is_written: given.append(is_written)
    )
    stacks = {"A": SimpleNamespace(name="a"), "B": None, "C": SimpleNamespace(name="c")}
    service = Service(describe_stack_resources=[{"StackResources": [1, 2]}])
    env = environment(service, stacks=lambda: stacks)

    assert life._deploy(Variant(env, Path("cdk.out"), None)) == "4 resources"
    # The walk in the sandbox and that on AWS deploy the same assembly.
    assert given == [True]


def trained(monkeypatch: pytest.MonkeyPatch, *states: tuple[str, str]) -> str:
    runs = [
        SimpleNamespace(status=status, state=state, error="why", package="4")
        for status, state in states
    ]
    monkeypatch.setattr(workflow_runs, "start_run", lambda env, model, version: "arn")
    monkeypatch.setattr(workflow_runs, "describe_run", lambda env, arn: runs.pop(0))
    monkeypatch.setattr(workflow_runs, "current_state", lambda env, arn: "Train")
    return life._train(environment(Service()), "churn", lambda what: None)


def test_a_second_training_is_waited_for_and_has_to_register_a_version(
    monkeypatch: pytest.MonkeyPatch, waited: list[float]
) -> None:
    running = ("RUNNING", "RUNNING")

    assert trained(monkeypatch, running, ("SUCCEEDED", "registered")) == "registered as version 4"
    assert waited == [0.5]
    with pytest.raises(Failure, match="the second training ended as refused: why"):
        trained(monkeypatch, running, ("SUCCEEDED", "refused"))
    monkeypatch.setattr(life, "PATIENCE_SECONDS", 0)
    with pytest.raises(Failure, match="the second training is not done after 0 seconds"):
        trained(monkeypatch, running)


def test_a_walk_is_more_patient_than_a_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    class Journey:
        def __init__(self, *given: Any, patience_seconds: int) -> None:
            asked.append(patience_seconds)

        def steps(self) -> list[Any]:
            raise Failure("enough")

    monkeypatch.setattr(life, "DemoJourney", Journey)
    monkeypatch.setattr(life, "_deploy", lambda variant: "")
    env: Any = environment(Service())

    steps = life.steps_of_life([Variant(env, Path(), None)], "churn", lambda what: None)
    assert next(steps) == ("Deployment", "")
    with pytest.raises(Failure, match="enough"):
        next(steps)
    assert asked == [3_600]


@pytest.mark.parametrize(
    ("states", "waits"),
    [
        ([["CREATE_COMPLETE", None]], 0),
        ([[]], 0),
        ([["UPDATE_IN_PROGRESS", "CREATE_COMPLETE"], ["UPDATE_COMPLETE"]], 1),
        ([["REVIEW_IN_PROGRESS"]], 0),
        ([["REVIEW_IN_PROGRESS", "DELETE_IN_PROGRESS"], ["REVIEW_IN_PROGRESS"]], 1),
    ],
)
def test_what_an_interrupted_deployment_left_going_on_is_waited_for(
    states: list[list[str | None]], waits: int, waited: list[float]
) -> None:
    looks = [
        {str(n): SimpleNamespace(status=state) if state else None for n, state in enumerate(look)}
        for look in states
    ]

    walk._settle(environment(Service(), stacks=lambda: looks.pop(0)))

    assert (looks, len(waited)) == ([], waits)


@pytest.mark.parametrize(
    ("stack", "stopped"),
    [
        (SimpleNamespace(outputs={"WorkflowArn": "arn"}), ["a", "b"]),
        (SimpleNamespace(outputs={}), []),
        (None, []),
    ],
)
def test_executions_are_stopped_before_what_they_make_is_removed(
    stack: Any, stopped: list[str]
) -> None:
    running = {"executions": [{"executionArn": "a"}, {"executionArn": "b"}]}
    service = Service(list_executions=[running], stop_execution=[None])
    config = SimpleNamespace(models={"churn": None})

    walk._stop_runs(environment(service, config=config, stack=lambda part: stack))

    calls = [one["executionArn"] for one in service.given if "executionArn" in one]
    assert calls == stopped
    assert ({"stateMachineArn": "arn", "statusFilter": "RUNNING"} in service.given) is bool(stopped)


def test_a_file_that_is_left_or_in_conflict_stops_a_verification(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[str] = []
    dev = load_environment("dev")
    file: Any = SimpleNamespace(
        where="config/verify.toml", config=dev, write=lambda: written.append("file")
    )
    monkeypatch.setattr(throwaway_file, "environment_names", lambda: ["dev", "verify"])
    with pytest.raises(WrongInput, match="is left of another verification; remove what it names"):
        throwaway_file.write_first(file)
    monkeypatch.setattr(throwaway_file, "environment_names", lambda: ["dev"])
    with pytest.raises(WrongInput, match=r"^config/"):
        throwaway_file.write_first(file)
    assert written == []
    monkeypatch.setattr(throwaway_file, "environment_names", list)
    throwaway_file.write_first(file)
    assert written == ["file"]
