"""Checks before a deployment: tools, credentials, region, bootstrap and quotas."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from cli.aws import aws_errors
from cli.environments import region_offer, service_quotas
from cli.environments.check_result import CheckResult
from cli.environments.environment import Environment
from cli.system.project_paths import CDK, PROJECT
from config.schema import EnvironmentConfig

OLDEST_PYTHON = (3, 11, 5)
OLDEST_NODE = 22
OLDEST_BOOTSTRAP = 6
DEFAULT_QUALIFIER = "hnb659fds"  # the CDK's own: DefaultStackSynthesizer.DEFAULT_QUALIFIER


def check_tools() -> Iterator[CheckResult]:
    """Check the versions of Python, Node and the CDK command line."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:3] >= OLDEST_PYTHON:
        yield CheckResult("ok", "Python", version, "")
    else:
        yield CheckResult(
            "fail", "Python", f"{version} is too old", "install Python 3.11.5 or later"
        )
    yield _program("Node", [str(PROJECT / ".venv" / "bin" / "node"), "--version"], OLDEST_NODE)
    yield _program("CDK command line", [str(CDK), "--version"], 2)


def _program(name: str, command: list[str], oldest: int) -> CheckResult:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return CheckResult("fail", name, "does not run", "install it with: make setup")
    version = done.stdout.split()[0].removeprefix("v") if done.stdout.split() else "?"
    major = re.match(r"\d+", version)
    # npm's `latest` of the CDK command line is an odd 3.0.0 that cannot read today's assemblies.
    wrong = major is None or int(major[0]) < oldest or (name.startswith("CDK") and major[0] != "2")
    if wrong:
        return CheckResult("fail", name, f"{version} does not fit", "install it again: make setup")
    return CheckResult("ok", name, version, "")


def check_account(env: Environment) -> CheckResult:
    """Check that there are credentials, and that they are of the file's account."""
    try:
        number = env.aws("sts").get_caller_identity()["Account"]
    except Exception as error:
        # Any error of the call is the result of this check.
        note = aws_errors.explain(error) or f"{type(error).__name__}: {error}"
        reason, _, advice = note.removeprefix("AWS: ").partition("; ")
        return CheckResult("fail", "credentials", reason, advice or "log in: aws sso login")
    pinned = env.config.platform.account
    if pinned is not None and number != pinned:
        note = f"account {number}, but {env.file} says {pinned}"
        return CheckResult("fail", "credentials", note, "log in to that account")
    return CheckResult("ok", "credentials", f"account {number}", "")


def check_region(env: Environment) -> CheckResult:
    """Check that SageMaker can be called in the file's region."""
    try:
        env.aws("sagemaker").list_model_package_groups(MaxResults=1)
    except Exception as error:
        note = aws_errors.explain(error) or f"{type(error).__name__}: {error}"
        if aws_errors.is_denied(error):
            return CheckResult(
                "warn", "region", f"{env.connection.region}: {note}", "ask for access"
            )
        return CheckResult("fail", "region", note, f"check platform.region in {env.file}")
    return CheckResult("ok", "region", env.connection.region, "")


def check_region_offer(config: EnvironmentConfig) -> Iterator[CheckResult]:
    """Check that the file's region has every resource type and machine the file needs."""
    subject, types = "offer of the region", region_offer.missing_types(config)
    for missing in types:
        yield CheckResult("fail", subject, missing.problem, _advice(missing))
    # The price list that names machines may be older than the machines.
    for missing in region_offer.missing_machines(config):
        yield CheckResult("warn", subject, missing.problem, _advice(missing))
    if not types:
        note = (
            f"{config.platform.region} has every resource type (as of {region_offer.data_date()})"
        )
        yield CheckResult("ok", subject, note, "")


def _advice(missing: region_offer.MissingOffer) -> str:
    return f"set {missing.setting} to {' or '.join(missing.choices) or 'something else'}"


def check_bootstrap(env: Environment) -> CheckResult:
    """Check the version of the CDK's bootstrap stack."""
    ssm, qualifier = env.aws("ssm"), bootstrap_qualifier()
    name = f"bootstrap in {env.connection.region}"
    if qualifier != DEFAULT_QUALIFIER:
        name += f" ({qualifier})"
    try:
        number = env.aws("sts").get_caller_identity()["Account"]
        order = f"node_modules/.bin/cdk bootstrap aws://{number}/{env.connection.region}"
        order += _qualifier_option(qualifier) + _boundary_option(env.config)
        parameter = bootstrap_parameter(qualifier)
        version = int(ssm.get_parameter(Name=parameter)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return CheckResult("fail", name, "this account and region are not bootstrapped", order)
    except ssm.exceptions.ClientError as error:
        return CheckResult("warn", name, aws_errors.message_of(error), "ask for ssm:GetParameter")
    if version < OLDEST_BOOTSTRAP:
        note = f"version {version}, {OLDEST_BOOTSTRAP} or later is needed"
        return CheckResult("fail", name, note, order)
    return CheckResult("ok", name, f"version {version}", "")


def bootstrap_qualifier() -> str:
    """Return what names of the CDK's bootstrap contain: the one in cdk.json, or the CDK's own."""
    context = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8")).get("context", {})
    return str(context.get("@aws-cdk/core:bootstrapQualifier", DEFAULT_QUALIFIER))


def bootstrap_parameter(qualifier: str) -> str:
    """Return the name of the parameter with the version of a bootstrap."""
    return f"/cdk-bootstrap/{qualifier}/version"


def _qualifier_option(qualifier: str) -> str:
    return "" if qualifier == DEFAULT_QUALIFIER else f" --qualifier {qualifier}"


def _boundary_option(config: EnvironmentConfig) -> str:
    """Return the option that bounds what CloudFormation may do; it takes a name, of the account."""
    arn = config.platform.permissions_boundary
    if arn is None or arn.split(":")[4] == "aws":
        return ""
    return f" --custom-permissions-boundary {arn.partition(':policy/')[2]}"


def check_service_quotas(config: EnvironmentConfig, client: Any) -> list[CheckResult]:
    """Check SageMaker's quotas; without permission to read them the result is a warning."""
    try:
        return service_quotas.check_quotas(config, service_quotas.read_quotas(client))
    except client.exceptions.ClientError as error:
        if aws_errors.is_denied(error):
            note = "permission denied, so nothing is known about them"
            advice = "ask for servicequotas:ListServiceQuotas and ListAWSDefaultServiceQuotas"
            return [CheckResult("warn", "SageMaker quotas", note, advice)]
        note = aws_errors.message_of(error)
        return [
            CheckResult("warn", "SageMaker quotas", note, "look under Service Quotas, SageMaker")
        ]
