"""Authorization of signed requests: a role's sessions by its policies, everybody by resources'."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from botocore.exceptions import ClientError
from botocore.parsers import RpcV2CBORParser
from moto.iam.models import iam_backends

from sandbox.iam import permissions, rest_operations, role_check, signed_requests
from sandbox.iam.statements import Principal
from sandbox.state import accounts

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_RPC = re.compile(r"/service/[^/]+/operation/([^/]+)")
_MEMBER = re.compile(r"(.+)\.(?:member|entry)\.(\d+)(?:\.(.+))?")
# What a request is signed for, where boto3 calls it something else.
_SERVICES = {"states": "stepfunctions", "monitoring": "cloudwatch"}
# Makes calls that its policy need not name: https://docs.aws.amazon.com/STS/latest/APIReference/
# API_GetCallerIdentity.html and https://docs.aws.amazon.com/AmazonECR/latest/userguide/
_ASSUME = "sts:AssumeRole"
_ALWAYS = frozenset({"sts:GetCallerIdentity"})
# Services whose resources have policies that can refuse even the root of an account, or admit
# another account.
_WITH_POLICIES = frozenset({"s3", "kms", "ecr", "sns", "sqs"})
BOOTSTRAP_POLICY = "as-cdk-bootstrap-makes-it"
"""Inline policy of a bootstrap role that is held to it; others of these may do all."""

# `cdk bootstrap` owns these, and may have made them with policies of AWS that are not kept here.
_BOOTSTRAP = re.compile(r":role/cdk-[a-z0-9]+-[a-z-]+-role-\d{12}-[a-z0-9-]+")


def refusal(environ: Document) -> str | None:
    """Return why whoever signed a WSGI request may not make it, in AWS's words, or None.

    An account's number, and any key that is no role's session, is the root of an account: a person,
    who may do all that the policies of resources do not refuse.
    """
    service, region, key = signed_requests.scope(environ)
    if service == "sts" and "Action=AssumeRoleWithWebIdentity" in (
        text := signed_requests.read_body(environ).decode()
    ):
        return role_check.web_identity_refusal(dict(parse_qsl(text)))
    if not key:
        return None
    caller = _caller(key)
    if _is_free(caller.name):
        return None
    is_assuming = (
        service == "sts" and b"Action=AssumeRole&" in signed_requests.read_body(environ) + b"&"
    )
    if caller.is_root and service not in _WITH_POLICIES and not is_assuming:
        return None
    call = _call(environ, _SERVICES.get(service, service), region, caller.name)
    try:
        if is_assuming:
            given = permissions.given(call, _ASSUME)
            role_check.require_trust(caller, str(call.params.get("RoleArn", "")), given)
        else:
            _require(caller, call)
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    return None


def _require(caller: Principal, call: permissions.Call) -> None:
    for action, resources in permissions.needed(call):
        if action not in _ALWAYS:
            # A call that names no resource needs the right to all of them.
            given = permissions.given(call, action)
            role_check.require_of(caller, action, tuple(resources or ["*"]), given)


def _is_free(role_arn: str) -> bool:
    """Whether a role is one of the bootstrap whose policies are not known."""
    named = _BOOTSTRAP.search(role_arn) is not None
    return named and not role_check.has_inline_policy(role_arn, BOOTSTRAP_POLICY)


def _caller(key: str) -> Principal:
    for account in list(iam_backends.values()):
        for backend in account.values():
            access_key = backend.access_keys.get(key)
            role_arn = getattr(access_key, "role_arn", None)
            if role_arn is not None:
                return Principal(role_arn)
    return Principal(f"arn:aws:iam::{accounts.of_key(key)}:root")


def _call(environ: Document, service: str, region: str, caller: str) -> permissions.Call:
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if target:
        params = json.loads(signed_requests.read_body(environ) or b"{}")
        return permissions.Call(service, target, params, region, caller)
    rpc = _RPC.fullmatch(environ.get("PATH_INFO", ""))
    if rpc:
        return permissions.Call(
            service, rpc[1], _cbor(signed_requests.read_body(environ)), region, caller
        )
    form = (
        dict(parse_qsl(signed_requests.read_body(environ).decode(errors="replace")))
        if service != "s3"
        else {}
    )
    if "Action" in form:
        return permissions.Call(service, form["Action"], _nested(form), region, caller)
    operation, named = rest_operations.find(service, environ)
    if operation == "DeleteObjects":
        keys = re.findall(
            r"<Key>(.*?)</Key>",
            signed_requests.read_body(environ).decode(errors="replace"),
            re.DOTALL,
        )
        named["Delete"] = {"Objects": [{"Key": key} for key in keys]}
    return permissions.Call(service, operation, named, region, caller)


def _nested(form: dict[str, str]) -> Document:
    """Return the parameters of the query protocol with its lists as lists."""
    params: Document = {}
    for name, value in form.items():
        member = _MEMBER.fullmatch(name)
        if member is None:
            params[name] = value
            continue
        rows = params.setdefault(member[1], {})
        if isinstance(rows, dict) and member[3]:
            rows.setdefault(member[2], {})[member[3]] = value
        elif isinstance(rows, dict):
            rows[member[2]] = value
    return {
        name: list(value.values()) if isinstance(value, dict) else value
        for name, value in params.items()
    }


def _cbor(content: bytes) -> Document:
    if not content:
        return {}
    parsed: Any = RpcV2CBORParser().parse_data_item(io.BufferedReader(io.BytesIO(content)))
    return parsed if isinstance(parsed, dict) else {}
