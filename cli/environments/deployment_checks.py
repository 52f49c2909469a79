"""What must be true before a deployment can work, asked one question at a time."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from cli.aws import aws_errors
from cli.environments import region_offer, service_quotas
from cli.environments.check_result import Finding
from cli.environments.environment import Environment
from cli.system.project_paths import CDK, PROJECT
from config.schema import EnvironmentConfig

OLDEST_PYTHON = (3, 11, 5)
OLDEST_NODE = 22
OLDEST_BOOTSTRAP = 6
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"


def tools() -> Iterator[Finding]:
    """Check what runs on this machine."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:3] >= OLDEST_PYTHON:
        yield Finding("ok", "Python", version, "")
    else:
        yield Finding("fail", "Python", f"{version} is too old", "install Python 3.11.5 or later")
    yield _program("Node", [str(PROJECT / ".venv" / "bin" / "node"), "--version"], OLDEST_NODE)
    yield _program("CDK command line", [str(CDK), "--version"], 2)


def _program(name: str, words: list[str], oldest: int) -> Finding:
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return Finding("fail", name, "does not run", "install it with: make setup")
    version = done.stdout.split()[0].removeprefix("v") if done.stdout.split() else "?"
    major = re.match(r"\d+", version)
    # npm's `latest` of the CDK command line is an odd 3.0.0 that cannot read today's assemblies.
    wrong = major is None or int(major[0]) < oldest or (name.startswith("CDK") and major[0] != "2")
    if wrong:
        return Finding("fail", name, f"{version} does not fit", "install it again: make setup")
    return Finding("ok", name, version, "")


def account(env: Environment) -> Finding:
    """Check that somebody is logged in, and into the right account."""
    try:
        number = env.aws("sts").get_caller_identity()["Account"]
    except Exception as error:
        # Whatever keeps us from asking who we are is the finding.
        note = aws_errors.explain(error) or f"{type(error).__name__}: {error}"
        reason, _, advice = note.removeprefix("AWS: ").partition("; ")
        return Finding("fail", "credentials", reason, advice or "log in: aws sso login")
    pinned = env.config.platform.account
    if pinned is not None and number != pinned:
        note = f"account {number}, but {env.file} says {pinned}"
        return Finding("fail", "credentials", note, "log in to that account")
    return Finding("ok", "credentials", f"account {number}", "")


def region(env: Environment) -> Finding:
    """Check that SageMaker answers in the file's region."""
    try:
        env.aws("sagemaker").list_model_package_groups(MaxResults=1)
    except Exception as error:
        note = aws_errors.explain(error) or f"{type(error).__name__}: {error}"
        if aws_errors.is_denied(error):
            return Finding("warn", "region", f"{env.connection.region}: {note}", "ask for access")
        return Finding("fail", "region", note, f"check platform.region in {env.file}")
    return Finding("ok", "region", env.connection.region, "")


def offers(config: EnvironmentConfig) -> Iterator[Finding]:
    """Check that the file's region has every resource type and machine the file needs."""
    subject, types = "offer of the region", region_offer.lacking_types(config)
    for lack in types:
        yield Finding("fail", subject, lack.problem, _instead(lack))
    # The price list that names machines may be older than the machines.
    for lack in region_offer.lacking_machines(config):
        yield Finding("warn", subject, lack.problem, _instead(lack))
    if not types:
        note = f"{config.platform.region} has every resource type (as of {region_offer.as_of()})"
        yield Finding("ok", subject, note, "")


def _instead(lack: region_offer.Lack) -> str:
    return f"set {lack.setting} to {' or '.join(lack.choices) or 'something else'}"


def bootstrap(env: Environment) -> Finding:
    """Check that CDK's own stack is there and new enough."""
    ssm, name = env.aws("ssm"), f"bootstrap in {env.connection.region}"
    try:
        number = env.aws("sts").get_caller_identity()["Account"]
        order = f"node_modules/.bin/cdk bootstrap aws://{number}/{env.connection.region}"
        version = int(ssm.get_parameter(Name=BOOTSTRAP_PARAMETER)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return Finding("fail", name, "this account and region are not bootstrapped", order)
    except ssm.exceptions.ClientError as error:
        return Finding("warn", name, aws_errors.message_of(error), "ask for ssm:GetParameter")
    if version < OLDEST_BOOTSTRAP:
        note = f"version {version}, {OLDEST_BOOTSTRAP} or later is needed"
        return Finding("fail", name, note, order)
    return Finding("ok", name, f"version {version}", "")


def limits(config: EnvironmentConfig, client: Any) -> list[Finding]:
    """Check SageMaker's quotas; not being allowed to read them says nothing about them."""
    try:
        return service_quotas.judge(config, service_quotas.read(client))
    except client.exceptions.ClientError as error:
        if aws_errors.is_denied(error):
            note = "permission denied, so nothing is known about them"
            advice = "ask for servicequotas:ListServiceQuotas and ListAWSDefaultServiceQuotas"
            return [Finding("warn", "SageMaker quotas", note, advice)]
        note = aws_errors.message_of(error)
        return [Finding("warn", "SageMaker quotas", note, "look under Service Quotas, SageMaker")]
