"""Comparison of two syntheses, environment by environment."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cfn.assembly import stage_of, stages
from cli.review.price_lists import read_price_list
from config.review.cost_bounds import CostBounds
from reviewer.assembly import Assembly, read_stage
from reviewer.changes.revision_diff import RevisionDiff, compare
from reviewer.rules.rule_packs import with_own_rules


def compare_syntheses(base: Path, head: Path, names: Sequence[str]) -> list[RevisionDiff]:
    """Compare the stages of two syntheses, each with the one of the same name.

    An older revision does not say which environments its stages are; stages have names in each.
    """
    old, new = stages(base), stages(head)
    wanted = [stage_of(name, head, base) for name in names] or sorted({*old, *new})
    found = []
    for name in wanted:
        after = with_own_rules(read_stage(head, name)) if name in new else None
        before = with_own_rules(read_stage(base, name)) if name in old else None
        one = after or before
        assert one is not None, "one side has it"
        prices = read_price_list(one.region)
        found.append(compare(before or _before_first(one), after or _without_stacks(one), prices))
    return found


def _before_first(assembly: Assembly) -> Assembly:
    """Return a new environment before its first deployment: no bound of its own is in force."""
    return replace(_without_stacks(assembly), cost_bounds=CostBounds())


def _without_stacks(assembly: Assembly) -> Assembly:
    return replace(assembly, stacks=(), open_findings=())
