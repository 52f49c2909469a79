"""What IAM and KMS refuse of policies: too long, too many, locking out, naming nobody."""

from __future__ import annotations

import fnmatch
import json
import re
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from sandbox.refusals import existing
from sandbox.refusals.forms import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.refusals.requests import Request
    from sandbox.state.stores import Document

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space is not
# counted.
_MOST_POLICIES, _LONGEST_POLICY, _LONGEST_INLINE, _LONGEST_TRUST = 10, 6_144, 10_240, 2_048
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/.+")
_PUT_KEY_POLICY = "kms:putkeypolicy"


def check_attachment(request: Request) -> None:
    """Refuse an eleventh managed policy of a role: aws/eks-hybrid#741."""
    role = _role(request)
    attached = set(role.managed_policies) if role else set()
    if request.params["PolicyArn"] not in attached and len(attached) >= _MOST_POLICIES:
        raise Refused("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10")


def check_managed_policy(request: Request) -> None:
    """Refuse a long one: ministryofjustice/cloud-platform-environments#14473."""
    if _length(request.params["PolicyDocument"]) > _LONGEST_POLICY:
        raise Refused("LimitExceeded", f"Cannot exceed quota for PolicySize: {_LONGEST_POLICY}")


def check_unattached(request: Request) -> None:
    """Refuse the deletion of a policy that something has: rebuy-de/aws-nuke#294."""
    policies = iam_backends[request.place.account]["aws"].managed_policies
    policy = policies.get(request.params["PolicyArn"])
    if policy is not None and policy.attachment_count:
        raise Refused("DeleteConflict", "Cannot delete a policy attached to entities.")


def check_inline_policy(request: Request) -> None:
    """Refuse what makes the inline policies of a role too long together."""
    role, name = _role(request), request.params["RoleName"]
    policies = dict(role.policies) if role else {}
    policies[request.params["PolicyName"]] = request.params["PolicyDocument"]
    if sum(map(_length, policies.values())) > _LONGEST_INLINE:
        raise Refused(
            "LimitExceeded",
            f"Maximum policy size of {_LONGEST_INLINE} bytes exceeded for role {name}",
        )


def check_trust(request: Request) -> None:
    """Refuse a trust policy that is too long, or that names a role which does not exist."""
    text = request.params.get("AssumeRolePolicyDocument") or request.params.get("PolicyDocument")
    if _length(text) > _LONGEST_TRUST:
        # kubernetes-sigs/aws-load-balancer-controller#2718
        raise Refused("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {_LONGEST_TRUST}")
    for arn in _missing_roles(text):
        # hashicorp/terraform-provider-aws#8905
        raise Refused("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"')


def check_provider(request: Request) -> None:
    """Refuse a second provider with one address: unfunco/terraform-aws-oidc-github#23."""
    url = request.params["Url"]
    backend = iam_backends[request.place.account]["aws"]
    known = [str(one.url).removeprefix("https://") for one in backend.open_id_providers.values()]
    if url.removeprefix("https://") in known:
        raise Refused("EntityAlreadyExists", f"Provider with url {url} already exists.")


def check_key_policy(request: Request) -> None:
    """Refuse a key policy that locks its writer out, or that names a role which does not exist."""
    text = request.params.get("Policy")
    if text is None:
        return
    account = request.place.account
    writers = {"*", account, f"arn:aws:iam::{account}:root"}
    is_kept = any(
        one.get("Effect") == "Allow"
        and writers & set(_principals(one))
        and any(fnmatch.fnmatch(_PUT_KEY_POLICY, each.lower()) for each in _listed(one, "Action"))
        for one in _statements(text)
    )
    if not is_kept and not request.params.get("BypassPolicyLockoutSafetyCheck"):
        # aws-solutions/innovation-sandbox-on-aws#31
        raise Refused(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )
    if any(_missing_roles(text)):
        # aws-samples/aws-blog-codepipeline-third-party-git-build-status#6
        raise Refused(
            "MalformedPolicyDocumentException",
            "Policy contains a statement with one or more invalid principals.",
        )


def _role(request: Request) -> Any:
    roles = list(iam_backends[request.place.account]["aws"].roles.values())
    return next((role for role in roles if role.name == request.params["RoleName"]), None)


def _length(document: Any) -> int:
    return len(re.sub(r"\s", "", str(document)))


def _missing_roles(text: Any) -> Iterator[str]:
    """Return the roles that a policy names and no account has.

    Of an account that nothing was ever made in here, nothing is known.
    """
    for statement in _statements(text):
        for arn in _principals(statement):
            found = _ROLE.fullmatch(arn)
            known = found and found[1] in iam_backends and iam_backends[found[1]]["aws"].roles
            if known and not existing.has_role(arn):
                yield arn


def _statements(text: Any) -> list[Document]:
    try:
        found = json.loads(str(text)).get("Statement", [])
    except (ValueError, AttributeError, RecursionError):
        # What is no policy is told by whoever stores it.
        return []
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, dict)]


def _principals(statement: Document) -> list[str]:
    named = statement.get("Principal", {})
    return _listed(named, "AWS") if isinstance(named, dict) else [str(named)]


def _listed(holder: Document, key: str) -> list[str]:
    found = holder.get(key, [])
    return [str(one) for one in found] if isinstance(found, list) else [str(found)]


def check_simulation(request: Request) -> None:
    """Refuse to judge a role beforehand, as AWS refuses callers without a right to it.

    Clients that ask go on with a warning then; a verdict on a role of least privilege would stop
    them: the SageMaker SDK asks for rights that its job may not need.
    """
    action, role = "iam:SimulatePrincipalPolicy", request.params["PolicySourceArn"]
    raise Refused(
        "AccessDenied",
        f"User: arn:aws:iam::{request.place.account}:root is not authorized to perform: {action} "
        f"on resource: {role} because no identity-based policy allows the {action} action",
    )
