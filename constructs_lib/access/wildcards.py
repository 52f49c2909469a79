"""Acknowledgments of cdk-nag's findings on wildcards in IAM policies, one for each grant."""

from typing import Any
from weakref import WeakKeyDictionary

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from constructs_lib.synthesis.acknowledgments import acknowledge
from constructs_lib.synthesis.stack_lookups import stack_of

_EXPORTS: "WeakKeyDictionary[Stack, dict[str, str]]" = WeakKeyDictionary()


def acknowledge_wildcard(grantee: iam.IGrantable, resource: str, reason: str) -> None:
    """Record why `grantee` holds a grant on `resource`, an ARN that ends in `*`.

    `reason` names the call that needs it. A reference into another stack must be an export
    (`imported_arn`): only then is the finding's name known before synthesis.
    """
    if isinstance(grantee, Construct):
        # Resolving takes a jsii call; only a token needs it.
        has_token = "${" in resource
        flat = _flatten(stack_of(grantee).resolve(resource)) if has_token else resource
        acknowledge(grantee, reason, f"AwsSolutions-IAM5[Resource::{flat}]")


def imported_arn(owner: IConstruct, arn: str, grantee: iam.IGrantable) -> str:
    """Return `arn` as the template of `grantee` will have it: an export of the owner's stack."""
    home = stack_of(owner)
    if not isinstance(grantee, Construct) or stack_of(grantee) is home:
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
