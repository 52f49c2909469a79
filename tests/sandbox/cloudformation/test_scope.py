"""What a template can refer to while it is deployed."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.scope import StackScope
from sandbox.cloudformation.stack import Output, Stack
from sandbox.handlers.resource import StackResource

SECRET = '{"user": "me", "password": "x"}'


class Account:
    """An account with one parameter and one secret."""

    account, region = "123456789012", "eu-west-1"

    def client(self, service: str) -> Any:
        return self

    def get_parameter(self, Name: str, WithDecryption: bool) -> Any:
        assert WithDecryption
        if Name == "bug":
            raise KeyError
        if Name != "/name":
            raise ClientError({"Error": {"Code": "ParameterNotFound"}}, "GetParameter")
        return {"Parameter": {"Value": 3}}

    def get_secret_value(self, SecretId: str) -> Any:
        return {"SecretString": SECRET if SecretId == "db" else "plain"}


def scope(**values: Any) -> StackScope:
    stack = Stack("app", "arn:stack")
    for name in ("A", "Hidden"):
        made = StackResource("app", "id", name, "X", {}, physical_id=f"{name}-1")
        made.attributes["Arn"] = f"arn:{name}"
        stack.resources[name] = made
    other = Stack("other", "id", outputs=[Output("O", "v", None, "shared"), Output("P", "w")])
    neighbours: Any = SimpleNamespace(
        exporter=lambda export: other if export == "shared" else None,
        named=lambda name: other if name == "other" else None,
    )
    found = StackScope(stack, Account(), neighbours, values)  # type: ignore[arg-type]
    found.visible = {"A", "Unmade"}
    return found


def test_a_reference_is_a_value_or_the_id_of_a_resource_whose_condition_holds() -> None:
    found = scope(P="value")

    assert (found.ref("P"), found.ref("A"), found.ref("AWS::Region")) == (
        "value",
        "A-1",
        "eu-west-1",
    )
    for name in ("Hidden", "Unmade", "Nobody"):
        with pytest.raises(TemplateError, match=f"unresolved reference {name}"):
            found.ref(name)
        with pytest.raises(TemplateError, match=f"references undefined resource {name}"):
            found.attribute(name, "Arn")
    assert found.attribute("A", "Arn") == "arn:A"


def test_an_export_is_noted_as_used_and_an_output_is_not() -> None:
    found = scope()

    assert found.stack_output("other", "P") == "w"
    assert found.imports == set()
    assert found.imported("shared") == "v"
    assert found.imports == {"shared"}
    with pytest.raises(TemplateError, match="No export named none found"):
        found.imported("none")
    for stack, output in (("none", "P"), ("other", "Q")):
        with pytest.raises(TemplateError, match=f"No output named {output} found in stack {stack}"):
            found.stack_output(stack, output)


@pytest.mark.parametrize(
    ("service", "key", "value"),
    [
        ("ssm", "/name", "3"),
        ("ssm-secure", "/name", "3"),
        ("secretsmanager", "db:SecretString:password", "x"),
        ("secretsmanager", "db:SecretString:user::", "me"),
        ("secretsmanager", "db", SECRET),
        ("secretsmanager", "db:SecretString", SECRET),
        ("secretsmanager", "word", "plain"),
    ],
)
def test_a_dynamic_reference_is_a_parameter_or_a_part_of_a_secret(
    service: str, key: str, value: str
) -> None:
    assert scope().dynamic(service, key) == value


def test_a_dynamic_reference_to_something_else_is_refused_and_a_bug_is_not_hidden() -> None:
    with pytest.raises(TemplateError, match="dynamic reference acm is not emulated; use ssm"):
        scope().dynamic("acm", "x")
    with pytest.raises(TemplateError, match=r"Unable to fetch parameters \[/none\]"):
        scope().dynamic("ssm", "/none")
    with pytest.raises(KeyError):
        scope().parameter("bug")
