"""Import of kept resources into new stacks, before a deployment that would find their names taken.

An import takes resources as they are and can change nothing else, so the deployment follows it:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html
"""

import json
import time
from itertools import groupby
from pathlib import Path
from typing import Any

from cfn.intrinsics import references
from cli.aws import aws_errors
from cli.deployment import cdk_command, deployment
from cli.deployment.kept_resources import KeptResource, find_kept_resources
from cli.deployment.stack_events import failure_reason
from cli.environments.environment import Environment
from cli.terminal import screen
from cli.terminal.errors import Failure
from config.stack_names import STORAGE
from reviewer.assembly import SynthesisedStack, read_assembly

_CHANGE_SET = "adopt-kept-resources"
_IMPORT_SECONDS = 15 * 60
_KEYS = ("Type", "Properties", "DeletionPolicy", "UpdateReplacePolicy")


def adopt_kept_resources(env: Environment, assembly: Path, *, is_written: bool) -> bool:
    """Import what earlier stacks of this environment left, and print it.

    Return whether the assembly is written now: importing needs the templates.
    """
    try:
        kept = find_kept_resources(env)
    except Exception as error:
        if not aws_errors.is_denied(error):
            raise
        # A pipeline's role may deploy and not look; where names are taken, CloudFormation refuses.
        said = aws_errors.explain(error)
        screen.err.print(f"not looked for what was retained: {said}", soft_wrap=True, markup=False)
        return is_written
    if not kept:
        return is_written
    log = cdk_command.log_file(env)
    if not is_written:
        with screen.spinner("synthesising"):
            cdk_command.run_cdk(
                env, cdk_command.synth_command(env.config, assembly), log, lambda _: None
            )
    left = _adopt(env, assembly, kept)
    for one in kept:
        word = "still beside" if one in left else "taken back"
        screen.err.print(f"{word}: {one.type} {one.identifier}", soft_wrap=True, markup=False)
    return True


def _adopt(env: Environment, assembly: Path, kept: list[KeptResource]) -> list[KeptResource]:
    """Import what has its place in the templates, and return what has none."""
    found = read_assembly(assembly, env.config.environment)
    stacks = {stack.label: stack for stack in found.stacks}

    def fits(one: KeptResource) -> bool:
        body = stacks[one.part].template["Resources"].get(one.logical_id, {})
        return bool(body.get("Type") == one.type)

    for part, group in groupby(filter(fits, kept), key=lambda one: one.part):
        with screen.spinner(f"importing what {env.config.stage}-{part} kept"):
            import_resources(env, stacks[part], [*group])
        if part == STORAGE:
            # What the other stacks keep names its key, by an export or an output.
            command = cdk_command.deploy_command(env, assembly, is_written=True, part=STORAGE)
            title = f"Deploying {env.config.stage}-{STORAGE}"
            deployment.run_with_progress(env, command, cdk_command.log_file(env), title)
    return [one for one in kept if not fits(one)]


def import_resources(env: Environment, stack: SynthesisedStack, kept: list[KeptResource]) -> None:
    """Create a stack that holds nothing but existing resources; raises Failure with the reason."""
    formation, name = env.aws("cloudformation"), stack.name
    which = {"StackName": name, "ChangeSetName": _CHANGE_SET}
    formation.create_change_set(
        **which,
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(import_template(stack.template, kept)),
        ResourcesToImport=[one.to_import for one in kept],
    )
    until = time.monotonic() + _IMPORT_SECONDS
    while (planned := formation.describe_change_set(**which))["Status"].endswith(
        ("_IN_PROGRESS", "_PENDING")
    ):
        _pause(env, name, until)
    if planned["Status"] == "FAILED":
        raise Failure(f"{name}: {aws_errors.one_line(planned['StatusReason'])}")
    formation.execute_change_set(**which)
    while True:
        found = env.named_stack(name)
        if found and found.status == "IMPORT_COMPLETE":
            return
        if found and "ROLLBACK" in found.status and not found.status.endswith("_IN_PROGRESS"):
            raise Failure(f"{name}: {found.status}: {failure_reason(env, found)}")
        _pause(env, name, until)


def _pause(env: Environment, name: str, until: float) -> None:
    if time.monotonic() > until:
        raise Failure(f"{name}: its import does not end; see: {env.command('status')}")
    time.sleep(env.poll_seconds)


def import_template(template: dict[str, Any], kept: list[KeptResource]) -> dict[str, Any]:
    """Return the part of a template that an import may have: the kept resources alone."""
    resources = {
        one.logical_id: {
            key: value
            for key, value in template["Resources"][one.logical_id].items()
            if key in _KEYS
        }
        for one in kept
    }
    used = {*references(resources)} - {*resources}
    missing = sorted(name for name in used if name in template["Resources"])
    if missing:
        raise Failure(
            f"{', '.join(resources)} cannot be imported without {missing[0]}, which is gone; name "
            "what was kept under [existing] in the file"
        )
    return {"Resources": resources}
