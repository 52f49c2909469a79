"""Check that IAM has the policy that an environment file names as its permissions boundary."""

from cli.aws import aws_errors
from cli.environments.check_result import CheckResult
from cli.environments.environment import Environment

_SUBJECT = "permissions boundary"


def check_boundary(env: Environment) -> list[CheckResult]:
    """Return the result for `platform.permissions_boundary`; nothing where the file has none."""
    arn = env.config.platform.permissions_boundary
    return [] if arn is None else [_check(env, arn)]


def _check(env: Environment, arn: str) -> CheckResult:
    iam = env.aws("iam")
    try:
        number = env.aws("sts").get_caller_identity()["Account"]
        if arn.split(":")[4] not in ("aws", number):
            note = f"{arn} is a policy of another account than {number}"
            return CheckResult("fail", _SUBJECT, note, "IAM takes a policy of the own account only")
        iam.get_policy(PolicyArn=arn)
    except iam.exceptions.ClientError as error:
        problem = aws_errors.message_of(error)
        if aws_errors.is_denied(error):
            return CheckResult("warn", _SUBJECT, problem, "ask for iam:GetPolicy")
        advice = f"create the policy, or mend platform.permissions_boundary in {env.file}"
        return CheckResult("fail", _SUBJECT, problem, advice)
    return CheckResult("ok", _SUBJECT, arn, "")
