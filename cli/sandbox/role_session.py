"""Session of a role in the sandbox: its rights and no others, for an hour."""

import json
from typing import Any

from cli.aws.connection import Connection, require_loopback
from cli.terminal.errors import Failure
from sandbox.iam.role_sessions import REQUEST_PATH

_TIMEOUT_SECONDS = 30
# `cdk bootstrap` owns these, and the sandbox does not check their rights.
_BOOTSTRAP_PREFIX = "cdk-"


def session_variables(connection: Connection, role: str) -> dict[str, str]:
    """Return the variables of a new session of `role`, the name or the ARN of one in the sandbox.

    Raises Failure when IAM of the sandbox has no such role.
    """
    connection.require_reachable()
    arns = _roles(connection)
    name = role.rpartition("/")[2]
    if name not in arns or role not in (name, arns[name]):
        known = ", ".join(sorted(arns)) or "none yet; deploy first: ./kiban deploy --sandbox"
        raise Failure(f"--role {role}: the sandbox has no such role; its roles: {known}")
    return _ask(connection.sandbox_variables(), arns[name])


def _roles(connection: Connection) -> dict[str, str]:
    pages = connection.client("iam").get_paginator("list_roles").paginate()
    found = {role["RoleName"]: str(role["Arn"]) for page in pages for role in page["Roles"]}
    return {name: arn for name, arn in found.items() if not name.startswith(_BOOTSTRAP_PREFIX)}


def _ask(variables: dict[str, str], role_arn: str) -> dict[str, str]:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    from botocore.httpsession import URLLib3Session

    request = AWSRequest(
        method="POST",
        url=require_loopback(variables["AWS_ENDPOINT_URL"]) + REQUEST_PATH,
        data=json.dumps({"RoleArn": role_arn}),
        headers={"Content-Type": "application/json"},
    )
    key, secret = variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]
    SigV4Auth(Credentials(key, secret), "sts", variables["AWS_REGION"]).add_auth(request)
    answer = URLLib3Session(timeout=_TIMEOUT_SECONDS, proxies={}).send(request.prepare())
    found: dict[str, Any] = json.loads(answer.content)
    if answer.status_code != 200:
        raise Failure(f"--role {role_arn}: {found.get('message')}")
    return {name: str(value) for name, value in found.items()}
