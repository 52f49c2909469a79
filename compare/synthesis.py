"""The templates of an environment, from memory to memory, without what checks them."""

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from app import add_stacks
from config.schema import EnvironmentConfig
from constructs_lib.synthesis.environment_stage import EnvironmentStage

Documents = dict[str, Any]
PROJECT = Path(__file__).parents[1]


@cache
def _feature_flags() -> dict[str, Any]:
    flags: dict[str, Any] = json.loads((PROJECT / "cdk.json").read_text())["context"]
    return flags


def documents(config: EnvironmentConfig) -> Documents:
    """What `cdk deploy` would send: the template of each stack and whether it is protected.

    Stacks are called by their part, as in `Storage`.
    """
    folder = tempfile.mkdtemp(prefix="kiban-synth-")
    try:
        app = cdk.App(
            context=_feature_flags(),
            builtin_cloud_formation_validation=False,
            analytics_reporting=False,
            tree_metadata=False,
            outdir=folder,
        )
        add_stacks(EnvironmentStage(app, config=config), config)
        app.synth()
        return _read(Path(folder) / f"assembly-{config.stage}", config.stage)
    finally:
        shutil.rmtree(folder)


def _read(assembly: Path, stage: str) -> Documents:
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"].values()
    stacks = [one["properties"] for one in artifacts if one["type"] == "aws:cloudformation:stack"]
    return {
        stack["stackName"].removeprefix(f"{stage}-"): {
            "TerminationProtection": stack["terminationProtection"],
            **json.loads((assembly / stack["templateFile"]).read_text()),
        }
        for stack in stacks
    }
