"""A target that nothing here delivers to is refused when it is given, not when its time comes."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.server.server import Sandbox
from tests.sandbox.refusals.conftest import Call
from tests.sandbox.roles import make_role

HERE = "us-east-1:123456789012"
NOT_HERE = [
    f"arn:aws:lambda:{HERE}:function:f",
    f"arn:aws:ecs:{HERE}:cluster/c",
    "no-arn",
]
SDK = "arn:aws:scheduler:::aws-sdk:"


@pytest.mark.parametrize("arn", NOT_HERE)
def test_a_rule_gets_no_target_that_is_not_emulated(
    arn: str, running: Sandbox, refusal: Call
) -> None:
    running.client("events").put_rule(Name="undelivered", ScheduleExpression="rate(1 day)")

    told = refusal("events", "put_targets", Rule="undelivered", Targets=[{"Id": "a", "Arn": arn}])

    assert told[0] == "NotImplemented"
    assert "use events, logs, sns, sqs, states" in told[1]
    assert running.client("events").list_targets_by_rule(Rule="undelivered")["Targets"] == []


@pytest.mark.parametrize(
    ("arn", "words"),
    [
        (NOT_HERE[0], "a lambda target is not emulated"),
        (f"{SDK}lambda:invoke", "does not emulate lambda:Invoke"),
        (f"{SDK}sagemaker:createPipeline", "does not emulate sagemaker:CreatePipeline"),
        (f"{SDK}nobody:doThis", "does not emulate nobody:doThis"),
        (f"{SDK}sagemaker:fly", "does not emulate sagemaker:fly"),
    ],
)
def test_a_schedule_calls_nothing_that_does_not_answer(
    arn: str, words: str, running: Sandbox, refusal: Call
) -> None:
    target = {"Arn": arn, "RoleArn": make_role(running.client("iam"), "timer", "scheduler")}
    wanted: dict[str, Any] = {
        "Name": "undelivered",
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": target,
    }

    told = refusal("scheduler", "create_schedule", **wanted)

    assert told[0] == "NotImplemented"
    assert words in told[1]


@pytest.mark.parametrize("action", ["sagemaker:startNotebookInstance", "sfn:startExecution"])
def test_a_schedule_calls_what_answers(action: str, running: Sandbox, call: Call) -> None:
    role = make_role(running.client("iam"), "timer", "scheduler")
    name = action.replace(":", "-")

    call(
        "scheduler",
        "create_schedule",
        Name=name,
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": f"{SDK}{action}", "RoleArn": role},
    )

    assert running.client("scheduler").get_schedule(Name=name)["Name"] == name
