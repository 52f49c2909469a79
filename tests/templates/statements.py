"""The statements of one role, readable: references become their last word."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from aws_cdk.assertions import Template

POLICY = "AWS::IAM::ManagedPolicy"


class Statement(NamedTuple):
    """One thing that is allowed."""

    actions: list[str]
    resources: list[str]
    conditions: dict[str, Any]


def statements_of(template: Template, service: str, role: str = "") -> list[Statement]:
    """Everything the one role that `service` assumes may do, from all its policies.

    Of several, the one whose logical id begins with `role`.
    """
    [found] = [
        properties["Properties"]
        for name, properties in template.find_resources("AWS::IAM::Role").items()
        if f"{service}.amazonaws.com" in str(properties["Properties"]["AssumeRolePolicyDocument"])
        and name.startswith(role)
    ]
    policies = template.find_resources(POLICY)
    attached = [policies[reference["Ref"]] for reference in found["ManagedPolicyArns"]]
    return [s for policy in attached for s in _statements(policy["Properties"])]


def may(statements: list[Statement], action: str, resource: str) -> bool:
    """Whether some statement allows `action` on `resource`, whatever its conditions."""
    return any(
        action in statement.actions and any(fnmatchcase(resource, r) for r in statement.resources)
        for statement in statements
    )


def _statements(policy: dict[str, Any]) -> Iterator[Statement]:
    for item in policy["PolicyDocument"]["Statement"]:
        assert item["Effect"] == "Allow"
        yield Statement(
            _listed(item["Action"]),
            [arn(resource) for resource in _listed(item["Resource"])],
            item.get("Condition", {}),
        )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def arn(value: Any) -> str:
    """An ARN as text; references to other stacks become `<name of the export>`."""
    match value:
        case str():
            return value
        case {"Fn::Join": [delimiter, items]}:
            return str(delimiter).join(arn(item) for item in items)
        case {"Ref": "AWS::AccountId"}:
            return "111122223333"
        case {"Fn::ImportValue": str(name)}:
            return f"<{name.rpartition(':')[2]}>"
        case {"Fn::GetAtt": [str(name), "Arn"]}:
            return f"<{name}>"
        case {"Fn::GetStackOutput": {"OutputName": str(name)}}:
            return f"<{name}>"
        case _:
            raise AssertionError(f"unexpected reference {value!r}")
