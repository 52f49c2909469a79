from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.engine.stacks import Stacks, parameter, template, text, values


@pytest.mark.aws_row("R23")
def test_previous_values_are_kept_and_unnamed_ones_return_to_their_default(stacks: Stacks) -> None:
    body = template(
        {"Only": parameter({"Fn::Sub": "${A}-${B}"})},  # type: ignore[arg-type]
        Parameters={"A": text("a"), "B": text("b")},
    )
    stacks.create("app", body, A="x", B="y")

    stacks.aws("cloudformation").update_stack(
        StackName="app",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "A", "UsePreviousValue": True}],
    )

    assert stacks.ssm("/name") == "x-b"
    assert stacks.parameters("app") == {"A": "x", "B": "b"}


def test_previous_value_of_a_new_parameter_is_refused(stacks: Stacks) -> None:
    stacks.create("app", template({"Only": parameter("x")}))
    body = template({"Only": parameter("y")}, Parameters={"New": text()})

    with pytest.raises(ClientError, match="not in the previous template"):
        stacks.aws("cloudformation").update_stack(
            StackName="app",
            TemplateBody=json.dumps(body),
            Parameters=[{"ParameterKey": "New", "UsePreviousValue": True}],
        )


@pytest.mark.parametrize(
    ("declared", "given", "message"),
    [
        (text(), {}, "must have values"),
        (text("a", AllowedValues=["a", "b"]), {"P": "c"}, "must be one of AllowedValues"),
        (text("a", AllowedPattern="[a-z]*"), {"P": "A1"}, "failed to satisfy constraint"),
        (text("a"), {"Q": "1"}, "do not exist in the template"),
        ({"Type": "Number", "MinValue": 1}, {"P": "0"}, "must be between 1"),
        ({"Type": "Number"}, {"P": "many"}, "must be a number"),
    ],
)
@pytest.mark.aws_row("R20", "R21", "R22")
def test_parameter_value_that_breaks_its_rules_is_refused(
    stacks: Stacks, declared: dict[str, object], given: dict[str, str], message: str
) -> None:
    body = template({"Only": parameter("x")}, Parameters={"P": declared})

    with pytest.raises(ClientError, match=message):
        stacks.aws("cloudformation").create_stack(
            StackName="app", TemplateBody=json.dumps(body), Parameters=values(**given)
        )
    assert stacks.names() == set()


def test_no_echo_value_is_masked(stacks: Stacks) -> None:
    body = template({"Only": parameter("x")}, Parameters={"Secret": text(NoEcho=True)})

    stacks.create("app", body, Secret="quiet")

    assert stacks.parameters("app") == {"Secret": "****"}


def test_value_behind_an_ssm_parameter_is_read_anew_when_a_resource_uses_it(
    stacks: Stacks,
) -> None:
    body = template(
        {"Only": parameter({"Ref": "Used"})},  # type: ignore[arg-type]
        Parameters={
            name: {"Type": "AWS::SSM::Parameter::Value<String>", "Default": f"/{name}"}
            for name in ("Used", "Unused")
        },
    )
    ssm = stacks.aws("ssm")
    for name in ("/Used", "/Unused"):
        ssm.put_parameter(Name=name, Value="old", Type="String")
    stacks.create("app", body)

    ssm.put_parameter(Name="/Unused", Value="new", Type="String", Overwrite=True)
    with pytest.raises(ClientError, match="No updates"):
        stacks.update("app", body)
    ssm.put_parameter(Name="/Used", Value="new", Type="String", Overwrite=True)
    assert stacks.update("app", body) == "UPDATE_COMPLETE"
    assert stacks.ssm("/name") == "new"


@pytest.mark.aws_row("R24")
def test_ssm_parameter_that_does_not_exist_is_named(stacks: Stacks) -> None:
    declared = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/nowhere"}
    body = template({"Only": parameter("x")}, Parameters={"Used": declared})

    assert stacks.create("app", body) == "ROLLBACK_COMPLETE"
    assert r"Unable to fetch parameters [/nowhere]" in stacks.reason("app")
