"""What CloudFormation says of an environment: templates, resources, exports, other stacks."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cfn.assembly import checked_template
from cfn.values import at, mapping
from cli.aws import aws_errors
from cli.environments.environment import Environment
from config.outputs import KEY_ARN, LOGS_BUCKET_NAME
from reviewer.assembly import Assembly, SynthesisedStack, names_in
from reviewer.plan.verdict import Deployed

REQUESTS_AT_ONCE = 8
# A stack in these states was never created: it has no template to compare with.
NEVER_CREATED = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE")
_STORAGE = "-Storage"
_SHOW = "aws cloudformation get-template --stack-name NAME"
# Every Storage stack has these outputs, and no other platform's stack both.
_OUTPUTS_OF_STORAGE = {KEY_ARN, LOGS_BUCKET_NAME}


@dataclass(frozen=True)
class _Read:
    """One deployed stack, and which of its template's resources exist."""

    stack: SynthesisedStack
    state: str
    existing: frozenset[str]


def read_deployed(env: Environment, proposed: Assembly) -> Deployed:
    """Read everything that a plan compares `proposed` with."""
    formation = env.aws("cloudformation")
    described = _described_stacks(formation)
    stage = env.config.stage
    with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
        wanted = [stack for stack in proposed.stacks if stack.name in described]
        found = [one for one in pool.map(partial(_read, formation, described), wanted) if one]
        exports = sorted(name for one in found for name in _export_names(one.stack))
        users = pool.map(partial(_importers, formation), exports)
        importers = {name: names for name, names in zip(exports, users, strict=True) if names}
        strays = _strays(formation, stage, described, {stack.name for stack in proposed.stacks})
        return Deployed(
            replace(proposed, stacks=tuple(one.stack for one in found)),
            absent=frozenset(_absent(found)),
            states={one.stack.label: one.state for one in found},
            importers=importers,
            strays=tuple(strays),
            other_stages=tuple(_other_stages(env, described)),
        )


def is_anything_deployed(env: Environment) -> bool:
    """Return whether a stack of this environment was ever created."""
    return any(one and one.status not in NEVER_CREATED for one in env.stacks().values())


def _described_stacks(formation: Any) -> dict[str, dict[str, Any]]:
    pages = formation.get_paginator("describe_stacks").paginate()
    return {stack["StackName"]: stack for page in pages for stack in page["Stacks"]}


def _read(
    formation: Any, described: dict[str, dict[str, Any]], proposed: SynthesisedStack
) -> _Read | None:
    about = described[proposed.name]
    if about["StackStatus"] in NEVER_CREATED:
        return None
    answer = formation.get_template(StackName=proposed.name, TemplateStage="Original")
    template = checked_template(
        answer["TemplateBody"], f"the deployed stack {proposed.name}", f"look at it: {_SHOW}"
    )
    stack = replace(
        proposed,
        is_protected=bool(about.get("EnableTerminationProtection")),
        template=template,
        acknowledged=(),
        names={**proposed.names, **names_in(template)},
    )
    return _Read(stack, about["StackStatus"], _existing(formation, proposed.name))


def _existing(formation: Any, name: str) -> frozenset[str]:
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=name)
    return frozenset(
        item["LogicalResourceId"]
        for page in pages
        for item in page["StackResourceSummaries"]
        if item["ResourceStatus"] != "DELETE_COMPLETE"
    )


def _absent(found: Iterable[_Read]) -> Iterator[tuple[str, str]]:
    for one in found:
        for item in one.stack.resources:
            if item.logical_id not in one.existing:
                yield item.stack, item.logical_id


def _export_names(stack: SynthesisedStack) -> Iterator[str]:
    for output in stack.template.get("Outputs", {}).values():
        if isinstance(name := at(output, "Export/Name"), str):
            yield name


def _importers(formation: Any, export: str) -> tuple[str, ...]:
    """Return the stacks that import an export; CloudFormation calls none an error."""
    try:
        pages = formation.get_paginator("list_imports").paginate(ExportName=export)
        return tuple(name for page in pages for name in page["Imports"])
    except formation.exceptions.ClientError as error:
        if "is not imported by any stack" in aws_errors.message_of(error):
            return ()
        raise


def _strays(
    formation: Any, stage: str, described: Iterable[str], proposed: set[str]
) -> Iterator[str]:
    """Yield the stacks of the stage that the file no longer has.

    The name of another stage may begin with this one's: the paths in the template decide.
    """
    for name in sorted(described):
        if name.startswith(f"{stage}-") and name not in proposed:
            answer = formation.get_template(StackName=name, TemplateStage="Original")
            bodies = mapping(mapping(answer["TemplateBody"]).get("Resources")).values()
            paths = [str(at(body, "Metadata/aws:cdk:path")) for body in bodies]
            if any(path.startswith(f"{stage}/") for path in paths):
                yield name


def _other_stages(env: Environment, described: dict[str, dict[str, Any]]) -> Iterator[str]:
    ending = f"-{env.config.environment}{_STORAGE}"
    for name, stack in sorted(described.items()):
        outputs = {item["OutputKey"] for item in stack.get("Outputs", [])}
        stage = name.removesuffix(_STORAGE)
        if name.endswith(ending) and stage != env.config.stage and outputs >= _OUTPUTS_OF_STORAGE:
            yield stage
