"""What a deployment would change of what is deployed, in the words of a review."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from cli.environments.environment import Environment
from cli.review.price_lists import prices_of
from cli.terminal import screen

from reviewer.assembly import Stack, read_assembly
from reviewer.changes.comparison import Comparison, compare

_ASKED_AT_ONCE = 8
# A stack that never came into being has no template to compare with.
_NEVER_THERE = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE")


def against_deployed(env: Environment, assembly: Path) -> Comparison:
    """Compare the environment in `assembly` with its stacks as CloudFormation has them now."""
    shown = read_assembly(assembly, env.config.environment)
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        there = [stack for stack in pool.map(partial(_deployed, env), shown.stacks) if stack]
    deployed = replace(shown, stacks=tuple(there))
    return compare(deployed, shown, prices_of(shown.region))


def _deployed(env: Environment, shown: Stack) -> Stack | None:
    found = env.stack(shown.label)
    if found is None or found.status in _NEVER_THERE:
        return None
    said = env.aws("cloudformation").get_template(StackName=shown.name, TemplateStage="Original")
    template = said["TemplateBody"]
    return replace(shown, is_protected=found.is_protected, template=template, acknowledged=())


def show(comparison: Comparison) -> None:
    """Print what a person has to look at, and how much else there is."""
    asked = [finding for finding in comparison.findings if finding.needs_person]
    others = len(comparison.findings) - len(asked)
    screen.title(comparison.stage, f"{others} other changes" if others else "")
    if not asked:
        screen.say("  [green]nothing that a person has to look at[/]")
        return
    screen.table(
        ["rule", "where", "what"],
        [[f"[yellow]{it.rule}[/]", screen.plain(it.at), screen.plain(it.said)] for it in asked],
    )
