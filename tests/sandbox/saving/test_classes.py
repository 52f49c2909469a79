"""The list of what may be saved says the same as the code: a new moto fails here first, by name."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
from collections import deque
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from moto.backends import get_backend
from moto.core.base_backend import BaseBackend
from moto.ec2.models import ec2_backends

import sandbox
from sandbox.cloudformation import api
from sandbox.handlers import handlers
from sandbox.saving import classes
from sandbox.state.stores import Store
from sandbox.stepfunctions import steps

# Kept in a module, and not in a saved sandbox, with the reason.
LEFT = {
    "sandbox.programs.processes._ALIVE": "processes end with the sandbox",
    "sandbox.programs.usage._LAST": "of processes, which end with the sandbox",
    "sandbox.sagemaker.capture._WAITING": "written to S3 before",
    "sandbox.sagemaker.traffic._COUNTS": "written to CloudWatch before",
    "sandbox.sagemaker.endpoints.ENDPOINTS": "exported as what is started again",
    "sandbox.state.clients._SECRETS": "the sandbox's own secret ends with it",
    "sandbox.ecr.builds.REGISTRY_FAILURES": "what a test wants to go wrong next",
    "sandbox.cloudcontrol.api._EVENTS": "of requests that have ended",
    "sandbox.cloudwatch.state_changes.ACTIONS": "code, put there at the start",
    "sandbox.cloudwatch.state_changes.LISTENERS": "code, put there at the start",
    "sandbox.refusals.gate.RULES": "code, put there at the start",
    "sandbox.sagemaker.deployments.baking._RUNNING": "a sandbox is saved when no endpoint changes",
}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(module)))


def assigned(kind: type) -> Iterator[str]:
    """The attributes that the methods of a class give themselves."""
    body = next(
        (n for n in ast.walk(tree(kind.__module__)) if getattr(n, "name", "") == kind.__name__),
        None,
    )
    for node in ast.walk(body) if body else ():
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and ast.unparse(node.value) == "self"
        ):
            yield node.attr


def attributes(kind: type) -> set[str]:
    """What an instance can have, less what is a property in truth."""
    if dataclasses.is_dataclass(kind):
        return {field.name for field in dataclasses.fields(kind)}
    if issubclass(kind, tuple):
        return set(kind._fields)  # type: ignore[attr-defined]
    ours = [
        one
        for one in kind.__mro__
        if one.__module__.partition(".")[0] in ("moto", "sandbox", "requests")
    ]
    names = {name for one in ours for name in assigned(one)} - {"__dict__"}
    return {n for n in names if not isinstance(inspect.getattr_static(kind, n, None), property)}


def test_every_class_has_the_attributes_of_its_code() -> None:
    """One test for all: what moto adds must be kept, or left out with what it becomes."""
    wrong = {}
    for name, row in classes.kinds().items():
        missing = attributes(classes.import_class(name)) - row.kept - row.left.keys()
        if missing:
            wrong[name] = missing
    assert wrong == {}


def test_no_attribute_of_the_list_is_a_property() -> None:
    # To set one would run the code of its setter.
    found = [
        f"{name}.{one}"
        for name, row in classes.kinds().items()
        for one in row.kept
        if isinstance(inspect.getattr_static(classes.import_class(name), one, None), property)
    ]
    assert found == []


def test_every_class_of_the_list_is_one_and_is_made_without_its_constructor() -> None:
    for name in classes.kinds():
        kind: Any = classes.import_class(name)
        assert classes.name_of(kind) == name
        if not issubclass(kind, tuple):
            assert type(classes.make(name)) is kind


def test_what_a_constructor_makes_anew_is_of_a_backend() -> None:
    for name, row in classes.kinds().items():
        if "constructor" in row.left.values():
            assert issubclass(classes.import_class(name), BaseBackend), name


def test_the_backend_of_every_service_is_on_the_list() -> None:
    steps.install()  # ours in place of moto's
    api.install(handlers.handler_of)
    for service in classes.services():
        kind = get_backend(service).backend
        assert classes.name_of(kind) in classes.kinds(), service


def test_filters_of_a_security_group_are_those_that_moto_makes() -> None:
    backend = ec2_backends["123456789012"]["us-east-1"]
    (group,) = [one for groups in backend.groups.values() for one in groups.values()]
    row = classes.kinds()["moto.ec2.models.security_groups.SecurityGroup"]
    for made in (group, group.egress_rules[0]):
        copied = classes.make(classes.name_of(type(made)))
        row.fill(copied, {})

        ours = {name: method.__name__ for name, method in copied.filters.items()}
        assert ours == {name: method.__name__ for name, method in made.filters.items()}


def stores() -> dict[str, Any]:
    """Every module of the sandbox's attributes that change: containers that begin empty."""
    found = {}
    for module in pkgutil.walk_packages(sandbox.__path__, "sandbox."):
        if module.name.endswith(("__main__", "sitecustomize")):
            continue
        for node in ast.iter_child_nodes(tree(module.name)):
            target, value = _assignment(node)
            held = getattr(importlib.import_module(module.name), target, None) if target else None
            if isinstance(held, dict | list | set | deque | Store) and _begins_empty(value):
                found[f"{module.name}.{target}"] = held
    return found


def _assignment(node: ast.AST) -> tuple[str, ast.AST | None]:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id, node.value
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    return "", None


def _begins_empty(value: ast.AST | None) -> bool:
    if isinstance(value, ast.Call):
        named = ast.unparse(value.func)
        return named in ("set", "dict", "list", "deque", "defaultdict", "Store", "OrderedDict")
    return isinstance(value, ast.Dict | ast.List) and not [*ast.iter_child_nodes(value)][1:]


def test_every_store_of_the_sandbox_is_saved_or_left_with_a_reason() -> None:
    saved = {f"{module}.{name}" for module, row in classes.stores().items() for name in row}

    assert stores().keys() == saved | LEFT.keys()
    assert not saved & LEFT.keys()


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        ("a = {}", True),
        ("a: list = []", True),
        ("a = deque(maxlen=3)", True),
        ("a = {1: 2}", False),
    ],
)
def test_a_store_is_known_by_its_empty_beginning(text: str, empty: bool) -> None:
    (node,) = ast.parse(text).body

    assert _begins_empty(_assignment(node)[1]) is empty
