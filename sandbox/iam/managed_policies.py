"""Policies that AWS manages, from the data that moto ships: copied when a request names them.

moto 5.2.5 has 1,582 of them, the newest of 2026-09-30. All at once in every account would take
memory and time that a sandbox without them need not spend.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote_plus

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends

_ARN = re.compile(r"arn:aws:iam::aws:policy/[\w+=,.@/-]+")


def provide(account: str, form: str) -> None:
    """Put the policies of AWS that a request to IAM names into the account, all for a list."""
    text = unquote_plus(form)
    backend: Any = iam_backends[account]["aws"]
    wanted = set(_ARN.findall(text)) - set(backend.managed_policies)
    is_list = "Action=ListPolicies" in text and "Scope=Local" not in text
    if not wanted and not is_list:
        return
    for name, policy in json.loads(aws_managed_policies_data).items():
        arn = f"arn:aws:iam::aws:policy{policy['Path']}{name}"
        if arn in wanted or (is_list and arn not in backend.managed_policies):
            made = AWSManagedPolicy.from_data(name, account, "us-east-1", policy)
            backend.aws_managed_policies.append(made)
            backend.managed_policies[arn] = made
