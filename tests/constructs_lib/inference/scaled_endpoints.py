"""Stacks of a model whose endpoint has several instances."""

from typing import Any

from tests.templates.model_stacks import Templates, model_stacks

SEVERAL_INSTANCES = {"min_instances": 3, "max_instances": 3}


def stacks(deployment: dict[str, Any]) -> Templates:
    return model_stacks(endpoint={"scaling": SEVERAL_INSTANCES, "deployment": deployment})
