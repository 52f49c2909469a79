"""Comparison of a synthesised environment with its deployed stacks."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from cli.environments.environment import Environment
from cli.review.price_lists import read_price_list
from cli.terminal import screen
from reviewer.assembly import SynthesisedStack, read_assembly
from reviewer.changes.revision_diff import RevisionDiff, compare

_REQUESTS_AT_ONCE = 8
# A stack in these states was never created: it has no template to compare with.
_NEVER_CREATED = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE")


def compare_with_deployed(env: Environment, assembly: Path) -> RevisionDiff:
    """Compare the environment in `assembly` with its templates in CloudFormation."""
    proposed = read_assembly(assembly, env.config.environment)
    with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as pool:
        deployed = [
            stack for stack in pool.map(partial(_as_deployed, env), proposed.stacks) if stack
        ]
    before = replace(proposed, stacks=tuple(deployed))
    return compare(before, proposed, read_price_list(proposed.region))


def _as_deployed(env: Environment, proposed: SynthesisedStack) -> SynthesisedStack | None:
    found = env.stack(proposed.label)
    if found is None or found.status in _NEVER_CREATED:
        return None
    response = env.aws("cloudformation").get_template(
        StackName=proposed.name, TemplateStage="Original"
    )
    template = response["TemplateBody"]
    return replace(proposed, is_protected=found.is_protected, template=template, acknowledged=())


def print_comparison(comparison: RevisionDiff) -> None:
    """Print the findings that a person has to look at, and the number of others."""
    shown = [finding for finding in comparison.findings if finding.needs_person]
    others = len(comparison.findings) - len(shown)
    screen.print_title(comparison.stage, f"{others} other changes" if others else "")
    if not shown:
        screen.print_line("  [green]nothing that a person has to look at[/]")
        return
    screen.print_table(
        ["rule", "where", "what"],
        [[f"[yellow]{it.rule}[/]", screen.escape(it.at), screen.escape(it.said)] for it in shown],
    )
