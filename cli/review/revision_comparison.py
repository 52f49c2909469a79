"""Comparison of this checkout with a commit, by the templates that both synthesise to."""

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from cfn.assembly import AssemblyError, stage_of, stages
from cfn.registry_schemas import SchemaError
from cli.deployment.cdk_synthesis import synthesise, synthesise_project
from cli.review.git_revisions import checkout_of
from cli.review.price_lists import read_price_list
from cli.system.project_paths import LOGS
from cli.terminal.errors import WrongInput
from config.review.cost_bounds import CostBounds
from reviewer.assembly import Assembly, read_stage
from reviewer.changes.revision_diff import RevisionDiff, compare
from reviewer.errors import ReviewError


def compare_with(commit: str, assembly: Path | None, names: Sequence[str]) -> list[RevisionDiff]:
    """Compare this checkout with a commit, one comparison for each environment of either."""
    with tempfile.TemporaryDirectory(prefix="kiban-review-") as name:
        folder = Path(name)
        base = folder / "base.out"
        # Each synthesis is a process of its own; together they take as long as one.
        with checkout_of(commit) as checkout, ThreadPoolExecutor() as pool:
            old = pool.submit(synthesise, checkout, base, LOGS / "review-base.log")
            new = pool.submit(synthesise_project, folder) if assembly is None else None
            old.result()
            cdk_out = new.result() if new is not None else assembly
        assert cdk_out is not None, "read or synthesised"
        try:
            return compare_syntheses(base, cdk_out, names)
        except (AssemblyError, ReviewError, SchemaError) as error:
            raise WrongInput(str(error)) from None


def compare_syntheses(base: Path, head: Path, names: Sequence[str]) -> list[RevisionDiff]:
    """Compare the stages of two syntheses, each with the one of the same name.

    An older revision does not say which environments its stages are; stages have names in each.
    """
    old, new = stages(base), stages(head)
    wanted = [stage_of(name, head, base) for name in names] or sorted({*old, *new})
    found = []
    for name in wanted:
        after = read_stage(head, name) if name in new else None
        before = read_stage(base, name) if name in old else None
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
