"""A running environment with a live model, which edits are deployed onto and taken back from."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from app import add_stacks
from cfn.assembly import StackArtifact, stacks_in_order
from config.schema import EnvironmentConfig
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from reviewer.assembly import Assembly, read_stage
from sandbox.cdk.in_process_deploy import deploy_assembly
from tests.journeys.edits.edits import tables
from tests.journeys.rows import HELD_OUT
from tests.journeys.world import World, wait_for
from tests.templates.environments import make_environment, new_app

# Each with the member of its response and what is asked for.
_COUNTED: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {
    ("cloudwatch", "describe_alarms"): ("MetricAlarms", {}),
    ("codebuild", "list_projects"): ("projects", {}),
    ("ec2", "describe_security_groups"): ("SecurityGroups", {}),
    ("ec2", "describe_subnets"): ("Subnets", {}),
    ("ec2", "describe_vpc_endpoints"): ("VpcEndpoints", {}),
    ("ecr", "describe_repositories"): ("repositories", {}),
    ("events", "list_rules"): ("Rules", {}),
    ("iam", "list_open_id_connect_providers"): ("OpenIDConnectProviderList", {}),
    ("iam", "list_policies"): ("Policies", {"Scope": "Local"}),
    ("iam", "list_roles"): ("Roles", {}),
    ("logs", "describe_log_groups"): ("logGroups", {}),
    ("s3", "list_buckets"): ("Buckets", {}),
    ("sagemaker", "list_endpoint_configs"): ("EndpointConfigs", {}),
    ("sagemaker", "list_endpoints"): ("Endpoints", {}),
    ("sagemaker", "list_models"): ("Models", {}),
    ("sagemaker", "list_notebook_instances"): ("NotebookInstances", {}),
    ("scheduler", "list_schedules"): ("Schedules", {}),
    ("sns", "list_topics"): ("Topics", {}),
    ("sqs", "list_queues"): ("QueueUrls", {}),
    ("stepfunctions", "list_state_machines"): ("stateMachines", {}),
}


@dataclass(frozen=True)
class Synthesis:
    """The templates of one environment file."""

    config: EnvironmentConfig
    cdk_out: Path

    @property
    def folder(self) -> Path:
        return self.cdk_out / f"assembly-{self.config.stage}"

    @cached_property
    def assembly(self) -> Assembly:
        """The environment as a review reads it."""
        return read_stage(self.cdk_out, self.config.stage)

    @cached_property
    def artifacts(self) -> list[StackArtifact]:
        """Its stacks in the order of their deployment."""
        return stacks_in_order(self.folder)


def synthesise(settings: Mapping[str, Any]) -> Synthesis:
    """The usual environment of the tests with these settings, by their path."""
    config = make_environment(**tables(dict(settings)))
    app = new_app(staged=True)
    add_stacks(EnvironmentStage(app, config=config), config)
    app.synth()
    return Synthesis(config, Path(app.outdir))


@dataclass
class Running:
    """The environment as it is deployed; `deployed` is each stack's template and protection."""

    world: World
    deployed: dict[str, tuple[Any, bool]] = field(default_factory=dict)

    def deploy(self, synthesis: Synthesis, *, only: Collection[str] | None = None) -> None:
        """Deploy the stacks that differ, as the CDK does, or `only` those of these labels."""
        wanted = {one.stack_name: (one.template(), one.is_protected) for one in synthesis.artifacts}
        changed = {
            name: state for name, state in wanted.items() if state != self.deployed.get(name)
        }
        if only is not None:
            names = {f"{self.world.stage}-{label}" for label in only}
            changed = {name: state for name, state in changed.items() if name in names}
        deploy_assembly(synthesis.folder, self.world.sandbox.url, exclusively=changed)
        self.deployed |= changed

    def delete(self, label: str) -> None:
        """Delete one stack, as a recipe says."""
        name = f"{self.world.stage}-{label}"
        formation = self.world.aws("cloudformation")
        formation.delete_stack(StackName=name)
        formation.get_waiter("stack_delete_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1}
        )
        del self.deployed[name]

    def require_live(self, package: str) -> None:
        """Assert that every stack is whole and that the model still answers."""
        formation = self.world.aws("cloudformation")
        stacks = {
            stack["StackName"]: stack["StackStatus"]
            for stack in formation.describe_stacks()["Stacks"]
            if stack["StackName"].startswith(f"{self.world.stage}-")
        }
        assert stacks.keys() == self.deployed.keys(), "a stack is left, or is missing"
        assert {*stacks.values()} <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, stacks
        self.world.became_live(package)
        assert len(self.world.predict(HELD_OUT[:2])) == 2

    def resources(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Type and physical id of every resource, by stack and logical id."""
        formation = self.world.aws("cloudformation")
        return {
            (name, found["LogicalResourceId"]): (found["ResourceType"], found["PhysicalResourceId"])
            for name in self.deployed
            for found in formation.describe_stack_resources(StackName=name)["StackResources"]
        }

    def census(self) -> dict[str, int]:
        """How many of each there are in the account, whichever stack they belong to."""
        return {
            f"{service} {operation}": len([*self._listed(service, operation)])
            for service, operation in _COUNTED
        }

    def _listed(self, service: str, operation: str) -> Iterator[Any]:
        member, arguments = _COUNTED[service, operation]
        client = self.world.aws(service)
        pages = (
            client.get_paginator(operation).paginate(**arguments)
            if client.can_paginate(operation)
            else [getattr(client, operation)(**arguments)]
        )
        for page in pages:
            # A VPC endpoint is listed for some time after it is deleted.
            yield from (one for one in page.get(member, []) if not _is_deleted(one))


def _is_deleted(item: Any) -> bool:
    return isinstance(item, dict) and item.get("State") == "deleted"


def exported_in_use(before: Synthesis, after: Synthesis) -> list[str]:
    """Labels of the stacks that use an export which `after` no longer has, as they are deployed."""
    gone = _exports(before.assembly) - _exports(after.assembly)
    return [
        stack.label
        for stack in before.assembly.stacks
        if any(f'"Fn::ImportValue": "{name}"' in json.dumps(stack.template) for name in gone)
    ]


def _exports(assembly: Assembly) -> set[str]:
    return {
        output["Export"]["Name"]
        for stack in assembly.stacks
        for output in stack.template.get("Outputs", {}).values()
        if "Export" in output
    }


def first_live(world: World) -> str:
    """Train a first model, approve it, and return its version when it answers."""
    from tests.journeys.rows import good_split

    world.put_data("v1", good_split())
    package = str(world.trained("v1")["ModelPackageArn"])
    world.judge(package, "Approved")
    world.became_live(package)
    wait_for(lambda: world.predict(HELD_OUT[:1]) or None, "an answer")
    return package
