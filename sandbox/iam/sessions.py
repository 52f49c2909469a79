"""Authorization of signed requests: a role's sessions by its policies, everybody by resources'."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from botocore.exceptions import ClientError
from moto.iam.models import iam_backends

from sandbox.iam import permissions, role_check
from sandbox.iam.statements import Principal
from sandbox.requests import called, parameters, signed_requests
from sandbox.state import accounts

if TYPE_CHECKING:
    from sandbox.requests.called import Called
    from sandbox.state.stores import Document

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
    _, region, key = signed_requests.scope(environ)
    asked = called.read(environ)
    if asked[:2] == ("sts", "AssumeRoleWithWebIdentity"):
        return role_check.web_identity_refusal(_call(environ, asked, "", "").params)
    if not key:
        return None
    caller = _caller(key)
    if _is_free(caller.name):
        return None
    is_assuming = asked[:2] == ("sts", "AssumeRole")
    if caller.is_root and asked.service not in _WITH_POLICIES and not is_assuming:
        return None
    call = _call(environ, asked, region, caller.name)
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


def _call(environ: Document, asked: Called, region: str, caller: str) -> permissions.Call:
    try:
        params = parameters.read(environ, asked)
    except (ValueError, RecursionError):
        # Whoever answers refuses it; what it names is not known, so all of it is needed.
        params = {}
    if asked.operation == "DeleteObjects":
        params["Delete"] = {"Objects": _deleted(environ)}
    return permissions.Call(asked.service, asked.operation, params, region, caller)


def _deleted(environ: Document) -> list[dict[str, str]]:
    """Return the objects that a request names; all of them when it is not XML."""
    try:
        body = ElementTree.fromstring(signed_requests.read_body(environ))
    except (ElementTree.ParseError, ValueError):
        return []
    keys = [one.text or "" for one in body.iter() if one.tag.rpartition("}")[2] == "Key"]
    return [{"Key": key} for key in keys]
