"""Templates of an environment, synthesised without rule packs and read back from the assembly."""

import json
import math
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from cfn.assembly import stacks, stages
from compare.plain import plain
from config.schema import EnvironmentConfig
from constructs_lib.synthesis.environment_stage import EnvironmentStage

AddStacks = Callable[[EnvironmentStage, EnvironmentConfig], None]
Documents = dict[str, Any]
_MOST_WORKERS = 4
# A worker imports the CDK and starts a process of its own, which takes as much as five syntheses.
_CONFIGS_A_WORKER = 24
PROJECT = Path(__file__).parents[1]


@cache
def _feature_flags() -> dict[str, Any]:
    flags: dict[str, Any] = json.loads((PROJECT / "cdk.json").read_text())["context"]
    return flags


def documents(config: EnvironmentConfig, add_stacks: AddStacks) -> Documents:
    """What `cdk deploy` would send: the template of each stack and whether it is protected.

    `add_stacks` makes the stacks of an environment. They are called by their part, as in `Storage`.
    """
    folder = tempfile.mkdtemp(prefix="kiban-synth-")
    try:
        app = cdk.App(
            # Nobody reads the assets; copying them is a seventh of the time.
            context=_feature_flags() | {"aws:cdk:disable-asset-staging": True},
            builtin_cloud_formation_validation=False,
            analytics_reporting=False,
            tree_metadata=False,
            outdir=folder,
        )
        add_stacks(EnvironmentStage(app, config=config), config)
        app.synth()
        return {
            stack.stack_name.removeprefix(f"{config.stage}-"): {
                "TerminationProtection": stack.is_protected,
                **stack.template(),
            }
            for stack in stacks(stages(Path(folder))[config.stage])
        }
    finally:
        shutil.rmtree(folder)


def plain_documents(config: EnvironmentConfig, add_stacks: AddStacks) -> Documents:
    """What an environment consists of, without its names, account and region."""
    found: Documents = plain(documents(config, add_stacks), config)
    return found


def in_parallel(configs: Sequence[EnvironmentConfig], add_stacks: AddStacks) -> list[Documents]:
    """The plain documents of each environment: made here, or by workers when they are many."""
    work = partial(plain_documents, add_stacks=add_stacks)
    workers = min(_MOST_WORKERS, os.cpu_count() or 1, math.ceil(len(configs) / _CONFIGS_A_WORKER))
    if workers < 2:
        return [work(config) for config in configs]
    # A forked worker would talk to its parent's JavaScript side.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(work, configs))
