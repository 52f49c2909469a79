"""Check before a first deployment: under which name and in which region the environment runs."""

from collections.abc import Iterator

from cli.aws import aws_errors
from cli.environments.environment import Environment
from cli.planning.deployed_state import NEVER_CREATED, is_anything_deployed
from cli.terminal import screen
from cli.terminal.errors import Refused
from config.outputs import ARTIFACTS_BUCKET_NAME, DATA_BUCKET_NAME
from config.stack_names import STORAGE
from reviewer.plan.kept_settings import KeptSetting, steps_beside

# CloudFormation shortens a stack's name to make a bucket's.
_KEPT_OF_A_NAME = 20
_OURS = (DATA_BUCKET_NAME, ARTIFACTS_BUCKET_NAME)


def require_not_elsewhere(env: Environment) -> None:
    """Raise Refused when the environment runs under another platform name or in another region.

    Another name or region makes another environment: the one that runs would bill on, unknown to
    every command.
    """
    if is_anything_deployed(env):
        return
    with screen.spinner("looking for the environment elsewhere"):
        found = found_elsewhere(env)
    _refuse(env, found)


def found_elsewhere(env: Environment) -> list[KeptSetting]:
    """Return the settings by which an environment of this file's name runs elsewhere."""
    return [*_under_another_name(env), *_in_another_region(env)]


def _under_another_name(env: Environment) -> Iterator[KeptSetting]:
    ending = f"-{env.config.environment}-{STORAGE}"
    pages = env.aws("cloudformation").get_paginator("describe_stacks").paginate()
    for stack in (stack for page in pages for stack in page["Stacks"]):
        outputs = {output["OutputKey"] for output in stack.get("Outputs", [])}
        if stack["StackName"].endswith(ending) and {*_OURS} <= outputs:
            name = stack["StackName"].removesuffix(ending)
            yield _elsewhere(env, "platform.name", f'it runs as platform.name = "{name}"')


def _in_another_region(env: Environment) -> Iterator[KeptSetting]:
    name = f"{env.config.stage}-{STORAGE}"
    for region in sorted(_regions_with_buckets(env) - {env.connection.region}):
        formation = env.connection.in_region(region).client("cloudformation")
        try:
            stack = formation.describe_stacks(StackName=name)["Stacks"][0]
        except formation.exceptions.ClientError as error:
            # Buckets outlive an environment that keeps its data.
            if aws_errors.is_missing(error):
                continue
            raise
        if stack["StackStatus"] not in NEVER_CREATED:
            yield _elsewhere(env, "platform.region", f"it runs in {region}")


def _regions_with_buckets(env: Environment) -> set[str]:
    """Return where buckets lie whose names begin as those of the environment: S3 lists all."""
    s3 = env.aws("s3")
    beginning = f"{env.config.stage}-{STORAGE}-".lower()[:_KEPT_OF_A_NAME]
    names = [
        bucket["Name"]
        for page in s3.get_paginator("list_buckets").paginate(Prefix=beginning)
        for bucket in page["Buckets"]
        if bucket["Name"].startswith(beginning)
    ]
    found = {s3.get_bucket_location(Bucket=name)["LocationConstraint"] for name in names}
    # S3 calls its first region by no name, and Ireland by an older one.
    return {{None: "us-east-1", "EU": "eu-west-1"}.get(region, region) for region in found}


def _elsewhere(env: Environment, setting: str, why: str) -> KeptSetting:
    said = f"{why}; is a second environment wanted, add --as-new"
    return KeptSetting(setting, said, steps_beside(env.config.environment, setting))


def _refuse(env: Environment, found: list[KeptSetting]) -> None:
    if not found:
        return
    for one in found:
        screen.err.print(f"{one.setting} cannot be changed: {one.why}. The way there:")
        for number, step in enumerate(one.steps, start=1):
            screen.err.print(f"  {number}. {step}", markup=False, highlight=False, soft_wrap=True)
    names = ", ".join(one.setting for one in found)
    raise Refused(
        f"{env.file}: {names} cannot be changed on a running environment; nothing was touched, "
        "and the steps are above"
    )
