"""Which calls make and change a state machine, and four ways to write its definition."""

import io
from typing import Any

import pytest

from sandbox.handlers.native_states import StateMachine
from sandbox.handlers.resource import ResourceError
from tests.sandbox.handlers.recorder import Recorder, made, resource

MADE = {"create_state_machine": {"stateMachineArn": "arn:m"}}


class Storage(Recorder):
    """An account with one object."""

    def client(self, service: str) -> Any:
        return self

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        return {"Body": io.BytesIO(f"{Bucket}/{Key}".encode())}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ({"DefinitionString": '{"StartAt": "A"}'}, '{"StartAt": "A"}'),
        ({"Definition": {"StartAt": "A"}}, '{"StartAt": "A"}'),
        ({"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}, "b/k"),
        (
            {"DefinitionString": "${a} ${b}", "DefinitionSubstitutions": {"a": 'x"y', "b": 1}},
            'x\\"y 1',
        ),
    ],
)
def test_a_definition_is_sent_as_text_however_it_is_written(
    written: dict[str, Any], text: str
) -> None:
    aws, one = Storage(**MADE), resource(StateMachineName="m", **written)

    StateMachine().create(aws, one)

    assert aws.named("create_state_machine") == [{"name": "m", "definition": text}]
    assert (one.physical_id, one.attributes) == ("arn:m", {"Arn": "arn:m", "Name": "m"})


def test_a_machine_without_a_definition_is_refused() -> None:
    with pytest.raises(ResourceError, match="has no definition; give DefinitionString"):
        StateMachine().create(Recorder(**MADE), resource())


SETTINGS = [
    "RoleArn",
    "LoggingConfiguration",
    "TracingConfiguration",
    "EncryptionConfiguration",
    "Tags",
]


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_is_sent_at_the_creation_and_at_every_change(setting: str) -> None:
    aws, given = Recorder(**MADE), {"DefinitionString": "{}", setting: "x", "Else": 1}

    StateMachine().create(aws, resource(StateMachineName="m", StateMachineType="EXPRESS", **given))
    assert StateMachine().update(aws, resource(**given), made(DefinitionString="old")) is False

    sent = {"definition": "{}", setting: "x"}
    assert aws.calls == [
        ("create_state_machine", {"name": "m", "type": "EXPRESS", **sent}),
        ("update_state_machine", {"stateMachineArn": "physical", **sent}),
    ]


@pytest.mark.parametrize("name", ["StateMachineName", "StateMachineType"])
def test_another_name_or_type_is_another_machine(name: str) -> None:
    aws, new = Recorder(**MADE), resource(DefinitionString="{}", **{name: "other"})

    assert StateMachine().update(aws, new, made(DefinitionString="{}")) is True
    assert aws.operations() == ["create_state_machine"]


def test_a_machine_with_a_typed_name_is_in_the_way_of_another_type() -> None:
    old, new = made(StateMachineName="m"), resource(StateMachineName="m", StateMachineType="X")

    with pytest.raises(ResourceError, match="Rename m and update the stack again"):
        StateMachine().update(Recorder(**MADE), new, old)
