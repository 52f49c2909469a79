"""Authorization of requests that a role's session signs, as a pipeline's after STS let it in."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from botocore.exceptions import ClientError
from moto.iam.models import iam_backends

from sandbox.iam import permissions, role_check

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]+)/([^/]+)/")
# What a request is signed for, where boto3 calls it something else.
_SERVICES = {"states": "stepfunctions", "monitoring": "cloudwatch"}
_OF_OBJECTS = {
    "GET": "GetObject",
    "HEAD": "HeadObject",
    "PUT": "PutObject",
    "DELETE": "DeleteObject",
}
# Makes calls that its policy need not name: https://docs.aws.amazon.com/STS/latest/APIReference/
# API_GetCallerIdentity.html
_ALWAYS = frozenset({"sts:GetCallerIdentity"})
BOOTSTRAP_POLICY = "as-cdk-bootstrap-makes-it"
"""Inline policy of a bootstrap role that is held to it; others of these may do all."""

# `cdk bootstrap` owns these, and may have made them with policies of AWS that are not kept here.
_BOOTSTRAP = re.compile(r":role/cdk-[a-z0-9]+-[a-z-]+-role-\d{12}-[a-z0-9-]+")


def refusal(environ: Document) -> str | None:
    """Return why the session that signed a WSGI request may not make it, in AWS's words, or None.

    Whoever signs with an account's number or with any other key is a person, who may do all.
    """
    service, region, key = _scope(environ)
    if service == "sts" and "Action=AssumeRoleWithWebIdentity" in (text := _body(environ)):
        return _web_identity_refusal(dict(parse_qsl(text)))
    role_arn = _role_of(key)
    if role_arn is None or _is_free(role_arn):
        return None
    call = _call(environ, _SERVICES.get(service, service), region, role_arn)
    try:
        for action, resources in permissions.needed(call):
            if action not in _ALWAYS:
                # A call that names no resource needs the right to all of them.
                role_check.require(role_arn, action, resources or ["*"])
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    return None


def _is_free(role_arn: str) -> bool:
    """Whether a role is one of the bootstrap whose policies are not known."""
    named = _BOOTSTRAP.search(role_arn) is not None
    return named and not role_check.has_inline_policy(role_arn, BOOTSTRAP_POLICY)


def _scope(environ: Document) -> tuple[str, str, str]:
    found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if found:
        key, region, service = found.groups()
        return service, region, key
    # Only STS takes requests that nobody signed.
    return "sts", "", ""


def _role_of(key: str) -> str | None:
    for account in list(iam_backends.values()):
        for backend in account.values():
            access_key = backend.access_keys.get(key)
            if access_key is not None:
                return getattr(access_key, "role_arn", None)
    return None


def _call(environ: Document, service: str, region: str, role_arn: str) -> permissions.Call:
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if target:
        params = json.loads(_body(environ) or "{}")
        return permissions.Call(service, target, params, region, role_arn)
    if service == "s3":
        bucket, _, name = environ.get("PATH_INFO", "").lstrip("/").partition("/")
        operation = _OF_OBJECTS.get(environ["REQUEST_METHOD"], "") if name else "ListObjectsV2"
        named = {"Bucket": bucket, **({"Key": name} if name else {})}
        return permissions.Call(service, operation, named, region, role_arn)
    form = dict(parse_qsl(_body(environ)))
    # An operation of another protocol stays unknown, and no policy allows it.
    operation = form.get("Action", f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')}")
    return permissions.Call(service, operation, form, region, role_arn)


def _body(environ: Document) -> str:
    """Return the request's body, and leave it to be read again."""
    content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(content)
    return str(content.decode(errors="replace"))


def _web_identity_refusal(form: dict[str, str]) -> str | None:
    """Return AWS's words unless the role trusts the token; its signature is not checked here."""
    claims = _claims(form.get("WebIdentityToken", ""))
    issuer = str(claims.get("iss", "")).removeprefix("https://")
    given = {f"{issuer}:{name}": value for name, value in claims.items()}
    trust = role_check.trust_of(form.get("RoleArn", ""))
    if any(_trusts(statement, issuer, given) for statement in trust):
        return None
    return "Not authorized to perform sts:AssumeRoleWithWebIdentity"


def _trusts(statement: Document, issuer: str, given: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    federated = principal.get("Federated", "") if isinstance(principal, dict) else ""
    wanted = statement.get("Condition", {}).get("StringEquals", {})
    return (
        statement["Effect"] == "Allow"
        and statement["Action"] == "sts:AssumeRoleWithWebIdentity"
        and str(federated).endswith(f":oidc-provider/{issuer}")
        and all(given.get(key) == value for key, value in wanted.items())
    )


def _claims(token: str) -> dict[str, Any]:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
