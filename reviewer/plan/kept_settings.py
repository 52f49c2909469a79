"""Settings that a running environment keeps, found in its templates, with the steps to a change.

AWS refuses these changes half-way, or data and models stay behind where no role reads them. All
that is known of them is here; a plan names them, and `deploy` stops before it touches anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cfn.live.defaults import DEFAULTS
from config.outputs import ARTIFACTS_BUCKET_NAME, DATA_BUCKET_NAME, KEY_ARN, REPOSITORY_NAME
from config.stack_names import NETWORK, REGISTRY

if TYPE_CHECKING:
    from reviewer.assembly import Assembly, Resource

NOTEBOOK = "AWS::SageMaker::NotebookInstance"
PROJECT = "AWS::CodeBuild::Project"
SUBNET = "AWS::EC2::Subnet"
VPC = "AWS::EC2::VPC"

# What no role may read afterwards: objects, images and keys of models that are live.
_OUTPUTS = {
    KEY_ARN: ("existing.key_arn", "everything that is stored is encrypted with the key it has"),
    DATA_BUCKET_NAME: ("existing.data_bucket", "its data versions lie in the bucket it has"),
    ARTIFACTS_BUCKET_NAME: (
        "existing.artifacts_bucket",
        "the live models' artifacts lie in the bucket it has",
    ),
    REPOSITORY_NAME: (
        "existing.repository",
        "the live models' images lie in the repository it has",
    ),
}
# Create-only, and the notebook's name is fixed: CloudFormation does not replace a custom-named
# resource. KmsKeyId is KEY_ARN, above.
_PLACES = ("SubnetId", "SecurityGroupIds", "DirectInternetAccess")


@dataclass(frozen=True)
class KeptSetting:
    """A setting that cannot be changed in place: its name in the file, why, and the way there."""

    setting: str
    why: str
    steps: tuple[str, ...]


def kept_settings(before: Assembly, after: Assembly) -> list[KeptSetting]:
    """Return what `after` changes though the environment that `before` deployed has to keep it."""
    return [found for rule in _RULES for found in rule(before, after)]


def steps_beside(environment: str, setting: str) -> tuple[str, ...]:
    """Return the way through a second environment; the first is untouched until the end."""
    return (
        f"put {setting} back in config/{environment}.toml",
        f"./kiban env new NAME --from {environment}   # and write the new {setting} to its file",
        "./kiban deploy --env NAME",
        "copy the data versions that shall be trained on again to its data bucket",
        f"./kiban promote MODEL --from {environment} --to NAME   # each; then callers change over",
        f"./kiban destroy --env {environment}",
    )


def steps_to_platform(environment: str, created: str, wanted: str) -> tuple[str, ...]:
    """Return the way to another platform of the notebook, which is no deployment."""
    return (
        f"put {created} back in the template (PLATFORM in constructs_lib/notebook/workbench.py), "
        "which keeps what the notebook was created with",
        f"./kiban notebook upgrade --to {wanted} --env {environment}   # its disk stays",
        f"./kiban deploy --env {environment}",
    )


def _moved_data(before: Assembly, after: Assembly) -> Iterator[KeptSetting]:
    was, will_be = _outputs(before), _outputs(after)
    for output, (setting, why) in _OUTPUTS.items():
        if output in was and output in will_be and was[output] != will_be[output]:
            yield KeptSetting(setting, why, steps_beside(after.environment, setting))


def _other_addresses(before: Assembly, after: Assembly) -> Iterator[KeptSetting]:
    for was, will_be in _pairs(before, after, VPC):
        if was.properties.get("CidrBlock") != will_be.properties.get("CidrBlock"):
            why = "a VPC keeps its addresses, and its subnets are in use"
            yield KeptSetting("network.cidr", why, steps_beside(after.environment, "network.cidr"))


def _moved_notebook(before: Assembly, after: Assembly) -> Iterator[KeptSetting]:
    for was, will_be in _pairs(before, after, NOTEBOOK):
        changed = {
            name
            for name in {*was.properties, *will_be.properties}
            if was.properties.get(name) != will_be.properties.get(name)
        }
        why = "AWS would replace the notebook with its disk, and refuses to under its fixed name"
        if changed & {*_PLACES}:
            yield KeptSetting("network", why, _steps_without_notebook(was.stack, before, after))
        if "PlatformIdentifier" in changed:
            yield _other_platform(was, will_be, after.environment)
        if _gb(will_be) < _gb(was):
            why = f"SageMaker never makes a notebook's disk smaller: it has {_gb(was)} GB"
            steps = _steps_without_notebook(was.stack, before, after)
            yield KeptSetting("workbench.volume_gb", why, steps)


def _other_platform(was: Resource, will_be: Resource, environment: str) -> KeptSetting:
    created, wanted = (str(one.properties.get("PlatformIdentifier")) for one in (was, will_be))
    # Create-only for CloudFormation; SageMaker changes it in place since December 2025:
    # hashicorp/terraform-provider-aws#45830 with AWS's announcement.
    return KeptSetting(
        "workbench platform",
        "CloudFormation would replace the notebook with its disk, and refuses to under its fixed "
        "name; SageMaker changes the platform in place",
        steps_to_platform(environment, created, wanted),
    )


def _fewer_zones(before: Assembly, after: Assembly) -> Iterator[KeptSetting]:
    network = {item.logical_id for item in after.resources(SUBNET)}
    if not network:
        return
    gone = {item.logical_id for item in before.resources(SUBNET)} - network
    exports = {name for id_ in gone for name in _exports_of(before, id_)}
    users = [stack.label for stack in before.stacks if exports & {*_imports(stack.template)}]
    if users:
        why = f"the subnet that goes is in use by {', '.join(users)}"
        chosen = " ".join(f"'{after.stage}/{label}'" for label in users)
        steps = (
            f"npx cdk deploy {chosen} --exclusively -c env={after.environment}   # these leave it",
            "wait for jobs in it to end: aws ec2 describe-network-interfaces "
            "--filters Name=subnet-id,Values=SUBNET shows none but those of VPC endpoints",
            f"./kiban deploy --env {after.environment}",
        )
        yield KeptSetting("network.availability_zones", why, steps)


def _build_leaves(before: Assembly, after: Assembly) -> Iterator[KeptSetting]:
    """The network's id is exported for the build alone, and the export goes with that use."""
    if NETWORK not in {stack.label for stack in after.stacks}:
        return
    for was, will_be in _pairs(before, after, PROJECT):
        used = {*_imports(was.properties.get("VpcConfig"))}
        if "VpcConfig" in will_be.properties or not used - {*_exported(after)}:
            continue
        steps = (
            f"npx cdk deploy '{after.stage}/{REGISTRY}' --exclusively -c env={after.environment}",
            f"./kiban deploy --env {after.environment}",
        )
        why = f"the id of the network is in use by {REGISTRY}"
        yield KeptSetting("network.builds_inside", why, steps)


_RULES: tuple[Callable[[Assembly, Assembly], Iterator[KeptSetting]], ...] = (
    _moved_data,
    _other_addresses,
    _moved_notebook,
    _fewer_zones,
    _build_leaves,
)


def _steps_without_notebook(label: str, before: Assembly, after: Assembly) -> tuple[str, ...]:
    """Return the way through a deletion of the notebook's stack, whatever its name."""
    kept = {stack.label for stack in after.stacks}
    (holder,) = (stack for stack in before.stacks if stack.label == label)
    imported = {*_imports(holder.template)}
    leaves = NETWORK not in kept and any(f"-{NETWORK}:" in name for name in imported)
    return (
        "copy what shall stay from the notebook (git push, or download it): its disk goes with it",
        *_deletion(holder.name, holder.is_protected),
        f"./kiban deploy{' --prune' * leaves} --env {after.environment}",
    )


def _deletion(stack: str, is_protected: bool) -> Iterator[str]:
    command = f"aws cloudformation {{}} --stack-name {stack}"
    if is_protected:
        yield command.format("update-termination-protection --no-enable-termination-protection")
    yield command.format("delete-stack")
    yield command.format("wait stack-delete-complete")


def _pairs(before: Assembly, after: Assembly, type_: str) -> Iterator[tuple[Resource, Resource]]:
    """Yield each resource of a type that stays, as it was and as it will be."""
    old = {(item.stack, item.logical_id): item for item in before.resources(type_)}
    for item in after.resources(type_):
        if found := old.get((item.stack, item.logical_id)):
            yield found, item


def _gb(notebook: Resource) -> int:
    default = DEFAULTS["AWS::SageMaker::NotebookInstance"]["VolumeSizeInGB"]
    return int(notebook.properties.get("VolumeSizeInGB", default))


def _outputs(assembly: Assembly) -> dict[str, Any]:
    return {
        name: output["Value"]
        for stack in assembly.stacks
        for name, output in stack.template.get("Outputs", {}).items()
    }


def _exports_of(assembly: Assembly, logical_id: str) -> Iterator[str]:
    for stack in assembly.stacks:
        for output in stack.template.get("Outputs", {}).values():
            if "Export" in output and output["Value"] == {"Ref": logical_id}:
                yield output["Export"]["Name"]


def _exported(assembly: Assembly) -> Iterator[str]:
    for stack in assembly.stacks:
        for output in stack.template.get("Outputs", {}).values():
            if "Export" in output:
                yield output["Export"]["Name"]


def _imports(node: Any) -> Iterator[str]:
    match node:
        case {"Fn::ImportValue": str(name)}:
            yield name
        case dict():
            yield from (name for value in node.values() for name in _imports(value))
        case list():
            yield from (name for value in node for name in _imports(value))
