"""Authorization of calls by state machines, rules and schedules against their role's policies."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from moto.iam.models import iam_backends

if TYPE_CHECKING:
    from sandbox.state.stores import Document


@dataclass(frozen=True)
class Denial:
    """A call that the role does not allow."""

    role_arn: str
    action: str
    resource: str


def _refusal(denial: Denial, reason: str) -> ClientError:
    message = (
        f"User: {denial.role_arn} is not authorized to perform: {denial.action} on resource: "
        f"{denial.resource} {reason}"
    )
    metadata = {"HTTPStatusCode": 403, "RequestId": "sandbox", "HTTPHeaders": {}}
    response: Any = {
        "Error": {"Code": "AccessDeniedException", "Message": message},
        "ResponseMetadata": {**metadata, "HostId": "", "RetryAttempts": 0},
    }
    return ClientError(response, denial.action.partition(":")[2])


def is_denial(error: Exception) -> bool:
    """Tell whether `error` says that a role may not do something."""
    return isinstance(error, ClientError) and "AccessDenied" in error.response["Error"]["Code"]


DENIED: deque[Denial] = deque(maxlen=1000)
_READING = threading.Lock()
_NO_POLICY = "because no identity-based policy of role {} allows it"


def require(role_arn: str | None, action: str, resources: Iterable[str]) -> None:
    """Refuse as AWS does, and list it in `DENIED`, unless the role may do `action`.

    One of `resources` must be allowed; none means that the call does not name them, and only
    the action is checked. Raises ClientError with the code AccessDeniedException.
    """
    candidates = list(resources)
    no_role = _NO_POLICY.format("(no role)")
    reason = _reason_against(role_arn, action, candidates) if role_arn else no_role
    if reason is None:
        return
    denial = Denial(role_arn or "(no role)", action, candidates[0] if candidates else "*")
    DENIED.append(denial)
    raise _refusal(denial, reason)


def exists(role_arn: str) -> bool:
    """Tell whether IAM knows the role."""
    return _find(role_arn) is not None


def has_inline_policy(role_arn: str, name: str) -> bool:
    """Tell whether the role has an inline policy of this name."""
    role = _find(role_arn)
    return role is not None and name in role.policies


def allowed(role_arn: str, action: str, resources: list[str]) -> bool:
    """Tell whether some policy of the role allows `action` on one of `resources`, and none denies.

    So must the permissions boundary, where the role has one. Conditions are not evaluated: an Allow
    with one counts, a Deny with one does not.
    """
    return _reason_against(role_arn, action, resources) is None


def _reason_against(role_arn: str, action: str, resources: list[str]) -> str | None:
    """Return the end of AWS's sentence for a call that is denied, or None.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    role = _find(role_arn)
    if role is None or not _grants(_statements(role), action, resources):
        return _NO_POLICY.format(role_arn.rpartition("/")[2])
    boundary = role.permissions_boundary_arn
    if boundary and not _grants(_boundary_statements(role_arn, boundary), action, resources):
        return f"because no permissions boundary allows the {action} action"
    return None


def _grants(statements: list[Document], action: str, resources: list[str]) -> bool:
    granted = False
    for statement in statements:
        if not _covers(statement, action, resources):
            continue
        if statement["Effect"] == "Deny" and not statement.get("Condition"):
            return False
        granted = granted or statement["Effect"] == "Allow"
    return granted


def _find(role_arn: str) -> Any:
    account = role_arn.split(":")[4] if role_arn.count(":") > 4 else ""
    if not account:
        return None
    roles = list(iam_backends[account]["aws"].roles.values())
    return next((role for role in roles if role.arn == role_arn), None)


def trust_of(role_arn: str) -> list[Document]:
    """Return the statements of a role's trust policy; none for a role that IAM does not know."""
    role = _find(role_arn)
    if role is None:
        return []
    document = role.assume_role_policy_document
    policy = json.loads(document) if isinstance(document, str) else document
    return _listed(policy["Statement"])


def _statements(role: Any) -> list[Document]:
    with _READING:
        documents = [*role.policies.values()]
        documents += _default_versions(role.managed_policies.values())
    return _statements_of(documents)


def _boundary_statements(role_arn: str, boundary: str) -> list[Document]:
    """Return what the role's boundary says; nothing where the policy is gone."""
    policies = iam_backends[role_arn.split(":")[4]]["aws"].managed_policies
    with _READING:
        documents = _default_versions([policies[boundary]] if boundary in policies else [])
    return _statements_of(documents)


def _default_versions(policies: Iterable[Any]) -> list[Any]:
    return [
        version.document
        for policy in policies
        for version in policy.versions
        if version.version_id == policy.default_version_id
    ]


def _statements_of(documents: Iterable[Any]) -> list[Document]:
    found: list[Document] = []
    for document in documents:
        policy = json.loads(document) if isinstance(document, str) else document
        statement = policy["Statement"]
        found += statement if isinstance(statement, list) else [statement]
    return found


def _covers(statement: Document, action: str, resources: list[str]) -> bool:
    if "Action" in statement:
        named = any(_matches(pattern, action) for pattern in _listed(statement["Action"]))
    else:
        named = not any(_matches(pattern, action) for pattern in _listed(statement["NotAction"]))
    if not named or not resources:
        return named
    if "NotResource" in statement:
        patterns = _listed(statement["NotResource"])
        return not any(_matches(p, r) for p in patterns for r in resources)
    patterns = _listed(statement.get("Resource", "*"))
    return any(_matches(p, r) for p in patterns for r in resources)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(pattern: str, value: str) -> bool:
    # SageMaker's ARNs are lower case whatever the template writes.
    return _compiled(pattern).fullmatch(value) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.IGNORECASE | re.DOTALL)
