"""Checks before stacks are deleted: what CloudFormation or IAM would refuse half-way."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from cli.aws import aws_errors
from cli.deployment.cdk_errors import unprotect_command
from cli.environments.environment import DeployedStack, Environment
from cli.terminal import screen
from cli.terminal.errors import Failure
from config.tag_names import ENVIRONMENT_TAG

_REQUESTS_AT_ONCE = 8
_ENTITIES = {"Role": "PolicyRoles", "User": "PolicyUsers", "Group": "PolicyGroups"}


@dataclass(frozen=True)
class Obstacle:
    """One reason why a deletion would fail; `command` is the line that takes it away."""

    problem: str
    command: str


def require_deletable(
    env: Environment,
    stacks: list[DeployedStack],
    found: Iterable[Obstacle],
    *,
    looks_at_imports: bool = True,
) -> None:
    """Raise Failure when there is an obstacle, those of `found` too, after printing each."""
    obstacles = [*_protected(stacks), *_states(env, stacks), *_attachments(env, stacks), *found]
    if looks_at_imports:
        obstacles += _imports(env, stacks)
    if not obstacles:
        return
    for obstacle in obstacles:
        screen.err.print(f"{obstacle.problem}:", soft_wrap=True, markup=False)
        screen.err.print(f"  {obstacle.command}", soft_wrap=True, markup=False)
    count = len(obstacles)
    raise Failure(
        f"{env.config.stage}: {count} thing{'s' * (count > 1)} in the way, nothing was changed; "
        "run the lines above, then the same command again"
    )


def _protected(stacks: list[DeployedStack]) -> Iterator[Obstacle]:
    for stack in stacks:
        if stack.is_protected:
            yield Obstacle(
                f"{stack.name} is protected against deletion",
                unprotect_command(stack.name),
            )


def _states(env: Environment, stacks: list[DeployedStack]) -> Iterator[Obstacle]:
    for stack in stacks:
        if stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
            yield Obstacle(f"{stack.name} is {stack.status}; wait", env.command("status"))


def _imports(env: Environment, stacks: list[DeployedStack]) -> Iterator[Obstacle]:
    """Yield a stack that stays and imports what one of `stacks` exports."""
    formation = env.aws("cloudformation")
    names = {stack.name for stack in stacks}
    ids = {f":stack/{name}/" for name in names}
    pages = formation.get_paginator("list_exports").paginate()
    exports = [
        item["Name"]
        for page in pages
        for item in page["Exports"]
        if any(one in item["ExportingStackId"] for one in ids)
    ]
    with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as pool:
        for export, users in zip(exports, pool.map(partial(_users, env), exports), strict=True):
            for user in sorted(set(users) - names):
                yield Obstacle(f"{user} uses the export {export}", _way_without(env, user))


def _way_without(env: Environment, user: str) -> str:
    """Return the line that takes a stack away: of this environment, with what belongs to it."""
    stack = env.named_stack(user)
    if stack is not None and stack.tags.get(ENVIRONMENT_TAG) == env.config.stage:
        return env.command("deploy --prune")
    return f"aws cloudformation delete-stack --stack-name {user}"


def _users(env: Environment, export: str) -> list[str]:
    formation = env.aws("cloudformation")
    try:
        pages = formation.get_paginator("list_imports").paginate(ExportName=export)
        return [name for page in pages for name in page["Imports"]]
    except formation.exceptions.ClientError as error:
        if "is not imported by any stack" in aws_errors.message_of(error):
            return []
        raise


def _attachments(env: Environment, stacks: list[DeployedStack]) -> Iterator[Obstacle]:
    """Yield who else has a managed policy of `stacks` attached: IAM deletes none that is."""
    with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as pool:
        resources = [one for found in pool.map(partial(_resources, env), stacks) for one in found]
        own = {name for kind, name in resources if kind == "AWS::IAM::Role"}
        policies = [arn for kind, arn in resources if kind == "AWS::IAM::ManagedPolicy"]
        entities = pool.map(partial(_entities, env), policies)
        for arn, found in zip(policies, entities, strict=True):
            for kind, name in found:
                if kind == "Role" and name in own:
                    continue
                low = kind.lower()
                yield Obstacle(
                    f"{low} {name} has {arn.rpartition('/')[2]} attached",
                    f"aws iam detach-{low}-policy --{low}-name {name} --policy-arn {arn}",
                )


def _resources(env: Environment, stack: DeployedStack) -> list[tuple[str, str]]:
    pages = env.aws("cloudformation").get_paginator("list_stack_resources")
    return [
        (item["ResourceType"], item["PhysicalResourceId"])
        for page in pages.paginate(StackName=stack.name)
        for item in page["StackResourceSummaries"]
        if item.get("PhysicalResourceId")
    ]


def _entities(env: Environment, policy: str) -> list[tuple[str, str]]:
    iam = env.aws("iam")
    try:
        pages = [*iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=policy)]
    except iam.exceptions.NoSuchEntityException:
        return []
    return [
        (kind, item[f"{kind}Name"])
        for page in pages
        for kind, key in _ENTITIES.items()
        for item in page[key]
    ]
