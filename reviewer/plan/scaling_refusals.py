"""Variants that are scaled: SageMaker refuses another instance type of them, and their removal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reviewer.changes.resource_diff import Revision
from reviewer.plan.recipes import Recipes
from reviewer.plan.verdict import Deployed, Verdict

if TYPE_CHECKING:
    from reviewer.assembly import Resource

_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
_CONFIG = "AWS::SageMaker::EndpointConfig"


def scaling_refusals(deployed: Deployed, before: Revision, after: Revision) -> Iterator[Verdict]:
    """Return a verdict for each scaled variant that is removed or gets another instance type.

    `deploy` takes the three steps that another type needs, so it is no refusal of the deployment.

    docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html: "the update fails", and
    hashicorp/terraform-provider-aws#14337. The target that counts is the one that is registered.
    """
    recipes = Recipes(after.assembly)
    new = {(item.stack, item.logical_id): item for item in after.assembly.resources(_CONFIG)}
    for target in before.assembly.resources(_TARGET):
        if (target.stack, target.logical_id) in deployed.absent:
            continue
        variant = before.resolver.text(target.stack, target.properties["ResourceId"])
        name = variant.rpartition("/variant/")[2]
        for config in before.assembly.resources(_CONFIG):
            there = new.get((config.stack, config.logical_id))
            if config.stack == target.stack and there is not None:
                yield from _variant(name, config, there, recipes)


def _variant(name: str, old: Resource, new: Resource, recipes: Recipes) -> Iterator[Verdict]:
    was, now = (_variants(one.properties).get(name) for one in (old, new))
    if was is None:
        return
    recipe = recipes.scaled(old.stack.removeprefix("Inference-"))
    kind = old.type.removeprefix("AWS::")
    if now is None:
        said = f"the variant {name} goes away while it is a target of auto scaling"
        yield Verdict("refused", new.path, kind, said, recipe)
    elif was.get("InstanceType") != now.get("InstanceType"):
        said = (
            f"InstanceType {was.get('InstanceType')} becomes {now.get('InstanceType')} while the "
            f"variant {name} is a target of auto scaling, where UpdateEndpoint fails: deploy asks "
            "(with --yes it does not), switches scaling off, changes the type, and switches "
            "scaling on again"
        )
        yield Verdict("look", new.path, kind, said, (recipes.deploy,))


def _variants(properties: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["VariantName"]: one for one in properties.get("ProductionVariants", [])}
