"""Policies and context keys of a caller, put before IAM's decision."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from sandbox.iam import authorization, resource_policies
from sandbox.iam.policy_language import context_keys
from sandbox.iam.resource_tags import of_role
from sandbox.iam.statements import Principal, Request, Statement, parse

if TYPE_CHECKING:
    from sandbox.iam.policy_language.context_keys import Given

_READING = threading.Lock()


def reason_against(
    caller: Principal, action: str, resources: tuple[str, ...], given: Given | None = None
) -> str | None:
    """Return the end of AWS's sentence for a call that is denied, or None."""
    if caller.kind == "AWS" and not caller.is_root and find_role(caller.name) is None:
        return f"because no identity-based policy allows the {action} action"
    identity, boundary = own_policies(caller)
    attached = resource_policies.find(resources)
    request = Request(caller, action, resources, keys_of(caller, resources, given or {}))
    policies = authorization.Policies(
        identity=identity,
        boundary=boundary,
        resource=parse(attached.document) if attached.document else None,
        owner=attached.owner,
        always_decides=attached.always_decides,
    )
    return authorization.reason_against(request, policies)


def own_policies(
    caller: Principal,
) -> tuple[tuple[Statement, ...], tuple[Statement, ...] | None]:
    """Return the statements of a caller's own policies, and of its boundary if it has one."""
    role = find_role(caller.name)
    return (_statements(role), _boundary(role)) if role else ((), None)


def keys_of(
    caller: Principal, resources: tuple[str, ...], given: Given
) -> context_keys.ContextKeys:
    """Return the context keys of a request of `caller` on `resources`."""
    resource = resources[0] if resources else ""
    parts = resource.split(":")
    region = parts[3] if len(parts) > 3 else ""
    tags = of_role(find_role(caller.name))
    owner = resource_policies.find(resources).owner
    owned = {"aws:ResourceAccount": owner, "s3:ResourceAccount": owner} if owner else {}
    return context_keys.ContextKeys(
        {
            **context_keys.of_everything(caller, region),
            **{f"aws:PrincipalTag/{key}": value for key, value in tags.items()},
            **owned,
            **given,
        },
        resource,
    )


def find_role(role_arn: str) -> Any:
    """Return moto's role, or None for one that IAM does not know."""
    account = role_arn.split(":")[4] if role_arn.count(":") > 4 else ""
    if not account:
        return None
    roles = list(iam_backends[account]["aws"].roles.values())
    return next((role for role in roles if role.arn == role_arn), None)


def trust_of(role_arn: str) -> tuple[Statement, ...]:
    """Return the statements of a role's trust policy; none for a role that IAM does not know."""
    role = find_role(role_arn)
    if role is None:
        return ()
    return parse(role.assume_role_policy_document)


def _statements(role: Any) -> tuple[Statement, ...]:
    with _READING:
        documents = [*role.policies.values()]
        documents += _default_versions(role.managed_policies.values())
    return tuple(one for document in documents for one in parse(document))


def _boundary(role: Any) -> tuple[Statement, ...] | None:
    """Return what the role's boundary says; nothing where the policy is gone, None without one."""
    boundary = role.permissions_boundary_arn
    if not boundary:
        return None
    policies = iam_backends[role.arn.split(":")[4]]["aws"].managed_policies
    with _READING:
        documents = _default_versions([policies[boundary]] if boundary in policies else [])
    return tuple(one for document in documents for one in parse(document))


def _default_versions(policies: Iterable[Any]) -> list[Any]:
    return [
        version.document
        for policy in policies
        for version in policy.versions
        if version.version_id == policy.default_version_id
    ]
