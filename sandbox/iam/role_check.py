"""Refusal of what a role or an account may not do, and the list of what was refused.

Jobs and endpoints are far down the chain of imports, therefore IAM's evaluation is imported by the
first call.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from sandbox.iam.policy_language.context_keys import Given
    from sandbox.iam.statements import Principal


@dataclass(frozen=True)
class Denial:
    """A call that the role does not allow."""

    role_arn: str
    action: str
    resource: str


def refusal(who: str, action: str, resource: str, reason: str) -> ClientError:
    """Return IAM's AccessDeniedException, which ends with `reason`."""
    message = _sentence(who, action, resource, reason)
    metadata = {"HTTPStatusCode": 403, "RequestId": "sandbox", "HTTPHeaders": {}}
    response: Any = {
        "Error": {"Code": "AccessDeniedException", "Message": message},
        "ResponseMetadata": {**metadata, "HostId": "", "RetryAttempts": 0},
    }
    return ClientError(response, action.partition(":")[2])


def _sentence(who: str, action: str, resource: str, reason: str) -> str:
    return f"User: {who} is not authorized to perform: {action} on resource: {resource} {reason}"


def is_denial(error: Exception) -> bool:
    """Tell whether `error` says that a role may not do something."""
    return isinstance(error, ClientError) and "AccessDenied" in error.response["Error"]["Code"]


DENIED: deque[Denial] = deque(maxlen=1000)
_NOBODY = "(no role)"


def require(
    role_arn: str | None, action: str, resources: Iterable[str], given: Given | None = None
) -> None:
    """Refuse as AWS does, and list it in `DENIED`, unless the role may do `action`.

    One of `resources` must be allowed; none means that the call does not name them, and only
    the action is checked. `given` are the context keys that the call has beside those of every
    call. Raises ClientError with the code AccessDeniedException.
    """
    from sandbox.iam.statements import Principal

    require_of(Principal(role_arn or _NOBODY), action, tuple(resources), given)


def require_of(
    caller: Principal, action: str, resources: tuple[str, ...], given: Given | None = None
) -> None:
    """Refuse as `require` does what the role or the root of an account asks for."""
    from sandbox.iam import evaluation

    reason = evaluation.reason_against(caller, action, resources, given)
    if reason is None:
        return
    resource = resources[0] if resources else "*"
    DENIED.append(Denial(caller.name, action, resource))
    raise refusal(caller.name, action, resource, reason)


def require_trust(caller: Principal, role_arn: str, given: Given) -> None:
    """Refuse as AWS does, and list it, unless the role's trust policy lets `caller` assume it."""
    from sandbox.iam import trust

    reason = trust.assume_role_refusal(caller, role_arn, given)
    if reason is not None:
        DENIED.append(Denial(caller.name, trust.ASSUME, role_arn))
        raise refusal(caller.name, trust.ASSUME, role_arn, reason)


def web_identity_refusal(form: dict[str, Any]) -> str | None:
    """Return AWS's words unless the role trusts the token of AssumeRoleWithWebIdentity."""
    from sandbox.iam import trust

    return trust.web_identity_refusal(form)


def account_refusal(account: str, action: str, resource: str) -> str | None:
    """Return AWS's words against a call on another account's resource, by that one's policy."""
    from sandbox.iam import evaluation
    from sandbox.iam.statements import Principal

    caller = Principal(f"arn:aws:iam::{account}:root")
    reason = evaluation.reason_against(caller, action, (resource,))
    return None if reason is None else _sentence(caller.name, action, resource, reason)


def exists(role_arn: str) -> bool:
    """Tell whether IAM knows the role."""
    from sandbox.iam import evaluation

    return evaluation.find_role(role_arn) is not None


def has_inline_policy(role_arn: str, name: str) -> bool:
    """Tell whether the role has an inline policy of this name."""
    from sandbox.iam import evaluation

    role = evaluation.find_role(role_arn)
    return role is not None and name in role.policies


def allowed(
    role_arn: str, action: str, resources: Iterable[str], given: Given | None = None
) -> bool:
    """Tell whether the role may do `action` on one of `resources`."""
    from sandbox.iam import evaluation
    from sandbox.iam.statements import Principal

    return evaluation.reason_against(Principal(role_arn), action, tuple(resources), given) is None
