"""Trust policies of roles: who may assume one, as another principal or with a web token."""

from __future__ import annotations

import base64
import json
from typing import Any

from sandbox.iam import authorization, evaluation
from sandbox.iam.policy_language import context_keys
from sandbox.iam.policy_language.context_keys import ContextKeys, Given
from sandbox.iam.statements import Principal, Request, admission, is_denied

ASSUME = "sts:AssumeRole"
_BY_TOKEN = "sts:AssumeRoleWithWebIdentity"
_WORDS = "role trust policy"


def assume_role_refusal(caller: Principal, role_arn: str, given: Given) -> str | None:
    """Return the end of AWS's sentence against AssumeRole, or None.

    In one account the trust policy suffices where it names the caller itself; where it names the
    account, and between accounts, the caller's own policies have to allow it, too.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
    """
    keys = evaluation.keys_of(caller, (role_arn,), given)
    request = Request(caller, ASSUME, (role_arn,), keys)
    own = evaluation.own_policies(caller)
    parts = role_arn.split(":")
    policies = authorization.Policies(
        identity=own[0],
        boundary=own[1],
        resource=evaluation.trust_of(role_arn),
        owner=parts[4] if len(parts) > 4 else "",
        always_decides=True,
        resource_words=_WORDS,
    )
    return authorization.reason_against(request, policies)


def web_identity_refusal(form: dict[str, Any]) -> str | None:
    """Return AWS's words unless the role trusts the token; its signature is not checked here."""
    claims = _claims(str(form.get("WebIdentityToken", "")))
    issuer = str(claims.get("iss", "")).removeprefix("https://")
    role_arn = str(form.get("RoleArn", ""))
    statements = evaluation.trust_of(role_arn)
    account = role_arn.split(":")[4] if role_arn.count(":") > 4 else ""
    caller = Principal(f"arn:aws:iam::{account}:oidc-provider/{issuer}", "Federated")
    keys = ContextKeys(
        {
            **context_keys.of_everything(caller, ""),
            **{f"{issuer}:{name}": _values(value) for name, value in claims.items()},
            "sts:RoleSessionName": str(form.get("RoleSessionName", "")),
        },
        role_arn,
    )
    request = Request(caller, _BY_TOKEN, (role_arn,), keys)
    denied = is_denied(statements, request, names=True)
    if issuer and not denied and admission(statements, request):
        return None
    return f"Not authorized to perform {_BY_TOKEN}"


def _values(claim: Any) -> str | tuple[str, ...]:
    if isinstance(claim, list):
        return tuple(str(one) for one in claim)
    return str(claim).lower() if isinstance(claim, bool) else str(claim)


def _claims(token: str) -> dict[str, Any]:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
