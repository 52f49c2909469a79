"""Names that several parts read: each is written once, and the templates say the same."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from aws_cdk import Stack

from app import add_stacks
from config import outputs, s3_layout, stack_names
from config.loader import environment_names, load_environment
from config.tag_names import ENVIRONMENT_TAG, MODEL_TAG, STACK_TAG
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from tests.templates.assembly import Assembly
from tests.templates.environments import make_environment, new_app
from tests.templates.synthesis import REPO

PACKAGES = ("cli", "config", "constructs_lib", "stacks", "compare", "app.py")
DELIVERY = {"repository": "team/kiban", "provider": "github"}
# Members of AWS's own requests and responses have these names too, so files may spell them.
OF_AWS_TOO = {
    outputs.ENDPOINT_CONFIG_NAME,
    outputs.ENDPOINT_NAME,
    outputs.IMAGE_TAG,
    outputs.KEY_ARN,
    outputs.MODEL_PACKAGE_GROUP_NAME,
    outputs.NOTEBOOK_INSTANCE_NAME,
    outputs.REPOSITORY_NAME,
    outputs.TOPIC_ARN,
    outputs.VPC_ID,
}
ACCOUNT = {"account": "111122223333", "region": "us-east-1"}


def constants(module: object) -> dict[str, str]:
    """The names that a module of names defines, and their values."""
    return {
        name: value
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }


def test_the_list_of_stacks_is_what_an_environment_consists_of_in_this_order() -> None:
    two = {"churn": {"gate": {"minimum": 0.8}}, "fraud-eu": {"gate": {"minimum": 0.8}}}
    config = make_environment(
        platform=ACCOUNT, models=two, network={"mode": "private"}, delivery=DELIVERY
    )
    stage = EnvironmentStage(new_app(), config=config)

    add_stacks(stage, config)

    assert [child.node.id for child in stage.node.children] == stack_names.all_stacks(config)
    assert stack_names.DELIVERY in stack_names.all_stacks(config)


def test_every_stack_itself_says_whose_it_is_and_which() -> None:
    """A stack that the file no longer has is found by these tags."""
    config = make_environment(platform=ACCOUNT, network={"mode": "private"}, delivery=DELIVERY)
    stage = EnvironmentStage(new_app(), config=config)

    add_stacks(stage, config)

    for part in stack_names.all_stacks(config):
        stack = stage.node.find_child(part)
        assert isinstance(stack, Stack)
        tags = stack.tags.tag_values()
        assert (tags[ENVIRONMENT_TAG], tags[STACK_TAG]) == (config.stage, part)
        of_model = part in stack_names.model_stacks("churn")
        assert tags.get(MODEL_TAG) == ("churn" if of_model else None)


def test_a_stack_that_the_file_does_not_ask_for_is_not_in_the_list() -> None:
    names = stack_names.all_stacks(make_environment())

    assert not {stack_names.DELIVERY, stack_names.NETWORK} & {*names}


@pytest.mark.parametrize("name", environment_names())
def test_the_list_of_stacks_is_what_a_shipped_environment_has(
    name: str, assembly: Assembly
) -> None:
    config = load_environment(name)
    written = {stack for stack in assembly.templates() if stack.startswith(f"{config.stage}-")}

    assert written == {f"{config.stage}-{stack}" for stack in stack_names.all_stacks(config)}


def test_outputs_of_the_templates_are_the_listed_ones(assembly: Assembly) -> None:
    written = {
        key
        for template in assembly.templates().values()
        for key in template.get("Outputs", {})
        if not key.startswith("ExportsOutput")
    }

    assert written == set(constants(outputs).values()) - {outputs.DEPLOY_ROLE_ARN}


def literals(source: str) -> Iterator[str]:
    """Every string that is written out in `source`, docstrings aside."""
    tree = ast.parse(source)
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    yield from (
        node.value for node in texts if isinstance(node.value, str) and id(node) not in docstrings
    )


def copies(source: str) -> set[str]:
    """The shared names that `source` spells itself instead of reading them."""
    exact = {
        *constants(outputs).values(),
        s3_layout.READY_MARKER,
        stack_names.DELIVERY,
        stack_names.STORAGE,
    }
    exact -= OF_AWS_TOO
    prefixes = (stack_names.inference_stack(""), stack_names.training_stack(""))
    return {text for text in literals(source) if text in exact or text in prefixes}


def test_no_other_file_spells_a_shared_name() -> None:
    owners = {
        REPO / "config" / f"{module}.py" for module in ("outputs", "s3_layout", "stack_names")
    }
    found: dict[Path, set[str]] = {}
    for package in PACKAGES:
        files = [REPO / package] if package.endswith(".py") else (REPO / package).rglob("*.py")
        for path in set(files) - owners:
            found[path.relative_to(REPO)] = copies(path.read_text(encoding="utf-8"))

    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "line",
    [
        'key = f"{prefix}/" + "_READY"',
        'env.output(STORAGE, "DataBucketName")',
        'stack = f"Inference-{model}"',
        'env.stack("Storage")',
    ],
)
def test_a_copy_of_a_shared_name_is_seen(line: str) -> None:
    assert copies(line)
