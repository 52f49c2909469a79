"""Speeds up a synthesis: no garbage collection, and CloudFormation's rules load beside the imports.

Loading the rules takes as long as building an environment. It is done in a second thread while the
first one imports the libraries, and before there is anything to build: the memory of the rules
grows in steps, and at each of them the CDK's process searches every construct that exists.
"""

import atexit
import gc
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import CloudFormationValidatePlugin


def prepare_synthesis() -> None:
    """Begin before the libraries are imported; importing them must not call the CDK's process."""
    # Everything is built once and kept to the end: the collector would find nothing.
    gc.disable()
    # The interpreter collects once more when it exits, but passes over what is frozen.
    atexit.register(gc.freeze)
    _loading()


def cloudformation_rules() -> "CloudFormationValidatePlugin":
    """Return the CDK's own check of templates, loaded once for every app of this process."""
    return _loading().result()


@cache
def _loading() -> "Future[CloudFormationValidatePlugin]":
    # The CDK's process answers one thread at a time: nothing else may call it before the result.
    return ThreadPoolExecutor(max_workers=1).submit(_load)


def _load() -> "CloudFormationValidatePlugin":
    import cdk_nag  # noqa: F401 (to import it here loads the rule packs, too)
    from aws_cdk import CloudFormationValidatePlugin

    return CloudFormationValidatePlugin()
