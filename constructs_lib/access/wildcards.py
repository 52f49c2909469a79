"""Names of cdk-nag's findings on wildcards in IAM policies."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from aws_cdk import Stack
from constructs import IConstruct

from constructs_lib.synthesis.stack_lookups import stack_of

_EXPORTS: "WeakKeyDictionary[Stack, dict[str, str]]" = WeakKeyDictionary()


def wildcard_findings(stack: Stack, resources: Sequence[str]) -> list[str]:
    """Return the id of cdk-nag's finding on each of these ARNs, as the template has them."""
    # Resolving takes a jsii call; only tokens need it.
    has_token = any("${" in resource for resource in resources)
    resolved = stack.resolve(list(resources)) if has_token else resources
    return [f"AwsSolutions-IAM5[Resource::{_flatten(resource)}]" for resource in resolved]


def imported_arn(owner: IConstruct, arn: str, stack: Stack) -> str:
    """Return `arn` as the template of `stack` will have it: an export of the owner's stack."""
    home = stack_of(owner)
    if stack is home:
        return arn
    exports = _EXPORTS.setdefault(home, {})
    if arn not in exports:
        exports[arn] = str(home.export_value(arn))
    return exports[arn]


def _flatten(value: Any) -> str:
    # The format of a resource in the id of a cdk-nag finding.
    match value:
        case str():
            return value.replace("${", "<").replace("}", ">")
        case {"Fn::Join": [delimiter, items]}:
            return str(delimiter).join(_flatten(item) for item in items)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{_flatten(resource)}.{_flatten(attribute)}>"
        case {"Fn::ImportValue": name}:
            return _flatten(name)
        case {"Ref": name}:
            return f"<{name}>"
        case _:
            raise TypeError(f"cannot name a finding after {value!r}; write the ARN with references")
