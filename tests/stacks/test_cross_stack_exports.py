"""Exports of the stacks that all models share: no edit of a setting drops one that is in use."""

import json
import re
from typing import Any

import pytest

from app import add_stacks
from config import stack_names
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from tests.templates.environments import (
    EXISTING,
    add_platform,
    add_stage,
    make_environment,
    merged,
    new_app,
)
from tests.templates.model_stacks import model_stacks

SHARED = (stack_names.STORAGE, stack_names.MONITORING, stack_names.NETWORK, stack_names.REGISTRY)
PRIVATE: dict[str, Any] = {"network": {"mode": "private"}}
SEVERAL: dict[str, Any] = {"models": {"churn": {"training": {"instance_count": 2}}}}
CAPTURED: dict[str, Any] = {"models": {"churn": {"endpoint": {"capture": {"percent": 100}}}}}
_IMPORT = re.compile(r'"Fn::ImportValue": "([^"]+)"')


def synthesise(**changes: Any) -> dict[str, dict[str, Any]]:
    """Every template of an environment by its stack, without the stage."""
    config = make_environment(**changes)
    app = new_app()
    add_stacks(EnvironmentStage(app, config=config), config)
    stacks = app.synth().get_nested_assembly(f"assembly-{config.stage}").stacks
    return {stack.stack_name.removeprefix(f"{config.stage}-"): stack.template for stack in stacks}


def exports(templates: dict[str, dict[str, Any]]) -> set[str]:
    """The names that the shared stacks export."""
    outputs = [
        output
        for name, template in templates.items()
        if name in SHARED
        for output in template.get("Outputs", {}).values()
    ]
    return {output["Export"]["Name"] for output in outputs if "Export" in output}


def imports(templates: dict[str, dict[str, Any]]) -> set[str]:
    """The names that any stack imports from the shared ones."""
    found = set(_IMPORT.findall(json.dumps(templates)))
    return {name for name in found if name.partition(":")[0].rpartition("-")[2] in SHARED}


@pytest.fixture(scope="module")
def plain() -> dict[str, dict[str, Any]]:
    return synthesise()


@pytest.fixture(scope="module")
def private() -> dict[str, dict[str, Any]]:
    return synthesise(**PRIVATE)


@pytest.fixture(scope="module")
def several() -> dict[str, dict[str, Any]]:
    return synthesise(**PRIVATE, **SEVERAL)


def test_capture_uses_a_bucket_that_is_exported_without_it(plain: dict[str, Any]) -> None:
    captured = synthesise(**CAPTURED)

    assert imports(captured) > imports(plain)
    assert exports(captured) == exports(plain)


def test_several_instances_use_a_group_that_is_exported_without_them(
    private: dict[str, Any], several: dict[str, Any]
) -> None:
    assert imports(several) > imports(private)
    assert exports(several) == exports(private)


def test_everything_another_stack_uses_is_exported(
    private: dict[str, Any], several: dict[str, Any]
) -> None:
    assert imports(several) <= exports(private)


def test_the_shared_stacks_export_by_themselves_whatever_a_model_may_use() -> None:
    churn = {"churn": merged(SEVERAL["models"]["churn"], CAPTURED["models"]["churn"])}
    config = make_environment(**PRIVATE, models=churn)
    app = new_app()
    add_platform(add_stage(app, config), config)
    stacks = app.synth().get_nested_assembly(f"assembly-{config.stage}").stacks
    alone = {one.stack_name.removeprefix(f"{config.stage}-"): one.template for one in stacks}

    assert set(alone) == set(SHARED)
    assert imports(synthesise(**PRIVATE, models=churn)) <= exports(alone)


def test_what_the_account_has_already_is_exported_by_nobody() -> None:
    used = synthesise(existing=EXISTING)

    # The bucket of captured requests, the topic and the build are always the environment's own.
    kinds = {re.sub(r"[0-9A-F]{8}.*", "", name.partition(":")[2]) for name in exports(used)}
    assert kinds == {
        "ExportsOutputFnGetAttMonitoring",
        "ExportsOutputRefMonitoring",
        "ExportsOutputRefTopic",
        "ExportsOutputFnGetAttImageBuild",
        "ExportsOutputRefImageBuild",
    }


def test_the_role_that_notebooks_passed_is_exported_although_nobody_imports_it() -> None:
    """A notebook's stack of before imports it, and is deployed after the stack that exports it."""
    outputs = model_stacks().training["Outputs"]

    assert any(name.startswith("ExportsOutputFnGetAttJobRole") for name in outputs)
