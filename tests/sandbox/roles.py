"""Roles that services may assume, which most requests need."""

from __future__ import annotations

import json
from typing import Any


def trust(*services: str) -> str:
    """Return the trust policy of a role for these services."""
    principal = {"Service": [f"{service}.amazonaws.com" for service in services]}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_role(iam: Any, name: str, *services: str) -> str:
    """Make a role for these services, unless it is there, and return its ARN."""
    found = [role["Arn"] for role in iam.list_roles()["Roles"] if role["RoleName"] == name]
    if found:
        return str(found[0])
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(*services))
    return str(made["Role"]["Arn"])


def make_job_role(iam: Any) -> str:
    """Make the role of the runtime tests, with which a job may do all, and return its ARN."""
    arn = make_role(iam, "job", "codebuild", "sagemaker")
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="job", PolicyName="all", PolicyDocument=document)
    return arn
