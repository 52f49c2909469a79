"""IAM's decision over the policies of a caller, its boundary and the resource.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
Its words: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.iam.statements import Request, Statement, admission, is_allowed, is_denied

Statements = tuple[Statement, ...]


@dataclass(frozen=True)
class Policies:
    """What is said of a request; None where nothing was said at all.

    `owner` is the resource's account, empty where that is the caller's. A resource that
    `always_decides`, as keys and roles do, lets in nobody whom its policy does not.
    """

    identity: Statements = ()
    boundary: Statements | None = None
    resource: Statements | None = None
    owner: str = ""
    always_decides: bool = False
    resource_words: str = "resource-based policy"


def reason_against(request: Request, policies: Policies) -> str | None:
    """Return the end of AWS's sentence for a request that is denied, or None."""
    return _explicit_denial(request, policies) or _implicit_denial(request, policies)


def _explicit_denial(request: Request, policies: Policies) -> str | None:
    if is_denied(policies.identity, request):
        return "with an explicit deny in an identity-based policy"
    if is_denied(policies.boundary or (), request):
        return "with an explicit deny in a permissions boundary"
    if is_denied(policies.resource or (), request, names=True):
        article = "the" if policies.always_decides and "role" in policies.resource_words else "a"
        return f"with an explicit deny in {article} {policies.resource_words}"
    return None


def _implicit_denial(request: Request, policies: Policies) -> str | None:
    caller = request.principal
    admitted = admission(policies.resource or (), request)
    foreign = bool(policies.owner) and policies.owner != caller.account
    if not admitted and (foreign or policies.always_decides):
        return f"because no {policies.resource_words} allows the {request.action} action"
    if caller.kind != "AWS":
        missing = f"because no resource-based policy allows the {request.action} action"
        return None if admitted else missing
    if caller.is_root:
        return None
    is_enough = admitted == "itself" and not foreign
    if not is_enough and not is_allowed(policies.identity, request):
        return f"because no identity-based policy allows the {request.action} action"
    if policies.boundary is not None and not is_allowed(policies.boundary, request):
        return f"because no permissions boundary allows the {request.action} action"
    return None
