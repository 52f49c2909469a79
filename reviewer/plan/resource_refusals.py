"""Changes of one resource that AWS is known to refuse, each with its source and the way round."""

from collections.abc import Iterable, Iterator

from cfn import registry_schemas
from cfn.catalogue import row
from reviewer.changes.replacement import certainly_replaced
from reviewer.changes.resource_diff import ResourceDiff, look
from reviewer.markdown import listed
from reviewer.plan.recipes import Recipes
from reviewer.plan.verdict import Verdict

_NOTEBOOK = "AWS::SageMaker::NotebookInstance"
_KEY = "AWS::KMS::Key"
# docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html: "If you
# change the value ... on an existing KMS key, the update request fails". No schema says it.
_FIXED_OF_A_KEY = ("KeySpec", "KeyUsage", "MultiRegion", "Origin")


def resource_refusals(
    found: list[ResourceDiff], region: str, recipes: Recipes
) -> Iterator[Verdict]:
    """Return a verdict for each change of a resource that AWS refuses."""
    causes = certainly_replaced(found, region)
    for diff in found:
        if not diff.stays:
            continue
        assert diff.before is not None, "it stays"
        if diff.before.type != diff.type:
            yield _other_type(diff, diff.before.type, recipes)
        elif diff.path in causes and (name := _typed_name(diff, region, causes)):
            yield _named_replacement(diff, causes[diff.path], name, recipes)
        elif diff.type == _NOTEBOOK:
            yield from _smaller_volume(diff, recipes)
        elif diff.type == _KEY:
            yield from _other_key(diff)


def _short(diff: ResourceDiff) -> str:
    return diff.type.removeprefix("AWS::")


def _other_type(diff: ResourceDiff, was: str, recipes: Recipes) -> Verdict:
    # aws/aws-sam-cli#6786, panther-labs/panther#1895: the change set fails already.
    said = (
        f"Update of resource type is not permitted: {was} becomes {diff.type} under one logical id"
    )
    return Verdict("refused", diff.path, _short(diff), said, recipes.other_logical_id(diff))


def _typed_name(diff: ResourceDiff, region: str, moved: Iterable[str]) -> str:
    """The name that the template gives a resource before and after; empty when there is none.

    A name made of what is replaced, `moved`, is another one afterwards.
    """
    facts = row(diff.type)
    names = [facts.name] if facts.name else [*registry_schemas.identifiers(diff.type, region)]
    values = [diff.both(name) for name in names]
    if not values or any(new is None or old != new for old, new in values):
        return ""
    name = ", ".join(str(new) for _, new in values)
    is_other = any(f"{{{path}}}" in name or f"{{{path}." in name for path in moved)
    return "" if is_other else name


def _named_replacement(diff: ResourceDiff, cause: str, name: str, recipes: Recipes) -> Verdict:
    # convox/rack#2941, aws-amplify/amplify-cli#1866: an event UPDATE_FAILED, after the stacks
    # before it were changed already.
    said = (
        f"{cause} requires replacing it, and CloudFormation cannot update a stack when a "
        f"custom-named resource ({name}) requires replacing"
    )
    return Verdict("refused", diff.path, _short(diff), said, recipes.named(diff, cause, name))


def _smaller_volume(diff: ResourceDiff, recipes: Recipes) -> Iterator[Verdict]:
    was, now = (look(tree, "VolumeSizeInGB") for tree in (diff.old, diff.new))
    # Without one SageMaker makes a volume of 5 GB.
    was, now = (5 if size is None else size for size in (was, now))
    if isinstance(was, int) and isinstance(now, int) and now < was:
        # UpdateNotebookInstance, VolumeSizeInGB: "you can't decrease the volume size".
        said = (
            f"VolumeSizeInGB {was} becomes {now}: SageMaker never makes a notebook's disk smaller"
        )
        yield Verdict("refused", diff.path, _short(diff), said, recipes.volume(diff, was))


def _other_key(diff: ResourceDiff) -> Iterator[Verdict]:
    changed = [name for name in _FIXED_OF_A_KEY if name in diff.changed]
    if changed:
        said = f"{listed(changed)}: KMS never changes it, and the update fails"
        recipe = (
            "put the property back; what needs another key gets one under another logical id",
            "or name it in the file: [existing] key_arn",
        )
        yield Verdict("refused", diff.path, _short(diff), said, recipe)
