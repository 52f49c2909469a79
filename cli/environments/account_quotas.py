"""Quotas of IAM, CodeBuild, EventBridge and VPC, compared with what a deployment adds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cli.aws import aws_errors
from cli.environments.check_result import CheckResult
from cli.environments.environment import Environment
from config.schema import EnvironmentConfig
from config.stack_names import (
    DELIVERY,
    NETWORK,
    REGISTRY,
    STORAGE,
    WORKBENCH,
    inference_stack,
    training_stack,
)


@dataclass(frozen=True)
class Additions:
    """What the stacks that are not deployed yet add to the account, at most."""

    roles: int = 0
    policies: int = 0
    rules: int = 0
    vpcs: int = 0

    def __add__(self, other: "Additions") -> "Additions":
        return Additions(
            self.roles + other.roles,
            self.policies + other.policies,
            self.rules + other.rules,
            self.vpcs + other.vpcs,
        )


# tests/cli/environments/test_account_quotas.py holds this to the templates.
_OF_STACK = {
    DELIVERY: Additions(roles=1, policies=1),
    STORAGE: Additions(),
    NETWORK: Additions(roles=1, policies=1, vpcs=1),
    REGISTRY: Additions(roles=1, policies=1),
    WORKBENCH: Additions(roles=3, policies=12),
}
_INFERENCE = Additions(roles=1, policies=2)
_TRAINING = Additions(roles=8, policies=8, rules=3)

_BUILDS = ("codebuild", "L-9D07B6EF")
_RULES = ("events", "L-244521F2")
_VPCS = ("vpc", "L-F678F1CE")
_BUILD_ADVICE = (
    "request 1 under Service Quotas, AWS CodeBuild; a new account may have to ask AWS Support"
)


def additions_of(config: EnvironmentConfig, parts: Iterable[str]) -> Additions:
    """Return what the stacks called `parts` add to an account."""
    by_model = {inference_stack(model): _INFERENCE for model in config.models}
    by_model |= {training_stack(model): _TRAINING for model in config.models}
    known = _OF_STACK | by_model
    return sum((known.get(part, Additions()) for part in parts), start=Additions())


def check_account_quotas(env: Environment, quotas: Any) -> Iterator[CheckResult]:
    """Check each quota that the file needs; without permission to read one it is a warning."""
    missing = [part for part, stack in env.stacks().items() if stack is None]
    added = additions_of(env.config, missing)
    checks: dict[str, Callable[[], list[CheckResult]]] = {
        "CodeBuild builds": lambda: [_check_builds(quotas)],
        "IAM": lambda: _check_iam(env, added),
        "EventBridge rules": lambda: [_check_rules(env, quotas, added.rules)],
    }
    if added.vpcs:
        checks["VPCs"] = lambda: [_check_vpcs(env, quotas, added.vpcs)]
    for subject, check in checks.items():
        try:
            yield from check()
        except Exception as error:
            # A quota that cannot be read is no reason against a deployment.
            note = aws_errors.explain(error)
            if note is None:
                raise
            yield CheckResult("warn", subject, note, "look it up under Service Quotas")


def compare_quota(subject: str, used: int, added: int, allowed: float | None) -> CheckResult:
    """Return whether `added` more fit beside what is `used`."""
    if allowed is None:
        note = f"{used} used, {added} more needed; no such quota is listed in this region"
        return CheckResult("warn", subject, note, "look it up under Service Quotas")
    note = f"{used} of {allowed:g} used, {added} more needed"
    if used + added > allowed:
        advice = f"request {used + added} under Service Quotas, or delete some"
        return CheckResult("fail", subject, note, advice)
    return CheckResult("ok", subject, note, "")


def _check_builds(quotas: Any) -> CheckResult:
    allowed = read_quota(quotas, *_BUILDS)
    if allowed is None:
        note = "no such quota is listed in this region"
        return CheckResult("warn", "CodeBuild builds", note, _BUILD_ADVICE)
    if allowed < 1:
        note = f"{allowed:g} Linux/Small builds allowed, 1 needed"
        return CheckResult("fail", "CodeBuild builds", note, _BUILD_ADVICE)
    return CheckResult("ok", "CodeBuild builds", f"{allowed:g} Linux/Small builds allowed", "")


def _check_iam(env: Environment, added: Additions) -> list[CheckResult]:
    # IAM's quotas are listed in one region of each partition only, its own summary in all.
    summary = env.aws("iam").get_account_summary()["SummaryMap"]
    return [
        compare_quota("IAM roles", summary["Roles"], added.roles, summary.get("RolesQuota")),
        compare_quota(
            "IAM policies", summary["Policies"], added.policies, summary.get("PoliciesQuota")
        ),
    ]


def _check_rules(env: Environment, quotas: Any, added: int) -> CheckResult:
    pages = env.aws("events").get_paginator("list_rules").paginate()
    used = sum(len(page["Rules"]) for page in pages)
    return compare_quota("EventBridge rules", used, added, read_quota(quotas, *_RULES))


def _check_vpcs(env: Environment, quotas: Any, added: int) -> CheckResult:
    pages = env.aws("ec2").get_paginator("describe_vpcs").paginate()
    used = sum(len(page["Vpcs"]) for page in pages)
    return compare_quota("VPCs", used, added, read_quota(quotas, *_VPCS))


def read_quota(client: Any, service: str, code: str) -> float | None:
    """Return the account's value of a quota, else AWS's default, None when there is neither."""
    for operation in (client.get_service_quota, client.get_aws_default_service_quota):
        try:
            return float(operation(ServiceCode=service, QuotaCode=code)["Quota"]["Value"])
        except client.exceptions.NoSuchResourceException:
            continue
    return None
