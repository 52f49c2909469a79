"""Verdicts about whole stacks: states that refuse an update, changed sections, stacks left over."""

from collections.abc import Iterator

from reviewer.changes.resource_diff import Revision
from reviewer.markdown import listed
from reviewer.plan.recipes import Recipes
from reviewer.plan.verdict import Deployed, Verdict

_WHAT = "CloudFormation::Stack"
# What decides which resources there are, and with which values, beside the resources themselves.
_SECTIONS = ("Conditions", "Mappings", "Parameters", "Rules", "Transform", "Hooks")
_ROLLBACK_FAILED = "UPDATE_ROLLBACK_FAILED"


def stack_verdicts(deployed: Deployed, before: Revision, after: Revision) -> Iterator[Verdict]:
    """Return the verdicts about stacks."""
    recipes = Recipes(after.assembly)
    for label, state in sorted(deployed.states.items()):
        yield from _state(label, state, recipes)
    yield from _sections(before, after)
    yield from _other_stages(deployed, after)
    for name in deployed.strays:
        said = "the file has it no more: it stays as it is, and bills"
        yield Verdict("look", name, _WHAT, said, (recipes.prune,))


def _other_stages(deployed: Deployed, after: Revision) -> Iterator[Verdict]:
    """Another name of the platform makes everything anew, and leaves what there is to itself."""
    new = after.assembly
    if deployed.assembly.stacks:
        return
    for stage in deployed.other_stages:
        old = stage.removesuffix(f"-{new.environment}")
        said = (
            f"{stage} is deployed: nothing of it is renamed, {new.stage} would be made beside it "
            "without its data and models, and both bill"
        )
        recipe = (
            f'to keep it: write platform name = "{old}"',
            f'to move: write platform name = "{old}", ./kiban destroy --env {new.environment}, '
            f"then write the new name and: ./kiban deploy --env {new.environment}",
            "to have both: another environment file (./kiban env new NAME --from "
            f"{new.environment}), or ./kiban deploy --env {new.environment} --as-new",
        )
        yield Verdict("refused", new.stage, "platform.name", said, recipe)


def _state(label: str, state: str, recipes: Recipes) -> Iterator[Verdict]:
    name = recipes.stack(label)
    refusal = f"Stack {name} is in {state} state and can not be updated"
    if state.endswith("_IN_PROGRESS") and state != "REVIEW_IN_PROGRESS":
        # ministryofjustice/cloud-platform#487.
        wait = f"wait until it is over: ./kiban status --env {recipes.assembly.environment}"
        yield Verdict("refused", label, _WHAT, refusal, (wait, recipes.deploy))
    elif state == _ROLLBACK_FAILED:
        # org-formation/org-formation-cli#455.
        command = f"aws cloudformation continue-update-rollback --stack-name {name}"
        events = (
            f"aws cloudformation describe-stack-events --stack-name {name}   # mend what failed"
        )
        yield Verdict("refused", label, _WHAT, refusal, (events, command, recipes.deploy))
    elif state in ("ROLLBACK_FAILED", "DELETE_FAILED"):
        yield Verdict(
            "refused", label, _WHAT, refusal, (*recipes.without_stack(label), recipes.deploy)
        )
    elif state in ("UPDATE_FAILED", "CREATE_FAILED"):
        # aws-bench/aws-bench-datasets#30: rollback had been switched off.
        command = f"aws cloudformation rollback-stack --stack-name {name}"
        yield Verdict("refused", label, _WHAT, refusal, (command, recipes.deploy))


def _sections(before: Revision, after: Revision) -> Iterator[Verdict]:
    new = {stack.label: stack for stack in after.assembly.stacks}
    for stack in before.assembly.stacks:
        if stack.label in new:
            other = new[stack.label].template
            changed = [name for name in _SECTIONS if stack.template.get(name) != other.get(name)]
            if changed:
                said = f"{listed(changed)}: they decide which resources there are"
                yield Verdict("look", stack.label, _WHAT, said)
