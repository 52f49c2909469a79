"""Plan of one environment's deployment, from its assembly and from what CloudFormation says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cfn.assembly import AssemblyError, StackArtifact, stacks, stages
from cfn.registry_schemas import SchemaError
from cli.aws import aws_errors
from cli.environments.environment import Environment
from cli.planning.change_sets import ChangeSets, filled
from cli.planning.deployed_state import read_deployed
from cli.review.price_lists import read_price_list
from cli.terminal.errors import WrongInput
from reviewer.assembly import read_assembly
from reviewer.errors import ReviewError
from reviewer.plan.deployment_plan import DeploymentPlan, plan
from reviewer.plan.verdict import ChangeSetAnswer, Deployed


def make_plan(env: Environment, cdk_out: Path, *, asks_change_sets: bool = True) -> DeploymentPlan:
    """Compare what is deployed with the synthesis in `cdk_out`; nothing of the stacks changes."""
    try:
        proposed = read_assembly(cdk_out, env.config.environment)
        artifacts = stacks(stages(cdk_out)[env.config.stage])
        asked = _in_deploy_role(env, artifacts)
        deployed = read_deployed(asked, proposed)
        if asks_change_sets and deployed.assembly.stacks:
            found = _change_sets(env, asked, artifacts, deployed)
            deployed = replace(deployed, change_sets=found)
        return plan(deployed, proposed, read_price_list(proposed.region))
    except (AssemblyError, ReviewError, SchemaError) as error:
        raise WrongInput(str(error)) from None


def in_deploy_role(env: Environment, cdk_out: Path) -> Environment:
    """Return the environment as `make_plan` sees it, with the synthesis in `cdk_out`."""
    return _in_deploy_role(env, stacks(stages(cdk_out)[env.config.stage]))


def _in_deploy_role(env: Environment, artifacts: Sequence[StackArtifact]) -> Environment:
    """Return the environment as the role of the CDK sees it, where the caller may not list stacks.

    A pipeline's role may do little more than assume that one.
    """
    formation = env.aws("cloudformation")
    role = next((one.deploy_role for one in artifacts if one.deploy_role), "")
    try:
        formation.describe_stacks()
    except formation.exceptions.ClientError as error:
        if not (role and aws_errors.is_denied(error)):
            raise
        return replace(env, connection=env.connection.assuming(filled(role, _variables(env))))
    return env


def _change_sets(
    caller: Environment,
    env: Environment,
    artifacts: Sequence[StackArtifact],
    deployed: Deployed,
) -> Mapping[str, ChangeSetAnswer]:
    """Ask as `env` does; a template for S3 is written as the caller, or in the role for that."""

    def s3_as(role: str) -> Any:
        is_own = not role or env is caller
        return (caller.connection if is_own else caller.connection.assuming(role)).client("s3")

    labels = {stack.name: stack.label for stack in deployed.assembly.stacks}
    there = [one for one in artifacts if one.stack_name in labels]
    asker = ChangeSets(env.aws("cloudformation"), s3_as, _variables(env), env.poll_seconds)
    answers = asker.ask(there)
    return {labels[one.stack_name]: answer for one, answer in zip(there, answers, strict=True)}


def _variables(env: Environment) -> dict[str, str]:
    """Return what stands in the manifest for the account, the region and the partition."""
    identity = env.aws("sts").get_caller_identity()
    return {
        "${AWS::AccountId}": identity["Account"],
        "${AWS::Region}": env.connection.region,
        "${AWS::Partition}": identity["Arn"].split(":")[1],
    }
